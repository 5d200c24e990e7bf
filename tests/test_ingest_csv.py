"""CSV as it comes: what may vary, and what stops the run in one sentence rather than lose a row in silence."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import Ingested, outputs, run_ingest, write_file, write_params

from pipeline.errors import EbbError

HEADER = "customer_id,event_time,event_type,amount\n"
ENDS = "first,2024-01-01,purchase,1\nlast,2024-03-01,purchase,1\n"


def read(folder: Path, content: str | bytes, changes: dict[str, Any] | None = None) -> Ingested:
    """Ingest one CSV file of this content."""
    write_params(folder, changes)
    write_file(folder, content)
    return run_ingest(folder)


CSV_ERRORS = {
    "nothing": ("", r"events\.csv is empty"),
    "header only": (HEADER, r"events\.csv has no rows"),
    "column twice": (
        "customer_id,event_time,event_type,event_type\n" + ENDS,
        r"events\.csv has the column event_type twice",
    ),
    "semicolons": ((HEADER + ENDS).replace(",", ";"), r'events\.csv seems to .* set events\.csv\.delimiter: ";"\.'),
    "tabs": ((HEADER + ENDS).replace(",", "\t"), r'events\.csv seems to .* set events\.csv\.delimiter: "\\t"\.'),
    "semicolons below": (
        HEADER + ENDS.replace(",", ";"),
        r"no line that fits its header of 4 columns \(line 2: the line has fewer cells.*events\.csv\.delimiter",
    ),
    "unclosed quote": (
        HEADER + ENDS + '"anna,2024-01-10,purchase,1\n',
        r"events\.csv line 4 opens a quote that it does not close: .* set events\.csv\.line_breaks: true",
    ),
    "quote inside, then one unclosed": (
        HEADER + 'an"na,2024-01-10,purchase,1\n"bert,2024-01-10,purchase,1\n' + ENDS,
        r"events\.csv line 3 opens a quote",
    ),
    "rows between quotes": (
        HEADER + '"anna,2024-01-10,purchase,1\nbert,2024-01-10,purchase,1\ncleo",2024-01-10,purchase,1\n' + ENDS,
        r"events\.csv line 2 opens a quote that it does not close",
    ),
    "line break in a field": (
        HEADER + '"an\nna",2024-01-10,purchase,1\n' + ENDS,
        r"events\.csv line 2 opens a quote that it does not close",
    ),
    "title above the header": ("# exported by crm\n" + HEADER + ENDS, r"no line that fits its header of 1 columns"),
    "latin-1 header": (
        (HEADER.replace("amount", "pre\u00e7o") + ENDS).encode("latin-1"),
        r"header that is not valid utf-8: set events\.csv\.encoding",
    ),
    "utf-16": (
        (HEADER + ENDS).encode("utf-16"),
        r"events\.csv is UTF-16, not utf-8: set events\.csv\.encoding: utf-16",
    ),
    "utf-16 without a mark": ((HEADER + ENDS).encode("utf-16-be"), r"set events\.csv\.encoding: utf-16"),
    "lines that end as on an old Mac": ((HEADER + ENDS).replace("\n", "\r"), r"lone CR as line end in line 1"),
    "two lines that end so": (
        HEADER + ENDS + "anna,2024-01-10,purchase,1\rbert,2024-01-10,purchase,1\n",
        r"events\.csv line 4 has a lone CR as line end: export it with LF or CRLF",
    ),
    "a column without a name": (HEADER.replace("event_type", "") + ENDS, r"events\.csv has no name for column 3"),
    "header with a loose quote": (
        HEADER.replace("amount", 'amount,"x"y') + ENDS,
        r"header whose quotes are not in order",
    ),
    "one endless line": ("<html>" + "x" * 9_000_000, r"events\.csv has a line of more than 4 MB"),
    "a page": (
        "<!DOCTYPE html>\n<html><body>Log in, please</body></html>\n",
        r"no line that fits its header of 1 columns",
    ),
}


@pytest.mark.parametrize(("content", "message"), CSV_ERRORS.values(), ids=CSV_ERRORS)
def test_a_csv_file_that_cannot_be_trusted(tmp_path: Path, content: str | bytes, message: str) -> None:
    """An error that names the file, and no output."""
    with pytest.raises(ValueError, match=message):
        read(tmp_path, content)
    assert outputs(tmp_path) == {}


CSV_VARIANTS = {
    "crlf": (HEADER + ENDS).replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + HEADER + ENDS,
    "both, and quotes": ('\ufeff"' + (HEADER + ENDS).strip().replace(",", '","').replace("\n", '"\r\n"') + '"\r\n'),
    "no newline at the end": (HEADER + ENDS).rstrip(),
    "empty lines above the header": "\n  \r\n" + HEADER + ENDS,
    "empty lines": HEADER + "\n" + ENDS + "\n\n",
    "quoted column that holds commas": (HEADER + ENDS)
    .replace(",amount\n", ',amount,"price, net","price, gross"\n')
    .replace(",1\n", ',1,"0,9","1,0"\n'),
}


@pytest.mark.parametrize("content", CSV_VARIANTS.values(), ids=CSV_VARIANTS)
def test_a_csv_file_may_vary_in_what_means_nothing(tmp_path: Path, content: str) -> None:
    events = read(tmp_path, content).events
    assert [(event.customer_id, event.amount) for event in events] == [("first", 1), ("last", 1)]


def test_quoted_commas_and_doubled_quotes_are_text(tmp_path: Path) -> None:
    result = read(tmp_path, HEADER + '"Smith, ""Jo""",2024-01-10,purchase,"1"\n' + ENDS)
    assert result.ids() == ['Smith, "Jo"']


