"""`latest/` where a new list failed its gate: the last good list, rendered again with a mark that says so.

The dated folder is never touched, and the next good list replaces the marked one. The mark lives in the manifest of
`latest/`, so whoever renders it again (erasure, a repair) keeps it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST
from pipeline.listing.render import render
from pipeline.listing.schema import FIGURES, ROWS
from pipeline.published import LATEST, STALE, newest, refresh_latest
from pipeline.settings import Settings
from pipeline.tables import read_json, read_table


def mark_stale(settings: Settings, as_of: str, failed: list[dict[str, Any]]) -> Path | None:
    """Make `latest/` the newest good list, marked stale; its dated folder, or None where no list was published yet.

    `as_of`: day of the list that failed, `failed`: its checks; stale `since` the day until which the good one holds.
    """
    found = newest()
    if found is None:
        return None
    about = {"since": found[1].get("valid_until"), "as_of": as_of, "failed": failed}
    return refresh_latest(_writer(settings, about), about)


def refresh(settings: Settings) -> Path | None:
    """`refresh_latest`, but a list that is marked stale stays so: for everybody but publish."""
    about, found = stale_mark(), newest()
    if about is None or found is None or _of() != found[0].name:
        return refresh_latest()
    return refresh_latest(_writer(settings, about), about)


def stale_mark() -> dict[str, Any] | None:
    """Why and since when the list in `latest/` is stale; None where it is not."""
    return _manifest().get(STALE)


def _of() -> str | None:
    return _manifest().get("of")


def _manifest() -> dict[str, Any]:
    try:
        found = read_json(LATEST / MANIFEST)
    except ArtifactError:
        return {}
    return found if isinstance(found, dict) else {}


def _writer(settings: Settings, about: dict[str, Any]) -> Any:
    def write(folder: Path, aside: Path) -> None:
        if (folder / FIGURES).exists():
            render(aside, read_table(folder / ROWS), {**read_json(folder / FIGURES), STALE: about}, settings)
        else:
            _renamed(folder, aside)

    return write


def _renamed(folder: Path, aside: Path) -> None:
    """A list of a version that wrote no briefing: its own files, whose names say that it is old."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != MANIFEST and not path.name.startswith("."):
            shutil.copyfile(path, aside / f"{path.stem}_STALE_{folder.name}{path.suffix}")
