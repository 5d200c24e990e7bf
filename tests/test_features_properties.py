"""What must hold of features whatever the events are: the properties of the house rules."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from story import AMOUNTS, CUSTOMERS, NO_ROLE, ROLES, Event, Told, World, events_on, moved, number, tell, worlds

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
ALL_TYPES = [NO_ROLE, *(event_type for types in ROLES.values() for event_type in types)]


def up_to(told: Told, snapshot: str) -> tuple[dict[tuple[str, str], bytes], list[tuple[str, int, int, int]]]:
    """Feature bytes and lapsed customers at the snapshots that are not after the given one."""
    rows = {key: values for key, values in told.row_bytes().items() if key[1] <= snapshot}
    return rows, [history for history in told.lapsed if history[0] <= snapshot]


@given(worlds(), st.data())
@RANDOM
def test_the_future_never_changes_features(world: World, data: st.DataObject) -> None:
    """Other events on or after a snapshot, more or fewer: the same rows, byte for byte, at it and before it."""
    cut = data.draw(st.sampled_from(world.snapshots))
    past = [event for event in world.events if event[1] < cut]
    later = st.integers(0, 60).map(lambda days: moved(cut, days)) | st.just(cut)
    other_future = data.draw(events_on(later, world.spec))
    assert up_to(tell(world), cut) == up_to(tell(world.having(past + other_future)), cut)


@given(worlds(), st.integers(-30_000, 30_000))
@RANDOM
def test_shifting_the_calendar_changes_nothing(world: World, days: int) -> None:
    """All events, snapshots and the start of the data k days away: the same features and labels."""
    events = tuple((who, moved(day, days), kind, amount) for who, day, kind, amount in world.events)
    snapshots = tuple(moved(day, days) for day in world.snapshots)
    start = moved(world.data_start, days)
    shifted = World(events, world.spec, snapshots, start, world.lead_days, world.horizon_days)
    here, there = tell(world), tell(shifted)
    assert [(who, moved(day, days)) for who, day in here.keys] == there.keys
    assert list(here.row_bytes().values()) == list(there.row_bytes().values())
    assert list(here.churned) == list(there.churned)
    assert [(moved(day, days), *numbers) for day, *numbers in here.lapsed] == there.lapsed


@given(worlds(), st.sampled_from(CUSTOMERS), st.sampled_from(["aaron", "bob's twin", "zoe"]))
@RANDOM
def test_a_twin_has_the_same_features(world: World, who: str, twin: str) -> None:
    """The same events under a new id, sorted before or after: equal rows for both, and nobody else's change."""
    alone = tell(world)
    copies = [(twin, *event[1:]) for event in world.events if event[0] == who]
    told = tell(world.having([*world.events, *copies]))
    rows, labels = told.row_bytes(), told.labels()
    mine = {day: (rows[name, day], labels[name, day]) for name, day in told.keys if name == who}
    assert mine == {day: (rows[name, day], labels[name, day]) for name, day in told.keys if name == twin}
    assert alone.row_bytes() == {key: values for key, values in rows.items() if key[0] != twin}


@given(worlds(), st.data())
@RANDOM
def test_the_order_of_the_input_is_irrelevant(world: World, data: st.DataObject) -> None:
    """Events in any order, once sorted, give the same table."""
    shuffled = tell(world.having(data.draw(st.permutations(world.events))))
    told = tell(world)
    assert told.keys == shuffled.keys
    assert told.row_bytes() == shuffled.row_bytes()
    assert told.labels() == shuffled.labels()


@given(worlds(), st.lists(st.integers(0, 2), min_size=len(CUSTOMERS), max_size=len(CUSTOMERS)))
@RANDOM
def test_chunks_of_customers_change_nothing(world: World, chunk_of: list[int]) -> None:
    """Customers split into up to three chunks in any way: the same rows, labels and lapsed, byte for byte."""
    where = dict(zip(CUSTOMERS, chunk_of, strict=True))
    parts = [tell(world.having(event for event in world.events if where[event[0]] == chunk)) for chunk in range(3)]
    whole = tell(world)
    assert whole.row_bytes() == {key: values for part in parts for key, values in part.row_bytes().items()}
    assert whole.labels() == {key: label for part in parts for key, label in part.labels().items()}
    assert sorted(whole.lapsed) == sorted(history for part in parts for history in part.lapsed)


@given(worlds())
@RANDOM
def test_snapshots_do_not_know_of_each_other(world: World) -> None:
    """A row for training, among other snapshots, equals the row that scoring makes of one snapshot."""
    parts = [
        tell(World(world.events, world.spec, (day,), world.data_start, world.lead_days, world.horizon_days))
        for day in world.snapshots
    ]
    assert tell(world).row_bytes() == {key: values for part in parts for key, values in part.row_bytes().items()}


