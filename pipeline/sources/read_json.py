"""A file of JSON lines: our scan finds the lines, the engine reads each by itself, and a bad one spoils no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.engine import Connection, identifier, literal
from pipeline.errors import EventError
from pipeline.sources.blocks import whole_lines
from pipeline.sources.csv_lines import GOOD, Lines, scan
from pipeline.sources.names import refuse_names
from pipeline.sources.sink import ROW_KEY, UNREAD, Part, Reading, Texts, add_unread, refuse_more

FAULT = """CASE WHEN NOT json_valid(line) THEN 'the line is no JSON'
    WHEN json_type(line) <> 'OBJECT' THEN 'the line is no JSON object'
    WHEN len(json_keys(line)) <> len(list_distinct(json_keys(line)))
    THEN 'the line has a key twice' END"""


def number_json(connection: Connection, number: int, path: Path, how: Reading, before: int) -> Part:
    """A table of one file of JSON lines, all text; its columns are all keys of all lines, a missing key is null.

    Nested values stay JSON text. Raises EventError if no line is an object.
    """
    table = Texts(connection, f"json_{number}", ["line"], number)
    rows, above = 0, 0
    for block in whole_lines(path):
        found = scan(block, None, above)
        above += len(found)
        lines = _filled(found)
        good, at = lines.fault == GOOD, rows + np.arange(len(lines))
        rows += len(lines)
        refuse_more(path, before + rows, how.max_rows)
        table.add(pa.table({"line": _texts(lines).filter(as_booleans(good))}), at[good])
        bad = np.flatnonzero(~good)
        add_unread(connection, number, ((int(at[i]), int(lines.fault[i]), lines.line(int(i))) for i in bad))
    table.flush()
    if not rows:
        raise EventError(f"{path} is empty: export it again.")
    names = _take_apart(connection, number, path)
    kept = int(connection.execute(f"SELECT count(*) FROM part_{number}").fetchall()[0][0])
    return Part(names, rows, rows - kept)


def _filled(lines: Lines) -> Lines:
    """The lines that hold more than spaces."""
    data = np.frombuffer(lines.block, np.uint8)
    thin = data[lines.starts] <= 32
    blank = np.zeros(len(lines), bool)
    for at in np.flatnonzero(thin):
        blank[at] = not lines.line(int(at)).strip()
    return lines.picked(~blank)


def _texts(lines: Lines) -> pa.Array:
    """The lines as texts, over the bytes as they lie; what lies between two lines is blank and belongs to the first."""
    if not len(lines):
        return pa.array([], pa.string())
    offsets = np.append(lines.starts, lines.ends[-1]).astype(np.int32)
    return pa.StringArray.from_buffers(len(lines), pa.py_buffer(offsets), pa.py_buffer(lines.block))


def as_booleans(flags: np.ndarray) -> pa.Array:
    """Flags as an Arrow array."""
    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, pa.py_buffer(np.packbits(flags, bitorder="little"))])


def _take_apart(connection: Connection, number: int, path: Path) -> list[str]:
    """Make `part_<number>` of the lines that are objects, move the others to the unread ones, return the columns."""
    table = f"json_{number}"
    connection.execute(f"CREATE TEMP TABLE fault_{number} AS SELECT {ROW_KEY}, {FAULT} AS fault FROM {table}")
    with_fault = f"{table} JOIN fault_{number} USING ({ROW_KEY})"
    connection.execute(
        f"INSERT INTO {UNREAD} SELECT {ROW_KEY}, fault, rtrim(line, chr(13) || chr(10)) FROM {with_fault} "
        "WHERE fault IS NOT NULL"
    )
    objects = f"(SELECT line::JSON AS json, {ROW_KEY} FROM {with_fault} WHERE fault IS NULL)"
    found = connection.execute(f"SELECT DISTINCT unnest(json_keys(json)) AS name FROM {objects} ORDER BY name")
    names = [name for (name,) in found.fetchall()]
    if not names:
        raise EventError(f"{path} holds no line that is a JSON object: write one object per line.")
    refuse_names(path, names)
    picked = [f"json ->> {literal('/' + _pointer(name))} AS {identifier(name)}" for name in names]
    connection.execute(f"CREATE TEMP TABLE part_{number} AS SELECT {', '.join([*picked, ROW_KEY])} FROM {objects}")
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"DROP TABLE fault_{number}")
    return names


def _pointer(name: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
