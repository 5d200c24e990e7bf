"""What bench/scale/learning.py runs: `python -m tests.bench.scale.learning_subjects SUBJECT` in a workspace.

`train` fits the trees of params.yaml to the training table, as train does for each model, and keeps them aside; the
others use them. Prints JSON: rows, CPU seconds of the work alone, rows a CPU second.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from models.booster import booster_from_text, booster_text, fit_booster, raw_scores
from models.shap import contributions
from pipeline.settings import load_settings
from pipeline.training_data import booster_params, load_training

KEPT = Path("booster.txt")
MOST_EXPLAINED = {"shap": 100_000, "lightgbm_shap": 2_000}  # rows


def used() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(subject: str) -> dict[str, Any]:
    """Load, do the work, and say how fast it was."""
    settings = load_settings()
    table = load_training(settings)
    if subject == "train":
        before = used()
        booster = fit_booster(table, booster_params(settings))
        spent = used() - before
        KEPT.write_text(booster_text(booster), encoding="utf-8")
        return _said(len(table), spent) | {"trees": booster.num_trees(), "features": len(table.names)}
    booster = booster_from_text(KEPT.read_text(encoding="utf-8"))
    values = np.ascontiguousarray(table.values[: MOST_EXPLAINED.get(subject, len(table))])
    works: dict[str, Callable[[], Any]] = {
        "score": lambda: raw_scores(booster, values),
        "shap": lambda: contributions(booster, values),
        "lightgbm_shap": lambda: booster.predict(values, pred_contrib=True, num_threads=1),
    }
    before = used()
    works[subject]()
    return _said(len(values), used() - before)


def _said(rows: int, spent: float) -> dict[str, Any]:
    return {"rows_out": rows, "alone_cpu_s": round(spent, 3), "rows_per_cpu_s": round(rows / spent)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
