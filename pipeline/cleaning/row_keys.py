"""Which rows belong together: copies, rows of one event id, lines of one event. Each as a hash that such rows share."""

from __future__ import annotations

from pipeline.cleaning.copies import HASHES
from pipeline.engine import Connection
from pipeline.sections.events import Events
from pipeline.sources.sink import ROW_KEY


def groups(events: Events) -> list[str]:
    """Queries (row key, key) for every kind of group that these settings know."""
    found = []
    if events.duplicates == "drop":
        found.append(f"SELECT {ROW_KEY}, row_hash AS key FROM {HASHES}")
    if events.event_id:
        found.append(f"SELECT {ROW_KEY}, hash('id', event_id) AS key FROM checked WHERE trim(event_id) <> ''")
    if events.collapse:
        key = "hash('lines', customer_id, event_type, collapse_value)"
        found.append(f"SELECT {ROW_KEY}, {key} AS key FROM checked WHERE collapse_value IS NOT NULL")
    return found


def create_keys(connection: Connection, events: Events) -> None:
    """Create the table `row_keys` of all rows, copies too, so that the keys of a file depend on the file alone.

    Empty where rows have nothing to do with each other.
    """
    queries = groups(events) or [f"SELECT {ROW_KEY}, 0::UBIGINT AS key FROM checked WHERE false"]
    connection.execute(f"CREATE TEMP TABLE row_keys AS {' UNION ALL '.join(queries)}")
