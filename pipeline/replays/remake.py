"""A past list made again by the stages themselves, in a folder apart, from what its manifest names."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import featurize_current, publish, score
from pipeline.champions import POINTER, checked
from pipeline.contacting.rests import RESTS
from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify
from pipeline.listing.schema import FIGURES, ROWS
from pipeline.listing.schema import SAVED as SAVED_PROBABILITY
from pipeline.made_from import KEY, SECTIONS
from pipeline.published import dated_folders
from pipeline.sections.saving import Uplift
from pipeline.settings import Settings
from pipeline.tables import (
    CHAMPION,
    EVENTS_OPEN,
    LISTS,
    MEASURED,
    REPORTS,
    RESTS_TABLE,
    SAVED,
    read_json,
    read_table,
    write_json,
    write_table,
)

EVENTS = EVENTS_OPEN.parent
DEFAULTS = {"uplift": Uplift().model_dump(mode="json", include={"order"})}


def remake(work: Path, original: Path, manifest: dict[str, Any], present: Settings) -> Path:
    """Make the list of a manifest again below `work` and return its folder. Touches nothing else."""
    _lay_out(work, manifest, present)
    # What a list tells of the lists before it is no part of its making: it is taken from the list itself.
    figures = read_json(original / FIGURES) if (original / FIGURES).exists() else {}
    if figures.get("loop") is not None:
        write_json(figures["loop"], work / MEASURED)
    _saved(work, original)
    _rests(work, original, str(manifest["as_of"]))
    with contextlib.chdir(work), contextlib.redirect_stdout(io.StringIO()):
        featurize_current.main()
        score.main()
        publish.main()
    return work / LISTS / str(date.fromisoformat(manifest["as_of"]))


def _lay_out(work: Path, manifest: dict[str, Any], present: Settings) -> None:
    """Put into `work` what this list was made from: settings, events, champion, and what lists said before it."""
    past = manifest[KEY]
    write_json(_settings(past["settings"], present), work / "params.yaml")  # JSON is YAML
    for path in EVENTS.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            _lend(path, work / path)
    calendar = read_json(EVENTS_OPEN / "as_of.json")
    write_json({**calendar, **past["calendar"]}, work / EVENTS_OPEN / "as_of.json")
    write_json(_ingested(past["ingest"]), work / REPORTS / "ingest.json")
    version = manifest["model_version"]
    checked(CHAMPION / version)
    shutil.copytree(CHAMPION / version, work / CHAMPION / version)
    pointer = {"version": version, "how": manifest["champion"], "rolled_back_from": manifest["rolled_back_from"]}
    write_json(pointer, work / POINTER)
    if manifest["previous_list"]:
        _lists_before(work, manifest)


def _saved(work: Path, original: Path) -> None:
    """By what the list was ordered, where that is not value at risk: the list itself says it of each customer."""
    if SAVED_PROBABILITY in pq.read_schema(original / ROWS).names:
        rows = read_table(original / ROWS, ["customer_id", SAVED_PROBABILITY])
        write_table([rows], rows.schema, work / SAVED)


def _rests(work: Path, original: Path, as_of: str) -> None:
    """Who rested since when: the log of contacts has grown since, so the list itself says it of each customer."""
    names = ("last_contact", "last_chosen")
    if not {*names} <= {*pq.read_schema(original / ROWS).names}:
        return
    rows = read_table(original / ROWS, ["customer_id", *names])
    day = pa.array([date.fromisoformat(as_of)] * len(rows), pa.date32())
    write_table([rows.append_column("overrules_to", day).select(RESTS.names).cast(RESTS)], RESTS, work / RESTS_TABLE)


def _ingested(part: dict[str, Any]) -> dict[str, Any]:
    """The report of ingest as far as a list tells of it: of the findings it says how many ask for a look."""
    return {**part, "findings": [{"severity": "warning"}] * part["warnings"]}


def _lists_before(work: Path, manifest: dict[str, Any]) -> None:
    """The list before and its champion, for what changed since; and earlier ones, for who comes back."""
    before = LISTS / manifest["previous_list"]
    _whole(before, f"the list of {manifest['as_of']} compares its bands with it")
    as_of = date.fromisoformat(manifest["as_of"])
    for day, _, folder in dated_folders():
        if day < as_of and (folder == before or day < date.fromisoformat(before.name[:10])):
            for path in sorted(folder.iterdir()):
                _lend(path, work / path)
    then = str(read_json(before / MANIFEST)["model_version"])
    if then != manifest["model_version"] and (CHAMPION / then).is_dir():
        shutil.copytree(CHAMPION / then, work / CHAMPION / then)


def _settings(past: dict[str, Any], present: Settings) -> dict[str, Any]:
    """The settings of then, where they decide what is in a list, and those of now for everything else."""
    settings = present.model_dump(mode="json")
    for name, keys in SECTIONS.items():
        # A list of a version without the section was made as its defaults make one.
        then = past[name] if name in past else DEFAULTS[name]
        settings[name] = {**settings[name], **then} if keys else then
    settings["lists"]["copy_to"] = None  # a replay is nobody's list
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
