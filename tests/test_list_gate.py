"""The list's own gate: each check at its limit, a hair beyond it, and with nothing to compare."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample

from pipeline.listing.list_gate import (
    LOOK_AT,
    ListCheck,
    at_most,
    change_checks,
    failed,
    row_checks,
    sum_check,
    suppression_check,
    time_checks,
)
from pipeline.listing.previous import Previous, Rules, rules_of
from pipeline.made_from import KEY
from pipeline.sections.listing import Lists

LIMITS = Lists(most_days_silent=3, most_population_change=0.5, most_band_change=0.25)
LEAVING = {"definition": "inactivity", "horizon_days": 91, "activity": ["purchase"], "cancel": []}
NOW = Rules(0.4, 0.7, 0.05, LEAVING)
NOBODY = pa.array([], pa.string())


def names(checks: list[ListCheck]) -> list[str]:
    """Which failed."""
    return [check.name for check in failed(checks)]


@pytest.mark.parametrize(
    ("newest_event", "newest_list", "wrong"),
    [
        (date(2024, 6, 3), None, []),
        (date(2024, 5, 31), date(2024, 6, 3), []),
        (date(2024, 5, 30), date(2024, 5, 27), ["freshness"]),
        (date(2024, 6, 3), date(2024, 6, 4), ["not_older"]),
        (date(2024, 5, 1), date(2024, 6, 10), ["freshness", "not_older"]),
    ],
)
def test_time(newest_event: date, newest_list: date | None, wrong: list[str]) -> None:
    """Three days of silence are allowed, four are not; a list older than the newest one is somebody's mistake."""
    assert names(time_checks(date(2024, 6, 3), newest_event, newest_list, LIMITS)) == wrong


def before(bands: dict[str, int], **risk: float) -> Previous:
    """A list before with so many customers in each band."""
    rows = [name for name, count in bands.items() for _ in range(count)]
    table = pa.table({"customer_id": [str(n) for n in range(len(rows))], "risk_band": pa.array(rows, pa.string())})
    settings = {
        "risk": {"medium": 0.4, "high": 0.7, "leave_by": 0.05, **risk},
        "churn": {"definition": "inactivity", "horizon_days": 91},
        "events": {"roles": {"activity": ["purchase"], "cancel": []}},
    }
    return Previous(Path("x"), {"as_of": "2024-05-27", KEY: {"settings": settings}}, table)


def today(bands: dict[str, int]) -> pa.Table:
    """A list with so many customers in each band, probabilities in the middle of it."""
    p = {"high": 0.8, "medium": 0.5, "low": 0.2}
    rows = [name for name, count in bands.items() for _ in range(count)]
    return pa.table({"risk_band": pa.array(rows, pa.string()), "churn_probability": [p[name] for name in rows]})


@pytest.mark.parametrize(
    ("then", "now", "wrong"),
    [
        ({"high": 50, "low": 50}, {"high": 75, "low": 75}, []),
        ({"high": 50, "low": 50}, {"high": 25, "low": 25}, []),
        ({"high": 50, "low": 50}, {"high": 76, "low": 75}, ["population"]),
        ({"high": 50, "low": 50}, {"high": 24, "low": 25}, ["population"]),
        ({"high": 50, "low": 50}, {"high": 75, "low": 25}, []),
        ({"high": 50, "low": 50}, {"high": 76, "low": 24}, ["bands"]),
        ({"high": 50, "low": 50}, {"high": 50, "medium": 26, "low": 24}, ["bands"]),
        ({"high": 50, "low": 50}, {"high": 10}, ["population", "bands"]),
        ({}, {"high": 10}, []),
    ],
)
def test_change(then: dict[str, int], now: dict[str, int], wrong: list[str]) -> None:
    """Half as many more or fewer, and a quarter of the customers in another band, are just allowed."""
    assert names(change_checks(today(now), before(then), NOW, LIMITS)) == wrong


