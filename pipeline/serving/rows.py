"""Rows of a list as JSON or CSV, a block at a time, put together by Arrow: no loop over cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.spreadsheets.harmless import harmless, harmless_column

BLOCK = 4096  # rows: a few megabytes of text
OWNER = "customer_id"


def json_rows(table: pa.Table, rows: np.ndarray, head: dict[str, Any]) -> Iterator[bytes]:
    """The head's keys, then `rows`: one object per row, numbers in full, ids as they came, null where unknown."""
    opening = json.dumps({**head, "rows": []}, ensure_ascii=False, allow_nan=False)
    yield opening.removesuffix("]}").encode()
    before = "\n"
    for block in _blocks(table, rows):
        yield (before + ",\n".join(_lines(block, _as_json))).encode()
        before = ",\n"
    yield b"\n]}\n"


def csv_rows(table: pa.Table, rows: np.ndarray, raw_ids: bool = False) -> Iterator[bytes]:
    """One line per row under a header (RFC 4180, comma, point, UTF-8); texts that read as formulas made harmless.

    With `raw_ids` ids are as they came, for programs; a spreadsheet may obey them.
    """

    def write(name: str, column: pa.Array) -> pa.Array:
        text = pa.types.is_string(column.type)
        return _as_csv(harmless_column(column) if text and not (raw_ids and name == OWNER) else column)

    yield (",".join(_quoted(harmless(name)) for name in table.column_names) + "\r\n").encode()
    for block in _blocks(table, rows):
        columns = [write(name, column) for name, column in zip(block.schema.names, block.columns, strict=True)]
        lines = pc.binary_join_element_wise(*columns, ",").to_pylist()
        yield "".join(f"{line}\r\n" for line in lines).encode()


def _blocks(table: pa.Table, rows: np.ndarray) -> Iterator[pa.RecordBatch]:
    """The rows of these ascending numbers in blocks; slices of the table, so that no column is copied whole."""
    for start in range(0, table.num_rows, BLOCK):
        first, last = np.searchsorted(rows, (start, start + BLOCK))
        if first < last:
            block = table.slice(start, BLOCK).take(pa.array(rows[first:last] - start)).combine_chunks()
            yield block.to_batches()[0]


def _lines(block: pa.RecordBatch, write: Callable[[pa.Array], pa.Array]) -> list[str]:
    """One JSON object per row."""
    pieces: list[Any] = []
    for number, (name, column) in enumerate(zip(block.schema.names, block.columns, strict=True)):
        pieces += [f"{',' if number else '{'}{json.dumps(name, ensure_ascii=False)}:", write(column)]
    lines: list[str] = pc.binary_join_element_wise(*pieces, "}", "").to_pylist()
    return lines


def _as_json(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        written = _each(column, lambda text: json.dumps(text, ensure_ascii=False))
    elif pa.types.is_temporal(column.type):
        written = _each(column.cast(pa.string()), lambda text: f'"{text}"')
    else:
        written = _finite(column).cast(pa.string())
    return pc.fill_null(written, "null")


def _as_csv(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        written = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
    elif pa.types.is_temporal(column.type):
        written = column.cast(pa.string())
    else:
        written = _finite(column).cast(pa.string())
    return pc.fill_null(written, "")


def _each(column: pa.Array, write: Callable[[str], str]) -> pa.Array:
    """A text per text; each different one is written once."""
    coded = column.dictionary_encode()
    return pa.array([write(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _finite(column: pa.Array) -> pa.Array:
    """A number that is none is not known: JSON has no word for it."""
    return pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(column.type) else column


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
