"""Logistic regression on every feature, with a ridge and an offset; what few customers can still support."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from models.calibration import sigmoid
from models.table import Bools, Floats

RIDGE = 50.0  # strength of the prior that a coefficient per standard deviation is small
BLOCK = 16_384
FARTHEST = 8.0  # standard deviations: one absurd value must not decide


@dataclass(frozen=True)
class Logistic:
    """Coefficients per standard deviation of each column; a column per feature, then one per feature: is it missing."""

    mean: Floats
    scale: Floats
    coefficient: Floats
    intercept: float

    def score(self, values: np.ndarray, offset: Floats) -> Floats:
        """Log odds, one per row."""
        # By blocks of rows: standard columns take 16 bytes a feature.
        parts = [self._weighed(values[at : at + BLOCK]) for at in range(0, len(values), BLOCK)]
        return np.concatenate([np.zeros(0), *parts]) + self.intercept + offset

    def _weighed(self, values: np.ndarray) -> Floats:
        # Not by BLAS, where a row's last digits hang on the rows beside it and on threads; nor as rows lie in memory.
        return np.einsum("ij,j->i", np.ascontiguousarray(self._standard(values)), self.coefficient)

    def contributions(self, values: np.ndarray) -> Floats:
        """Log odds that each feature adds to the average customer's: a row per row, a column per feature.

        With independent features these are the SHAP values of a linear model (Lundberg and Lee 2017, corollary 1).
        """
        parts = self._standard(values) * self.coefficient
        return parts[:, : values.shape[1]] + parts[:, values.shape[1] :]

    def _standard(self, values: np.ndarray) -> Floats:
        return np.clip((_columns(values) - self.mean) / self.scale, -FARTHEST, FARTHEST)

    def to_json(self) -> dict[str, Any]:
        """The model as plain data."""
        arrays = {name: getattr(self, name).tolist() for name in ("mean", "scale", "coefficient")}
        return {**arrays, "intercept": self.intercept}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Logistic:
        """The model from plain data."""
        mean, scale, coefficient = (np.array(content[name], np.float64) for name in ("mean", "scale", "coefficient"))
        return Logistic(mean, scale, coefficient, float(content["intercept"]))


def _columns(values: np.ndarray) -> Floats:
    """Logarithms that keep the sign (counts and money are skewed), 0 where missing, then flags of the missing."""
    known = np.isfinite(values)
    numbers = np.where(known, values, 0).astype(np.float64)
    return np.hstack([np.sign(numbers) * np.log1p(np.abs(numbers)), ~known])


def fit_logistic(values: np.ndarray, churned: Bools, offset: Floats) -> Logistic:
    """Penalised maximum likelihood; the intercept is free, a constant column gets no weight."""
    columns = _columns(values)
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(scale > 1e-9, scale, np.inf)
    x, y = np.clip((columns - mean) / scale, -FARTHEST, FARTHEST), churned.astype(np.float64)

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = x @ weights[:-1] + weights[-1] + offset
        wrong = sigmoid(odds) - y
        total = np.logaddexp(0, np.where(churned, -odds, odds)).sum() + RIDGE / 2 * (weights[:-1] ** 2).sum()
        return float(total), np.append(x.T @ wrong + RIDGE * weights[:-1], wrong.sum())

    found = minimize(
        loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300, "ftol": 1e-7}
    )
    finite = np.where(np.isfinite(scale), scale, 1e300)  # JSON has no infinity
    return Logistic(mean, finite, found.x[:-1], float(found.x[-1]))