def test_the_first_list_is_compared_with_nothing() -> None:
    checks = change_checks(today({"high": 3}), None, NOW, LIMITS)
    assert [(check.name, check.passed, check.value) for check in checks] == [
        ("population", True, None),
        ("bands", True, None),
    ]


def test_edges_that_were_changed_are_no_jump() -> None:
    """By the edges of then the bands have not moved; by the new ones all of them have."""
    now = Rules(0.85, 0.9, 0.05, LEAVING)
    moved = today({"high": 50, "low": 50}).set_column(0, "risk_band", pa.array(["low"] * 100))
    assert names(change_checks(moved, before({"high": 50, "low": 50}), now, LIMITS)) == []
    assert names(change_checks(moved, before({"high": 50, "low": 50}), NOW, LIMITS)) == ["bands"]


def test_another_meaning_of_leaving_is_not_compared() -> None:
    """Nor a list that does not say what it meant by its bands."""
    other = Rules(0.4, 0.7, 0.05, {**LEAVING, "horizon_days": 28})
    silent = Previous(Path("x"), {"as_of": "2024-05-27"}, before({"high": 50, "low": 50}).table)
    for previous, now in ((before({"high": 50, "low": 50}), other), (silent, NOW)):
        check = change_checks(today({"low": 100}), previous, now, LIMITS)[1]
        assert (check.passed, check.value) == (True, None)


def scores(ids: list[str], p: list[float]) -> pa.Table:
    return pa.table({"customer_id": pa.array(ids, pa.string()), "churn_probability": pa.array(p, pa.float64())})


ROWS: dict[str, tuple[list[str], list[float], list[str], list[str]]] = {
    "good": (["a", "b"], [0.0, 1.0], ["b", "a"], []),
    "one customer": (["a"], [0.5], ["a"], []),
    "nobody": ([], [], [], []),
    "twice": (["a", "a", "b"], [0.1, 0.2, 0.3], ["a", "b"], ["duplicates"]),
    "one is missing": (["a", "b"], [0.1, 0.2], ["a", "b", "c"], ["complete"]),
    "one too many": (["a", "b", "c"], [0.1, 0.2, 0.3], ["a", "b"], ["complete"]),
    "swapped": (["a", "x"], [0.1, 0.2], ["a", "b"], ["complete"]),
    "above one": (["a", "b"], [0.1, 1.0000001], ["a", "b"], ["probabilities"]),
    "below zero": (["a", "b"], [-1e-9, 0.5], ["a", "b"], ["probabilities"]),
    "unknown": (["a", "b"], [float("nan"), 0.5], ["a", "b"], ["probabilities"]),
    "all alike": (["a", "b"], [0.3, 0.3], ["a", "b"], ["not_all_equal"]),
}


@pytest.mark.parametrize(("ids", "p", "eligible", "wrong"), ROWS.values(), ids=ROWS.keys())
def test_rows(ids: list[str], p: list[float], eligible: list[str], wrong: list[str]) -> None:
    assert names(row_checks(scores(ids, p), pa.array(eligible, pa.string()), NOBODY, False)) == wrong


def test_the_rule_of_silence_may_find_everybody_alike() -> None:
    """With few customers a rule makes the list, and it has one probability for all who are silent."""
    assert names(row_checks(scores(["a", "b"], [0.3, 0.3]), pa.array(["a", "b"]), NOBODY, True)) == []


def test_objectors_and_who_must_not_be_contacted() -> None:
    """An objector on the list, a held-back customer or one of no_contact who is to be contacted: each is counted."""
    ids = pa.array(["a", "b"])
    assert names(row_checks(scores(["a", "b"], [0.1, 0.2]), ids, pa.array(["b", "z"]), False)) == ["objectors"]
    table, _ = sample(400)
    yes = table.column("customer_id").to_pylist()[:3]
    assert table.column("contact_this_week").to_pylist()[:3] == ["yes"] * 3
    assert suppression_check(table, NOBODY).passed
    assert suppression_check(table, pa.array([*yes[:2], "nobody"])).value == 2
    held = ["holdout" if name == yes[2] else group for name, group in zip(*_two(table), strict=True)]
    column = table.column_names.index("group")
    assert suppression_check(table.set_column(column, "group", pa.array(held)), pa.array(yes[:1])).value == 2


