"""DVC's cache: copies of every version of every output, named by their content, and what DVC would restore from them.

What DVC tracks by a file of its own (`dvc add`) is yours, like data/raw: it is named, never deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import ArtifactError
from pipeline.privacy.holds import Person, holds

DVC = Path(".dvc")
HASH = re.compile(r"[0-9a-f]{32}")


def refuse_running() -> None:
    """Raise ArtifactError while DVC runs a stage here: it could write again what is being removed."""
    try:
        held = json.loads((DVC / "tmp/rwlock").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for pid in sorted({int(number) for number in re.findall(r'"pid": (\d+)', json.dumps(held))}):
        if Path(f"/proc/{pid}").exists() or _lives(pid):
            raise ArtifactError(f"a run of DVC is going on (PID {pid}): wait until it is over. Nothing was changed.")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it lives, and is somebody else's
    return True


def clear_cache(person: Person) -> dict[str, int]:
    """Delete what holds a person from DVC's cache, and what DVC would restore it by; files deleted per kind.

    Objects go last: a run that is killed finds by them, the next time, what else there is to delete.
    """
    root = cache_folder()
    if root is None:
        return {}
    yours = tracked_by_you()
    gone = {_name(path) for path in _objects(root) if path.suffix != ".dir" and holds(path, person)} - yours
    return {**delete_objects(root, gone, yours), "files in .dvc/tmp": _clear_folder(DVC / "tmp", person)}


def delete_objects(root: Path, gone: set[str], yours: Iterable[str] = ()) -> dict[str, int]:
    """Delete objects by their hashes, folders that list one of them, and recorded runs that name either."""
    folders = {_name(path) for path in _objects(root) if path.suffix == ".dir" and _lists(path, gone)} - set(yours)
    both = gone | {name.removesuffix(".dir") for name in folders}
    runs = [path for path in _files(root / "runs") if both & set(HASH.findall(_text(path)))] if both else []
    for path in runs:
        path.unlink()
    stale = [path for path in _objects(root) if _name(path) in folders]
    objects = [path for path in _objects(root) if _name(path) in gone]
    for path in [*stale, *objects]:
        path.unlink()
    return {"objects": len(objects), "folders that listed them": len(stale), "recorded runs": len(runs)}


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
    for path in Path().rglob("*.dvc"):
        if path.is_file():
            named |= set(re.findall(r"[0-9a-f]{32}(?:\.dir)?", _text(path)))
    root = cache_folder() if named else None
    for path in _objects(root) if root else ():
        if path.suffix == ".dir" and _name(path) in named:
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


def _objects(root: Path) -> Iterator[Path]:
    """Objects of DVC 3, and of DVC 2, whose folders lie at the top."""
    for folder in (root / "files/md5", root):
        for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
            if path.is_file():
                yield path


def _name(path: Path) -> str:
    return path.parent.name + path.name


def _lists(path: Path, gone: set[str]) -> bool:
    return bool(gone & set(HASH.findall(_text(path))))


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _clear_folder(folder: Path, person: Person) -> int:
    held = [path for path in _files(folder) if holds(path, person)]
    for path in held:
        path.unlink()
    return len(held)
