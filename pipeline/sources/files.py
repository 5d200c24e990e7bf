"""The source as it lies: which files, which columns, how many rows, and a numbered view of all of them."""

from __future__ import annotations

import dataclasses
import fnmatch
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipeline.engine import Connection, DuckError
from pipeline.errors import EventError, storage_error
from pipeline.remote.listing import Remote, list_objects
from pipeline.remote.mirror import mirror
from pipeline.remote.store import open_store
from pipeline.sections.remote import is_remote
from pipeline.sources.names import refuse_other_names
from pipeline.sources.places import folder_of
from pipeline.sources.readers import READERS
from pipeline.sources.sink import ROW_BITS, ROW_KEY, Part, Reading, create_unread

NEVER_MIXED = (
    ({"DOUBLE", "FLOAT"}, {"VARCHAR"}),
    (
        {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"},
        {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE", "VARCHAR"},
    ),
)
DAMAGE = (DuckError, pa.ArrowException, OSError, EOFError, zlib.error, UnicodeError)


@dataclass(frozen=True)
class Source:
    """Files of one kind with the same columns; `rows` is counted from the files' bytes, not from a parser.

    `unread` of them are lines that make no row; they lie in the table `unread`.
    """

    files: tuple[Path, ...]
    columns: dict[str, str]  # name: DuckDB type
    rows: int
    unread: int = 0
    parts: Mapping[int, tuple[int, int]] = field(default_factory=dict)  # number of a file: its rows, and unread lines

    @property
    def empty(self) -> int:
        """Files without a row."""
        return sum(rows == 0 for rows, _ in self.parts.values())

    def where(self, key: int) -> tuple[str, int]:
        """File and row (from 1; a CSV's header and empty lines are not counted) of a row key."""
        return str(self.files[key >> ROW_BITS]), (key & ((1 << ROW_BITS) - 1)) + 1


def find_files(source: str, pattern: str | None = None, setting: str = "events.source") -> tuple[Path, ...]:
    """The files of a source, sorted; `setting` is the key that names it. One in an object store is mirrored first.

    Raises EventError if there is none or their kinds differ, ConfigError if a store may not be read.
    """
    if is_remote(source):
        folder = mirror(open_store(source, setting), lambda: list_remote(source, pattern, setting))
        return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    path = Path(source)
    if not path.exists():
        raise EventError(f"{setting} {source} does not exist: put it there or name another file or folder.")
    if path.is_file() and pattern:
        raise EventError(f"events.pattern is for a folder, but {setting} {source} is a file: set it to null.")
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and ending(p))
    if not found:
        raise EventError(f"{setting} {source} holds no file that ends in {', '.join(READERS)}: add one.")
    if pattern:
        found = _fitting(found, path, pattern)
    if not ending(found[0]):
        raise EventError(f"{setting} {source} must end in one of {', '.join(READERS)}.")
    _refuse_mixed([p.name for p in found], source, setting)
    return tuple(found)


def list_remote(source: str, pattern: str | None = None, setting: str = "events.source") -> tuple[Remote, ...]:
    """The objects of a source in an object store, by name, without reading one: what `find_files` would mirror."""
    found = list_objects(open_store(source, setting), tuple(READERS), pattern)
    _refuse_mixed([one.name for one in found], source, setting)
    return found


def _refuse_mixed(names: Iterable[str], source: str, setting: str) -> None:
    kinds = sorted({ending(Path(name)) for name in names})
    if len(kinds) > 1:
        raise EventError(f"{setting} {source} mixes {' and '.join(kinds)} files: keep one kind in the folder.")


def _fitting(found: list[Path], folder: Path, pattern: str) -> list[Path]:
    """The files whose name, or path below the folder, fits the pattern; capitals count."""
    places = {path: (path.name, path.relative_to(folder).as_posix()) for path in found}
    fits = [path for path in found if any(fnmatch.fnmatchcase(place, pattern) for place in places[path])]
    if not fits:
        some = ", ".join(place for _, place in list(places.values())[:5])
        raise EventError(
            f"events.pattern {pattern!r} fits no file in {folder}, which holds {some}: change the pattern."
        )
    return fits


def ending(path: Path) -> str:
    """The ending that tells how to read a file; empty for others."""
    return next((known for known in READERS if path.name.endswith(known)), "")


def open_source(
    connection: Connection,
    source: str,
    how: Reading | None = None,
    setting: str = "events.source",
    may_be_empty: bool = False,
) -> Source:
    """Create the view or table `numbered` (all source columns as they came, and the row key) and describe it.

    Beside it lies the table `unread`, the lines that make no row. Raises EventError if a file is empty, damaged, has
    other columns than the first, or more rows than it may.
    """
    how = dataclasses.replace(how or Reading(), root=folder_of(source, setting))
    files = find_files(source, how.pattern, setting)
    parts = open_parts(connection, files, range(len(files)), how)
    if not may_be_empty and not any(part.rows for part in parts.values()):
        raise EventError(f"{setting} {source} has no rows: export it again.")
    connection.execute(f"CREATE VIEW numbered AS {all_rows(parts)}")
    return describe(connection, files, parts)


def open_parts(
    connection: Connection, files: tuple[Path, ...], numbers: Iterable[int], how: Reading, before: int = 0
) -> dict[int, Part]:
    """Create a view or table `part_<number>` for each of these files of a source, and the table `unread`.

    `before` rows of the others count towards `how.max_rows`. Raises EventError as `open_source` does.
    """
    create_unread(connection)
    reader, parts, first = READERS[ending(files[0])], {}, None
    for number in numbers:
        path = files[number]
        try:
            part = reader(connection, number, path, how, before)
            parsed = connection.execute(f"SELECT count(*) FROM part_{number}").fetchall()[0][0]
        except DAMAGE as error:
            damaged = EventError(f"{path} cannot be read: {_first_line(error)}. Export it again.")
            raise storage_error(error) or damaged from None
        first = first or (path, part.names)
        refuse_other_names(path, part.names, *first)
        _same_rows(path, part.rows - part.unread, parsed)
        before += part.rows
        parts[number] = part
    refuse_other_kinds(connection, files, parts)
    return parts


def all_rows(numbers: Iterable[int]) -> str:
    """The rows of these parts as SQL."""
    return " UNION ALL BY NAME ".join(f"SELECT * FROM part_{number}" for number in numbers)


def describe(connection: Connection, files: tuple[Path, ...], parts: Mapping[int, Part]) -> Source:
    """What the view `numbered` over these parts is."""
    described = connection.execute("DESCRIBE numbered").fetchall()
    return Source(
        files,
        {name: kind for name, kind, *_ in described if name != ROW_KEY},
        sum(part.rows for part in parts.values()),
        sum(part.unread for part in parts.values()),
        {number: (part.rows, part.unread) for number, part in parts.items()},
    )


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


def refuse_other_kinds(connection: Connection, files: tuple[Path, ...], numbers: Iterable[int]) -> None:
    """Raise EventError where files give a column in types that must not meet.

    1.0 here and "1" there would be two customers, and a time without a zone would be taken for UTC beside others.
    """
    seen: dict[str, tuple[str, Path]] = {}
    for number in numbers:
        path = files[number]
        for name, kind, *_ in connection.execute(f"DESCRIBE part_{number}").fetchall():
            first, where = seen.setdefault(name, (kind, path))
            if any({first, kind} & one and {first, kind} & other for one, other in NEVER_MIXED):
                raise EventError(f"{path} has {name} as {kind}, unlike {where} ({first}): export one type.")


def _same_rows(path: Path, counted: int, parsed: int) -> None:
    if counted != parsed:
        raise EventError(
            f"{path} has {counted:,} good rows by its bytes, but {parsed:,} were read: export it as Parquet, and "
            "report this as a bug."
        )


def columns_in_words(source: Source) -> str:
    """The source's columns for an error message."""
    return ", ".join(source.columns)
