"""DVC's cache: copies of every version of every output, named by their content, and what DVC would restore from them.

What DVC tracks by a file of its own (`dvc add`) is yours, like data/raw: it is named, never deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

DVC = Path(".dvc")
HASH = re.compile(r"[0-9a-f]{32}")


def delete_objects(root: Path, gone: set[str], yours: Iterable[str] = ()) -> dict[str, int]:
    """Delete objects by their hashes, folders that list one of them, and recorded runs that name either."""
    folders = {name_of(path) for path in objects(root) if path.suffix == ".dir" and _lists(path, gone)} - set(yours)
    both = gone | {name.removesuffix(".dir") for name in folders}
    runs = [path for path in files(root / "runs") if both & set(HASH.findall(_text(path)))] if both else []
    for path in runs:
        path.unlink()
    stale = [path for path in objects(root) if name_of(path) in folders]
    copies = [path for path in objects(root) if name_of(path) in gone]
    for path in [*stale, *copies]:
        path.unlink()
    return {"objects": len(copies), "folders that listed them": len(stale), "recorded runs": len(runs)}


def cache_folder() -> Path | None:
    """Where DVC keeps its cache; None where there is no DVC or no cache yet."""
    if not DVC.is_dir():
        return None
    said = _dvc("cache", "dir").strip()
    root = Path(said) if said else DVC / "cache"
    return root if root.is_dir() else None


def remotes() -> list[str]:
    """The names of DVC's remotes; copies there are out of reach."""
    return [line.split()[0] for line in _dvc("remote", "list").splitlines() if line.strip()] if DVC.is_dir() else []


def tracked_by_you() -> set[str]:
    """Hashes that `.dvc` files name: data that was added by hand, with the files of added folders."""
    named: set[str] = set()
    for folder, below, files_here in os.walk("."):
        below[:] = [name for name in below if not name.startswith(".")]
        for path in (Path(folder, name) for name in files_here if name.endswith(".dvc")):
            named |= set(re.findall(r"[0-9a-f]{32}(?:\.dir)?", _text(path)))
    root = cache_folder() if named else None
    for path in objects(root) if root else ():
        if path.suffix == ".dir" and name_of(path) in named:
            named |= set(HASH.findall(_text(path)))
    return named


def hashes(paths: Iterable[Path]) -> set[str]:
    """The names that DVC's cache gives to files with these contents."""
    return {hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() for path in paths}


def _dvc(*arguments: str) -> str:
    command = [sys.executable, "-m", "dvc", *arguments]
    environment = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    return done.stdout if done.returncode == 0 else ""


def objects(root: Path) -> Iterator[Path]:
    """The files of a cache: objects of DVC 3, and of DVC 2, whose folders lie at the top."""
    for folder in (root / "files/md5", root):
        for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
            if path.is_file():
                yield path


def name_of(path: Path) -> str:
    """An object's hash, with .dir where it lists a folder."""
    return path.parent.name + path.name


def _lists(path: Path, gone: set[str]) -> bool:
    return bool(gone & set(HASH.findall(_text(path))))


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
