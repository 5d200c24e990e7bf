"""A judged model's probabilities on the test rows: the challenger's and the champion's come by the same path."""

from __future__ import annotations

from pathlib import Path

from models.booster import booster_from_text, raw_scores
from models.calibration import Calibrator
from models.table import Floats, TrainingTable
from pipeline.errors import ArtifactError
from pipeline.tables import read_json


def judged_probability(booster: Path, calibration: Path, table: TrainingTable) -> Floats:
    """One probability per row, features matched by name. The caller has verified both files' folders.

    Raises ArtifactError if the table lacks a feature.
    """
    model = booster_from_text(booster.read_text(encoding="utf-8"))
    missing = [name for name in model.feature_name() if name not in table.names]
    if missing:
        raise ArtifactError(
            f"{booster} needs the feature {missing[0]}, which the table does not have: run `make repro`."
        )
    columns = [table.names.index(name) for name in model.feature_name()]
    scores = raw_scores(model, table.values[:, columns])
    return Calibrator.from_json(read_json(calibration)).probability(scores)
