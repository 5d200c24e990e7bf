"""Closed dates from before there were lists: what would have been promised then, refitted as of then, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.snapshots import as_date
from models.calibration import sigmoid
from models.proportions import wilson
from models.table import Floats
from pipeline.errors import ArtifactError
from pipeline.settings import Settings
from pipeline.tables import CALIBRATION, REPORTS, TRAINING, read_json, read_table
from pipeline.training_data import training_sample

SHOWN = 4  # latest closed dates


@dataclass(frozen=True)
class Replayed:
    """The customers of a past date, by id, and the probabilities that the whole procedure gave them as of then."""

    day: int
    ids: pa.Array
    probability: Floats


def replayed_receipts() -> list[dict[str, Any]]:
    """A receipt per closed date of the backtest, oldest first, in the form of those of lists; at most SHOWN."""
    found = []
    for row in read_json(REPORTS / "backtest.json").get("rows", [])[-SHOWN:]:
        groups = {"all": row["promise"], **row["promises"]}
        figures = {name: row[name] for name in ("roc_auc", "ece", "lift_top_decile")}
        found.append(
            {
                "kind": "replay",
                "list": None,
                "as_of": row["origin"],
                "groups": {name: _receipt(item) for name, item in groups.items()},
                "left_alone": None,
                "figures": {**figures, "log_loss": row["log_loss"]["model"]},
            }
        )
    return found


def _receipt(item: dict[str, Any]) -> dict[str, Any]:
    low, high = wilson(item["left"], item["customers"])
    return {
        "customers": item["customers"],
        "left": item["left"],
        "promised": round(item["expected_leavers"] / item["customers"], 6),
        "promised_low": item["low"],
        "promised_high": item["high"],
        "realised": round(item["left"] / item["customers"], 6),
        "low": round(float(low), 6),
        "high": round(float(high), 6),
        "kept": item["kept"],
    }


def replayed_dates(settings: Settings) -> list[Replayed]:
    """The customers of the latest closed dates with what was said of them, oldest first; none without a backtest.

    Raises ArtifactError where training table and backtest are not of one run.
    """
    procedure = read_table(CALIBRATION / "procedure.parquet")
    days = procedure.column("origin").cast(pa.int32()).to_numpy().astype(np.int64)
    wanted = [int(day) for day in np.unique(days)[-SHOWN:]]
    if not wanted:
        return []
    kept: dict[int, list[pa.Array]] = {day: [] for day in wanted}
    for table in training_sample(TRAINING, settings).tables(["customer_id", "snapshot"]):
        for day in wanted:
            here = table.filter(pc.equal(table.column("snapshot"), pa.scalar(as_date(day))))
            kept[day] += here.column("customer_id").chunks
    odds = procedure.column("odds").to_numpy()
    found = []
    for day in wanted:
        ids = pa.concat_arrays(kept[day]) if kept[day] else pa.array([], pa.string())
        if len(ids) != int((days == day).sum()):
            raise ArtifactError(
                f"{TRAINING} has {len(ids):,} customers on {as_date(day)} and the backtest "
                f"{int((days == day).sum()):,}, so they are not of one run: run `make repro`."
            )
        found.append(Replayed(day, ids, sigmoid(odds[days == day])))
    return found
