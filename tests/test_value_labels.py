"""What was spent in the label window: small stories, and properties beside those of the label of leaving."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import AMOUNTS, CUSTOMERS, Amount, Event, Key, World, as_chunk, events_on, moved, number, worlds
from test_features_properties import RANDOM

from features.build import eligible_rows
from features.labels import label_edges, spend_types, spend_within
from features.snapshots import as_date
from features.spec import FeatureSpec

SPEC = FeatureSpec(activity=("purchase",), friction=("return",), money=("purchase", "return"), lookback_days=(28,))
SNAPSHOT = "2024-03-01"


def spent(world: World) -> dict[Key, float]:
    """Spend in the label window of every eligible (customer, snapshot)."""
    ids, chunk = as_chunk(world.events, world.spec.types())
    edges = label_edges(world.lead_days, world.horizon_days)
    found = eligible_rows(chunk, [number(day) for day in world.snapshots], world.spec, number(world.data_start), edges)
    values = spend_within(found.rows, spend_types(world.spec), world.lead_days, world.horizon_days)
    keys = zip(found.rows.customer, found.rows.snapshot, strict=True)
    return {(ids[who], str(as_date(day))): float(value) for (who, day), value in zip(keys, values, strict=True)}


@st.composite
def paying(draw: st.DrawFn) -> World:
    """A random world in which activity is money, with more payments on and around the edges of the label windows."""
    world = draw(worlds())
    spec = replace(world.spec, money=tuple(dict.fromkeys((*world.spec.activity, *world.spec.money))))
    closes = world.lead_days + world.horizon_days
    near = [moved(day, at) for day in world.snapshots for at in (-1, 0, world.lead_days, closes - 1, closes)]
    event = st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(near), st.sampled_from(spec.activity), AMOUNTS)
    more = draw(st.lists(event, min_size=4, max_size=12))
    return replace(world, spec=spec, events=(*world.events, *more))


def anna(*events: tuple[str, str, Amount], lead: int = 0) -> float:
    """Her spend in 28 days from a lead after the snapshot; one purchase before it makes her eligible."""
    told = [("anna", "2024-02-20", "purchase", 1000), *(("anna", *event) for event in events)]
    world = World(tuple(told), SPEC, (SNAPSHOT,), lead_days=lead, horizon_days=28)
    return spent(world)["anna", SNAPSHOT]


@pytest.mark.parametrize(
    ("day", "seen"),
    [("2024-02-29", 0), ("2024-03-01", 5), ("2024-03-28", 5), ("2024-03-29", 0)],
    ids=["the day before", "on the snapshot's day", "the window's last day", "on the closing edge"],
)
def test_the_window_is_half_open(day: str, seen: float) -> None:
    """28 days from the first of March on: the 29th is outside."""
    assert anna((day, "purchase", 5)) == seen


@pytest.mark.parametrize(("day", "seen"), [("2024-03-07", 0), ("2024-03-08", 5), ("2024-04-04", 5), ("2024-04-05", 0)])
def test_the_window_opens_after_the_lead(day: str, seen: float) -> None:
    """Seven days later on both sides."""
    assert anna((day, "purchase", 5), lead=7) == seen


def test_returns_are_no_spend() -> None:
    """30 bought, 20 sent back: 30 were spent; what became of them is another question."""
    assert anna(("2024-03-03", "purchase", 30), ("2024-03-04", "return", 20)) == 30


def test_corrections_count_as_what_they_are() -> None:
    """A negative purchase takes away, even to below nothing."""
    assert anna(("2024-03-03", "purchase", 30), ("2024-03-04", "purchase", -50)) == -20


def test_cents_add_up_exactly() -> None:
    """Three times a tenth is three tenths: sums are of whole millionths."""
    assert anna(*[("2024-03-03", "purchase", Decimal("0.1"))] * 3) == 0.3


def test_an_unknown_amount_is_nothing() -> None:
    """A purchase of an unknown price neither adds nor spoils the sum."""
    assert anna(("2024-03-03", "purchase", None), ("2024-03-04", "purchase", 5)) == 5


@pytest.mark.parametrize(
    ("roles", "money", "found"),
    [
        ({"activity": ("buy",), "friction": ("return",)}, ("buy", "return"), ("buy",)),
        ({"activity": ("login",), "engagement": ("top-up",)}, ("top-up",), ("top-up",)),
        ({"activity": ("buy",), "level": ("balance",)}, ("balance",), ()),
        ({"activity": ("buy",), "feedback": ("stars",)}, ("stars",), ()),
        ({"activity": ("buy",)}, (), ()),
    ],
    ids=["returns are not", "engagement that is paid for", "a state is no flow", "stars are none", "no amounts"],
)
def test_which_types_are_spend(roles: dict[str, tuple[str, ...]], money: tuple[str, ...], found: tuple[str]) -> None:
    """Money that flows in by what customers do."""
    assert spend_types(FeatureSpec(**roles, money=money)) == found  # type: ignore[arg-type]


@given(paying())
@RANDOM
def test_spend_is_the_sum_of_what_lies_in_the_window(world: World) -> None:
    """Slowly, with dates and fractions."""
    kinds = spend_types(world.spec)
    for (who, snapshot), value in spent(world).items():
        days = {moved(snapshot, world.lead_days + offset) for offset in range(world.horizon_days)}
        amounts = [Fraction(Decimal(str(event[3] or 0))) for event in world.events if _paid(event, who, days, kinds)]
        assert value == float(sum(amounts, Fraction(0)))


def _paid(event: Event, who: str, days: set[str], kinds: tuple[str, ...]) -> bool:
    return event[0] == who and event[1] in days and event[2] in kinds


@given(paying(), st.data())
@RANDOM
def test_nothing_after_the_window_changes_spend(world: World, data: st.DataObject) -> None:
    """Other events on the closing edge of the last window or later: every sum stays."""
    closes = moved(world.snapshots[-1], world.lead_days + world.horizon_days)
    until = [event for event in world.events if event[1] < closes]
    later = st.just(closes) | st.integers(0, 40).map(lambda days: moved(closes, days))
    other = data.draw(events_on(later, world.spec))
    known = spent(world.having(until))
    assert {key: value for key, value in spent(world.having(until + other)).items() if key in known} == known


@given(paying(), st.data())
@RANDOM
def test_nothing_before_the_window_changes_spend(world: World, data: st.DataObject) -> None:
    """Other events before the snapshot, or within the lead: whoever stays eligible spends the same."""
    day = data.draw(st.sampled_from(world.snapshots))
    opens = moved(day, world.lead_days)
    inside = [event for event in world.events if event[1] >= opens]
    earlier = st.just(moved(opens, -1)) | st.integers(1, 60).map(lambda days: moved(opens, -days))
    one, other = (
        {key: value for key, value in spent(world.having(before + inside)).items() if key[1] == day}
        for before in (
            [event for event in world.events if event[1] < opens],
            data.draw(events_on(earlier, world.spec)),
        )
    )
    assert {key: one[key] for key in one.keys() & other.keys()} == {
        key: other[key] for key in one.keys() & other.keys()
    }


@given(paying())
@RANDOM
def test_windows_of_spend_tile(world: World) -> None:
    """Two windows one after the other hold what one over both holds: no amount twice, none lost."""
    world = World(world.events, world.spec, world.snapshots[:1], world.data_start, 0, world.horizon_days)
    later = World(world.events, world.spec, world.snapshots, world.data_start, world.horizon_days, world.horizon_days)
    both = World(world.events, world.spec, world.snapshots, world.data_start, 0, 2 * world.horizon_days)
    first, second, whole = spent(world), spent(later), spent(both)
    assert all(np.isclose(first[key] + second[key], whole[key], atol=1e-6) for key in whole)


def test_the_random_worlds_prove_something() -> None:
    """Some windows hold money, some hold none, and some end below nothing."""
    signs: set[float] = set()

    @given(paying())
    @RANDOM
    def look(world: World) -> None:
        signs.update(np.sign(list(spent(world).values())))

    look()
    assert signs == {-1.0, 0.0, 1.0}
