"""Rolling origins: at each, everything is refitted on what was closed then, and judged on what came after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from models.booster import BoosterParams, fit_booster, raw_scores
from models.calibration import Predictions
from models.table import Floats, TrainingTable

MOST_ORIGINS = 15  # enough to tell methods apart; each costs a fit


def rolling_predictions(
    table: TrainingTable,
    params: BoosterParams,
    workers: int = 2,
    watch: Callable[[Sequence[int]], Sequence[int]] = lambda origins: origins,
) -> Predictions:
    """Out-of-time scores: one entry per (customer, origin), origins rising, the newest `MOST_ORIGINS` at most.

    Origins whose closed slices hold only one outcome are left out. Two fits run at a time, one thread each, which
    changes no number.
    """
    origins = [day for day in table.origins() if _learnable(table, day)][-MOST_ORIGINS:]
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_scores_at, table, origin, params) for origin in origins]
        scores = [futures[number].result() for number in range(len(list(watch(origins))))]
    tested = [table.at(origin) for origin in origins]
    if not origins:
        return Predictions(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool))
    return Predictions(
        np.concatenate([part.snapshot for part in tested]),
        np.concatenate(scores),
        np.concatenate([part.churned for part in tested]),
    )


def _learnable(table: TrainingTable, origin: int) -> bool:
    labels = table.churned[table.snapshot + table.label_days <= origin]
    return bool(labels.any() and not labels.all())


def _scores_at(table: TrainingTable, origin: int, params: BoosterParams) -> Floats:
    return raw_scores(fit_booster(table.closed_by(origin), params), table.at(origin).values)
