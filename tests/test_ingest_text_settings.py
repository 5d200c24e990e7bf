"""The settings of text files: delimiter, decimal comma, encoding, line breaks in cells; patterns; caps on size."""

from __future__ import annotations

import gzip
import resource
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workspace import Ingested, outputs, run_ingest, write_file, write_params

from pipeline.errors import ConfigError, EventError
from pipeline.sources import blocks

HEADER = "customer_id,event_time,event_type,amount\n"
ENDS = "first,2024-01-01,purchase,1\nlast,2024-03-01,purchase,1\n"


def read(folder: Path, content: str | bytes, name: str = "events.csv", **csv: Any) -> Ingested:
    """Ingest one file under settings of `events.csv`."""
    folder.mkdir(exist_ok=True)
    write_params(folder, {"events.source": f"data/raw/{name}", "events.csv": csv})
    write_file(folder, content, name)
    return run_ingest(folder)


@pytest.mark.parametrize("sign", [";", "\t", "|", " "])
def test_another_delimiter(tmp_path: Path, sign: str) -> None:
    """Cells that hold it are quoted, and a comma is a sign like any other."""
    text = (HEADER + "anna,2024-01-10,purchase,1\n" + ENDS).replace(",", sign)
    result = read(tmp_path, text.replace("anna", f'"an,na{sign}"'), delimiter=sign)
    assert result.ids() == ([f"an,na{sign.strip()}"] if sign != "\t" else [])
    assert result.reasons() == ({1: "customer_id holds a control character"} if sign == "\t" else {})


@pytest.mark.parametrize("sign", ["\u00a6", "a", "7", '"', "\n"])
def test_a_sign_that_separates_nothing(tmp_path: Path, sign: str) -> None:
    with pytest.raises(ConfigError, match=r"delimiter .* cannot separate columns"):
        read(tmp_path, HEADER + ENDS, delimiter=sign)


def test_a_comma_file_under_a_semicolon_setting(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r'separate columns by ",", not by ";": set events\.csv\.delimiter: ","'):
        read(tmp_path, HEADER + ENDS, delimiter=";")


def test_a_decimal_comma(tmp_path: Path) -> None:
    """A thousands sign, a point and a second comma are no part of a number."""
    amounts = {
        "a": "1234,56",
        "b": "-,5",
        "c": "1.234,56",
        "d": "1234.56",
        "e": "1,2,3",
        "f": "7",
        "g": "1e3",
        "h": "NaN",
    }
    text = HEADER.replace(",", ";") + "".join(f"{key};2024-01-10;return;{text}\n" for key, text in amounts.items())
    result = read(tmp_path, text + ENDS.replace(",", ";"), delimiter=";", decimal=",")
    expected = {"a": Decimal("1234.56"), "b": Decimal("-0.5"), "f": Decimal(7), "g": Decimal(1000)}
    assert {event.customer_id: event.amount for event in result.of(*amounts)} == expected
    assert result.reasons() == dict.fromkeys([3, 4, 5, 8], "amount is no number below a million million")


@pytest.mark.parametrize("name", ["events.csv", "events.csv.gz"])
@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le with mark", "utf-16-be with mark", "latin-1", "windows-1252"]
)
def test_another_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    text = HEADER + "ren\u00e9,2024-01-10,purchase,1\r\n" + ENDS
    name_of, _, mark = encoding.partition(" ")
    content = (("\ufeff" if mark else "") + text).encode(name_of)
    packed = gzip.compress(content) if name.endswith(".gz") else content
    setting = "utf-16" if "16" in encoding else encoding
    assert read(tmp_path, packed, name, encoding=setting).ids() == ["ren\u00e9"]


