"""Rows of a sheet as bytes, column by column: XlsxWriter lays the workbook out, Arrow fills in half a million rows.

XlsxWriter writes 0.18 million cells a second; a list of 500,000 customers has 14 million. So it writes one row of
pattern cells, each with its style (and its shared text), and that row is replaced by rows of cells like them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.spreadsheets.csv_files import decimals, joined
from pipeline.spreadsheets.harmless import harmless_column

BATCH = 20_000
LONGEST = 16_000  # a cell holds 32,767 units of UTF-16, of which a letter takes at most two
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, for all days after February 1900
CELL = re.compile(r'<c r="[A-Z]+\d+"([^>]*?)(/>|>.*?</c>)')
STORED = (1980, 1, 1, 0, 0, 0)  # the time in an archive, which no clock may decide
LARGE = 1 << 31  # from here on an archive needs the longer form of its sizes


class Patterns:
    """Cells that XlsxWriter writes once, in one row of a sheet; `read` gives back what stands behind their place."""

    def __init__(self, sheet: Worksheet, row: int) -> None:
        self._sheet = sheet
        self.row = row
        self._count = 0

    def blank(self, style: Format) -> int:
        """The number of a pattern that has a style and no content."""
        self._sheet.write_blank(self.row, self._count, None, style)
        self._count += 1
        return self._count - 1

    def text(self, text: str, style: Format) -> int:
        """The number of a pattern with a style and a text."""
        self._sheet.write_string(self.row, self._count, text, style)
        self._count += 1
        return self._count - 1

    def read(self, row: str) -> list[str]:
        """What follows the place of each pattern cell: its attributes, and of texts the content too."""
        found = [attributes + (end if end != "/>" else "") for attributes, end in CELL.findall(row)]
        if len(found) != self._count:
            raise RuntimeError(f"XlsxWriter wrote {len(found)} pattern cells of {self._count}: its format has changed")
        return found


@dataclass(frozen=True)
class Column:
    """How a column becomes cells: a pattern per state of the row, and for a word one per (value, state).

    `states` are numbers of patterns without content, by the state of the row; `words` is None for numbers, dates and
    free texts. A null is a cell without content if `seen`, and no cell otherwise.
    """

    name: str
    states: tuple[int, ...]
    seen: bool
    words: dict[str, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class Rows:
    """What makes the rows from the pattern cells, and about how many bytes they are."""

    make: Callable[[list[str]], Iterator[memoryview]]
    size: int


def row_bytes(
    table: pa.Table, columns: list[Column], state: pa.Array, patterns: list[str], first: int
) -> Iterator[memoryview]:
    """The rows of a sheet as its XML has them, from row number `first` on.

    `state` says for each row which of a column's patterns it takes (int32).
    """
    for start in range(0, table.num_rows, BATCH):
        part, states = table.slice(start, BATCH).combine_chunks(), state.slice(start, BATCH)
        number = pa.array(range(first + start, first + start + part.num_rows)).cast(pa.string())
        cells = []
        for at, one in enumerate(columns):
            place = pc.binary_join_element_wise(f'<c r="{xl_col_to_name(at)}', number, '"', "")
            cells.append(_cells(part.column(one.name).chunk(0), one, place, states, patterns))
        opened = pc.binary_join_element_wise('<row r="', number, '">', "")
        yield joined(pc.binary_join_element_wise(opened, *cells, "</row>", "", null_handling="skip"))


def _cells(values: pa.Array, column: Column, place: pa.Array, states: pa.Array, patterns: list[str]) -> pa.Array:
    """The cells of a column, null where there is none."""
    style = pa.array([patterns[one] for one in column.states]).take(states)
    if column.words is not None:
        cells = pc.binary_join_element_wise(place, _endings(values, column, column.words, states, patterns), "")
    elif pa.types.is_string(values.type):
        opening, closing = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
        cells = pc.binary_join_element_wise(place, style, opening, _escaped(values), closing, "")
    else:
        cells = pc.binary_join_element_wise(place, style, "><v>", _number(values), "</v></c>", "")
    if not column.seen or not cells.null_count:
        return cells
    return pc.coalesce(cells, pc.binary_join_element_wise(place, style, "/>", ""))


def _endings(
    values: pa.Array, column: Column, words: dict[str, tuple[int, ...]], states: pa.Array, patterns: list[str]
) -> pa.Array:
    """What follows the place in the cells of words: style and shared text, null where the value is."""
    coded = values.dictionary_encode()
    endings = [patterns[one] for value in coded.dictionary.to_pylist() for one in words[value]]
    chosen = pc.add(pc.multiply(coded.indices, len(column.states)), states)
    return pa.array(endings, pa.string()).take(chosen)


def _escaped(texts: pa.Array) -> pa.Array:
    """Texts as XML holds them; `_x0041_` would be read as a letter, so its underscore is spelt out."""
    safe = pc.utf8_slice_codeunits(harmless_column(texts), 0, LONGEST)
    safe = pc.replace_substring_regex(safe, r"(_x[0-9a-fA-F]{4}_)", r"_x005F\1")
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        safe = pc.replace_substring(safe, sign, entity)
    return safe


def _number(values: pa.Array) -> pa.Array:
    """Numbers as they are, days as spreadsheets count them."""
    if pa.types.is_date(values.type):
        days = values.cast(pa.date32()).cast(pa.int32())
        return pc.add(days, (date(1970, 1, 1) - EPOCH).days).cast(pa.string())
    return values.cast(pa.string()) if pa.types.is_integer(values.type) else decimals(values)


def fill(laid_out: BytesIO, place: str, patterns: Patterns, rows: Rows, area: str, path: Path) -> None:
    """Write the workbook with the pattern row of one of its sheets replaced by rows; same rows, same bytes.

    `place` is the sheet's file in the archive, `area` the cells that it then has ("A1:AK500").
    """
    with ZipFile(laid_out) as source, ZipFile(path, "w") as target:
        for item in source.infolist():
            info = ZipInfo(item.filename, STORED)
            info.compress_type = ZIP_DEFLATED
            if item.filename != place:
                target.writestr(info, source.read(item))
                continue
            before, row, after = _around(source.read(item).decode(), patterns.row + 1, area)
            with target.open(info, "w", force_zip64=rows.size > LARGE) as handle:
                handle.write(before.encode())
                for block in rows.make(patterns.read(row)):
                    handle.write(block)
                handle.write(after.encode())


def _around(sheet: str, number: int, area: str) -> tuple[str, str, str]:
    """(before, row, after) of a sheet's XML at the row of a number, the size of the sheet set to `area`."""
    sheet = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="{area}"/>', sheet, count=1)
    start = sheet.index(f'<row r="{number}"')
    end = sheet.index("</row>", start) + len("</row>")
    return sheet[:start], sheet[start:end], sheet[end:]
