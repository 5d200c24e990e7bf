"""A customer's own rhythm: days between distinct active days, from prefix sums over day entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.timeline import DayEntries, Ints

Floats = NDArray[np.float64]


def null_where(values: Floats, unknown: NDArray[np.bool_]) -> Floats:
    """The same array, with nulls put into it."""
    if unknown.any():
        values[unknown] = np.nan
    return values


@dataclass
class Gaps:
    """One entry per spine row: its day entries are `first` up to, not including, `end`.

    A gap joins two consecutive day entries of one customer; a row with n entries has n - 1 gaps.
    """

    entries: DayEntries
    first: Ints
    end: Ints
    _returns: dict[int, tuple[Ints, Floats]] = field(default_factory=dict, repr=False)

    @cached_property
    def number(self) -> Ints:
        """Gaps known at the snapshot."""
        return np.maximum(self.end - self.first - 1, 0)

    @cached_property
    def _gap(self) -> Ints:
        """Gap that ends at each entry; 0 at a customer's first entry."""
        day, customer = self.entries.day, self.entries.customer
        gap = np.zeros(len(day), np.int64)
        gap[1:] = np.where(customer[1:] == customer[:-1], day[1:] - day[:-1], 0)
        return gap

    def _at(self, values: Ints, index: Ints, known: NDArray[np.bool_]) -> Floats:
        if len(values) == 0:
            return np.full(len(index), np.nan)
        return null_where(values.take(index, mode="clip").astype(np.float64), ~known)

    def day(self, which: Ints, minimum: int = 1) -> Floats:
        """Day number of entry `which`; null for rows with fewer than `minimum` entries."""
        return self._at(self.entries.day, which, self.end - self.first >= minimum)

    def mean(self, first: Ints | None = None) -> Floats:
        """Mean gap in days with both ends at or after entry `first` (default: all); null under two entries."""
        return self._mean_of_all if first is None else self._mean(first)

    @cached_property
    def _mean_of_all(self) -> Floats:
        return self._mean(self.first)

    def _mean(self, first: Ints) -> Floats:
        number = self.end - first - 1
        day = self.entries.day
        if len(day) == 0:
            return np.full(len(number), np.nan)
        span = self._newest_day - day.take(first, mode="clip")
        return null_where(span / np.maximum(number, 1), number < 1)

    @cached_property
    def _newest_day(self) -> Ints:
        return self.entries.day.take(self.end - 1, mode="clip")

    @cached_property
    def spread(self) -> Floats:
        """Standard deviation of the gaps in days; null under three entries."""
        squares = np.zeros(len(self._gap) + 1, np.int64)
        np.cumsum(self._gap**2, out=squares[1:])
        total = squares.take(self.end) - squares.take(np.minimum(self.first + 1, self.end))
        variance = total / np.maximum(self.number, 1)
        variance -= self.mean() ** 2
        return null_where(np.sqrt(np.maximum(variance, 0, out=variance), out=variance), self.number < 2)

    @cached_property
    def newest(self) -> Floats:
        """The last completed gap in days; null under two entries."""
        return self._at(self._gap, self.end - 1, self.number >= 1)

    @cached_property
    def longest(self) -> Floats:
        """The longest completed gap in days; null under two entries."""
        # Customers rise, so adding a huge multiple of the customer restarts the running maximum at each of them.
        lift = self.entries.customer << 32
        running = np.maximum.accumulate(self._gap + lift) - lift
        return self._at(running, self.end - 1, self.number >= 1)

    def returns(self, away_days: int) -> tuple[Ints, Floats]:
        """How often the customer came back after more than `away_days`, and the first day of the present spell."""
        if away_days not in self._returns:
            self._returns[away_days] = self._count_returns(away_days)
        return self._returns[away_days]

    def _count_returns(self, away_days: int) -> tuple[Ints, Floats]:
        opens = self._gap > away_days
        running = np.zeros(len(opens) + 1, np.int64)
        np.cumsum(opens, out=running[1:])
        before, after = running.take(self.first), running.take(self.end)
        if not opens.any():
            return after - before, self.day(self.first)
        newest = np.flatnonzero(opens).take(after - 1, mode="clip")
        return after - before, self.day(np.where(after > before, newest, self.first))
