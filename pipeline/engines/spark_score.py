"""Scoring on Spark: every task loads the champion from its files and scores some row groups of the features."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.champions import Champion, checked
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Batches, Packet, packets_of_rows, results
from pipeline.scorer import Scorer, load_scorer
from pipeline.settings import Settings
from pipeline.tables import CURRENT, read_group, read_groups, row_groups

Files = tuple[tuple[str, bytes], ...]


@contextmanager
def scores_of(chosen: Champion, scorer: Scorer) -> Iterator[Iterator[pa.Table]]:
    """The scores of data/features/current.parquet in its order, made by the engine of the settings."""
    engine = scorer.settings.engine
    if engine.name != "spark":
        yield map(scorer.scored, read_groups(CURRENT))
        return
    with spark_session(engine) as session:
        groups = row_groups(CURRENT)
        slices = min(groups, engine.spark.partitions or session.sparkContext.defaultParallelism)
        work = Scores(CURRENT.resolve(), files_of(chosen.folder), chosen.version, scorer.settings)
        with results(session.range(0, groups, 1, slices), work) as found:
            yield found.rows


def files_of(folder: Path) -> Files:
    """The files of a champion, as they travel to the executors."""
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file())


@dataclass(frozen=True)
class Scores:
    """The work on some row groups, which come by their numbers."""

    features: Path
    files: Files
    version: str
    settings: Settings

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The scores in the order of the row groups."""
        scorer = _scorer(self.files, self.version, self.settings)
        for batch in batches:
            for number in batch.column("id").to_pylist():
                yield from packets_of_rows(scorer.scored(read_group(self.features, number)))


def _scorer(files: Files, version: str, settings: Settings) -> Scorer:
    """The champion from its files, verified here too."""
    with tempfile.TemporaryDirectory(prefix="ebb-champion-") as parent:
        folder = Path(parent, version)
        folder.mkdir()
        for name, content in files:
            (folder / name).write_bytes(content)
        return load_scorer(folder, checked(folder), settings)
