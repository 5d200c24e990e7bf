"""The files of a source: what is read, and what stops the run in one sentence rather than lose a row in silence."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workspace import (
    BOOKENDS,
    COLUMNS,
    Ingested,
    command,
    ingest,
    outputs,
    run_ingest,
    source_bytes,
    write_file,
    write_params,
)

from pipeline.errors import EventError

HEADER = "customer_id,event_time,event_type,amount\n"
ENDS = "first,2024-01-01,purchase,1\nlast,2024-03-01,purchase,1\n"
ANNA = ("anna", "2024-01-10", "purchase", 1)
BERT = ("bert", "2024-01-11", "purchase", 1)


def read(folder: Path, files: dict[str, str | bytes], changes: dict[str, Any] | None = None) -> Ingested:
    """Ingest the folder data/raw, or the only file in it, with these files."""
    only = f"/{next(iter(files))}" if len(files) == 1 else ""
    write_params(folder, {"events.source": f"data/raw{only}", **(changes or {})})
    for name, content in files.items():
        write_file(folder, content, name)
    return run_ingest(folder)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "jsonl"])
def test_a_folder_of_files_is_one_table(tmp_path: Path, ending: str) -> None:
    """Its subfolders too; a rejected row names its file and its number in that file."""
    nameless = ("", "2024-01-12", "purchase", 1)
    parts = {"b": [ANNA, ANNA, nameless], "a": BOOKENDS, "2024/c": [BERT, ANNA, BERT, nameless, nameless]}
    files = {f"{name}.{ending}": source_bytes(f".{ending}", rows) for name, rows in parts.items()}
    result = read(tmp_path, files, {"events.duplicates": "keep"})
    assert [event.customer_id for event in result.events] == ["anna", "anna", "anna", "bert", "bert", "first", "last"]
    places = [(Path(row["file"]).name, row["row"]) for row in result.rejected]
    assert sorted(places) == [(f"b.{ending}", 3), (f"c.{ending}", 4), (f"c.{ending}", 5)]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_duplicates_are_found_across_files(tmp_path: Path, ending: str) -> None:
    files = {f"{name}.{ending}": source_bytes(f".{ending}", [ANNA, *BOOKENDS]) for name in ("week1", "week2")}
    assert read(tmp_path, files).counts("source_rows", "duplicates", "kept_events") == (6, 3, 3)


def test_columns_in_another_order_are_matched_by_name(tmp_path: Path) -> None:
    files = {"a.csv": HEADER + ENDS, "b.csv": "amount,event_type,event_time,customer_id\n7,purchase,2024-01-10,anna\n"}
    assert [event.amount for event in read(tmp_path, files).of("anna")] == [7]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_column_that_one_file_names_otherwise_is_an_error_that_names_the_file(tmp_path: Path, ending: str) -> None:
    """Nulls in its place would look like data."""
    renamed = source_bytes(f".{ending}", [ANNA], ("customer_id", "event_time", "event_type", "amnt"))
    with pytest.raises(EventError, match=rf"data/raw/b\.{ending} lacks amount"):
        read(tmp_path, {f"a.{ending}": source_bytes(f".{ending}", BOOKENDS), f"b.{ending}": renamed})


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_column_too_many_in_one_file_is_an_error_that_names_the_file(tmp_path: Path, ending: str) -> None:
    wider = source_bytes(f".{ending}", [(*ANNA, "x")], (*COLUMNS, "note"))
    with pytest.raises(EventError, match=rf"data/raw/b\.{ending} adds note"):
        read(tmp_path, {f"a.{ending}": source_bytes(f".{ending}", BOOKENDS), f"b.{ending}": wider})


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
@pytest.mark.parametrize(
    ("column", "first", "second", "expected"),
    [
        ("customer_id", 1, "007", ("007", "2024-01-10 00:00:00", 1)),
        ("event_time", "2024-01-09", "2024-01-10T23:30:00", ("anna", "2024-01-10 23:30:00", 1)),
        ("amount", 1, 1.75, ("anna", "2024-01-10 00:00:00", 1.75)),
    ],
    ids=["leading zeros", "date, then time", "whole, then cents"],
)
def test_a_type_that_changes_between_files_changes_no_value(
    tmp_path: Path, ending: str, column: str, first: Any, second: Any, expected: tuple[Any, ...]
) -> None:
    """What the first file holds is no rule for the second."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in (ANNA, ANNA)]
    rows[0][column], rows[1][column] = first, second
    ends = [{**rows[0], "event_time": time} for time in ("2024-01-01", "2024-03-01")]
    tables = {"a": [*ends, rows[0]], "b": [rows[1]]}
    files = {
        f"{name}.{ending}": source_bytes(f".{ending}", [tuple(row.values()) for row in table])
        for name, table in tables.items()
    }
    result = read(tmp_path, files, {"events.duplicates": "keep"})
    found = [(event.customer_id, event.event_time, event.amount) for event in result.events]
    assert expected in found


