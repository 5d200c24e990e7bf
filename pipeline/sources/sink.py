"""What readers put into the engine: rows as text with their keys, lines that make no row, and how much there may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.arrays import as_arrow
from pipeline.engine import Connection, identifier
from pipeline.errors import EventError
from pipeline.sections.events import Csv, Events
from pipeline.sources.csv_lines import FEW, LONE_CR, MANY, NOT_TEXT, NUL, QUOTES, Ints
from pipeline.sources.names import HIDDEN
from pipeline.sources.places import folder_of

PORTION = 250_000  # rows; two row groups of the engine
PORTION_BYTES = 1 << 26
ROW_BITS = 40  # a row is known by (file << 40) + its number in the file
ROW_KEY = f"{HIDDEN}row"
UNREAD = "unread"  # table: row key, reason, line
REASONS = {
    NOT_TEXT: "the line is not valid text in its encoding (events.csv.encoding)",
    NUL: "the line holds a NUL byte",
    LONE_CR: "the line holds a lone carriage return",
    QUOTES: "the line has a quote where none may stand",
    FEW: "the line has fewer cells than the header",
    MANY: "the line has more cells than the header",
}


@dataclass(frozen=True)
class Reading:
    """How a source is to be read: the part of the section `events` that readers need."""

    csv: Csv = field(default_factory=Csv)
    pattern: str | None = None
    max_rows: int = 1_000_000_000
    root: Path | None = None  # folders below it that are named column=value are columns of Parquet files

    @staticmethod
    def of(events: Events) -> Reading:
        """As the section `events` says."""
        return Reading(events.csv, events.pattern, events.max_rows, folder_of(events.source))


@dataclass(frozen=True)
class Part:
    """What one file gave: its columns, its rows by its bytes, and how many of them are lines that make no row."""

    names: list[str]
    rows: int
    unread: int = 0


def create_unread(connection: Connection) -> None:
    """Create the empty table of lines that make no row. One row per line."""
    connection.execute(f"CREATE TEMP TABLE {UNREAD} ({ROW_KEY} BIGINT, reason VARCHAR, line VARCHAR)")


class Texts:
    """A table of texts with the row key, filled block by block. One row per row of a file.

    Blocks wait for each other, since the engine takes small portions at several times the cost.
    """

    def __init__(self, connection: Connection, table: str, names: Sequence[str], number: int) -> None:
        self._connection, self._table, self._number = connection, table, number
        self._held: list[pa.Table] = []
        columns = ", ".join(f"{identifier(name)} VARCHAR" for name in names)
        connection.execute(f"CREATE TEMP TABLE {table} ({columns}, {ROW_KEY} BIGINT)")

    def add(self, texts: pa.Table, rows: Ints) -> None:
        """Append texts; `rows` are their numbers in the file, from 0."""
        keys = as_arrow((self._number << ROW_BITS) + rows.astype(np.int64), pa.int64())
        self._held.append(texts.append_column(ROW_KEY, keys))
        if (
            sum(held.num_rows for held in self._held) >= PORTION
            or sum(held.nbytes for held in self._held) >= PORTION_BYTES
        ):
            self.flush()

    def flush(self) -> None:
        """Hand over what waits."""
        if self._held:
            _append(self._connection, self._table, pa.concat_tables(self._held))
            self._held = []


def add_unread(connection: Connection, number: int, lines: Iterable[tuple[int, int, bytes]]) -> None:
    """Append lines that make no row: (number in the file from 0, fault, bytes)."""
    found = list(lines)
    if found:
        columns = {
            ROW_KEY: pa.array([(number << ROW_BITS) + row for row, _, _ in found], pa.int64()),
            "reason": pa.array([REASONS[fault] for _, fault, _ in found], pa.string()),
            "line": pa.array([readable(line) for _, _, line in found], pa.string()),
        }
        _append(connection, UNREAD, pa.table(columns))


def _append(connection: Connection, table: str, rows: pa.Table) -> None:
    connection.register(f"{table}_more", rows)
    connection.execute(f"INSERT INTO {table} SELECT * FROM {table}_more")
    connection.unregister(f"{table}_more")


def readable(line: bytes) -> str:
    """The text of a line; bytes that are no text, and NUL, as an escape."""
    return line.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def refuse_more(path: Path, rows: int, max_rows: int) -> None:
    """Raise EventError if a source has more rows than it may."""
    if rows > max_rows:
        raise EventError(
            f"{path} brings the source to more than events.max_rows {max_rows:,} rows: raise the cap if the export "
            "is honest; a small file that unpacks to so much is damaged or hostile."
        )
