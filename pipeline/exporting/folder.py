"""exports/: readable by its owner only, outside of git and DVC, replaced at one stroke, and deleted when it is old."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, write_manifest
from pipeline.tables import read_json, write_text

EXPORTS = Path("exports")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY = "exported_on"  # key of an export's manifest
PART = ".part"


@contextmanager
def private() -> Iterator[None]:
    """Inside, new files are 0600 and new folders 0700, from their first moment on."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_export(as_of: str, files: Mapping[str, Sequence[Sequence[str]]], content: Mapping[str, Any]) -> Path:
    """Write `exports/<as_of>/` anew from lines by file name, and its manifest; an earlier one of that day goes.

    A killed run leaves the earlier export, none, or this one, never a mixture.
    """
    with private():
        EXPORTS.mkdir(exist_ok=True)
        EXPORTS.chmod(0o700)
        clear_parts()
        aside, gone, target = EXPORTS / f".{as_of}{PART}", EXPORTS / f".{as_of}.gone{PART}", EXPORTS / as_of
        aside.mkdir()
        for name, rows in files.items():
            write_text(_csv(rows), aside / name)
        write_manifest(aside, dict(content))
        if target.exists():
            os.replace(target, gone)
        os.replace(aside, target)
        clear_parts()
    return target


def _csv(rows: Sequence[Sequence[str]]) -> str:
    """As import pages of mail tools take it: commas, every cell quoted, no byte order mark."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def clear_parts() -> None:
    """Remove what an interrupted export left."""
    for left in EXPORTS.glob(f".*{PART}"):
        shutil.rmtree(left)


def expire_exports(today: date, keep_days: int) -> list[str]:
    """Delete exports made more than `keep_days` before `today` and return their names, oldest first.

    The day stands in the manifest; where that cannot be read, the name counts, the day of the list.
    """
    old = [path for path in _exports() if (today - _exported_on(path)).days > keep_days]
    for path in old:
        shutil.rmtree(path)
    return [path.name for path in old]


def _exports() -> list[Path]:
    found = EXPORTS.iterdir() if EXPORTS.is_dir() else []
    return sorted(path for path in found if path.is_dir() and DATED.fullmatch(path.name))


def _exported_on(folder: Path) -> date:
    try:
        return date.fromisoformat(str(read_json(folder / MANIFEST)[DAY]))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return date.fromisoformat(folder.name)
