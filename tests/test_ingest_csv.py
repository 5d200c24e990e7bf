"""CSV as it comes: what may vary, and what stops the run in one sentence rather than lose a row in silence."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import Ingested, outputs, run_ingest, write_file, write_params

from pipeline.errors import EbbError

HEADER = "customer_id,event_time,event_type,amount\n"
ENDS = "first,2024-01-01,purchase,1\nlast,2024-03-01,purchase,1\n"


def read(folder: Path, content: str | bytes) -> Ingested:
    """Ingest one CSV file of this content."""
    write_params(folder)
    write_file(folder, content)
    return run_ingest(folder)


CSV_ERRORS = {
    "nothing": ("", r"events\.csv is empty"),
    "header only": (HEADER, r"events\.csv has no rows"),
    "column twice": (
        "customer_id,event_time,event_type,event_type\n" + ENDS,
        r"events\.csv has the column event_type twice",
    ),
    "semicolons": ((HEADER + ENDS).replace(",", ";"), r"events\.csv separates columns by ;: export it with commas"),
    "tabs": ((HEADER + ENDS).replace(",", "\t"), r"events\.csv separates columns by tabs"),
    "semicolons below": (HEADER + ENDS.replace(",", ";"), r"events\.csv"),
    "a cell too few": (HEADER + "anna,2024-01-10,purchase\n" + ENDS, r"events\.csv"),
    "a cell too many": (HEADER + "anna,2024-01-10,purchase,1,1\n" + ENDS, r"events\.csv"),
    "unclosed quote": (HEADER + ENDS + '"anna,2024-01-10,purchase,1\n', r"events\.csv"),
    "quote inside": (HEADER + 'an"na,2024-01-10,purchase,1\n"bert,2024-01-10,purchase,1\n' + ENDS, r"events\.csv"),
    "rows between quotes": (
        HEADER + '"anna,2024-01-10,purchase,1\nbert,2024-01-10,purchase,1\ncleo",2024-01-10,purchase,1\n' + ENDS,
        r"events\.csv has 5 rows by its bytes, but 3 were read: a quote or line break inside a field is likely",
    ),
    "line break in a field": (
        HEADER + '"an\nna",2024-01-10,purchase,1\n' + ENDS,
        r"4 rows by its bytes, but 3 were read",
    ),
    "title above the header": ("# exported by crm\n" + HEADER + ENDS, r"events\.csv"),
    "latin-1": ((HEADER + "ren\u00e9,2024-01-10,purchase,1\n" + ENDS).encode("latin-1"), r"events\.csv"),
    "utf-16": ((HEADER + ENDS).encode("utf-16"), r"events\.csv"),
    "lines that end as on an old Mac": ((HEADER + ENDS).replace("\n", "\r"), r"events\.csv"),
    "one endless line": ("<html>" + "x" * 200_000, r"events"),
    "a page": ("<!DOCTYPE html>\n<html><body>Log in, please</body></html>\n", r"events"),
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
        "anna,2024-01-10,purchase\n",
        "anna,2024-01-10,purchase,1,1\n",
        '"anna,2024-01-10,purchase,1\nbert",2024-01-10,purchase,1\n',
    ],
    ids=["a cell too few", "a cell too many", "rows between quotes"],
)
def test_what_is_wrong_far_down_is_found_too(tmp_path: Path, line: str) -> None:
    with pytest.raises(EbbError, match=r"events\.csv"):
        read(tmp_path, HEADER + "".join(MANY) + line + ENDS)


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
