"""lists.copy_to: every published list in an object store too, so that readers there never take a part for a whole.

A folder's files go first and its manifest last, dated folders before `latest/`. Whoever reads checks the files against
the manifest, as readers here do: while a folder is replaced, its old manifest does not fit the new files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError, EbbError, PublishError
from pipeline.folders import MANIFEST, verify
from pipeline.published import DATED, LATEST, dated_folders
from pipeline.remote.store import Store, explained, open_store

SETTING = "lists.copy_to"


@dataclass
class Copied:
    """What was done at the other place: folders written, expired lists removed, and what was left as it is there.

    `left`: lists there that are not here, or are damaged here.
    """

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def copy_lists(url: str, keep_days: int | None) -> Copied:
    """Make the copies of all lists what the lists here are: dated folders that differ, then `latest/`.

    A list that expired (`keep_days`, as here) goes; another one that is not here stays. Raises PublishError, with the
    lists here as they were: the next call goes on where this one stopped.
    """
    try:
        store = open_store(url, SETTING)
        with explained(url, SETTING, "written to"):
            return _copy(store, keep_days)
    except EbbError as error:
        raise PublishError(
            f"{error} The lists here are whole, {LATEST} is the newest; its copy is not: `make repro` goes on copying."
        ) from None


def _copy(store: Store, keep_days: int | None) -> Copied:
    done, there = Copied(), _sizes(store)
    folders = [folder for _, _, folder in dated_folders()]
    for folder in [*folders, LATEST]:
        try:
            written = _copy_folder(store, folder, there)
        except ArtifactError:
            done.left.append(folder.name)  # the copy may be the only whole one
        else:
            done.written += [folder.name] if written else []
    here = {folder.name for folder in folders}
    names = {path.split("/")[0] for path in there}
    for name in sorted(name for name in names if DATED.match(name) and name not in here):
        if _expired(name, folders, keep_days):
            _remove_folder(store, name, there)
            done.removed.append(name)
        else:
            done.left.append(name)
    return done


def _sizes(store: Store, below: str = "") -> dict[str, int]:
    """Bytes by path below the place of the copies; nothing where nothing is there yet."""
    found: Mapping[str, Any] = store.fs.find(store.path(below), detail=True)
    items = {path.split("://")[-1].lstrip("/"): info for path, info in found.items() if info["type"] == "file"}
    return {path.removeprefix(f"{store.root}/"): int(info["size"]) for path, info in items.items()}


def _copy_folder(store: Store, folder: Path, there: Mapping[str, int]) -> bool:
    """Copy a folder unless it is there whole; whether anything was written. Raises ArtifactError if it is damaged here.

    Files that are there with these bytes stay. Others that the manifest does not name go before it comes: a list that
    says it is whole has no file of another one beside it.
    """
    if not (folder / MANIFEST).exists() and folder == LATEST:
        return False  # no list yet
    files, name = verify(folder)["files"], folder.name
    manifest = (folder / MANIFEST).read_bytes()
    past = store.fs.cat_file(store.path(f"{name}/{MANIFEST}")) if f"{name}/{MANIFEST}" in there else b""
    known = _digests(past)
    sizes = {one: (folder / one).stat().st_size for one in files}
    changed = [one for one in sorted(files) if known.get(one) != files[one] or there.get(f"{name}/{one}") != sizes[one]]
    extra = sorted(path for path in _below(name, there) if path.split("/", 1)[1] not in {*files, MANIFEST})
    if past == manifest and not changed and not extra:
        return False
    for one in changed:
        store.fs.put_file(str(folder / one), store.path(f"{name}/{one}"))
    for path in extra:
        store.fs.rm_file(store.path(path))
    store.fs.pipe_file(store.path(f"{name}/{MANIFEST}"), manifest)
    _check(store, folder, [*files, MANIFEST])
    return True


def _below(name: str, there: Mapping[str, int]) -> list[str]:
    return [path for path in there if path.startswith(f"{name}/")]


def _check(store: Store, folder: Path, names: list[str]) -> None:
    there = _sizes(store, folder.name)
    short = [one for one in names if there.get(f"{folder.name}/{one}") != (folder / one).stat().st_size]
    if short:
        raise PublishError(f"{SETTING} {store.url}: {folder.name}/{short[0]} did not arrive whole.")


def _digests(manifest: bytes) -> dict[str, str]:
    """The sha256 of the files that a manifest names; nothing where it is damaged, so that all is written again."""
    try:
        found = json.loads(manifest)["files"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _expired(name: str, folders: list[Path], keep_days: int | None) -> bool:
    if keep_days is None or not folders:
        return False
    return date.fromisoformat(name[:10]) < date.fromisoformat(folders[-1].name[:10]) - timedelta(days=keep_days)


def _remove_folder(store: Store, name: str, there: Mapping[str, int]) -> None:
    """Its manifest first: what is left after a broken removal is no list."""
    for path in sorted(_below(name, there), key=lambda path: (path != f"{name}/{MANIFEST}", path)):
        store.fs.rm_file(store.path(path))
