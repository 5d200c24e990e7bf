"""The only rewrite of a dated list that there is: it loses people's rows, and its manifest says how many.

A folder cannot be replaced in one step. So the amended files are made aside, whole, under a name that `published`
knows: from then on a kill at any moment is finished by the next run of forget or publish.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, sha256, write_manifest
from pipeline.privacy.holds import Person, holds
from pipeline.published import AMENDED, clear_parts, dated_folders, finish_amendments, refresh_latest
from pipeline.risk_list import as_csv, write_workbook
from pipeline.tables import LISTS, read_json, read_table, write_table, write_text

TABLE = "risk_list.parquet"


def amend_lists(person: Person) -> dict[str, int]:
    """Take people out of every dated list and `latest/`; rows removed per folder, 0 where only copies held them."""
    finish_amendments()
    clear_parts()
    removed = {}
    for _, _, folder in dated_folders():
        number = _amend(folder, person)
        if number is not None:
            removed[str(folder)] = number
    refresh_latest()
    return removed


def _amend(folder: Path, person: Person) -> int | None:
    holding = [path for path in sorted(folder.iterdir()) if path.is_file() and holds(path, person)]
    if not holding:
        return None
    table = _table(folder)
    if table is None:  # damaged beyond repair: what holds the person goes, and the folder stays damaged
        for path in holding:
            path.unlink()
        return 0
    rows = person.rows(table)
    aside = LISTS / f".{folder.name}.part"
    aside.mkdir()
    kept = table.filter(pc.invert(rows))
    _write(kept, folder, aside, {path.name for path in holding})
    number = int(pc.sum(rows).as_py() or 0)
    write_manifest(aside, _content(folder, number))
    os.replace(aside, LISTS / f".{folder.name}{AMENDED}")
    finish_amendments()
    return number


def _table(folder: Path) -> pa.Table | None:
    """The rows of a list; None where they are not what the manifest says, so that no edited list becomes a good one."""
    try:
        if read_json(folder / MANIFEST)["files"][TABLE] == sha256(folder / TABLE):
            return read_table(folder / TABLE)
    except (ArtifactError, OSError, KeyError, TypeError):
        return None
    return None


def _write(kept: pa.Table, folder: Path, aside: Path, holding: set[str]) -> None:
    """The three forms of the list from its rows; other files as they are, unless they hold the person."""
    write_table([kept], kept.schema, aside / TABLE)
    write_text(as_csv(kept), aside / "risk_list.csv")
    if kept.num_rows:
        write_workbook(kept, aside / "risk_list.xlsx")
    written = {path.name for path in aside.iterdir()}
    for path in folder.iterdir():
        taken = path.name in {MANIFEST, "risk_list.xlsx", *written, *holding}
        if path.is_file() and not taken and not path.name.startswith("."):
            shutil.copyfile(path, aside / path.name)


def _content(folder: Path, number: int) -> dict[str, Any]:
    """The manifest with its figures as they were published, and what was taken out since."""
    before = read_json(folder / MANIFEST)
    content = {name: value for name, value in before.items() if name not in ("files", "amended")}
    removed = before.get("amended", {}).get("rows_removed", 0) + number
    return {**content, "amended": {"reason": "forget", "rows_removed": removed}}
