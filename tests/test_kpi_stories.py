"""Retention KPIs by hand, on a dozen events each: months, cohorts, years, cancellations; and the calendar of months."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pandas as pd
import pytest
from kpi_pandas import made
from workspace import read_ingested, source_bytes, write_file, write_params

from features.kpis import churn_rate, days_between, net_promoter_score, retention_rate
from features.months import months
from features.snapshots import day_number
from pipeline import ingest
from pipeline.errors import ConfigError
from pipeline.settings import parse_settings

EVENTS = [
    ("ann", "2024-01-05", "purchase", 10),
    ("bob", "2024-01-20", "purchase", 5),  # silent for 41 days on the first of March
    ("eve", "2024-02-01", "purchase", 7),  # on the day on which February begins: hers
    ("ann", "2024-02-05", "purchase", 20),
    ("ann", "2024-02-05", "purchase", 2),
    ("dan", "2024-02-10", "return", -1),  # was never a customer
    ("ann", "2024-03-05", "purchase", 30),
    ("cleo", "2024-03-10", "purchase", 100),
    ("cleo", "2024-03-12", "return", -20),
    ("ann", "2024-04-05", "purchase", 40),
    ("bob", "2024-04-30", "purchase", 15),
    *(("ann", f"2024-03-{day:02}", "nps", score) for day, score in ((6, 10), (7, 9), (8, 8), (9, 6), (10, 11))),
    *(("bob", f"2024-04-{day:02}", "csat", score) for day, score in ((6, 5), (7, 4), (8, 3), (9, 0))),
    ("ann", "2024-05-10", "purchase", 1),  # the day of as_of, which is not over
    ("late", "2024-05-10", "purchase", 1),
]
SETTINGS: dict[str, Any] = {
    "churn": {"horizon_days": 28, "active_within_days": 40},
    "events.roles": {"activity": ["purchase"], "friction": ["return"], "feedback": ["nps", "csat"]},
    "events.timezone": "Europe/London",
    "snapshots": {"as_of": "2024-05-10", "every_days": 7, "train": 8, "min_history_days": 0},
    "kpis": {"nps": "nps", "csat": "csat"},
}


def told(folder: Path, events: list[Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What the stage writes of these events."""
    write_params(folder, changes)
    write_file(folder, source_bytes("events.csv", events))
    little_shop.run(folder, (ingest,))
    assert len(read_ingested(folder).events) == len(events)
    return made(folder)


def by_month(found: dict[str, Any], name: str) -> dict[str, Any]:
    """One figure by month."""
    return {row["month"]: row[name] for row in found["months"]}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return told(tmp_path_factory.mktemp("story"), EVENTS, SETTINGS)


def test_the_example_of_a_thousand_customers() -> None:
    """1,000 at the start, 900 at the end, 200 of them won since: 700 were kept."""
    assert retention_rate(1000, 900, 200) == 0.7
    assert churn_rate(1000, 300) == 0.3
    assert retention_rate(0, 900, 900) is None


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2024-02", {
            "complete": True, "settled": False, "customers_start": 2, "kept": 1, "lost": 1, "new": 1, "reactivated": 0,
            "customers_end": 2, "lapsed_start": 0, "retention_rate": 0.5, "churn_rate": 0.5, "reactivation_rate": None,
            "labelled_left": 1, "labelled_churn_rate": 0.5, "buyers": 2, "returning_buyers": 1, "purchases": 3,
            "purchase_frequency": 1.5, "spend": 29.0, "net": 28.0, "average_order_value": 9.666667,
            "lifetime_value": 14.666667, "days_between_purchases_mean": 31.0, "days_between_purchases_median": 31.0,
            "nps_answers": 0, "nps": None, "repeat_purchase_rate": None,
        }),
        ("2024-03", {
            "complete": True, "settled": True, "customers_start": 2, "kept": 1, "lost": 1, "new": 1, "reactivated": 0,
            "customers_end": 2, "lapsed_start": 1, "reactivation_rate": 0.0, "labelled_left": 1, "spend": 130.0,
            "net": 110.0, "average_order_value": 65.0, "lifetime_value": 43.5, "lifetime_value_net": 38.25,
            "returning_buyers_share": 0.5, "days_between_purchases_mean": 29.0, "nps_answers": 4, "nps_off_scale": 1,
            "nps": 25.0, "csat": None,
        }),
        ("2024-04", {
            "complete": True, "customers_start": 2, "kept": 1, "lost": 1, "new": 0, "reactivated": 1,
            "customers_end": 2, "lapsed_start": 2, "retention_rate": 0.5, "reactivation_rate": 0.5,
            "labelled_left": 1, "purchases": 2, "returning_buyers_share": 1.0, "days_between_purchases_mean": 66.0,
            "days_between_purchases_median": 66.0, "csat_answers": 3, "csat_off_scale": 1, "csat": 0.666667,
        }),
        ("2024-05", {
            "complete": False, "customers_start": 2, "purchases": 0, "spend": 0.0,
            "days_between_purchases_mean": None, "purchase_frequency": None,
            "labelled_left": None, "labelled_churn_rate": None, "average_order_value": None,
        }),
    ],
)  # fmt: skip
def test_a_dozen_events_by_hand(story: dict[str, Any], month: str, expected: dict[str, Any]) -> None:
    row = next(row for row in story["months"] if row["month"] == month)
    assert {name: row[name] for name in expected} == expected


