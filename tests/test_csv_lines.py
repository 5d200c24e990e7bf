"""The scan of CSV bytes, against plain Python that looks at one line after the other."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.blocks import whole_lines
from pipeline.sources.csv_lines import (
    FEW,
    GOOD,
    LONE_CR,
    MANY,
    NOT_TEXT,
    NUL,
    QUOTES,
    count_cells,
    good_bytes,
    scan,
    without_blank,
)
from pipeline.sources.csv_records import cells_in

QUICK = settings(max_examples=300, deadline=None, derandomize=True)
SIGNS = [b'"', b'"', b",", b",", b"\n", b"\r\n", b"\r", b"a", b"b c", b"\xc3\xa9", b"\xff", b"\x00", b"", b" ", b'""']
BYTES = st.lists(st.sampled_from(SIGNS), max_size=30).map(b"".join)


def judged(line: bytes) -> tuple[int, int, bool]:
    """Fault, cells and whether quotes stay open, sign by sign; cells mean nothing where there is a fault."""
    body = line.removesuffix(b"\r")
    try:
        body.decode()
    except UnicodeDecodeError:
        return NOT_TEXT, 0, False
    for sign, fault in ((b"\x00", NUL), (b"\r", LONE_CR)):
        if sign in body:
            return fault, 0, False
    cells, state = 1, "start"
    for sign in body.decode():
        if sign == '"':
            if state == "cell":
                return QUOTES, 0, False
            state = {"start": "inside", "inside": "closed", "closed": "inside"}[state]
        elif state == "closed" and sign != ",":
            return QUOTES, 0, False
        elif state != "inside":
            cells, state = (cells + 1, "start") if sign == "," else (cells, "cell")
    return GOOD, cells, state == "inside"


@given(BYTES)
@QUICK
def test_the_scan_judges_each_line_as_plain_python_does(content: bytes) -> None:
    block = content + b"\n"
    lines = scan(block, ord(","))
    expected = [judged(line) for line in block.split(b"\n")[:-1]]
    assert lines.number.tolist() == list(range(1, len(expected) + 1))
    assert lines.fault.tolist() == [fault for fault, _, _ in expected]
    assert [line for line, (fault, _, _) in zip(lines.open.tolist(), expected, strict=True) if fault == GOOD] == [
        opened for fault, _, opened in expected if fault == GOOD
    ]
    whole = [at for at, (fault, _, opened) in enumerate(expected) if fault == GOOD and not opened]
    assert lines.cells[whole].tolist() == [expected[at][1] for at in whole]


@given(BYTES, st.integers(1, 3))
@QUICK
def test_good_bytes_are_the_good_lines_and_python_reads_as_many_cells(content: bytes, expected: int) -> None:
    lines = count_cells(without_blank(scan(content + b"\n", ord(","))), expected)
    good = [lines.line(at) for at in range(len(lines)) if lines.fault[at] == GOOD and not lines.open[at]]
    closed = lines.picked(~lines.open)
    assert [line.removesuffix(b"\r") for line in good_bytes(closed).split(b"\n")[:-1]] == good
    assert all(len(row) == expected for row in csv.reader([line.decode() for line in good], strict=True))
    for at in range(len(closed)):
        if closed.fault[at] in (FEW, MANY):
            assert (closed.cells[at] < expected) == (closed.fault[at] == FEW)


@given(BYTES)
@QUICK
def test_blank_lines_are_those_of_spaces_only(content: bytes) -> None:
    left = without_blank(scan(content + b"\n", ord(",")))
    expected = [line for line in content.split(b"\n") if line.removesuffix(b"\r").strip(b" ")]
    assert [left.line(at) for at in range(len(left))] == [line.removesuffix(b"\r") for line in expected]


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 1), (",", 2), ('"a\n,b",c', 2), ('"a""b"', 1), ('""', 1), ('a"b', None), ('"a"b', None), ('"a', None)],
)
def test_cells_of_a_row_over_several_lines(text: str, cells: int | None) -> None:
    assert cells_in(text, ",") == cells


@given(st.binary(max_size=60), st.integers(1, 20))
@settings(QUICK, max_examples=100)
def test_blocks_hold_every_byte_once(content: bytes, size: int) -> None:
    """Whatever the size of a block; only a final newline is added, and a byte order mark is gone."""
    expected = content.removeprefix(b"\xef\xbb\xbf")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return  # UTF-16, refused
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sources.blocks.BLOCK", max(size, 3))
        patch.setattr("pipeline.sources.blocks._pieces", lambda _: iter(pieces(content, max(size, 3))))
        found = list(whole_lines(Path("x.csv")))
    assert all(block.endswith(b"\n") for block in found)
    joined = b"".join(found)
    assert joined == expected + (b"" if not expected or expected.endswith(b"\n") else b"\n")


def pieces(content: bytes, size: int) -> list[bytes]:
    """The content in pieces of one size."""
    return [content[start : start + size] for start in range(0, len(content), size)]
