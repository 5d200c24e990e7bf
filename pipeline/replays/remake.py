"""A past list made again by the stages themselves, in a folder apart, from what its manifest names."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import featurize_current, publish, score
from pipeline.champions import POINTER, checked
from pipeline.errors import ArtifactError
from pipeline.folders import verify
from pipeline.made_from import KEY, SECTIONS
from pipeline.settings import Settings
from pipeline.tables import CHAMPION, EVENTS_OPEN, LISTS, read_json, write_json

EVENTS = EVENTS_OPEN.parent


def remake(work: Path, manifest: dict[str, Any], present: Settings) -> Path:
    """Make the list of a manifest again below `work` and return its folder. Touches nothing else."""
    _lay_out(work, manifest, present)
    with contextlib.chdir(work), contextlib.redirect_stdout(io.StringIO()):
        featurize_current.main()
        score.main()
        publish.main()
    return work / LISTS / str(date.fromisoformat(manifest["as_of"]))


def _lay_out(work: Path, manifest: dict[str, Any], present: Settings) -> None:
    """Put the settings, the events, the champion and the list before into `work`, as they were for this list."""
    past = manifest[KEY]
    write_json(_settings(past["settings"], present), work / "params.yaml")  # JSON is YAML
    for path in EVENTS.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            _lend(path, work / path)
    calendar = read_json(EVENTS_OPEN / "as_of.json")
    write_json({**calendar, **past["calendar"]}, work / EVENTS_OPEN / "as_of.json")
    version = manifest["model_version"]
    checked(CHAMPION / version)
    shutil.copytree(CHAMPION / version, work / CHAMPION / version)
    pointer = {"version": version, "how": manifest["champion"], "rolled_back_from": manifest["rolled_back_from"]}
    write_json(pointer, work / POINTER)
    before = manifest["previous_list"]
    if before:
        _whole(LISTS / before, f"the list of {manifest['as_of']} compares its bands with it")
        shutil.copytree(LISTS / before, work / LISTS / before)


def _settings(past: dict[str, Any], present: Settings) -> dict[str, Any]:
    """The settings of then, where they decide what is in a list, and those of now for everything else."""
    settings = present.model_dump(mode="json")
    for name, keys in SECTIONS.items():
        settings[name] = {**settings[name], **past[name]} if keys else past[name]
    return settings


def _whole(folder: Path, why: str) -> None:
    try:
        verify(folder)
    except ArtifactError as error:
        raise ArtifactError(f"{folder} is needed ({why}), but: {error}") from None


def _lend(source: Path, target: Path) -> None:
    """The same file under another name: events are large, and no stage of a replay writes to them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)  # another file system, or one without links
