"""Clean events and rejected rows as files: sorted, whole or not at all."""

from __future__ import annotations

import pyarrow as pa

from pipeline.engine import SORT_KEY, TERM, Connection, identifier, literal
from pipeline.horizon import Calendar
from pipeline.privacy.protect import Protection
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, REJECTED, ROW_GROUP, atomic, write_json, write_table


def write_events(connection: Connection, calendar: Calendar, with_term: bool = False) -> None:
    """Write both partitions, sorted by customer and time: what closed labels can see, and the rest."""
    boundary = f"DATE '{calendar.closed_before}'"
    columns, order = "customer_id, event_time, event_day, event_type, amount", SORT_KEY
    if with_term:
        columns, order = f"{columns}, {TERM}", f"{order}, {TERM}"
    for folder, test in ((EVENTS_CLOSED, f"event_day < {boundary}"), (EVENTS_OPEN, f"event_day >= {boundary}")):
        with atomic(folder / "events.parquet") as aside:
            connection.execute(
                f"COPY (SELECT {columns} FROM events WHERE {test} ORDER BY {order}) TO {literal(str(aside))} "
                f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})"
            )
    write_json(calendar.labelled(), EVENTS_CLOSED / "slices.json")
    write_json(calendar.current(), EVENTS_OPEN / "as_of.json")


def write_rejected(connection: Connection, source: Source, protection: Protection) -> None:
    """Every rejected row as it came, in the order of the source; of a line that makes no row, its text."""
    ours = {name: f"source_{name}" for name in ("file", "row", "reason", "line")}
    names = ", ".join(f"n.{identifier(name)} AS {identifier(ours.get(name, name))}" for name in source.columns)
    query = (
        f"SELECT r.{ROW_KEY}, r.reason, r.line, {names} FROM rejects r LEFT JOIN numbered n USING ({ROW_KEY}) "
        f"ORDER BY r.{ROW_KEY}"
    )
    table = connection.sql(query).to_arrow_table()
    places = [source.where(key) for key in table.column(ROW_KEY).to_pylist()]
    table = table.remove_column(0)
    table = table.add_column(0, "row", pa.array([row for _, row in places], pa.int64()))
    table = table.add_column(0, "file", pa.array([file for file, _ in places], pa.string()))
    table = protection.rejected(table)
    write_table([table], table.schema, REJECTED / "rejected.parquet")
