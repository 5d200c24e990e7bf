"""The source as it lies: which files, which columns, how many rows, and a numbered view of all of them."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.engine import Connection, DuckError
from pipeline.errors import EventError
from pipeline.sources.readers import HIDDEN, ROW_BITS, ROW_KEY, number_csv, number_json, number_parquet

READERS = {
    ".parquet": number_parquet,
    ".csv": number_csv,
    ".csv.gz": number_csv,
    ".json": number_json,
    ".jsonl": number_json,
}
NEVER_MIXED = (
    ({"DOUBLE", "FLOAT"}, {"VARCHAR"}),
    ({"TIMESTAMP WITH TIME ZONE"}, {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE", "VARCHAR"}),
)
DAMAGE = (DuckError, pa.ArrowException, OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error)


@dataclass(frozen=True)
class Source:
    """Files of one kind with the same columns; `rows` is counted from the files' bytes, not from a parser."""

    files: tuple[Path, ...]
    columns: dict[str, str]  # name: DuckDB type
    rows: int

    def where(self, key: int) -> tuple[str, int]:
        """File and row (from 1, the header of a CSV not counted) of a row key."""
        return str(self.files[key >> ROW_BITS]), (key & ((1 << ROW_BITS) - 1)) + 1


def find_files(source: str) -> tuple[Path, ...]:
    """The files of a source, sorted. Raises EventError if there is none or their kinds differ."""
    path = Path(source)
    if not path.exists():
        raise EventError(f"events.source {source} does not exist: put the events there or name another file or folder.")
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and ending(p))
    if not found:
        raise EventError(f"events.source {source} holds no file that ends in {', '.join(READERS)}: add one.")
    if not ending(found[0]):
        raise EventError(f"events.source {source} must end in one of {', '.join(READERS)}.")
    kinds = sorted({ending(p) for p in found})
    if len(kinds) > 1:
        raise EventError(f"events.source {source} mixes {' and '.join(kinds)} files: keep one kind in the folder.")
    return tuple(found)


def ending(path: Path) -> str:
    """The ending that tells how to read a file; empty for others."""
    return next((known for known in READERS if path.name.endswith(known)), "")


def open_source(connection: Connection, source: str) -> Source:
    """Create the view or table `numbered` (all source columns as they came, and the row key) and describe it.

    Raises EventError if a file is empty, damaged, or has other columns than the first.
    """
    files = find_files(source)
    reader = READERS[ending(files[0])]
    rows, first = 0, None
    for number, path in enumerate(files):
        try:
            names, counted = reader(connection, number, path)
            parsed = connection.execute(f"SELECT count(*) FROM part_{number}").fetchall()[0][0]
        except DAMAGE as error:
            raise EventError(f"{path} cannot be read: {_first_line(error)}. Export it again.") from None
        first = first or names
        _same_columns(path, names, files[0], first)
        _same_rows(path, counted, parsed)
        rows += counted
    if rows == 0:
        raise EventError(f"events.source {source} has no rows: export the events again.")
    _same_kinds(connection, files)
    parts = " UNION ALL BY NAME ".join(f"SELECT * FROM part_{number}" for number in range(len(files)))
    connection.execute(f"CREATE VIEW numbered AS {parts}")
    described = connection.execute("DESCRIBE numbered").fetchall()
    return Source(files, {name: kind for name, kind, *_ in described if name != ROW_KEY}, rows)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


def _same_columns(path: Path, names: list[str], other: Path, expected: list[str]) -> None:
    folded = [name.lower() for name in names]  # as SQL reads them
    twice = sorted({name for name in names if folded.count(name.lower()) > 1})
    if twice:
        raise EventError(f"{path} has the column {twice[0]} twice: export it again with one of each.")
    taken = [name for name in names if name.lower().startswith(HIDDEN)]
    if taken:
        raise EventError(f"{path} has the column {taken[0]}; names that start with {HIDDEN} are ours: rename it.")
    if set(names) != set(expected):
        missing, more = sorted(set(expected) - set(names)), sorted(set(names) - set(expected))
        detail = f"lacks {', '.join(missing)}" if missing else f"adds {', '.join(more)}"
        raise EventError(f"{path} {detail}, unlike {other}: give every file the same columns.")


def _same_kinds(connection: Connection, files: tuple[Path, ...]) -> None:
    """1.0 here and "1" there would be two customers, and a time without a zone would be taken for UTC beside others."""
    seen: dict[str, tuple[str, Path]] = {}
    for number, path in enumerate(files):
        for name, kind, *_ in connection.execute(f"DESCRIBE part_{number}").fetchall():
            first, where = seen.setdefault(name, (kind, path))
            if any({first, kind} & one and {first, kind} & other for one, other in NEVER_MIXED):
                raise EventError(f"{path} has {name} as {kind}, unlike {where} ({first}): export one type.")


def _same_rows(path: Path, counted: int, parsed: int) -> None:
    if counted != parsed:
        raise EventError(
            f"{path} has {counted:,} rows by its bytes, but {parsed:,} were read: a quote or line break inside a field "
            "is likely; quote fields properly or export as Parquet."
        )


def columns_in_words(source: Source) -> str:
    """The source's columns for an error message."""
    return ", ".join(source.columns)
