"""Every feature, the label and the lapsed table, against an oracle that asks each customer's events one by one."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from oracle import Fact, Value, every_feature, has_churned, is_eligible, lapsed_history
from story import Key, World, in_order, tell, worlds

from features.build import catalog

RANDOM = settings(max_examples=120, deadline=None, derandomize=True)
RELATIVE = 1e-5  # float32 keeps about seven digits
ABSOLUTE = 1e-9  # where a difference should be zero


def histories(world: World) -> dict[str, list[Fact]]:
    """Each customer's events, in order."""
    found: dict[str, list[Fact]] = {}
    for customer_id, day, kind, amount in in_order(world.events):
        value = None if amount is None else Fraction(Decimal(str(amount)))
        found.setdefault(customer_id, []).append(Fact(date.fromisoformat(day), kind, value))
    return found


def spine(world: World) -> list[tuple[Key, list[Fact], date]]:
    """Every customer at every snapshot, eligible or not."""
    return [
        ((customer_id, snapshot), facts, date.fromisoformat(snapshot))
        for customer_id, facts in histories(world).items()
        for snapshot in world.snapshots
    ]


def agree(found: float | None, wanted: Value) -> bool:
    """Whether a float32 is the exact value, rounded."""
    if found is None or wanted is None:
        return found is None and wanted is None
    return math.isclose(found, float(wanted), rel_tol=RELATIVE, abs_tol=ABSOLUTE)


@given(worlds())
@RANDOM
def test_every_feature_is_what_its_name_says(world: World) -> None:
    """No column is missing, none is left over, and each value is the oracle's."""
    told, start = tell(world).rows(), date.fromisoformat(world.data_start)
    for key, facts, snapshot in spine(world):
        if key in told:
            found, wanted = told[key], every_feature(facts, snapshot, world.spec, start)
            assert found.keys() == wanted.keys()
            wrong = {name: (found[name], wanted[name]) for name in found if not agree(found[name], wanted[name])}
            assert (key, wrong) == (key, {})


@given(worlds())
@RANDOM
def test_each_customer_is_eligible_lapsed_or_unknown(world: World) -> None:
    """One row per customer active in time, one line of the lapsed table per customer active only before that."""
    told, everyone = tell(world), spine(world)
    wanted = [lapsed_history(facts, snapshot, world.spec) for _, facts, snapshot in everyone]
    assert told.keys == [key for key, facts, snapshot in everyone if is_eligible(facts, snapshot, world.spec)]
    assert told.lapsed == [history for history in wanted if history]


@given(worlds())
@RANDOM
def test_the_label_is_silence_in_the_horizon(world: World) -> None:
    """`churned` for each row is that no activity falls on a day of the horizon."""
    labels, activity = tell(world).labels(), world.spec.activity
    wanted = {
        key: has_churned(facts, snapshot, activity, world.lead_days, world.horizon_days)
        for key, facts, snapshot in spine(world)
        if key in labels
    }
    assert labels == wanted


@given(worlds())
@settings(RANDOM, max_examples=30)
def test_the_catalog_lists_the_columns_in_their_order(world: World) -> None:
    """The feature table has the catalog's columns, as float32, even where it has no row."""
    columns = tell(world).columns
    assert list(columns) == [feature.name for feature in catalog(world.spec)]
    assert {str(column.dtype) for column in columns.values()} == {"float32"}
