"""Ingest under fire: bytes of CSV and JSON lines changed at random. It stops in one sentence, or loses no line.

EBB_FUZZ in the environment gives the number of examples of each property for a long run by hand.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace import Ingested, run_ingest, write_file, write_params

from pipeline.errors import EbbError

EXAMPLES = int(os.environ.get("EBB_FUZZ", "12"))
FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)

ROWS = [(f"c{number:02}", f"2024-0{number % 3 + 1}-1{number % 9}", "purchase", str(number)) for number in range(12)]
NAMES = ("customer_id", "event_time", "event_type", "amount")
PIECES = [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\n\n", b'","', b'"\n"', b"\x00", b"\xff", b"\xef\xbb\xbf"]
PIECES += [b"\\", b"'", b";", b"\t", b"#", b" ", b"\xc3", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1a", b"\xff\xfe"]
PIECES += [b"c03,2024-01-13,purchase,3\n", b'"x\ny",2024-01-10,purchase,1\n', b"a" * 300, b"1e400", b"NaN"]
PIECES += [b"{", b"}", b"[]", b":", b"null", b"\xe9"]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 600), st.integers(0, 30), st.one_of(st.sampled_from(PIECES), st.binary(max_size=6), st.just(b""))
    ),
    min_size=1,
    max_size=5,
)


def edited(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with pieces put in, now and then in place of up to three bytes."""
    for place, length, piece in edits:
        at = place % (len(content) + 1)
        cut = length if length < 4 else 0
        content = content[:at] + piece + content[at + cut :]
    return content


def run(content: bytes, name: str, changes: dict[str, Any]) -> Ingested | None:
    """Ingest the bytes; None where it stopped in one sentence. Any other exception is what the test looks for."""
    with tempfile.TemporaryDirectory() as folder:
        write_params(Path(folder), {"events.source": f"data/raw/{name}", **changes})
        write_file(Path(folder), gzip.compress(content, 1, mtime=0) if name.endswith(".gz") else content, name)
        try:
            return run_ingest(Path(folder))
        except EbbError as error:
            sentence = str(error)
    assert sentence.strip()
    assert "bug" not in sentence, sentence
    return None


def check(result: Ingested, rows: int | None, whole: set[str]) -> None:
    """The identities hold, the rows are those of the bytes, and each customer whose line is whole has an event."""
    report = result.report
    assert report["source_rows"] == report["duplicates"] + report["left_out_by_query"] + report["rows_in"]
    assert report["rows_in"] == report["kept_events"] + report["rejected"] + report["collapsed_away"]
    assert len(result.events) == report["kept_events"]
    assert len(result.rejected) == report["rejected"] == sum(report["rejected_by_reason"].values())
    if rows is not None:
        assert report["source_rows"] == rows
    seen = {event.customer_id for event in result.events} | {row["customer_id"] for row in result.rejected}
    assert whole <= seen


def lines_of(content: bytes) -> list[bytes]:
    """The physical lines that hold anything, counted in another way than ingest does."""
    return [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.removesuffix(b"\r").strip(b" ")]


LINES = {row[0]: ",".join(row).encode() for row in ROWS}
HEADER = ",".join(NAMES).encode()
QUOTED = {row[0]: ",".join(f'"{cell}"' for cell in row).encode() for row in ROWS}


@given(EDITS, st.booleans(), st.booleans(), st.sampled_from(["events.csv", "events.csv.gz"]))
@FUZZ
def test_no_change_of_bytes_loses_a_line(
    edits: list[tuple[int, int, bytes]], quoted: bool, windows: bool, name: str
) -> None:
    """One line is one row: exactly as many rows as lines, and each line that is as it was is an event."""
    end = b"\r\n" if windows else b"\n"
    originals = QUOTED if quoted else LINES
    content = edited(end.join([HEADER, *originals.values(), b""]), edits)
    result = run(content, name, {})
    if result is not None:
        lines = lines_of(content)
        left = {line.removesuffix(b"\r") for line in lines[1:]}
        check(result, len(lines) - 1, {key for key, line in originals.items() if line in left})


