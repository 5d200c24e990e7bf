"""A CSV file, block by block: our scan judges its lines, the parser splits good ones, the counts must agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline.engine import Connection
from pipeline.errors import EventError
from pipeline.sections.events import Csv
from pipeline.sources.blocks import LONGEST_LINE, whole_lines
from pipeline.sources.csv_header import read_header
from pipeline.sources.csv_lines import GOOD, LONE_CR, Lines, count_cells, good_bytes, scan, without_blank
from pipeline.sources.csv_records import join, refuse_open, unclosed
from pipeline.sources.sink import REASONS, Part, Reading, Texts, add_unread, readable, refuse_more


def number_csv(connection: Connection, number: int, path: Path, how: Reading, before: int) -> Part:
    """A table of the good lines of one CSV file, all text; the others go to the table of unread lines.

    Raises EventError if a line cannot be told from the next one, or no line is good.
    """
    blocks = whole_lines(path, how.csv.encoding)
    names, rest, above = read_header(path, blocks, how.csv)
    table = Texts(connection, f"part_{number}", names, number)
    rows, unread, example = 0, 0, ""
    for lines in _rows(path, chain([rest], blocks), above, len(names), how.csv):
        good = lines.fault == GOOD
        at = rows + np.arange(len(lines))
        rows += len(lines)
        refuse_more(path, before + rows, how.max_rows)
        if good.any():
            table.add(_split(path, good_bytes(lines), names, how.csv, int(good.sum())), at[good])
        bad = np.flatnonzero(~good)
        add_unread(connection, number, ((int(at[i]), int(lines.fault[i]), lines.line(int(i))) for i in bad))
        if len(bad) and not unread:
            example = f"line {lines.number[bad[0]]:,}: {REASONS[int(lines.fault[bad[0]])]}"
        unread += len(bad)
    table.flush()
    if unread and unread == rows:
        raise EventError(
            f"{path} has no line that fits its header of {len(names)} columns ({example}): see the settings "
            "events.csv.delimiter, encoding and line_breaks, or export it again."
        )
    return Part(names, rows, unread)


def _rows(path: Path, blocks: Iterator[bytes], above: int, expected: int, how: Csv) -> Iterator[Lines]:
    """Lines that are one row each, those that hold nothing left out; `above` lines of the file come first."""
    rest = b""
    for block in blocks:
        if not block:
            continue
        lines = scan(rest + block, ord(how.delimiter), above)
        above += len(lines)
        rest = b""
        if how.line_breaks:
            lines, rest = join(path, lines, expected, how.delimiter)
            if rest:
                above -= rest.count(b"\n")
                if len(rest) > LONGEST_LINE:
                    raise unclosed(path, above + 1)
        else:
            refuse_open(path, lines)
        lines = count_cells(without_blank(lines), expected)
        _refuse_lone_returns(path, lines, expected, how.delimiter)
        yield lines
    if rest:
        raise unclosed(path, above + 1)


def _refuse_lone_returns(path: Path, lines: Lines, expected: int, delimiter: str) -> None:
    """A carriage return within a cell spoils one line; as the end of lines it hides rows."""
    for at in np.flatnonzero(lines.fault == LONE_CR):
        pieces = lines.line(int(at)).split(b"\r")
        if sum(piece.count(delimiter.encode()) + 1 == expected for piece in pieces if piece) > 1:
            raise EventError(
                f"{path} line {lines.number[at]:,} has a lone CR as line end: export it with LF or CRLF at every end."
            )


def _split(path: Path, content: bytes, names: list[str], how: Csv, rows: int) -> pa.Table:
    """The cells of good lines as text, empty ones null. One row per line."""
    table = arrow_csv.read_csv(
        pa.BufferReader(content),
        arrow_csv.ReadOptions(column_names=names, block_size=len(content) + 1),
        arrow_csv.ParseOptions(delimiter=how.delimiter, newlines_in_values=how.line_breaks),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True, check_utf8=False
        ),
    )
    if table.num_rows != rows:
        raise EventError(
            f"{path} has {rows:,} rows by its bytes, but {table.num_rows:,} were read near "
            f"{readable(content[:40])!r}: export it as Parquet, and report this as a bug."
        )
    return table
