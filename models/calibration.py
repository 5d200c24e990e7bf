"""From scores to probabilities: none, intercept or sigmoid, chosen by what held at later origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from models.table import Bools, Floats, Ints

METHODS = ("none", "intercept", "sigmoid")  # from the simplest on
CLOSEST = 1e-6
FEWEST_ORIGINS = 6  # chosen on two, a sigmoid cost 0.12 log loss at the demo's next origin (2011-06-27)
WARM_ORIGINS = 1  # closed origins that a calibrator needs before it is tried


@dataclass(frozen=True)
class Calibrator:
    """Churn probability = 1 / (1 + exp(-(slope x score + intercept)))."""

    method: str
    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, scores: Floats) -> Floats:
        """One probability per score, never 0 or 1: one miss would cost everything."""
        return np.clip(sigmoid(self.slope * scores + self.intercept), CLOSEST, 1 - CLOSEST)

    def to_json(self) -> dict[str, str | float]:
        """The calibrator as plain data."""
        return {"method": self.method, "slope": self.slope, "intercept": self.intercept}

    @staticmethod
    def from_json(content: Mapping[str, str | float]) -> Calibrator:
        """The calibrator from plain data."""
        return Calibrator(str(content["method"]), float(content["slope"]), float(content["intercept"]))


@dataclass(frozen=True)
class Predictions:
    """Out-of-time scores of a backtest: one entry per (customer, origin)."""

    origin: Ints
    score: Floats
    churned: Bools

    def up_to(self, newest_origin: int) -> Predictions:
        """Only origins at or before a day."""
        mask = self.origin <= newest_origin
        return Predictions(self.origin[mask], self.score[mask], self.churned[mask])


@dataclass(frozen=True)
class Choice:
    """The chosen calibrator and the table behind the choice: mean log loss per origin and method."""

    calibrator: Calibrator
    why: str
    table: list[dict[str, float | str]]


def sigmoid(values: Floats) -> Floats:
    """Logistic function without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * values))


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


def backtest_methods(predictions: Predictions, label_days: int) -> list[dict[str, float | str]]:
    """One row per origin with closed origins before it: log loss of each method fitted on those.

    A calibrator at an origin sees only predictions whose outcomes were known then.
    """
    rows: list[dict[str, float | str]] = []
    for origin in np.unique(predictions.origin):
        known = predictions.up_to(int(origin) - label_days)
        if len(np.unique(known.origin)) < WARM_ORIGINS:
            continue
        here = predictions.origin == origin
        row: dict[str, float | str] = {"origin": int(origin), "customers": int(here.sum())}
        for method in METHODS:
            calibrator = fit(method, known.score, known.churned)
            scores = calibrator.slope * predictions.score[here] + calibrator.intercept
            row[method] = float(log_losses(scores, predictions.churned[here]).mean())
        rows.append(row)
    return rows


def choose(predictions: Predictions, label_days: int, forced: str = "auto") -> Choice:
    """The simplest method within one paired standard error of the best over origins, fitted on all predictions."""
    table = backtest_methods(predictions, label_days)
    if forced != "auto":
        chosen, why = forced, "set by calibration.method"
    elif len(table) < FEWEST_ORIGINS:
        chosen, why = (
            "none",
            f"{len(table)} origins to compare on, and under {FEWEST_ORIGINS} a season passes for a rule",
        )
    else:
        chosen, why = _simplest(table)
    return Choice(fit(chosen, predictions.score, predictions.churned), why, table)


def _simplest(table: list[dict[str, float | str]]) -> tuple[str, str]:
    losses = {method: np.array([float(row[method]) for row in table]) for method in METHODS}
    best = min(METHODS, key=lambda method: losses[method].mean())
    for method in METHODS:
        worse = losses[method] - losses[best]
        error = worse.std(ddof=1) / np.sqrt(len(worse))
        if worse.mean() <= error:
            detail = f"mean log loss {losses[method].mean():.4f} over {len(table)} origins; best is {best}"
            return method, f"{detail} {losses[best].mean():.4f}, paired standard error {error:.4f}"
    return best, f"mean log loss {losses[best].mean():.4f} over {len(table)} origins"
