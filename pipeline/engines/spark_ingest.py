"""Ingest on Spark: the source is read, dealt and cleaned by the executors; figures come to the driver and are added up.

The rest of the stage asks the same tables of figures as on one machine. Events are written by the executors, in files
of whole customers (not in blocks of time); rejected rows come to the driver in the order of the source.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.cleaning import file_figures
from pipeline.cleaning.accounts import Counts
from pipeline.cleaning.event_figures import CUSTOMERS, MEDIANS, MONTHS, SUMS
from pipeline.cleaning.file_figures import days_of_files
from pipeline.cleaning.ids import refuse_counted_emails
from pipeline.cleaning.rejected import create_rejects, rejected_rows
from pipeline.cleaning.rules import Whole
from pipeline.cleaning.terms import most_unknown_plans
from pipeline.cleaning.times import refuse_other_times
from pipeline.engine import Connection, connect, literal
from pipeline.engines.frames import EVENTS_A_PARTITION
from pipeline.engines.ingest_clean import (
    AMOUNTS,
    COUNTED,
    IDS,
    REJECTED,
    STAY,
    TOLD,
    Clean,
    Ids,
    InOrder,
    Judge,
    Medians,
    Settle,
)
from pipeline.engines.ingest_read import (
    DEALT,
    DESCRIBED,
    LINES,
    LOOKED,
    Deal,
    Describe,
    Job,
    plans_of,
    source_of,
    times_of,
)
from pipeline.engines.ingest_write import WriteFiles, clear, put_in_place
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Made, made, meet
from pipeline.errors import EventError
from pipeline.event_files import BLOCKS, KEPT
from pipeline.horizon import Calendar
from pipeline.protection.protect import Protection
from pipeline.settings import Settings
from pipeline.sources.files import Source, find_files
from pipeline.sources.sink import ROW_KEY, create_unread
from pipeline.store.gathered import EVENTS, KEPT_ROWS, Gathered
from pipeline.store.state import REJECTS, STORE, FileEntry
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, write_json, write_table

PACKETS_A_BATCH = 32  # of up to 16 MB before they are packed


@contextmanager
def spark_gathered(
    settings: Settings, protection: Protection, allowed: Sequence[Path]
) -> Iterator[tuple[Gathered, SparkKeeper]]:
    """All that the source holds, and who writes it. Raises EventError or ConfigError."""
    files = find_files(settings.events.source, settings.events.pattern)
    job = Job(files, settings, protection)
    with ExitStack() as stack:
        session = stack.enter_context(spark_session(settings.engine))
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(PACKETS_A_BATCH))
        connection = stack.enter_context(connect(settings.engine, allowed))
        source, places, cleaned = _cleaned(stack, session, connection, job)
        counts = _counts(cleaned, source)
        _load_figures(connection, cleaned)
        cuts = meet(cleaned.of(AMOUNTS), places)
        medians = stack.enter_context(made(cuts, Medians(job), ()))
        _create(connection, MEDIANS, medians.tables(MEDIANS), "event_type VARCHAR, month DATE, amount DOUBLE")
        ledger = {
            number: FileEntry(files[number].as_posix(), "", rows, unread, 0)
            for number, (rows, unread) in source.parts.items()
        }
        nothing = _no_rejected(connection, source, protection)
        found = Gathered(connection, files, ledger, source.columns, counts, nothing)
        yield found, SparkKeeper(job, cleaned, nothing.schema)


def _cleaned(stack: ExitStack, session: Any, connection: Connection, job: Job) -> tuple[Source, int, Made]:
    """The source, the number of places, and what was made of the rows in each."""
    number = len(job.files)
    each = session.range(0, number, 1, number)
    with made(each, Describe(job), ()) as described:
        source = source_of(connection, job, [packet for packet in described.aside if packet.kind == DESCRIBED])
    spark = job.settings.engine.spark
    wanted = -(-source.rows // EVENTS_A_PARTITION)
    places = spark.partitions or max(session.sparkContext.defaultParallelism, wanted)
    dealt = stack.enter_context(made(each, Deal(job, source.columns, places), (DEALT, LINES)))
    looked = [packet for packet in dealt.aside if packet.kind == LOOKED]
    refuse_other_times(times_of(looked), job.settings.events)
    for name in file_figures.TABLES:
        _create(connection, name, dealt.tables(name))
    whole = Whole(most_unknown_plans(plans_of(looked)))
    judge = Judge(job, source.columns, days_of_files(connection), whole, places)
    rows = dealt.of(DEALT, LINES)
    if job.settings.events.event_id:
        ids = stack.enter_context(made(meet(rows, places), Ids(judge), (IDS,)))
        told = stack.enter_context(made(meet(ids.of(IDS), places), Settle(job), (TOLD,)))
        rows = rows.unionByName(told.of(TOLD))
    cleaned = stack.enter_context(made(meet(rows, places), Clean(judge), STAY))
    refuse_emails(cleaned, source)
    return source, places, cleaned


def _said(cleaned: Made) -> list[dict[str, Any]]:
    return [json.loads(packet.content) for packet in cleaned.aside if packet.kind == COUNTED]


def refuse_emails(cleaned: Made, source: Source) -> None:
    """Raise EventError if accepted ids look like e-mail addresses in any place."""
    found = [said["emails"] for said in _said(cleaned)]
    refuse_counted_emails(sum(n for n, _ in found), min((first for n, first in found if n), default=0), source)


def _counts(cleaned: Made, source: Source) -> Counts:
    """Where every row of the source went. Raises EventError if a row is lost or made."""
    each = [said["counts"] for said in _said(cleaned)]
    counts = Counts(**{field.name: sum(one[field.name] for one in each) for field in dataclasses.fields(Counts)})
    counts.check()
    if counts.source_rows != source.rows:
        raise EventError(
            f"the files have {source.rows:,} rows, and {counts.source_rows:,} were cleaned. Report this as a bug."
        )
    return counts


def _load_figures(connection: Connection, cleaned: Made) -> None:
    """The tables of figures, added up over places, which share no customer."""
    for name, (keys, sums) in {**SUMS, MONTHS: ("month", ("customers",))}.items():
        _create(connection, f"each_{name}", cleaned.tables(name))
        kinds = {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE each_{name}").fetchall()}
        added = ", ".join(f"CAST(sum({column}) AS {kinds[column]}) AS {column}" for column in sums)
        query = f"SELECT {keys}, {added} FROM each_{name} GROUP BY {keys}"
        connection.execute(f"CREATE TEMP TABLE {name} AS {f'FROM each_{name}' if name == CUSTOMERS else query}")
        connection.execute(f"DROP TABLE each_{name}")


def _create(connection: Connection, name: str, tables: list[pa.Table], columns: str = "") -> None:
    """Create a table of these rows; of these columns where there may be none."""
    if columns:
        connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
    if tables:
        connection.register("rows_here", pa.concat_tables(tables))
        how = f"INSERT INTO {name} BY NAME" if columns else f"CREATE TEMP TABLE {name} AS"
        connection.execute(f"{how} SELECT * FROM rows_here")
        connection.unregister("rows_here")


def _no_rejected(connection: Connection, source: Source, protection: Protection) -> pa.Table:
    """The empty table of rejected rows, with the columns that there are."""
    create_unread(connection)
    connection.execute(f"CREATE TEMP TABLE checked ({ROW_KEY} BIGINT, reason VARCHAR)")
    create_rejects(connection)
    return rejected_rows(connection, source, protection)


@dataclass(frozen=True)
class SparkKeeper:
    """Writes what executors hold; nothing takes its place before all of it is written."""

    job: Job
    cleaned: Made
    rejected: pa.Schema

    def cancels_at_once(self) -> int:
        """As `usable.count_cancels_at_once`, of all events."""
        return sum(int(said["cancels_at_once"]) for said in _said(self.cleaned))

    def write_events(self, calendar: Calendar) -> None:
        """Write events, kept columns and the calendar; remove what was there before."""
        clear()
        work = WriteFiles(calendar.closed_before)
        with made(self.cleaned.of(EVENTS, KEPT_ROWS), work, ()) as written:
            put_in_place([Path(packet.content.decode()) for packet in written.aside])
        write_json(calendar.labelled(), EVENTS_CLOSED / "slices.json")
        write_json(calendar.current(), EVENTS_OPEN / "as_of.json")

    def kept_rows(self) -> str:
        """The rows of all files of kept columns as SQL."""
        return f"read_parquet([{', '.join(literal(str(path)) for path in sorted(KEPT.glob(BLOCKS)))}])"

    def write_rejected(self) -> None:
        """Every rejected row as it came, in the order of the source; they pass through the driver, some at a time."""
        rows = self.cleaned.of(REJECTED)
        ordered = rows.repartitionByRange(len(self.job.files), "place").sortWithinPartitions("place", "origin")
        with made(ordered, InOrder()) as found:
            write_table(found.rows(in_order_of=None), self.rejected, REJECTS)

    def remember(self) -> None:
        """Nothing: every run on Spark reads the whole source. What another engine remembered is of no use any more."""
        shutil.rmtree(STORE, ignore_errors=True)
        STORE.mkdir(parents=True)
