"""What pages say of whom contacts keep: what is missing, the evidence, and how the list is ordered."""

from __future__ import annotations

from typing import Any

import pytest
from looped import loop
from samples import sample
from test_loop_page import briefed, telling

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.listing.loop import told_part, warnings
from pipeline.pages import loop_part, uplift_part
from pipeline.pages.rows import extras
from pipeline.spreadsheets.shown import shown_columns

HISTORY = {"contact": 4123, "holdout": 287, "left_contact": 2100, "left_holdout": 151}


def figure(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def judged(
    why_not: str | None, asked: str = "saved_value", more: tuple[float, float, float] = (3, 1, 5)
) -> dict[str, Any]:
    """As the stage writes it."""
    decided = why_not in (None, "no_better")
    return {
        "as_of": "2024-06-03", "usable": why_not is None, "why_not": why_not, "asked": asked,
        "order": "saved_value" if why_not is None and asked == "saved_value" else "value_at_risk",
        "needed": {"min_contact": 1000, "min_holdout": 300, "min_leavers": 100}, "history": HISTORY, "splits": [],
        "decided": {
            "as_of": "2024-05-06", "customers": 4123, "judged_at": 0.3,
            "figures": {"saved.money.at": figure(12.5, 10, 15), "risk.money.at": figure(9.5, 7, 12),
                        "saved-risk.money.at": figure(*more)},
        } if decided else None,
    }  # fmt: skip


def test_too_little_history_says_what_there_is_and_what_it_takes() -> None:
    assert uplift_part.sentences(judged("too_few"), telling()) == [
        "Whom contacts keep cannot be told yet. So far, past lists that have come due hold 4,123 contacted customers "
        "(2,100 of them left) and 287 held back (151 left); it takes 1,000 and 300, with at least 100 leavers in each "
        "group.",
        "This list keeps the usual order: by what is at stake.",
    ]


def test_evidence_is_told_with_its_interval_and_when_it_was_looked_at() -> None:
    said = uplift_part.sentences(judged(None), telling())
    assert said[0] == (
        "Contacting first those whom a contact keeps earns more: among the top 30% of past contacts it brought £12.50 "
        "per customer (£10.00 to £15.00), the usual order £9.50. That is £3.00 more (£1.00 to £5.00)."
    )
    assert said[1].startswith("This was checked with the list of 6 May 2024, on past contacts (customers: 4,123).")
    assert said[2] == (
        "So this list puts first the customers with whom a contact is expected to save most; see the column “Expected "
        "saving”."
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((3, -1, 7), "is not proven to earn more"),
        ((-3, -7, -1), "That is £3.00 less (£1.00 to £7.00)."),
        ((-3, -7, 1), "is not proven to earn more"),
    ],
)
def test_what_is_not_better_is_not_called_better(more: tuple[float, float, float], says: str) -> None:
    said = uplift_part.sentences(judged("no_better", more=more), telling())
    assert says in said[0]
    assert said[-1] == "This list keeps the usual order: by what is at stake."


def test_the_order_of_the_list_is_told_as_it_is() -> None:
    assert "can switch it" in uplift_part.sentences(judged(None, "value_at_risk"), telling())[-1]
    withheld = {**judged(None), "order": "value_at_risk"}
    assert uplift_part.sentences(withheld, telling())[-1].endswith("since amounts are not known this week.")


def test_who_asked_for_an_order_that_is_not_proven_is_warned() -> None:
    def keys(uplift: dict[str, Any] | None) -> list[str]:
        return [item["key"] for item in warnings({**loop(), "uplift": uplift})]

    assert keys(judged("too_few")) == ["warning-uplift-order"]
    assert keys(judged(None)) == keys(judged("too_few", "value_at_risk")) == keys(None) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("least", [0, 10])
def test_every_language_says_all_of_it_on_the_page(language: str, least: int) -> None:
    cases = [judged(why) for why in ("too_few", "split_broken", "no_money", None)]
    cases += [judged("no_better", more=more) for more in ((3, -1, 7), (-3, -7, -1))]
    cases += [judged(None, "value_at_risk"), {**judged(None), "order": "value_at_risk"}]
    unknown = judged("no_better")
    unknown["decided"]["figures"]["saved.money.at"]["low"] = None
    told = []
    for uplift in [*cases, unknown]:
        part = loop_part.made(briefed({**loop(), "uplift": uplift}), telling(language, least))
        assert part is not None
        said = uplift_part.sentences(uplift, telling(language, least))
        assert part.achieved_about[-len(said) :] == said
        told += said
    assert len(set(told)) == 12  # each of them another sentence
    assert Texts(language).say("warning-uplift-order")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_columns_of_such_a_list_have_heading_and_meaning(language: str) -> None:
    table, briefing = sample(20)
    for name in ("saved_value", "saved_probability"):
        table = table.append_column(name, [[0.5] * 20])
    texts = Texts(language)
    found = {column.name: column for column in shown_columns(table, texts, briefing)}
    assert (found["saved_value"].look, found["saved_probability"].look) == ("money", "points")
    for name in ("saved_value", "saved_probability"):
        assert len(found[name].heading) <= 30
        assert (found[name].about or "").endswith(".")
    assert set(extras(table)) >= {"saved_value", "saved_probability"}


def test_what_a_list_tells_of_it_is_the_same_when_told_again() -> None:
    once = told_part({**loop(), "uplift": judged(None)})
    assert told_part(once) == once
    assert once["uplift"] == judged(None)
