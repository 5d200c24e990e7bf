"""CSV for two kinds of readers: spreadsheets, whose separator and decimal sign follow the language, and mail tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.spreadsheets.harmless import harmless, harmless_column
from pipeline.tables import atomic

BATCH = 50_000
DIGITS = 6
EXACT = 1e15  # from here on a double has no six digits behind the point


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `mark`: a byte order mark, without which Excel takes UTF-8 for another encoding."""

    separator: str
    decimal: str
    mark: bool


# Excel splits at the list separator of its own country and knows UTF-8 by the mark alone, in English too.
DIALECTS = {"en": Dialect(",", ".", True), "ru": Dialect(";", ",", True), "pl": Dialect(";", ",", True)}
TOOLS = Dialect(",", ".", False)  # RFC 4180: what import pages of mail tools take


def write_csv(
    columns: Mapping[str, pa.ChunkedArray], path: Path, dialect: Dialect, raw: frozenset[str] = frozenset()
) -> None:
    """One line per row. Texts quoted and harmless, except the columns in `raw`, which stand as they came.

    Numbers and dates (year-month-day) are not quoted, so that a reader can take quoted fields as texts and keep the
    leading zeros of ids; at most six digits behind the point. Null: an empty field. Lines end as RFC 4180 says.
    """
    table = pa.table(dict(columns))
    header = dialect.separator.join(_quoted(harmless(name)) for name in table.column_names) + "\r\n"
    with atomic(path) as aside, aside.open("wb") as handle:
        handle.write((("\ufeff" if dialect.mark else "") + header).encode())
        for start in range(0, table.num_rows, BATCH):
            part = table.slice(start, BATCH).combine_chunks()
            cells = [
                _cells(column.chunk(0), dialect, name in raw)
                for name, column in zip(part.column_names, part.columns, strict=True)
            ]
            cells[-1] = pc.binary_join_element_wise(cells[-1], "\r\n", "")
            handle.write(joined(pc.binary_join_element_wise(*cells, dialect.separator)))


def joined(lines: pa.Array) -> memoryview:
    """The bytes of all texts of an array, one after the other, without copying them."""
    _, offsets, content = lines.buffers()
    ends = memoryview(offsets).cast("i" if lines.type == pa.string() else "q")
    return memoryview(content)[ends[lines.offset] : ends[lines.offset + len(lines)]]


def decimals(values: pa.Array) -> pa.Array:
    """Numbers as texts with at most six digits behind the point and no exponent below 1e15; NaN, infinity: null.

    >>> decimals(pa.array([0.5, 1e-6, -1e-9, 20.0, float("nan")])).to_pylist()
    ['0.5', '0.000001', '0', '20', None]
    """
    numbers = values.cast(pa.float64())
    finite = pc.if_else(pc.is_finite(numbers), numbers, None)
    rounded = pc.round(finite, DIGITS)
    if (pc.max(pc.abs(rounded)).as_py() or 0.0) >= EXACT:
        return rounded.cast(pa.string())
    written = rounded.cast(pa.decimal128(38, DIGITS)).cast(pa.string())
    return pc.replace_substring_regex(written, r"\.?0+$", "")


def _cells(values: pa.Array, dialect: Dialect, raw: bool) -> pa.Array:
    """The fields of a column; never null."""
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        texts = pc.replace_substring(decimals(values), ".", dialect.decimal)
    elif pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        texts = values if raw else harmless_column(values)
        texts = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    else:
        texts = values.cast(pa.string())
    return pc.fill_null(texts, "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
