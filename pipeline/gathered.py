"""What training learns of customers who are no row: the lapsed as numbers without ids, and activity by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.arrays import as_arrow

Ints = NDArray[np.integer[Any]]

LAPSED = pa.schema(
    [(name, pa.int64()) for name in ("snapshot", "active_days", "recency_days", "tenure_days", "customers")]
)
ACTIVITY = pa.schema([("day", pa.date32()), ("active", pa.int64()), ("newcomers", pa.int64())])
MOST_HELD = 1 << 20  # lapsed (customer, snapshot) that wait to be added up: memory must not grow with events


@dataclass
class Gathered:
    """Sums over chunks of customers, in any order."""

    data_start: int
    _lapsed: list[Ints] = field(default_factory=list)
    _added_up: int = 0
    _by_day: dict[str, Ints] = field(default_factory=dict)

    def add(self, lapsed: Ints, by_day: Mapping[str, Ints]) -> None:
        """Take in what `histories` and `on_days` made of a chunk."""
        if len(lapsed):
            self._lapsed.append(lapsed)
        if sum(map(len, self._lapsed)) > 2 * self._added_up + MOST_HELD:
            self._lapsed = [added_up(np.concatenate(self._lapsed))]
            self._added_up = len(self._lapsed[0])
        for name, counted in by_day.items():
            before = self._by_day.get(name, np.zeros(0, np.int64))
            longer, shorter = (counted, before) if len(counted) > len(before) else (before, counted)
            longer = longer.copy()
            longer[: len(shorter)] += shorter
            self._by_day[name] = longer

    def activity(self) -> pa.Table:
        """One row per day from the first on: customers active that day, and those of them never seen before."""
        active = self._by_day.get("active", np.zeros(0, np.int64))
        newcomers = np.zeros(len(active), np.int64)
        newcomers[: len(self._by_day.get("newcomers", ()))] = self._by_day.get("newcomers", 0)
        days = np.arange(self.data_start, self.data_start + len(active), dtype=np.int32)
        columns = [as_arrow(days, pa.date32()), as_arrow(active, pa.int64()), as_arrow(newcomers, pa.int64())]
        return pa.Table.from_arrays(columns, schema=ACTIVITY)

    def lapsed(self) -> pa.Table:
        """One row per (snapshot, active days, recency, tenure) of lapsed customers, with their number.

        BG/NBD must see those who left, or everyone would look alive; their ids are not needed for that.
        """
        if not self._lapsed:
            return LAPSED.empty_table()
        table = added_up(np.concatenate(self._lapsed))
        return pa.Table.from_arrays([as_arrow(column, pa.int64()) for column in table.T], schema=LAPSED)


def histories(lapsed: Mapping[str, Ints]) -> Ints:
    """One row per distinct history of a lapsed customer, in the columns of LAPSED."""
    one = np.ones(len(lapsed["snapshot"]), np.int64)
    return added_up(np.stack([*lapsed.values(), one], axis=1)) if len(one) else np.zeros((0, len(LAPSED)), np.int64)


def on_days(days: Ints, data_start: int) -> Ints:
    """How many of the days are each day from the first on."""
    return np.bincount(np.asarray(days, np.int64) - data_start)


def added_up(history: Ints) -> Ints:
    """One row per distinct (all columns but the last), in their order, with the sum of the last column."""
    order = _order(history[:, :-1])
    ordered = history[order]
    new = np.ones(len(ordered), bool)
    new[1:] = (ordered[1:, :-1] != ordered[:-1, :-1]).any(axis=1)
    first = np.flatnonzero(new)
    return np.column_stack([ordered[first, :-1], np.add.reduceat(ordered[:, -1], first)])


def _order(columns: Ints) -> Ints:
    """The order of the rows by their columns, the first one first."""
    low = columns.min(axis=0)
    sizes = [int(size) for size in columns.max(axis=0) - low + 1]
    if np.prod(np.array(sizes, object)) >= 1 << 63:
        return np.lexsort(columns[:, ::-1].T)
    key = np.zeros(len(columns), np.int64)  # as digits of one number, which is sorted several times as fast
    for column, size in zip((columns - low).T, sizes, strict=True):
        key = key * size + column
    return np.argsort(key, kind="stable")
