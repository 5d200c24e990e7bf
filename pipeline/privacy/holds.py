"""Does a file hold a person? Files are known by their first bytes, since DVC's cache has no names.

Looked into: Parquet, CSV, workbooks, and these inside gzip. Ids are compared whole: 12 is not in 123. What holds no ids
by design is not looked into, since a figure there could read as somebody's id: JSON, models, pages, points of plots.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.protection.protect import PLACE, cells, parts
from pipeline.risk_list import harmless

OWNER = "customer_id"


@dataclass(frozen=True)
class Person:
    """Every id that one or several people are known by: as it came, and its pseudonym."""

    ids: frozenset[str]

    @property
    def shown(self) -> frozenset[str]:
        """The ids as a spreadsheet has them, too."""
        return self.ids | {harmless(name) for name in self.ids}

    def rows(self, table: pa.Table, owner: str = OWNER) -> pa.Array:
        """Per row of a table, whether it is theirs: by the column `owner`, or else by any cell.

        In rejected rows also a part of a cell counts: a broken line is one cell.
        """
        names = table.column_names
        broken = set(PLACE) <= set(names)
        looked = [name for name in names if name not in PLACE] if broken or owner not in names else [owner]
        found = pa.array([False] * table.num_rows, pa.bool_())
        for name in looked:
            found = pc.or_(found, self._in_column(cells(table.column(name)), broken))
        return found if isinstance(found, pa.Array) else found.combine_chunks()

    def _in_column(self, texts: Any, in_parts: bool) -> Any:
        wanted = self.ids
        if in_parts:
            different = (text for text in pc.unique(texts).to_pylist() if text is not None)
            wanted = self.ids | {text for text in different if not self.ids.isdisjoint(parts(text))}
        return pc.is_in(texts, value_set=pa.array(sorted(wanted), pa.string()))


def holds(path: Path, person: Person, anywhere: bool = False) -> bool:
    """Whether a file holds a row of the person. `anywhere`: a CSV or workbook without a column customer_id, too."""
    with path.open("rb") as handle:
        start = handle.read(16)
    if start.startswith(b"PAR1"):
        return _parquet(path, person)
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")) or _text(start):
        return _content(path.read_bytes(), person, anywhere)
    return False


def _text(start: bytes) -> bool:
    return b"\x00" not in start and not start.lstrip().startswith((b"{", b"[", b"<", b"tree\n"))


def _content(content: bytes, person: Person, anywhere: bool) -> bool:
    if content.startswith(b"\x1f\x8b"):
        try:
            return _content(gzip.decompress(content), person, anywhere)
        except (OSError, EOFError, zlib.error):
            return False  # no gzip file after all
    if content.startswith(b"PAR1"):
        return _parquet(io.BytesIO(content), person)
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content, person, anywhere)
    return _text(content[:16]) and _csv(content, person, anywhere)


def _parquet(source: Any, person: Person) -> bool:
    """Row group by row group, and only the column that matters where there is one."""
    try:
        with pq.ParquetFile(source) as file:
            names = file.schema_arrow.names
            broken = set(PLACE) <= set(names)
            columns = [OWNER] if OWNER in names and not broken else None
            for group in range(file.num_row_groups):
                if pc.any(person.rows(file.read_row_group(group, columns=columns))).as_py():
                    return True
    except (pa.ArrowException, OSError):
        return False  # damaged: nobody can read a person in it
    return False


def _workbook(content: bytes, person: Person, anywhere: bool) -> bool:
    """The texts of a workbook are in one part of it, numbers are not ids: ours writes ids as texts."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            pages = [book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml")]
    except (zipfile.BadZipFile, KeyError, zlib.error):
        return False
    texts = {html.unescape(text) for page in pages for text in re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", page)}
    listed = any(text.lower().replace(" ", "_") == OWNER for text in texts)
    return (listed or anywhere) and not person.shown.isdisjoint(texts)


def _csv(content: bytes, person: Person, anywhere: bool) -> bool:
    text = content.decode("utf-8-sig", "replace")
    try:
        rows = csv.reader(io.StringIO(text, newline=""))
        header = next(rows, [])
        if OWNER in header and not anywhere:
            place = header.index(OWNER)
            return any(len(row) > place and row[place] in person.shown for row in rows)
        return anywhere and any(not person.shown.isdisjoint(parts(cell)) for row in [header, *rows] for cell in row)
    except csv.Error:
        return False  # no table
