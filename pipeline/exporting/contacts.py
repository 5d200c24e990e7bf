"""The table of contact data: read for an export, and nowhere else."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.cleaning.rules import create_checked
from pipeline.engine import Connection, connect, identifier
from pipeline.errors import ConfigError, EventError
from pipeline.sections.events import Events
from pipeline.settings import Settings
from pipeline.sources.files import Source, columns_in_words, open_source
from pipeline.sources.sink import ROW_KEY, Reading

FIELDS = ("name", "email", "phone", "owner")
SETTING = "export.contacts"


@dataclass(frozen=True)
class Contacts:
    """`table`: one row per customer, customer_id as ingest would read it and the fields that the source has, as text.

    `unread`: lines of the source that make no row. `without_use`: rows whose id is none.
    """

    table: pa.Table
    unread: int
    without_use: int

    @property
    def fields(self) -> list[str]:
        """The fields that the source has."""
        return [name for name in FIELDS if name in self.table.column_names]


def read_contacts(settings: Settings) -> Contacts | None:
    """Read the table that `export.contacts` names; None where it names none.

    Raises ConfigError for a column that is not there, EventError for a table that cannot be read or has several rows
    of one customer.
    """
    export = settings.export
    if export.contacts is None:
        return None
    path = Path(export.contacts)
    with connect(settings.engine, [path if path.is_dir() else path.parent]) as connection:
        source = open_source(connection, export.contacts, Reading(settings.events.csv), SETTING)
        columns = _columns(source, {str(ours): yours for ours, yours in export.columns.items()}, export.contacts)
        return _read(connection, source, columns, settings)


def _columns(source: Source, named: dict[str, str], contacts: str) -> dict[str, str]:
    """Our names and those of the source, for the id and every field that is there."""
    for ours, yours in named.items():
        if yours not in source.columns:
            lacks = _lacks(contacts, yours, source)
            raise ConfigError(f"export.columns.{ours} names the column {yours}, which {lacks}.")
    found = {ours: named.get(ours, ours) for ours in ("customer_id", *FIELDS)}
    found = {ours: yours for ours, yours in found.items() if yours in source.columns}
    if "customer_id" not in found:
        raise ConfigError(
            f"export.columns.customer_id is not given, so the column customer_id is meant, which "
            f"{_lacks(contacts, 'customer_id', source)}: say which column holds the id."
        )
    if len(found) == 1:
        raise ConfigError(
            f"{contacts} has none of the columns {', '.join(FIELDS)}; it has {columns_in_words(source)}: name yours in "
            "export.columns."
        )
    return found


def _lacks(contacts: str, wanted: str, source: Source) -> str:
    close = difflib.get_close_matches(wanted, list(source.columns), n=1)
    hint = f"; did you mean {close[0]}" if close else ""
    return f"{contacts} does not have; it has {columns_in_words(source)}{hint}"


def _read(connection: Connection, source: Source, columns: dict[str, str], settings: Settings) -> Contacts:
    """Ids by the rules of ingest, so that an id is here what it is there."""
    canonical = (
        f"SELECT {identifier(columns['customer_id'])} AS customer_id, DATE '2000-01-01' AS event_time, 'contact' AS "
        f"event_type, NULL::DECIMAL(18, 6) AS amount, {ROW_KEY}, NULL::VARCHAR AS _said FROM numbered"
    )
    plain = Events(source=settings.events.source, timezone=settings.events.timezone, roles=settings.events.roles)
    create_checked(connection, canonical, plain, silence_is_odd=False)
    texts = [f", {_text(columns[name], source)} AS {name}" for name in FIELDS if name in columns]
    table = connection.sql(
        f"SELECT c.customer_id{''.join(texts)} FROM checked AS c JOIN numbered AS n USING ({ROW_KEY}) "
        f"WHERE c.reason IS NULL ORDER BY c.customer_id, {ROW_KEY}"
    ).to_arrow_table()
    twice = table.num_rows - len(table.column("customer_id").unique())
    if twice:
        raise EventError(
            f"{settings.export.contacts} has {twice:,} rows of customers who have another row already: which address "
            "is true cannot be known. Keep one row per customer. Nothing is exported."
        )
    return Contacts(table, source.unread, source.rows - source.unread - table.num_rows)


def _text(name: str, source: Source) -> str:
    cell = f"n.{identifier(name)}"
    if source.columns[name] in ("DOUBLE", "FLOAT"):  # a phone number that went through a float column
        cell = f"CASE WHEN isfinite({cell}) AND abs({cell}) < 9e15 THEN CAST({cell} AS BIGINT) END"
    return f"nullif(trim(CAST({cell} AS VARCHAR)), '')"
