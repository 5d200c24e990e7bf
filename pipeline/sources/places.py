"""Where on this machine a source's files lie, so that the engine may read there and nowhere else."""

from __future__ import annotations

from pathlib import Path

from pipeline.remote.mirror import FOLDERS
from pipeline.sections.remote import is_remote


def folder_of(source: str, setting: str = "events.source") -> Path:
    """The folder of a source's files; of one in an object store, which `setting` names, that of its mirror."""
    if is_remote(source):
        return FOLDERS[setting]
    path = Path(source)
    return path if path.is_dir() else path.parent


def shown(path: Path, source: str, setting: str = "events.source") -> str:
    """A file of a source as its owner knows it: of a mirrored one, the object's address."""
    if not is_remote(source):
        return str(path)
    name = path.relative_to(FOLDERS[setting]).as_posix()
    return source if source.endswith(f"/{name}") else f"{source.rstrip('/')}/{name}"
