"""The five sentences: typed out in English, whole in every language, honest where something is not known."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.pages.sentences import five, kept, usable_share
from pipeline.pages.telling import LEAST, Telling, too_small
from pipeline.settings import Settings, load_settings

SETTINGS = load_settings()


def told(briefing: dict[str, Any], language: str = "en", least: int = 0) -> list[str]:
    return five(briefing, Texts(language), SETTINGS, least)


def test_five_questions_in_five_sentences() -> None:
    assert told(sample(300)[1]) == [
        "The data run up to 2 June 2024 and 94% of their rows could be used; of 300 active customers we expect to lose "
        "about 133 by 2 September 2024 (with 95% certainty between 119 and 147), where leaving means no purchase for "
        "91 days from 3 June 2024.",
        "Contact 113 customers (£6,654 of revenue is at risk), the first by 5 June 2024 and the last by 10 June 2024; "
        "do not contact: 12 held back to measure what contacting brings, 16 contacted or held back in the last 28 "
        "days, 10 beyond what the team can do this week, 2 who do not want to be contacted, 2 where it would cost more "
        "than it brings.",
        "With 300 contacts this list finds 212 leavers where today's rule (silent for 91 days) finds 185: 27 more, "
        "with 95% certainty between 18 and 34 more, on average over 12 past dates.",
        "Tried out on 19 February 2024, the newest date whose outcome is known, we said that 41.7% of 2,813 customers "
        "would leave and 40.8% did (39.0% to 42.6% allowing for chance), so the promise was kept; grade A: it predicts "
        "better than the textbook forecast of repeat purchases, and what it says and what happens differ by only 2.5 "
        "points on average.",
        "What contacting achieves is not proven yet: with 113 contacted and 30 held back this list can show it only if "
        "contacting lowers the share of leavers (expected: 70%) by 9 points or more, and for half of that it takes "
        "about 14 weeks of such lists.",
    ]


def test_small_groups_are_not_told_on_a_page_that_is_mailed() -> None:
    sentence = told(sample(300)[1], least=LEAST)[1]
    # 2 and 2 are too few even together, so the 10 beside them are not told either: 4 would be the rest.
    assert (
        "some beyond what the team can do this week, fewer than 10 who do not want to be contacted, fewer" in sentence
    )
    assert "12 held back" in sentence
    assert " 10 beyond" not in sentence
    assert " 2 " not in sentence.replace("2024", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [0, 1, 21, 300])
def test_every_language_says_all_of_it(language: str, n: int) -> None:
    for money in (True, False):
        for least in (0, LEAST):
            sentences = told(sample(n, money=money)[1], language, least)
            assert len(sentences) == 5
            assert all(sentence.endswith(".") and not sentence.endswith("..") for sentence in sentences)
            assert not any("{" in sentence or re.search(r"\b(None|nan)\b", sentence) for sentence in sentences)
            assert all("_" not in sentence for sentence in sentences)


def test_margin_is_called_margin_and_without_amounts_frequency_stands_in() -> None:
    briefing = sample(300)[1]
    briefing["money"]["margin"] = 0.3
    assert "(£6,654 of margin is at risk)" in told(briefing)[1]
    assert "revenue" not in told(briefing)[1]
    withheld = sample(300, money=False)[1]
    assert "(amounts are not shown: the data have none; how often somebody is active stands in" in told(withheld)[1]
    withheld["money"]["why_not_known"] = "total_off"
    assert "our forecast of spending missed the total on past dates" in told(withheld)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_to_withhold_amounts_has_a_text(language: str) -> None:
    briefing = sample(30, money=False)[1]
    said = set()
    reasons = ("no_amounts", "too_few", "total_off", "not_better_than_last_period",
               "not_better_than_bgnbd_gamma_gamma")  # fmt: skip
    for reason in reasons:
        briefing["money"]["why_not_known"] = reason
        said.add(told(briefing, language)[1])
    assert len(said) == len(reasons)


def test_against_todays_rule_nothing_is_claimed_that_is_not_shown() -> None:
    briefing = sample(300)[1]
    rule = briefing["against_rule"]
    rule |= {"rule": 209.0, "more": {"value": 3.0, "low": -2.0, "high": 8.0}}
    assert "no difference is shown, since chance alone could explain it (-2 to 8)" in told(briefing)[2]
    rule |= {"rule": 221.0, "more": {"value": -9.0, "low": -14.0, "high": -4.0}}
    assert "9 fewer, with 95% certainty between 4 and 14 fewer" in told(briefing)[2]
    assert told(briefing)[2].endswith("so use the rule.")
    rule |= {"model": 253.25, "rule": 226.7, "more": {"value": 26.55, "low": 18.1, "high": 33.8}}
    assert "253.2 leavers" in told(briefing)[2]  # 253 beside 227 would be 26, and 26.55 is not
    assert "finds 226.7: 26.5 more" in told(briefing)[2]
    for unknown in (
        None,
        rule | {"origins": 0},
        rule | {"more": None},
        rule | {"more": {"value": 3.0, "low": None, "high": None}},
    ):
        briefing["against_rule"] = unknown
        assert "cannot be said yet" in told(briefing)[2]


def test_a_missed_promise_is_called_missed_and_the_grade_has_its_reason() -> None:
    briefing = sample(300)[1]
    briefing["last_promise"]["promised"] = 0.5
    briefing["grade"] |= {"letter": "C", "beats": False, "level": True, "calibration_error": 0.09, "leavers": 20}
    briefing["grade"] |= {"baseline": "recency_rule"}
    sentence = told(briefing)[3]
    assert "so the promise was missed; grade C: the rule “silent for 45 days” would do as well, " in sentence
    assert "differ by 9 points on average, more than chance explains, and too few customers have been seen" in sentence
    briefing["last_promise"] = None
    assert told(briefing)[3].startswith("No promise of ours has come due yet; grade C: ")


def test_edges_of_what_was_promised_count_as_kept() -> None:
    promise = {"promised": 0.39, "low": 0.39, "high": 0.426}
    assert kept(promise)
    assert not kept(promise | {"promised": 0.3899})


def test_what_cannot_be_proven_is_said() -> None:
    briefing = sample(300)[1]
    briefing["power"]["weeks_for_half"] = None
    assert "half of that could not be shown in ten years" in told(briefing)[4]
    briefing["power"] |= {"holdout": 0, "smallest_effect": None}
    assert "cannot be with this list" in told(briefing)[4]


def test_what_leaving_means_follows_the_definition() -> None:
    briefing = sample(3)[1]
    briefing |= {"activity": ["purchase", "store_visit", "click"], "lead_days": 7}
    assert "leaving means no purchase, store visit or click for 91 days from 10 June 2024." in told(briefing)[0]
    briefing["definition"] = "cancellation"
    assert "leaving means cancelling within 91 days from 10 June 2024." in told(briefing)[0]
    briefing["definition"] = "lapse"
    assert "a renewal that does not come, not even 14 days late, within 91 days" in told(briefing)[0]
    named = Texts("en", {"store_visit": "visit to a shop"})
    briefing |= {"definition": "inactivity"}
    assert "no purchase, visit to a shop or click for" in five(briefing, named, SETTINGS)[0]


@pytest.mark.parametrize(
    ("days", "russian", "polish"),
    [(1, "1 день с", "1 dzień bez"), (2, "2 дня с", "2 dni bez"), (5, "5 дней с", "5 dni bez"),
     (21, "21 день с", "21 dni bez"), (22, "22 дня с", "22 dni bez"), (112, "112 дней с", "112 dni bez")],
)  # fmt: skip
def test_plural_forms(days: int, russian: str, polish: str) -> None:
    briefing = sample(30)[1] | {"horizon_days": days}
    assert russian in told(briefing, "ru")[0]
    assert polish in told(briefing, "pl")[0]


def test_a_nearly_whole_source_is_not_called_whole() -> None:
    assert usable_share({"source_rows": 10_000, "rejected": 1}) == 0.99
    assert usable_share({"source_rows": 10_000, "rejected": 0}) == 1
    assert usable_share({"source_rows": 0, "rejected": 0}) == 0


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 40), max_size=8))
def test_no_small_group_is_told_or_can_be_worked_out(counts: dict[int, int]) -> None:
    hidden = too_small(counts, LEAST)
    assert all(counts[key] >= LEAST or counts[key] == 0 for key in counts if key not in hidden)
    rest = sum(counts[key] for key in hidden)
    everybody_hidden = all(key in hidden or not count for key, count in counts.items())
    assert not hidden or everybody_hidden or (rest >= LEAST and len(hidden) > 1)
    assert too_small(counts, 0) == set()


@given(st.floats(0, 1))
def test_whole_points_take_a_whole_numbers_plural(share: float) -> None:
    points = Telling.points(share)
    assert abs(points - 100 * share) <= 0.05 + 1e-9
    assert isinstance(points, int) == (points == int(points))


def settings_with(**sections: Any) -> Settings:
    return Settings.model_validate(SETTINGS.model_dump() | sections)


def test_grace_and_cool_down_come_from_the_settings() -> None:
    briefing = sample(300)[1]
    settings = settings_with(campaign=SETTINGS.campaign.model_dump() | {"cool_down_days": 1})
    assert "16 contacted or held back in the last day," in five(briefing, Texts("en"), settings)[1]
