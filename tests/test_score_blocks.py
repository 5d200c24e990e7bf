"""Scoring streams: the same bytes whatever the blocks and row groups, the same order, and memory that does not grow."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import little_shop
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from stages import STAGES
from workspace import REPOSITORY, outputs

from pipeline import publish, score, scored
from pipeline.errors import ArtifactError
from pipeline.scored import blocks, side_by_side

CURRENT = "data/features/current.parquet"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with enough customers for a model, scored."""
    folder = tmp_path_factory.mktemp("shop")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.shop(900))
    little_shop.run(folder, [stage for stage in STAGES if stage is not publish])
    return folder


@pytest.mark.pipeline
@pytest.mark.parametrize(("block", "group"), [(131_072, 1), (131_072, 37), (64, 131_072), (64, 9), (8, 100)])
def test_the_same_scores_in_any_blocks(shop: Path, monkeypatch: pytest.MonkeyPatch, block: int, group: int) -> None:
    """Each customer's figures depend on their features alone; sums differ by less than is shown."""
    before = outputs(shop)
    table = pq.read_table(shop / CURRENT)
    assert len(table) > 128
    pq.write_table(table, shop / CURRENT, row_group_size=group)
    monkeypatch.setattr(scored, "ROW_GROUP", block)
    with contextlib.chdir(shop):
        score.main()
    for name in ("data/scores/scores.parquet", "data/reports/scoring.json"):
        assert outputs(shop)[name] == before[name], name


@examples(derandomize=True, deadline=None)
@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=8), block=st.integers(1, 12), workers=st.integers(1, 3))
def test_blocks_hold_every_row_once_in_order(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], block: int, workers: int
) -> None:
    path = tmp_path_factory.mktemp("blocks") / "table.parquet"
    rows = sum(sizes)
    with pq.ParquetWriter(path, pa.schema([("n", pa.int64())])) as file:
        for end, size in zip((sum(sizes[: at + 1]) for at in range(len(sizes))), sizes, strict=True):
            file.write_table(pa.table({"n": list(range(end - size, end))}, schema=pa.schema([("n", pa.int64())])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scored, "ROW_GROUP", block)
        found = list(side_by_side(lambda table: table["n"].to_pylist(), blocks(path, ["n"]), workers))
    assert [len(part) for part in found] == [block] * (rows // block) + [rows % block] * (rows % block > 0)
    assert [number for part in found for number in part] == list(range(rows))


def test_no_more_blocks_wait_than_are_worked_on() -> None:
    """A reader that ran ahead would hold the whole table."""
    read, lock = [0], threading.Lock()

    def tables() -> Iterator[pa.Table]:
        for _ in range(20):
            with lock:
                read[0] += 1
            yield pa.table({"n": [1]})

    for done, _ in enumerate(side_by_side(len, tables(), 2), start=1):
        assert read[0] <= done + 1


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "current.parquet"
    pq.write_table(pa.table({"n": list(range(5000))}), path, row_group_size=1000)
    content = bytearray(path.read_bytes())
    content[4:3000] = bytes(2996)
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"current\.parquet cannot be read, so it was damaged"):
        list(blocks(path, ["n"]))


PEAK = """
import resource
from pipeline import score
score.main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.pipeline
def test_four_times_the_customers_in_the_same_memory(shop: Path) -> None:
    """Each came once, as the customers of a shop of ten million may have: 300,000 of them, then 1,200,000."""
    table = pq.read_table(shop / CURRENT)
    once = table.slice(0, 100)
    assert len(once) == 100
    peaks = []
    for thousands in (300, 1200):
        parts = []
        for number in range(thousands * 10):
            ids = pc.binary_join_element_wise(once["customer_id"], pa.scalar(f"{number:06}"), "-")
            parts.append(once.set_column(0, "customer_id", ids))
        pq.write_table(pa.concat_tables(parts), shop / CURRENT, row_group_size=131_072)
        done = subprocess.run(
            [sys.executable, "-c", PEAK], cwd=shop, env={"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout.split()[-1]) / (1024 if sys.platform != "darwin" else 1024**2))
        assert pq.read_metadata(shop / "data/scores/scores.parquet").num_rows == thousands * 1000
    pq.write_table(table, shop / CURRENT)
    assert peaks[1] < peaks[0] + 150, f"{peaks[0]:.0f} MB, then {peaks[1]:.0f} MB"
