"""Where in a tree does a text stand? A search that opens what a byte search cannot see into. A helper.

Independent of the code under test: it looks for the text inside every cell, in Parquet (all columns), workbooks
(openpyxl), SQLite (all tables), gzip and zip (what is inside), and as bytes in UTF-8 and UTF-16 everywhere. Kinds are
told by content, since objects of DVC's cache have no names. It finds "12" in "123": plant ids that nothing else holds.
"""

from __future__ import annotations

import gzip
import io
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def find(root: Path, text: str, skip: tuple[str, ...] = ()) -> list[str]:
    """Files below `root` that hold the text or are named by it, as sorted paths; folders in `skip` are left out."""
    found = []
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if any(name == one or name.startswith(f"{one}/") for one in skip) or not path.is_file():
            continue
        if text in name or holds(path.read_bytes(), text):
            found.append(name)
    return found


def holds(content: bytes, text: str) -> bool:
    """Whether content of any kind holds the text."""
    if any(text.encode(code) in content for code in ("utf-8", "utf-16-le", "utf-16-be")):
        return True
    if any(text in str(value) for value in _values(content)):
        return True
    return any(holds(inner, text) for inner in _inside(content))


def _values(content: bytes) -> Iterator[Any]:
    if content.startswith(b"PAR1"):
        with pq.ParquetFile(io.BytesIO(content)) as file:
            table = file.read()
        for column in table.columns:
            flat = pc.list_flatten(column) if pa.types.is_list(column.type) else column
            yield from flat.unique().to_pylist()
    elif content.startswith(b"SQLite format 3\x00"):
        yield from _sqlite(content)
    elif content.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in content:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                yield from (value for value in row if value is not None)
        book.close()


def _sqlite(content: bytes) -> Iterator[Any]:
    with tempfile.NamedTemporaryFile(suffix=".db") as copy:
        Path(copy.name).write_bytes(content)
        connection = sqlite3.connect(copy.name)
        try:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in names:
                quoted = '"' + name.replace('"', '""') + '"'
                for row in connection.execute(f"SELECT * FROM {quoted}"):
                    yield from row
        finally:
            connection.close()


def _inside(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\x1f\x8b"):
        try:
            yield gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    elif content[:1] == b"x" and content[1:2] in b"\x01\x9c\xda":  # git's loose objects
        try:
            yield zlib.decompress(content)
        except zlib.error:
            return
