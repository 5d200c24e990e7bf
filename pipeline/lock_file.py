"""dvc.lock after a kill: DVC writes it in place, so that it can be cut off in the middle."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LOCK = Path("dvc.lock")
HASH = re.compile(r"[0-9a-f]{32}(\.dir)?")
KINDS: dict[str, type] = {"path": str, "hash": str, "md5": str, "size": int, "nfiles": int, "isexec": bool}


def mend_lock() -> str | None:
    """Remove a dvc.lock that DVC could not read, and say so; None where it is whole or there is none.

    Without it DVC asks every stage again and takes from its cache what is done already; git has the last commit's.
    """
    if not LOCK.exists() or is_whole(LOCK.read_bytes()):
        return None
    LOCK.unlink()
    return "dvc.lock was cut off by a kill, so it was removed: DVC asks every stage again and writes a new one."


def is_whole(content: bytes) -> bool:
    """Whether DVC can read such a dvc.lock; entries may be missing at its end, those stages are asked again."""
    try:
        found = YAML(typ="safe", pure=True).load(content.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError):
        return False
    if not isinstance(found, dict) or not isinstance(found.get("stages"), dict):
        return False
    return found.get("schema") == "2.0" and all(map(_stage_is_whole, found["stages"].values()))


def _stage_is_whole(stage: Any) -> bool:
    if not isinstance(stage, dict) or not isinstance(stage.get("cmd"), (str, list)):
        return False
    if not isinstance(stage.get("params", {}), dict) or not all(
        isinstance(item, dict) for item in stage.get("params", {}).values()
    ):
        return False
    files = [stage.get(name, []) for name in ("deps", "outs")]
    return all(isinstance(part, list) and all(map(_file_is_whole, part)) for part in files)


def _file_is_whole(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("path"), str)
        and item.keys() <= KINDS.keys() | {"files", "cloud", "etag", "version_id"}
        and all(isinstance(value, KINDS.get(name, object)) for name, value in item.items())
        and HASH.fullmatch(item.get("md5", 32 * "0")) is not None
    )
