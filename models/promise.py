"""What a list promises: leavers expected in each band, with an interval that past promises would have kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from models.bands import BANDS, band
from models.calibration import level, sigmoid
from models.table import Bools, Floats, Ints

LEVEL = 0.95
YEAR = 364
UNSEEN = 0.3  # log odds that a season may add of which no outcome was ever seen
PRIOR_SPREAD = 0.1  # log odds, before anything is known of the shop at hand
PRIOR_ORIGINS = 2.0  # how many past origins the prior counts for


@dataclass(frozen=True)
class Spread:
    """How far whole bands missed at past origins, as a standard deviation in log odds; `origins` is what they weigh.

    Around 0, not around the mean miss: a bias that lasts is part of what the next promise may miss by.
    """

    log_odds: float
    origins: float

    def to_json(self) -> dict[str, float]:
        """The spread as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Spread:
        """The spread from plain data."""
        return Spread(float(content["log_odds"]), float(content["origins"]))


@dataclass(frozen=True)
class Promise:
    """Customers of a band, how many are expected to leave, and the 95% interval of it in whole customers."""

    customers: int
    expected: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | int]:
        """With one decimal; whole customers are for those who read it."""
        return {
            "customers": self.customers,
            "expected_leavers": round(self.expected, 1),
            "low": round(self.low, 1),
            "high": round(self.high, 1),
        }


def spread_of(odds: Floats, churned: Bools, origin: Ints, cuts: tuple[float, float], label_days: int) -> Spread:
    """The misses of the bands at every origin, less what chance explains of them, with a prior.

    `cuts` are where medium and high begin; labels take `label_days`, and an origin older by as much counts half.
    The part of a year in which no outcome was ever seen adds the prior of an unseen season.
    """
    days = np.unique(origin)
    weight = 0.5 ** ((days.max(initial=0) - days) / label_days)
    squares = np.array([_misses(odds[origin == day], churned[origin == day], cuts) for day in days])
    total = float(weight @ squares) + PRIOR_ORIGINS * PRIOR_SPREAD**2
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if len(days) else 0.0
    seen = min((int(days[-1] - days[0]) + label_days) / YEAR, 1.0) if len(days) else 0.0
    return Spread(float(np.sqrt(total / (weight.sum() + PRIOR_ORIGINS) + (1 - seen) * UNSEEN**2)), effective)


def _misses(odds: Floats, churned: Bools, cuts: tuple[float, float]) -> float:
    """Mean squared miss of the bands of one origin, each weighted by its information."""
    names = band(sigmoid(odds), *cuts)
    found = [_miss(odds[names == name], churned[names == name]) for name in BANDS if (names == name).any()]
    squares, information = (np.array(values) for values in zip(*found, strict=True))
    return float(squares @ information / information.sum())


def _miss(odds: Floats, churned: Bools) -> tuple[float, float]:
    """Squared miss of one band in log odds, less its sampling variance, and the band's information as its weight."""
    p = sigmoid(odds)
    information = float((p * (1 - p)).sum())
    shift = level(odds, float(np.clip(churned.sum(), 0.5, len(churned) - 0.5)))
    return max(shift**2 - 1 / max(information, 1e-9), 0.0), max(information, 1e-9)


@dataclass(frozen=True)
class Tally:
    """Sums over customers that a promise is made of, so that they can come in parts.

    `expected`, `above` and `below` are leavers as the model says and with everybody's log odds moved as far as whole
    bands may miss; `chance` is the variance of who leaves.
    """

    customers: int = 0
    expected: float = 0.0
    chance: float = 0.0
    above: float = 0.0
    below: float = 0.0

    @staticmethod
    def of(odds: Floats, spread: Spread) -> Tally:
        """The sums over these customers."""
        p = sigmoid(odds)
        far = float(stdtrit(spread.origins + PRIOR_ORIGINS + 1, (1 + LEVEL) / 2)) * spread.log_odds
        moved = (sigmoid(odds + far), sigmoid(odds - far))
        return Tally(len(odds), float(p.sum()), float((p * (1 - p)).sum()), *(float(each.sum()) for each in moved))

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    def promise(self) -> Promise:
        """What is promised of these customers: the chance of each and the spread of whole bands together."""
        expected, chance = self.expected, 1.96**2 * self.chance
        above, below = self.above - expected, expected - self.below
        return Promise(
            self.customers,
            expected,
            max(float(np.floor(expected - np.sqrt(below**2 + chance))), 0.0),
            min(float(np.ceil(expected + np.sqrt(above**2 + chance))), float(self.customers)),
        )


def promise(odds: Floats, spread: Spread) -> Promise:
    """What is promised of these customers."""
    return Tally.of(odds, spread).promise()


def tallies(odds: Floats, spread: Spread, cuts: tuple[float, float]) -> dict[str, Tally]:
    """The sums of each band."""
    names = band(sigmoid(odds), *cuts)
    return {name: Tally.of(odds[names == name], spread) for name in BANDS}


def promises(odds: Floats, spread: Spread, cuts: tuple[float, float]) -> dict[str, Promise]:
    """What is promised of each band; a band without customers promises nothing of anybody."""
    return {name: tally.promise() for name, tally in tallies(odds, spread, cuts).items()}
