"""Every customer of a chunk at every edge of the months: who is a customer, who ever was, what was bought and paid."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.kpi_asked import REPEAT_DAYS, Asked
from features.labels import eligible, left_within
from features.rows import Rows
from features.timeline import Bools, EventChunk, Ints, Timeline

Sums = dict[str, NDArray[Any]]
MONEY = frozenset(f"period_{name}" for name in ("spend", "net", "spend_so_far", "net_so_far"))


class Seen:
    """Every customer of the chunk at every edge of the months: tables of shape (customers, months + 1)."""

    def __init__(self, chunk: EventChunk, asked: Asked) -> None:
        self.asked, self.chunk = asked, chunk
        self.timeline = Timeline(chunk, asked.edges)
        self.rows = self.at(asked.days)

    def at(self, days: Ints) -> Rows:
        """One row per customer and day."""
        customers = self.chunk.customers
        place = np.repeat(np.arange(customers), len(days))
        return Rows(self.timeline, place, np.tile(days, customers), self.asked.data_start)

    def table(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values of the rows, a line per customer."""
        return values.reshape(self.chunk.customers, len(self.asked.days))

    @cached_property
    def here(self) -> Bools:
        """Whether the customer is one at the edge: the rule by which the model decides whom it is asked about."""
        return self.table(eligible(self.rows, self.asked.spec))

    @cached_property
    def known(self) -> Bools:
        """Whether the customer was ever active before the edge."""
        return self.table(self.rows.count(self.asked.spec.activity, None)) > 0

    def so_far(self, measure: Callable[[tuple[str, ...], int | None], Ints], types: tuple[str, ...]) -> Ints:
        """A measure of all that lies before the edge, by customer."""
        return self.table(measure(types, 0) - measure(types, None)).astype(np.int64)

    @cached_property
    def bought(self) -> Ints:
        """Purchases before the edge."""
        return self.so_far(self.rows.number, self.asked.purchases)

    @cached_property
    def spend(self) -> Ints:
        """Spend before the edge, in millionths."""
        return self.so_far(self.rows.total, self.asked.spend)

    @cached_property
    def net(self) -> Ints:
        """Spend less returns before the edge, in millionths."""
        return self.so_far(self.rows.total, self.asked.net)

    def at_periods(self) -> Sums:
        """One entry per period of each count of customers, purchases and money."""
        asked = self.asked
        left = self.table(left_within(self.rows, asked.spec, asked.lead_days, asked.horizon_days))
        window = self.table(self.rows.count(asked.purchases, REPEAT_DAYS))
        priced = self.so_far(lambda types, before: self.rows.number(types, before, True), asked.spend)
        found = [self._period(first, last + 1, left, window, priced) for first, last in asked.periods]
        sums = {f"period_{name}": np.array([int(each[name]) for each in found]) for name in found[0]}
        return {name: exact(values) if name in MONEY else values for name, values in sums.items()}

    def _period(self, start: int, end: int, left: Bools, window: Ints, priced: Ints) -> dict[str, Any]:
        here, known, bought = self.here, self.known, self.bought
        was, is_now, buys = here[:, start], here[:, end], bought[:, end] > bought[:, start]
        counted = {
            "customers_start": was,
            "customers_end": is_now,
            "kept": was & is_now,
            "new": ~known[:, start] & is_now,
            "newcomers": ~known[:, start] & known[:, end],
            "lapsed_start": known[:, start] & ~was,
            "reactivated": known[:, start] & ~was & is_now,
            "known_end": known[:, end],
            "labelled_left": was & left[:, start],
            "buyers": buys,
            "returning_buyers": buys & (bought[:, start] > 0),
            "window_buyers": window[:, end] > 0,
            "window_repeaters": window[:, end] > 1,
            "purchases": bought[:, end] - bought[:, start],
            "priced_purchases": priced[:, end] - priced[:, start],
            "spend": self.spend[:, end] - self.spend[:, start],
            "net": self.net[:, end] - self.net[:, start],
            "spend_so_far": self.spend[:, end],
            "net_so_far": self.net[:, end],
        }
        return {name: values.sum() for name, values in counted.items()}


def exact(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers of any size: a year of rupiahs in millionths does not fit 64 bits."""
    return values.astype(object)
