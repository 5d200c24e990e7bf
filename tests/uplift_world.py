"""Customers whose chance of leaving, and what a contact changes about it, are known exactly. A helper, not a test.

In the world "persuadable" the effect is not ordered like risk: a contact keeps many of those in the middle who read
what they are sent, nobody of those who are as good as gone, and it reminds a few contented ones to leave. In
"like_risk" it keeps the same share of all who would leave, so that no order is better than risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.table import Bools, Floats
from models.uplift import Trial, codes_of

Effect = Literal["persuadable", "like_risk", "same", "zero"]
SAME = 0.1  # what a contact takes off everybody's chance of leaving in the world "same"
OF_LEAVERS = 0.3  # the share of would-be leavers that it keeps in the world "like_risk"
NOISE = 12  # columns that say nothing


@dataclass(frozen=True)
class World:
    """One entry per customer: the trial as it is seen, and the truth behind it. `risk` is that of being left alone."""

    trial: Trial
    left: Bools
    risk: Floats
    effect: Floats
    value: Floats

    def truth_at(self, score: Floats, share: float) -> float:
        """The true mean saved value of contacting the top share by a score."""
        top = np.argsort(-score, kind="stable")[: round(share * len(score))]
        return float((self.effect * self.value)[top].mean())


def uplift_world(n: int, seed: int, effect: Effect, holdout: float = 0.2, equal_value: bool = True) -> World:
    """A draw of n customers, each left alone with probability `holdout`."""
    random = np.random.default_rng(seed)
    columns = random.normal(size=(n, 2 + NOISE))
    days_silent, reads = columns[:, 0], columns[:, 1]
    risk = 0.15 + 0.75 / (1 + np.exp(-1.5 * days_silent))  # 0.15 to 0.90
    saved = {
        "persuadable": _persuadable(risk, reads),
        "like_risk": OF_LEAVERS * risk,
        "same": np.full(n, SAME),
        "zero": np.zeros(n),
    }[effect]
    treated = random.random(n) >= holdout
    left = random.random(n) < np.where(treated, risk - saved, risk)
    value = np.ones(n) if equal_value else random.lognormal(3, 0.7, n)
    names = ("days_silent", "reads", *(f"noise_{number}" for number in range(NOISE)))
    customers = codes_of(f"w{seed}-{number}" for number in range(n))
    kept = (~left).astype(np.float64)
    trial = Trial(customers, columns.astype(np.float32), names, treated, kept, np.full(n, 1 - holdout))
    return World(trial, left, risk, saved, value)


def _persuadable(risk: Floats, reads: Floats) -> Floats:
    saved: Floats = np.select(
        [(risk > 0.75), (risk < 0.3) & (reads < 0), (reads > 0)],
        [0.0, -0.05, 0.25],
        default=0.02,
    )
    # Nobody can be saved more often than they would leave.
    return np.minimum(saved, risk - 0.02)
