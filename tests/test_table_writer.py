"""Tables as Parquet: the same rows are the same bytes, whatever the pieces in which they come."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.tables import table_writer, write_table

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("snapshot", pa.date32()),
        ("churned", pa.bool_()),
        ("count", pa.float32()),
        ("mean", pa.float32()),
        ("spend", pa.float64()),
        ("number", pa.int64()),
        ("exact", pa.decimal128(38, 6)),
        ("weeks", pa.list_(pa.field("element", pa.int16()))),
    ]
)


def rows(number: int) -> pa.Table:
    """Rows with nulls in some columns, some of them in stretches."""
    draw = np.random.default_rng(number)
    at = np.arange(number)
    columns = [
        pa.array([f"C{place // 3}" for place in at]),
        pa.array((at % 400).astype(np.int32)).cast(pa.date32()),
        pa.array(at % 5 == 0),
        pa.array((at % 30).astype(np.float32)),
        pa.array(draw.random(number).astype(np.float32), mask=(at // 50) % 3 == 0),
        pa.array(draw.random(number)),
        pa.array(at, mask=at % 7 == 0),
        pa.array(at * at, pa.int64())
        .cast(pa.decimal128(19, 0))
        .cast(pa.decimal128(38, 6))
        .cast(SCHEMA.field("exact").type),
        pa.array([list(range(place % 4)) for place in at], SCHEMA.field("weeks").type),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def written(pieces: list[pa.Table]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_table(pieces, SCHEMA, Path(folder, "x.parquet"))
        return Path(folder, "x.parquet").read_bytes()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 600), st.lists(st.integers(0, 600), max_size=6), st.sampled_from([7, 64, 500, 4096]))
def test_the_bytes_do_not_tell_the_pieces(number: int, cuts: list[int], group: int) -> None:
    whole = rows(number)
    edges = sorted({0, number, *(cut for cut in cuts if cut < number)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROW_GROUP", group)
        assert written([whole.slice(a, b - a) for a, b in pairwise(edges)]) == written([whole])


@pytest.mark.parametrize("group", [tables.ROW_GROUP, 1 << 18])
def test_nor_where_a_column_of_a_row_group_takes_many_pages(monkeypatch: pytest.MonkeyPatch, group: int) -> None:
    """Eight-byte numbers fill a page of a megabyte, lists several; in a larger row group numbers fill two."""
    monkeypatch.setattr(tables, "ROW_GROUP", group)
    whole = rows(280_000)
    edges = [0, 1, 1025, 50_001, 131_071, 131_073, 280_000]
    assert written([whole.slice(a, b - a) for a, b in pairwise(edges)]) == written([whole])


def test_row_groups_have_one_size_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROW_GROUP", 100)
    whole = rows(1030)
    with table_writer(SCHEMA, tmp_path / "x.parquet") as writer:
        for begin in range(0, 1030, 70):
            writer.add(whole.slice(begin, 70))
    about = pq.read_metadata(tmp_path / "x.parquet")
    assert [about.row_group(group).num_rows for group in range(about.num_row_groups)] == [100] * 10 + [30]
    assert writer.rows == 1030
    assert pq.read_table(tmp_path / "x.parquet").equals(whole)
