"""The spend forecast beside "same as last period" and BG/NBD with gamma-gamma, at past origins of real data sets.

    EBB_DATASETS=<folder of the data sets> python -m tests.bench.bench_value           # about a quarter of an hour
    EBB_DATASETS=<folder> python -m tests.bench.bench_value --only cdnow

Settings and origins are those of bench_quality: at each origin probabilities and spend are fitted again on outcomes
known then, and the procedure is judged as the stage `value` judges it. Writes docs/bench/value.json and value.md; data
sets that are not run again keep what the last run wrote.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from features.snapshots import as_date
from models.backtest import Material
from models.calibration import sigmoid
from models.score_of_means import loss
from models.table import Window
from models.value import STRENGTHS, Parts, Shape, unconditional
from models.value_backtest import ValueBacktest, rolling_values, value_procedure
from models.value_judge import RIVALS, judge_value
from tests.bench.bench_quality import PARAMS, backtested
from tests.bench.real_tables import datasets_folder, real_table

NAMES = ("online_retail_ii", "cdnow", "complete_journey")
FOLDER = Path(__file__).resolve().parents[2] / "docs/bench"
SHOWN = {"model": "Ebb", "last_period": "same as last period", "bgnbd_gamma_gamma": "BG/NBD with gamma-gamma"}


def judged(name: str, datasets: Path, folder: Path) -> dict[str, Any]:
    """One data set's block of the report."""
    real = real_table(name, datasets, folder)
    assert real.spend is not None
    found, odds, _ = backtested(real)
    started = time.monotonic()
    material = Material(real.table, real.lapsed, real.activity, Window(0, real.horizon_days), PARAMS, 26)
    said = {day: sigmoid(odds[found.origin == day]) for day in found.origins()}
    past = rolling_values(material, real.spend, said)
    forecast = value_procedure(past, real.horizon_days)
    verdict = judge_value(past, forecast, real.horizon_days, {day: str(as_date(day)) for day in past.origins()})
    return {
        "why_not_known": verdict.why_not_known,
        **verdict.figures,
        "next_total": [round(edge, 4) for edge in verdict.total.interval()],
        "strengths": _strengths(past),
        "chosen": [past.shape_for(day, real.horizon_days).to_json() for day in past.origins()],
        "seconds": round(time.monotonic() - started, 1),
    }


def _strengths(past: ValueBacktest) -> dict[str, list[float]]:
    """Mean loss over all origins and over the later half, were every origin's trees taken at one strength."""
    days = past.origins()
    later = np.isin(past.origin, days[len(days) // 2 :])
    rows = {}
    for strength in STRENGTHS:
        staying = Shape(strength).expected(Parts(past.base, past.trees))
        each = loss(unconditional(staying, past.probability, past.leavers), past.spend)
        rows[str(strength)] = [float(each.mean()), float(each[later].mean())]
    return rows


def _interval(item: dict[str, float], scale: float = 1.0, digits: int = 1) -> str:
    return " to ".join(f"{scale * item[key]:+.{digits}f}" for key in ("low", "high"))


def _table(name: str, block: dict[str, Any]) -> list[str]:
    rows = block["rows"]
    half = rows[len(rows) // 2 :]
    lines = [
        f"## {name}",
        "",
        f"{len(rows)} origins, {rows[0]['origin']} to {rows[-1]['origin']}; judged on the later {len(half)}, from "
        f"{half[0]['origin']}. Verdict: **{block['why_not_known'] or 'amounts are shown'}**.",
        "",
        "| forecast | loss | Ebb's loss beside it (95%) | absolute error | Ebb's beside it (95%) | "
        "forecast / realised | spend held by the top tenth |",
        "|---|---|---|---|---|---|---|",
    ]
    for key, shown in SHOWN.items():
        if key not in block:
            lines.append(f"| {shown} | could not be fitted | | | | | |")
            continue
        item = block[key]
        differs = item.get("differences")
        beside = ["", ""]
        if differs:
            value = 100 * differs["loss"]["value"]
            beside = [
                f"{value:+.1f}% ({_interval(differs['loss'], 100)})",
                f"{differs['mean_absolute_error']['value']:+.2f} ({_interval(differs['mean_absolute_error'], 1, 2)})",
            ]
        lines.append(
            f"| {shown} | {item['loss']:.1f} | {beside[0]} | {item['mean_absolute_error']:.2f} | {beside[1]} | "
            f"{item['total_ratio']:.2f} | {item['top_tenth']:.1%} |"
        )
    newest = block["newest_total"]
    ratios = {key: [row[key]["total_ratio"] for row in rows if key in row] for key in SHOWN}
    spread = ", ".join(f"{SHOWN[key]} {min(each):.2f} to {max(each):.2f}" for key, each in ratios.items() if each)
    lines += [
        "",
        f"Forecast / realised sum over all origins: {spread}. At the newest origin {newest['ratio']:.2f} of the "
        f"forecast came true, {newest['low']:.2f} to {newest['high']:.2f} was to be expected by the origins known "
        "then. Mean loss with all of the trees' factor, half of it, none (all origins / later half): "
        + ", ".join(f"{all_:.1f} / {later:.1f}" for all_, later in reversed(list(block["strengths"].values())))
        + ".",
        "",
    ]
    return lines


HEADER = """# The spend forecast on real data

    EBB_DATASETS=<folder> python -m tests.bench.bench_value

What a customer will spend in the horizon, whether they stay or leave, forecast at past origins; everything is
refitted at each on what was known then. *Loss* is the score of means in `models/score_of_means.py` (a Bregman
divergence, b = 1.5, in money to the power 1.5), less is better; amounts are shown where Ebb's is lower than both
rivals', the whole interval, and the sum is not off. *Absolute error* is here because everybody asks for it: it is
lowest for a median, so that it favours forecasts whose sum is too low. Intervals are over draws of customers.
"""


def main() -> None:
    """Run what is asked for and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--cache", type=Path, help="folder that keeps the feature tables between runs")
    args = parser.parse_args()
    datasets = datasets_folder()
    if datasets is None:
        raise SystemExit("EBB_DATASETS names no folder: set it to where the development data lies")
    path = FOLDER / "value.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in [args.only] if args.only else NAMES:
            found[name] = judged(name, datasets, (args.cache or Path(scratch)).resolve() / name)
            shown = {key: found[name][key]["differences"]["loss"] for key in RIVALS if key in found[name]}
            print(f"{name}: {found[name]['why_not_known']}, {shown}, {found[name]['seconds']} s", flush=True)
    kept = {name: found[name] for name in NAMES if name in found}
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    lines = [HEADER, *(line for name, block in kept.items() for line in _table(name, block))]
    (FOLDER / "value.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