def _two(table: pa.Table) -> tuple[list[str], list[str]]:
    return table.column("customer_id").to_pylist(), table.column("group").to_pylist()


@pytest.mark.parametrize("money", [True, False])
@pytest.mark.parametrize("n", [0, 1, 2, 300])
def test_a_sample_adds_up(n: int, money: bool) -> None:
    assert sum_check(*sample(n, money=money)).passed


TABLE, BRIEFING = sample(300)
FIGURES = [
    ("customers",),
    ("contact", "yes"),
    ("contact", "value_at_risk"),
    ("contact", "why_not", "holdout"),
    ("contact", "why_not", "cool_down"),
    ("contact", "by_action", "offer", "customers"),
    ("contact", "by_action", "reminder", "value_at_risk"),
    ("bands", "high", "customers"),
    ("bands", "low", "value_at_risk"),
    ("tiers", "vip", "customers"),
    ("tiers", "small", "value_at_risk"),
    ("promise", "medium", "customers"),
]


@pytest.mark.parametrize("path", FIGURES, ids=".".join)
def test_every_figure_that_is_off_by_one_is_seen(path: tuple[str, ...]) -> None:
    told: Any = copy.deepcopy(BRIEFING)
    at = told
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] += 1
    assert not sum_check(TABLE, told).passed


@given(st.integers(0, 299), st.sampled_from(["risk_band", "value_tier", "contact_this_week", "recommended_action"]))
def test_every_row_that_is_changed_is_seen(row: int, column: str) -> None:
    """Another band, tier, answer or action of one customer makes some figure wrong."""
    values = TABLE.column(column).to_pylist()
    others = sorted(set(values) - {values[row]})
    if column == "recommended_action" and TABLE.column("contact_this_week")[row].as_py() == "no":
        return  # what would be done for who is not contacted is in no figure
    values[row] = others[0]
    changed = TABLE.set_column(TABLE.column_names.index(column), column, pa.array(values))
    assert not sum_check(changed, BRIEFING).passed


def test_amounts_that_are_withheld_are_told_nowhere() -> None:
    """A figure where there should be none, and none where there should be a figure."""
    table, told = sample(50, money=False)
    told["bands"]["high"]["value_at_risk"] = 12.0
    assert not sum_check(table, told).passed
    table, told = sample(50)
    told["contact"]["value_at_risk"] = None
    assert not sum_check(table, told).passed


def test_every_check_says_where_to_look() -> None:
    """Each name has its remedy, its key, its numbers; NaN passes nothing."""
    checks = time_checks(date(2024, 6, 3), date(2024, 6, 3), None, LIMITS)
    checks += change_checks(TABLE, None, NOW, LIMITS)
    checks += row_checks(TABLE, NOBODY, NOBODY, False)
    checks += [suppression_check(TABLE, NOBODY), sum_check(TABLE, BRIEFING), at_most("manifest", 1, 0)]
    assert {check.name for check in checks} == set(LOOK_AT)
    assert at_most("population", 0.72, 0.5).sentence().startswith("population is 0.72, allowed is 0.5: look at the so")
    assert at_most("population", 0.72, 0.5).to_json() == {
        "name": "population", "passed": False, "value": 0.72, "limit": 0.5, "key": "check-population",
    }  # fmt: skip
    assert not at_most("population", np.nan, 0.5).passed


def test_rules_of_a_version_that_left_bands_at_once() -> None:
    past = {"risk": {"medium": 0.4, "high": 0.7}, "churn": {}, "events": {"roles": {"activity": ["p"], "cancel": []}}}
    assert rules_of(past).leave_by == 0
