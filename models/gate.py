"""May the challenger replace the champion? Judged models only, on the same test rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.intervals import Estimate
from models.metrics import Groups, all_metrics, leavers_found
from models.table import Floats, TrainingTable

RULE_TOLERANCE = 0.01  # log loss that a rule may lose to the base rate: two rates learnt from few rows


@dataclass(frozen=True)
class Limits:
    """How much worse a challenger may be; differences are challenger minus champion."""

    max_log_loss_increase: float
    max_calibration_increase: float
    max_lift_decrease: float
    max_high_changed: float
    high: float
    capacity: int


@dataclass(frozen=True)
class Check:
    """One question of the gate, its figure, its limit and the answer in words."""

    name: str
    value: float
    limit: float
    passed: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As `data/reports/promotion.json` holds it."""
        return {**asdict(self), "value": round(self.value, 6)}


def absolute_checks(auc: Estimate, loss: Estimate) -> list[Check]:
    """What every challenger must do, champion or not: rank better than chance, and beat the base rate.

    `auc` is the judged model's ROC AUC, `loss` its log loss less the base rate's, both on the test rows.
    """
    ranks, beats = auc.low > 0.5, loss.value < 0
    return [
        Check(
            "ranks_better_than_chance",
            auc.low,
            0.5,
            ranks,
            f"ROC AUC is {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}); its interval must lie above 0.5",
        ),
        Check(
            "beats_base_rate",
            loss.value,
            0.0,
            beats,
            f"log loss differs by {loss.value:+.4f} from the base rate's; it must be lower",
        ),
    ]


def rule_check(loss: Estimate) -> Check:
    """What a rule must do where there are too few customers for a model: be no worse than the base rate."""
    sentence = f"log loss differs by {loss.value:+.4f} from the base rate's"
    return _at_most("rule_holds", loss.value, RULE_TOLERANCE, sentence)


def champion_checks(test: TrainingTable, challenger: Floats, champion: Floats, limits: Limits) -> list[Check]:
    """The challenger beside the champion: log loss, calibration, lift at capacity and stability of the High list."""
    weight = np.ones(len(test))
    groups = [Groups.of(probability, test.churned) for probability in (challenger, champion)]
    new_figures, old_figures = (all_metrics(group, weight) for group in groups)
    capacity, places = min(limits.capacity, test.stands_for()), test.places(limits.capacity)
    expected = max(places * new_figures["base_rate"], 1e-9)
    new_lift, old_lift = (leavers_found(group, weight, places) / expected for group in groups)
    changed = high_changed(challenger, champion, limits.high)
    return [
        _at_most(
            "log_loss",
            new_figures["log_loss"] - old_figures["log_loss"],
            limits.max_log_loss_increase,
            f"log loss {new_figures['log_loss']:.4f}, champion {old_figures['log_loss']:.4f}",
        ),
        _at_most(
            "calibration",
            new_figures["ece"] - old_figures["ece"],
            limits.max_calibration_increase,
            f"calibration error {new_figures['ece']:.4f}, champion {old_figures['ece']:.4f}",
        ),
        _at_most(
            "lift_at_capacity",
            old_lift - new_lift,
            limits.max_lift_decrease,
            f"lift among {capacity:,} customers {new_lift:.2f}, champion {old_lift:.2f}",
        ),
        _at_most("high_changed", changed, limits.max_high_changed, f"{changed:.0%} of the High list would change"),
    ]


def _at_most(name: str, value: float, limit: float, figures: str) -> Check:
    return Check(name, value, limit, value <= limit, f"{figures}; the difference may be at most {limit:g}")


def high_changed(one: Floats, other: Floats, high: float) -> float:
    """Share of the customers who are High by either model that only one of them calls High; 0 if nobody is."""
    first, second = one >= high, other >= high
    either = int((first | second).sum())
    return float((first != second).sum()) / either if either else 0.0


def top_changed(one: Floats, other: Floats, capacity: int) -> float:
    """Share of the `capacity` highest by one model that are not among the highest by the other."""
    taken = min(capacity, len(one))
    first, second = (set(np.argsort(-values, kind="stable")[:taken].tolist()) for values in (one, other))
    return len(first - second) / taken if taken else 0.0


def seed_check(changed: float, capacity: int, most: float) -> Check:
    """Whether the list's top survives another seed: a place that luck gave is no reason to call anybody."""
    figures = f"with another seed {changed:.0%} of the {capacity:,} at the top would be others"
    return Check("stable_under_reseeding", changed, most, changed <= most, f"{figures}; at most {most:.0%} may be")
