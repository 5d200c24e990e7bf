"""What all events amount to: figures from which the report, the findings and the calendar are made.

`reasons`, `event_days` and `customer_figures` add up over sets of rows that share no event. The figures of months do
not, and are made again from the events of the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.cleaning.file_figures import ENOUGH_AMOUNTS
from pipeline.engine import Connection, literal

REASONS, DAYS, CUSTOMERS, MONTHS, MEDIANS = (
    "reasons",
    "event_days",
    "customer_figures",
    "active_in_month",
    "month_medians",
)
# Additive tables: their keys, and the columns that are sums.
SUMS = {
    REASONS: ("reason", ("rows",)),
    DAYS: ("event_type, event_day", ("events", "with_amount", "negative")),
    CUSTOMERS: ("customer_id", ("events", "total")),
}
OF_MONTHS = {MONTHS: "month", MEDIANS: "event_type, month"}
ORDER = {**{name: keys for name, (keys, _) in SUMS.items()}, **OF_MONTHS}
MOST_BITS = 62  # months that a number has room for
MONTH = "CAST(date_trunc('month', event_day) AS DATE)"


def create_sums(connection: Connection, activity: Sequence[str], rows_are_events: bool) -> None:
    """Create the tables that add up, from `rejects` and `events`.

    `rows_are_events`: every row that meets its own rules is an event, so what was counted by file need not be again.
    """
    queries = {
        REASONS: "SELECT reason, count(*) AS rows FROM rejects GROUP BY reason",
        DAYS: "SELECT event_type, event_day, count(*) AS events, count(amount) AS with_amount, "
        "count(*) FILTER (amount < 0) AS negative FROM events GROUP BY event_type, event_day",
    }
    if rows_are_events:
        queries[DAYS] = (
            "SELECT event_type, day AS event_day, "
            + ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in SUMS[DAYS][1])
            + " FROM file_days GROUP BY event_type, day"
        )
    for name, query in queries.items():
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
    _create_customers(connection, activity)


def _create_customers(connection: Connection, activity: Sequence[str]) -> None:
    """Customers, and beside them in which months each was active, a bit per month: one look at the events for both."""
    first, months = connection.execute(
        f"SELECT date_trunc('month', min(event_day)), datediff('month', min(event_day), max(event_day)) + 1 FROM {DAYS}"
    ).fetchall()[0]
    bit = f"CAST(1 AS BIGINT) << datediff('month', DATE '{first}', event_day)"
    alive = ", ".join(map(literal, activity))
    bits = f"bit_or({bit}) FILTER (event_type IN ({alive}))" if 0 < (months or 0) <= MOST_BITS else "NULL::BIGINT"
    connection.execute(
        f"CREATE TEMP TABLE customer_months AS SELECT customer_id, count(*) AS events, "
        f"CAST(coalesce(sum(abs(amount)), 0) AS DECIMAL(38, 6)) AS total, {bits} AS months "
        "FROM events GROUP BY customer_id"
    )
    connection.execute(f"CREATE TEMP VIEW {CUSTOMERS} AS SELECT customer_id, events, total FROM customer_months")


def create_months(connection: Connection, activity: Sequence[str]) -> None:
    """Create the tables of months, from `events` and what `create_sums` left."""
    queries = months_of("events", activity)
    first, last = connection.execute(f"SELECT min(event_day), max(event_day) FROM {DAYS}").fetchall()[0]
    if first is not None and 12 * (last.year - first.year) + last.month - first.month < MOST_BITS:
        day = f"CAST(date_trunc('month', DATE '{first}') + to_months(CAST(nth AS INTEGER)) AS DATE)"
        queries[MONTHS] = (
            f"SELECT {day} AS month, count(*) AS customers FROM customer_months, range({MOST_BITS}) AS r(nth) "
            "WHERE (months >> nth) & 1 = 1 GROUP BY 1"
        )
    for name, query in queries.items():
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")


def months_of(events: str, activity: Sequence[str], months: Sequence[date] | None = None) -> dict[str, str]:
    """Queries for the tables of months, from events given as SQL; of these months only, or of all.

    `active_in_month`: customers with an activity event. `month_medians`: per type, where there are enough amounts that
    are not nought.
    """
    listed = ", ".join(f"DATE '{month}'" for month in months or ())
    within = "true" if months is None else f"{MONTH} IN ({listed})" if months else "false"
    alive = ", ".join(map(literal, activity))
    return {
        MONTHS: f"SELECT {MONTH} AS month, count(DISTINCT customer_id) AS customers FROM {events} "
        f"WHERE event_type IN ({alive}) AND {within} GROUP BY 1",
        MEDIANS: f"SELECT event_type, {MONTH} AS month, CAST(median(abs(amount)) AS DOUBLE) AS amount FROM {events} "
        f"WHERE amount <> 0 AND {within} GROUP BY 1, 2 HAVING count(*) >= {ENOUGH_AMOUNTS}",
    }


def span(connection: Connection) -> tuple[date, date, bool]:
    """The first and the last day of all events, and whether every stamp is a midnight; there must be an event."""
    first, last = connection.execute(f"SELECT min(event_day), max(event_day) FROM {DAYS}").fetchall()[0]
    query = f"SELECT sum(midnights) = sum(events) FROM file_days WHERE day <= DATE '{last}'"
    return first, last, bool(connection.execute(query).fetchall()[0][0])
