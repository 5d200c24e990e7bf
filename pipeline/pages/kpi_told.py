"""One KPI of one period as a text, or a dash where it is not known or would tell of a small group of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.pages.telling import Telling, too_small

Row = Mapping[str, Any]

FLOWS = ("new", "reactivated", "lost")
COUNTS = ("customers_start", "customers_end", *FLOWS)
MONEY = ("average_order_value", "lifetime_value", "lifetime_value_net")
# Whom a figure is about, where these are not the buyers of the period.
OF = {"lifetime_value": "known_end", "lifetime_value_net": "known_end", "nps": "nps_answers"}
# Shares: whom they count, and of whom; a share of a known number tells both.
PARTS = {
    "retention_rate": ("kept", "customers_start"),
    "churn_rate": ("lost", "customers_start"),
    "reactivation_rate": ("reactivated", "lapsed_start"),
    "repeat_purchase_rate": ("window_repeaters", "window_buyers"),
    "returning_buyers_share": ("returning_buyers", "buyers"),
    "csat": ("csat_satisfied", "csat_answers"),
}
FLOW_OF = {"retention_rate": "lost", "churn_rate": "lost", "reactivation_rate": "reactivated"}
DECIMALS = {"purchase_frequency": 1, "days_between_purchases_median": 0, "nps": 0}
DASH = "–"


class Told:
    """The figures of one period; `telling.least` decides which groups are too small to be told."""

    def __init__(self, row: Row, telling: Telling) -> None:
        self._row, self._telling = row, telling
        # With the customers at start and end, all flows but one tell the last one, and those lost tell those kept.
        few_kept = 0 < row["kept"] < telling.least
        self._flows = set(FLOWS) if few_kept else too_small({name: row[name] for name in FLOWS}, telling.least)

    def text(self, name: str) -> str:
        """A figure as a cell shows it."""
        value, telling = self._row[name], self._telling
        if name in COUNTS:
            return telling.count(value, name in self._flows)
        if value is None or self.hides(name):
            return DASH
        if name in MONEY:
            return telling.money(value)
        if name in DECIMALS:
            return telling.texts.number(value, DECIMALS[name])
        return telling.percent(value)

    def hides(self, name: str) -> bool:
        """Whether the figure would tell how many were in a small group."""
        row = self._row
        if row[name] is None or (name in FLOW_OF and FLOW_OF[name] in self._flows):
            return True
        if name in PARTS:
            some, whole = (row[part] for part in PARTS[name])
            return bool(too_small({"some": some, "others": whole - some}, self._telling.least))
        return bool(row[OF.get(name, "buyers")] < self._telling.least)
