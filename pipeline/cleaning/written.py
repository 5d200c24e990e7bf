"""Clean events and rejected rows as files: sorted, whole or not at all."""

from __future__ import annotations

from pipeline.engine import SORT_KEY, TERM, Connection, literal
from pipeline.horizon import Calendar
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, ROW_GROUP, atomic, write_json


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
