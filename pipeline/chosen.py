"""A judged or shipped model from its files: the challenger's and the champion's come by the same path."""

from __future__ import annotations

from pathlib import Path

from models.chosen import Chosen
from models.table import Floats, TrainingTable
from pipeline.errors import ArtifactError
from pipeline.tables import read_json


def load_chosen(model: Path, calibration: Path, which: str) -> Chosen:
    """The model `which` (judged or shipped). The caller has verified both folders."""
    booster = (model / f"{which}.txt").read_text(encoding="utf-8")
    members = read_json(model / f"{which}_members.json")
    return Chosen.from_data(members, booster, read_json(calibration / f"{which}_calibration.json"))


def probability(model: Chosen, table: TrainingTable) -> Floats:
    """One probability per row, features matched by name. Raises ArtifactError if the table lacks a feature."""
    try:
        return model.probability(table)
    except KeyError as error:
        raise ArtifactError(f"the model needs the feature {error}, which the table lacks: run `make repro`.") from None
