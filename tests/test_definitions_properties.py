"""Cancellation and lapse on random lives: a day-by-day oracle, no future in a feature, windows that tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from story import Event, as_chunk, moved, number
from test_definitions import with_terms

from features.build import build_features, eligible_rows
from features.labels import eligible, label_edges, left_within
from features.relations import LEFT, OPENED, is_open, relation_rows, relations
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import EventChunk, Timeline

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
FIRST, LAST = "2024-01-01", 150  # days of the world
TERMS = (1, 2, 7, 10, 30, 60)
DAY = st.integers(0, LAST)
KINDS = st.sampled_from(["order", "pay", "pay", "cancel", "visit", "zz cancel"])
SPECS = st.builds(
    FeatureSpec,
    activity=st.just(("order", "pay")),
    engagement=st.just(("visit",)),
    lookback_days=st.just((7, 28)),
    active_within_days=st.integers(1, 40),
    definition=st.sampled_from(["cancellation", "lapse"]),
    cancel=st.just(("cancel", "zz cancel")),  # one sorts before, one after the activity of its day
    grace_days=st.integers(0, 15),
)


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Up to two dozen events of three customers; a payment's amount is its term. Many days are shared, or a term on."""
    events: list[Event] = []
    for _ in range(draw(st.integers(0, 24))):
        day = moved(FIRST, draw(DAY))
        if events and draw(st.booleans()):
            day = moved(draw(st.sampled_from(events))[1], draw(st.sampled_from([0, 0, 1, *TERMS])))
        kind = draw(KINDS)
        term = draw(st.sampled_from(TERMS)) if kind in ("order", "pay") else None
        events.append((draw(st.sampled_from(("ann", "bob", "cleo"))), day, kind, term))
    return events


def chunk_of(events: Sequence[Event], spec: FeatureSpec) -> EventChunk:
    return with_terms(as_chunk(events, spec.types())[1])


def rows_at(chunk: EventChunk, days: Sequence[int], spec: FeatureSpec, *offsets: int) -> Rows:
    """Every customer at every day, eligible or not, with the edges of these offsets."""
    back = (0, spec.active_within_days, *offsets)
    timeline = Timeline(chunk, np.unique([day - offset for day in days for offset in back]))
    every = np.repeat(np.arange(chunk.customers), len(days))
    return Rows(timeline, every, np.tile(np.array(days, np.int64), chunk.customers), number(FIRST))


def lived(events: Sequence[Event], spec: FeatureSpec, who: str, until: int) -> tuple[set[int], dict[int, bool]]:
    """Day by day, as one would keep the books: the days on which a customer leaves, and whether open each morning."""
    left, morning, is_there, paid_until = set[int](), dict[int, bool](), False, 0
    own = sorted([e for e in events if e[0] == who], key=lambda e: (e[1], e[2], e[3] is None, e[3] or 0))
    for day in range(number(FIRST), until):
        morning[day] = is_there
        was_there = is_there
        for _, _, kind, term in (event for event in own if number(event[1]) == day):
            if kind in spec.activity:
                is_there, was_there, paid_until = True, True, max(paid_until, day + int(term or 0))
            elif kind in spec.cancel and spec.definition == "cancellation":
                is_there = False
        if spec.definition == "lapse" and is_there and day == paid_until + spec.grace_days - 1:
            is_there = False
        if was_there and not is_there:
            left.add(day)
    return left, morning


@given(lives(), SPECS)
@RANDOM
def test_status_and_leavings_are_those_of_the_books(events: list[Event], spec: FeatureSpec) -> None:
    """Also: openings and leavings take turns, so that the customers of two mornings differ by them."""
    chunk, until = chunk_of(events, spec), number(FIRST) + LAST + 160
    found = relations(chunk, spec)
    days = list(range(number(FIRST), until, 13))
    rows = rows_at(chunk, days, spec, 13)
    status, relation = is_open(rows, spec), relation_rows(rows, spec)
    balance = is_open(rows_at(chunk, [day - 13 for day in days], spec, 13), spec) + (
        relation.count((OPENED,), 13) - relation.count((LEFT,), 13)
    )
    assert balance.tolist() == status.tolist()
    for customer, who in enumerate(sorted({event[0] for event in events})):
        left, morning = lived(events, spec, who, until)
        mine = slice(found.starts[customer], found.starts[customer + 1])
        days_left = found.day[mine][found.kind[mine] == 1].tolist()
        assert [day for day in days_left if day < until] == sorted(left)
        assert found.kind[mine].tolist() == [turn % 2 for turn in range(len(found.kind[mine]))]
        assert [bool(is_there) for is_there in status[rows.customer == customer]] == [morning[day] for day in days]


