"""Exact copies of rows: judged on all columns of the source, before the query; the first by file and row stays."""

from __future__ import annotations

from pipeline.engine import Connection, identifier
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY

HASHES = "row_hashes"  # table: row key, hash of all source columns


def create_copies(connection: Connection, source: Source) -> int:
    """Create the tables `row_hashes` (one row per source row) and `copies` (row keys that go), and return their number.

    Equal rows have equal hashes, so only rows that share one are compared column by column.
    """
    names = ", ".join(identifier(name) for name in source.columns)
    connection.execute(f"CREATE TEMP TABLE {HASHES} AS SELECT {ROW_KEY}, hash({names}) AS row_hash FROM numbered")
    shared = f"SELECT row_hash FROM {HASHES} GROUP BY row_hash HAVING count(*) > 1"
    connection.execute(f"CREATE TEMP TABLE suspects AS SELECT {ROW_KEY} FROM {HASHES} JOIN ({shared}) USING (row_hash)")
    if connection.execute("SELECT count(*) FROM suspects").fetchall()[0][0] == 0:
        return 0
    first = f"min({ROW_KEY}) OVER (PARTITION BY {names})"
    connection.execute(
        f"CREATE TEMP TABLE copies AS SELECT {ROW_KEY} FROM (SELECT {ROW_KEY}, {first} AS first FROM numbered "
        f"JOIN suspects USING ({ROW_KEY})) WHERE {ROW_KEY} <> first"
    )
    return int(connection.execute("SELECT count(*) FROM copies").fetchall()[0][0])


def drop_copies(connection: Connection) -> None:
    """Delete the copies from `checked`."""
    connection.execute(f"DELETE FROM checked WHERE {ROW_KEY} IN (SELECT {ROW_KEY} FROM copies)")
