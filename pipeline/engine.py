"""The one place that names DuckDB: it cleans and sorts events. What it wrote is read without it: pipeline/streaming."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline import event_files
from pipeline.errors import WHOLE, StorageError, out_of_memory, storage_error
from pipeline.sections.machine import Engine

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error

SORT_KEY = "customer_id, event_time, event_type, amount"
MEMORY_PER_THREAD = 100  # MB; below about 75 ingest stops, with ten million events as with ten thousand
TERM = event_files.TERM  # last of the sort key where there are terms


@contextmanager
def connect(engine: Engine, allowed: Sequence[Path]) -> Iterator[Connection]:
    """A DuckDB connection that can read and write below `allowed` only, whatever SQL it is given.

    It spills to a folder that is removed afterwards; the session's time zone is UTC whatever the machine's.
    """
    with tempfile.TemporaryDirectory(prefix="ebb-spill-") as spill:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET temp_directory = {literal(spill)}")
            if engine.threads:
                connection.execute(f"SET threads = {int(engine.threads)}")
            if engine.memory_limit:
                connection.execute(f"SET memory_limit = {literal(engine.memory_limit)}")
            folders = ", ".join(literal(str(path.resolve())) for path in [*allowed, Path(spill)])
            connection.execute(f"SET allowed_directories = [{folders}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        except duckdb.Error as error:
            if engine.memory_limit and out_of_memory(error):
                raise _too_small(engine) from None
            full = storage_error(error)  # not: a value that it cannot handle, which whoever asked explains
            if full:
                raise full from None
            raise
        finally:
            connection.close()


def _too_small(engine: Engine) -> StorageError:
    """What is needed; not more for more events, since what does not fit is spilled."""
    threads = engine.threads or os.cpu_count() or 1
    return StorageError(
        f"engine.memory_limit {engine.memory_limit} is too small: with {threads} threads the engine needs at least "
        f"{MEMORY_PER_THREAD * threads} MB, whatever the number of events. Raise it, or lower engine.threads "
        f"({MEMORY_PER_THREAD} MB each). {WHOLE}"
    )


def may_be_null(connection: Connection, table: str) -> None:
    """Let the engine forget that no column of a table holds a null.

    It declares a column of a Parquet file as never null where it happens to know so, which depends on where the rows
    came from: equal rows would not be equal bytes.
    """
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join(['NULL'] * len(columns))})")
    connection.execute(f"DELETE FROM {table} WHERE {' AND '.join(f'{name} IS NULL' for name, *_ in columns)}")


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
