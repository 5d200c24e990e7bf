"""A shop of a few hundred customers, and stages run on it in this process. A helper, not a test."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from stages import STAGES
from workspace import REPOSITORY, Row, outputs, source_bytes, write_file, write_params

from pipeline import featurize_current, ingest, publish, score

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


def live(folder: Path, days: Sequence[str], customers: int) -> None:
    """A list on the day after each of these last days of events: the first with a new champion, the others weekly."""
    rows = shop(customers)
    for number, last in enumerate(days):
        bring(folder, until(rows, last))
        run(folder, WEEKLY if number else STAGES)


def with_a_list(folder: Path) -> Path:
    """The shop with a list, and a change of settings that makes every stage write something else."""
    settings(folder)
    bring(folder, shop())
    run(folder)
    settings(folder, holdout={"programme": "another"}, model__seed=8)
    return folder


def stage(
    folder: Path, name: str, prepare: Callable[[], None] | None = None, **names: str
) -> subprocess.CompletedProcess[str]:
    """Run a stage as DVC does, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1", **names}
    return subprocess.run(
        [sys.executable, "-m", f"pipeline.{name}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=prepare,
    )


def kept(folder: Path) -> dict[str, bytes]:
    """What a failing stage must leave as it was."""
    found = outputs(folder)
    return {name: found[name] for name in found if name.split("/")[1] in ("lists", "champion", "rejected")}


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What the stage said at its end; there is nothing else of an error in it."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("ebb: ")]
    assert len(said) == 1, done.stderr
    return said[0]