def test_numbers_in_one_file_and_texts_in_another_are_an_error(tmp_path: Path) -> None:
    """1.0 here and "1" there would be two customers."""
    floats = [(1.0, *ANNA[1:]), *[(1.0, *row[1:]) for row in BOOKENDS]]
    files = {"a.parquet": source_bytes(".parquet", floats), "b.parquet": source_bytes(".parquet", [ANNA])}
    with pytest.raises(
        EventError, match=r"data/raw/b\.parquet has customer_id as VARCHAR, unlike .*a\.parquet \(DOUBLE\)"
    ):
        read(tmp_path, files)


def test_a_header_without_rows_among_other_files_is_counted_as_none(tmp_path: Path) -> None:
    """And said; where all files are so, there is nothing to read."""
    result = read(tmp_path, {"a.csv": HEADER, "b.csv": HEADER + ENDS})
    assert result.counts("source_rows", "kept_events", "empty_files") == (2, 2, 1)
    assert "1 files of the source have a header and no rows" in result.report["warnings"]


def test_a_name_that_differs_between_files_by_a_space_is_suggested(tmp_path: Path) -> None:
    other = HEADER.replace("amount", " Amount")
    with pytest.raises(
        EventError, match=r"data/raw/b\.csv lacks amount \(is ' Amount' meant\?\), unlike data/raw/a\.csv"
    ):
        read(tmp_path, {"a.csv": HEADER + ENDS, "b.csv": other + ENDS})


def test_a_bad_line_in_one_of_many_files_is_rejected_with_that_file(tmp_path: Path) -> None:
    result = read(tmp_path, {"a.csv": HEADER + ENDS, "b.csv": HEADER + "anna\n" + ENDS, "c.csv": HEADER + "x\n" + ENDS})
    assert [(row["file"], row["row"], row["line"]) for row in result.rejected] == [
        ("data/raw/b.csv", 1, "anna"),
        ("data/raw/c.csv", 1, "x"),
    ]
    assert result.counts("source_rows", "lines_without_a_row", "duplicates", "rejected") == (8, 2, 4, 2)


WHOLE = source_bytes("events.parquet", [ANNA, BERT, *BOOKENDS])
ZIPPED = source_bytes("events.csv.gz", [(f"c{n}", "2024-01-10", "purchase", n) for n in range(500)] + BOOKENDS)
DAMAGED = {
    "empty parquet": ("events.parquet", b""),
    "parquet that is a page": ("events.parquet", b"<html><body>Not found</body></html>"),
    "parquet cut off": ("events.parquet", WHOLE[:-30]),
    "parquet damaged inside": ("events.parquet", WHOLE[:4] + b"\xff" * 60 + WHOLE[64:]),
    "empty gz": ("events.csv.gz", b""),
    "gz cut off": ("events.csv.gz", ZIPPED[:-20]),
    "gz damaged inside": ("events.csv.gz", ZIPPED[:60] + b"\xff" * 30 + ZIPPED[90:]),
    "gz damaged at its start": ("events.csv.gz", ZIPPED[:10] + b"\xff" * 30 + ZIPPED[40:]),
    "gz that is none": ("events.csv.gz", (HEADER + ENDS).encode()),
    "empty json": ("events.jsonl", b""),
    "json cut off": ("events.jsonl", source_bytes("events.jsonl", BOOKENDS)[:40]),
    "json that is a list": ("events.json", b'[{"customer_id": "anna"}, {"customer_id": "bert"}]\n'),
    "json that is a page": ("events.json", b"<html>\n</html>\n"),
}


