"""The whole source read and cleaned: what every run can do, and the first one must."""

from __future__ import annotations

from pipeline.cleaning.accounts import clean
from pipeline.cleaning.event_figures import create_months
from pipeline.cleaning.kept import kept_rows
from pipeline.cleaning.rejected import rejected_rows
from pipeline.engine import Connection
from pipeline.folders import sha256
from pipeline.protection.protect import Protection
from pipeline.settings import Settings
from pipeline.sources.files import Source, open_source
from pipeline.sources.sink import Reading
from pipeline.store.gathered import KEPT_ROWS, Gathered
from pipeline.store.keys import count_keys
from pipeline.store.state import FileEntry


def read_anew(connection: Connection, settings: Settings, protection: Protection) -> Gathered:
    """Read every file of the source. Raises EventError or ConfigError for what cannot be used."""
    events = settings.events
    source = open_source(connection, events.source, Reading.of(events))
    counts = clean(connection, source, events, settings.churn.lapse_term, protection)
    create_kept(connection, settings)
    create_months(connection, events.roles.activity)
    ledger = ledger_of(connection, source)
    rejected = rejected_rows(connection, source, protection)
    return Gathered(connection, source.files, ledger, source.columns, counts, rejected)


def create_kept(connection: Connection, settings: Settings) -> None:
    """Create the view of kept columns from `events`, where there are any."""
    if settings.events.keep:
        connection.execute(f"CREATE TEMP VIEW {KEPT_ROWS} AS SELECT * FROM {kept_rows(settings.events.keep)}")


def ledger_of(connection: Connection, source: Source) -> dict[int, FileEntry]:
    """An entry for each file that was read, by its number."""
    keys = count_keys(connection)
    return {
        number: FileEntry(path.as_posix(), sha256(path), rows, unread, keys.get(number, 0))
        for number, (rows, unread) in source.parts.items()
        for path in [source.files[number]]
    }
