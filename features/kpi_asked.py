"""What retention KPIs ask of the events: which months and periods, what a purchase is, and which edges that takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.labels import label_edges, spend_types
from features.months import Months
from features.spec import FeatureSpec
from features.timeline import Ints

REPEAT_DAYS = 365  # the window in which a second purchase makes a repeat customer


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
