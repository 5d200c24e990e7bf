"""Both featurizing stages: the same bytes on any number of threads, in any chunks, from any layout of the events."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import little_shop
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import featurize_current, featurize_training, ingest, matrix
from pipeline.event_files import block_files
from pipeline.streaming import events, overlap, sources
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN

PEOPLE = {"source": "data/people.csv", "columns": {"known_since": "since", "objection": "objects"}, "numeric": ["age"]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with attributes of its customers, some of whom object."""
    folder = tmp_path_factory.mktemp("shop")
    people = [f"c{number:04},2024-0{1 + number % 9}-03,{20 + number},{number % 4 == 0}" for number in range(0, 120, 2)]
    (folder / "data").mkdir()
    (folder / "data/people.csv").write_text("\n".join(["customer_id,since,age,objects", *people]) + "\n")
    little_shop.settings(folder, customers=PEOPLE)
    little_shop.bring(folder, little_shop.shop(120))
    little_shop.run(folder, (ingest,))
    return folder


def made(folder: Path) -> dict[str, bytes]:
    """What both stages write."""
    little_shop.run(folder, (featurize_training, featurize_current))
    return {path.name: path.read_bytes() for path in sorted((folder / "data/features").iterdir())}


def many_chunks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(events, "BATCH", 50)
    patch.setattr(sources, "READ", 16)


def few_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(matrix, "MOST_ROWS", 20)


def on_threads(number: int) -> Callable[[pytest.MonkeyPatch], None]:
    def change(patch: pytest.MonkeyPatch) -> None:
        many_chunks(patch)
        patch.setattr(matrix, "cores", lambda _: number)
        patch.setattr(overlap, "AHEAD", 1 + number % 2)

    return change


def in_one_file(_: pytest.MonkeyPatch) -> None:
    """All blocks as one, and one that overlaps it: the engine's order is found again."""
    for folder in (EVENTS_CLOSED, EVENTS_OPEN):
        files = block_files(folder)
        whole = pa.concat_tables(pq.read_table(path) for path in files)
        keys = [(name, "ascending") for name in ("customer_id", "event_time", "event_type", "amount")]
        parts = [whole.slice(0, whole.num_rows // 3), whole.slice(whole.num_rows // 3)]
        for path in files:
            pq.write_table(whole.schema.empty_table(), path)
        for part, path in zip(parts, (files[0], folder / "events-2024-12-31.parquet"), strict=True):
            pq.write_table(part.sort_by(keys), path)


VARIANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "small chunks": many_chunks,
    "few rows in a chunk": few_rows,
    "two threads": on_threads(2),
    "five threads": on_threads(5),
    "another layout": in_one_file,
}


@pytest.mark.parametrize("change", VARIANTS.values(), ids=VARIANTS.keys())
def test_bytes_are_the_same(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    expected = made(shop)
    current = pq.read_table(shop / "data/features/current.parquet", columns=["attribute_age"])
    assert 5 < current.num_rows - current.column(0).null_count < current.num_rows
    assert json.loads(expected["current.json"])["objected"] > 0
    little_shop_copy = tmp_path / "copy"
    contents = {path.relative_to(shop): path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    for path, content in contents.items():
        (little_shop_copy / path).parent.mkdir(parents=True, exist_ok=True)
        (little_shop_copy / path).write_bytes(content)
    with contextlib.chdir(little_shop_copy):
        change(monkeypatch)
    found = made(little_shop_copy)
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_a_full_disk_ends_the_threads(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer fails while others read and compute: its error is raised, and the last good table stays."""
    before = made(shop)["training.parquet"]
    on_threads(3)(monkeypatch)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.tables.TableWriter._write", full)
    with contextlib.chdir(shop), pytest.raises(OSError, match="No space left"):
        featurize_training.main()
    assert (shop / "data/features/training.parquet").read_bytes() == before
    assert [path.name for path in (shop / "data/features").iterdir() if path.name.startswith(".")] == []
