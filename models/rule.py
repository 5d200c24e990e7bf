"""The rule that marketing already knows: who was silent for so many days has a higher rate of leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.calibration import logit
from models.customer_base import RECENCY
from models.table import Bools, Floats, TrainingTable


@dataclass(frozen=True)
class Rule:
    """Leaving rates of customers silent for at least `days` and of the others."""

    days: int
    silent: float
    others: float

    def probability(self, recency_days: Floats) -> Floats:
        """One of the two rates per customer."""
        return np.where(recency_days >= self.days, self.silent, self.others)

    def score(self, table: TrainingTable) -> Floats:
        """Log odds, one per row."""
        return logit(self.probability(table.column(RECENCY)))

    def to_json(self) -> dict[str, Any]:
        """The rule as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Rule:
        """The rule from plain data."""
        return Rule(int(content["days"]), float(content["silent"]), float(content["others"]))


def fit_rule(table: TrainingTable, horizon_days: int) -> Rule:
    """Silent for horizon, horizon/2, horizon/4 ... days: the rule with the lowest log loss on the rows.

    Where no rule divides the customers, everybody gets the rate of all.
    """
    recency, churned = table.column(RECENCY), table.churned
    best: tuple[float, Rule] | None = None
    days = horizon_days
    while days >= 1:
        silent = recency >= days
        if silent.any() and not silent.all():
            rule = Rule(days, _rate(churned[silent]), _rate(churned[~silent]))
            predicted = rule.probability(recency)
            loss = -float(np.log(np.where(churned, predicted, 1 - predicted)).mean())
            best = (loss, rule) if best is None or loss < best[0] else best
        days //= 2
    return best[1] if best else Rule(horizon_days, _rate(churned), _rate(churned))


def _rate(churned: Bools) -> float:
    """Half a leaver and half a stayer are added, so that no rate is 0 or 1."""
    return float((churned.sum() + 0.5) / (len(churned) + 1))
