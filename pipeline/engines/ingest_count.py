"""Ingest on Spark: the rows that met in a place as a source, and what must be counted before they can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning import file_figures
from pipeline.cleaning.accounts import check
from pipeline.cleaning.rules import Whole
from pipeline.engine import Connection, connect, identifier
from pipeline.engines.ingest_read import DEALT, LINES, Job
from pipeline.engines.tasks import Batches, Packet, by_place, packed, packets_of
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_BITS, ROW_KEY, UNREAD, create_unread

AMOUNTS = "amounts"  # kind of packets


@dataclass(frozen=True)
class Met:
    """What it takes to make a source of the rows that met in a place."""

    job: Job
    columns: dict[str, str]
    places: int

    def source(self, connection: Connection, tables: dict[str, list[pa.Table]]) -> Source:
        """The rows of one place in the engine, as a source of their own."""
        create_unread(connection)
        for lines in tables.get(LINES, []):
            _insert(connection, UNREAD, lines)
        columns = "".join(f"{identifier(name)} {kind}, " for name, kind in self.columns.items())
        connection.execute(f"CREATE TEMP TABLE numbered ({columns}{ROW_KEY} BIGINT)")
        for rows in tables.get(DEALT, []):
            _insert(connection, "numbered", rows)
        dealt, unread = (sum(table.num_rows for table in tables.get(kind, [])) for kind in (DEALT, LINES))
        return Source(self.job.files, self.columns, dealt + unread, unread)


@dataclass(frozen=True)
class Count:
    """The work that counts the rows of a place, without copies, by file and day: so it is known what is present."""

    met: Met

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """Per place figures that add up over places; amounts go where all of their file meet."""
        settings = self.met.job.settings
        for place, tables in by_place(batches):
            with connect(self.met.job.engine, []) as connection:
                source = self.met.source(connection, tables)
                check(connection, source, settings.events, settings.churn.lapse_term, whole=Whole())
                for name in file_figures.SUMS:
                    yield Packet(name, packed(connection.sql(f"SELECT * FROM {name}").to_arrow_table()), place)
                meets = f"CAST(({ROW_KEY} >> {ROW_BITS}) % {self.met.places} AS INTEGER)"
                query = (
                    f"SELECT {ROW_KEY}, event_type, amount, {meets} AS meets FROM checked "
                    "WHERE reason IS NULL AND amount <> 0"
                )
                yield from sent(connection, query, AMOUNTS, place)


@dataclass(frozen=True)
class FileMedians:
    """The work on the amounts of some files."""

    job: Job

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The medians of the files that met in a place."""
        for place, tables in by_place(batches):
            with connect(self.job.engine, []) as connection:
                connection.register("rows_here", pa.concat_tables(tables[AMOUNTS]))
                connection.execute("CREATE TEMP TABLE checked AS SELECT *, NULL::VARCHAR AS reason FROM rows_here")
                file_figures.create_file_medians(connection)
                query = f"SELECT * FROM {file_figures.MEDIANS}"
                yield Packet(file_figures.MEDIANS, packed(connection.sql(query).to_arrow_table()), place)


def _insert(connection: Connection, table: str, rows: pa.Table) -> None:
    connection.register("rows_here", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows_here")
    connection.unregister("rows_here")


def sent(connection: Connection, query: str, kind: str, origin: int) -> Iterator[Packet]:
    """The rows of a query to where each meets others, by its column `meets`."""
    table = connection.sql(query).to_arrow_table()
    for place in sorted(pc.unique(table.column("meets")).to_pylist()):
        rows = table.filter(pc.equal(table.column("meets"), place)).drop_columns(["meets"])
        yield from packets_of(rows, kind, place, origin)
