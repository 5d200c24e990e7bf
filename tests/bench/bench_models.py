"""How fast models are fitted, customers scored and explained, and how many rows are worth learning from.

    python -m tests.bench.bench_models                      # rows a CPU second and peak memory, in a few minutes
    python -m tests.bench.bench_models --rows 1000000       # of another training table
    python -m tests.bench.bench_models --learning           # what more rows bring, in a world whose chances are known

Run from the root of the repository after `make repro`: customers and rows are the demo's, varied until there are
enough of them; trees have 31 leaves, as for lists of 12,000 customers and more. Each figure is of a process of its own,
whose imports and reading count. `--json` writes the figures into a file.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.bench_featurize import run

LEAVES = 31
LEARNING = (12_500, 25_000, 50_000, 100_000, 200_000, 400_000, 800_000)


def measured(rows: int, customers: int) -> list[dict[str, Any]]:
    """Every subject once: rows, rows per CPU second, and peak memory in MB."""
    found = []
    with tempfile.TemporaryDirectory(prefix="ebb-models-") as name:
        folder = Path(name)
        for subject, size in (("fit", rows), ("shap", customers)):
            used = run("tests.bench.bench_models", "--subject", subject, "--rows", str(size), cache=folder / "pycache")
            found.append(figures(subject, size, float(used["printed"][-1]), used["peak_mb"]))
        used = scored(Path.cwd(), folder, customers)
        found.append(figures("score", customers, used["cpu_s"], used["peak_mb"]))
    return found


def figures(subject: str, rows: int, cpu: float, peak: float) -> dict[str, Any]:
    return {
        "subject": subject,
        "rows": rows,
        "cpu_s": round(cpu, 1),
        "rows_per_cpu_s": round(rows / cpu),
        "peak_mb": round(peak),
    }


def scored(root: Path, folder: Path, customers: int) -> dict[str, Any]:
    """The stage score on so many customers, in a folder of its own, reading and writing included."""
    from tests.bench.bench_publish import lay_out

    shutil.copyfile(root / "params.yaml", folder / "params.yaml")
    shutil.copytree(root / "data/champion", folder / "data/champion")
    lay_out(root, folder, customers, 0)
    os.environ["PYTHONPATH"] = str(root)
    with contextlib.chdir(folder):
        return run("pipeline.score", cache=folder / "pycache")


def fit(rows: int) -> float:
    """CPU seconds of all members of one fit, 300 trees of 31 leaves among them."""
    from models.members import fit_members
    from pipeline.settings import load_settings
    from pipeline.training_data import load_material

    material = load_material(load_settings())
    table = material.table
    random = np.random.default_rng(7)
    drawn = table.take(np.sort(random.integers(0, len(table), rows)))
    pace = random.uniform(0.8, 1.2, (rows, 1)).astype(np.float32)
    history = np.isin(table.names, ("days_since_last_activity", "tenure_days", "active_days_lifetime"))
    values = np.where(history, drawn.values, drawn.values * pace)  # days that were counted stay whole
    many = replace(drawn, customer=np.arange(rows), values=values)
    origin, params = table.slices()[-1] + table.label_days, replace(material.params, num_leaves=LEAVES)
    started = time.process_time()
    fit_members(many, material.everybody(table.slices()[-1]), origin, material.activity, material.window, params)
    return time.process_time() - started


def shap(rows: int) -> float:
    """CPU seconds of exact SHAP values of 300 trees of 31 leaves; sentences not included (bench_reasons has them)."""
    from models.members import learnt_values
    from models.shap import contributions
    from pipeline.champions import champion
    from pipeline.chosen import load_chosen
    from pipeline.settings import load_settings
    from pipeline.training_data import load_training
    from tests.bench.bench_reasons import bushier

    settings, now = load_settings(), champion()
    if now is None:
        raise SystemExit("there is no champion: run `make repro`")
    model = load_chosen(now.folder, now.folder, "shipped")
    table = load_training(settings)
    values = learnt_values(table, model.members.names, model.members.base)
    drawn = values[np.random.default_rng(7).integers(0, len(values), rows)]
    booster = bushier(model, settings, LEAVES)
    started = time.process_time()
    for start in range(0, rows, 20_000):
        contributions(booster, drawn[start : start + 20_000])
    return time.process_time() - started


def learning(customers: int) -> list[dict[str, Any]]:
    """Fits on more and more of the customers of one world, judged on others at a later date: what each recovers.

    `recovered`: how much of what can be known the probability holds, 1 for the true chances, 0 for the base rate.
    """
    from models.booster import BoosterParams
    from models.calibration import sigmoid
    from models.members import fit_members
    from pipeline.sections.learning import Model
    from tests.bench.world_tables import material_of, world_table
    from tests.simulators import Setting, engagement_world, recovered

    setting = Setting(every=14, most=26)
    world = engagement_world(customers, 1, setting)
    days = tuple(range(setting.snapshot - setting.every * setting.most, setting.snapshot + 1, setting.every))
    made = world_table(world, days, engagement=True)
    params = BoosterParams(**Model().model_dump(exclude={"max_rows"}))
    material = material_of(made, setting.horizon, params)
    others = made.table.customer % 10 == 0  # never learnt from
    test = made.table.take(others & (made.table.snapshot == setting.snapshot))
    closed = replace(material, table=made.table.take(~others)).closed_by(setting.snapshot)
    found = []
    for rows in (size for size in LEARNING if size <= len(closed)):
        share = rows / len(closed)
        step = np.random.default_rng(3).random(customers) < share
        some = closed.take(step[closed.customer])
        started = time.process_time()
        everybody = material.everybody(setting.snapshot)
        members = fit_members(some, everybody, setting.snapshot, made.activity, material.window, params)
        seconds = time.process_time() - started
        scores, truth = members.scores(test), world.truth[test.customer]
        blend = sigmoid(np.mean([scores[name] for name in ("trees", "logistic", "customer_base")], axis=0))
        said = {"trees": sigmoid(scores["trees"]), "all three": blend}
        held = {name: round(recovered(truth, values), 4) for name, values in said.items()}
        found.append(
            {"rows": len(some), "customers": len(np.unique(some.customer)), "cpu_s": round(seconds, 1), **held}
        )
        print(found[-1], flush=True)
    return found


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--learning", action="store_true")
    parser.add_argument("--subject", choices=["fit", "shap"])
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.subject:
        print({"fit": fit, "shap": shap}[args.subject](args.rows))
        return
    found = learning(args.customers) if args.learning else measured(args.rows, args.customers)
    if not args.learning:
        for row in found:
            speed = f"{row['cpu_s']:8.1f} CPU s  {row['rows_per_cpu_s']:>9,} a CPU second  {row['peak_mb']:>6,} MB"
            print(f"{row['subject']:6s} {row['rows']:>10,} rows  {speed}")
    if args.json:
        args.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
