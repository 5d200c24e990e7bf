"""Rows that are no events, as they came, each with its file, row and reason."""

from __future__ import annotations

import pyarrow as pa

from pipeline.engine import Connection, identifier
from pipeline.protection.protect import Protection
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY, UNREAD

OURS = ("file", "row", "reason", "line")


def create_rejects(connection: Connection) -> None:
    """Create the view `rejects`: row key, reason, line. One row per rejected row, or line that makes no row."""
    connection.execute(
        f"CREATE TEMP VIEW rejects AS SELECT {ROW_KEY}, reason, NULL::VARCHAR AS line FROM checked "
        f"WHERE reason IS NOT NULL UNION ALL SELECT {ROW_KEY}, reason, line FROM {UNREAD}"
    )


def rejected_rows(connection: Connection, source: Source, protection: Protection) -> pa.Table:
    """Every rejected row as it came, in the order of the source; of a line that makes no row, its text."""
    names = ", ".join(f"n.{identifier(name)} AS {identifier(_free(name, source))}" for name in source.columns)
    query = (
        f"SELECT r.{ROW_KEY}, r.reason, r.line, {names} FROM rejects r LEFT JOIN numbered n USING ({ROW_KEY}) "
        f"ORDER BY r.{ROW_KEY}"
    )
    table = connection.sql(query).to_arrow_table()
    places = [source.where(key) for key in table.column(ROW_KEY).to_pylist()]
    table = table.remove_column(0)
    table = table.add_column(0, "row", pa.array([row for _, row in places], pa.int64()))
    table = table.add_column(0, "file", pa.array([file for file, _ in places], pa.string()))
    return protection.rejected(table)


def _free(name: str, source: Source) -> str:
    """A name for a column of the source beside ours."""
    taken = {other.lower() for other in source.columns} | set(OURS)
    free = name
    while free.lower() in OURS or (free != name and free.lower() in taken):
        free = f"source_{free}"
    return free
