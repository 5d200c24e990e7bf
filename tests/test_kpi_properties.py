"""Retention KPIs of random worlds: states add up, chunks do not matter, and the past stays as it was."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from story import CUSTOMERS, World, as_chunk, moved, number, worlds

from features.kpi_asked import Asked
from features.kpi_counts import added, count
from features.kpi_seen import Sums
from features.months import Months, months
from features.spec import FeatureSpec
from pipeline.kpi_report import Found, cohort_rows, month_rows

AS_OF = "2024-07-09"
SPEC = FeatureSpec(activity=("purchase",), money=("purchase",), active_within_days=40)
Leaving = Literal["inactivity", "cancellation", "lapse"]
LEAVING: st.SearchStrategy[Leaving] = st.sampled_from(["inactivity", "cancellation", "lapse"])
LABEL = ("labelled_left", "labelled_churn_rate")


def asked(world: World, leaving: Leaving, as_of: str = AS_OF) -> Asked:
    """What a stage would ask in this world; a cancellation is a return, and whatever is paid for lasts 30 days."""
    spec = replace(world.spec, definition=leaving, grace_days=7)
    if leaving == "cancellation":
        spec = replace(spec, cancel=("return",), friction=())
    return Asked(
        months=months(number(world.data_start), number(as_of), number(as_of), spec.active_within_days),
        spec=spec,
        data_start=number(world.data_start),
        lead_days=world.lead_days,
        horizon_days=world.horizon_days,
        label_date=number(world.snapshots[0]),
        nps=next(iter(spec.feedback), None),
    )


def counted(world: World, question: Asked) -> Sums:
    chunk = as_chunk(world.events, question.types)[1]
    if question.spec.definition == "lapse":
        pays = np.isin(chunk.kind, [question.types.index(name) for name in question.spec.activity])
        chunk = replace(chunk, term=np.where(pays, 30, 0).astype(np.int32))
    return count(chunk, question)


def rows(world: World, question: Asked) -> list[dict[str, Any]]:
    last = question.months.ends[-1]
    return month_rows(Found(counted(world, question), question, last))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), LEAVING)
def test_states_add_up(world: World, leaving: Leaving) -> None:
    """Customers at the end are those of the start less the lost and with those won; a month ends where one begins."""
    found = rows(world, asked(world, leaving))
    for row in found:
        won = row["new"] + row["reactivated"]
        assert row["customers_end"] == row["customers_start"] - row["lost"] + won
        assert row["customers_end"] == row["kept"] + won
        assert row["reactivated"] <= row["lapsed_start"]
        assert row["new"] <= row["newcomers"]
        if row["customers_start"]:
            assert row["retention_rate"] == round((row["customers_end"] - won) / row["customers_start"], 6)
            assert abs(row["retention_rate"] + row["churn_rate"] - 1) < 2e-6
    for earlier, later in pairwise(found):
        assert earlier["customers_end"] == later["customers_start"]
        assert later["known_end"] == earlier["known_end"] + later["newcomers"]
    assert sum(row["newcomers"] for row in found) == found[-1]["known_end"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), LEAVING, st.permutations(CUSTOMERS))
def test_chunks_of_customers_add_up_in_any_order(world: World, leaving: Leaving, order: list[str]) -> None:
    question = asked(world, leaving)
    whole = counted(world, question)
    parts = [counted(world.having(e for e in world.events if e[0] == who), question) for who in order]
    together = reduce(added, parts)
    assert whole.keys() == together.keys()
    for name, values in whole.items():
        assert values.shape == together[name].shape
        assert np.array_equal(values, together[name]), name


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), LEAVING)
def test_cohorts_add_up_to_months(world: World, leaving: Leaving) -> None:
    question = asked(world, leaving)
    found = Found(counted(world, question), question, question.months.ends[-1])
    by_month, by_cohort = month_rows(found), cohort_rows(found)
    for month in by_month:
        own = [row for row in by_cohort if row["month"] == month["month"]]
        assert sum(row["still"] for row in own) == month["customers_end"]
        assert sum(row["customers"] for row in own) == month["known_end"]
        born = next((row for row in own if row["months_since"] == 0), None)
        assert (born["customers"] if born else 0) == month["newcomers"]
        assert born is None or born["active_share"] == 1.0


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), LEAVING, st.integers(1, 5), st.data())
def test_what_comes_later_changes_no_month_but_its_labels(
    world: World, leaving: Leaving, cut: int, data: st.DataObject
) -> None:
    """Months that were over before the new events, and every cohort up to them, stay as they were."""
    assume(number(world.data_start) == number("2024-01-01"))
    edge = f"2024-0{cut + 1}-01"
    days = st.integers(0, 60).map(lambda days: moved(edge, days))
    event = st.tuples(st.sampled_from(CUSTOMERS), days, st.sampled_from(("purchase", "return", "nps")), st.just(5))
    later = world.having([*world.events, *data.draw(st.lists(event, min_size=1, max_size=6))])
    question = asked(world, leaving)
    before, after = rows(world, question), rows(later, question)
    for old, new in zip(before[:cut], after[:cut], strict=True):
        assert {name: old[name] for name in old if name not in LABEL} == {
            name: new[name] for name in new if name not in LABEL
        }
    cohorts = [
        [row for row in cohort_rows(Found(counted(each, question), question, 0)) if row["month"] < edge[:7]]
        for each in (world, later)
    ]
    assert cohorts[0] == cohorts[1]


def test_sums_of_money_are_exact_beyond_64_bits() -> None:
    """Millions of purchases of millions: in millionths more than an int64 holds."""
    world = World(tuple(("ann", "2024-02-03", "purchase", 4_000_000_000_000) for _ in range(2)), SPEC, ("2024-03-01",))
    question = asked(world, "inactivity")
    each = counted(world, question)
    twice = reduce(added, [each] * 3)
    assert twice["period_spend"][1] == 24_000_000_000_000 * 1_000_000
    assert twice["period_spend"][1] > np.iinfo(np.int64).max
    assert month_rows(Found(twice, question, question.months.ends[-1]))[1]["spend"] == 24e12


def test_the_calendar_of_months() -> None:
    found = months(number("2024-01-15"), number("2024-03-01"), number("2024-03-01"), 10)
    assert found == Months(
        (number("2024-01-01"), number("2024-02-01")),
        (number("2024-02-01"), number("2024-03-01")),
        over=(True, True),
        settled=(False, True),
    )
    assert found.complete == (False, True)
