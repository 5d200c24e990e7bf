"""Only what is new in the source read and cleaned, and set against what the last run left.

New rows may have to do with rows that were read before: copies, the same event id, lines of one event. These are read
again, once without the new rows and once with them; the difference is what the new rows change. The result is, byte
for byte, that of reading everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipeline.cleaning.accounts import Counts, clean
from pipeline.cleaning.event_figures import SUMS
from pipeline.cleaning.file_figures import DAYS, days_of_files
from pipeline.cleaning.rejected import rejected_rows
from pipeline.cleaning.row_keys import groups
from pipeline.cleaning.rules import last_day_of_the_present
from pipeline.engine import Connection, connect, literal
from pipeline.errors import EbbError
from pipeline.protection.protect import Protection
from pipeline.settings import Settings
from pipeline.sources.sink import ROW_BITS, ROW_KEY
from pipeline.store.anew import create_kept, ledger_of
from pipeline.store.combined import PAST, combined
from pipeline.store.gathered import EVENTS, KEPT_ROWS, Gathered
from pipeline.store.keys import TOUCHED, find_touched
from pipeline.store.news import News, ReadAnewError, find_news, open_news
from pipeline.store.state import FileEntry, State, load_figures, table_file

MOST_TOUCHED = 0.2  # of the rows read before: beyond, reading everything costs less


@dataclass(frozen=True)
class Cleaned:
    """What cleaning left beside the tables in the engine."""

    counts: Counts
    rejected: pa.Table
    ledger: dict[int, FileEntry]


@dataclass(frozen=True)
class Task:
    """All that reading what is new goes by."""

    settings: Settings
    protection: Protection
    state: State
    news: News

    def clean(self, connection: Connection, touched: pa.Table | None, with_new: bool) -> Cleaned:
        """Clean the touched rows, and the new ones with them, by what is known of all rows."""
        settings, news = self.settings, self.news
        source = open_news(connection, settings, self.state, news, news.new if with_new else (), touched)
        days = past_days(connection)
        term = settings.churn.lapse_term
        counts = clean(connection, source, settings.events, term, self.protection, days, tuple(news.past))
        create_kept(connection, settings)
        rejected = rejected_rows(connection, source, self.protection)
        return Cleaned(counts, rejected, ledger_of(connection, source))


def read_added(
    stack: ExitStack, settings: Settings, protection: Protection, state: State, allowed: Sequence[Path]
) -> Gathered:
    """Read the new files and combine them with the last run. Raises ReadAnewError where that cannot be done."""
    task = Task(settings, protection, state, find_news(settings, state))
    try:
        connection = stack.enter_context(connect(settings.engine, allowed))
        now, gone = task.clean(connection, None, with_new=True), None
        touched = _touched(connection, task)
        if touched is not None:
            with connect(settings.engine, allowed) as apart:
                gone = (task.clean(apart, touched, with_new=False), _tables(apart, settings))
            connection = stack.enter_context(connect(settings.engine, allowed))
            now = task.clean(connection, touched, with_new=True)
        _refuse_other_present(connection, settings)
    except EbbError as error:  # what is wrong is told of the whole source
        raise ReadAnewError("the new files alone cannot be used") from error
    load_figures(connection, task.news.before, PAST)
    counts = _counts(state.counts, now.counts, gone[0].counts if gone else None)
    found = Gathered(connection, task.news.files, {**task.news.past, **now.ledger}, state.columns, counts, now.rejected)
    return combined(found, settings, state, touched, gone[1] if gone else {})


def past_days(connection: Connection) -> list[tuple[date, int]]:
    """Rows by local day of the files that were read before."""
    source = f"read_parquet({literal(str(table_file(DAYS)))})"
    query = f"SELECT day, CAST(sum(events) AS BIGINT) FROM {source} GROUP BY day"
    return list(connection.execute(query).fetchall())


def _touched(connection: Connection, task: Task) -> pa.Table | None:
    """Row keys of rows read before that new rows have to do with; None where there are none."""
    kinds = len(groups(task.settings.events))
    number = find_touched(connection, task.news.past, kinds) if kinds and task.news.new else 0
    if number > MOST_TOUCHED * task.state.counts.source_rows:
        raise ReadAnewError("the new files have to do with much of what was read before")
    if not number:
        return None
    touched = connection.sql(f"SELECT {ROW_KEY} FROM {TOUCHED} ORDER BY 1").to_arrow_table()
    last = touched.column(0)[-1].as_py() >> ROW_BITS
    if task.settings.events.duplicates == "drop" and last > min(task.news.new):  # of copies the first file's stays
        raise ReadAnewError("a new file stands before others by its name, and has copies of their rows")
    return touched


def _tables(connection: Connection, settings: Settings) -> dict[str, pa.Table]:
    """The events, kept columns and sums of an engine that is about to be closed."""
    names = [EVENTS, *([KEPT_ROWS] if settings.events.keep else []), *SUMS]
    return {name: connection.sql(f"SELECT * FROM {name}").to_arrow_table() for name in names}


def _refuse_other_present(connection: Connection, settings: Settings) -> None:
    """New rows may move the day up to which stamps are believed, and with it the fate of rows read before."""
    if settings.events.known_until:
        return
    before = past_days(connection)
    limits = [last_day_of_the_present(days) for days in (before, [*before, *days_of_files(connection)])]
    for day, _ in before:
        if len({limit is not None and day > limit for limit in limits}) > 1:
            raise ReadAnewError(f"stamps of {day} are believed now, or no longer")


def _counts(state: Counts, now: Counts, gone: Counts | None) -> Counts:
    """The counts of all rows: those of the last run, without what is no more, with what is new."""
    total = {name: value + getattr(now, name) for name, value in dataclasses.asdict(state).items()}
    if gone is not None:
        total = {name: value - getattr(gone, name) for name, value in total.items()}
    counts = Counts(**total)
    counts.check()
    return counts
