"""Stage: choose the blend and its calibration by what held at past origins, and show how it would have done."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pyarrow as pa

from features.snapshots import as_date
from models.blend import RULE, Choice, choose
from models.minimum import too_few
from models.promise import Spread, spread_of
from models.rolling import Rolling, roll
from pipeline.backtest_table import load_backtest
from pipeline.errors import run_stage
from pipeline.folders import write_manifest
from pipeline.settings import load_settings
from pipeline.summary import StageSummary
from pipeline.tables import CALIBRATION, PLOTS, REPORTS, write_json, write_table, write_text
from pipeline.training_data import load_training

PROCEDURE = pa.schema([("origin", pa.date32()), ("odds", pa.float64())])


def main() -> None:
    """Write data/calibration (a blend for each model) and the reports calibration.json and backtest.json with plots."""
    summary = StageSummary("calibrate")
    settings = load_settings()
    table = load_training(settings, with_features=False)
    backtest, test_snapshot, days = load_backtest(), table.slices()[-1], table.label_days
    why_rule = too_few(table.at(test_snapshot))
    blend = RULE if why_rule else settings.blend.members
    method = "none" if why_rule else settings.calibration.method
    cuts = (settings.risk.medium, settings.risk.high)
    names, silence = {day: str(as_date(day)) for day in table.slices()}, settings.churn.silence
    rolling = roll(backtest, days, cuts, names, method, blend, silence)
    # What is judged is the procedure: the judged blend sees only outcomes that were known at the test snapshot.
    newest = {"judged": test_snapshot - days, "shipped": test_snapshot}
    reports: dict[str, Any] = {}
    for name, origin in newest.items():
        choice = choose(backtest.up_to(origin), days, method, blend, silence)
        known = backtest.origin <= origin
        spread = spread_of(rolling.odds[known], backtest.churned[known], backtest.origin[known], cuts, days)
        write_json({**choice.blend.to_json(), "spread": spread.to_json()}, CALIBRATION / f"{name}_calibration.json")
        reports[name] = _report(choice, spread, why_rule)
        summary.line(name, f"{choice.blend.name}, {reports[name]['why']}")
    columns = [pa.array(backtest.origin.astype(np.int32)).cast(pa.date32()), pa.array(rolling.odds)]
    write_table([pa.Table.from_arrays(columns, schema=PROCEDURE)], PROCEDURE, CALIBRATION / "procedure.parquet")
    write_manifest(CALIBRATION, {"test_snapshot": str(as_date(test_snapshot))})
    write_json(reports, REPORTS / "calibration.json")
    _write_rolling(rolling)
    _say(summary, rolling, why_rule)


def _report(choice: Choice, spread: Spread, why_rule: str | None) -> dict[str, Any]:
    rows = [{**row, "origin": str(as_date(int(row["origin"])))} for row in choice.table]
    return {**choice.blend.to_json(), "spread": spread.to_json(), "why": why_rule or choice.why, "origins": rows}


def _write_rolling(rolling: Rolling) -> None:
    write_json({**rolling.summary(), "rows": rolling.rows}, REPORTS / "backtest.json")
    losses, levels = io.StringIO(), io.StringIO()
    by_loss, by_level = (csv.writer(buffer, lineterminator="\n") for buffer in (losses, levels))
    by_loss.writerow(["origin", "series", "log_loss"])
    by_level.writerow(["origin", "series", "share"])
    for row in rolling.rows:
        by_loss.writerows([row["origin"], name, value] for name, value in row["log_loss"].items())
        by_level.writerow([row["origin"], "promised", row["mean_probability"]])
        by_level.writerow([row["origin"], "left", row["base_rate"]])
    write_text(losses.getvalue(), PLOTS / "backtest_log_loss.csv")
    write_text(levels.getvalue(), PLOTS / "backtest_level.csv")


def _say(summary: StageSummary, rolling: Rolling, why_rule: str | None) -> None:
    figures = rolling.summary()
    if why_rule:
        summary.warn(f"{why_rule}.")
    if not rolling.rows:
        summary.warn("There is no past origin to judge on: bring a longer history, or trust the order only.")
        summary.show()
        return
    for name, value in figures["log_loss"].items():
        later = figures["log_loss_later_half"][name]
        summary.line(f"log loss, {name}", f"{value:.4f} over {figures['origins']} origins, later half {later:.4f}")
    worst = figures["worst_bias"]
    summary.line("mean bias", f"{100 * figures['mean_absolute_bias']:.1f} points, at worst {100 * worst['bias']:+.1f}")
    summary.line("promises kept", f"{100 * figures['promises_kept_later_half']:.0f}% of bands, later half of origins")
    summary.line("table", REPORTS / "backtest.json")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
