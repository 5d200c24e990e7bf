"""What is told of each list: the receipt of a closed one, and how an open one is coming on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.bands import BANDS
from models.calibration import logit
from models.interim import Pace, expected_back, fit_pace
from models.promise import Spread, promise
from models.receipt import ALL, as_it_turned_out, receipt, receipts
from models.table import Bools
from pipeline.measuring.asked import weeks_of
from pipeline.measuring.outcomes import Closed, Looked, Open
from pipeline.settings import Settings

WEEK = 7


def told_of_closed(one: Closed, contacted: pa.Array, spread: Spread) -> dict[str, Any]:
    """The receipt of a list; `contacted` are the ids of those whom it asked to contact.

    The promise is what happens if nobody is contacted, so those left alone are told apart: where contacts keep
    customers, fewer of all leave than was promised.
    """
    found = receipts(one.past.figures()["promise"], one.band, one.left)
    alone = pc.invert(pc.is_in(one.table.column("customer_id"), value_set=contacted)).to_numpy().astype(bool)
    return {
        "kind": "list",
        "list": one.past.name,
        "as_of": str(one.past.as_of),
        "groups": {name: item.to_json() for name, item in found.items()},
        "left_alone": _left_alone(one, alone, spread),
        "figures": as_it_turned_out(one.probability, one.left) if len(one.left) else {},
    }


def _left_alone(one: Closed, alone: Bools, spread: Spread) -> dict[str, Any] | None:
    if alone.all():
        return None
    said = promise(logit(one.probability[alone]), spread).to_json()
    found = receipt(said, int(one.left[alone].sum()), int(alone.sum()))
    return None if found is None else found.to_json()


def pace_of(looked: Looked, settings: Settings) -> Pace:
    """How leavers show over the horizon, from past dates; steady where there is none."""
    spans = tuple(weeks_of(settings.churn.horizon_days))
    if not looked.pace:
        return fit_pace(np.zeros(0), np.zeros((0, len(spans)), bool), spans)
    probability = np.concatenate([one.probability for one, _ in looked.pace])
    return fit_pace(probability, np.concatenate([silent for _, silent in looked.pace]), spans)


def told_of_open(one: Open, pace: Pace, spread: Spread, silence: bool) -> dict[str, Any]:
    """How many of each band have come back so far, and between which numbers that was to be expected by now.

    Where leaving is not silence, who has left so far is told, and nothing is expected: a cancellation has no pace that
    a probability would tell.
    """
    probability = one.rows.column("churn_probability").to_numpy()
    band = one.rows.column("risk_band").to_numpy(zero_copy_only=False)
    horizon = one.past.settings["churn"]["horizon_days"]
    groups = {}
    for name, rows in ({ALL: np.ones(len(band), bool)} | {name: band == name for name in BANDS}).items():
        if not rows.any():
            continue
        item: dict[str, Any] = {"customers": int(rows.sum()), "left": int(one.left[rows].sum())}
        if silence:
            expected, low, high = expected_back(probability[rows], one.days, pace, spread)
            back = item["customers"] - item.pop("left")
            item |= {"back": back, "expected": round(expected, 1), "low": low, "high": high}
        groups[name] = item
    return {
        "list": one.past.name,
        "as_of": str(one.past.as_of),
        "weeks": one.days // WEEK,
        "of_weeks": -(-horizon // WEEK),
        "silence": silence,
        "groups": groups,
    }
