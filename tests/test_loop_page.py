"""What pages say of past lists: receipts, open lists, what contacting achieved, in three languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from looped import effect, loop
from samples import sample
from workspace import params

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.listing import loop as listing_loop
from pipeline.pages import achieved, loop_part, receipts
from pipeline.pages.sentences import five
from pipeline.pages.telling import Telling
from pipeline.settings import Settings, parse_settings

SETTINGS: Settings = parse_settings({**params(), "money_unit": {"currency": "GBP"}})


def telling(language: str = "en", least: int = 0) -> Telling:
    return Telling(Texts(language), SETTINGS, least)


def briefed(told: dict[str, Any]) -> dict[str, Any]:
    """A briefing that tells of these past lists, as publish makes it."""
    _, figures = sample(300)
    figures |= {"loop": told, "achieved": listing_loop.achieved(told)}
    return {**figures, "last_promise": listing_loop.last_promise(told)}


def test_the_newest_receipt_is_one_sentence() -> None:
    said = receipts.about(loop()["receipts"], telling())
    assert (
        said[0] == "In the list of 4 March 2024 we said 62% of High would leave; 58% did (54% to 62%), 400 customers."
    )
    assert any("Replay" in sentence for sentence in said)


def test_a_replayed_date_is_marked_in_the_table_and_a_list_is_not() -> None:
    sheet = receipts.sheet(loop()["receipts"], telling())
    assert sheet is not None
    assert [row[0] for row in sheet.rows if row[1].endswith("High")] == [
        "4 Mar 2024", "26 Feb 2024", "30 Oct 2023 (replay)", "2 Oct 2023 (replay)",
    ]  # fmt: skip
    assert [row[0] for row in sheet.rows if not row[1].endswith("High")] == [""] * (len(sheet.rows) - 4)
    assert sheet.rows[0] == ["4 Mar 2024", "▲ High", "62% (54% to 70%)", "58%", "54% to 62%", "400", "Kept"]


def test_an_open_list_says_what_was_to_be_expected_by_now() -> None:
    (said,) = receipts.interim(loop()["interim"], telling())
    assert said == (
        "List of 29 April 2024: after 5 of 13 weeks 88 of 212 customers in High have come back; "
        "60 to 95 were expected by now."
    )
    off = loop()["interim"]
    off[0]["groups"]["high"]["back"] = 12
    assert receipts.interim(off, telling())[0].endswith("this list is not coming true.")


def test_the_fourth_question_is_answered_by_the_newest_closed_list() -> None:
    said = five(briefed(loop()), Texts("en"), SETTINGS)[3]
    assert said.startswith(
        "In the list of 4 March 2024 we said that 30.0% of 700 customers left alone would leave and 31.0% did"
    )
    nobody = loop()
    nobody["receipts"][-1]["left_alone"] = None  # nobody was contacted
    assert five(briefed(nobody), Texts("en"), SETTINGS)[3].startswith(
        "In the list of 4 March 2024 we said that 41.5% of 1,200 customers would leave and 39.5% did"
    )


def test_fewer_leavers_where_some_were_contacted_are_no_broken_promise() -> None:
    """More leavers than promised are one all the same, and so are fewer where nobody was contacted."""

    def verdict(left: int, contacted: bool) -> str:
        told = loop()
        newest = told["receipts"][-1]
        newest["groups"]["high"] |= {"left": left, "kept": False}
        newest["left_alone"] = newest["left_alone"] if contacted else None
        sheet = receipts.sheet(told["receipts"], telling())
        assert sheet is not None
        return sheet.rows[0][-1]

    assert (verdict(100, True), verdict(399, True), verdict(100, False)) == ("Fewer left", "Missed", "Missed")


def test_replays_alone_are_no_promise_of_a_list() -> None:
    told = loop()
    told["receipts"] = told["receipts"][:2]
    assert listing_loop.last_promise(told) is None


@pytest.mark.parametrize(
    ("claimed", "broken", "begins"),
    [
        ("kept", False, "Contacting keeps customers: of 4,000 contacted 52% left, of 450 held back 60%; that is 8"),
        ("lost", False, "Contacting drives customers away"),
        ("nothing shown", False, "What contacting achieves is not proven yet: of 4,000 contacted 52% left"),
        ("kept", True, "Nothing can be said of what contacting achieves: 450 of 4,450 chosen customers"),
    ],
)
def test_the_fifth_question_claims_only_what_was_claimed(claimed: str, broken: bool, begins: str) -> None:
    assert five(briefed(loop(claimed, broken)), Texts("en"), SETTINGS)[4].startswith(begins)


def test_a_broken_split_shows_no_figure_of_the_effect() -> None:
    part = loop_part.made(briefed(loop(broken=True)), telling())
    assert part is not None
    assert part.achieved is None
    assert part.achieved_about == ["The draw was not followed, so nothing is claimed."]


def test_small_groups_are_not_described() -> None:
    sheet = achieved.sheet(effect(), telling())
    assert sheet is not None
    assert [row[0] for row in sheet.rows] == ["All", "▲ High", "● Medium", "Regular", "Offer"]  # five VIP held back


def test_money_is_told_where_the_effect_is_and_only_its_cost_where_it_is_not() -> None:
    assert any("more revenue" in said for said in achieved.sentences(effect("kept"), telling()))
    unclear = achieved.sentences(effect("nothing shown"), telling())
    assert not any("more revenue" in said for said in unclear)
    assert any("The contacts so far cost £7,600" in said for said in unclear)


def test_contradictions_become_warnings() -> None:
    told = loop()
    told["contacts"]["contradictions"] |= {"holdout_contacted": 7, "not_contacted": 30}
    told["contacts"]["lists"]["edited"] = ["2024-01-01"]
    told["revised"] = {"2024-01-08": 3}
    keys = [item["key"] for item in listing_loop.warnings(told)]
    assert keys == ["warning-contacts-holdout_contacted", "warning-lists-edited", "warning-outcomes-revised"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("least", [0, 10])
@pytest.mark.parametrize("claimed", ["kept", "lost", "nothing shown"])
def test_every_language_can_say_all_of_it(language: str, least: int, claimed: str) -> None:
    for broken in (False, True):
        told = loop(claimed, broken)
        told["contacts"]["contradictions"] = dict.fromkeys(told["contacts"]["contradictions"], 2)
        told["contacts"]["lists"]["edited"] = ["2024-01-01"]
        told["revised"] = {"2024-01-08": 3}
        figures = briefed(told)
        assert loop_part.made(figures, telling(language, least)) is not None
        assert all(five(figures, Texts(language), SETTINGS, least))
        for item in listing_loop.warnings(told):
            assert Texts(language).say(item["key"], **item["values"])


def test_what_a_list_tells_is_the_same_when_told_again() -> None:
    once = listing_loop.told_part({**loop(), "as_of": str(date(2024, 6, 3)), "revised": {}})
    assert listing_loop.told_part(once) == once