@given(worlds(), st.data())
@RANDOM
def test_an_event_is_seen_by_features_or_label_never_both(world: World, data: st.DataObject) -> None:
    """Deleting or editing one event changes the features of a row or its label, or neither."""
    assume(world.events)
    at = data.draw(st.integers(0, len(world.events) - 1))
    who, day, *_ = world.events[at]
    edited = st.builds(lambda kind, amount: [(who, day, kind, amount)], st.sampled_from(ALL_TYPES), AMOUNTS)
    instead: list[Event] = data.draw(st.just([]) | edited)
    before, after = tell(world), tell(world.having([*world.events[:at], *instead, *world.events[at + 1 :]]))
    features, labels = (before.row_bytes(), after.row_bytes()), (before.labels(), after.labels())
    both = [
        key
        for key in features[0].keys() & features[1].keys()
        if features[0][key] != features[1][key] and labels[0][key] != labels[1][key]
    ]
    assert both == []


@given(worlds())
@RANDOM
def test_longer_lookbacks_never_count_less(world: World) -> None:
    """Counts and active days rise with the lookback, up to all time."""
    lookbacks = [f"{days}d" for days in world.spec.lookback_days]
    stems = {"count_activity", "active_days"}
    stems |= {"count_engagement", "engaged_days"} if world.spec.engagement else set()
    stems |= {"count_friction"} if world.spec.friction else set()
    columns = tell(world).columns
    for stem in stems:
        ladder = [columns[f"{stem}_{window}"] for window in (*lookbacks, "lifetime") if f"{stem}_{window}" in columns]
        assert len(ladder) >= len(lookbacks)
        assert all((shorter <= longer).all() for shorter, longer in pairwise(ladder))


@given(worlds(), st.integers(1, 40))
@RANDOM
def test_windows_tile(world: World, days: int) -> None:
    """What two neighbouring lookbacks count, the lookback over both counts: no event twice, none lost."""
    first = world.snapshots[0]
    spec = type(world.spec)(activity=world.spec.activity, lookback_days=(days, 2 * days), active_within_days=10_000)
    told = tell(World(world.events, spec, (moved(first, -days), first), moved(world.data_start, -100)))
    for stem in ("count_activity", "active_days"):
        short, long = told.columns[f"{stem}_{days}d"], told.columns[f"{stem}_{2 * days}d"]
        older = {who: count for (who, day), count in zip(told.keys, short, strict=True) if day != first}
        newer = {who: count for (who, day), count in zip(told.keys, short, strict=True) if day == first}
        both = {who: count for (who, day), count in zip(told.keys, long, strict=True) if day == first}
        assert both == {who: newer[who] + older.get(who, 0) for who in both}


@given(worlds())
@RANDOM
def test_shares_and_days_stay_in_their_range(world: World) -> None:
    """Shares and flags lie between 0 and 1; days since and days between are at least one, for today is not known."""
    columns = tell(world).columns
    for name, column in columns.items():
        known = column[~np.isnan(column)]
        assert np.isfinite(known).all()
        if name.startswith(("share_", "is_")):
            assert ((known >= 0) & (known <= 1)).all()
        if name.startswith(("days_since_", "usual_gap_")):
            assert (known >= 1).all()
    assert (columns["days_since_last_activity"] <= world.spec.active_within_days).all()
    assert (columns["spell_days"] <= columns["tenure_days"]).all()


@given(worlds())
@RANDOM
def test_no_event_type_without_a_role_is_heard(world: World) -> None:
    """Dropping all events of unknown types changes no row, but for customers who have no others."""
    known = [event for event in world.events if event[2] in world.spec.types()]
    assert tell(world).row_bytes() == tell(world.having(known)).row_bytes()


def test_the_random_worlds_prove_something() -> None:
    """They hold events on the day of a snapshot and on the day before it, both labels, and lapsed customers."""
    days_before: set[int] = set()
    labels: set[bool] = set()
    lapsed = 0

    @given(worlds())
    @settings(RANDOM, max_examples=50)
    def look(world: World) -> None:
        nonlocal lapsed
        told = tell(world)
        days_before.update(number(day) - number(event[1]) for day in world.snapshots for event in world.events)
        labels.update(told.labels().values())
        lapsed += len(told.lapsed)

    look()
    assert {0, 1} <= days_before
    assert labels == {False, True}
    assert lapsed > 0
