"""One KPI of one period as a text, or a dash where it is not known or would tell of a small group of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.pages.telling import Telling, too_small

Row = Mapping[str, Any]

FLOWS = ("new", "reactivated", "lost")
COUNTS = ("customers_start", "customers_end", *FLOWS)
MONEY = {"average_order_value": "buyers", "lifetime_value": "known_end", "lifetime_value_net": "known_end"}
DECIMALS = {"purchase_frequency": 1, "days_between_purchases_median": 0, "nps": 0}
DASH = "–"


class Told:
    """The figures of one period; `telling.least` decides which groups are too small to be told."""

    def __init__(self, row: Row, telling: Telling) -> None:
        self._row, self._telling = row, telling
        # With the customers at start and end, all flows but one would tell the last one.
        self._flows = too_small({name: row[name] for name in FLOWS}, telling.least)

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
        row, least = self._row, self._telling.least
        if row[name] is None:
            return True
        if name in ("retention_rate", "churn_rate"):
            return "lost" in self._flows or _small(row["lost"], row["kept"], least)
        if name == "reactivation_rate":
            away = row["lapsed_start"] - row["reactivated"]
            return "reactivated" in self._flows or _small(row["reactivated"], away, least)
        if name == "repeat_purchase_rate":
            return _small(row["window_repeaters"], row["window_buyers"] - row["window_repeaters"], least)
        if name == "returning_buyers_share":
            return _small(row["returning_buyers"], row["buyers"] - row["returning_buyers"], least)
        if name in ("nps", "csat"):
            return bool(row[f"{name}_answers"] < least)
        return bool(row[MONEY.get(name, "buyers")] < least)


def _small(some: int, others: int, least: int) -> bool:
    return bool(too_small({"some": some, "others": others}, least))
