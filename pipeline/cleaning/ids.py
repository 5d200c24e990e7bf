"""Rules about ids: none that names a person by e-mail, and one row for each id of an event."""

from __future__ import annotations

from pipeline.engine import Connection, literal
from pipeline.errors import EventError
from pipeline.sections.events import Events
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
SAME_ID = "event_id is also that of another row with other content"
REPLACED = "event_id comes again in a later row, which replaces this one"


def count_emails(connection: Connection) -> tuple[int, int]:
    """How many accepted ids look like e-mail addresses, and the row key of the first of them."""
    looks = f"contains(customer_id, '@') AND regexp_matches(customer_id, {literal(EMAIL)})"
    query = f"SELECT count(*), coalesce(min({ROW_KEY}), 0) FROM checked WHERE reason IS NULL AND {looks}"
    found, first = connection.execute(query).fetchall()[0]
    return int(found), int(first)


def refuse_emails(connection: Connection, source: Source) -> None:
    """Raise EventError if accepted ids look like e-mail addresses; it shows where, and no id."""
    query = "SELECT count(*) FROM customer_figures WHERE contains(customer_id, '@')"  # far fewer than rows
    refuse_counted_emails(*(count_emails(connection) if connection.execute(query).fetchall()[0][0] else (0, 0)), source)


def refuse_counted_emails(found: int, first: int, source: Source) -> None:
    """Raise EventError if there are any; `first`: the row key of the first of them."""
    if found:
        file, row = source.where(first)
        raise EventError(
            f"{found:,} rows have a customer_id that looks like an e-mail address, the first in {file} row {row:,}: "
            "set privacy.pseudonymise: true, or use an id that names nobody. Nothing was changed."
        )


def settle_same_ids(connection: Connection, events: Events) -> None:
    """Reject what `events.same_id` says of accepted rows that share the id of an event: all, or all but the last.

    Exact duplicates are gone before, unless `events.duplicates` keeps them.
    """
    if not events.event_id:
        return
    shared = (
        f"SELECT event_id AS shared_id, max({ROW_KEY}) AS last_row FROM checked "
        "WHERE reason IS NULL AND trim(event_id) <> '' GROUP BY event_id HAVING count(*) > 1"
    )
    last_wins = events.same_id == "last"
    connection.execute(
        f"UPDATE checked SET reason = {literal(REPLACED if last_wins else SAME_ID)} FROM ({shared}) "
        f"WHERE reason IS NULL AND event_id = shared_id AND {f'{ROW_KEY} < last_row' if last_wins else 'true'}"
    )
