"""Retention KPIs once more, in plain pandas and sets, from the clean events; by inactivity. A helper, not a test.

`Shop` is written from the words of the definitions, without any code of the project: no prefix sums, chunks or edges.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import little_shop
import pandas as pd

from pipeline import kpis
from pipeline.kpi_files import read_kpis

Row = dict[str, Any]


def made(folder: Path) -> dict[str, Any]:
    """What the stage writes, when it is run."""
    little_shop.run(folder, (kpis,))
    return read(folder)


def read(folder: Path) -> dict[str, Any]:
    """What the stage has written."""
    with contextlib.chdir(folder):
        return read_kpis()


def clean_events(folder: Path) -> pd.DataFrame:
    """All events below data/events: customer_id, day, event_type, amount (float, null where there is none)."""
    files = sorted(folder.glob("data/events/closed/events-*.parquet"))
    files += sorted(folder.glob("data/events/open/events-*.parquet"))
    frame = pd.concat([pd.read_parquet(path) for path in files], ignore_index=True)
    return pd.DataFrame({
        "who": frame["customer_id"].astype(str),
        "day": pd.to_datetime(frame["event_day"]),
        "kind": frame["event_type"].astype(str),
        "amount": pd.to_numeric(frame["amount"].astype(object).map(lambda x: None if pd.isna(x) else float(x))),
    })  # fmt: skip


class Shop:
    """The events of a shop where activity is a purchase and returns are the other kind of money."""

    def __init__(self, events: pd.DataFrame, as_of: str, active_within: int, horizon: int) -> None:
        self.as_of = pd.Timestamp(as_of)
        self.events = events
        self.bought = events[(events["kind"] == "purchase")]
        self.active_within, self.horizon = active_within, horizon
        self.first = self.bought.groupby("who")["day"].min()

    def between(self, start: pd.Timestamp, end: pd.Timestamp, events: pd.DataFrame | None = None) -> pd.DataFrame:
        """Purchases (or other events) from the start on and before the end."""
        frame = self.bought if events is None else events
        return frame[(frame["day"] >= start) & (frame["day"] < end)]

    def customers(self, day: pd.Timestamp) -> set[str]:
        """Who bought in the days before the day."""
        return set(self.between(day - pd.Timedelta(days=self.active_within), day)["who"])

    def known(self, day: pd.Timestamp) -> set[str]:
        """Who ever bought before the day."""
        return set(self.first[self.first < day].index)

    def leavers(self, day: pd.Timestamp) -> tuple[int, int]:
        """Customers at the day, and how many of them buy nothing in the horizon."""
        customers = self.customers(day)
        stay = set(self.between(day, day + pd.Timedelta(days=self.horizon))["who"])
        return len(customers), len(customers - stay)

    def gaps(self, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
        """Days since the customer's purchase day before, of each purchase day in the period that has one."""
        days = self.bought[["who", "day"]].drop_duplicates().sort_values(["who", "day"])
        days["gap"] = days.groupby("who")["day"].diff().dt.days
        return self.between(start, end, days)["gap"].dropna()

    def period(self, start: pd.Timestamp, end: pd.Timestamp) -> Row:
        """Every figure of one period."""
        was, now, known = self.customers(start), self.customers(end), self.known(start)
        bought = self.between(start, end)
        buyers = set(bought["who"])
        year = self.between(end - pd.Timedelta(days=365), end)["who"].value_counts()
        lapsed, back, new = known - was, (known - was) & now, now - known
        ever, flow = self.known(end), self.events[self.events["kind"].isin(["purchase", "return"])]
        gaps = self.gaps(start, end)
        spent, net = self.between(pd.Timestamp.min, end), self.between(pd.Timestamp.min, end, flow)
        count, left = self.leavers(start)
        return {
            "customers_start": len(was), "customers_end": len(now), "kept": len(was & now), "new": len(new),
            "newcomers": len(ever - known), "reactivated": len(back), "lost": len(was - now),
            "lapsed_start": len(lapsed), "buyers": len(buyers), "purchases": len(bought), "known_end": len(ever),
            "spend": bought["amount"].sum(), "net": self.between(start, end, flow)["amount"].sum(),
            "retention_rate": (len(now) - len(new) - len(back)) / len(was) if was else None,
            "churn_rate": len(was - now) / len(was) if was else None,
            "reactivation_rate": len(back) / len(lapsed) if lapsed else None,
            "labelled_churn_rate": left / count if count else None,
            "repeat_purchase_rate": float((year >= 2).mean()) if len(year) else None,
            "returning_buyers_share": len(buyers & known) / len(buyers) if buyers else None,
            "purchase_frequency": len(bought) / len(buyers) if buyers else None,
            "average_order_value": bought["amount"].mean() if bought["amount"].notna().any() else None,
            "lifetime_value": spent["amount"].sum() / len(ever) if ever else None,
            "lifetime_value_net": net["amount"].sum() / len(ever) if ever else None,
            "days_between_purchases_mean": gaps.mean() if len(gaps) else None,
            "days_between_purchases_median": gaps.median() if len(gaps) else None,
        }  # fmt: skip

    def months(self) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
        """(name, start, end) of each month; the last one ends at as_of."""
        found, start = [], self.events["day"].min().replace(day=1)
        while start < self.as_of:
            end = start + pd.offsets.MonthBegin(1)
            found.append((f"{start:%Y-%m}", start, min(end, self.as_of)))
            start = end
        return found

    def by_month(self) -> dict[str, Row]:
        """Every figure by month."""
        return {name: self.period(start, end) for name, start, end in self.months()}

    def by_cohort(self) -> dict[tuple[str, str], Row]:
        """Figures by (month of the first purchase, month), for cohorts of somebody."""
        months, found = self.months(), {}
        for at, (cohort, start, end) in enumerate(months):
            joined = set(self.first[(self.first >= start) & (self.first < end)].index)
            own = self.events[self.events["who"].isin(joined)]
            paid, flow = own[own["kind"] == "purchase"], own[own["kind"].isin(["purchase", "return"])]
            for name, begin, until in months[at:] if joined else []:
                month = self.between(begin, until, paid)
                found[cohort, name] = {
                    "customers": len(joined),
                    "active": month["who"].nunique(),
                    "still": len(joined & self.customers(until)),
                    "purchases": len(month),
                    "spend": month["amount"].sum(),
                    "net": self.between(begin, until, flow)["amount"].sum(),
                    "lifetime_value": self.between(pd.Timestamp.min, until, paid)["amount"].sum() / len(joined),
                }
        return found
