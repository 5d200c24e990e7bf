"""A table or query of a database as batches of rows, through Ibis; it reads only, and no message shows a secret.

Ibis and the database's driver are imported when a database is opened: no other stage pays for them.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import ConfigError, EbbError, EventError
from pipeline.sections.database import Database
from pipeline.sources import database_types, postgres
from pipeline.sources.secrets import Address

BATCH = 50_000  # rows that are held at a time
DIALECTS = {"mssql": "tsql"}  # sqlglot's name, where it is not Ibis's
PART = re.compile(r'"(?:[^"]|"")*"|[^."]+')
KEPT = "data/pulled and the last list stay as they are"


@dataclass(frozen=True)
class Rows:
    """What a table or query gives: its schema, and batches in whatever order the database chooses."""

    schema: pa.Schema
    batches: Iterator[pa.Table]


@contextmanager
def open_rows(database: Database, address: Address) -> Iterator[Rows]:
    """Connect, look at the columns, and give the rows.

    Raises ConfigError if the settings cannot be followed, EventError if the database cannot be reached or fails.
    """
    if database.query:
        check_query(database.query, database.backend)
    with explained(address, f"the database {address.shown} cannot be reached"):
        connection = _connect(database, address)
    with closing_connection(connection):
        with explained(address, f"database.{'query' if database.query else 'table'} cannot be read"):
            expression = database_types.plain(_expression(connection, database), database.backend)
            schema = database_types.arrow_schema(expression)
        yield Rows(schema, _batches(connection, expression, schema, address))


@contextmanager
def explained(address: Address, what: str) -> Iterator[None]:
    """A database's complaint as one sentence without secrets."""
    try:
        yield
    except EbbError:
        raise
    except Exception as error:  # noqa: BLE001  each driver has its own errors, and any may repeat the address
        said = address.cleaned(str(error)) or type(error).__name__
        raise EventError(f"{what}: {said}. {KEPT}.") from None


@contextmanager
def closing_connection(connection: Any) -> Iterator[None]:
    """Let go of the database in the end."""
    try:
        yield
    finally:
        connection.disconnect()


def check_query(query: str, backend: str) -> None:
    """Raise ConfigError unless the query is one SELECT that writes nothing, as far as its text tells."""
    import sqlglot  # noqa: PLC0415  see the top
    from sqlglot import expressions as tree  # noqa: PLC0415

    try:
        statements = [one for one in sqlglot.parse(query, read=DIALECTS.get(backend, backend)) if one is not None]
    except sqlglot.errors.SqlglotError as error:
        first = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()[0].rstrip(".")
        raise ConfigError(f"database.query is no SQL that {backend} could read: {first}.") from None
    if len(statements) != 1:
        raise ConfigError(f"database.query must be one SELECT, got {len(statements)} statements.")
    writes = (tree.DDL, tree.DML, tree.Into, tree.Command)
    found = next((node for node in statements[0].walk() if isinstance(node, writes)), None)
    if found is not None or not isinstance(statements[0], tree.Query):
        raise ConfigError(
            f"database.query must be a SELECT, but has {(found or statements[0]).key.upper()}: Ebb only reads."
        )


def _connect(database: Database, address: Address) -> Any:
    """An Ibis connection that can only read where the database can be told so."""
    import ibis  # noqa: PLC0415  see the top

    backend = database.backend
    try:
        if backend == "postgres":
            return postgres.connect(address.filled)
        if backend == "sqlite":
            return _sqlite(address)
        options = {"connect_timeout": postgres.CONNECT_SECONDS} if backend == "mysql" else {}
        return ibis.connect(address.filled, **options)
    except ImportError as error:
        version = importlib.metadata.version("ibis-framework")
        raise ConfigError(
            f"database.url names {backend}, whose driver is not installed ({address.cleaned(str(error))}): install "
            f'the extra {backend}, .venv/bin/python -m pip install "ibis-framework[{backend}]=={version}".'
        ) from None


def _sqlite(address: Address) -> Any:
    """Ibis would make an empty file where there is none, and could write."""
    import ibis  # noqa: PLC0415  see the top

    path = Path(address.filled.split("://", maxsplit=1)[1].split("?", maxsplit=1)[0]).absolute()
    return ibis.sqlite.from_connection(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))


def _expression(connection: Any, database: Database) -> Any:
    query = database.query
    if query is None:
        table = _table(connection, str(database.table))
        if database.backend != "postgres":
            return table
        query = connection.compile(table)
    query = query.strip().rstrip(";")
    if database.backend == "postgres":
        return postgres.select(connection, query)
    return connection.sql(query)


def _table(connection: Any, name: str) -> Any:
    """The table of a name such as events, public.events or "Odd.Schema".events. ConfigError if there is none."""
    from ibis.common.exceptions import TableNotFound  # noqa: PLC0415  see the top

    parts = PART.findall(name)
    if ".".join(parts) != name or len(parts) > 3:
        raise ConfigError(f'database.table {name} is no name such as events or public.events: quote odd parts in ".')
    *schema, table = [part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts]
    try:
        return connection.table(table, database=tuple(schema) or None)
    except TableNotFound:
        near = _nearest(connection, schema, table)
        raise ConfigError(f"database.table {name} does not exist in the database{near}. {KEPT}.") from None


def _nearest(connection: Any, schema: list[str], table: str) -> str:
    """What the database has instead, for a message."""
    if schema and schema[-1] not in (known := sorted(connection.list_databases())):
        close = difflib.get_close_matches(schema[-1], known, n=1)
        return f", which has no schema {schema[-1]}" + (f"; did you mean {close[0]}?" if close else "")
    names = sorted(connection.list_tables(database=tuple(schema) or None))
    close = difflib.get_close_matches(table.lower(), {name.lower(): name for name in names}, n=1, cutoff=0.5)
    if close:
        found = next(name for name in names if name.lower() == close[0])
        return f"; did you mean {'.'.join([*schema, found])}?"
    return f", where it could be {', '.join(names[:10])}" if names else ", where no table can be seen with these rights"


def _batches(connection: Any, expression: Any, schema: pa.Schema, address: Address) -> Iterator[pa.Table]:
    hint = "rows cannot be read; where a value is the reason, cast or filter it in database.query"
    with explained(address, hint):
        reader = connection.to_pyarrow_batches(expression, chunk_size=BATCH)
    with closing(reader):
        while True:
            with explained(address, hint):
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
                table = pa.Table.from_batches([batch]).cast(schema)
            yield table
