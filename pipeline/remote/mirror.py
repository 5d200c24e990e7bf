"""data/mirror: a source in an object store as files of this machine, as it was listed. Fetched is what is new there.

Readers ask for the files of a source and get them from here. The manifest beside a mirror says which version of which
object each file is; it is written last, so that a killed run fetches again what it had not noted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError, EventError
from pipeline.remote.listing import Remote
from pipeline.remote.store import Store, explained
from pipeline.summary import progress
from pipeline.tables import MIRROR, read_json, write_json

FOLDERS = {"events.source": MIRROR / "events", "customers.source": MIRROR / "customers"} | {
    "contacts.source": MIRROR / "contacts"
}
AT_ONCE = 8  # downloads side by side: a store answers slowly, but many at a time


def mirror(store: Store, look: Callable[[], Sequence[Remote]]) -> Path:
    """Bring the mirror of a source up to what `look` lists, whole or not at all, and return its folder.

    Objects of which the mirror has this version are not read. Raises EventError if an object vanishes, changes or comes
    short while it is read: the mirror is then as it was.
    """
    folder, found = FOLDERS[store.setting], look()
    there = _there(folder, store.url)
    wanted = {one.name: one for one in found}
    missing = [one for one in found if there.get(one.name) != one]
    if missing:
        _fetch(store, missing, _aside(folder))
        _refuse_moved(store, missing, look())
    if missing or there.keys() != wanted.keys() or not folder.is_dir():
        _take_over(store, folder, there, wanted, missing)
    return folder


def is_behind(store: Store, found: Sequence[Remote]) -> bool:
    """Whether there is a mirror of this address that is not what was listed just now."""
    folder = FOLDERS[store.setting]
    said = _manifest(folder)
    there = {(name, size, mark) for name, (size, mark) in said.get("objects", {}).items()}
    return said.get("url") == store.url and there != {(one.name, one.size, one.mark) for one in found}


def _manifest_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _manifest(folder: Path) -> dict[str, Any]:
    path = _manifest_of(folder)
    try:
        said = read_json(path) if path.exists() else {}
    except ArtifactError:
        return {}  # damaged: everything is fetched again
    return said if isinstance(said, dict) else {}


def _there(folder: Path, url: str) -> dict[str, Remote]:
    """The objects that lie here, by name: noted in the manifest for this address, and of the size they had."""
    said = _manifest(folder)
    if said.get("url") != url:
        return {}
    noted = [Remote(name, size, mark) for name, (size, mark) in said["objects"].items()]
    return {one.name: one for one in noted if _size(folder / one.name) == one.size}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _staged(aside: Path, store: Store, one: Remote) -> Path:
    """Where an object waits; its name is that of the version, so that a run after a broken one need not fetch it."""
    told = f"{store.url}\n{one.name}\n{one.size}\n{one.mark}"
    return aside / hashlib.sha256(told.encode()).hexdigest()


def _fetch(store: Store, missing: Sequence[Remote], aside: Path) -> None:
    aside.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(lambda one: _fetch_one(store, one, _staged(aside, store, one)), missing)
        try:
            for _ in progress(done, f"fetching from {store.url}", len(missing)):
                pass
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _fetch_one(store: Store, one: Remote, target: Path) -> None:
    if _size(target) == one.size:
        return
    part = target.with_suffix(".part")
    with explained(store.url, store.setting):
        try:
            store.get(one.path, part)
        except FileNotFoundError:
            raise _moved(store, one, "is gone") from None
    got = _size(part)
    if got != one.size:
        raise EventError(
            f"{store.setting} {store.url}: {one.name} came with {got:,} of its {one.size:,} bytes: run again."
        )
    os.replace(part, target)


def _refuse_moved(store: Store, fetched: Sequence[Remote], now: Sequence[Remote]) -> None:
    """What was read must be what was listed: an object could be written again between the two."""
    found = {one.name: one for one in now}
    for one in fetched:
        if found.get(one.name) != one:
            raise _moved(store, one, "has changed" if one.name in found else "is gone")


def _moved(store: Store, one: Remote, what: str) -> EventError:
    return EventError(
        f"{store.setting} {store.url}: {one.name} {what} since it was listed: run again when nobody writes there."
    )


def _take_over(
    store: Store, folder: Path, there: dict[str, Remote], wanted: dict[str, Remote], missing: Sequence[Remote]
) -> None:
    """Make the folder what was listed. Until the end the manifest names only files that stay as they are."""
    kept = [one for name, one in there.items() if wanted.get(name) == one]
    _note(store, folder, kept)
    folder.mkdir(parents=True, exist_ok=True)
    stay = {folder / one.name for one in kept}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in stay:
            path.unlink()
    for one in missing:
        target = folder / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(_staged(_aside(folder), store, one), target)
    files = sum(path.is_file() for path in folder.rglob("*"))
    if files != len(wanted):
        raise EventError(
            f"{store.setting} {store.url} holds {len(wanted):,} objects, which are {files:,} files here: this disk "
            "takes names for equal that differ in capitals or accents. Rename them, or work on another disk."
        )
    _note(store, folder, list(wanted.values()))
    shutil.rmtree(_aside(folder), ignore_errors=True)


def _note(store: Store, folder: Path, objects: Sequence[Remote]) -> None:
    noted = {one.name: [one.size, one.mark] for one in sorted(objects)}
    write_json({"url": store.url, "objects": noted}, _manifest_of(folder))