MANY = [f"c{number},2024-01-10,purchase,{number}\n" for number in range(25_000)]  # more than DuckDB looks at first


@pytest.mark.parametrize(
    "line",
    [
        '"anna,2024-01-10,purchase,1\nbert",2024-01-10,purchase,1\n',
        'anna,2024-01-10,purchase,"1\n',
    ],
    ids=["rows between quotes", "unclosed at the end"],
)
def test_a_stray_quote_far_down_is_found_too(tmp_path: Path, line: str) -> None:
    with pytest.raises(EbbError, match=r"events\.csv line 25,002 opens a quote"):
        read(tmp_path, HEADER + "".join(MANY) + line + ENDS)


BAD_LINES = {
    "a cell too few": (
        b"anna,2024-01-10,purchase",
        "the line has fewer cells than the header",
        "anna,2024-01-10,purchase",
    ),
    "a cell too many": (
        b"anna,2024-01-10,purchase,1,1\r",
        "the line has more cells than the header",
        "anna,2024-01-10,purchase,1,1",
    ),
    "a quote within a cell": (
        b'12" record,2024-01-10,purchase,1',
        "the line has a quote where none may stand",
        '12" record,2024-01-10,purchase,1',
    ),
    "text after a quoted cell": (
        b'"an"na,2024-01-10,purchase,1',
        "the line has a quote where none may stand",
        '"an"na,2024-01-10,purchase,1',
    ),
    "a byte of Latin-1": (
        b"ren\xe9,2024-01-10,purchase,1",
        "the line is not valid text in its encoding (events.csv.encoding)",
        "ren\\xe9,2024-01-10,purchase,1",
    ),
    "a NUL": (b"an\x00na,2024-01-10,purchase,1", "the line holds a NUL byte", "an\\x00na,2024-01-10,purchase,1"),
    "a lone carriage return": (
        b"an\rna,2024-01-10,purchase,1",
        "the line holds a lone carriage return",
        "an\rna,2024-01-10,purchase,1",
    ),
}


@pytest.mark.parametrize(("line", "reason", "text"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_line_that_makes_no_row_is_rejected_and_the_rest_goes_on(
    tmp_path: Path, line: bytes, reason: str, text: str
) -> None:
    """With its file, row, reason and text; far down, after an empty line, and among rows that a rule rejects."""
    content = (HEADER + "".join(MANY) + "\n,2024-01-10,purchase,1\n").encode() + line + b"\n" + ENDS.encode()
    result = read(tmp_path, content, {"events.known_until": "2024-03-01"})
    nobody, unread = result.rejected
    assert (nobody["row"], nobody["reason"], nobody["line"]) == (25_001, "customer_id is missing", None)
    assert unread == {
        "file": "data/raw/events.csv",
        "row": 25_002,
        "reason": reason,
        "line": text,
        **dict.fromkeys(["customer_id", "event_time", "event_type", "amount"]),
    }
    assert result.counts("source_rows", "rows_in", "rejected", "kept_events") == (25_004, 25_004, 2, 25_002)
    assert result.report["rejected_by_reason"] == {"customer_id is missing": 1, reason: 1}


LINES = [f"c{number:02},2024-0{number % 3 + 1}-1{number % 9},purchase,{number}\n" for number in range(12)]
TYPOS = [
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    "\\",
    '\\"',
    "'",
    ";",
    "#",
    "\x00",
    "\ufeff",
    ' "',
    '","',
    '"\n"',
    "\t",
    "é",
    "\u2028",
]


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(TYPOS)), min_size=1, max_size=3))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_no_typing_error_makes_a_whole_line_vanish(typos: list[tuple[int, str]]) -> None:
    """The run stops, or each line that is still as it was is an event."""
    text = HEADER + "".join(LINES)
    for place, typo in typos:
        text = text[: len(text) - place] + typo + text[len(text) - place :]
    with tempfile.TemporaryDirectory() as folder:
        try:
            ids = read(Path(folder), text).ids()
        except EbbError:
            return
    assert {f"c{number:02}" for number, line in enumerate(LINES) if f"\n{line}" in text} <= set(ids)
