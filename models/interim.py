"""How many customers of an open list should have come back by now, if its promise holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import logit
from models.promise import Spread, promise
from models.table import Bools, Floats

LEAST, MOST = 1e-3, 50.0  # between which the power of a pace is looked for
STEPS = 60


@dataclass(frozen=True)
class Pace:
    """How leavers show over a horizon: by span, the power that turns p into the chance to be silent so far.

    Under a steady pace of purchases the chance of silence is p^(span / horizon); `powers` are what past dates say
    instead, one per span, so that they rise to 1 at the whole horizon.
    """

    spans: tuple[int, ...]
    powers: Floats

    def silent(self, probability: Floats, span: int) -> Floats:
        """The chance that each customer shows no activity in the first `span` days; between known spans a line."""
        power = float(np.interp(span, (0, *self.spans), (0.0, *self.powers)))
        return np.clip(probability, 1e-9, 1 - 1e-9) ** power


def fit_pace(probability: Floats, silent: Bools, spans: Sequence[int]) -> Pace:
    """The pace at past dates: for each span the power that gives as many silent customers as there were.

    One entry per customer and past date; `silent` has a column per span, the last being the horizon. The level of the
    promise is first set to what came true, so that a missed season is not taken for a pace. Without customers: steady.
    """
    horizon = spans[-1]
    steady = np.array([span / horizon for span in spans])
    if not len(probability):
        return Pace(tuple(spans), steady)
    p = np.clip(probability, 1e-9, 1 - 1e-9)
    p = p ** _power(p, float(silent[:, -1].mean()))
    powers = np.array([_power(p, float(silent[:, at].mean())) for at in range(len(spans))])
    return Pace(tuple(spans), np.minimum(np.maximum.accumulate(powers), 1.0))


def _power(p: Floats, share: float) -> float:
    """The power with which p has this mean, by halving: the mean falls as the power rises."""
    low, high = LEAST, MOST
    for _ in range(STEPS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if float((p**middle).mean()) > share else (low, middle)
    return (low * high) ** 0.5


def expected_back(probability: Floats, span: int, pace: Pace, spread: Spread) -> tuple[float, int, int]:
    """How many customers come back in the first `span` days: expected, and the 95% interval in whole customers.

    The interval allows for chance and for how far whole bands missed before, as the promise itself does. One entry per
    customer of the group.
    """
    silent = promise(logit(pace.silent(probability, span)), spread)
    customers = len(probability)
    return customers - silent.expected, customers - int(silent.high), customers - int(silent.low)
