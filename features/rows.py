"""Spine rows over a timeline: every window is a difference of two prefix sums, every null a decision."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.gaps import Gaps, null_where
from features.timeline import MICRO, EventChunk, Ints, Timeline

Floats = NDArray[np.float64]
Types = tuple[str, ...]


class Rows:
    """One entry per (customer, snapshot) of the spine, with the measures that families are made of.

    `customer` indexes the timeline's customers, `snapshot` is a day number. Windows are `[snapshot - days, snapshot)`;
    `days=None` means all that is known before the snapshot. Raises KeyError if an edge was not asked for in advance.
    """

    def __init__(self, timeline: Timeline, customer: Ints, snapshot: Ints, data_start: int) -> None:
        self.timeline = timeline
        self.customer = customer
        self.snapshot = snapshot
        self.data_start = data_start
        self._edge_column = {int(day): column for column, day in enumerate(timeline.edges)}
        self._cache: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.snapshot)

    def position(self, days_before: int | None) -> Ints:
        """Event position of the edge `days_before` the snapshot (negative: after it); None: the customer's first."""
        if days_before is None:
            return self._once("start", lambda: self.timeline.chunk.starts[self.customer])
        return self._once(("edge", days_before), lambda: self._at_edge(days_before))

    def _at_edge(self, days_before: int) -> Ints:
        first_cell, snapshots, slice_of_row = self._once("cells", self._cells)
        columns = np.array([self._edge_column[day - days_before] for day in snapshots], np.int64)
        table = self.timeline.table.ravel()
        if len(columns) == 0:
            return table[:0]
        # On an even grid of edges the steps between the snapshots' columns are those of every other offset.
        steps = columns - columns[0]
        cells = self._once(("steps", *steps.tolist()), lambda: first_cell + steps.take(slice_of_row))
        return table[columns[0] :].take(cells)

    def _cells(self) -> tuple[Ints, list[int], Ints]:
        """Where each row's customer begins in the flat edge table, the snapshots, and which of them each row has."""
        earliest = int(self.snapshot.min()) if len(self) else 0
        since = self.snapshot - earliest
        seen = np.bincount(since) > 0
        snapshots = [earliest + int(day) for day in np.flatnonzero(seen)]
        rank = np.cumsum(seen) - 1  # counting instead of sorting: snapshots are few, rows are many
        return self.customer * self.timeline.table.shape[1], snapshots, rank.take(since)

    def _once(self, key: Hashable, compute: Any) -> Any:
        if key not in self._cache:
            self._cache[key] = compute()
        return self._cache[key]

    def number(self, types: Types, days_before: int | None, with_amount: bool = False) -> Ints:
        """Events of the types before the edge, of this customer and all before it in the chunk.

        What is added up is a running total over the events of the types, and this is the place in it: each is looked
        up once, however many windows share it.
        """
        position = self.position(days_before)
        key = ("n", types, with_amount, days_before)
        return self._once(key, lambda: self.timeline.number(types, with_amount, position))

    def entries(self, types: Types, days_before: int | None) -> Ints:
        """Distinct days with an event of the types before the edge, of this customer and all before it in the chunk."""
        number = self.number(types, days_before)
        return self._once(("days", types, days_before), lambda: self.timeline.days(types).before.take(number))

    def total(self, types: Types, days_before: int | None) -> Ints:
        """Amounts before the edge, in millionths, of this customer and all before it in the chunk."""
        number = self.number(types, days_before)
        return self._once(("sum", types, days_before), lambda: self.timeline.amounts(types).take(number))

    def count(self, types: Types, days: int | None, with_amount: bool = False) -> Ints:
        """Events of the types in the window; 0 if none."""
        key = ("count", types, with_amount, days)
        return self._once(key, lambda: self.number(types, 0, with_amount) - self.number(types, days, with_amount))

    def active_days(self, types: Types, days: int | None) -> Ints:
        """Distinct days with an event of the types in the window; 0 if none."""
        return self.entries(types, 0) - self.entries(types, days)

    def amount(self, types: Types, days: int | None) -> Floats:
        """Sum of amounts in the window, in the source's unit; 0 if none."""
        return (self.total(types, 0) - self.total(types, days)) / MICRO

    def last(self, types: Types, days_before: int = 0, with_amount: bool = False) -> Ints:
        """Index of the customer's last event of the types before the edge; -1 if none."""
        number, earlier = self.number(types, days_before, with_amount), self.number(types, None, with_amount)
        index = self.timeline.index(types, with_amount)
        if len(index) == 0:
            return np.full(len(self), -1)
        return np.where(number > earlier, index.take(number - 1, mode="clip"), -1)

    def previous(self, index: Ints, types: Types) -> Ints:
        """Index of the customer's event with an amount before `index`; -1 if none."""
        found = self.timeline.last(types, True)[np.maximum(index, 0)]
        return np.where((index >= 0) & (found >= self.position(None)), found, -1)

    def days_since(self, index: Ints) -> Floats:
        """Days from the events at `index` to the snapshot; null where index is -1."""
        if len(self.timeline.chunk.day) == 0:
            return np.full(len(self), np.nan)
        since = np.subtract(self.snapshot, self.timeline.chunk.day.take(index, mode="clip"), dtype=np.float64)
        return null_where(since, index < 0)

    def days_since_last(self, types: Types) -> Floats:
        """Days since the last event of the types; null if there is none."""
        return self._once(("recency", types), lambda: self.days_since(self.last(types)))

    def days_since_change(self, types: Types) -> Floats:
        """Days since the amount last differed from the one before it (or since the first); null if there is none."""
        found = self.timeline.last_change(types)[self.position(0)]
        return self.days_since(np.where(found >= self.position(None), found, -1))

    def amount_at(self, index: Ints) -> Floats:
        """Amounts of the events at `index`, in the source's unit; null where index is -1."""
        if len(self.timeline.chunk.amount) == 0:
            return np.full(len(self), np.nan)
        return null_where(self.timeline.chunk.amount.take(index, mode="clip") / MICRO, index < 0)

    def derived(self, key: Hashable, make: Callable[[EventChunk], EventChunk]) -> Rows:
        """The same rows over events that are made of theirs, for measures of those."""
        timeline = self.timeline.derived(key, make)
        return self._once(("derived", key), lambda: Rows(timeline, self.customer, self.snapshot, self.data_start))

    def gaps(self, types: Types) -> Gaps:
        """Days between distinct days with an event of the types."""
        return self._once(("gaps", types), lambda: self._make_gaps(types))

    def _make_gaps(self, types: Types) -> Gaps:
        return Gaps(self.timeline.days(types), self.entries(types, None), self.entries(types, 0))


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> Floats:
    """Quotient; null where the denominator is 0 or null."""
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 is null by itself
        quotient: Floats = np.true_divide(numerator, denominator, dtype=np.float64)
    return null_where(quotient, np.isinf(quotient))
