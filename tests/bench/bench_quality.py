"""How far the probabilities can be trusted: real data sets at rolling origins, and worlds whose truth is known.

    EBB_DATASETS=<folder of the data sets> python -m tests.bench.bench_quality            # about a quarter of an hour
    EBB_DATASETS=<folder> python -m tests.bench.bench_quality --only cdnow --worlds none
    python -m tests.bench.bench_quality --only none --worlds large                        # 30,000 and 100,000 customers

`make bench-quality` runs the first. Settings and origins are those of bench_reference.json beside the data. Ebb is the
whole procedure: at each origin it refits everything and chooses blend and calibration on outcomes known then.
Baselines are judged as they are and calibrated (a sigmoid on the origins known then). Writes docs/bench/quality.json,
quality.md and quality.png; parts that are not run again keep what the last run wrote.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from models.backtest import Backtest, Material, rolling_backtest
from models.baselines import BASELINES
from models.blend import procedure
from models.calibration import fit, log_losses, logit, sigmoid
from models.grade import noise_floor
from models.metrics import Groups, all_metrics
from models.promise import promises, spread_of
from models.table import Bools, Floats, Window
from pipeline.sections.learning import Model
from pipeline.training_data import BoosterParams
from tests.bench.quality_report import write_report
from tests.bench.real_tables import RealTable, datasets_folder, real_table
from tests.bench.world_tables import procedure_at_snapshot
from tests.simulators import engagement_world, pareto_nbd_world, recovered

NAMES = ("online_retail_ii", "grocery_btyd", "complete_journey", "cdnow")
CUTS = {"complete_journey": (0.15, 0.4)}  # one in six leaves there: bands at .4 and .7 would be empty
PARAMS = BoosterParams(**Model().model_dump(exclude={"max_rows"}))
SIZES = {"none": {}, "usual": {"pareto_nbd": (300, 1000, 10_000), "engagement": (1000, 10_000)}}
SIZES["large"] = {"pareto_nbd": (100_000,), "engagement": (30_000,)}
TEST_CUSTOMERS = {"pareto_nbd": 30_000, "engagement": 12_000}
DRAWS = {300: 5, 1000: 3}  # training draws averaged; larger ones hardly differ


def backtested(real: RealTable) -> tuple[Backtest, Floats, list[str]]:
    """Predictions at the reference's origins and at what comes before them, and the procedure's log odds."""
    material = Material(real.table, real.lapsed, real.activity, Window(0, real.horizon_days), PARAMS, 26)
    step = 14 if real.horizon_days < 28 else 1  # weekly origins of a short horizon: every other one is enough
    before = [day for day in real.table.origins() if day <= real.origins[-1] and (day - real.origins[0]) % step == 0]
    found = rolling_backtest(material, sorted({*before, *real.origins}))
    odds, blends = procedure(found, real.horizon_days)
    return found, odds, [blend for day, blend in zip(found.origins(), blends, strict=True) if day in real.origins]


def predictors(found: Backtest, odds: Floats, label_days: int) -> dict[str, Floats]:
    """Log odds by name: Ebb, every baseline, and every baseline calibrated on what was known."""
    made = {"ebb": odds}
    for name in BASELINES:
        plain = logit(found.baselines[name])
        fitted = np.zeros(len(plain))
        for day in found.origins():
            known, here = found.origin + label_days <= day, found.origin == day
            fitted[here] = fit("sigmoid", plain[known], found.churned[known]).odds(plain[here])
        made |= {name: plain, f"{name} calibrated": fitted}
    return made


def figures(odds: Floats, churned: Bools) -> dict[str, float]:
    """Of one predictor at one origin, or pooled."""
    found = all_metrics(Groups.of(sigmoid(odds), churned), np.ones(len(odds)))
    loss = float(log_losses(odds, churned).mean())
    bias = found["mean_probability"] - found["base_rate"]
    return {
        "log_loss": loss,
        "bias": bias,
        "auc": found["roc_auc"],
        "ece": found["ece"],
        "lift": found["lift_top_decile"],
    }


def summarised(name: str, real: RealTable) -> dict[str, Any]:
    """One data set's block of the report."""
    started = time.monotonic()
    found, odds, blends = backtested(real)
    made = predictors(found, odds, real.horizon_days)
    days, later = list(real.origins), list(real.origins[len(real.origins) // 2 :])
    rows = {
        key: [figures(values[found.origin == day], found.churned[found.origin == day]) for day in days]
        for key, values in made.items()
    }
    half = len(days) - len(later)
    pooled = np.isin(found.origin, later)
    table = {
        key: {
            "log_loss": _mean(each, "log_loss"),
            "log_loss_later": _mean(each[half:], "log_loss"),
            "worst_log_loss": max(row["log_loss"] for row in each),
            "mean_absolute_bias": float(np.mean([abs(row["bias"]) for row in each])),
            "worst_bias": max((row["bias"] for row in each), key=abs),
            "auc": _mean(each, "auc"),
            "lift": _mean(each, "lift"),
            "ece_later_pooled": figures(made[key][pooled], found.churned[pooled])["ece"],
        }
        for key, each in rows.items()
    }
    return {
        "origins": [item["origin"] for item in real.reference],
        "blends": blends,
        "seconds": round(time.monotonic() - started, 1),
        "noise_floor_later": noise_floor(sigmoid(odds[pooled])),
        "table": table,
        "against": {key: _against(rows["ebb"], each, half) for key, each in rows.items() if key != "ebb"},
        "rows": rows,
        "reference": {
            key: [item[key]["log_loss"] for item in real.reference] for key in ("bgnbd", "lgb26", "avg3", "rfm_lr")
        },
        "promises": _promises(name, real, found, odds, later),
    }


def _mean(rows: list[dict[str, float]], name: str) -> float:
    return float(np.mean([row[name] for row in rows]))


def _against(mine: list[dict[str, float]], other: list[dict[str, float]], half: int) -> dict[str, list[float]]:
    """Ebb minus another in log loss: mean and 95% interval over origins, all and the later half."""
    random = np.random.default_rng(7)
    found = {}
    for key, start in (("all", 0), ("later", half)):
        values = np.array([a["log_loss"] - b["log_loss"] for a, b in zip(mine[start:], other[start:], strict=True)])
        means = values[random.integers(0, len(values), (4000, len(values)))].mean(axis=1)
        found[key] = [float(values.mean()), *(float(edge) for edge in np.quantile(means, [0.025, 0.975]))]
    return found


def _promises(name: str, real: RealTable, found: Backtest, odds: Floats, later: list[int]) -> dict[str, float]:
    """Share of bands whose leavers came within the promised interval, and the intervals' mean width per customer."""
    cuts = CUTS.get(name, (0.4, 0.7))
    kept: dict[bool, list[bool]] = {False: [], True: []}
    width = []
    for day in real.origins:
        known, here = found.origin + real.horizon_days <= day, found.origin == day
        spread = spread_of(odds[known], found.churned[known], found.origin[known], cuts, real.horizon_days)
        probability = sigmoid(odds[here])
        edges = np.digitize(probability, cuts)
        for number, band in enumerate(("low", "medium", "high")):
            promise = promises(odds[here], spread, cuts)[band]
            if promise.customers:
                left = int(found.churned[here][edges == number].sum())
                kept[day in later].append(promise.low <= left <= promise.high)
                width.append((promise.high - promise.low) / promise.customers)
    return {
        "kept_earlier": float(np.mean(kept[False])),
        "kept_later": float(np.mean(kept[True])),
        "bands_later": len(kept[True]),
        "mean_width": float(np.mean(width)),
    }


def world_figures(sizes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Recovered share, in percent, of the procedure and of each size, averaged over training draws."""
    found: dict[str, Any] = {}
    for world, make in (("pareto_nbd", pareto_nbd_world), ("engagement", engagement_world)):
        test = make(TEST_CUSTOMERS[world], 999) if sizes.get(world) else None
        for size in sizes.get(world, ()):
            started, shares, blends = time.monotonic(), [], []
            for seed in range(DRAWS.get(size, 1)):
                drawn = make(size, seed)
                assert test is not None
                truth, probability, blend = procedure_at_snapshot(drawn, test, world == "engagement", PARAMS)
                shares.append(100 * recovered(truth, probability))
                blends.append(blend)
            seconds = round(time.monotonic() - started, 1)
            found[f"{world} {size}"] = {"recovered": shares, "blends": blends, "seconds": seconds}
            print(f"{world} {size}: {np.mean(shares):.2f}% recovered, {', '.join(blends)}, {seconds} s", flush=True)
    return found


def main() -> None:
    """Run what is asked for and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="one data set, or none")
    parser.add_argument("--worlds", choices=list(SIZES), default="usual")
    parser.add_argument("--cache", type=Path, help="folder that keeps the feature tables between runs")
    args = parser.parse_args()
    datasets = datasets_folder()
    names = () if args.only == "none" else (args.only,) if args.only else NAMES
    if names and datasets is None:
        raise SystemExit("EBB_DATASETS names no folder: set it to where the development data lies")
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            assert datasets is not None
            real = real_table(name, datasets, (args.cache or Path(scratch)).resolve() / name)
            found[name] = summarised(name, real)
            ebb = found[name]["table"]["ebb"]
            print(
                f"{name}: {ebb['log_loss']:.4f} / {ebb['log_loss_later']:.4f}, {found[name]['seconds']} s", flush=True
            )
    write_report({"data_sets": found, "worlds": world_figures(SIZES[args.worlds])})


if __name__ == "__main__":
    main()
