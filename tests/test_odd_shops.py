"""Shops that no model likes: everybody leaves, nobody does, hardly any customers, one history, a type that vanished.

Each ends in a list of tested probabilities or in one clear sentence, never in a traceback and never in a number that
was not tested. The stages run in this process on events made here, with MLflow out of reach.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stages import STAGES
from workspace import Row, source_bytes, write_file, write_params

from pipeline.errors import EbbError
from pipeline.tables import read_json, read_table

pytestmark = pytest.mark.slow

DAYS = 300
CHANGES: dict[str, Any] = {
    "churn": {"horizon_days": 28, "active_within_days": 56},
    "snapshots": {"every_days": 28, "train": 6},
    "model": {"num_rounds": 20},
    "evaluation": {"bootstrap": 100, "capacity": 20},
    "mlflow": {"tracking_uri": "http://127.0.0.1:9"},
}


def shop(
    customers: int, leaving: float, seed: int = 3, kind: Callable[[int], str] = lambda day: "purchase"
) -> list[Row]:
    """Customers who buy every week until they leave, each week with the same chance."""
    random = np.random.default_rng(seed)
    rows: list[Row] = [("first", "2024-01-01", "purchase", 5), ("last", "2024-10-26", "purchase", 5)]
    for number in range(customers):
        day = int(random.integers(0, 60 if leaving < 0.5 else 290))
        while day < DAYS:
            rows.append((f"c{number:04}", str(np.datetime64("2024-01-01") + day), kind(day), 5))
            if random.random() < leaving:
                break
            day += int(random.integers(1, 13))
    return rows


REFUSED: dict[str, tuple[list[Row], str]] = {
    "everybody leaves": (
        [(f"c{n:03}", str(np.datetime64("2024-01-01") + n % 290), "purchase", 5) for n in range(580)],
        "everybody left in .* nothing can be learnt",
    ),
    "nobody leaves": (shop(150, 0.0), "nobody left in .* nothing can be learnt"),
    "one customer": (
        [("only", str(np.datetime64("2024-01-01") + n), "purchase", 5) for n in range(0, 300, 5)],
        "nobody left in .* nothing can be learnt",
    ),
}
LISTED: dict[str, list[Row]] = {
    "two in a hundred leave": shop(300, 0.004),
    "nearly all leave": shop(900, 0.9),
    "few": shop(70, 0.03),
    "the same customers every day": [
        (f"c{n:04}", str(np.datetime64("2024-01-01") + day), "purchase", 5) for n in range(140) for day in range(2 * n)
    ],
    "a type that vanished": shop(250, 0.03, kind=lambda day: "visit" if day > 150 else "purchase"),
}


def run(folder: Path, rows: list[Row], changes: dict[str, Any]) -> None:
    """All stages, from the source to the list."""
    write_params(folder, {f"{part}.{key}": value for part, keys in changes.items() for key, value in keys.items()})
    write_file(folder, source_bytes("events.csv", rows))
    with contextlib.chdir(folder):
        for stage in STAGES:
            stage.main()


def small() -> dict[str, Any]:
    """The settings, with slices from two months of history on."""
    return {**CHANGES, "snapshots": {**CHANGES["snapshots"], "min_history_days": 56}}


@pytest.mark.parametrize(("rows", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_nothing_to_learn_is_said(tmp_path: Path, rows: list[Row], says: str) -> None:
    """One sentence with the figures, and no list."""
    with pytest.raises(EbbError, match=says):
        run(tmp_path, rows, small())
    assert not (tmp_path / "data/lists").exists()


@pytest.mark.parametrize("rows", LISTED.values(), ids=LISTED.keys())
def test_a_list_of_tested_probabilities(tmp_path: Path, rows: list[Row]) -> None:
    """It is whole, its probabilities are open, and bands promise no more than there are."""
    run(tmp_path, rows, small())
    with contextlib.chdir(tmp_path):
        made = read_table(Path("data/lists/latest/risk_list.parquet"))
        report = read_json(Path("data/reports/scoring.json"))
    probability = made.column("churn_probability").to_numpy()
    assert made.num_rows == report["eligible"]
    assert ((probability > 0) & (probability < 1)).all()
    for item in report["raw_bands"].values():
        assert 0 <= item["low"] <= item["expected_leavers"] <= item["high"] <= item["customers"]


def test_a_horizon_as_long_as_the_data(tmp_path: Path) -> None:
    """Nothing can be learnt, which is said with the dates."""
    changes = {**CHANGES, "churn": {"horizon_days": 290, "active_within_days": 56}}
    with pytest.raises(EbbError, match=r"churn\.horizon_days 290 is too long"):
        run(tmp_path, shop(50, 0.03), changes)


def test_few_customers_get_a_rule(tmp_path: Path) -> None:
    """Under 100 eligible: two rates by days of silence, said plainly in the reports."""
    run(tmp_path, shop(90, 0.06, seed=5), small())
    with contextlib.chdir(tmp_path):
        scored = read_table(Path("data/lists/latest/risk_list.parquet"))
        report = read_json(Path("data/reports/calibration.json"))
    assert report["shipped"]["blend"] == "rule"
    assert "too few for a model" in report["shipped"]["why"]
    assert len(set(scored.column("churn_probability").to_pylist())) <= 2
