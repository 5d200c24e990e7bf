"""Findings about values: units, amounts, ids, duplicates, what was rejected."""

from __future__ import annotations

from itertools import pairwise
from math import log10

from pipeline.cleaning.findings import Finding, Seen
from pipeline.cleaning.usable import rejected_by_reason
from pipeline.engine import literal

UNIT_STEPS = (2.0, 3.0)  # powers of ten between cents and euros, euros and thousands
UNIT_SLACK = 0.3  # a factor of two either way: people also buy more or less
ONE_ID = 0.05
FEW_CUSTOMERS = 40  # with fewer, 5% is near an even share
REJECTED_MUCH = 0.01
DUPLICATES_SOME, DUPLICATES_MANY = 0.01, 0.10
NEGATIVE_SOME = 0.001  # corrections occur; beyond, returns come as purchases
NO_AMOUNT_MUCH = 0.5
ONCE_ONLY = 0.5


def mixed_units(seen: Seen) -> list[Finding]:
    """A type whose typical amount is about 100 or 1,000 times what it was, from month to month or file to file."""
    grains = {
        "month": "SELECT event_type, strftime(month, '%Y-%m'), amount FROM month_medians ORDER BY event_type, month",
        "file": "SELECT event_type, CAST(file AS VARCHAR), amount FROM file_medians ORDER BY event_type, file",
    }
    found = []
    for grain, query in grains.items():
        rows = seen.rows(query) if grain == "month" or seen.files > 1 else []
        for (name, before, was), (other, here, now) in pairwise(rows):
            steps = abs(log10(float(now)) - log10(float(was)))
            if name == other and any(abs(steps - step) <= UNIT_SLACK for step in UNIT_STEPS):
                place = (
                    f"from {before} to {here}"
                    if grain == "month"
                    else f"from file {int(before) + 1} to {int(here) + 1}"
                )
                found.append((name, place, float(was), float(now)))
    told = {name: Finding(
        "mixed units", "warning", "amount", "events",
        f"the typical amount of {name} goes from {was:,.2f} to {now:,.2f} {place}",
        "Cents and whole units? Bring them to one unit in events.query.",
    ) for name, place, was, now in reversed(found)}  # fmt: skip
    return list(told.values())


def one_id(seen: Seen) -> list[Finding]:
    """One customer id with a twentieth of all events: a till, a test account, a placeholder."""
    query = "SELECT max(events), CAST(sum(events) AS BIGINT), count(*) FROM customer_figures"
    most, number, customers = seen.rows(query)[0]
    if not number or customers < FEW_CUSTOMERS or most < ONE_ID * number:
        return []
    return [Finding(
        "one id", "warning", "customer_id", "events",
        f"one customer id has {most:,} of {number:,} events ({most / number:.0%})",
        "A till, a test account or a placeholder for guests? Leave it out in events.query.",
    )]  # fmt: skip


def duplicates(seen: Seen) -> list[Finding]:
    """A high share of exact copies."""
    share = seen.duplicates / seen.source_rows if seen.source_rows else 0.0
    if share < DUPLICATES_SOME:
        return []
    return [Finding(
        "duplicates", "warning" if share >= DUPLICATES_MANY else "info", "", "source",
        f"{seen.duplicates:,} rows ({share:.1%}) are exact copies of another and were dropped",
        "If two equal rows can be two events, export an event id or set events.duplicates to keep.",
    )]  # fmt: skip


def rejects(seen: Seen) -> list[Finding]:
    """What was rejected, by reason."""
    found = []
    for reason, number in rejected_by_reason(seen.connection).items():
        share = number / seen.rows_in
        future = reason.startswith(("event_time is after", "event_time is more than"))
        column = reason.split(" ", maxsplit=1)[0]
        found.append(Finding(
            "future stamps" if future else "rejected", "warning" if share >= REJECTED_MUCH else "info",
            column if column in ("customer_id", "event_time", "event_type", "amount") else "", "rejected",
            f"{number:,} rows ({share:.1%}) are rejected: {reason}",
            "Look at a few in data/rejected; "
            + ("a wrong clock or a planned date?" if future else "is that how the source is?"),
        ))  # fmt: skip
    return found


def once_only(seen: Seen) -> list[Finding]:
    """Many customers with a single event."""
    query = "SELECT avg(CAST(events = 1 AS INTEGER)) FROM customer_figures"
    share = seen.value(query) or 0.0
    if share < ONCE_ONLY:
        return []
    return [Finding(
        "one event only", "info", "customer_id", "events",
        f"{share:.0%} of the customers have one event",
        "Of them little can be said; is the id stable, or does every guest get a new one?",
    )]  # fmt: skip


def amounts(seen: Seen) -> list[Finding]:
    """Types of `events.money` without amounts, and purchases with negative ones."""
    money = seen.settings.events.money
    if not money:
        return []
    listed = ", ".join(literal(name) for name in money)
    query = f"""
        SELECT event_type, CAST(sum(events) AS BIGINT), CAST(sum(with_amount) AS BIGINT), CAST(sum(negative) AS BIGINT)
        FROM event_days WHERE event_type IN ({listed}) GROUP BY 1 ORDER BY 1
    """
    found = []
    for name, number, filled, negative in seen.rows(query):
        if filled <= (1 - NO_AMOUNT_MUCH) * number:
            found.append(Finding(
                "no amounts", "warning", "amount", "events",
                f"{name} is in events.money, but {number - filled:,} of its {number:,} events have no amount",
                "Map the column in events.columns.amount, or take the type out of events.money.",
            ))  # fmt: skip
        if name in seen.settings.events.roles.activity and negative > NEGATIVE_SOME * number:
            found.append(Finding(
                "negative amounts", "warning", "amount", "events",
                f"{negative:,} of {number:,} {name} events ({negative / number:.1%}) have a negative amount",
                "Returns? Give them a type of their own in events.query, with the role friction.",
            ))  # fmt: skip
    return found
