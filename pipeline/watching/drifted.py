"""Features and probabilities of today's customers against those learnt from: the champion's columns, in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from models.calibration import sigmoid
from models.chosen import Chosen
from models.drift import Reference
from models.table import Floats, TrainingTable, unlabelled
from pipeline.sample import drawn, share_for
from pipeline.scored import blocks
from pipeline.tables import CURRENT
from pipeline.training_data import days, matrix

MOST_SCORED = 250_000  # customers whose probabilities are compared: more would tell nothing more


@dataclass(frozen=True)
class Drift:
    """One feature, or the probabilities: the index against the newest slice learnt from and against a year ago.

    `psi` is the smaller of the two, since a season that comes every year is no drift; `chance` what it would be if
    nothing had moved. `missing_before` is the larger of the shares missing in the two slices. `lowest_*` are the
    smallest values of the feature, infinite where all are missing.
    """

    name: str
    psi: float
    newest: float
    twin: float
    chance: float
    missing_before: float
    missing_now: float
    lowest_before: float
    lowest_now: float

    @property
    def above_chance(self) -> float:
        """The index less what chance makes of it: what limits are held against."""
        return max(self.psi - self.chance, 0.0)


def drift_of(model: Chosen, newest: TrainingTable, twin: TrainingTable | None, rows: int) -> list[Drift]:
    """One entry per feature of the champion, in its order, and a last one named "" for the probabilities.

    `model` is the champion as it was judged, which has not learnt from `newest`; probabilities of both sides are its.
    `rows` is the number of customers today.
    """
    names, slices = newest.names, [newest] if twin is None else [newest, twin]
    features = [Reference.of(part.values) for part in slices]
    scores = [Reference.of(_scores(model, part)) for part in slices]
    counts = [np.zeros_like(each.counts) for each in (*features, *scores)]
    lowest, share = np.full(len(names), np.inf), share_for(rows, MOST_SCORED)
    for table in blocks(CURRENT, ["customer_id", "snapshot", *names]):
        values, kept = matrix(table, names), _drawn(table, share)
        lowest = np.fmin(lowest, _lowest(values))
        now = _scores(model, unlabelled(values[kept], names, days(table, "snapshot")[kept]))
        parts = [values] * len(slices) + [now] * len(slices)
        here = zip((*features, *scores), parts, strict=True)
        counts = [total + reference.counted([part]) for total, (reference, part) in zip(counts, here, strict=True)]
    before = np.fmin.reduce([_lowest(part.values) for part in slices])
    found = _drifts(names, features, counts[: len(slices)], before, lowest)
    nothing = np.full(1, np.nan)
    return found + _drifts(("",), scores, counts[len(slices) :], nothing, nothing)


def _drawn(table: pa.Table, share: float) -> np.ndarray:
    ids = table.column("customer_id").combine_chunks()
    return np.ones(len(ids), bool) if share == 1 else drawn(ids, share)


def _scores(model: Chosen, table: TrainingTable) -> np.ndarray:
    return sigmoid(model.odds(table))[:, None] if len(table) else np.empty((0, 1))


def _lowest(values: np.ndarray) -> Floats:
    """The lowest value of each column, infinite where all is missing."""
    return np.where(np.isnan(values), np.inf, values).min(axis=0, initial=np.inf).astype(np.float64)


def _drifts(
    names: Sequence[str], slices: list[Reference], counts: list[np.ndarray], before: Floats, now: Floats
) -> list[Drift]:
    indices = [reference.psi(count) for reference, count in zip(slices, counts, strict=True)]
    chances = [reference.by_chance(count) for reference, count in zip(slices, counts, strict=True)]
    missing = np.max([reference.missing(reference.counts) for reference in slices], axis=0)
    gone = slices[0].missing(counts[0])
    found = []
    for at, name in enumerate(names):
        here = [float(index[at]) for index in indices]
        smallest = int(np.argmin(here))
        found.append(
            Drift(
                name=name,
                psi=here[smallest],
                newest=here[0],
                twin=here[1] if len(here) > 1 else float("nan"),
                chance=float(chances[smallest][at]),
                missing_before=float(missing[at]),
                missing_now=float(gone[at]),
                lowest_before=float(before[at]),
                lowest_now=float(now[at]),
            )
        )
    return found
