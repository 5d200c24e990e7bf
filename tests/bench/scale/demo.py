"""The whole demo in a clone: `dvc repro` from nothing, with nothing to do, and with only the backtest in the cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.scale.measuring import ROOT, medians, run
from tests.bench.scale.place import Place
from tests.bench.scale.plan import Plan
from tests.bench.scale.targets import judge

KEEPS = "python -m pipeline.backtest"
NO_OPS = 3


def measure(plan: Plan, place: Place) -> dict[str, Any]:
    """Rows of the table, and the targets. The plan has no say: the demo has one size."""
    del plan
    folder = place.fresh("demo")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    whole = _repro(place, folder)
    no_op = [_repro(place, folder) for _ in range(NO_OPS)]
    kept = keep_only(folder / ".dvc/cache/runs", KEEPS)
    clear_outputs(folder)
    cached = _repro(place, folder)
    found = {"dvc repro from nothing": medians([whole]), "dvc repro with nothing to do": medians(no_op)}
    found["dvc repro, backtest cached"] = medians([cached])
    rows = [{"what": what, **figures} for what, figures in found.items()]
    targets = [
        judge(key, row["wall_s"], others_cores=row["others_cores"], valid=key != "demo_cached" or kept == 1)
        for key, row in zip(("demo", "no_op", "demo_cached"), rows, strict=True)
    ]
    shutil.rmtree(folder)
    return {"rows": rows, "targets": targets}


def _repro(place: Place, folder: Path) -> Any:
    return run(["-m", "dvc", "repro"], folder, place.cache)


def keep_only(runs: Path, command: str) -> int:
    """Forget all runs in DVC's run cache but those of one command, and say how many are left."""
    kept = 0
    for path in [path for path in runs.rglob("*") if path.is_file()]:
        if f"cmd: {command}\n" in path.read_text(encoding="utf-8"):
            kept += 1
        else:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()  # DVC looks for a run in every folder that is there, and fails on an empty one
    return kept


def clear_outputs(folder: Path) -> None:
    """Remove dvc.lock and what git does not follow below data/, as in a fresh clone."""
    (folder / "dvc.lock").unlink(missing_ok=True)
    subprocess.run(["git", "clean", "--quiet", "-fdx", "data"], cwd=folder, check=True)
