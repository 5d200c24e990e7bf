"""The lines of a block of CSV, found and judged from the bytes alone, many at a time.

A parser decides for itself where a row ends; here the bytes decide, so that what a parser makes of them can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LF, CR, QUOTE, SPACE = 10, 13, 34, 32
GOOD, NOT_TEXT, NUL, LONE_CR, QUOTES, FEW, MANY = range(7)


@dataclass(frozen=True)
class Lines:
    """One entry per line: where it starts and where its newline is, its cells, its fault, and how its quotes end.

    `odd` lines have an odd number of quotes; `open` ones end inside a quoted cell and are in order up to there.
    `number` counts the lines of the file, from 1; with line breaks in cells it is the first line of the row.
    """

    block: bytes
    starts: Ints
    ends: Ints
    number: Ints
    cells: Ints
    fault: NDArray[np.uint8]
    odd: Flags
    open: Flags

    def __len__(self) -> int:
        return len(self.starts)

    def picked(self, which: Any) -> Lines:
        """These lines only."""
        fields = ("starts", "ends", "number", "cells", "fault", "odd", "open")
        return replace(self, **{name: getattr(self, name)[which] for name in fields})

    def line(self, at: int | np.integer[Any]) -> bytes:
        """The bytes of one line without its end."""
        return self.block[self.starts[at] : self.ends[at]].removesuffix(b"\r")


def scan(block: bytes, delimiter: int | None, before: int = 0) -> Lines:
    """Every line of a block; `before` is how many lines of the file come before it.

    Without a delimiter (JSON) cells and quotes mean nothing, and a carriage return is a space.
    """
    data = np.frombuffer(block, np.uint8)
    quoted = delimiter is not None and b'"' in block
    hit = data == LF
    if delimiter is not None:
        hit |= data == delimiter
    if quoted:
        hit |= data == QUOTE
    marks = np.flatnonzero(hit)
    newlines = np.flatnonzero(data[marks] == LF)
    ends = marks[newlines]
    count = len(ends)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    none = np.zeros(count, bool)
    cells = np.diff(newlines, prepend=-1)
    lines = Lines(block, starts, ends, before + 1 + np.arange(count), cells, none.astype(np.uint8), none, none)
    if quoted:
        lines = _quoted(lines, data, marks, cells, int(delimiter or 0))
    if delimiter is not None and b"\r" in block:
        returns = np.flatnonzero(data == CR)
        _blame(lines, returns[data[returns + 1] != LF], LONE_CR)
    if b"\x00" in block:
        _blame(lines, np.flatnonzero(data == 0), NUL)
    if not block.isascii():
        _blame_undecodable(lines, data)
    return lines


def _quoted(lines: Lines, data: NDArray[np.uint8], marks: Ints, lengths: Ints, delimiter: int) -> Lines:
    """The same lines with what their quotes say, by RFC 4180: a quote opens at the start of a cell, closes at its end.

    Whether a place lies inside quotes is the parity of the quotes before it in its line.
    """
    kind = data[marks]
    quote = kind == QUOTE
    after = np.cumsum(quote, dtype=np.uint8)  # it may run over: only the parity counts
    first = np.cumsum(lengths) - lengths
    before = after[first] - quote[first]  # quotes of earlier lines
    inside = ((after - np.repeat(before, lengths)) & 1).astype(bool)  # just after the mark
    separates = (kind == delimiter) & ~inside
    running = np.concatenate([[0], np.cumsum(separates)])
    cells = running[first + lengths] - running[first] + 1
    wrong = marks[quote][_misplaced(data, marks[quote], inside[quote], delimiter)]
    fault = lines.fault.copy()
    fault[np.unique(np.searchsorted(lines.ends, wrong))] = QUOTES
    odd = inside[first + lengths - 1]
    return replace(lines, cells=cells, fault=fault, odd=odd, open=odd & (fault == GOOD))


def _misplaced(data: NDArray[np.uint8], quotes: Ints, opens: Flags, delimiter: int) -> Flags:
    """Whether a quote stands where none may: not at the start of a cell, or not at its end."""
    edge = np.zeros(256, bool)
    edge[[delimiter, LF, QUOTE]] = True
    starts = edge[data[quotes - 1]]  # before the block's first sign stands its last, a newline
    following = data[quotes + 1]  # and so there is always one after a quote
    ends = edge[following]
    returns = np.flatnonzero(following == CR)
    ends[returns] = data[quotes[returns] + 2] == LF
    return ~np.where(opens, starts, ends)


def _blame(lines: Lines, places: Ints, fault: int) -> None:
    lines.fault[np.unique(np.searchsorted(lines.ends, places))] = fault
    lines.open[lines.fault > GOOD] = False


def _blame_undecodable(lines: Lines, data: NDArray[np.uint8]) -> None:
    try:
        lines.block.decode()
        return
    except UnicodeDecodeError:
        pass  # some line is to blame: look for all of them
    for at in np.unique(np.searchsorted(lines.ends, np.flatnonzero(data >= 128))):
        try:
            lines.line(at).decode()
        except UnicodeDecodeError:
            lines.fault[at], lines.open[at] = NOT_TEXT, False


def without_blank(lines: Lines) -> Lines:
    """The lines that hold more than spaces."""
    data = np.frombuffer(lines.block, np.uint8)
    size = lines.ends - lines.starts
    start = data[lines.starts]
    blank = (size == 0) | ((size == 1) & (start == CR))
    for at in np.flatnonzero((start == SPACE) & (lines.cells == 1)):
        blank[at] = not lines.line(at).strip(b" ")
    return lines.picked(~blank) if blank.any() else lines


def count_cells(lines: Lines, expected: int) -> Lines:
    """The same lines, those without another fault blamed for too few or too many cells."""
    fault = lines.fault.copy()
    clean = fault == GOOD
    fault[clean & (lines.cells < expected)] = FEW
    fault[clean & (lines.cells > expected)] = MANY
    return replace(lines, fault=fault)


def good_bytes(lines: Lines) -> bytes:
    """The lines without a fault, one after the other."""
    good = lines.fault == GOOD
    whole = len(lines) and lines.starts[0] == 0 and lines.ends[-1] == len(lines.block) - 1
    joined = whole and bool((lines.starts[1:] == lines.ends[:-1] + 1).all())
    if joined and good.all():
        return lines.block
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    view = memoryview(lines.block)
    runs = edges.reshape(-1, 2)
    if joined:
        return b"".join(view[lines.starts[first] : lines.ends[last - 1] + 1] for first, last in runs)
    return b"".join(view[lines.starts[at] : lines.ends[at] + 1] for first, last in runs for at in range(first, last))
