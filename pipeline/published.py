"""data/lists: a dated folder per list, and `latest/` with the files of the newest.

A dated list is never rewritten, but for two reasons: it expires (lists.keep_days), or a person in it is forgotten.

A folder cannot be replaced in one step, so a dated one is written aside and renamed to a new name; the files of
`latest/` are replaced one by one, its manifest last. Readers verify, and the next run repairs a mixed `latest/`.
Where a new list fails its gate, `latest/` is the last good list marked stale: pipeline.stale.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify, write_manifest
from pipeline.made_from import without
from pipeline.tables import LISTS, atomic

DATED = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\.r(\d+))?$")
LATEST = LISTS / "latest"
STALE = "stale"  # key of the manifest of a `latest/` that is marked as old: why, and since when
AMENDED = ".amended"  # `.<name>.amended` is a whole folder whose files take the place of those in `<name>`


def dated_folders() -> list[tuple[date, int, Path]]:
    """(as_of, revision, folder) of every dated folder, oldest first."""
    found = []
    for path in LISTS.iterdir() if LISTS.is_dir() else []:
        match = DATED.match(path.name)
        if match and path.is_dir() and _real(match[1]):
            found.append((date.fromisoformat(match[1]), int(match[2] or 1), path))
    return sorted(found)


def _real(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def newest_before(as_of: date) -> tuple[Path, dict[str, Any]] | None:
    """The newest list before a date whose manifest verifies, newest revision first; None if there is none."""
    return next(whole_lists(as_of), None)


def newest() -> tuple[Path, dict[str, Any]] | None:
    """The newest list whose manifest verifies, newest revision first, and its manifest; None if there is none."""
    return next(whole_lists(), None)


def whole_lists(before: date | None = None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Lists whose manifests verify, newest first, with their manifests: a damaged list is no basis for anything."""
    for day, _, folder in reversed(dated_folders()):
        if before is not None and day >= before:
            continue
        try:
            manifest = verify(folder)
        except ArtifactError:
            continue  # the one before it may be whole
        yield folder, manifest


def publish_folder(as_of: date, write: Callable[[Path], None], content: dict[str, Any]) -> tuple[Path, bool]:
    """Publish under `as_of` what `write` puts into a folder; return the dated folder and whether it is new.

    Equal content for a date that is published already changes nothing; other content becomes the next revision.
    """
    LISTS.mkdir(parents=True, exist_ok=True)
    finish_amendments()
    clear_parts()
    aside = LISTS / f".{as_of}.part"
    aside.mkdir()
    write(aside)
    manifest = write_manifest(aside, content)
    same_day = [(number, folder) for day, number, folder in dated_folders() if day == as_of]
    if same_day and _is(same_day[-1][1], manifest):
        shutil.rmtree(aside)
        return same_day[-1][1], False
    name = f"{as_of}.r{same_day[-1][0] + 1}" if same_day else str(as_of)
    os.replace(aside, LISTS / name)
    return LISTS / name, True


def _is(folder: Path, manifest: dict[str, Any]) -> bool:
    try:
        return without(verify(folder)) == without(manifest)
    except ArtifactError:
        return False


def refresh_latest(
    write: Callable[[Path, Path], None] | None = None, stale: dict[str, Any] | None = None
) -> Path | None:
    """Make `latest/` the copy of the newest whole dated folder and return that folder; None if there is no list.

    With `write` and `stale`, `latest/` is no copy but what `write` makes aside of that folder, and its manifest says
    `stale` and which list it is of (`of`). The dated folder is never touched.
    """
    found = newest()
    if found is None:
        return None
    folder, manifest = found
    source = folder
    if write is not None:
        clear_parts()
        source = LISTS / f".{LATEST.name}.part"
        source.mkdir()
        write(folder, source)
        said = {name: value for name, value in manifest.items() if name != "files"}
        manifest = write_manifest(source, {**said, STALE: stale, "of": folder.name})
    if not (LATEST / MANIFEST).exists() or not _is(LATEST, manifest):
        LATEST.mkdir(parents=True, exist_ok=True)
        _replace(LATEST, source, manifest)
    if source != folder:
        shutil.rmtree(source)
    return folder


def _replace(folder: Path, by: Path, manifest: dict[str, Any]) -> None:
    """Give a folder another one's files, one by one; other files go, hidden ones too; the manifest last.

    Files that both have come first, so that the old manifest tells the mixture before anything new lies beside it: no
    kill leaves a contact file in a folder that says it is stale, and whole.
    """
    for name in sorted(manifest["files"], key=lambda name: (not (folder / name).exists(), name)):
        _copy(by / name, folder / name)
    for path in folder.iterdir():
        if path.is_file() and path.name not in manifest["files"] and path.name != MANIFEST:
            path.unlink()
    _copy(by / MANIFEST, folder / MANIFEST)


def _copy(source: Path, target: Path) -> None:
    with atomic(target) as aside:
        shutil.copyfile(source, aside)


def finish_amendments() -> None:
    """Carry out what an interrupted rewrite left whole beside a dated folder: its files, the manifest last."""
    for aside in sorted(LISTS.glob(f".*{AMENDED}")):
        folder = LISTS / aside.name.removeprefix(".").removesuffix(AMENDED)
        if folder.is_dir() and DATED.match(folder.name):
            _replace(folder, aside, verify(aside))
        remove_dated(aside)


def expired(keep_days: int | None) -> list[Path]:
    """Dated folders more than `keep_days` older than the newest, oldest first; none where `keep_days` is null.

    Days are counted between dates of lists: no clock, and the newest list never goes.
    """
    folders = dated_folders()
    if keep_days is None or not folders:
        return []
    oldest = folders[-1][0] - timedelta(days=keep_days)
    return [folder for day, _, folder in folders if day < oldest]


def remove_dated(folder: Path) -> None:
    """Remove a folder of a list at one stroke; after a kill in between, `clear_parts` removes the rest."""
    clear_parts()
    aside = LISTS / f".{folder.name.removeprefix('.')}.part"
    os.replace(folder, aside)
    shutil.rmtree(aside)


def clear_parts() -> None:
    """Remove what an interrupted publication or removal left half done."""
    for left in LISTS.glob(".*.part"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