def test_a_line_that_an_encoding_does_not_know_is_rejected(tmp_path: Path) -> None:
    """Windows-1252 has no sign 0x81; UTF-16 no lone half of a pair."""
    windows, half = tmp_path / "windows", tmp_path / "half"
    result = read(windows, (HEADER + ENDS).encode() + b"a\x81b,2024-01-10,purchase,1\n", encoding="windows-1252")
    assert [row["line"] for row in result.rejected] == ["a\\x81b,2024-01-10,purchase,1"]
    content = (HEADER + ENDS).encode("utf-16") + b"\x00\xd8" + ",2024-01-10,purchase,1\n".encode("utf-16-le")
    assert list(read(half, content, encoding="utf-16").reasons()) == [3]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        ((HEADER + ENDS).encode("utf-8-sig"), "latin-1", r"is UTF-8, not latin-1: set events\.csv\.encoding: utf-8"),
        ((HEADER + ENDS).encode("utf-16"), "windows-1252", r"is UTF-16, not windows-1252: set events\.csv\.encoding"),
        ((HEADER + ENDS).encode("utf-16")[:-1], "utf-16", r"events\.csv cannot be read: .*utf-16.*truncated"),
        ((HEADER + ENDS).encode("utf-16-le"), "utf-16", r"events\.csv cannot be read: UTF-16 stream does not start"),
    ],
)
def test_a_file_in_another_encoding_than_said(tmp_path: Path, content: bytes, encoding: str, message: str) -> None:
    with pytest.raises(EventError, match=message):
        read(tmp_path, content, encoding=encoding)


NOTED = HEADER.replace("\n", ",note\n")
NOTED_ENDS = ENDS.replace("\n", ",\n")


def test_cells_that_hold_line_breaks(tmp_path: Path) -> None:
    """One row is one record, whatever its lines hold: quotes, commas, empty lines; a bad one is known by its number."""
    rows = [
        'anna,2024-01-10,purchase,1,"so\n\nsays ""she"", and\r\nmore"\r\n',
        '"be\nrt",2024-01-11,purchase,2,\n',
        ',2024-01-11,purchase,2,"nobody\'s\nnote"\n',
        "dora,2024-01-12,purchase\n",
        '"e,\n""m\n""a",2024-01-13,purchase,3,x\n',
    ]
    result = read(tmp_path, NOTED + "".join(rows) + NOTED_ENDS, line_breaks=True)
    assert result.ids() == ["anna"]  # the others' ids hold a line break, which no list could show
    assert result.reasons() == {
        2: "customer_id holds a control character",
        3: "customer_id is missing",
        4: "the line has fewer cells than the header",
        5: "customer_id holds a control character",
    }
    assert result.rejected[1]["note"] == "nobody's\nnote"
    assert result.counts("source_rows", "kept_events") == (7, 3)


SWALLOWED = {
    "two rows between quotes": (
        '"anna,2024-01-10,purchase,1,\nbert,2024-01-10,purchase,1,\ncleo",2024-01-10,purchase,1,\n',
        r"line 3 looks like a row of its own, but stands between the quotes of the row that starts at line 2",
    ),
    "a row from quote to quote": (
        '"anna,2024-01-10,purchase,1,\nbert",2024-01-10,purchase,1,\n',
        r"line 2 looks like a row of its own",
    ),
    "quotes in disorder": (
        'anna,2024-01-10,purchase,1,"\nx"y\n',
        r"line 2 starts a row over several lines that is not in",
    ),
    "never closed": ('anna,2024-01-10,purchase,1,"x\n' + "y\n" * 9, r"line 2 opens a quote that it does not close"),
}


@pytest.mark.parametrize(("rows", "message"), SWALLOWED.values(), ids=SWALLOWED)
def test_a_stray_quote_swallows_no_rows_where_line_breaks_are_allowed(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(EventError, match=rf"events\.csv {message}"):
        read(tmp_path, NOTED + rows + NOTED_ENDS, line_breaks=True)
    assert outputs(tmp_path) == {}


@pytest.mark.parametrize("line_breaks", [False, True])
@pytest.mark.parametrize("size", [31, 64, 200])
def test_where_blocks_end_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, line_breaks: bool
) -> None:
    """Blocks of a few bytes, which cut through lines, line ends and quoted cells, against one block for all."""
    note = '"some\nwords, ""and""\nmore"' if line_breaks else '"some words, ""and"" more"'
    rows = [f"c{n:02},2024-01-1{n % 9},purchase,{n},{note if n % 3 else ''}\r\n" for n in range(30)]
    rows[7] = "bad,2024-01-10\n"
    whole = read(tmp_path / "whole", NOTED + "\n".join(rows) + NOTED_ENDS, line_breaks=line_breaks)
    monkeypatch.setattr(blocks, "BLOCK", size)
    parts = read(tmp_path / "parts", NOTED + "\n".join(rows) + NOTED_ENDS, line_breaks=line_breaks)
    assert outputs(parts.folder) == outputs(whole.folder)
    assert whole.reasons() == {8: "the line has fewer cells than the header"}


