"""Rows over several lines, where `events.csv.line_breaks` allows them: joined by their quotes, and looked at twice."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.errors import EventError
from pipeline.sources.csv_lines import Lines

# What a time looks like, in the forms that exports have: a date with separators, or a long number.
TIME = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|\d{8,}(\.\d+)?")


def refuse_open(path: Path, lines: Lines) -> None:
    """Raise EventError if a line ends inside a quoted cell."""
    for at in np.flatnonzero(lines.open)[:1]:
        raise unclosed(path, int(lines.number[at]))


def unclosed(path: Path, number: int) -> EventError:
    """The error of a quote that is not closed in its line."""
    return EventError(
        f"{path} line {number:,} opens a quote that it does not close: mend the line, or set "
        "events.csv.line_breaks: true if cells of this file hold line breaks."
    )


def join(path: Path, lines: Lines, expected: int, delimiter: str) -> tuple[Lines, bytes]:
    """Lines of which each is one row, and the bytes of a last row that goes on in the next block.

    A row goes on until the next line with an odd number of quotes. Raises EventError if that makes no row in order, or
    swallows lines that look like rows of their own.
    """
    odd = np.flatnonzero(lines.odd)
    keep = np.ones(len(lines), bool)
    ends, cells, rest = lines.ends.copy(), lines.cells.copy(), b""
    at = 0
    while at < len(odd):
        first = odd[at]
        if not lines.open[first]:
            at += 1
            continue
        if at + 1 == len(odd):
            rest = lines.block[lines.starts[first] :]
            keep[first:] = False
            break
        last = odd[at + 1]
        record = lines.block[lines.starts[first] : lines.ends[last]].removesuffix(b"\r")
        cells[first] = _checked(path, record, int(lines.number[first]), expected, delimiter)
        ends[first] = lines.ends[last]
        keep[first + 1 : last + 1] = False
        at += 2
    joined = replace(lines, ends=ends, cells=cells)
    return joined.picked(keep), rest


def _checked(path: Path, record: bytes, number: int, expected: int, delimiter: str) -> int:
    """How many cells a row over several lines has. Raises EventError if it is in disorder or holds other rows."""
    text = record.decode("utf-8", "surrogateescape")
    cells = cells_in(text, delimiter)
    if cells is None or b"\x00" in record or any("\udc80" <= sign <= "\udcff" for sign in text):
        raise EventError(
            f"{path} line {number:,} starts a row over several lines that is not in order: mend its quotes."
        )
    alike = [_like_a_row(line, expected, delimiter) for line in text.split("\n")]
    if any(alike[1:-1]) or (alike[0] and alike[-1]):
        row = number + (alike[1:-1].index(True) + 1 if any(alike[1:-1]) else 0)
        raise EventError(
            f"{path} line {row:,} looks like a row of its own, but stands between the quotes of the row that starts at "
            f"line {number:,}: close the quote there, or quote cells that hold quotes."
        )
    return cells


def cells_in(text: str, delimiter: str) -> int | None:
    """The number of cells of one row, None where its quotes are not in order."""
    cell = re.compile(rf'"[^"]*(?:""[^"]*)*"|[^"{re.escape(delimiter)}\r\n]*')
    place, cells = 0, 0
    while True:
        found = cell.match(text, place)
        place, cells = (found.end() if found else place), cells + 1
        if place == len(text):
            return cells
        if text[place] != delimiter:
            return None
        place += 1


def _like_a_row(line: str, expected: int, delimiter: str) -> bool:
    """Whether a line has as many cells as a row and one of them looks like a time."""
    cells = line.replace('"', "").split(delimiter)
    return len(cells) == expected > 1 and any(TIME.fullmatch(cell.strip()) for cell in cells)
