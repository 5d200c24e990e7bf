"""What retention KPIs are made of: whole numbers that add up over chunks of customers, in any order and exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.labels import eligible, label_edges, left_within, spend_types
from features.months import Months
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import MICRO, Bools, EventChunk, Ints, Timeline

Sums = dict[str, NDArray[Any]]
REPEAT_DAYS = 365  # the window in which a second purchase makes a repeat customer
NPS_TOP, NPS_PROMOTER, NPS_DETRACTOR = 10, 9, 6  # of 0 to 10: promoters give 9 or 10, detractors 0 to 6
CSAT_LOW, CSAT_TOP, CSAT_SATISFIED = 1, 5, 4  # of 1 to 5: the satisfied give 4 or 5


@dataclass(frozen=True)
class Asked:
    """What is to be counted: months, what a purchase is, the label, and which feedback is on which scale.

    `label_date`: a snapshot at which the label is counted apart, to be held beside what was promised; None: no such.
    """

    months: Months
    spec: FeatureSpec
    data_start: int
    lead_days: int
    horizon_days: int
    label_date: int | None = None
    nps: str | None = None
    csat: str | None = None

    @cached_property
    def spend(self) -> tuple[str, ...]:
        """Types whose amounts are spend."""
        return spend_types(self.spec)

    @cached_property
    def purchases(self) -> tuple[str, ...]:
        """Types that are purchases: those with spend; where nothing has an amount, all activity."""
        return self.spend or self.spec.activity

    @cached_property
    def net(self) -> tuple[str, ...]:
        """Types whose amounts are spend or take from it, as returns do; states and scores are no flow of money."""
        return tuple(name for name in self.spec.money if name in (*self.spend, *self.spec.friction))

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Every event type that is counted or decides who is a customer, sorted."""
        spec = self.spec
        return tuple(sorted({*spec.activity, *spec.cancel, *spec.money, *self.purchases, *spec.feedback}))

    @cached_property
    def periods(self) -> tuple[tuple[int, int], ...]:
        """(first, last) month of each period: every month by itself, then the newest year where there is one."""
        alone = [(month, month) for month in range(len(self.months))]
        year = self.months.year()
        return (*alone, *([] if year is None else [year]))

    @cached_property
    def days(self) -> Ints:
        """The edges of the months: the start of each, and the end of the last."""
        return np.array([*self.months.starts, self.months.ends[-1]], np.int64)

    @cached_property
    def edges(self) -> Ints:
        """Every edge that counting needs, sorted."""
        before = {0, self.spec.active_within_days, REPEAT_DAYS, *label_edges(self.lead_days, self.horizon_days)}
        days = [*self.days.tolist(), *([] if self.label_date is None else [self.label_date])]
        return np.unique([day - offset for day in days for offset in before]).astype(np.int64)


def count(chunk: EventChunk, asked: Asked, unasked: Bools | None = None) -> Sums:
    """The sums of a chunk; `added` over all chunks they are those of all customers.

    Shapes: one entry per period (names that begin with `period_`), per month (`month_`), per (month, days between
    purchases) (`gaps`), per (month of first activity, month) (`cohort_`); single numbers as one entry. Money is in
    millionths and never overflows. `unasked`: customers that the model was not asked about at `label_date`.
    """
    seen = _Seen(chunk, asked)
    return {
        **seen.at_periods(),
        **_by_cohort(seen),
        **_between_purchases(seen),
        **_scores(seen),
        **_today(seen),
        **_at_label_date(seen, unasked),
    }


def added(left: Sums, right: Sums) -> Sums:
    """The sums of both."""
    return {name: values + right[name] for name, values in left.items()}


class _Seen:
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
        return {name: _exact(values) if name in MONEY else values for name, values in sums.items()}

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


MONEY = frozenset(f"period_{name}" for name in ("spend", "net", "spend_so_far", "net_so_far"))


