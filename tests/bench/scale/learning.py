"""Rows a second: training the trees, scoring, and SHAP values, ours and LightGBM's own."""

from __future__ import annotations

import json
import shutil
from typing import Any

from tests.bench.scale.measuring import medians
from tests.bench.scale.place import Place
from tests.bench.scale.plan import SNAPSHOTS, Plan
from tests.bench.scale.workspace import lay_out, stage

SUBJECTS = {
    "train": "training the trees",
    "score": "scoring by the trees",
    "shap": "SHAP values, ours",
    "lightgbm_shap": "SHAP values, LightGBM's own",
}


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table: the CPU of the whole process, and rows a CPU second of the work alone."""
    rows: list[dict[str, Any]] = []
    for events in plan.learning:
        folder = place.fresh("learning")
        lay_out(folder, place.events(events) / "raw", {"snapshots.every_days": 7, "snapshots.train": SNAPSHOTS})
        for name in ("ingest", "featurize_training"):
            stage(folder, name, place.cache)
        for name, what in SUBJECTS.items():
            run = place.python("tests.bench.scale.learning_subjects", name, folder=folder)
            alone = json.loads(run.printed.splitlines()[-1])
            rows.append({"what": what, "events": events, **medians([run]), **alone})
        shutil.rmtree(folder)
    return {"rows": rows, "targets": []}
