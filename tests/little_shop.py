"""A shop of a few hundred customers, and stages run on it in this process. A helper, not a test."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from workspace import Row, source_bytes, write_file, write_params

from pipeline import (
    backtest,
    calibrate,
    evaluate,
    featurize_current,
    featurize_training,
    ingest,
    promote,
    publish,
    score,
    train,
)

STAGES = (ingest, featurize_training, featurize_current, train, backtest, calibrate, evaluate, promote, score, publish)
WEEKLY = (ingest, featurize_current, score, publish)  # what a new week runs where no slice matures
DAYS = 300  # from 2024-01-01 to 2024-10-26
CHANGES: dict[str, Any] = {
    "churn.horizon_days": 28,
    "churn.active_within_days": 56,
    "snapshots.every_days": 28,
    "snapshots.train": 6,
    "snapshots.min_history_days": 56,
    "features.lookback_days": [14, 56],
    "model.num_rounds": 20,
    "evaluation.bootstrap": 100,
    "evaluation.capacity": 20,
    "mlflow.tracking_uri": "http://127.0.0.1:9",
}


def day(number: int) -> str:
    """The date so many days after the shop opened."""
    return str(np.datetime64("2024-01-01") + number)


def shop(customers: int = 260, seed: int = 5) -> list[Row]:
    """Customers who buy every week or two until they leave, and one who comes every day; some bring things back."""
    random = np.random.default_rng(seed)
    rows: list[Row] = [("daily", day(number), "purchase", 5) for number in range(DAYS)]
    for number in range(customers):
        today, gap, leaving = int(random.integers(0, 200)), int(random.integers(3, 15)), random.uniform(0.02, 0.2)
        while today < DAYS:
            rows.append((f"c{number:04}", day(today), "purchase", int(random.integers(1, 90))))
            if random.random() < 0.1:
                rows.append((f"c{number:04}", day(today), "return", -3))
            if random.random() < leaving:
                break
            today += int(random.integers(1, 2 * gap))
    return rows


def until(rows: Sequence[Row], last: str) -> list[Row]:
    """What an export of that day holds."""
    return [row for row in rows if row[1] <= last]


def settings(folder: Path, **changes: Any) -> None:
    """Write params.yaml; two underscores in a name stand for the dot."""
    write_params(folder, {**CHANGES, **{name.replace("__", "."): value for name, value in changes.items()}})


def bring(folder: Path, rows: Sequence[Row]) -> None:
    """Put an export into data/raw."""
    write_file(folder, source_bytes("events.csv", rows))


def run(folder: Path, stages: Sequence[ModuleType] = STAGES) -> None:
    """Run stages in the folder."""
    with contextlib.chdir(folder):
        for stage in stages:
            stage.main()
