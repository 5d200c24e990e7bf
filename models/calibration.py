"""From scores to probabilities: none, intercept or sigmoid, fitted on out-of-time scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from models.table import Bools, Floats

METHODS = ("none", "intercept", "sigmoid")  # from the simplest on
CLOSEST = 1e-6
MOST_SHIFT = 20.0
EQUAL = 1e-9  # means of equal scores differ by rounding


@dataclass(frozen=True)
class Calibrator:
    """Churn probability = 1 / (1 + exp(-(slope x score + intercept)))."""

    method: str
    slope: float = 1.0
    intercept: float = 0.0

    def odds(self, scores: Floats) -> Floats:
        """Calibrated log odds, one per score."""
        return self.slope * scores + self.intercept

    def probability(self, scores: Floats) -> Floats:
        """One probability per score, never 0 or 1: one miss would cost everything."""
        return np.clip(sigmoid(self.odds(scores)), CLOSEST, 1 - CLOSEST)

    def to_json(self) -> dict[str, str | float]:
        """The calibrator as plain data."""
        return {"method": self.method, "slope": self.slope, "intercept": self.intercept}

    @staticmethod
    def from_json(content: Mapping[str, str | float]) -> Calibrator:
        """The calibrator from plain data."""
        return Calibrator(str(content["method"]), float(content["slope"]), float(content["intercept"]))


def sigmoid(values: Floats) -> Floats:
    """Logistic function without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * values))


def logit(probability: Floats) -> Floats:
    """Log odds of probabilities, which are kept `CLOSEST` away from 0 and 1."""
    inside = np.clip(probability, CLOSEST, 1 - CLOSEST)
    return np.log(inside) - np.log1p(-inside)


def log_losses(scores: Floats, churned: Bools) -> Floats:
    """Negative log likelihood of each outcome under log odds `scores`."""
    return np.logaddexp(0, np.where(churned, -scores, scores))


def fit(method: str, scores: Floats, churned: Bools) -> Calibrator:
    """Fit by maximum likelihood on out-of-time scores; a slope is kept positive so that ranks never turn over."""
    if method == "none" or len(scores) == 0 or churned.all() or not churned.any():
        return Calibrator("none")
    if method == "intercept":
        found = minimize(lambda b: log_losses(scores + b[0], churned).mean(), [0.0], method="BFGS")
        return Calibrator("intercept", 1.0, float(found.x[0]))
    start = np.array([0.0, 0.0])
    found = minimize(lambda v: log_losses(np.exp(v[0]) * scores + v[1], churned).mean(), start, method="BFGS")
    return Calibrator("sigmoid", float(np.exp(found.x[0])), float(found.x[1]))


def level(scores: Floats, leavers: float) -> float:
    """The log odds to add so that as many leave as promised: what a season did to everybody. Never infinite."""
    shift = 0.0
    for _ in range(50):
        p = sigmoid(scores + shift)
        step = float(np.clip((leavers - p.sum()) / max((p * (1 - p)).sum(), 1e-9), -1, 1))
        shift += step
        if abs(step) < 1e-10 or abs(shift) > MOST_SHIFT:
            break
    return shift


def simplest(losses: Mapping[str, Floats], weight: Floats | None = None) -> tuple[str, str]:
    """The first of `losses` whose mean lies within one paired standard error of the lowest mean, and why.

    `losses` holds, from the simplest method on, one loss per origin (or slice); at least two of them. `weight` says
    how much each origin counts.
    """
    count = len(next(iter(losses.values())))
    share = np.full(count, 1 / count) if weight is None else weight / weight.sum()
    best = min(losses, key=lambda name: float(losses[name] @ share))
    for name, values in losses.items():
        worse = values - losses[best]
        mean, effective = float(worse @ share), 1 / float((share**2).sum())
        spread = float(((worse - mean) ** 2 @ share) * effective / max(effective - 1, 0.1))
        error = np.sqrt(spread / effective)
        if mean <= error + EQUAL:
            detail = f"mean log loss {values @ share:.4f} over {count}; best is {best}"
            return name, f"{detail} {losses[best] @ share:.4f}, paired standard error {error:.4f}"
    raise AssertionError("the best lies within its own standard error")
