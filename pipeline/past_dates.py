"""What the CFO reads: leavers and spend found on past dates by Ebb, by today's rule and by the best rival."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from models.backtest import Backtest
from models.baselines import BASELINES
from models.calibration import sigmoid
from models.capacity import Found, Listed, found_at_capacity, sentences, today_rule
from models.intervals import Estimate
from models.judge import NAMES
from models.table import Floats
from pipeline.settings import Settings

MOST_DRAWS = 200  # of all past dates together: enough for an interval, and seconds instead of half a minute


def found_on_past_dates(
    backtest: Backtest, odds: Floats, best: str, share: float, settings: Settings
) -> dict[str, Any]:
    """The comparison as `evaluation.json` holds it; without past origins there is nothing to compare.

    `share` is the share of all customers that the backtest is made of.
    """
    if len(backtest) == 0:
        return {"origins": 0, "sentences": ["There is no past date to compare on yet."]}
    rule_days = settings.baseline.rule_days or settings.churn.horizon_days
    silent = today_rule(backtest.recency, rule_days)
    orders = {"model": (odds, odds), "today": silent}
    if best in BASELINES and np.isfinite(backtest.baselines[best]).all():
        # What a rule leaves tied is ordered by silence: the better reading of it.
        orders[best] = (backtest.baselines[best], backtest.recency)
    capacity, evaluation = settings.evaluation.capacity, settings.evaluation
    rows = Listed(backtest.origin, backtest.customer, backtest.churned, backtest.value, share)
    draws = min(evaluation.bootstrap, MOST_DRAWS)
    found, more = found_at_capacity(rows, orders, "model", capacity, draws, evaluation.seed)
    names = {
        "model": "Ebb",
        "today": f"today's rule ({settings.churn.silent_for()} {rule_days} days)",
        best: NAMES[best],
    }
    by_leavers = sentences(found, more, names, capacity, len(backtest.origins()), None)
    report = {
        "origins": len(backtest.origins()),
        "capacity": capacity,
        "rule_days": rule_days,
        "best_baseline": best,
        "found": {name: _json(item) for name, item in found.items()},
        "differences": {name: _json(item) for name, item in more.items()},
        "sentences": by_leavers,
    }
    if not backtest.value.any():
        return report
    # Whoever is likeliest to leave spends little: money is found in the order of probability times spend.
    at_risk = sigmoid(odds) * np.maximum(backtest.value, 0)
    orders["model"] = (at_risk, at_risk)
    found, more = found_at_capacity(rows, orders, "model", capacity, draws, evaluation.seed)
    names["model"] = "Ebb, ordered by value at risk,"
    money = f"in the {settings.features.lookback_days[-1]} days before"
    told = sentences(found, more, names, capacity, len(backtest.origins()), money)
    return {
        **report,
        "found_by_value": {name: _json(item) for name, item in found.items()},
        "differences_by_value": {name: _json(item) for name, item in more.items()},
        "sentences": by_leavers + told[len(more) :],
    }


def _json(item: Found) -> dict[str, Any]:
    return {name: Estimate(**value).to_json() for name, value in asdict(item).items()}
