"""Which files of the source are new, and their rows in the engine, with rows read before that they have to do with."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning.rules import WHOLE_NUMBERS
from pipeline.engine import Connection, identifier
from pipeline.folders import sha256
from pipeline.settings import Settings
from pipeline.sources.files import Source, all_rows, describe, find_files, open_parts
from pipeline.sources.places import folder_of
from pipeline.sources.sink import ROW_BITS, ROW_KEY, UNREAD, Reading
from pipeline.store.keys import TOUCHED, keys_are_there
from pipeline.store.state import FileEntry, State


class ReadAnewError(Exception):
    """Why the source must be read as a whole."""


@dataclass(frozen=True)
class News:
    """The files of the source now: numbers of those of the last run (`before`: then to now), and of the others."""

    files: tuple[Path, ...]
    before: dict[int, int]
    past: dict[int, FileEntry]
    new: tuple[int, ...]


def find_news(settings: Settings, state: State) -> News:
    """Which files are new. Raises ReadAnewError if one of the last run has changed or is gone."""
    files = find_files(settings.events.source, settings.events.pattern)
    numbers = {path.as_posix(): number for number, path in enumerate(files)}
    before, past = {}, {}
    for then, entry in enumerate(state.files):
        if entry.path not in numbers:
            raise ReadAnewError(f"{entry.path} is gone")
        now = numbers[entry.path]
        if sha256(files[now]) != entry.sha256:
            raise ReadAnewError(f"{entry.path} has changed")
        before[then], past[now] = now, entry
    if not keys_are_there(state.files):
        raise ReadAnewError("keys of rows are missing in the store")
    return News(files, before, past, tuple(number for number in range(len(files)) if number not in past))


def open_news(
    connection: Connection, settings: Settings, state: State, news: News, new: Iterable[int], touched: pa.Table | None
) -> Source:
    """Create the view `numbered` of the new files' rows and the touched ones, with the columns that the source had.

    Raises ReadAnewError if the new files have other columns.
    """
    new = tuple(new)
    again = sorted(set(pc.shift_right(touched[ROW_KEY], ROW_BITS).to_pylist())) if touched is not None else []
    before = sum(entry.rows for number, entry in news.past.items() if number not in again)
    how = dataclasses.replace(Reading.of(settings.events), root=folder_of(settings.events.source))
    parts = open_parts(connection, news.files, sorted([*new, *again]), how, before)
    if touched is not None:
        connection.register("touched_rows", touched)
        connection.execute(f"CREATE TEMP TABLE {TOUCHED} AS SELECT * FROM touched_rows")
        for number in again:  # their lines without a row are known already
            connection.execute(f"DELETE FROM {UNREAD} WHERE {ROW_KEY} >> {ROW_BITS} = {number}")
    _refuse_other_columns(connection, parts, state)
    names = {identifier(name): kind for name, kind in state.columns.items()}
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in names.items())
    only = f" WHERE {ROW_KEY} IN (SELECT {ROW_KEY} FROM {TOUCHED})"
    views = [f"SELECT {columns}, {ROW_KEY} FROM part_{number}{only if number in again else ''}" for number in parts]
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in names.items())
    views = views or [f"SELECT {nulls}, CAST(0 AS BIGINT) AS {ROW_KEY} WHERE false"]
    connection.execute(f"CREATE VIEW numbered AS {' UNION ALL '.join(views)}")
    found = describe(connection, news.files, {number: parts[number] for number in new})
    rows = found.rows + (touched.num_rows if touched is not None else 0)
    return Source(found.files, dict(state.columns), rows, found.unread, found.parts)


def _refuse_other_columns(connection: Connection, parts: Iterable[int], state: State) -> None:
    """A type that differs would be another value for the rules: only whole numbers widen without a change."""
    for number in parts:
        described = connection.execute(f"DESCRIBE {all_rows([number])}").fetchall()
        kinds = {name: kind for name, kind, *_ in described if name != ROW_KEY}
        fits = kinds.keys() == state.columns.keys() and all(
            kind == state.columns[name] or _widens(kind, state.columns[name]) for name, kind in kinds.items()
        )
        if not fits:
            raise ReadAnewError("the new files have other columns or types")


def _widens(kind: str, wider: str) -> bool:
    sizes = WHOLE_NUMBERS[WHOLE_NUMBERS.index("BIGINT") : WHOLE_NUMBERS.index("TINYINT") + 1]  # signed, widest first
    return kind in sizes and wider in sizes and sizes.index(wider) < sizes.index(kind)
