"""What lies in a store below an address: one listing, no object read."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import EventError
from pipeline.remote.store import Store, explained

LONGEST_NAME = 255  # bytes of a file's name on the disks that there are
LONGEST_SHOWN = 60  # letters of it in a message
UNFINISHED = "_temporary"  # where Spark and Hadoop keep what they have not finished writing


@dataclass(frozen=True, order=True)
class Remote:
    """One object: its name below the source's folder, its bytes, and the store's mark of this version (its etag).

    `path` is bucket/name, by which the store's client knows it.
    """

    name: str
    size: int
    mark: str
    path: str = field(default="", compare=False)


def list_objects(store: Store, endings: Sequence[str], pattern: str | None = None) -> tuple[Remote, ...]:
    """Objects below a store's address with one of these endings, by name; of them those that fit the pattern.

    A pattern fits an object's name or its path below the address; capitals count. Raises EventError if there is none,
    or a name cannot be a file's; ConfigError without the right to look.
    """
    with explained(store.url, store.setting):
        infos: dict[str, Any] = store.fs.find(store.root, detail=True)
    names = {_below(path, store): {**info, "path": path} for path, info in infos.items() if info["type"] == "file"}
    names = {name: info for name, info in names.items() if not name.endswith("/") and not _unfinished(name)}
    known = {name: info for name, info in names.items() if name.endswith(tuple(endings))}
    _refuse_nothing(store, known, endings)
    fits = [name for name in known if pattern is None or _fits(name, pattern)]
    if not fits:
        some = ", ".join(sorted(known)[:5])
        raise EventError(
            f"events.pattern {pattern!r} fits no object in {store.url}, which holds {some}: change the pattern."
        )
    _refuse_no_files(store, fits)
    infos = {name: known[name] for name in fits}
    return tuple(sorted(Remote(name, int(info["size"]), _mark(info), info["path"]) for name, info in infos.items()))


def _below(path: str, store: Store) -> str:
    """An object's name below the folder; of an address that is one object, its last part."""
    path, root = path.rsplit("://", maxsplit=1)[-1].lstrip("/"), store.root
    return root.rsplit("/", maxsplit=1)[-1] if path == root else path.removeprefix(f"{root}/")


def _unfinished(name: str) -> bool:
    return UNFINISHED in name.split("/")[:-1]


def _fits(name: str, pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(place, pattern) for place in (name.rsplit("/", maxsplit=1)[-1], name))


def _mark(info: dict[str, Any]) -> str:
    """The etag; where a store has none, when the object was written."""
    found = next((info[key] for key in ("ETag", "etag", "LastModified", "last_modified", "updated") if key in info), "")
    return str(found).strip('"')


def _refuse_nothing(store: Store, known: dict[str, Any], endings: Sequence[str]) -> None:
    if not known:
        raise EventError(
            f"{store.setting} {store.url} holds no object whose name ends in {', '.join(endings)}: check the name, or "
            "put one there."
        )


def _refuse_no_files(store: Store, names: Sequence[str]) -> None:
    """Names become files on this machine: none may leave its folder, be a folder too, or be too long."""
    folders = {"/".join(name.split("/")[:at]) for name in names for at in range(1, name.count("/") + 1)}
    for name in sorted(names):
        parts = name.split("/")
        if any(part in ("", ".", "..") for part in parts) or "\x00" in name:
            why = "an empty part or dots alone in its path"
        elif any(len(part.encode()) > LONGEST_NAME for part in parts):
            why = f"a part of more than {LONGEST_NAME} bytes in its path"
        elif name in folders:
            why = "other objects below it, as if it were a folder"
        else:
            continue
        shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}..."
        raise EventError(f"{store.setting} {store.url} holds {shown!r}, which has {why}: give the object another name.")
