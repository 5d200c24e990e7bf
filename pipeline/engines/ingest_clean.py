"""Ingest on Spark, second half: what met in a place is cleaned there, by the rules that clean a whole source.

What a place cannot know, which days are of the present and which unknown plans are named, the driver has told it.
Only rows that share an event's id may lie in several places: their ids meet in a round of their own.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning.accounts import Judged, account, judge
from pipeline.cleaning.event_figures import CUSTOMERS, DAYS, MEDIANS, MONTH, MONTHS, REASONS, months_of
from pipeline.cleaning.ids import count_emails, settle_same_ids
from pipeline.cleaning.kept import kept_kind
from pipeline.cleaning.rejected import rejected_rows
from pipeline.cleaning.rules import Whole
from pipeline.cleaning.usable import count_cancels_at_once
from pipeline.engine import Connection, connect, identifier
from pipeline.engines.ingest_read import DEALT, LINES, Job
from pipeline.engines.tasks import Batches, Packet, by_place, packed, packets_of
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY, UNREAD, create_unread
from pipeline.store.anew import create_kept
from pipeline.store.blocks import Kind, events_kind
from pipeline.store.gathered import EVENTS, KEPT_ROWS

COUNTED, REJECTED, AMOUNTS, IDS, TOLD = "counted", "rejected", "amounts", "ids", "told"  # kinds of packets
STAY = (EVENTS, KEPT_ROWS, REJECTED, AMOUNTS)  # those that are too many for the driver


class Place(NamedTuple):
    """What is in the engine: the rows of a place as a source, judged by all rules but the one about shared ids."""

    connection: Connection
    source: Source
    judged: Judged


@dataclass(frozen=True)
class Judge:
    """What judging the rows of a place needs."""

    job: Job
    columns: dict[str, str]
    days: Sequence[tuple[date, int]]
    whole: Whole
    places: int

    @contextmanager
    def judged(self, tables: dict[str, list[pa.Table]]) -> Iterator[Place]:
        """The rows of one place, judged."""
        settings, events = self.job.settings, self.job.settings.events
        with connect(self.job.engine, []) as connection:
            source = self._source(connection, tables)
            all_files = range(len(self.job.files))  # whose figures by file are made already
            term, protection = settings.churn.lapse_term, self.job.protection
            found = judge(connection, source, events, term, protection, self.days, all_files, self.whole)
            yield Place(connection, source, found)

    def _source(self, connection: Connection, tables: dict[str, list[pa.Table]]) -> Source:
        create_unread(connection)
        for lines in tables.get(LINES, []):
            _insert(connection, UNREAD, lines)
        columns = "".join(f"{identifier(name)} {kind}, " for name, kind in self.columns.items())
        connection.execute(f"CREATE TEMP TABLE numbered ({columns}{ROW_KEY} BIGINT)")
        for rows in tables.get(DEALT, []):
            _insert(connection, "numbered", rows)
        dealt, unread = (sum(table.num_rows for table in tables.get(kind, [])) for kind in (DEALT, LINES))
        return Source(self.job.files, self.columns, dealt + unread, unread)


def _insert(connection: Connection, table: str, rows: pa.Table) -> None:
    connection.register("rows_here", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows_here")
    connection.unregister("rows_here")


@dataclass(frozen=True)
class Ids:
    """The work that sends the accepted rows that bear an event's id to where all rows of that id meet."""

    judge: Judge

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """Row keys, ids and the place that each came from."""
        for place, tables in by_place(batches):
            with self.judge.judged(tables) as (connection, *_):
                meets = f"CAST(hash(event_id) % {self.judge.places} AS INTEGER)"
                query = (
                    f"SELECT {ROW_KEY}, event_id, {place} AS place, {meets} AS meets FROM checked "
                    "WHERE reason IS NULL AND trim(event_id) <> ''"
                )
                yield from _sent(connection, query, IDS, place)


@dataclass(frozen=True)
class Settle:
    """The work that settles rows that share an event's id, by the rule itself."""

    job: Job

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """Row keys of rejected rows with the reason, to the places that they came from."""
        for place, tables in by_place(batches):
            with connect(self.job.engine, []) as connection:
                connection.register("rows_here", pa.concat_tables(tables[IDS]))
                connection.execute("CREATE TEMP TABLE checked AS SELECT *, NULL::VARCHAR AS reason FROM rows_here")
                settle_same_ids(connection, self.job.settings.events)
                query = f"SELECT {ROW_KEY}, reason, place AS meets FROM checked WHERE reason IS NOT NULL"
                yield from _sent(connection, query, TOLD, place)


