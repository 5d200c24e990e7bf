"""The challenger: data/model and data/calibration seen as one model with one version."""

from __future__ import annotations

from typing import Any

from pipeline.folders import fingerprint, verify
from pipeline.tables import CALIBRATION, MODEL

FILES = {
    "judged.txt": MODEL,
    "shipped.txt": MODEL,
    "judged_members.json": MODEL,
    "shipped_members.json": MODEL,
    "judged_calibration.json": CALIBRATION,
    "shipped_calibration.json": CALIBRATION,
}
SHOWN = 12


def challenger_manifest() -> dict[str, Any]:
    """What the champion's manifest would say: the model's, with the calibrators' files and without metrics."""
    model, calibration = verify(MODEL), verify(CALIBRATION)
    files = {**model["files"], **calibration["files"]}
    return {**model, "files": {name: files[name] for name in FILES}}


def challenger_version() -> str:
    """First 12 hex digits of the sha256 of the challenger's manifest."""
    return fingerprint(challenger_manifest())[:SHOWN]
