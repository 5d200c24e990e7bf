"""The challenger: data/model, data/calibration and data/value seen as one model with one version."""

from __future__ import annotations

from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import fingerprint, verify
from pipeline.tables import CALIBRATION, MODEL, VALUE

FILES = {
    "judged.txt": MODEL,
    "shipped.txt": MODEL,
    "judged_members.json": MODEL,
    "shipped_members.json": MODEL,
    "judged_calibration.json": CALIBRATION,
    "shipped_calibration.json": CALIBRATION,
    "value.json": VALUE,
    "value.txt": VALUE,
}
SHOWN = 12


def challenger_manifest() -> dict[str, Any]:
    """What the champion's manifest would say: the model's, with the calibrators' and the spend forecast's files.

    Raises ArtifactError if the three folders are not of one run.
    """
    model, calibration, value = verify(MODEL), verify(CALIBRATION), verify(VALUE)
    for folder, manifest in ((CALIBRATION, calibration), (VALUE, value)):
        theirs, its = manifest.get("test_snapshot"), model.get("test_snapshot")
        if theirs != its:
            raise ArtifactError(f"{folder} is of {theirs} and {MODEL} of {its}: run `make repro`.")
    files = {**model["files"], **calibration["files"], **value["files"]}
    return {**model, "files": {name: files[name] for name in FILES}}


def challenger_version() -> str:
    """First 12 hex digits of the sha256 of the challenger's manifest."""
    return fingerprint(challenger_manifest())[:SHOWN]