def test_the_cohorts_by_hand(story: dict[str, Any]) -> None:
    """Ann and Bob joined in January, with whom nobody knows what was before; Eve in February."""
    rows = {(row["cohort"], row["months_since"]): row for row in story["cohorts"]}
    january = [rows["2024-01", since] for since in range(5)]
    assert [row["active"] for row in january] == [2, 1, 1, 2, 0]
    assert [row["still"] for row in january] == [2, 1, 1, 2, 2]  # on the tenth of May Ann has been silent for 35 days
    assert [row["spend"] for row in january] == [15.0, 22.0, 30.0, 55.0, 0.0]
    assert january[3]["lifetime_value"] == 61.0
    assert [row["cohort_complete"] for row in january] == [False] * 5
    assert [row["complete"] for row in january] == [True, True, True, True, False]
    assert [rows["2024-02", since]["active_share"] for since in range(4)] == [1.0, 0.0, 0.0, 0.0]
    assert {row["cohort"] for row in story["cohorts"]} == {"2024-01", "2024-02", "2024-03"}


def test_the_headline_is_the_newest_month_that_is_over(story: dict[str, Any]) -> None:
    assert story["month"] == "2024-04"
    assert story["retention_rate"] == 0.5
    assert (story["last_12_months"], story["reconciled"]) == (None, None)
    assert story["today"] == {
        "as_of": "2024-05-10", "customers": 2, "lifetime_value": 61.0, "lifetime_value_net": 61.0, "forecast": None,
        "forecast_days": 28, "expected_lifetime_value": None,
    }  # fmt: skip


def test_a_year_by_hand(tmp_path: Path) -> None:
    """The 365 days before the first of March 2024 begin with the second of March 2023; the first month is no part."""
    events = [
        ("ann", "2023-01-01", "purchase", 1),
        ("cleo", "2023-03-01", "purchase", 4),
        ("bob", "2023-03-02", "purchase", 3),
        ("dan", "2023-07-01", "purchase", 5),
        ("bob", "2024-02-20", "purchase", 6),
        ("cleo", "2024-02-21", "purchase", 7),
        ("last", "2024-03-15", "purchase", 1),
    ]
    found = told(tmp_path, events, {**SETTINGS, "snapshots": {**SETTINGS["snapshots"], "as_of": "latest"}})
    repeat = by_month(found, "repeat_purchase_rate")
    assert (repeat["2023-11"], repeat["2023-12"], repeat["2024-01"]) == (None, 0.0, 0.0)
    assert repeat["2024-02"] == 0.333333  # Bob twice, Cleo and Dan once
    year = found["last_12_months"]
    assert (found["month"], year["from"], year["to"]) == ("2024-02", "2023-03", "2024-02")
    assert [year[name] for name in ("customers_start", "new", "reactivated", "customers_end")] == [0, 2, 0, 2]
    assert [year[name] for name in ("newcomers", "purchases", "buyers", "spend")] == [3, 5, 3, 25.0]
    assert year["days_between_purchases_median"] == 356.0  # Bob after 355 days, Cleo after 357
    earlier = told(tmp_path, events, {**SETTINGS, "snapshots": {**SETTINGS["snapshots"], "as_of": "2024-02-10"}})
    assert (earlier["month"], earlier["last_12_months"]["from"]) == ("2024-01", "2023-02")
    assert earlier["today"]["customers"] == 0  # what came on the day of as_of and later is not counted


