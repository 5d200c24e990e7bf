"""The line of advice: a story per advice, the order of the rules, and the words in three languages."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from fluent.syntax import FluentParser, ast
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import params

from models.advice import VERDICTS, Advice, Closed, Facts, Limits, advise, auc_error
from pipeline.language.catalogue import FOLDER, LANGUAGES, Texts
from pipeline.pages.telling import LEAST, Telling
from pipeline.pages.watch_part import advice_line, sheet
from pipeline.sections.watching import Watch
from pipeline.settings import parse_settings

LIMITS = Limits(**Watch().model_dump())
APRIL = Closed("2024-04-01", 4000, left=0.42, promised=0.40, low=0.36, high=0.44, auc=0.79)
MAY = Closed("2024-04-29", 4000, left=0.41, promised=0.40, low=0.36, high=0.44, auc=0.78)
CALM = Facts(0, 0.03, closed=(APRIL, MAY), auc_before=0.78, drifted=2, features=80, score_drift=0.01)
KNOWN = {"as_of": "2024-04-29", "left": 0.41, "promised": 0.40}


def said(**changes: Any) -> tuple[str, str, dict[str, Any]]:
    """What is advised where everything is calm but this."""
    found = advise(replace(CALM, **changes), LIMITS)
    return found.verdict, found.reason, found.values


def test_nothing_unusual() -> None:
    assert said() == ("hold", "as_promised", KNOWN)


def test_a_young_shop_has_no_outcome_yet() -> None:
    assert said(closed=(), auc_before=None) == ("hold", "no_outcomes", {})


def test_the_export_stopped() -> None:
    assert said(days_silent=3)[0] == "hold"
    assert said(days_silent=4) == ("look_at_data", "silent", {"days": 4})


def test_half_the_customers_are_gone() -> None:
    """Half as many more or fewer is allowed, a little more is not."""
    assert said(population_change=-0.5)[0] == "hold"
    assert said(population_change=-0.51) == ("look_at_data", "fewer", {"change": 0.51})
    assert said(population_change=0.6) == ("look_at_data", "more", {"change": 0.6})
    assert said(population_change=None)[0] == "hold"


def test_a_feature_goes_missing_that_never_was() -> None:
    """A few customers are no news; of several features the worst is named."""
    assert said(missing={"spend": 0.049})[0] == "hold"
    found = said(missing={"spend": 0.05, "visits": 0.7, "rare": 0.01})
    assert found == ("look_at_data", "missing", {"count": 2, "share": 0.7, "feature": "visits"})


def test_a_kind_of_event_stops() -> None:
    assert said(gone={"visit": 41}) == ("look_at_data", "gone", {"kind": "visit", "days": 41})
    assert said(gone={"visit": None}) == ("look_at_data", "gone_for_ever", {"kind": "visit", "days": None})


def test_leavers_no_longer_come_first() -> None:
    """A drop of .05 and more, from the mean of earlier dates, is a matter for training."""
    worse = replace(MAY, auc=0.72)
    values = {"as_of": "2024-04-29", "right": 0.72, "before": 0.78}
    assert said(closed=(APRIL, worse)) == ("retrain", "ranking", values)
    assert said(closed=(APRIL, replace(MAY, auc=0.74)))[0] == "hold"
    assert said(closed=(APRIL, worse), auc_before=None)[0] == "hold"


def test_a_drop_that_chance_explains_is_none() -> None:
    """Eighty customers: the same drop lies within what so few tell."""
    assert said(closed=(APRIL, replace(MAY, auc=0.72, customers=80)))[0] == "hold"
    assert said(closed=(APRIL, replace(MAY, auc=None)))[0] == "hold"


def test_more_left_twice_in_a_row() -> None:
    """The level is off, the ranking is fine."""
    first, second = replace(APRIL, left=0.45), replace(MAY, left=0.46)
    values = {"as_of": "2024-04-29", "left": 0.46, "low": 0.36, "high": 0.44}
    assert said(closed=(first, second), correcting_helps=True) == ("recalibrate", "more_left", values)
    fewer = (replace(APRIL, left=0.35), replace(MAY, left=0.35))
    assert said(closed=fewer, correcting_helps=True)[:2] == ("recalibrate", "fewer_left")


def test_a_correction_that_never_helped_is_not_advised() -> None:
    """The level is off as well, but the command would refuse: said, and nothing to do."""
    off = (replace(APRIL, left=0.45), replace(MAY, left=0.46))
    assert said(closed=off)[:2] == ("hold", "more_left_for_now")
    assert said(closed=(replace(APRIL, left=0.35), replace(MAY, left=0.35)))[:2] == ("hold", "fewer_left_for_now")


def test_one_date_or_two_that_disagree_are_a_season() -> None:
    off = replace(MAY, left=0.46)
    values = {**KNOWN, "left": 0.46}
    assert said(closed=(APRIL, off)) == ("hold", "one_date", values)
    assert said(closed=(off,)) == ("hold", "one_date", values)
    assert said(closed=(replace(APRIL, left=0.3), off)) == ("hold", "one_date", values)


def test_many_features_drifted() -> None:
    """With outcomes that the champion has not seen there is something to learn; without, only to wait."""
    assert said(drifted=16)[0] == "hold"
    assert said(drifted=17, newer_labels=True) == ("retrain", "drifted", {"count": 17, "of": 80})
    assert said(drifted=17) == ("hold", "drifted_no_outcomes", {"count": 17, "of": 80})


def test_probabilities_drifted() -> None:
    assert said(score_drift=0.25)[1] == "as_promised"
    assert said(score_drift=0.26, newer_labels=True) == ("retrain", "scores", {})
    assert said(score_drift=0.26) == ("hold", "scores_no_outcomes", {})
    assert said(score_drift=float("nan"))[1] == "as_promised"


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("silent", {"days_silent": 9}),
    ("gone", {"gone": {"visit": 41}}),
    ("more", {"population_change": 2.0}),
    ("missing", {"missing": {"spend": 1.0}}),
    ("ranking", {"auc_before": 0.95}),
    ("more_left_for_now", {"closed": (replace(APRIL, left=0.9), replace(MAY, left=0.9))}),
    ("drifted_no_outcomes", {"drifted": 80}),
    ("scores_no_outcomes", {"score_drift": 9.0}),
)


@pytest.mark.parametrize("first", range(len(WRONG)))
def test_the_first_rule_that_fits_speaks(first: int) -> None:
    """Everything from a rule on is wrong at once: the rule says so, those behind it do not."""
    changes = {name: value for _, change in WRONG[first:] for name, value in change.items()}
    assert said(**changes)[1] == WRONG[first][0]


@given(st.data())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_there_is_always_one_advice(data: st.DataObject) -> None:
    numbers = st.floats(0, 1)
    closed = st.builds(Closed, st.just("2024-04-01"), st.integers(1, 10**6), *[numbers] * 4, st.none() | numbers)
    facts = Facts(
        data.draw(st.integers(0, 400)),
        data.draw(st.none() | st.floats(-1, 50)),
        data.draw(st.dictionaries(st.sampled_from("abc"), numbers)),
        data.draw(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 900))),
        tuple(data.draw(st.lists(closed, max_size=3))),
        data.draw(st.none() | numbers),
        data.draw(st.integers(0, 80)),
        data.draw(st.integers(0, 80)),
        data.draw(st.none() | st.floats(0, 20)),
        data.draw(st.booleans()),
        data.draw(st.booleans()),
    )
    assert advise(facts, LIMITS).verdict in VERDICTS


def test_every_limit_is_a_key_of_params() -> None:
    assert {item.name for item in fields(Limits)} == set(Watch.model_fields)


def test_error_of_an_auc() -> None:
    """Against samples of exponential scores, for which it is exact: 60 leavers and 140 stayers."""
    random = np.random.default_rng(4)
    leavers, stayers = random.exponential(4, (2000, 60)), random.exponential(1, (2000, 140))
    found = (leavers[:, :, None] > stayers[:, None, :]).mean(axis=(1, 2))
    assert auc_error(float(found.mean()), 60, 140) == pytest.approx(found.std(), rel=0.06)
    assert auc_error(0.8, 0, 140) == float("inf")


# ---- words


def telling(language: str, least: int = 0) -> Telling:
    content = parse_settings(params({"report": {"language": language}}))
    return Telling(Texts(language, {}), content, least)


def watched(advice: Advice) -> dict[str, Any]:
    """watch.json as far as the page reads it."""
    closed = {
        item.as_of: {name: getattr(item, name) for name in KNOWN | {"low": 0, "high": 0}} for item in (APRIL, MAY)
    }
    return {
        "as_of": "2024-08-05",
        "advice": advice.to_json(),
        "days_silent": 1,
        "population": 4210,
        "last_closed": "2024-04-29",
        "population_last_closed": 4000,
        "population_year_ago": 3900,
        "features": 80,
        "features_drifted": 2,
        "auc_last_closed": 0.78,
        "auc_before": 0.79,
        "closed": closed,
        "twin": {
            "known": True,
            "as_of": "2023-08-07",
            "eligible": {"customers": 3900, "stayed": 2340, "stayed_share": 0.6},
            "overdue": {"customers": 800, "stayed": 240, "stayed_share": 0.3},
            "horizon_days": 91,
            "silence": True,
        },
    }


EVERY = [advise(replace(CALM, **change), LIMITS) for _, change in WRONG] + [
    advise(replace(CALM, **change), LIMITS)
    for change in (
        {},
        {"closed": ()},
        {"closed": (MAY, replace(MAY, left=0.5))},
        {"closed": (replace(APRIL, left=0.2), replace(MAY, left=0.2))},
        {"closed": (replace(APRIL, left=0.2), replace(MAY, left=0.2)), "correcting_helps": True},
        {"closed": (replace(APRIL, left=0.9), replace(MAY, left=0.9)), "correcting_helps": True},
        {"gone": {"visit": None}},
        {"population_change": -0.7},
        {"missing": {"a": 0.1, "b": 0.25}},
        {"drifted": 21, "newer_labels": True},
        {"score_drift": 2.0, "newer_labels": True},
    )
]
JARGON = {
    "en": "model|calibrat|probabilit|feature|score|snapshot|horizon|drift|auc|psi|churn|index",
    "ru": "модел|калибр|признак|скор[^р]|снимок|горизонт|дрейф|индекс",
    "pl": "model|kalibr|prawdopodobieństw|cech|skoring|horyzont|dryf|indeks",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_is_a_sentence_without_our_words(language: str) -> None:
    lines = [advice_line(watched(advice), telling(language)) for advice in EVERY]
    assert len(set(lines)) == len(EVERY)
    for line in lines:
        assert re.fullmatch(r"[A-ZА-ЯЁ][^{}_]+: .+\.", line), line
        assert not re.search(JARGON[language], line, re.IGNORECASE), line


def test_a_line_by_hand() -> None:
    more = advise(
        replace(CALM, closed=(replace(APRIL, left=0.45), replace(MAY, left=0.456)), correcting_helps=True), LIMITS
    )
    assert advice_line(watched(more), telling("en")) == (
        "Have the level of the forecast corrected: more customers left than we expected, two dates in a row "
        "(45.6% of those active on 29 April 2024, for whom we expected 36% to 44%)."
    )
    drifted = advise(replace(CALM, drifted=21), LIMITS)
    assert "(сместился 21 показатель из 80)" in advice_line(watched(drifted), telling("ru"))
    drifted = advise(replace(CALM, drifted=22), LIMITS)
    assert "(сместились 22 показателя из 80)" in advice_line(watched(drifted), telling("ru"))
    assert "(zmieniły się 22 wskaźniki z 80)" in advice_line(watched(drifted), telling("pl"))
    drifted = advise(replace(CALM, drifted=25), LIMITS)
    assert "(zmieniło się 25 wskaźników z 80)" in advice_line(watched(drifted), telling("pl"))
    silent = advise(replace(CALM, days_silent=5), LIMITS)
    assert advice_line(watched(silent), telling("ru")).endswith("самой свежей записи уже 5 дней.")


def test_the_table_by_hand() -> None:
    """What it is, how it is now, what it is held against."""
    found = sheet(watched(EVERY[0]), telling("en"))
    assert found.head == ["What we watch", "Now", "To compare"]
    assert found.texts == 3
    assert found.rows == [
        ["Active customers", "4,210", "4,000 on 29 April 2024; 3,900 a year ago"],
        ["Age of the newest record", "1 day", ""],
        ["Left after 29 April 2024", "41%", "40% expected (36% to 44%)"],
        ["Pairs of one who left and one who stayed in the right order", "78 of 100", "79 of 100 before"],
        ["Figures of behaviour that have shifted", "2 of 80", ""],
        [
            "Same weeks a year ago: active again by themselves within 91 days",
            "60% of 3,900",
            "30% of the 800 silent longer than usual",
        ],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_young_shop(language: str) -> None:
    """No outcome, no year ago: said, not left out."""
    young = watched(EVERY[0]) | {
        "closed": {},
        "population_year_ago": None,
        "twin": {"known": False, "horizon_days": 91, "silence": False},
    }
    rows = sheet(young, telling(language)).rows
    assert len(rows) == 4
    assert rows[-1][1] == "–"
    assert rows[-1][2] == Texts(language).say("watch-twin-unknown")


def test_small_groups_are_not_told_in_a_page_that_is_mailed() -> None:
    small = watched(EVERY[0])
    small["twin"]["overdue"] = {"customers": 12, "stayed": 4, "stayed_share": 1 / 3}
    assert sheet(small, telling("en", LEAST)).rows[-1][2] == "–"
    assert sheet(small, telling("en")).rows[-1][2] == "33.3% of the 12 silent longer than usual"


def messages(language: str) -> dict[str, ast.Message]:
    body = FluentParser().parse((FOLDER / language / "watch.ftl").read_text(encoding="utf-8")).body
    assert not [entry.content for entry in body if isinstance(entry, ast.Junk)]
    return {entry.id.name: entry for entry in body if isinstance(entry, ast.Message)}


def test_every_language_says_the_same_things() -> None:
    assert list(messages("ru")) == list(messages("en")) == list(messages("pl"))
    reasons = {key.removeprefix("watch-because-") for key in messages("en") if key.startswith("watch-because-")}
    assert reasons == {advice.reason for advice in EVERY}


def test_a_forecast_of_the_lowest_grade_is_not_to_be_used_as_it_is() -> None:
    calm, silent = watched(advise(CALM, LIMITS)), watched(advise(replace(CALM, days_silent=5), LIMITS))
    assert advice_line(calm, telling("en")).startswith("Use the list as it is: of those active on ")
    assert advice_line(calm, telling("en"), trusted=False).startswith("Nothing new calls for action: of those active ")
    assert advice_line(silent, telling("en"), trusted=False) == advice_line(silent, telling("en"))
