"""What a list's manifest says of its making, so that the list can be made again: `make replay`."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.settings import Settings

KEY = "made_from"
CODE = ("features", "models", "pipeline")
LIBRARIES = ("duckdb", "lightgbm", "numpy", "pyarrow", "scipy", "xlsxwriter")
# Settings that decide what is in a list once there are events and a champion; all others may change.
SECTIONS: dict[str, set[str] | None] = {
    "events": {"roles", "money", "timezone"},
    "customers": {"numeric", "categorical", "display"},
    "churn": None,
    "features": None,
    "risk": None,
    "holdout": None,
}


def made_from(settings: Settings, about: dict[str, Any]) -> dict[str, Any]:
    """Settings, calendar and events (`about` is data/features/current.json), code and libraries behind a list."""
    return {
        "settings": {
            name: getattr(settings, name).model_dump(mode="json", include=keys) for name, keys in SECTIONS.items()
        },
        "calendar": {name: about[name] for name in ("data_start", "newest_event_day", "as_of")},
        "events": about["events"],
        "code": code_fingerprint(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def code_fingerprint() -> str:
    """Hex sha256 of the program's own source files."""
    digest, root = hashlib.sha256(), Path(__file__).resolve().parents[1]
    for path in sorted(path for name in CODE for path in (root / name).rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def without(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest as far as it says what the list is: the same rows from other events are the same list."""
    return {name: value for name, value in manifest.items() if name != KEY}