def _exact(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers of any size: a year of rupiahs in millionths does not fit 64 bits."""
    return values.astype(object)


def _by_cohort(seen: _Seen) -> Sums:
    """One entry per (month of first activity, month): who is active and who still a customer at its end, and money."""
    asked, size = seen.asked, len(seen.asked.months)
    joined = seen.known.argmax(axis=1) - 1  # the first edge behind the first activity ends the cohort's month
    ever = seen.known[:, -1]
    active = np.diff(seen.so_far(seen.rows.number, asked.spec.activity)) > 0
    measures = {
        "active": active.astype(np.int64),
        "still": seen.here[:, 1:].astype(np.int64),
        "purchases": np.diff(seen.bought),
        "spend": np.diff(seen.spend),
        "net": np.diff(seen.net),
    }
    sums = {f"cohort_{name}": np.zeros((size, size), np.int64) for name in measures}
    for cohort in range(size):
        who = ever & (joined == cohort)
        for name, values in measures.items():
            sums[f"cohort_{name}"][cohort] = values[who].sum(axis=0)
    money = ("cohort_spend", "cohort_net")
    return {name: _exact(values) if name in money else values for name, values in sums.items()}


def _between_purchases(seen: _Seen) -> Sums:
    """`gaps[m, d]`: how often a purchase day in month m is the customer's next one, d days after the one before."""
    asked, starts = seen.asked, seen.asked.days
    entries = seen.timeline.days(asked.purchases)
    same = entries.customer[1:] == entries.customer[:-1]
    later, gap = entries.day[1:][same], np.diff(entries.day)[same]
    within = (later >= starts[0]) & (later < starts[-1])
    month = np.searchsorted(starts, later[within], side="right") - 1
    width = int(starts[-1] - starts[0])
    cells = np.bincount(month * width + gap[within], minlength=len(asked.months) * width)
    return {"gaps": cells.reshape(len(asked.months), width)}


def _scores(seen: _Seen) -> Sums:
    """Answers per month on each scale: all, the best and the worst; beside them those that are not on the scale."""
    asked = seen.asked
    nps = _answers(seen, asked.nps, (0, NPS_TOP))
    csat = _answers(seen, asked.csat, (CSAT_LOW, CSAT_TOP))
    return {
        "month_nps_answers": nps(0, NPS_TOP),
        "month_nps_promoters": nps(NPS_PROMOTER, NPS_TOP),
        "month_nps_detractors": nps(0, NPS_DETRACTOR),
        "month_nps_off_scale": nps(None, None),
        "month_csat_answers": csat(CSAT_LOW, CSAT_TOP),
        "month_csat_satisfied": csat(CSAT_SATISFIED, CSAT_TOP),
        "month_csat_off_scale": csat(None, None),
    }


def _answers(seen: _Seen, kind: str | None, scale: tuple[int, int]) -> Callable[[int | None, int | None], Ints]:
    """A function that counts, per month, answers between two values; None: those outside of the scale."""
    chunk, starts = seen.chunk, seen.asked.days
    index = seen.timeline.index((kind,) if kind else (), True)
    day, amount = chunk.day.take(index), chunk.amount.take(index)
    within = (day >= starts[0]) & (day < starts[-1])
    month = np.searchsorted(starts, day, side="right") - 1

    def between(low: int | None, high: int | None) -> Ints:
        least, most = scale if low is None or high is None else (low, high)
        inside = (amount >= least * MICRO) & (amount <= most * MICRO)
        wanted = within & (~inside if low is None else inside)
        return np.bincount(month[wanted], minlength=len(seen.asked.months))

    return between


def _today(seen: _Seen) -> Sums:
    """Customers at the end of the last month, and what these have spent so far."""
    here = seen.here[:, -1]
    return {
        "today_customers": np.array([np.count_nonzero(here)]),
        "today_spend": _exact(np.array([seen.spend[here, -1].sum()])),
        "today_net": _exact(np.array([seen.net[here, -1].sum()])),
    }


def _at_label_date(seen: _Seen, unasked: Bools | None) -> Sums:
    """Who was a customer at the date of the label, and who of them left, by the functions that made the label."""
    asked = seen.asked
    if asked.label_date is None:
        return {"label_customers": np.zeros(1, np.int64), "label_left": np.zeros(1, np.int64)}
    rows = seen.at(np.array([asked.label_date], np.int64))
    there = eligible(rows, asked.spec)
    if unasked is not None:
        there = there & ~unasked
    left = left_within(rows, asked.spec, asked.lead_days, asked.horizon_days)
    return {
        "label_customers": np.array([np.count_nonzero(there)]),
        "label_left": np.array([np.count_nonzero(there & left)]),
    }
