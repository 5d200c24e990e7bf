"""The stage featurize_training as it runs in a project: large tables under a limit of memory, and every engine."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from pathlib import Path
from typing import Any

from tests.bench.scale.measuring import SubjectError, medians
from tests.bench.scale.place import Place
from tests.bench.scale.plan import SNAPSHOTS, Plan
from tests.bench.scale.targets import TARGETS, judge
from tests.bench.scale.workspace import lay_out, stage

ENGINES = ("duckdb", "spark")
WEEKLY = {"snapshots.every_days": 7, "snapshots.train": SNAPSHOTS}
TRAINING = "data/features/training.parquet"


def measure_large(plan: Plan, place: Place) -> dict[str, Any]:
    """Ingest and featurize_training by number of events, once each. Rows of the table, and the targets."""
    rows: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    wall: dict[int, float] = {}
    for events, limit in plan.stages.items():
        folder = place.fresh("stages")
        lay_out(folder, place.events(events) / "raw", {**WEEKLY, "engine.memory_limit": limit})
        for name in ("ingest", "featurize_training"):
            found = medians([stage(folder, name, place.cache)])
            rows.append({"what": f"stage {name}", "events": events, "memory_limit": limit, **found})
        shutil.rmtree(folder)
        wall[events] = rows[-1]["wall_s"]
        if limit:
            targets.append(judge("memory", rows[-1]["peak_mb"] / 1024, events))
        ten = wall.get(10_000_000)
        if ten and events == TARGETS["growth"].events:
            targets.append(judge("growth", wall[events] / ten, events, rows[-1]["others_cores"]))
    return {"rows": rows, "targets": targets}


def measure_engines(plan: Plan, place: Place) -> dict[str, Any]:
    """featurize_training by each engine on the same events, and whether the bytes are the same."""
    rows: list[dict[str, Any]] = []
    for events in plan.engines:
        made: dict[str, str] = {}
        for engine in ENGINES:
            row = {"what": f"stage featurize_training, engine {engine}", "events": events}
            folder = place.fresh(f"engine-{engine}")
            lay_out(folder, place.events(events) / "raw", {**WEEKLY, "engine.name": engine})
            try:
                if engine == "spark" and importlib.util.find_spec("pyspark") is None:
                    raise SubjectError("pyspark is not installed: pip install 'ebb-churn[spark]', and Java 17")
                ingested = stage(folder, "ingest", place.cache)
                found = medians([stage(folder, "featurize_training", place.cache)])
                made[engine] = digest(folder / TRAINING)
                row |= {**found, "ingest_cpu_s": ingested.cpu_s, "same_bytes": made[engine] == made[ENGINES[0]]}
            except SubjectError as error:
                row["skipped"] = str(error)
            rows.append(row)
            shutil.rmtree(folder)
    return {"rows": rows, "targets": []}


def digest(path: Path) -> str:
    """The sha256 of a file, or of a folder's files by their names."""
    if path.is_file():
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    whole = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file():
            whole.update(f"{file.relative_to(path)} {digest(file)}\n".encode())
    return whole.hexdigest()