@given(lives(), SPECS, st.integers(1, 40), st.integers(1, 40), st.integers(0, 20))
@RANDOM
def test_label_windows_tile(events: list[Event], spec: FeatureSpec, one: int, two: int, lead: int) -> None:
    """Whoever leaves in a window leaves in its first or in its second part; each leaving lies in exactly one day's."""
    days = [number(FIRST) + offset for offset in (30, 75, 120)]
    daily = [edge for day in range(one + two) for edge in label_edges(lead + day, 1)]
    rows = rows_at(chunk_of(events, spec), days, spec, *daily)
    whole = left_within(rows, spec, lead, one + two)
    parts = left_within(rows, spec, lead, one) | left_within(rows, spec, lead + one, two)
    assert whole.tolist() == parts.tolist()
    each = np.sum([left_within(rows, spec, lead + day, 1) for day in range(one + two)], axis=0)
    relation = relation_rows(rows, spec)
    running = relation.timeline.counts((LEFT,))
    opens, closes = (relation.position(edge) for edge in label_edges(lead, one + two))
    assert each.tolist() == (running[closes] - running[opens]).tolist()


def told(
    events: Sequence[Event], spec: FeatureSpec, days: Sequence[int], data_start: int
) -> dict[Any, tuple[bytes, bool]]:
    """Features and label of every eligible row, by customer and day."""
    ids, chunk = as_chunk(events, spec.types())
    rows = eligible_rows(with_terms(chunk), days, spec, data_start, label_edges(3, 28)).rows
    values = np.stack(list(build_features(rows, spec).values()), axis=1)
    label = left_within(rows, spec, 3, 28)
    return {
        (ids[customer], int(day)): (value.tobytes(), bool(one))
        for customer, day, value, one in zip(rows.customer, rows.snapshot, values, label, strict=True)
    }


@given(lives(), lives(), SPECS, st.integers(20, 140))
@RANDOM
def test_no_later_event_changes_a_feature_or_who_is_asked_about(
    events: list[Event], others: list[Event], spec: FeatureSpec, at: int
) -> None:
    snapshot = number(FIRST) + at
    past = [event for event in events if number(event[1]) < snapshot]
    future = [(who, day, kind, term) for who, day, kind, term in others if number(day) >= snapshot]
    before, after = (told([*past, *more], spec, [snapshot], number(FIRST)) for more in ([], future))
    assert {key: value for key, (value, _) in before.items()} == {key: value for key, (value, _) in after.items()}


@given(lives(), SPECS, st.integers(20, 140), st.integers(-500, 500), st.randoms())
@RANDOM
def test_everything_moves_with_the_calendar_and_row_order_does_not_matter(
    events: list[Event], spec: FeatureSpec, at: int, days: int, random: Any
) -> None:
    snapshot = number(FIRST) + at
    later = [(who, moved(day, days), kind, term) for who, day, kind, term in events]
    random.shuffle(later)
    here = told(events, spec, [snapshot], number(FIRST))
    there = told(later, spec, [snapshot + days], number(FIRST) + days)
    assert here == {(who, day - days): value for (who, day), value in there.items()}


@given(lives(), SPECS)
@RANDOM
def test_inactivity_has_the_status_of_its_eligibility_rule(events: list[Event], spec: FeatureSpec) -> None:
    """Relations can be asked for inactivity too, and say what the rule says."""
    silent = replace(spec, definition="inactivity")
    days = list(range(number(FIRST), number(FIRST) + LAST + 50, 3))
    rows = rows_at(chunk_of(events, spec), days, silent)
    assert is_open(rows, silent).tolist() == eligible(rows, silent).tolist()
