"""Events of whole customers as prefix sums; the one place where an event's day is compared with an edge.

An *edge* is a local midnight, given as a day number (days since 1970-01-01). An event is before an edge if its day is
smaller, so windows are half-open and tile: an event on the day of a snapshot belongs to the label, never to a feature.
Day resolution is exact because snapshots are midnights and ingest settled daylight saving in `event_day`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.marks import Marks

Ints = NDArray[np.integer[Any]]  # int32 for counts within a chunk, int64 for sums and for what is used as an index
Bools = NDArray[np.bool_]

FEW = 8  # positions asked about for every so many events are few
MICRO = 1_000_000  # amounts are int64 in millionths: float sums would depend on the order of events


@dataclass(frozen=True)
class EventChunk:
    """One entry per event, sorted by (customer, time); a chunk never splits a customer.

    `starts` has one entry per customer and a last one (the number of events). `day` is in days since 1970-01-01,
    `kind` indexes `types` (-1: a type without a role), `amount` is in millionths and 0 where `has_amount` is False.
    `term` is how many days an activity event pays for, and 0 for others; None where no definition asks for it.
    """

    starts: Ints
    day: NDArray[np.int32]
    kind: NDArray[np.int16]
    amount: Ints
    has_amount: Bools
    types: tuple[str, ...]
    term: NDArray[np.int32] | None = None

    @property
    def customers(self) -> int:
        """How many customers the chunk holds."""
        return len(self.starts) - 1

    def customer_of_event(self) -> Ints:
        """Customer index of each event; one array for all callers, not to be written to."""
        return self._customer_of_event

    @cached_property
    def _customer_of_event(self) -> Ints:
        return np.repeat(np.arange(self.customers), np.diff(self.starts))


def only(chunk: EventChunk, wanted: Bools) -> EventChunk:
    """The events of some of the customers, one truth value for each."""
    sizes = np.diff(chunk.starts)
    kept = np.repeat(wanted, sizes)
    return EventChunk(
        starts=np.append(0, np.cumsum(sizes[wanted])),
        day=chunk.day[kept],
        kind=chunk.kind[kept],
        amount=chunk.amount[kept],
        has_amount=chunk.has_amount[kept],
        types=chunk.types,
        term=None if chunk.term is None else chunk.term[kept],
    )


@dataclass(frozen=True)
class DayEntries:
    """One entry per (customer, day) with at least one event of some types, in order.

    `day` and `customer` describe the entries; `before[i]` counts those that the first i events of the types make.
    """

    day: Ints
    customer: Ints
    before: Ints


@dataclass
class Timeline:
    """A chunk with its edge table and its running totals, each computed once when first asked for.

    `table[c, e]` is the position of customer c's first event that is not before edge e; its last column, behind all
    edges, is the end of the customer. Raises ValueError if `edges` do not rise.
    """

    chunk: EventChunk
    edges: Ints
    table: Ints = field(init=False)
    _cache: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if len(self.edges) == 0 or np.any(np.diff(self.edges) <= 0):
            raise ValueError("edges must rise: give each edge day once, sorted")
        self.table = self._positions()

    def _positions(self) -> Ints:
        chunk, edges = self.chunk, self.edges
        # An event of day d is before edge e if d < e: it falls into the bucket of the first edge above its day.
        first, last = int(edges[0]), int(edges[-1])
        bucket_of_day = np.searchsorted(edges, np.arange(first - 1, last + 1), side="right")
        bucket = bucket_of_day[np.clip(chunk.day, first - 1, last) - (first - 1)]
        width = len(edges) + 1
        cells = chunk.customer_of_event() * width + bucket
        # All events before a cell are those of earlier customers, too, so that one running sum does for everybody.
        counts = np.bincount(cells, minlength=chunk.customers * width)
        return np.cumsum(counts, out=counts).reshape(chunk.customers, width)

    def _once(self, key: Hashable, compute: Any) -> Any:
        if key not in self._cache:
            self._cache[key] = compute()
        return self._cache[key]

    def derived(self, key: Hashable, make: Callable[[EventChunk], EventChunk]) -> Timeline:
        """The timeline, over the same edges, of events that are made of these; made once per key."""
        return self._once(("derived", key), lambda: Timeline(make(self.chunk), self.edges))

    def is_of(self, types: tuple[str, ...], with_amount: bool = False) -> Bools:
        """Whether each event is of one of the types (and reports an amount); not to be written to."""
        return self._once(("is", types, with_amount), lambda: self._mask(types, with_amount))

    def _mask(self, types: tuple[str, ...], with_amount: bool) -> Bools:
        codes = [code for code, name in enumerate(self.chunk.types) if name in types]
        mask = np.zeros(len(self.chunk.kind), bool)
        for code in codes:
            mask |= self.chunk.kind == code
        return mask & self.chunk.has_amount if with_amount else mask

    def counts(self, types: tuple[str, ...], with_amount: bool = False) -> Ints:
        """Running number of events of the types: entry i counts the events before position i."""
        return self._once(("n", types, with_amount), lambda: _running(self.is_of(types, with_amount)))

    def number(self, types: tuple[str, ...], with_amount: bool, position: Ints) -> Ints:
        """How many events of the types lie before each position: entries of `counts`, made as it is cheapest."""
        if FEW * len(position) < len(self.chunk.day):
            marks: Marks = self._once(("marks", types, with_amount), lambda: Marks.of(self.is_of(types, with_amount)))
            return marks.number(position)
        return self.counts(types, with_amount).take(position)

    def amounts(self, types: tuple[str, ...]) -> Ints:
        """Running sum of amounts, in millionths: entry i sums the first i events of the types."""
        return self._once(("sum", types), lambda: _running(self.chunk.amount.take(self.index(types)), np.int64))

    def index(self, types: tuple[str, ...], with_amount: bool = False) -> Ints:
        """Positions of the events of the types, in order."""
        return self._once(("index", types, with_amount), lambda: np.flatnonzero(self.is_of(types, with_amount)))

    def last(self, types: tuple[str, ...], with_amount: bool = False) -> Ints:
        """Index of the last event of the types before each position, whoever's it is; -1 if there is none."""
        return self._once(("last", types, with_amount), lambda: _last_index(self.is_of(types, with_amount)))

    def last_change(self, types: tuple[str, ...]) -> Ints:
        """As `last`, but only events whose amount differs from the customer's previous one of these types."""
        return self._once(("change", types), lambda: _last_index(self._changes(types)))

    def _changes(self, types: tuple[str, ...]) -> Bools:
        chunk = self.chunk
        mask = self.is_of(types, with_amount=True).copy()
        index = np.flatnonzero(mask)
        customer, amount = chunk.customer_of_event()[index], chunk.amount[index]
        changed = np.ones(len(index), bool)
        changed[1:] = (customer[1:] != customer[:-1]) | (amount[1:] != amount[:-1])
        mask[index] = changed
        return mask

    def days(self, types: tuple[str, ...]) -> DayEntries:
        """The distinct days on which each customer has an event of the types."""
        return self._once(("days", types), lambda: self._day_entries(types))

    def _day_entries(self, types: tuple[str, ...]) -> DayEntries:
        chunk = self.chunk
        index = self.index(types)
        day, customer = chunk.day.take(index), chunk.customer_of_event().take(index)
        new = np.ones(len(index), bool)
        new[1:] = (day[1:] != day[:-1]) | (customer[1:] != customer[:-1])
        first = np.flatnonzero(new)
        return DayEntries(day.take(first).astype(np.int64), customer.take(first), _running(new))


def _running(values: NDArray[Any], kind: type[np.integer[Any]] = np.int32) -> Ints:
    total = np.zeros(len(values) + 1, kind)
    np.cumsum(values, out=total[1:])
    return total


def _last_index(mask: Bools) -> Ints:
    last = np.full(len(mask) + 1, -1, np.int64)
    np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1), out=last[1:])
    return last
