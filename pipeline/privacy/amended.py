"""The only rewrite of a dated list that there is: it loses people's rows, and its manifest says how many.

Everything else in its folder is rendered from the rows that stay and the figures as they were published. A folder
cannot be replaced in one step. So the amended files are made aside, whole, under a name that `published` knows: from
then on a kill at any moment is finished by the next run of forget or publish.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ArtifactError, ConfigError
from pipeline.folders import MANIFEST, sha256, write_manifest
from pipeline.listing.render import render
from pipeline.listing.schema import FIGURES, ROWS
from pipeline.made_from import KEY
from pipeline.privacy.holds import Person, holds
from pipeline.published import AMENDED, clear_parts, dated_folders, finish_amendments
from pipeline.settings import Settings, parse_settings
from pipeline.spreadsheets.files import write_risk_list
from pipeline.stale import refresh
from pipeline.tables import LISTS, read_json, read_table, write_table

UNRENDERED = (KeyError, TypeError, ValueError)  # figures or rows of a version that wrote others


def amend_lists(person: Person, settings: Settings) -> dict[str, int]:
    """Take people out of every dated list and `latest/`; rows removed per folder, 0 where only copies held them."""
    finish_amendments()
    clear_parts()
    removed = {}
    for _, _, folder in dated_folders():
        number = _amend(folder, person, settings)
        if number is not None:
            removed[str(folder)] = number
    refresh(settings)
    return removed


def _amend(folder: Path, person: Person, settings: Settings) -> int | None:
    holding = [path for path in sorted(folder.iterdir()) if path.is_file() and holds(path, person)]
    if not holding:
        return None
    table = _table(folder)
    if table is None:  # damaged beyond repair: what holds the person goes, and the folder stays damaged
        for path in holding:
            path.unlink()
        return 0
    rows = person.rows(table)
    number = int(pc.sum(rows).as_py() or 0)
    aside = LISTS / f".{folder.name}.part"
    aside.mkdir()
    _write(table.filter(pc.invert(rows)), folder, aside, _settings_then(folder, settings))
    write_manifest(aside, _content(folder, number))
    os.replace(aside, LISTS / f".{folder.name}{AMENDED}")
    finish_amendments()
    return number


def _table(folder: Path) -> pa.Table | None:
    """The rows of a list; None where they are not what the manifest says, so that no edited list becomes a good one."""
    try:
        if read_json(folder / MANIFEST)["files"][ROWS] == sha256(folder / ROWS):
            return read_table(folder / ROWS)
    except (ArtifactError, OSError, KeyError, TypeError):
        return None
    return None


def _settings_then(folder: Path, settings: Settings) -> Settings:
    """The settings that the list was made with, as far as its manifest knows them: language, currency, playbook."""
    raw = settings.model_dump(mode="json")
    past = read_json(folder / MANIFEST).get(KEY, {}).get("settings", {})
    for name, values in past.items():
        raw[name] = {**raw.get(name, {}), **values}
    try:
        return parse_settings(raw)
    except ConfigError:
        return settings  # of a version with other settings


def _write(kept: pa.Table, folder: Path, aside: Path, settings: Settings) -> None:
    """The files of the list from the rows that stay; no file is copied, so that none can hold who goes.

    A list that this version cannot render keeps rows, figures and CSV.
    """
    figures = read_json(folder / FIGURES) if (folder / FIGURES).exists() else None
    if figures is not None:
        try:
            return render(aside, kept, figures, settings)
        except UNRENDERED:
            shutil.rmtree(aside)
            aside.mkdir()
            shutil.copyfile(folder / FIGURES, aside / FIGURES)
    write_table([kept], kept.schema, aside / ROWS)
    return write_risk_list(aside / "risk_list.csv", kept, settings.report.language)


def _content(folder: Path, number: int) -> dict[str, Any]:
    """The manifest with its figures as they were published, and what was taken out since."""
    before = read_json(folder / MANIFEST)
    content = {name: value for name, value in before.items() if name not in ("files", "amended")}
    removed = before.get("amended", {}).get("rows_removed", 0) + number
    return {**content, "amended": {"reason": "forget", "rows_removed": removed}}
