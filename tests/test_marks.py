"""Bits that are counted, and events of a few customers alone: the same numbers as the plain way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import build, timeline
from features.build import build_features, eligible_rows, narrowed
from features.marks import Marks
from features.spec import FeatureSpec
from features.timeline import EventChunk, only

SPEC = FeatureSpec(
    activity=("buy",), engagement=("visit",), feedback=("score",), level=("balance",), money=("buy",),
    lookback_days=(7, 28), active_within_days=30,
)  # fmt: skip
KINDS = SPEC.types()


@given(st.lists(st.booleans(), max_size=300), st.data())
def test_marks_before_a_position_are_counted(mask: list[bool], data: st.DataObject) -> None:
    """At the borders of words, at the start and at the end, in any order."""
    places = [*data.draw(st.lists(st.integers(0, len(mask)), max_size=20)), 0, len(mask)]
    places += [border for border in (63, 64, 65, 128) if border <= len(mask)]
    found = Marks.of(np.array(mask, bool)).number(np.array(places, np.int64))
    assert found.tolist() == [sum(mask[:place]) for place in places]


Customer = list[tuple[int, int, int | None]]
EVENT = st.tuples(st.integers(0, 200), st.integers(-1, len(KINDS) - 1), st.sampled_from([None, 0, 3_000_000, -1]))
CHUNKS = st.lists(st.lists(EVENT, max_size=12), min_size=1, max_size=12)


def chunk_of(customers: list[Customer]) -> EventChunk:
    events = [event for customer in customers for event in sorted(customer, key=lambda event: event[0])]
    return EventChunk(
        starts=np.cumsum([0, *map(len, customers)]),
        day=np.array([event[0] for event in events], np.int32),
        kind=np.array([event[1] for event in events], np.int16),
        amount=np.array([event[2] or 0 for event in events], np.int64),
        has_amount=np.array([event[2] is not None for event in events], bool),
        types=KINDS,
    )


def features_of(chunk: EventChunk, few: int) -> dict[str, list[float]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline, "FEW", few)
        found = eligible_rows(chunk, [100, 128], SPEC, 0)
        return {name: column.tolist() for name, column in build_features(found.rows, SPEC).items()}


@settings(max_examples=60, deadline=None)
@given(CHUNKS)
def test_features_are_the_same_by_bits_and_by_running_totals(
    customers: list[Customer],
) -> None:
    chunk = chunk_of(customers)
    bits, totals = features_of(chunk, 0), features_of(chunk, 1 << 40)
    assert str(bits) == str(totals)  # as text, in which nulls are equal


@settings(max_examples=60, deadline=None)
@given(CHUNKS)
def test_features_over_the_own_events_alone_are_the_same(customers: list[Customer]) -> None:
    """However few of the customers have rows."""
    found = eligible_rows(chunk_of(customers), [128], SPEC, 0)
    rows, who = narrowed(found.rows)
    assert who.take(rows.customer).tolist() == found.rows.customer.tolist()
    assert rows.snapshot.tolist() == found.rows.snapshot.tolist()
    plain, narrow = build_features(found.rows, SPEC), build_features(rows, SPEC)
    assert str({name: column.tolist() for name, column in plain.items()}) == str(
        {name: column.tolist() for name, column in narrow.items()}
    )
    alive = len(set(found.rows.customer.tolist()))
    if 2 * alive <= len(customers):
        assert rows.timeline.chunk.customers == alive


def test_only_some_customers() -> None:
    chunk = chunk_of([[(1, 0, 5)], [], [(2, 1, None), (3, -1, 7)], [(4, 0, 9)]])
    some = only(chunk, np.array([False, True, True, False]))
    assert (some.starts.tolist(), some.day.tolist(), some.kind.tolist()) == ([0, 0, 2], [2, 3], [1, -1])
    assert (some.amount.tolist(), some.has_amount.tolist(), some.term) == ([0, 7], [False, True], None)


def test_a_planted_family_is_not_hidden_by_the_catalog_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The leak check plants some, and would be blind."""
    before = len(build.catalog(SPEC))
    monkeypatch.setattr(build, "FAMILIES", build.FAMILIES[1:])
    assert len(build.catalog(SPEC)) < before