@pytest.mark.parametrize("pattern", ["orders_*.csv", "2024/orders_*", "*/orders_a.csv"])
def test_a_pattern_picks_files_by_name_or_path(tmp_path: Path, pattern: str) -> None:
    write_params(tmp_path, {"events.source": "data/raw", "events.pattern": pattern})
    write_file(tmp_path, HEADER + ENDS, "2024/orders_a.csv")
    write_file(tmp_path, "another,table\n1,2\n", "2024/stock.csv")
    write_file(tmp_path, b"PAR1", "2024/stock.parquet")
    assert run_ingest(tmp_path).counts("source_rows") == (2,)


def test_a_pattern_that_fits_nothing_or_has_no_folder(tmp_path: Path) -> None:
    write_file(tmp_path, HEADER + ENDS)
    write_params(tmp_path, {"events.source": "data/raw", "events.pattern": "Events*"})
    with pytest.raises(
        EventError, match=r"events\.pattern 'Events\*' fits no file in data/raw, which holds events\.csv"
    ):
        run_ingest(tmp_path)
    write_params(tmp_path, {"events.pattern": "events*"})
    with pytest.raises(EventError, match=r"events\.pattern is for a folder"):
        run_ingest(tmp_path)


def test_a_source_with_signs_of_a_pattern_says_how_to_write_it(tmp_path: Path) -> None:
    write_params(tmp_path, {"events.source": "data/raw/2024/orders_*.csv"})
    with pytest.raises(ConfigError, match=r'write source: data/raw/2024, pattern: "orders_\*\.csv"'):
        run_ingest(tmp_path)


CAP = r"more than events\.max_rows 1,000 rows: raise the cap"


def test_a_parquet_file_over_the_cap_is_refused_by_its_footer(tmp_path: Path) -> None:
    """3 million rows in a few kilobytes."""
    path = write_file(tmp_path, b"", "events.parquet")
    pq.write_table(pa.table({"customer_id": pa.nulls(3_000_000, pa.string())}), path)
    write_params(tmp_path, {"events.source": "data/raw/events.parquet", "events.max_rows": 1000})
    with pytest.raises(EventError, match=rf"events\.parquet brings the source to {CAP}"):
        run_ingest(tmp_path)


@pytest.mark.parametrize("line", [b"a,2024-01-01,purchase,1\n", b",,,\n", b"x\n"], ids=["rows", "nothing", "bad lines"])
@pytest.mark.parametrize("name", ["events.csv.gz", "events.csv"])
def test_lines_over_the_cap_stop_the_run_early(tmp_path: Path, name: str, line: bytes) -> None:
    content = HEADER.encode() + line * 1001
    write_params(tmp_path, {"events.source": f"data/raw/{name}", "events.max_rows": 1000})
    write_file(tmp_path, gzip.compress(content) if name.endswith(".gz") else content, name)
    with pytest.raises(EventError, match=CAP):
        run_ingest(tmp_path)


def test_the_cap_is_for_all_files_together(tmp_path: Path) -> None:
    write_params(tmp_path, {"events.source": "data/raw", "events.max_rows": 3})
    for name in ("a.jsonl", "b.jsonl"):
        write_file(tmp_path, '{"customer_id": "a"}\n' * 2, name)
    with pytest.raises(EventError, match=r"b\.jsonl brings the source to more than events\.max_rows 3"):
        run_ingest(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [b"\x00", b"x", b"x\n"], ids=["nothing", "no line end", "one cell"])
def test_a_bomb_does_not_fill_the_memory(tmp_path: Path, unit: bytes) -> None:
    """400 kilobytes that unpack to 400 megabytes of one line, or of one cell."""
    part = gzip.compress(unit * (4_000_000 // len(unit)))
    content = gzip.compress(HEADER.encode() + b'"' * (unit == b"x\n")) + part * 100
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(EventError, match=r"events\.csv\.gz"):
        read(tmp_path, content, "events.csv.gz", line_breaks=unit == b"x\n")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kilobytes
