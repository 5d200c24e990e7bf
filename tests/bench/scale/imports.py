"""How long the import of every stage takes, which each of them pays before it does anything."""

from __future__ import annotations

from typing import Any

from tests.bench.scale.measuring import ROOT, in_turns, medians, run
from tests.bench.scale.place import Place
from tests.bench.scale.plan import Plan
from tests.bench.scale.targets import judge

PREFIX = "python -m pipeline."


def stages() -> list[str]:
    """The modules that dvc.yaml runs, in its order."""
    lines = (ROOT / "dvc.yaml").read_text(encoding="utf-8").splitlines()
    return [line.split(PREFIX)[1].split()[0] for line in lines if line.strip().startswith(f"cmd: {PREFIX}")]


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table, slowest first, and the target. Python itself is the row `nothing`."""
    subjects = {name: f"import pipeline.{name}" for name in stages()} | {"nothing": "pass"}
    runs = {name: (lambda code=code: run(["-c", code], place.root, place.cache)) for name, code in subjects.items()}
    in_turns(runs, 1)  # compiles
    found = {name: medians(several) for name, several in in_turns(runs, plan.imports).items()}
    rows = [{"what": f"import {name}", **figures} for name, figures in found.items()]
    rows.sort(key=lambda row: -row["cpu_s"])
    return {"rows": rows, "targets": [judge("imports", rows[0]["cpu_s"])]}
