"""A weekly run, one new week and no retraining, beside a full run of the same events: ingest, featurize, score."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.bench.scale.job import FIRST_DAY
from tests.bench.scale.measuring import SubjectError, Used
from tests.bench.scale.place import Place, history_days
from tests.bench.scale.plan import Plan
from tests.bench.scale.stages import digest
from tests.bench.scale.targets import judge
from tests.bench.scale.workspace import add_files, fit_champion, lay_out, stage

CLOSED = "data/events/closed"
SAME = ("data/events", "data/features/current.parquet", "data/scores")  # what both runs must leave, byte for byte
SMALL = {"snapshots.train": 7, "model.num_leaves": 31, "evaluation.bootstrap": 100}  # the champion of a small shop
SMALL_EVENTS = 60_000


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table, and the target. The champion is a small shop's, with trees as bushy as a large one's."""
    rows: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    days = history_days(FIRST_DAY)
    champion = _champion(place, days)
    for events in plan.weekly:
        source = place.events(events, days, 7)
        week = _weekly(place, source, champion)
        full = _full(place, source, champion)
        same = [name for name in SAME if digest(week["folder"] / name) == digest(full["folder"] / name)]
        ratio = week["cpu_s"] / full["cpu_s"]
        for what, run in (("full run", full), ("weekly run", week)):
            shown = {key: run[key] for key in ("cpu_s", "wall_s", "peak_mb", "others_cores", "parts_cpu_s")}
            rows.append({"what": what, "events": events, "runs": 1, **shown})
        rows[-1] |= {"ratio": {"median": ratio, "each": [ratio]}, "of": "full run", "retrained": week["matured"]}
        rows[-1]["same_bytes"] = same == list(SAME)
        targets.append(judge("weekly", ratio, events, valid=same == list(SAME) and not week["matured"]))
        for run in (week, full):
            shutil.rmtree(run["folder"])
    return {"rows": rows, "targets": targets}


def _champion(place: Place, days: int) -> Path:
    """A champion that knows the same features, fitted on fewer customers. Raises SubjectError if none is promoted."""
    folder = place.root / "champion"
    if not folder.exists():
        lay_out(folder, place.events(SMALL_EVENTS, days, 7) / "raw", SMALL)
        stage(folder, "ingest", place.cache)
        fit_champion(folder, place.cache)
    if not (folder / "data/champion/current.json").exists():
        raise SubjectError("the small shop has no champion: its model was not promoted")
    return folder / "data/champion"


def _weekly(place: Place, source: Path, champion: Path) -> dict[str, Any]:
    """The run after one more week has arrived; featurize_training runs only where its events have changed."""
    folder = lay_out(place.fresh("weekly"), source / "raw", {})
    shutil.copytree(champion, folder / "data/champion")
    for name in ("ingest", "featurize_training", "featurize_current", "score"):
        stage(folder, name, place.cache)
    before = digest(folder / CLOSED)
    add_files(folder, source / "week")
    runs = {"ingest": stage(folder, "ingest", place.cache)}
    matured = digest(folder / CLOSED) != before
    names = (*(("featurize_training",) if matured else ()), "featurize_current", "score")
    runs |= {name: stage(folder, name, place.cache) for name in names}
    return {"folder": folder, "matured": matured, **_together(runs)}


def _full(place: Place, source: Path, champion: Path) -> dict[str, Any]:
    """The run from nothing on all of it."""
    folder = lay_out(place.fresh("full"), source / "raw", {})
    add_files(folder, source / "week")
    shutil.copytree(champion, folder / "data/champion")
    names = ("ingest", "featurize_training", "featurize_current", "score")
    return {"folder": folder, **_together({name: stage(folder, name, place.cache) for name in names})}


def _together(runs: dict[str, Used]) -> dict[str, Any]:
    """Stages one after the other: seconds add up, the peak is the highest."""
    several = list(runs.values())
    wall = sum(one.wall_s for one in several)
    return {
        "cpu_s": sum(one.cpu_s for one in several),
        "wall_s": wall,
        "peak_mb": max(one.peak_mb for one in several),
        "others_cores": sum(one.others_cores * one.wall_s for one in several) / wall,
        "parts_cpu_s": {name: one.cpu_s for name, one in runs.items()},
    }