@dataclass(frozen=True)
class Clean:
    """The work that makes events of the rows of a place, and counts them."""

    judge: Judge

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """Per place its counts and figures, events, kept columns, rejected rows and amounts."""
        for place, tables in by_place(batches):
            with self.judge.judged(tables) as found:
                for told in tables.get(TOLD, []):
                    found.connection.register("told", told)
                    found.connection.execute(
                        f"UPDATE checked SET reason = told.reason FROM told WHERE checked.{ROW_KEY} = told.{ROW_KEY}"
                    )
                yield from self._counted(found, place)
                yield from self._kept(found.connection, place)
                yield from self._rejected(found, place)

    def _counted(self, found: Place, place: int) -> Iterator[Packet]:
        settings, connection = self.judge.job.settings, found.connection
        events, term, protection = settings.events, settings.churn.lapse_term, self.judge.job.protection
        counts = account(connection, found.source, events, term, protection, found.judged, all_rows=False)
        emails = (0, 0) if protection.pseudonymise else count_emails(connection)
        ends = settings.churn.definition == "cancellation"
        said = {
            "counts": dataclasses.asdict(counts),
            "emails": emails,
            "cancels_at_once": count_cancels_at_once(connection, EVENTS, events) if ends else 0,
        }
        yield Packet(COUNTED, json.dumps(said).encode(), place)
        for name in (REASONS, DAYS, CUSTOMERS):
            yield Packet(name, packed(connection.sql(f"SELECT * FROM {name}").to_arrow_table()), place)
        months = connection.sql(months_of(EVENTS, events.roles.activity)[MONTHS]).to_arrow_table()
        yield Packet(MONTHS, packed(months), place)
        query = (
            f"SELECT event_type, {MONTH} AS event_day, amount, CAST(hash(event_type, {MONTH}) % {self.judge.places} AS "
            f"INTEGER) AS meets FROM {EVENTS} WHERE amount <> 0"
        )
        yield from _sent(connection, query, AMOUNTS, place)

    def _kept(self, connection: Connection, place: int) -> Iterator[Packet]:
        """The events in their order, and beside them the kept columns, an empty table where there is no value."""
        settings = self.judge.job.settings
        yield from packets_of(_in_order(connection, EVENTS, kind_of_events(self.judge.job)), EVENTS, place)
        if settings.events.keep:
            create_kept(connection, settings)
            kept = _in_order(connection, KEPT_ROWS, kept_kind(settings.events.keep))
            yield Packet(KEPT_ROWS, packed(kept.slice(0, 0)), place)
            yield from packets_of(kept, KEPT_ROWS, place, origin=1)

    def _rejected(self, found: Place, place: int) -> Iterator[Packet]:
        """Rejected rows go where all of their file meet."""
        table = rejected_rows(found.connection, found.source, self.judge.job.protection)
        numbers = {str(path): number for number, path in enumerate(self.judge.job.files)}
        for name in pc.unique(table.column("file")).to_pylist():
            rows = table.filter(pc.equal(table.column("file"), name))
            yield from packets_of(rows, REJECTED, numbers[name], place)


def kind_of_events(job: Job) -> Kind:
    """What a file of events holds."""
    return events_kind(job.settings.churn.lapse_term is not None)


def _in_order(connection: Connection, name: str, kind: Kind) -> pa.Table:
    return connection.sql(f"SELECT {kind.columns} FROM {name} ORDER BY {kind.order}").to_arrow_table()


def _sent(connection: Connection, query: str, kind: str, origin: int) -> Iterator[Packet]:
    """The rows of a query to where each meets others, by its column `meets`."""
    table = connection.sql(query).to_arrow_table()
    for place in sorted(pc.unique(table.column("meets")).to_pylist()):
        rows = table.filter(pc.equal(table.column("meets"), place)).drop_columns(["meets"])
        yield from packets_of(rows, kind, place, origin)


@dataclass(frozen=True)
class Medians:
    """The work on the amounts of some months, of all customers."""

    job: Job

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The medians of the types and months that met in a place."""
        for place, tables in by_place(batches):
            with connect(self.job.engine, []) as connection:
                connection.register("amounts_here", pa.concat_tables(tables[AMOUNTS]))
                query = months_of("amounts_here", self.job.settings.events.roles.activity)[MEDIANS]
                yield Packet(MEDIANS, packed(connection.sql(query).to_arrow_table()), place)


@dataclass(frozen=True)
class InOrder:
    """The work on the rejected rows of some files."""

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The rows of each file in its order."""
        for _, tables in by_place(batches):
            yield from packets_of(pa.concat_tables(tables[REJECTED]).sort_by("row"))
