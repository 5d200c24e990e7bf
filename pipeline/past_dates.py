"""What the CFO reads: leavers and spend found on past dates by Ebb, by today's rule and by the best rival."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from models.backtest import Backtest
from models.baselines import BASELINES
from models.capacity import Found, Listed, found_at_capacity, sentences, today_rule
from models.intervals import Estimate
from models.table import Floats
from pipeline.settings import Settings


def found_on_past_dates(backtest: Backtest, odds: Floats, best: str, settings: Settings) -> dict[str, Any]:
    """The comparison as `evaluation.json` holds it; without past origins there is nothing to compare."""
    if len(backtest) == 0:
        return {"origins": 0, "sentences": ["There is no past date to compare on yet."]}
    rule_days = settings.baseline.rule_days or settings.churn.horizon_days
    orders = {"model": (odds, odds), "today": today_rule(backtest.recency, rule_days)}
    if best in BASELINES and np.isfinite(backtest.baselines[best]).all():
        # What a rule leaves tied is ordered by silence: the better reading of it.
        orders[best] = (backtest.baselines[best], backtest.recency)
    capacity, evaluation = settings.evaluation.capacity, settings.evaluation
    rows = Listed(backtest.origin, backtest.customer, backtest.churned, backtest.value)
    found, more = found_at_capacity(rows, orders, "model", capacity, evaluation.bootstrap, evaluation.seed)
    names = {"model": "Ebb", "today": f"today's rule (nothing for {rule_days} days)", best: NAMES.get(best, best)}
    money = f"in the {settings.features.lookback_days[-1]} days before" if settings.events.money else None
    return {
        "origins": len(backtest.origins()),
        "capacity": capacity,
        "rule_days": rule_days,
        "best_baseline": best,
        "found": {name: _json(item) for name, item in found.items()},
        "differences": {name: _json(item) for name, item in more.items()},
        "sentences": sentences(found, more, names, capacity, len(backtest.origins()), money),
    }


NAMES = {
    "base_rate": "chance",
    "recency_rule": "the best rule by days of silence",
    "rfm_logistic": "recency, frequency and money",
    "bgnbd": "BG/NBD",
}


def _json(item: Found) -> dict[str, Any]:
    return {name: Estimate(**value).to_json() for name, value in asdict(item).items()}
