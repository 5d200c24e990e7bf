"""Ingest beside DuckDB's own sort and write of the same table, with duplicates kept and dropped, and its parts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.scale.measuring import Used, cpu, in_turns, medians, paired
from tests.bench.scale.place import Place
from tests.bench.scale.plan import Plan
from tests.bench.scale.targets import judge
from tests.bench.scale.workspace import lay_out, stage

LEFT = ("events", "store", "rejected", "reports")  # what a run leaves below data/
CHOICES = ("keep", "drop")


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table, and the targets."""
    rows: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    for events, rounds in plan.ingest.items():
        raw = place.events(events) / "raw"
        spaces = {choice: place.fresh(f"ingest-{choice}") for choice in CHOICES}
        for choice, folder in spaces.items():
            lay_out(folder, raw, {"events.duplicates": choice})
        subjects: dict[str, Callable[[], Used]] = {"sort": lambda raw=raw: _sort(place, raw)}  # type: ignore[misc]
        subjects |= {choice: _anew(place, folder) for choice, folder in spaces.items()}
        runs = in_turns(subjects, rounds)
        rows.append({"what": "DuckDB: sort + write", "events": events, **medians(runs["sort"])})
        for choice, folder in spaces.items():
            ratio = paired(cpu(runs[choice]), cpu(runs["sort"]))
            what = f"ingest, duplicates: {choice}"
            rows.append({"what": what, "events": events, **medians(runs[choice]), "ratio": ratio, "of": "sort + write"})
            rows[-1]["parts_cpu_s"] = _parts(place, folder)
            targets.append(judge(f"ingest_{choice}", ratio["median"], events))
            shutil.rmtree(folder)
    return {"rows": rows, "targets": targets}


def _sort(place: Place, raw: Path) -> Used:
    return place.python("tests.bench.scale.ingest_subjects", "sort", str(raw), str(place.root / "sorted.parquet"))


def clear(folder: Path) -> None:
    """Leave the source alone, as before the first run."""
    for name in LEFT:
        shutil.rmtree(folder / "data" / name, ignore_errors=True)


def _anew(place: Place, folder: Path) -> Callable[[], Used]:
    def subject() -> Used:
        clear(folder)
        return stage(folder, "ingest", place.cache)

    return subject


def _parts(place: Place, folder: Path) -> dict[str, float]:
    """CPU seconds of each part of one more run; in a process of its own, so that the others are as they are."""
    clear(folder)
    printed = place.python("tests.bench.scale.ingest_subjects", "parts", folder=folder).printed
    return json.loads(printed.splitlines()[-1])
