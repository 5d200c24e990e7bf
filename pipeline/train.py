"""Stage: fit the booster twice, once to be judged and once to be used."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from features.snapshots import as_date
from models.booster import booster_text, fit_booster
from models.table import TrainingTable
from pipeline.errors import SplitError, run_stage
from pipeline.folders import write_manifest
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import MODEL, write_text
from pipeline.training_data import booster_params, label_spec, load_training

LIBRARIES = ("lightgbm", "numpy")


def main() -> None:
    """Write data/model: `judged.txt` never saw a label that reaches past the test snapshot, `shipped.txt` saw all."""
    summary = StageSummary("train")
    settings = load_settings()
    table = load_training(settings)
    test_snapshot = table.slices()[-1]
    judged = table.closed_by(test_snapshot)
    params = booster_params(settings)
    try:
        fitted = {"judged.txt": fit_booster(judged, params), "shipped.txt": fit_booster(table, params)}
    except ValueError as error:
        raise SplitError(f"{error}.") from None
    for name, booster in fitted.items():
        write_text(booster_text(booster), MODEL / name)
    write_manifest(MODEL, _about(settings, table, judged, test_snapshot))
    summary.line("rows", len(table))
    summary.line("features", len(table.names))
    summary.line("judged model", f"{len(judged.slices())} slices, tested on {as_date(test_snapshot)}")
    summary.line("shipped model", f"{len(table.slices())} slices, all that are labelled")
    summary.show()


def _about(settings: Settings, table: TrainingTable, judged: TrainingTable, test_snapshot: int) -> dict[str, object]:
    return {
        "features": list(table.names),
        "params": settings.model.model_dump(),
        "label": label_spec(settings),
        "test_snapshot": str(as_date(test_snapshot)),
        "judged_slices": [str(as_date(day)) for day in judged.slices()],
        "judged_label_end": str(as_date(judged.slices()[-1] + table.label_days)),
        "shipped_slices": [str(as_date(day)) for day in table.slices()],
        "shipped_label_end": str(as_date(table.slices()[-1] + table.label_days)),
        "rows": len(table),
        "customers": len(np.unique(table.customer)),
        "churned_share": round(float(table.churned.mean()), 6),
        "versions": {name: version(name) for name in LIBRARIES},
    }


if __name__ == "__main__":
    run_stage(main)
