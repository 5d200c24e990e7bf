"""Stage: choose how scores become probabilities, by a rolling-origin backtest inside the training data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from features.snapshots import as_date
from models.backtest import rolling_predictions
from models.calibration import Choice, Predictions, choose
from pipeline.errors import run_stage
from pipeline.folders import write_manifest
from pipeline.settings import load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import CALIBRATION, REPORTS, write_json, write_table
from pipeline.training_data import booster_params, load_training

BACKTEST_SCHEMA = pa.schema([("origin", pa.date32()), ("score", pa.float64()), ("churned", pa.bool_())])


def main() -> None:
    """Write data/calibration (a calibrator for each booster) and data/reports/calibration.json."""
    summary = StageSummary("calibrate")
    settings = load_settings()
    table = load_training(settings)
    method = settings.calibration.method

    def watch(origins: Sequence[int]) -> Sequence[int]:
        return list(progress(origins, "origins refitted", len(origins)))

    predictions = rolling_predictions(table, booster_params(settings), watch=watch)
    test_snapshot = table.slices()[-1]
    # What is judged is the procedure: the judged calibrator sees only outcomes that were known at the test snapshot.
    judged = choose(predictions.up_to(test_snapshot - table.label_days), table.label_days, method)
    shipped = choose(predictions, table.label_days, method)
    write_json(judged.calibrator.to_json(), CALIBRATION / "judged_calibration.json")
    write_json(shipped.calibrator.to_json(), CALIBRATION / "shipped_calibration.json")
    _write_predictions(predictions)
    write_manifest(CALIBRATION, {"test_snapshot": str(as_date(test_snapshot))})
    write_json({"judged": _report(judged), "shipped": _report(shipped)}, REPORTS / "calibration.json")
    summary.line("judged", f"{judged.calibrator.method}: {judged.why}")
    summary.line("shipped", f"{shipped.calibrator.method}: {shipped.why}")
    summary.show()


def _write_predictions(predictions: Predictions) -> None:
    """One row per (customer, origin), without ids: what the model of that day said, and what then came true."""
    columns = [
        pa.array(predictions.origin.astype(np.int32)).cast(pa.date32()),
        pa.array(predictions.score),
        pa.array(predictions.churned),
    ]
    table = pa.Table.from_arrays(columns, schema=BACKTEST_SCHEMA)
    write_table([table], BACKTEST_SCHEMA, CALIBRATION / "backtest.parquet")


def _report(choice: Choice) -> dict[str, object]:
    rows = [{**row, "origin": str(as_date(int(row["origin"])))} for row in choice.table]
    return {**choice.calibrator.to_json(), "why": choice.why, "origins": rows}


if __name__ == "__main__":
    run_stage(main)
