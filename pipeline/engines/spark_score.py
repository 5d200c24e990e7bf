"""Scoring on Spark: every task loads the champion from its files and scores some blocks of the features."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.promise import Tally
from pipeline.champions import Champion, checked
from pipeline.chosen import load_chosen
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Batches, Made, Packet, made, packets_of
from pipeline.errors import ArtifactError
from pipeline.scored import Scorer, Sums, blocks, side_by_side
from pipeline.sections.machine import Engine
from pipeline.settings import Settings
from pipeline.tables import CURRENT, ROW_GROUP
from pipeline.valued import load_valued

SUMS = "sums"  # kind of packets beside the rows, one per block
Files = tuple[tuple[str, bytes], ...]


@contextmanager
def scored_blocks(scorer: Scorer, chosen: Champion, known: list[str]) -> Iterator[Iterator[tuple[pa.Table, Sums]]]:
    """The scores of data/features/current.parquet in its order, on the engine of the settings, with what to add up.

    `known`: the columns that there are.
    """
    engine, columns = scorer.settings.engine, scorer.columns(known)
    if engine.name != "spark":
        yield side_by_side(scorer.rows, blocks(CURRENT, columns))
        return
    with _made(engine, scorer, chosen, columns) as found:
        sums = _added_up([json.loads(content) for kind, content, *_ in found.aside if kind == SUMS])
        yield ((table, sums if number == 0 else Sums()) for number, table in enumerate(found.rows()))


def _added_up(of_blocks: list[dict[str, Any]]) -> Sums:
    """The sums of all blocks in their order: in another one the last digits would be others."""
    total = Sums()
    for said in sorted(of_blocks, key=lambda said: int(said["block"])):
        bands = {name: Tally(**tally) for name, tally in said["sums"].pop("bands").items()}
        total += Sums(**said["sums"], bands=bands)
    return total


@contextmanager
def _made(engine: Engine, scorer: Scorer, chosen: Champion, columns: list[str]) -> Iterator[Made]:
    number = _blocks()
    with spark_session(engine) as session:
        tasks = min(number, engine.spark.partitions or session.sparkContext.defaultParallelism)
        work = Scores(CURRENT.resolve(), tuple(columns), files_of(chosen.folder), chosen.version, scorer.settings)
        with made(session.range(0, number, 1, tasks), work) as found:
            yield found


def _blocks() -> int:
    """How many blocks there are. Raises ArtifactError where the file's row groups are no blocks."""
    about = pq.read_metadata(CURRENT)
    sizes = [about.row_group(number).num_rows for number in range(about.num_row_groups)]
    if any(size != ROW_GROUP for size in sizes[:-1]):
        raise ArtifactError(f"{CURRENT} was not written by featurize_current: run `make repro`.")
    return len(sizes)


def files_of(folder: Path) -> Files:
    """The files of a champion, as they travel to the executors."""
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file())


@dataclass(frozen=True)
class Scores:
    """The work on some blocks, which come by their numbers."""

    features: Path
    columns: tuple[str, ...]
    files: Files
    version: str
    settings: Settings

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The scores in the order of the blocks, and the sums of each."""
        scorer = self._scorer()
        with pq.ParquetFile(self.features) as file:
            for batch in batches:
                for number in batch.column("id").to_pylist():
                    block = file.read_row_group(number, columns=list(self.columns), use_threads=False)
                    rows, sums = scorer.rows(block)
                    yield from packets_of(rows)
                    said = {"block": number, "sums": dataclasses.asdict(sums)}
                    yield Packet(SUMS, json.dumps(said).encode())

    def _scorer(self) -> Scorer:
        """The champion from its files, verified here too."""
        with tempfile.TemporaryDirectory(prefix="ebb-champion-") as parent:
            folder = Path(parent, self.version)
            folder.mkdir()
            for name, content in self.files:
                (folder / name).write_bytes(content)
            manifest = checked(folder)
            model = load_chosen(folder, folder, "shipped")
            return Scorer(model, load_valued(folder, manifest), self.version, self.settings)
