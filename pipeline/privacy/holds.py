"""Does a file hold a person? Files are known by their first bytes, since DVC's cache has no names.

Looked into: Parquet, CSV in every dialect of ours, workbooks, pages that carry customers, and these inside gzip. Ids
are compared whole: 12 is not in 123. What holds no ids by design is not looked into, since a figure there could read as
somebody's id: JSON, models, pages without customers, points of plots.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
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
from pipeline.spreadsheets.harmless import harmless

OWNER = "customer_id"
SEPARATORS = ",;\t"
DATA = re.compile(r'<script type="application/json"[^>]*>(.*?)</script>', re.DOTALL)  # the customers of a page


@dataclass(frozen=True)
class Person:
    """Every id that one or several people are known by: as it came, and its pseudonym."""

    ids: frozenset[str]

    @property
    def shown(self) -> frozenset[str]:
        """The ids as a spreadsheet has them, too, those of earlier versions included."""
        earlier = {"".join(" " if ord(letter) < 32 else letter for letter in name) for name in self.ids}
        return self.ids | {harmless(name) for name in self.ids} | earlier | {f"'{name}" for name in earlier}

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
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")) or _page(start) or _text(start):
        return _content(path.read_bytes(), person, anywhere)
    return False


def _page(start: bytes) -> bool:
    return start.lstrip().lower().startswith(b"<!doctype html")


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
        return _workbook(content, person)
    if _page(content[:16]):
        return _customers(content, person)
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


def _workbook(content: bytes, person: Person) -> bool:
    """The texts of a workbook are in one part of it, numbers are not ids: ours writes ids as texts.

    Every workbook of ours is a list, whose headings are words of three languages.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            pages = [book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml")]
    except (zipfile.BadZipFile, KeyError, zlib.error):
        return False
    texts = {html.unescape(text) for page in pages for text in re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", page)}
    return not person.shown.isdisjoint(texts)


def _customers(content: bytes, person: Person) -> bool:
    """The customers of a page stand in the data that its script reads: their ids as they came, by the key `id`."""
    for found in DATA.findall(content.decode("utf-8", "replace")):
        try:
            data = json.loads(found)
        except ValueError:
            continue  # cut off: no page shows it
        ids = data.get("id") if isinstance(data, dict) else None
        if isinstance(ids, list) and not person.ids.isdisjoint(name for name in ids if isinstance(name, str)):
            return True
    return False


def _csv(content: bytes, person: Person, anywhere: bool) -> bool:
    """By the columns that name customers, whatever the separator; anywhere in it where it need not have one."""
    text, shown = content.decode("utf-8-sig", "replace"), person.shown
    for separator in SEPARATORS:
        try:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            header = next(rows, [])
            places = [place for place, name in enumerate(header) if _names_customers(name)]
            if any(len(row) > place and row[place] in shown for row in rows for place in places):
                return True
        except csv.Error:
            continue  # no table of this separator
    try:
        cells = (cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row)
        return anywhere and any(not shown.isdisjoint(parts(cell)) for cell in cells)
    except csv.Error:
        return False  # no table


def _names_customers(heading: str) -> bool:
    """Whether a column holds ids: customer_id, a mail tool's external_id or "External ID", ebb_customer_id."""
    name = re.sub(r"\W+", "_", heading.strip().lower())
    return name == "id" or name.endswith("_id")
