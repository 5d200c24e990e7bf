"""The customers table: attributes as states known since a day, objections to profiling or contact, columns to show.

An attribute becomes an event of the type `customer:<name>` on the day since when it is known, its value as the amount
(of a category: its place in params.yaml, 0 for any other). So the same prefix sums look it up at each snapshot, and no
value of today enters the past.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from features.spec import attribute_type
from pipeline.cleaning.rules import create_checked
from pipeline.engine import SORT_KEY, Connection, connect, identifier, literal
from pipeline.errors import ConfigError, EventError
from pipeline.sections.events import Events
from pipeline.sections.people import NO_CUSTOMERS, Customers
from pipeline.settings import Settings
from pipeline.sources.files import Source, columns_in_words, open_source
from pipeline.sources.places import folder_of
from pipeline.sources.sink import ROW_KEY, Reading

YES = ("true", "t", "yes", "y", "1")
NO = ("false", "f", "no", "n", "0", "")
EVENT_COLUMNS = "customer_id, event_time, event_day, event_type, amount"


@dataclass(frozen=True)
class People:
    """What the customers table says.

    `ids`: one row per customer. `attributes`: one row per (customer, attribute, day since when it is known), columns
    as of events, sorted. `objectors`: one row per customer who must not be scored. `no_contact`: one row per customer
    who is scored but not contacted; None where no column says so. `display`: one row per customer, text columns.
    """

    ids: pa.Table
    attributes: pa.Table
    objectors: pa.Table
    no_contact: pa.Table | None
    display: pa.Table
    report: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


def read_people(settings: Settings) -> People | None:
    """Read the customers table; None where there is none.

    Raises ConfigError for a column that is not there, EventError for a table that cannot be understood.
    """
    customers = settings.customers
    if customers.source == NO_CUSTOMERS:
        _refuse_uses_of_nothing(customers)
        return None
    with connect(settings.engine, [folder_of(customers.source, "customers.source")]) as connection:
        source = open_source(connection, customers.source, Reading(settings.events.csv), "customers.source")
        _refuse_unread(source, customers)
        _refuse_missing(source, customers)
        _check(connection, source, customers, settings.events)
        _refuse_two_values(connection, customers)
        return _people(connection, source, customers)


def _refuse_uses_of_nothing(customers: Customers) -> None:
    named = [*customers.numeric, *customers.categorical, *customers.display, *customers.columns]
    if named:
        raise ConfigError(
            f"customers names {named[0]}, but customers.source is the empty table {NO_CUSTOMERS}: "
            "name your table there."
        )


def _refuse_unread(source: Source, customers: Customers) -> None:
    if source.unread:
        raise EventError(
            f"{customers.source} has {source.unread:,} lines that cannot be read, and an objection could stand in one: "
            "mend them (the same signs and encoding as in events.csv are expected)."
        )


def _refuse_missing(source: Source, customers: Customers) -> None:
    wanted = {f"customers.columns.{ours}": yours for ours, yours in customers.columns.items()}
    wanted.setdefault("customers.columns.customer_id", "customer_id")
    for section in ("numeric", "categorical", "display"):
        wanted |= {f"customers.{section} ({name})": name for name in getattr(customers, section)}
    for key, name in wanted.items():
        if name not in source.columns:
            raise ConfigError(
                f"{key} names the column {name}, which {customers.source} does not have; it has "
                f"{columns_in_words(source)}."
            )


def _check(connection: Connection, source: Source, customers: Customers, events: Events) -> None:
    """Create the table `people`: the source's columns as text, and id, day and reason by the rules of events."""
    known = customers.columns.get("known_since")
    time = identifier(known) if known else "DATE '2000-01-01'"
    canonical = (
        f"SELECT {identifier(_id_column(customers))} AS customer_id, {time} AS event_time, 'customer' AS event_type, "
        f"NULL::DECIMAL(18, 6) AS amount, {ROW_KEY}, NULL::VARCHAR AS _said FROM numbered"
    )
    plain = Events(source=events.source, timezone=events.timezone, roles=events.roles)
    create_checked(connection, canonical, plain, silence_is_odd=False)  # tables are loaded in bulk
    texts = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS {identifier(name)}" for name in source.columns)
    connection.execute(
        f"CREATE TEMP TABLE people AS SELECT c.customer_id AS _id, c.event_time AS _time, "
        f"CAST(c.local_time AS DATE) AS _day, c.reason AS _reason, n.* FROM checked AS c "
        f"JOIN (SELECT {ROW_KEY} AS _row, {texts} FROM numbered) AS n ON c.{ROW_KEY} = n._row"
    )


def _id_column(customers: Customers) -> str:
    return customers.columns.get("customer_id", "customer_id")


def _refuse_two_values(connection: Connection, customers: Customers) -> None:
    """Two rows of one customer and day that differ: which is true cannot be known."""
    named = [*customers.numeric, *customers.categorical, *customers.display]
    values = ", ".join(map(identifier, named)) or "0"
    query = (
        "SELECT count(*) FROM (SELECT _id, _day FROM people WHERE _reason IS NULL GROUP BY _id, _day "
        f"HAVING count(DISTINCT row({values})) > 1)"
    )
    twice = _number(connection, query)
    if twice:
        since = "the same known_since" if "known_since" in customers.columns else "no customers.columns.known_since"
        raise EventError(
            f"{customers.source} has {twice:,} customers with several rows and {since}: which row is true cannot be "
            "known. Keep one row per customer and day."
        )


