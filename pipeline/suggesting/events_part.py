"""The proposed section `events`, each choice with what the data said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.engine import Connection, identifier
from pipeline.errors import EventError
from pipeline.sections.events import Csv
from pipeline.sources.files import Source
from pipeline.suggesting.columns import Facts
from pipeline.suggesting.guess import Guess
from pipeline.suggesting.query import derived_query
from pipeline.suggesting.roles import Roles, roles_of
from pipeline.suggesting.showable import worth_showing

LINES_PER_ORDER = 1.02  # below, an order is a line
OWNERS_PER_ORDER = 1.02  # above, the column does not name one customer's order
DAYS_PER_ORDER = 1.05
MOST_TYPES_READ = 500


@dataclass
class Draft:
    """A part of params.yaml: values by key, and sentences that stand above a key (dotted path)."""

    values: dict[str, Any]
    notes: dict[str, list[str]] = field(default_factory=dict)

    def note(self, path: str, *sentences: str) -> None:
        """Add sentences above a key."""
        self.notes.setdefault(path, []).extend(sentences)


def draft_events(
    connection: Connection, place: str, csv: Csv, source: Source, facts: Mapping[str, Facts], guess: Guess
) -> tuple[Draft, Roles]:
    """The section `events` for a source, and the roles it gives."""
    draft = Draft({"source": place})
    if csv != Csv():
        draft.values["csv"] = csv.model_dump()
        draft.note(
            "events.csv",
            f"The file separates by {csv.delimiter!r}, writes {csv.decimal!r} in decimals, {csv.encoding}.",
        )
    time = facts[guess.time]
    if not time.is_time and time.unit:
        draft.values["time_unit"] = time.unit
        draft.note("events.time_unit", f"{guess.time} holds numbers that are {time.unit} since 1970.")
    orders = _orders(connection, source, guess)
    if orders:
        column, lines = orders
        draft.values["collapse"] = column
        draft.note(
            "events.collapse",
            f"{lines:.1f} rows share one {column}, of one customer: lines of an order become one event.",
        )
    named = _event_id(connection, source, guess)
    if named:
        draft.values["event_id"] = named
        draft.note("events.event_id", f"{named} is different in every row.")
    _columns(draft, facts, guess, csv, [name for name in (draft.values.get("collapse"), named) if name])
    roles = _roles(connection, draft, facts, guess)
    draft.note("events.keep", *worth_showing(facts, guess, "query" in draft.values))
    draft.note(
        "events.timezone",
        "Where does a day end for the business? Nothing in the data says it; for example Europe/Warsaw.",
    )
    return draft, roles


def _columns(draft: Draft, facts: Mapping[str, Facts], guess: Guess, csv: Csv, kept: list[str]) -> None:
    """Names alone where they do; SQL where a value has to be made."""
    pairs = {"customer_id": guess.customer, "event_time": guess.time, "event_type": guess.kind, "amount": guess.amount}
    query, why = derived_query(facts, guess, csv, kept)
    if query:
        draft.values["query"] = query
        draft.note("events.query", *why)
        return
    draft.values["columns"] = {ours: yours for ours, yours in pairs.items() if yours and yours != ours}
    told = [f"{ours} is {yours}" for ours, yours in pairs.items() if yours]
    draft.note("events.columns", f"Read as: {', '.join(told)}. Say so here if that is wrong.")
    if guess.kind is None:
        draft.values["constants"] = {"event_type": "purchase"}
        draft.note("events.constants", "No column tells types apart, so every row is a purchase.")


def _orders(connection: Connection, source: Source, guess: Guess) -> tuple[str, float] | None:
    """The column that names the order of a line, and its lines per order; None if each row is an event."""
    day = f"left(CAST({identifier(guess.time)} AS VARCHAR), 10)"
    for name in guess.orders:
        cell = identifier(name)
        owner = f"CAST({identifier(guess.customer)} AS VARCHAR)"
        query = (
            f"SELECT count({cell}), count(DISTINCT {cell}), count(DISTINCT ({cell}, {owner})), "
            f"count(DISTINCT ({cell}, {day})) FROM numbered WHERE {cell} IS NOT NULL AND {owner} IS NOT NULL"
        )
        lines, orders, owned, dated = connection.execute(query).fetchall()[0]
        tight = orders and owned / orders <= OWNERS_PER_ORDER and dated / orders <= DAYS_PER_ORDER
        if tight and lines / orders >= LINES_PER_ORDER and lines > source.rows // 4:
            return name, lines / orders
    return None


def _event_id(connection: Connection, source: Source, guess: Guess) -> str | None:
    for name in guess.ids:
        cell = identifier(name)
        filled, distinct = connection.execute(f"SELECT count({cell}), count(DISTINCT {cell}) FROM numbered").fetchall()[
            0
        ]
        if filled == distinct == source.rows:
            return name
    return None


def _roles(connection: Connection, draft: Draft, facts: Mapping[str, Facts], guess: Guess) -> Roles:
    """Count types in the source and give them roles; write both into the draft."""
    types, amounts = _types(connection, facts, guess)
    roles = roles_of(types, amounts)
    if not roles.named["activity"]:
        found = ", ".join(list(types)[:10])
        raise EventError(
            f"no event type can be the sign of life: {guess.kind} holds {found}. Name the column of types with "
            "event_type=<column> at the end of the command, or write params.yaml by hand."
        )
    draft.values["roles"] = roles.named
    draft.values["money"] = roles.money
    if roles.note:
        draft.note("events.roles", f"activity: {roles.note}")
    for name, why in list(roles.unnamed.items())[:20]:
        draft.note("events.roles", f"Without a role: {name} ({types[name]:,} rows), {why}.")
    if len(roles.unnamed) > 20:
        draft.note("events.roles", f"And {len(roles.unnamed) - 20} more types without a role.")
    return roles


def _types(connection: Connection, facts: Mapping[str, Facts], guess: Guess) -> tuple[dict[str, int], dict[str, int]]:
    """Rows, and rows with an amount, by type."""
    worth = guess.amount or guess.unit_price
    filled = f"count({identifier(worth)})" if worth else "0"
    if guess.kind is None:
        signed = guess.amount or guess.quantity
        names = ["purchase", "return"] if signed and facts[signed].negative > 0 else ["purchase"]
        return dict.fromkeys(names, 1), dict.fromkeys(names, 1 if worth else 0)
    query = (
        f"SELECT CAST({identifier(guess.kind)} AS VARCHAR) AS name, count(*), {filled} FROM numbered "
        f"WHERE trim(CAST({identifier(guess.kind)} AS VARCHAR)) <> '' GROUP BY 1 "
        f"ORDER BY 2 DESC, 1 LIMIT {MOST_TYPES_READ}"
    )
    found = connection.execute(query).fetchall()
    return {name: rows for name, rows, _ in found}, {name: amounts for name, _, amounts in found}