NOTED = [(*row, f'note {row[0]},\nsays "{row[3]}"\r\nend') for row in ROWS]


@given(EDITS)
@FUZZ
def test_no_change_of_bytes_loses_a_line_where_cells_hold_line_breaks(edits: list[tuple[int, int, bytes]]) -> None:
    """A line that stands as it was, not between quotes as a part of a note, is an event or rejected."""
    cells = [b",".join([LINES[row[0]], b'"' + row[4].replace('"', '""').encode() + b'"']) for row in NOTED]
    content = edited(b"\n".join([HEADER + b",note", *cells, b""]), edits)
    result = run(content, "events.csv", {"events.csv.line_breaks": True})
    if result is not None:
        kept = {event.customer_id for event in result.events}
        text = " ".join(str(value) for row in result.rejected for value in row.values())
        lost = {row[0] for row, cell in zip(NOTED, cells, strict=True) if b"\n" + cell + b"\n" in b"\n" + content}
        check(result, None, {key for key in lost if key not in kept and key not in text})


@given(st.lists(st.sampled_from([*PIECES, b"a", b"1", b"2024-01-10", b"purchase"]), max_size=40), st.booleans())
@FUZZ
def test_a_soup_of_bytes_is_rows_or_one_sentence(pieces: list[bytes], line_breaks: bool) -> None:
    content = HEADER + b"\n" + b"\n".join(list(LINES.values())) + b"\n" + b"".join(pieces)
    result = run(content, "events.csv", {"events.csv.line_breaks": line_breaks})
    if result is not None:
        check(result, None if line_breaks else len(lines_of(content)) - 1, set(LINES) - {"c11"})


@given(st.binary(max_size=400), st.sampled_from(["events.csv", "events.csv.gz", "events.jsonl", "events.parquet"]))
@FUZZ
def test_bytes_that_are_nothing_stop_in_one_sentence(content: bytes, name: str) -> None:
    assert run(content, name, {}) is None


OBJECTS = {row[0]: json.dumps(dict(zip(NAMES, row, strict=True))).encode() for row in ROWS}


@given(EDITS)
@FUZZ
def test_no_change_of_bytes_loses_a_line_of_json(edits: list[tuple[int, int, bytes]]) -> None:
    content = edited(b"\n".join([*OBJECTS.values(), b""]), edits)
    result = run(content, "events.jsonl", {})
    if result is not None:
        lines = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
        check(result, len(lines), {key for key, line in OBJECTS.items() if line in lines})


@given(EDITS, st.sampled_from(["utf-16", "latin-1", "windows-1252"]))
@FUZZ
def test_other_encodings_lose_no_line_either(edits: list[tuple[int, int, bytes]], encoding: str) -> None:
    text = b"\n".join([HEADER, *LINES.values(), "ren\u00e9,2024-01-10,purchase,1".encode(), b""]).decode()
    content = edited(text.encode(encoding), edits)
    result = run(content, "events.csv", {"events.csv.encoding": encoding})
    if result is not None:
        rows = None if encoding == "utf-16" else len(lines_of(content)) - 1
        left = content.decode(encoding, "replace").split("\n")
        check(result, rows, {key for key, line in LINES.items() if line.decode() in left[1:]})


def test_the_examples_prove_something() -> None:
    """Some changes are survived with all lines, some with rejected ones, some stop the run."""
    found = {"stopped": 0, "whole": 0, "rejected": 0}

    @given(EDITS)
    @settings(FUZZ, max_examples=20)
    def look(edits: list[tuple[int, int, bytes]]) -> None:
        result = run(edited(b"\n".join([HEADER, *LINES.values(), b""]), edits), "events.csv", {})
        found["stopped" if result is None else "rejected" if result.rejected else "whole"] += 1

    look()
    assert min(found.values()) >= 2, found
