"""What a list's manifest says of its making, so that the list can be made again: `make replay`."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.folders import sha256
from pipeline.settings import Settings
from pipeline.tables import EVENTS_OPEN, FACTS

KEY = "made_from"
CODE = ("features", "models", "pipeline")
TEXTS = ("*.py", "*.ftl", "*.html", "*.css", "*.js")  # what decides how a list reads lies beside the program
LIBRARIES = (
    "babel",
    "duckdb",
    "fluent.runtime",
    "jinja2",
    "lightgbm",
    "matplotlib",
    "numpy",
    "pyarrow",
    "scipy",
    "xlsxwriter",
)
# Settings that decide what is in a list once there are events and a champion; all others may change.
SECTIONS: dict[str, set[str] | None] = {
    "events": {"roles", "money", "timezone", "keep"},
    "customers": {"columns", "numeric", "categorical", "display"},
    "churn": None,
    "features": None,
    "evaluation": {"capacity"},
    "risk": None,
    "tiers": None,
    "money_unit": None,
    "costs": None,
    "campaign": None,
    "holdout": None,
    "uplift": {"order"},
    "lists": {"show", "most_days_silent", "most_population_change", "most_band_change"},
    "report": None,
}
# Of data/reports/ingest.json, which tells of the newest export alone.
FROM_INGEST = (
    "source_rows",
    "kept_events",
    "rejected",
    "duplicates",
    "left_out_by_query",
    "collapsed_away",
    "forgotten",
)


def made_from(settings: Settings, about: dict[str, Any], ingest: dict[str, Any]) -> dict[str, Any]:
    """Settings, calendar and events, code and libraries behind a list.

    `about` is data/features/current.json, `ingest` data/reports/ingest.json.
    """
    return {
        "settings": {
            name: getattr(settings, name).model_dump(mode="json", include=keys) for name, keys in SECTIONS.items()
        },
        "calendar": {name: about[name] for name in ("data_start", "newest_event_day", "as_of")},
        "events": about["events"],
        "ingest": source_part(ingest),
        "facts": sha256(FACTS),
        "beside_events": {path.name: sha256(path) for path in _beside_events()},
        "code": code_fingerprint(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def source_part(ingest: dict[str, Any]) -> dict[str, Any]:
    """What became of the source's rows, and how many findings ask for a look."""
    warnings = [item for item in ingest["findings"] if item["severity"] == "warning"]
    return {**{name: ingest[name] for name in FROM_INGEST}, "warnings": len(warnings)}


def _beside_events() -> list[Path]:
    """Tables beside the events that are none: who objects, what is shown. Attributes are counted among the events."""
    found = sorted(path for path in EVENTS_OPEN.glob("*.parquet") if not path.name.startswith("."))
    return [path for path in found if "event_type" not in pq.read_schema(path).names]


def code_fingerprint() -> str:
    """Hex sha256 of the program's own source files, templates and texts."""
    digest, root = hashlib.sha256(), Path(__file__).resolve().parents[1]
    for path in sorted(path for name in CODE for kind in TEXTS for path in (root / name).rglob(kind)):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def without(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest as far as it says what the list is: the same rows from other events are the same list."""
    return {name: value for name, value in manifest.items() if name != KEY}
