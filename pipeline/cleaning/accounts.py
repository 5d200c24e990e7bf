"""Where every source row went: from the numbered rows to the table of events, each row in exactly one place."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from pipeline.cleaning.canonical import canonical_query
from pipeline.cleaning.copies import create_copies, drop_copies
from pipeline.cleaning.event_figures import create_sums
from pipeline.cleaning.file_figures import create_file_figures, days_of_files
from pipeline.cleaning.ids import refuse_emails, settle_same_ids
from pipeline.cleaning.kept import kept_columns, merged_columns
from pipeline.cleaning.rejected import create_rejects
from pipeline.cleaning.row_keys import create_keys
from pipeline.cleaning.rules import Whole, check_rows, last_day_of_the_present, reject_future
from pipeline.engine import TERM, Connection, DuckError, may_be_null
from pipeline.errors import ConfigError, EventError, out_of_memory, storage_error
from pipeline.protection.protect import Protection
from pipeline.sections.churn import Term
from pipeline.sections.events import Events
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY


@dataclasses.dataclass(frozen=True)
class Counts:
    """Where every source row went; the two identities of DESIGN section 4 hold, or ingest stops."""

    source_rows: int
    duplicates: int
    left_out_by_query: int
    rows_in: int
    rejected: int
    collapsed_away: int
    kept_events: int
    forgotten: int = 0

    def check(self) -> None:
        """Raise EventError if a row is lost or made."""
        if self.source_rows != self.forgotten + self.duplicates + self.left_out_by_query + self.rows_in:
            raise EventError(f"rows do not add up before the checks: {dataclasses.asdict(self)}. Report this as a bug.")
        if self.rows_in != self.kept_events + self.rejected + self.collapsed_away:
            raise EventError(f"rows do not add up after the checks: {dataclasses.asdict(self)}. Report this as a bug.")


def clean(
    connection: Connection,
    source: Source,
    events: Events,
    term: Term | None = None,
    protection: Protection | None = None,
    past_days: Sequence[tuple[date, int]] = (),
    past_files: Sequence[int] = (),
) -> Counts:
    """Create the tables `checked` and `events` from `numbered` and count where each row went. One row per event.

    Where `numbered` is a part of the source, `past_days` are the rows by day of its other files, and `past_files` the
    numbers of those. The figures that add up are made on the way.
    """
    protection = protection or Protection()
    judged = judge(connection, source, events, term, protection, past_days, past_files)
    settle_same_ids(connection, events)
    counts = account(connection, source, events, term, protection, judged, not past_files)
    if not protection.pseudonymise:
        refuse_emails(connection, source)
    return counts


@dataclasses.dataclass(frozen=True)
class Judged:
    """How many rows are gone from `checked`: copies, and those of forgotten people."""

    copies: int
    forgotten: int


def judge(
    connection: Connection,
    source: Source,
    events: Events,
    term: Term | None,
    protection: Protection,
    past_days: Sequence[tuple[date, int]] = (),
    past_files: Sequence[int] = (),
    whole: Whole | None = None,
) -> Judged:
    """Create the table `checked` from `numbered`, with all rules but the one about rows that share an event's id."""
    with explained(f"{source.files[0] if len(source.files) == 1 else events.source} cannot be read to its end"):
        connection.execute("CREATE VIEW raw AS SELECT * FROM numbered")
        copies = create_copies(connection, source) if events.duplicates == "drop" else 0
    with explained("events.query or events.columns meets a value that it cannot handle (TRY_CAST can)"):
        check_rows(connection, canonical_query(connection, events, source, term), events, term, whole)
    if events.query:
        refuse_made_rows(connection)
    create_keys(connection, events)
    if copies:
        drop_copies(connection)
    create_file_figures(connection, events, past_files)
    forgotten = protection.drop_forgotten(connection, "checked")
    last_day = last_day_of_the_present([*past_days, *days_of_files(connection)])
    reject_future(connection, events, last_day)
    return Judged(copies, forgotten)


def account(
    connection: Connection,
    source: Source,
    events: Events,
    term: Term | None,
    protection: Protection,
    judged: Judged,
    all_rows: bool,
) -> Counts:
    """Create the table `events` from `checked`, whose rows are settled, and count where each row of `numbered` went."""
    protection.rename(connection, "checked")
    create_rejects(connection)
    asked, rejected = _count(connection, "checked"), _count(connection, "rejects")
    rows_in = asked + source.unread  # a line that makes no row is rejected, whatever the query would have said of it
    with explained("the amounts of one event add up to more than a million million"):
        _create_events(connection, events, term is not None)
    kept = _count(connection, "events")
    counted = sum(rows for _, rows in days_of_files(connection))
    create_sums(connection, events.roles.activity, all_rows and not events.collapse and kept == counted)
    counts = Counts(
        source_rows=source.rows,
        duplicates=judged.copies,
        left_out_by_query=source.rows - source.unread - judged.copies - judged.forgotten - asked,
        rows_in=rows_in,
        rejected=rejected,
        collapsed_away=rows_in - rejected - kept,
        kept_events=kept,
        forgotten=judged.forgotten,
    )
    counts.check()
    return counts


def refuse_made_rows(connection: Connection) -> None:
    """A function that gives several rows for one would let the sums of `Counts` add up by luck."""
    rows, keys = connection.execute(f"SELECT count(*), count(DISTINCT {ROW_KEY}) FROM checked").fetchall()[0]
    if rows != keys:
        raise ConfigError(
            f"events.query must be SELECT ... FROM raw [WHERE ...]: it makes {rows:,} rows of {keys:,}, so that they "
            "cannot be accounted for. Leave out functions that give several rows for one."
        )


@contextmanager
def explained(what: str) -> Iterator[None]:
    """The engine's complaint about a value as one sentence with what it was about."""
    try:
        yield
    except DuckError as error:
        if out_of_memory(error):  # the engine's owner says what is needed
            raise
        lines = str(error).strip().splitlines() or [type(error).__name__]
        # The engine repeats the value, which may be somebody's: messages end up in logs.
        said = re.sub("'.*'", "'...'", lines[0].rstrip("."))
        raise storage_error(error) or EventError(f"{what}: {said}. Nothing was changed.") from None


def _create_events(connection: Connection, events: Events, with_term: bool) -> None:
    """One row per event: accepted rows as they are, or merged by the collapse column.

    Merged: the earliest time, amounts added, the longest term, of kept columns the earliest value.
    """
    columns = "customer_id, event_time, event_day, event_type, amount"
    columns += (f", {TERM}" if with_term else "") + kept_columns(events.keep)
    kept = "FROM checked WHERE reason IS NULL"
    if not events.collapse:
        may_be_null(connection, "checked")
        connection.execute(f"CREATE TEMP VIEW events AS SELECT {columns} {kept}")
        return
    merged = (
        "customer_id, min(event_time) AS event_time, arg_min(event_day, event_time) AS event_day, "
        "event_type, CAST(sum(amount) AS DECIMAL(18, 6)) AS amount"
    )
    merged += (f", max({TERM}) AS {TERM}" if with_term else "") + merged_columns(events.keep)
    key = f"customer_id, event_type, coalesce('v' || collapse_value, 'r' || CAST({ROW_KEY} AS VARCHAR))"
    connection.execute(f"CREATE TEMP TABLE events AS SELECT {merged} {kept} GROUP BY {key}")
    may_be_null(connection, "events")


def _count(connection: Connection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
