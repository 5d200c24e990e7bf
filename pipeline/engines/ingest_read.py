"""Ingest on Spark, first half: every file is read by a task of its own, looked at, and its rows are dealt to places.

Rows that may have to do with each other are of one customer, or copies: so they are dealt by their customer, or where
they have none by all of their content. In a place they meet, and are cleaned as a small source (ingest_clean.py).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.cleaning.accounts import explained, refuse_made_rows
from pipeline.cleaning.canonical import canonical_query
from pipeline.cleaning.file_figures import TABLES, create_file_figures
from pipeline.cleaning.rules import Whole, check_rows
from pipeline.cleaning.terms import unknown_plans
from pipeline.cleaning.times import Times, count_times
from pipeline.engine import Connection, connect, identifier
from pipeline.engines.tasks import MOST_BYTES, Batches, Packet, packed, packets_of
from pipeline.errors import EventError
from pipeline.protection.protect import Protection
from pipeline.sections.machine import Engine
from pipeline.settings import Settings
from pipeline.sources.files import Source, all_rows, describe, open_parts, refuse_other_kinds
from pipeline.sources.names import refuse_other_names
from pipeline.sources.places import folder_of
from pipeline.sources.sink import ROW_KEY, UNREAD, Part, Reading, refuse_more

DESCRIBED, LOOKED, DEALT, LINES = "described", "looked", "dealt", "lines"  # kinds of packets
PORTION = 1 << 17


@dataclass(frozen=True)
class Job:
    """What every task of ingest knows: the files by their numbers, the settings, who is protected and how."""

    files: tuple[Path, ...]
    settings: Settings
    protection: Protection

    @property
    def how(self) -> Reading:
        """How files are read."""
        return Reading.of(self.settings.events)

    @property
    def engine(self) -> Engine:
        """The engine within a task, which has one core."""
        return self.settings.engine.model_copy(update={"threads": 1})

    @property
    def allowed(self) -> list[Path]:
        """Where a task may read."""
        return [folder_of(self.settings.events.source)]


@dataclass(frozen=True)
class Describe:
    """The work that finds which columns the files have, and how many rows; files come by their numbers."""

    job: Job

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """A packet per file."""
        for number in numbers(batches):
            with connect(self.job.engine, self.job.allowed) as connection:
                part = open_parts(connection, self.job.files, [number], self.job.how)[number]
                kinds = connection.execute(f"DESCRIBE part_{number}").fetchall()
                said = {"part": dataclasses.asdict(part), "kinds": [(name, kind) for name, kind, *_ in kinds]}
                yield Packet(DESCRIBED, json.dumps(said).encode(), number)


def source_of(connection: Connection, job: Job, described: list[Packet]) -> Source:
    """The source that the described files are together, beside an empty view `numbered` of its columns.

    Raises EventError where they have no row, too many, or do not fit together.
    """
    parts, before, first = dict[int, Part](), 0, ""
    for packet in sorted(described, key=lambda packet: packet.place):
        said, number = json.loads(packet.content), packet.place
        part, path = Part(**said["part"]), job.files[number]
        refuse_other_names(path, part.names, job.files[0], parts[0].names if parts else part.names)
        refuse_more(path, before + part.rows, job.how.max_rows)
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in said["kinds"])
        connection.execute(f"CREATE TEMP TABLE part_{number} ({columns})")
        before, parts[number], first = before + part.rows, part, first or str(path)
    refuse_other_kinds(connection, job.files, parts)
    if not before:
        raise EventError(f"events.source {job.settings.events.source} has no rows: export it again.")
    connection.execute(f"CREATE VIEW numbered AS {all_rows(parts)}")
    return describe(connection, job.files, parts)


@dataclass(frozen=True)
class Deal:
    """The work that looks at each file by itself and deals its rows to `places`; files come by their numbers."""

    job: Job
    columns: dict[str, str]
    places: int

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """Per file its figures, then its rows and the lines that make none."""
        for number in numbers(batches):
            with connect(self.job.engine, self.job.allowed) as connection:
                yield from self._file(connection, number)

    def _file(self, connection: Connection, number: int) -> Iterator[Packet]:
        events, term = self.job.settings.events, self.job.settings.churn.lapse_term
        parts = open_parts(connection, self.job.files, [number], self.job.how)
        names = {identifier(name): kind for name, kind in self.columns.items()}
        columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in names.items())
        connection.execute(f"CREATE VIEW numbered AS SELECT {columns}, {ROW_KEY} FROM part_{number}")
        connection.execute("CREATE VIEW raw AS SELECT * FROM numbered")
        with explained("events.query or events.columns meets a value that it cannot handle (TRY_CAST can)"):
            canonical = canonical_query(connection, events, describe(connection, self.job.files, parts), term)
            check_rows(connection, canonical, events, term, Whole())
        if events.query:
            refuse_made_rows(connection)
        create_file_figures(connection, events)
        times = count_times(connection, canonical, events, always=True)
        said = {"times": dataclasses.asdict(times), "plans": unknown_plans(connection, term)}
        yield Packet(LOOKED, json.dumps(said).encode(), number)
        for name in TABLES:
            yield Packet(name, packed(connection.sql(f"SELECT * FROM {name}").to_arrow_table()), number)
        lines = connection.sql(f"SELECT * FROM {UNREAD}").to_arrow_table()
        yield from packets_of(lines, LINES, number % self.places, number)
        yield from self._dealt(connection, number)

    def _dealt(self, connection: Connection, number: int) -> Iterator[Packet]:
        """The rows as they came, in packets for one place each."""
        names = ", ".join(f"n.{identifier(name)}" for name in self.columns)
        whose = f"CASE WHEN trim(customer_id) <> '' THEN hash('customer', customer_id) ELSE hash({names}) END"
        query = (
            f"SELECT n.*, CAST({whose} % {self.places} AS INTEGER) AS _ebb_place FROM numbered AS n "
            f"LEFT JOIN (SELECT {ROW_KEY}, customer_id FROM checked) USING ({ROW_KEY}) ORDER BY _ebb_place, {ROW_KEY}"
        )
        held: list[pa.Table] = []
        for batch in connection.sql(query).to_arrow_reader(PORTION):
            table = pa.Table.from_batches([batch])
            for begin, end, place in stretches(table.column("_ebb_place").to_pylist()):
                large = sum(part.nbytes for part in held) > MOST_BYTES
                if held and (large or held[0].column("_ebb_place")[0].as_py() != place):
                    yield from _packets(held, number)
                    held = []
                held.append(table.slice(begin, end - begin))
        yield from _packets(held, number)


def _packets(held: list[pa.Table], number: int) -> Iterator[Packet]:
    if held:
        whole = pa.concat_tables(held)
        place = whole.column("_ebb_place")[0].as_py()
        yield from packets_of(whole.drop_columns(["_ebb_place"]), DEALT, place, number)


def stretches(values: list[int]) -> Iterator[tuple[int, int, int]]:
    """Where equal values follow each other: begin, end, and the value."""
    begin = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[begin]:
            yield begin, at, values[begin]
            begin = at


def numbers(batches: Batches) -> Iterator[int]:
    """The numbers of a frame that Spark's `range` made."""
    for batch in batches:
        yield from batch.column("id").to_pylist()


def times_of(looked: list[Packet]) -> Times:
    """The times of all files."""
    total = Times()
    for packet in looked:
        said = json.loads(packet.content)["times"]
        total += Times(said["rows"], said["failed"], {name: (n, first) for name, (n, first) in said["shapes"].items()})
    return total


def plans_of(looked: list[Packet]) -> dict[str, int]:
    """The unknown plans of all files."""
    total: dict[str, int] = {}
    for packet in looked:
        for reason, rows in json.loads(packet.content)["plans"].items():
            total[reason] = total.get(reason, 0) + rows
    return total
