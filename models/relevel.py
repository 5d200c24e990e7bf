"""A new base rate with the same ranking: by how much to move everybody's log odds, and whether that would have helped.

What came true at the newest closed dates says how far the level was off *then*. Most of that is the season of those
weeks and does not last: see `evidence`, which holds the rule against doing nothing, out of time, at every past date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.calibration import level, log_losses, sigmoid
from models.promise import Spread, spread_of
from models.table import Bools, Floats, Ints

DATES = 2  # newest closed dates that the level is read from; with one, a single season would decide
FEWEST = 6  # past dates that a verdict needs: as many as a calibration needs to be chosen
EQUAL = 1e-9


@dataclass(frozen=True)
class Miss:
    """How far a date's outcome lay from what was said: log odds to add to everybody, and how much is known of it.

    `information` is the sum of p (1 - p): one over it is the variance that chance alone gives `log_odds`.
    """

    log_odds: float
    information: float

    @staticmethod
    def of(odds: Floats, churned: Bools) -> Miss:
        """The miss of one date; half a customer is kept from either outcome, so that it is finite."""
        p = sigmoid(odds)
        leavers = float(np.clip(churned.sum(), 0.5, len(churned) - 0.5))
        return Miss(level(odds, leavers), max(float((p * (1 - p)).sum()), 1e-9))


def shift(misses: Sequence[Miss], spread: Spread) -> float:
    """Log odds to add to everybody, from the misses of the newest dates; 0 without any.

    Their mean m, weighted by information, is shrunk to m max(0, 1 - v / m^2) with v the variance of whole dates around
    no miss (`spread`, see `spread_before`) and of chance: a positive-part rule as James and Stein's (1961). So a miss
    such as earlier dates had moves nothing, and one far beyond them moves nearly all.
    """
    if not misses:
        return 0.0
    information = np.array([miss.information for miss in misses])
    mean = float(np.array([miss.log_odds for miss in misses]) @ information / information.sum())
    variance = spread.log_odds**2 + 1 / float(information.sum())
    return mean * (1 - variance / mean**2) if mean**2 > variance else 0.0


def spread_before(
    odds: Floats, churned: Bools, origin: Ints, day: int, cuts: tuple[float, float], label_days: int
) -> Spread:
    """How far dates before `day` missed: a date that is to be explained does not excuse itself.

    Of no date at all, what `spread_of` expects of a shop of which nothing is known.
    """
    earlier = origin < day
    return spread_of(odds[earlier], churned[earlier], origin[earlier], cuts, label_days)


@dataclass(frozen=True)
class Evidence:
    """The rule against doing nothing at past dates. One row per date: its shift and mean log loss without and with.

    `difference` is the mean over dates of with minus without (below zero: it helps), `error` its standard error, as if
    dates were independent, which makes it too small: labels of neighbouring dates overlap. `moved` counts the dates at
    which the rule moved anything.
    """

    dates: int
    moved: int
    without: float
    with_shift: float
    difference: float
    error: float
    rows: list[dict[str, float]]

    @property
    def supports(self) -> bool:
        """Whether there are dates enough, and the gain is more than two standard errors."""
        return self.dates >= FEWEST and self.moved > 0 and self.difference + 2 * self.error < -EQUAL

    def to_json(self) -> dict[str, Any]:
        """As plain data, with the verdict."""
        return {**asdict(self), "supports": self.supports}


def evidence(odds: Floats, churned: Bools, origin: Ints, cuts: tuple[float, float], label_days: int) -> Evidence:
    """The rule at every past date with a closed one before it; everything it uses was known at that date.

    `odds` are out-of-time log odds, one per (customer, date), `origin` the dates as day numbers, `cuts` where medium
    and high begin.
    """
    rows = []
    for day in np.unique(origin):
        known, here = origin + label_days <= day, origin == day
        closed = np.unique(origin[known])[-DATES:]
        if not len(closed):
            continue
        spread = spread_before(odds, churned, origin, int(closed[0]), cuts, label_days)
        moved = shift([Miss.of(odds[origin == past], churned[origin == past]) for past in closed], spread)
        losses = [float(log_losses(odds[here] + by, churned[here]).mean()) for by in (0.0, moved)]
        rows.append({"origin": int(day), "shift": moved, "without": losses[0], "with": losses[1]})
    before, after = (np.array([row[name] for row in rows]) for name in ("without", "with"))
    count, worse = len(rows), after - before
    return Evidence(
        dates=count,
        moved=sum(row["shift"] != 0 for row in rows),
        without=float(before.mean()) if count else float("nan"),
        with_shift=float(after.mean()) if count else float("nan"),
        difference=float(worse.mean()) if count else 0.0,
        error=float(worse.std(ddof=1) / np.sqrt(count)) if count > 1 else float("inf"),
        rows=rows,
    )
