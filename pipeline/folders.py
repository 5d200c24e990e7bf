"""Folders that carry a manifest with the sha256 of their files, checked against it before anything is parsed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.tables import read_json, write_json

MANIFEST = "manifest.json"


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_manifest(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Write `manifest.json` last: what the caller says, and the sha256 of every other file of the folder."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and _listed(path))
    manifest = {**content, "files": {name: sha256(folder / name) for name in names}}
    write_json(manifest, folder / MANIFEST)
    return manifest


def _listed(path: Path) -> bool:
    return path.name != MANIFEST and not path.name.startswith(".")


def verify(folder: Path) -> dict[str, Any]:
    """The manifest of a folder whose files are all there and whole. Raises ArtifactError that names the first fault.

    DVC hands out damaged cache content without a word, and LightGBM crashes or hangs on a damaged model file.
    """
    manifest: dict[str, Any] = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or not manifest.get("files"):
        raise ArtifactError(f"{folder / MANIFEST} lists no files, so it was damaged: run `make repro`.")
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise ArtifactError(f"{path} is missing, though {folder / MANIFEST} lists it: run `make repro`.")
        if sha256(path) != expected:
            raise ArtifactError(
                f"{path} is not what {folder / MANIFEST} says (sha256 differs), so it was damaged or edited: "
                "restore it from DVC's cache or run `dvc repro --force`."
            )
    return manifest


def fingerprint(content: dict[str, Any]) -> str:
    """Hex sha256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
