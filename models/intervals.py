"""Intervals by drawing customers: all rows of a customer come together, and models are compared on the same draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.table import Floats, Ints

LEVEL = 0.95
MOST_WORK = 40_000_000  # rows times draws: more customers need fewer draws for the same precision
FEWEST = 100


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Rounded to six decimals."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}

    @property
    def includes_zero(self) -> bool:
        """Whether nothing can be claimed about the sign."""
        return not (self.high < 0 or self.low > 0)


def bootstrap(
    customer: Ints, measure: Callable[[Floats], Mapping[str, float]], draws: int, seed: int
) -> dict[str, Estimate]:
    """Percentile intervals of every figure that `measure` returns, given a weight per row.

    Customers are drawn with replacement; a draw gives each row its customer's number of appearances.
    """
    people, of_row = np.unique(customer, return_inverse=True)
    draws = max(min(draws, MOST_WORK // max(len(customer), 1)), FEWEST)
    random = np.random.default_rng(seed)
    point = measure(np.ones(len(customer)))
    drawn: dict[str, list[float]] = {name: [] for name in point}
    for _ in range(draws):
        weight = np.bincount(random.integers(0, len(people), len(people)), minlength=len(people)).astype(np.float64)
        for name, value in measure(weight[of_row]).items():
            drawn[name].append(value)
    return {name: _estimate(point[name], np.array(values)) for name, values in drawn.items()}


def _estimate(value: float, drawn: Floats) -> Estimate:
    known = drawn[np.isfinite(drawn)]
    if len(known) == 0:
        return Estimate(value, np.nan, np.nan)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))
