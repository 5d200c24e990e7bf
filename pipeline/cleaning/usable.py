"""Are the cleaned events fit to learn from? Asked before anything is written; every no names its figures."""

from __future__ import annotations

from pipeline.engine import Connection, literal
from pipeline.errors import EventError
from pipeline.sections.events import Events

MOST_TYPES = 10  # types without a role that are named one by one
LARGEST_TOTAL = 9_000_000_000_000


def rejected_by_reason(connection: Connection) -> dict[str, int]:
    """Rejected rows per reason, most frequent first."""
    query = "SELECT reason, rows FROM reasons ORDER BY rows DESC, reason"
    return dict(connection.execute(query).fetchall())


def events_by_type(connection: Connection) -> dict[str, int]:
    """Kept events per type, most frequent first."""
    query = "SELECT event_type, CAST(sum(events) AS BIGINT) FROM event_days GROUP BY event_type ORDER BY 2 DESC, 1"
    return dict(connection.execute(query).fetchall())


def without_role(types: dict[str, int], named: tuple[str, ...]) -> list[str]:
    """What is kept and not used: a sentence for each of the most frequent types, one for all others."""
    unused = {name: number for name, number in types.items() if name not in named}
    said = [f"{name} has no role: {number:,} events kept, unused" for name, number in list(unused.items())[:MOST_TYPES]]
    more = list(unused.values())[MOST_TYPES:]
    return said + ([f"{len(more):,} more types have no role: {sum(more):,} events kept, unused"] if more else [])


def refuse_unusable(connection: Connection, rejected: int, rows_in: int, events: Events) -> None:
    """Raise EventError if too many rows are rejected, nobody is ever active, or a total cannot be counted exactly."""
    share = rejected / rows_in if rows_in else 1.0
    reasons = "; ".join(f"{reason}: {number:,}" for reason, number in rejected_by_reason(connection).items())
    if share > events.max_rejected_share:
        raise EventError(
            f"{rejected:,} of {rows_in:,} rows ({share:.1%}) are rejected, more than "
            f"events.max_rejected_share {events.max_rejected_share:.1%} allows ({reasons}). Mend the export or the "
            "query, or raise the share if this is how the source is. Nothing was changed."
        )
    _refuse_overflow(connection)
    types = events_by_type(connection)
    if not types:
        why = reasons or "events.query leaves none"
        raise EventError(
            f"no event is left: {rejected:,} of {rows_in:,} rows are rejected ({why}). Mend the export, events.query "
            "or events.columns. Nothing was changed."
        )
    if not any(name in types for name in events.roles.activity):
        found = ", ".join(f"{name} ({number:,})" for name, number in list(types.items())[:10])
        raise EventError(
            f"no activity events: events.roles.activity is {list(events.roles.activity)}, but the types found are "
            f"{found}. Name the type that proves a customer is alive."
        )


def refuse_without_cancel(connection: Connection, events: Events) -> None:
    """Raise EventError if nobody ever cancels: every label would say that all stay."""
    types = events_by_type(connection)
    if not any(name in types for name in events.roles.cancel):
        found = ", ".join(f"{name} ({number:,})" for name, number in list(types.items())[:10])
        raise EventError(
            f"no cancel events: churn.definition is cancellation, events.roles.cancel is {list(events.roles.cancel)}, "
            f"and the types found are {found}. Name the type that ends the relation. Nothing was changed."
        )


def count_cancels_at_once(connection: Connection, rows: str, events: Events) -> int:
    """How many cancels have the very time of an activity event of their customer; `rows` are events as SQL.

    Which of them came last decides who has left, and where the times do not say so the order of the names does. Of
    rows that share no customer, the numbers add up.
    """
    activity, cancel = (f"({', '.join(map(literal, types))})" for types in (events.roles.activity, events.roles.cancel))
    found = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {rows} GROUP BY customer_id, event_time HAVING "
        f"bool_or(event_type IN {activity}) AND bool_or(event_type IN {cancel}))"
    ).fetchone()
    return int(found[0]) if found else 0


def told_of_cancels_at_once(number: int) -> list[str]:
    """A warning, where there are any."""
    if not number:
        return []
    return [
        f"{number:,} cancel events carry the very time of an activity event of their customer, so the alphabetical "
        "order of the types decides which came last: give full times, or name the types in that order in events.query"
    ]


def _refuse_overflow(connection: Connection) -> None:
    """A customer's running total is an int64 of millionths: beyond nine million million it would wrap in silence."""
    found = connection.execute("SELECT max(total) FROM customer_figures").fetchone()
    if found and found[0] and found[0] > LARGEST_TOTAL:
        raise EventError(
            f"one customer's amounts add up to {found[0]:,.0f}, more than the {LARGEST_TOTAL:,} that are counted "
            "exactly: divide amounts by 100 or 1,000 in events.query, or reject test orders there. Nothing was changed."
        )