@pytest.mark.parametrize(("name", "content"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(EventError, match=rf"data/raw/{name}"):
        read(tmp_path, {name: content})
    assert outputs(tmp_path) == {}


@pytest.mark.parametrize("name", ["events[1].csv", "it's (2).csv", "a,b;c.csv", "día.csv"])
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """Also what DuckDB would take for a pattern, as if events[1].csv meant events1.csv."""
    files = {"events1.csv": HEADER + ENDS, name: HEADER + "anna,2024-01-10,purchase,1\nbert,2024-01-11,purchase,1\n"}
    assert read(tmp_path, files).ids() == ["anna", "bert"]


@pytest.mark.parametrize("theirs", [("reason", "line"), ("file", "row")])
def test_rejected_rows_keep_columns_that_are_called_like_ours(tmp_path: Path, theirs: tuple[str, ...]) -> None:
    """Each column of the table of rejected rows has a name of its own, or nothing could read it."""
    rows = [(*row, *theirs) for row in [("", *ANNA[1:]), *BOOKENDS]]
    result = ingest(tmp_path, rows, name="events.parquet", columns=(*COLUMNS, *theirs))
    names = pq.ParquetFile(tmp_path / "data/rejected/rejected.parquet").schema_arrow.names
    assert len(set(names)) == len(names) == 8 + len(theirs)
    assert result.reasons() == {1: "customer_id is missing"}


def test_the_name_of_the_hidden_column_is_refused(tmp_path: Path) -> None:
    rows = [(*row, "theirs") for row in BOOKENDS]
    with pytest.raises(EventError, match="_ebb_row"):
        ingest(tmp_path, rows, columns=(*COLUMNS, "_ebb_row"))


@pytest.mark.parametrize("name", ["events.csv", "events.parquet", "events.jsonl"])
def test_columns_that_differ_in_capitals_only_are_an_error(tmp_path: Path, name: str) -> None:
    """DuckDB would take one for the other, and amounts for Amounts."""
    rows = [(*row, 7) for row in BOOKENDS]
    with pytest.raises(EventError, match="Amount"):
        ingest(tmp_path, rows, name=name, columns=(*COLUMNS, "Amount"))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_the_name_of_a_folder_is_no_column(tmp_path: Path, ending: str) -> None:
    """Not even one like customer_id=7. Of Parquet it is one: tests/test_hive_partitions.py."""
    files = {
        f"customer_id=7/day=2020-02-02/{n}.{ending}": source_bytes(f".{ending}", [row])
        for n, row in enumerate(BOOKENDS)
    }
    result = read(tmp_path, {**files, f"a.{ending}": source_bytes(f".{ending}", [ANNA])})
    assert [event.customer_id for event in result.events] == ["anna", "first", "last"]


def test_columns_twice_in_parquet(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["anna"])] * 2, names=["customer_id"] * 2), sink)
    with pytest.raises(EventError, match=r"events\.parquet has the column customer_id twice"):
        read(tmp_path, {"events.parquet": sink.getvalue()})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": HEADER + ENDS, "b.jsonl": b"{}"}, r"data/raw mixes \.csv and \.jsonl files: keep one kind"),
        ({"a.csv": HEADER + ENDS, "b.csv.gz": gzip.compress(HEADER.encode())}, r"mixes \.csv and \.csv\.gz files"),
        ({"a.txt": "x", "b.xlsx": "x"}, r"data/raw holds no file that ends in \.parquet, \.csv"),
        ({"events.xlsx": "x"}, r"events\.xlsx must end in one of \.parquet, \.csv"),
    ],
)
def test_kinds_of_files(tmp_path: Path, files: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(EventError, match=message):
        read(tmp_path, files)


def test_other_files_beside_the_events_are_left_alone(tmp_path: Path) -> None:
    files = {"events.csv": HEADER + ENDS, "README.md": "# ours", ".DS_Store": b"\x00", "events.csv.dvc": "outs: []"}
    assert read(tmp_path, files).counts("source_rows") == (2,)


def test_a_missing_source_is_one_sentence_of_the_command(tmp_path: Path) -> None:
    write_params(tmp_path)
    run = command(tmp_path)
    assert run.returncode == 1
    remedy = "put it there or name another file or folder."
    assert run.stderr == f"\nebb: events.source data/raw/events.csv does not exist: {remedy}\n"


def test_a_damaged_file_is_one_sentence_of_the_command(tmp_path: Path) -> None:
    write_params(tmp_path, {"events.source": "data/raw/events.parquet"})
    write_file(tmp_path, DAMAGED["parquet damaged inside"][1], "events.parquet")
    run = command(tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("\nebb: ")
    assert "Traceback" not in run.stderr
