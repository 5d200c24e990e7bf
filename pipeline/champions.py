"""data/champion: every champion so far in a folder named by its version, and one pointer to the present one.

A folder is written aside and renamed, then the pointer is replaced: a kill at any moment leaves a whole champion.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.challenger import FILES, SHOWN
from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, fingerprint, verify
from pipeline.tables import CHAMPION, read_json, write_json

POINTER = CHAMPION / "current.json"


@dataclass(frozen=True)
class Champion:
    """The present champion: its folder, verified, and how it came to be the one."""

    version: str
    folder: Path
    manifest: dict[str, Any]
    pointer: dict[str, Any]

    @property
    def rolled_back_from(self) -> str | None:
        """The version that this one replaced by hand; None where it was promoted."""
        return self.pointer.get("rolled_back_from")


def pointer() -> dict[str, Any] | None:
    """What `current.json` says; None before the first promotion."""
    return read_json(POINTER) if POINTER.exists() else None


def champion() -> Champion | None:
    """The present champion, every file checked; None before the first promotion. Raises ArtifactError if damaged."""
    now = pointer()
    if now is None:
        return None
    folder = CHAMPION / str(now["version"])
    return Champion(str(now["version"]), folder, checked(folder), now)


def checked(folder: Path) -> dict[str, Any]:
    """The manifest of a champion's folder, whose files and version are what it says. Raises ArtifactError."""
    manifest = verify(folder)
    core = {name: value for name, value in manifest.items() if name not in ("metrics", "version")}
    if fingerprint(core)[:SHOWN] != folder.name or manifest.get("version") != folder.name:
        raise ArtifactError(
            f"{folder / MANIFEST} does not belong to version {folder.name}, so it was damaged or edited: "
            "restore data/champion with `dvc checkout`, or run `make rollback TO=<version>`."
        )
    return manifest


def store(version: str, manifest: dict[str, Any], metrics: dict[str, Any]) -> None:
    """Put the challenger into its own folder of data/champion; a whole folder of that version is left as it is."""
    keep(version, manifest, metrics, {name: source / name for name, source in FILES.items()})


def keep(version: str, manifest: dict[str, Any], metrics: dict[str, Any], files: Mapping[str, Path]) -> None:
    """Put copies of `files` into the version's own folder, whole or not at all; a whole one is left as it is."""
    folder = CHAMPION / version
    CHAMPION.mkdir(parents=True, exist_ok=True)
    for left in CHAMPION.glob(".*.part"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    if folder.exists():
        try:
            checked(folder)
            return
        except ArtifactError:
            shutil.rmtree(folder)  # damaged, and the files at hand are the same model, whole
    aside = CHAMPION / f".{version}.part"
    aside.mkdir()
    for name, source in files.items():
        shutil.copyfile(source, aside / name)
    write_json({**manifest, "version": version, "metrics": metrics}, aside / MANIFEST)
    os.replace(aside, folder)


def point_to(version: str, how: str, held: list[str], rolled_back_from: str | None = None) -> None:
    """Make a version the champion. `held` are versions that are not promoted again by themselves."""
    before = pointer()
    content = {
        "version": version,
        "how": how,
        "previous": before["version"] if before and before["version"] != version else (before or {}).get("previous"),
        "rolled_back_from": rolled_back_from,
        "held": sorted(set(held)),
    }
    write_json(content, POINTER)


def versions() -> list[str]:
    """Every version that is kept, sorted."""
    return sorted(path.name for path in CHAMPION.iterdir() if path.is_dir() and not path.name.startswith("."))
