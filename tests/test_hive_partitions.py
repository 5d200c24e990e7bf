"""Hive-partitioned Parquet, here and in a bucket: folders named column=value are columns, as text."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from s3 import bucket
from workspace import BOOKENDS, COLUMNS, outputs, run_ingest, source_bytes, write_file, write_params

from pipeline.engine import connect
from pipeline.errors import EventError
from pipeline.sections.machine import Engine
from pipeline.sources.files import open_source
from pipeline.sources.partitions import partition_columns

FIRST, LAST = (source_bytes("a.parquet", [row]) for row in BOOKENDS)
QUERY = "SELECT customer_id, event_time, event_type, CAST(month AS INTEGER) AS amount FROM raw WHERE year = '2024'"


def lay(folder: Path, objects: dict[str, bytes]) -> None:
    for name, content in objects.items():
        write_file(folder, content, f"lake/{name}")


LAKE = {
    "year=2024/month=01/part-0.parquet": FIRST,
    "year=2024/month=03/part-0.parquet": LAST,
    "year=2023/month=12/part-0.parquet": source_bytes("a.parquet", [("anna", "2023-12-30", "purchase", 1)]),
}
PARTITIONED = {"events.query": QUERY, "events.duplicates": "keep"}


def test_folders_are_columns_of_the_query(tmp_path: Path) -> None:
    lay(tmp_path, LAKE)
    write_params(tmp_path, {"events.source": "data/raw/lake", **PARTITIONED})
    found = run_ingest(tmp_path)
    assert [(event.customer_id, event.amount) for event in found.events] == [("first", 1), ("last", 3)]
    assert found.counts("source_rows", "left_out_by_query", "kept_events") == (3, 1, 2)


def test_a_lake_in_a_bucket_gives_the_same(tmp_path: Path) -> None:
    with bucket({f"lake/{name}": content for name, content in LAKE.items()}) as store:
        write_params(tmp_path, {"events.source": store.url("lake/"), **PARTITIONED})
        found = run_ingest(tmp_path)
    assert [(event.customer_id, event.amount) for event in found.events] == [("first", 1), ("last", 3)]


def test_a_new_partition_is_read_as_reading_everything_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Types cannot depend on the values of other folders: the months were numbers until Q2 came."""
    weekly, anew = tmp_path / "weekly", tmp_path / "anew"
    for folder in (weekly, anew):
        folder.mkdir()
        lay(folder, LAKE)
        write_params(folder, {"events.source": "data/raw/lake"})
    run_ingest(weekly)
    more = {"year=2024/month=Q2/part-0.parquet": source_bytes("a.parquet", [("bob", "2024-02-01", "purchase", 1)])}
    for folder in (weekly, anew):
        lay(folder, more)
    capsys.readouterr()
    assert run_ingest(weekly).ids() == ["anna", "bob"]
    assert "1 new files, 3 as the last run left them" in capsys.readouterr().out
    run_ingest(anew)
    assert outputs(weekly) == outputs(anew)


def test_a_column_can_be_a_folder_alone(tmp_path: Path) -> None:
    """The event's type as Spark writes it with partitionBy("event_type")."""
    rows = [(row[0], row[1], row[3]) for row in BOOKENDS]
    names = [name for name in COLUMNS if name != "event_type"]
    lay(tmp_path, {"event_type=purchase/a.parquet": source_bytes("a.parquet", rows, names)})
    write_params(tmp_path, {"events.source": "data/raw/lake"})
    assert {event.event_type for event in run_ingest(tmp_path).events} == {"purchase"}


def test_only_parquet_below_the_source_is_asked() -> None:
    root = Path("lake/run=1")
    assert partition_columns(root / "year=2024/a.parquet", root) == {"year": "2024"}
    assert partition_columns(root / "2024/=x/a=b.parquet", root) == {}
    assert partition_columns(root / "a.parquet", None) == {}


@pytest.mark.parametrize(
    ("folder", "column"),
    [
        ("month=05", {"month": "05"}),
        ("day=2024-05-01", {"day": "2024-05-01"}),
        ("shop=a%3Db%2Fc", {"shop": "a=b/c"}),
        ("shop=a=b", {"shop": "a=b"}),
        ("shop=", {"shop": ""}),
        ("shop=__HIVE_DEFAULT_PARTITION__", {"shop": None}),
        ("my%20shop=Łódź", {"my shop": "Łódź"}),
    ],
)
def test_values_are_text_as_they_were_before_they_were_escaped(folder: str, column: dict[str, str | None]) -> None:
    assert partition_columns(Path("lake", folder, "a.parquet"), Path("lake")) == column


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ({"amount=1/a.parquet": FIRST}, r"has the column amount, which its folder amount=\.\.\. names too"),
        ({"Amount=1/a.parquet": FIRST}, r"has the column Amount, which its folder"),
        ({"a=1/A=2/a.parquet": FIRST}, "has two folders that name the column A"),
        ({"a=1/a.parquet": FIRST, "b.parquet": LAST}, r"b\.parquet lacks a, unlike .*a=1/a\.parquet"),
        ({"_ebb_row=1/a.parquet": FIRST}, "names that start with _ebb_ are ours"),
    ],
)
def test_folders_that_fit_no_table_are_refused(tmp_path: Path, objects: dict[str, bytes], message: str) -> None:
    lay(tmp_path, objects)
    write_params(tmp_path, {"events.source": "data/raw/lake"})
    with pytest.raises(EventError, match=message):
        run_ingest(tmp_path)


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(values=st.lists(VALUES | st.none(), min_size=1, max_size=4, unique=True))
def test_what_arrow_writes_comes_back(tmp_path_factory: pytest.TempPathFactory, values: list[str | None]) -> None:
    """An independent writer of the layout, with whatever signs in the values."""
    folder = tmp_path_factory.mktemp("lake")
    table = pa.table({"shop": pa.array(values, pa.string()), "row": list(range(len(values)))})
    layout = ds.partitioning(pa.schema([("shop", pa.string())]), flavor="hive")
    ds.write_dataset(table, folder / "lake", format="parquet", partitioning=layout)
    with contextlib.chdir(folder), connect(Engine(threads=1), [Path("lake")]) as connection:
        source = open_source(connection, "lake")
        assert source.columns == {"row": "BIGINT", "shop": "VARCHAR"}
        found: list[Any] = connection.execute('SELECT shop FROM numbered ORDER BY "row"').fetchall()
    assert [shop for (shop,) in found] == values


def test_the_folders_of_text_files_are_folders(tmp_path: Path) -> None:
    write_file(tmp_path, source_bytes("a.csv", BOOKENDS), "lake/year=2024/a.csv")
    write_params(tmp_path, {"events.source": "data/raw/lake"})
    found = run_ingest(tmp_path)
    assert len(found.events) == 2
    assert not re.search("year", str(found.report))