def _people(connection: Connection, source: Source, customers: Customers) -> People:
    query = "SELECT DISTINCT _id AS customer_id FROM people WHERE _id IS NOT NULL ORDER BY 1"
    ids = connection.sql(query).to_arrow_table()
    attributes = _attributes(connection, customers)
    objectors = _who(connection, _objects(customers))
    opted_out = customers.columns.get("no_contact")
    no_contact = _who(connection, _says_no(opted_out)) if opted_out else None
    unusable = dict(
        connection.execute(
            "SELECT replace(_reason, 'event_time', 'known_since'), count(*) FROM people WHERE _reason IS NOT NULL "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    )
    report = {
        "rows": source.rows,
        "customers": ids.num_rows,
        "rows_without_use": unusable,
        "values_not_understood": _not_understood(connection, customers),
        "objectors": objectors.num_rows,
        **({} if no_contact is None else {"no_contact": no_contact.num_rows}),
    }
    warnings = [f"customers: {number:,} rows not used, {reason}" for reason, number in unusable.items()]
    for name, number in report["values_not_understood"].items():
        warnings.append(f"customers: {number:,} values of {name} are not understood (no number, or not in params.yaml)")
    return People(ids, attributes, objectors, no_contact, _display(connection, customers), report, warnings)


def _value(name: str, customers: Customers) -> str:
    """The SQL of an attribute's value as an amount; null where it is unknown or no number."""
    text = f"trim({identifier(name)})"
    if name in customers.numeric:
        return f"CASE WHEN isfinite(TRY_CAST({text} AS DOUBLE)) THEN TRY_CAST({text} AS DECIMAL(18, 6)) END"
    places = " ".join(
        f"WHEN {literal(value)} THEN {place}" for place, value in enumerate(customers.categorical[name], start=1)
    )
    return f"CAST(CASE {text} {places} ELSE CASE WHEN {text} <> '' THEN 0 END END AS DECIMAL(18, 6))"


def _attributes(connection: Connection, customers: Customers) -> pa.Table:
    parts = [
        f"SELECT _id AS customer_id, _time AS event_time, _day AS event_day, {literal(attribute_type(name))} "
        f"AS event_type, {_value(name, customers)} AS amount FROM people WHERE _reason IS NULL"
        for name in (*customers.numeric, *customers.categorical)
    ]
    empty = (
        "SELECT ''::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS event_time, NULL::DATE AS event_day, "
        "''::VARCHAR AS event_type, NULL::DECIMAL(18, 6) AS amount WHERE false"
    )
    query = " UNION ALL ".join([empty, *parts])
    return connection.sql(
        f"SELECT DISTINCT {EVENT_COLUMNS} FROM ({query}) WHERE amount IS NOT NULL ORDER BY {SORT_KEY}"
    ).to_arrow_table()


def _not_understood(connection: Connection, customers: Customers) -> dict[str, int]:
    """How many values of each attribute are there, but are no number or no listed category."""
    counts: dict[str, int] = {}
    for name in (*customers.numeric, *customers.categorical):
        wrong = "IS NULL" if name in customers.numeric else "= 0"
        test = f"trim({identifier(name)}) <> '' AND ({_value(name, customers)}) {wrong}"
        counts[name] = _number(connection, f"SELECT count(*) FROM people WHERE {test}")
    return {name: number for name, number in counts.items() if number}


def _objects(customers: Customers) -> str:
    """SQL that asks whether a row objects, or does not consent; what is not understood counts as a no."""
    tests = ["false"]
    if "objection" in customers.columns:
        tests.append(_says_no(customers.columns["objection"]))
    if "consent" in customers.columns:
        given = _word(customers.columns["consent"])
        silent = f" AND {given} <> ''" if customers.missing_consent == "allow" else ""
        tests.append(f"({given} NOT IN ({', '.join(map(literal, YES))}){silent})")
    return " OR ".join(tests)


def _says_no(column: str) -> str:
    """SQL that asks whether an objection stands in a column: whatever is not clearly none is one."""
    return f"{_word(column)} NOT IN ({', '.join(map(literal, NO))})"


def _word(column: str) -> str:
    return f"coalesce(lower(trim({identifier(column)})), '')"


def _who(connection: Connection, test: str) -> pa.Table:
    """One row per customer of whose newest rows one passes the test."""
    return connection.sql(
        f"SELECT _id AS customer_id FROM ({_newest()}) WHERE _id IS NOT NULL AND _newest GROUP BY _id "
        f"HAVING bool_or({test}) ORDER BY customer_id"
    ).to_arrow_table()


def _newest() -> str:
    """Rows of people with `_newest`: no row of the customer is known later; a row without a day always counts."""
    return "SELECT *, _day IS NULL OR _day = max(_day) OVER (PARTITION BY _id) AS _newest FROM people"


def _display(connection: Connection, customers: Customers) -> pa.Table:
    """One row per customer: the newest row's columns to show."""
    shown = "".join(f", {identifier(name)}" for name in customers.display)
    limit = "" if customers.display else " LIMIT 0"
    return connection.sql(
        f"SELECT DISTINCT _id AS customer_id{shown} FROM ({_newest()}) WHERE _newest AND _reason IS NULL "
        f"ORDER BY customer_id{limit}"
    ).to_arrow_table()


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
