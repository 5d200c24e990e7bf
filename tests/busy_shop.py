"""A shop with a steady stream of purchases and visits and no fault, for one to be planted in. A helper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from workspace import Row

FIRST = date(2024, 1, 1)
DAYS = 140
# Histories as long as the lookback, and nothing that could be said about returns.
PLAIN: dict[str, Any] = {
    "events.roles": {"activity": ["purchase"], "engagement": ["visit"]},
    "events.money": ["purchase"],
    "features": {"lookback_days": [7]},
    "snapshots.min_history_days": 14,
}
Found = list[dict[str, Any]]


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number))


def shop(skip: range = range(0), days: range = range(DAYS), kind: str = "purchase", customers: int = 60) -> list[Row]:
    """Thirty events on every day, of customers in turn, none on days that are skipped; amounts from 10 to 29."""
    return [
        (f"c{(30 * at + n) % customers:02}", day(at), kind, 10 + n % 20)
        for at in days
        if at not in skip
        for n in range(30)
    ]


def clean() -> list[Row]:
    return shop() + shop(kind="visit")


def only(found: Found) -> tuple[str, str, str]:
    """Name, severity and text of the one finding."""
    assert len(found) == 1, [item["what"] for item in found]
    return found[0]["name"], found[0]["severity"], found[0]["what"]