def test_who_joins_and_cancels_within_a_month_is_neither_won_nor_lost(tmp_path: Path) -> None:
    """Ann is a newcomer of February and no customer at its end, so that she is not taken off there."""
    events = [
        ("bob", "2024-01-10", "purchase", 1),
        ("ann", "2024-02-05", "purchase", 1),
        ("ann", "2024-02-20", "cancel", None),
        ("bob", "2024-03-05", "cancel", None),
        ("cleo", "2024-03-10", "purchase", 1),
        ("bob", "2024-04-02", "purchase", 1),
        ("last", "2024-05-02", "purchase", 1),
    ]
    roles = {"activity": ["purchase"], "cancel": ["cancel"]}
    changes = {"churn": {**SETTINGS["churn"], "definition": "cancellation"}, "events.roles": roles, "kpis": {},
               "events.money": ["purchase"]}  # fmt: skip
    found = told(tmp_path, events, {**SETTINGS, **changes, "snapshots": {"every_days": 7, "min_history_days": 0}})
    expected = {
        "customers_start": [0, 1, 1, 1, 2], "newcomers": [1, 1, 1, 0, 1], "new": [1, 0, 1, 0, 1],
        "lost": [0, 0, 1, 0, 0], "lapsed_start": [0, 0, 1, 2, 1], "reactivated": [0, 0, 0, 1, 0],
        "retention_rate": [None, 1.0, 0.0, 1.0, 1.0], "reactivation_rate": [None, None, 0.0, 0.5, 0.0],
    }  # fmt: skip
    assert {name: list(by_month(found, name).values()) for name in expected} == expected


def test_months_that_are_not_over_are_no_headline(tmp_path: Path) -> None:
    """Ten days late: May ends on the first of June, and all is known on the eleventh."""
    first, as_of = day_number(date(2024, 1, 1)), day_number(date(2024, 6, 10))
    for lateness, newest in ((0, "2024-05"), (9, "2024-05"), (10, "2024-04")):
        found = months(first, as_of, as_of - lateness, 40)
        assert found.name(found.newest() or 0) == newest
    one = months(first, first + 17, first + 17, 40)
    assert (len(one), one.newest(), one.year(), one.ends) == (1, None, None, (first + 17,))
    assert [months(first, as_of, as_of, days).settled[1] for days in (31, 32)] == [True, False]
    following = [day_number(date(2025, month, 1)) for month in (1, 2)]  # a year has twelve months beside the first
    assert [months(first, day, day, 40).year() for day in following] == [None, (1, 12)]


@pytest.mark.parametrize("gaps", [[], [3], [1, 2], [5, 1, 9], [2, 2, 8, 4]])
def test_the_median_of_a_histogram_is_the_median(gaps: list[int]) -> None:
    mean, median = days_between(np.bincount(gaps, minlength=12))
    assert (mean, median) == ((pd.Series(gaps).mean(), pd.Series(gaps).median()) if gaps else (None, None))


def test_scores_at_the_edges_of_the_scale() -> None:
    assert net_promoter_score(10, 10, 0) == 100
    assert net_promoter_score(10, 0, 10) == -100
    assert net_promoter_score(0, 0, 0) is None


@pytest.mark.parametrize(
    ("kpi", "said"),
    [({"nps": "purchase"}, "kpis.nps names 'purchase', which is no event type of role feedback"),
     ({"nps": "csat", "csat": "csat"}, "nps and csat are both 'csat'")],
)  # fmt: skip
def test_a_scale_that_cannot_be_is_refused(kpi: dict[str, str], said: str) -> None:
    content = {"events": {"source": "x", "roles": {"activity": ["purchase"], "feedback": ["nps", "csat"]}},
               "churn": {"horizon_days": 7, "active_within_days": 14}, "kpis": kpi}  # fmt: skip
    with pytest.raises(ConfigError, match=said):
        parse_settings(content)
