"""What a weekly run tells programs: figures and names of ours, no row, no customer, no path of a machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import verify
from pipeline.published import LATEST, STALE
from pipeline.scheduled.ends import CODES
from pipeline.tables import MEASURED, REPORTS, read_json

KEY = re.compile(r"[a-z][a-z_]*")  # a name of ours, no sentence
BANDS = ("high", "medium", "low")
OF_A_GROUP = ("customers", "promised", "realised", "low", "high", "kept")


@dataclass
class Times:
    """When a run began and ended, in UTC, and which day it asks about, in the business's time zone."""

    started: datetime
    today: date | None = None
    finished: datetime | None = None


def about_list() -> dict[str, Any] | None:
    """The list in `latest/`, from its manifest; None where there is none that is whole."""
    try:
        manifest = verify(LATEST)
    except (ArtifactError, OSError):
        return None
    mark = manifest.get(STALE)
    bands = manifest.get("bands", {})
    return {
        **{name: manifest.get(name) for name in ("as_of", "valid_until", "model_version")},
        "customers": {name: bands[name]["customers"] for name in BANDS if name in bands},
        "stale": None
        if mark is None
        else {"since": mark["since"], "as_of": mark["as_of"], "failed": [check["name"] for check in mark["failed"]]},
    }


def newest_receipt() -> dict[str, Any] | None:
    """What the newest list whose horizon has closed had promised, and what came; None where none has closed yet."""
    receipts = _of(_report(MEASURED), "receipts")
    newest = receipts[-1] if isinstance(receipts, list) and receipts else None
    if not isinstance(newest, dict):
        return None
    groups = {name: _numbers(group, OF_A_GROUP) for name, group in newest.get("groups", {}).items() if name in BANDS}
    return {"as_of": newest.get("as_of"), "kind": newest.get("kind"), "bands": groups}


def advice() -> dict[str, str] | None:
    """The verdict of data/reports/watch.json and the key of its reason; None where nothing watches."""
    report = _report(REPORTS / "watch.json")
    words = {name: _of(report, name) for name in ("verdict", "reason")}
    return words if all(isinstance(word, str) and KEY.fullmatch(word) for word in words.values()) else None


def decision() -> str | None:
    """What became of this run's model: promoted, refused, waiting, held ...; None where nothing was decided yet."""
    word = _of(_report(REPORTS / "promotion.json"), "decision")
    return word if isinstance(word, str) else None


def _report(path: Any) -> Any:
    try:
        return read_json(path)
    except (ArtifactError, OSError):
        return None  # a summary is written after every failure too


def _of(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else None


def _numbers(group: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: group[name] for name in names if isinstance(group.get(name), (int, float))}


def summary_of(status: str | None, why: str | None, times: Times, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """One run as JSON. `status` is null while it is going on; what it says of the list is what lies there now."""
    return {
        "status": status,
        "exit_code": None if status is None else CODES[status],
        "why": why,
        "started": times.started.isoformat(timespec="seconds"),
        "finished": None if times.finished is None else times.finished.isoformat(timespec="seconds"),
        "today": None if times.today is None else str(times.today),
        "steps": steps,
        "list": about_list(),
        "model": decision(),
        "receipt": newest_receipt(),
        "advice": advice(),
        "warnings": [],
    }
