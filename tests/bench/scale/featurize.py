"""Features from events in blocks: number of events, of snapshots and of lookbacks, beside the limit and the rivals."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.scale.environments import AbsentError, python_of, versions_of
from tests.bench.scale.job import LOOKBACKS, TWO_LOOKBACKS, job, write_job
from tests.bench.scale.measuring import SubjectError, Used, cpu, in_turns, medians, paired, run
from tests.bench.scale.place import Place
from tests.bench.scale.plan import SNAPSHOTS, Plan
from tests.bench.scale.targets import judge

HEADLINE = (SNAPSHOTS, LOOKBACKS)
RIVAL_MOST_S = 3_600  # who takes longer is said to


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table, and the targets."""
    rows: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    for events in sorted({*plan.featurize, *plan.shapes}):
        seven = _one(place, events, SNAPSHOTS, LOOKBACKS, plan.featurize.get(events) or plan.shapes[events])
        rows += seven["rows"]
        targets += seven["targets"]
        if events in plan.shapes:
            rounds = plan.shapes[events]
            for snapshots in plan.snapshots:
                rows += _one(place, events, snapshots, LOOKBACKS, rounds)["rows"]
            two = _one(place, events, SNAPSHOTS, TWO_LOOKBACKS, rounds)
            rows += two["rows"]
            growth = (seven["features"] / two["features"]) / (seven["limit"] / two["limit"])
            targets.append(judge("windows", growth, events))
    rival_rows, rival_targets = _rivals(plan, place)
    return {"rows": rows + rival_rows, "targets": targets + rival_targets}


def _one(place: Place, events: int, snapshots: int, lookbacks: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """One shape: our features from blocks and from one sorted file, a scan and the writing alone, in turns."""
    source = place.events(events)
    shape = {"events": events, "snapshots": snapshots, "windows": len(lookbacks)}
    files, headline = {"features": sorted((source / "blocks").iterdir())}, (snapshots, lookbacks) == HEADLINE
    if headline and (source / "sorted.parquet").exists():
        files["one_file"] = [source / "sorted.parquet"]
    folders = {name: place.fresh(f"run-{name}") for name in files}
    for name, folder in folders.items():
        write_job(folder, job(files[name], snapshots, lookbacks))
    subjects = {name: _subject(place, "features", folder) for name, folder in folders.items()}
    made, features = (int(word) for word in subjects["features"]().printed.split())  # warms caches; `write` needs it
    subjects |= {name: _subject(place, name, folders["features"]) for name in ("scan", "write")}
    runs = in_turns(subjects, rounds)
    written = [float(one.printed) for one in runs["write"]]
    limits = [one + other for one, other in zip(cpu(runs["scan"]), written, strict=True)]
    rows: list[dict[str, Any]] = [
        {"what": "limit: scan + write alone", **shape, "cpu_s": statistics.median(limits), "runs": rounds}
    ]
    said = {"features": "Ebb, from blocks", "one_file": "Ebb, from one sorted file"}
    for name in files:
        ratio = paired(cpu(runs[name]), limits)
        rows.append({"what": said[name], **shape, **medians(runs[name]), "ratio": ratio, "of": "limit"})
        rows[-1] |= {"rows_out": made, "features": features, "events_per_cpu_s": events / rows[-1]["cpu_s"]}
    ours = medians(runs["features"])
    targets = []
    if headline:
        spent = paired([one.wall_s for one in runs["features"]], cpu(runs["features"]))
        targets.append(judge("featurize", rows[1]["ratio"]["median"], events))
        targets.append(judge("wall", spent["median"], events, ours["others_cores"]))
    for folder in folders.values():
        shutil.rmtree(folder)
    return {"rows": rows, "targets": targets, "features": ours["cpu_s"], "limit": statistics.median(limits)}


def _subject(place: Place, name: str, folder: Path) -> Callable[[], Used]:
    return lambda: place.python("tests.bench.scale.featurize_limit", name, str(folder))


def _rivals(plan: Plan, place: Place) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    for rival, sizes in plan.rivals.items():
        for events, rounds in sizes.items():
            row = _against(place, rival, events, rounds)
            rows.append(row)
            if rival == "pandas" and "ratio" in row:
                targets.append(judge("pandas", row["ratio"]["median"], events, valid=row["agreement"]["agrees"]))
    return rows, targets


def _against(place: Place, rival: str, events: int, rounds: int) -> dict[str, Any]:
    """A rival beside us in turns, and whether it made the same table."""
    shape = {"what": rival, "events": events, "snapshots": SNAPSHOTS, "windows": len(LOOKBACKS)}
    folder = place.fresh("run-rival")
    write_job(folder, job(sorted((place.events(events) / "blocks").iterdir()), SNAPSHOTS, LOOKBACKS))
    ours = _subject(place, "features", folder)
    ours()  # the matrix that the rival's is compared with
    command = ["-m", f"tests.bench.scale.rivals.with_{rival}", str(folder)]
    try:
        python = python_of(rival)
        theirs = lambda: run(command, folder, place.cache, python, RIVAL_MOST_S)  # noqa: E731
        runs = in_turns({"ours": ours, "theirs": theirs}, rounds)
    except (AbsentError, SubjectError) as error:
        return {**shape, "skipped": str(error)}
    checked = place.python("tests.bench.scale.agreement", str(folder), str(folder / f"{rival}.parquet"))
    shutil.rmtree(folder)
    found = {**shape, **medians(runs["theirs"]), "agreement": json.loads(checked.printed)}
    ratio = paired(cpu(runs["ours"]), cpu(runs["theirs"]))
    return found | {"ratio": ratio, "of": "rival", "versions": list(versions_of(rival))}
