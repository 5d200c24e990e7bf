"""The column of event types where no name gives it away: one whose values read like events."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from pipeline.engine import Connection, identifier
from pipeline.suggesting.columns import Facts
from pipeline.suggesting.guess import Guess
from pipeline.suggesting.roles import role_of

MOST_KINDS = 50  # different values; a column of products or cities has more
READS_LIKE_EVENTS = 0.9  # of its rows


def kind_by_content(connection: Connection, facts: Mapping[str, Facts], guess: Guess) -> Guess:
    """The guess with a column of types, if none was found by name and exactly one reads like one."""
    if guess.kind is not None:
        return guess
    used = {guess.customer, guess.time, guess.amount, guess.unit_price, guess.quantity}
    found = [
        name
        for name, fact in facts.items()
        if name not in used
        and 1 < fact.distinct <= MOST_KINDS
        and fact.numbers < 0.5
        and _share(connection, name) >= READS_LIKE_EVENTS
    ]
    return dataclasses.replace(guess, kind=found[0]) if len(found) == 1 else guess


def _share(connection: Connection, name: str) -> float:
    """Share of the rows looked at whose value has a role by its name."""
    cell = identifier(name)
    counts = connection.execute(f"SELECT {cell}, count(*) FROM looked_at WHERE {cell} <> '' GROUP BY 1").fetchall()
    known = sum(rows for value, rows in counts if not role_of(value, False).startswith("-"))
    return known / max(1, sum(rows for _, rows in counts))
