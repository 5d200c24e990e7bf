"""What the events look like once ingest has cleaned them: counts, months, gaps between days of activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.cleaning.usable import rejected_by_reason
from pipeline.engine import Connection, literal
from pipeline.errors import EventError

QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Profile:
    """Figures of a cleaned source; nothing in it comes from a single customer."""

    first_day: date
    last_day: date
    only_dates: bool
    events: int
    customers: int
    one_timers: float  # share of customers with activity on one day only
    by_type: dict[str, int]  # most frequent first
    months: dict[str, dict[str, int]]  # "2024-03": events by type; empty for a month without any
    weekdays: dict[str, int]
    gaps: dict[float, float]  # days between days of activity of a customer, by quantile; empty without any gap


def make_active(connection: Connection, activity: Sequence[str]) -> None:
    """Create `active` (one row per customer and day of activity) and `gaps` (days since the one before)."""
    listed = ", ".join(literal(name) for name in activity)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE active AS "
        f"SELECT DISTINCT customer_id, event_day FROM events WHERE event_type IN ({listed})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE gaps AS SELECT gap FROM (SELECT event_day - lag(event_day) OVER "
        "(PARTITION BY customer_id ORDER BY event_day) AS gap FROM active) WHERE gap IS NOT NULL"
    )


def profile(connection: Connection) -> Profile:
    """Read `events`, `checked`, `active` and `gaps`. Raises EventError if no event is left."""
    first, last, number, customers = connection.execute(
        "SELECT min(event_day), max(event_day), count(*), count(DISTINCT customer_id) FROM events"
    ).fetchall()[0]
    if not number:
        reasons = "; ".join(f"{reason}: {rows:,}" for reason, rows in rejected_by_reason(connection).items())
        raise EventError(
            f"no event is left after the checks ({reasons}), so there is nothing to propose: mend the export."
        )
    midnight = "SELECT bool_and(local_time = date_trunc('day', local_time)) FROM checked WHERE reason IS NULL"
    one_timers = "SELECT avg(CAST(n = 1 AS INTEGER)) FROM (SELECT count(*) AS n FROM active GROUP BY customer_id)"
    by_type = "SELECT event_type, count(*) FROM events GROUP BY 1 ORDER BY 2 DESC, 1"
    weekdays = "SELECT isodow(event_day), count(*) FROM events GROUP BY 1 ORDER BY 1"
    counted = dict(connection.execute(weekdays).fetchall())
    return Profile(
        first_day=first,
        last_day=last,
        only_dates=bool(connection.execute(midnight).fetchall()[0][0]),
        events=number,
        customers=customers,
        one_timers=connection.execute(one_timers).fetchall()[0][0] or 0.0,
        by_type=dict(connection.execute(by_type).fetchall()),
        months=_months(connection),
        weekdays={name: counted.get(at, 0) for at, name in enumerate(WEEKDAYS, start=1)},
        gaps=_gaps(connection),
    )


def _months(connection: Connection) -> dict[str, dict[str, int]]:
    query = "SELECT strftime(event_day, '%Y-%m'), event_type, count(*) FROM events GROUP BY 1, 2 ORDER BY 1, 2"
    months = _all_months(connection)
    for month, event_type, number in connection.execute(query).fetchall():
        months[month][event_type] = number
    return months


def _all_months(connection: Connection) -> dict[str, dict[str, int]]:
    """Every month from the first to the last event, so that a month without events is seen as one."""
    query = (
        "SELECT strftime(unnest(range(date_trunc('month', min(event_day)), max(event_day) + 1, INTERVAL 1 MONTH)), "
        "'%Y-%m') FROM events"
    )
    return {month: {} for (month,) in connection.execute(query).fetchall()}


def _gaps(connection: Connection) -> dict[float, float]:
    found = connection.execute(f"SELECT quantile_disc(gap, {list(QUANTILES)}) FROM gaps").fetchall()[0][0]
    return dict(zip(QUANTILES, found, strict=True)) if found else {}
