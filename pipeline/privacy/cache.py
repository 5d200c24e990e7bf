"""A person in DVC's cache: copies of every version of every output that ever held a row of theirs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from pipeline.errors import ArtifactError
from pipeline.privacy.dvc_cache import DVC, cache_folder, delete_objects, files, name_of, objects, tracked_by_you
from pipeline.privacy.holds import Person, holds


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
    gone = {name_of(path) for path in objects(root) if path.suffix != ".dir" and holds(path, person)} - yours
    return {**delete_objects(root, gone, yours), "files in .dvc/tmp": _clear_folder(DVC / "tmp", person)}


def _clear_folder(folder: Path, person: Person) -> int:
    held = [path for path in files(folder) if holds(path, person)]
    for path in held:
        path.unlink()
    return len(held)
