"""The model and its baselines on the same test rows, each figure with its interval, differences in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.baselines import Baseline
from models.intervals import Estimate, bootstrap
from models.metrics import METRICS, Groups, all_metrics, leavers_found
from models.table import Floats, TrainingTable

NAMES = {
    "base_rate": "the base rate",
    "recency_rule": "the best recency rule",
    "rfm_logistic": "logistic regression on recency, frequency and money",
    "bgnbd": "BG/NBD",
}


@dataclass(frozen=True)
class Judgement:
    """Figures of every predictor, the differences in log loss, and the leavers found at capacity."""

    n: int
    customers: int
    capacity: int
    metrics: dict[str, dict[str, Estimate]]
    log_loss_difference: dict[str, Estimate]
    found: dict[str, Estimate]
    found_difference: dict[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """As `data/reports/evaluation.json` holds it: the model, each baseline, and the differences."""
        figures = {name: self._figures(name) for name in self.metrics}
        return {
            "model": figures.pop("model"),
            "baselines": figures,
            "log_loss_difference": {name: item.to_json() for name, item in self.log_loss_difference.items()},
            "capacity": {
                "customers": self.capacity,
                "leavers_found": {name: item.to_json() for name, item in self.found.items()},
                "leavers_found_difference": {name: item.to_json() for name, item in self.found_difference.items()},
            },
        }

    def _figures(self, name: str) -> dict[str, Any]:
        values = {metric: item.to_json() for metric, item in self.metrics[name].items()}
        return {"n": self.n, "customers": self.customers, **values}

    @property
    def best_baseline(self) -> str:
        """The baseline with the lowest log loss."""
        return min(self.log_loss_difference, key=lambda name: self.metrics[name]["log_loss"].value)

    def sentences(self) -> list[str]:
        """What the differences mean, in words; an interval that includes zero claims nothing."""
        lines = [_loss_sentence(name, item) for name, item in self.log_loss_difference.items()]
        lines += [_found_sentence(name, item, self.capacity) for name, item in self.found_difference.items()]
        return lines


def judge(
    test: TrainingTable, probability: Floats, baselines: list[Baseline], capacity: int, draws: int, seed: int
) -> Judgement:
    """Judge the model's probabilities on the test rows beside every baseline, with customer-bootstrap intervals.

    `capacity` counts all customers. Where the test rows are a draw of them, as large a share of the draw is looked at,
    and the leavers found there stand for as many more.
    """
    groups = {"model": Groups.of(probability, test.churned)}
    ranked = {"model": groups["model"]}
    for item in baselines:
        groups[item.name] = Groups.of(item.probability, test.churned)
        ranked[item.name] = Groups.of(item.probability, test.churned, item.rank)
    capacity = min(capacity, test.stands_for())
    places = test.places(capacity)

    def measure(weight: Floats) -> Mapping[str, float]:
        figures: dict[str, float] = {}
        for name, group in groups.items():
            figures |= {f"{name}/{metric}": value for metric, value in all_metrics(group, weight).items()}
            # A draw has as many rows as the test, so the same capacity means the same share of the list.
            figures[f"{name}/found"] = capacity / places * leavers_found(ranked[name], weight, places)
        for item in baselines:
            figures[f"{item.name}/loss"] = figures["model/log_loss"] - figures[f"{item.name}/log_loss"]
            figures[f"{item.name}/more"] = figures["model/found"] - figures[f"{item.name}/found"]
        return figures

    found = bootstrap(test.customer, measure, draws, seed)
    names = [item.name for item in baselines]
    return Judgement(
        n=len(test),
        customers=len(np.unique(test.customer)),
        capacity=capacity,
        metrics={name: {metric: found[f"{name}/{metric}"] for metric in METRICS} for name in groups},
        log_loss_difference={name: found[f"{name}/loss"] for name in names},
        found={name: found[f"{name}/found"] for name in groups},
        found_difference={name: found[f"{name}/more"] for name in names},
    )


def _loss_sentence(name: str, item: Estimate) -> str:
    figures = f"{item.value:+.4f} ({item.low:+.4f} to {item.high:+.4f})"
    if item.includes_zero:
        return f"Log loss against {NAMES[name]}: {figures}. The interval includes zero: no difference is shown."
    return f"Log loss against {NAMES[name]}: {figures}. The model is {'better' if item.value < 0 else 'worse'}."


def _found_sentence(name: str, item: Estimate, capacity: int) -> str:
    figures = f"{item.value:+.0f} ({item.low:+.0f} to {item.high:+.0f})"
    if item.includes_zero:
        verdict = "The interval includes zero: no difference is shown"
    else:
        verdict = f"The model finds {'more' if item.value > 0 else 'fewer'}"
    return f"Leavers found among {capacity:,} customers against {NAMES[name]}: {figures}. {verdict}."
