"""What a list with a holdout can show: the smallest effect on retention, and how long half of it takes.

Two groups whose shares of leavers are compared, normal approximation without continuity correction: Fleiss, Levin and
Paik, Statistical Methods for Rates and Proportions, third edition (2003), section 4.3 and 4.4 for groups of unequal
size. A difference d between shares P and P - d can be shown with a chance of 80%, two-sided at 5%, if

    d >= z(.975) sqrt(M (1 - M) (1/n + 1/m)) + z(.8) sqrt(P (1 - P) / m + (P - d)(1 - P + d) / n)

with n contacted, m held back and M the share of both together. Exact is here the inversion, not the approximation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from models.table import Floats

POWER, LEVEL = 0.8, 0.05
POWER_Z = float(ndtri(POWER))
MOST_WEEKS = 520
GRID = 1000  # places where a root is looked for: with a few customers the condition is not monotone
DIGITS = 10_000  # an effect is told in hundredths of a point, rounded up: never rosier than it is


@dataclass(frozen=True)
class Group:
    """Customers of one group on this week's list, and how many of them are new to it.

    A customer counts once: who is contacted again after the cool-down, or held back for many weeks of one draw, is one
    customer with one outcome. So a group grows by those alone who were not in it before in this draw.
    """

    now: int
    newcomers: float

    def after(self, weeks: Floats) -> Floats:
        """Different customers after so many weeks that each bring as many new ones as this one; the first is now."""
        return self.now + (weeks - 1) * self.newcomers


def needed(effect: Floats | float, rate: float, contact: Floats | float, holdout: Floats | float) -> Floats:
    """The difference that can be shown if the true one is `effect`; the inequality above, its right side."""
    n, m = np.asarray(contact, np.float64), np.asarray(holdout, np.float64)
    treated = np.clip(rate - np.asarray(effect, np.float64), 0, 1)
    both = (n * treated + m * rate) / (n + m)
    by_chance = ndtri(1 - LEVEL / 2) * np.sqrt(both * (1 - both) * (1 / n + 1 / m))
    return by_chance + POWER_Z * np.sqrt(rate * (1 - rate) / m + treated * (1 - treated) / n)


Condition: TypeAlias = Callable[[Floats | float, float, Floats | float, Floats | float], Floats]  # as `needed`


def smallest_effect(rate: float, contact: int, holdout: int, condition: Condition = needed) -> float | None:
    """The smallest share of customers kept more that these groups can show; None if not even all of them would do.

    `rate` is the share that leaves when nobody does anything: no effect can be larger. `condition`: what has to be
    reached, by default with one look at the data. Raises ValueError for a rate that is no share.
    """
    _refuse(rate)
    if contact < 1 or holdout < 1 or rate == 0:
        return None
    places = np.linspace(0, rate, GRID + 1)
    enough = places >= condition(places, rate, contact, holdout)
    if not enough.any():
        return None
    first = int(np.argmax(enough))
    root = brentq(lambda d: d - float(condition(d, rate, contact, holdout)), places[first - 1], places[first])
    return min(math.ceil(round(root * DIGITS, 6)) / DIGITS, rate)


def weeks_needed(
    effect: float, rate: float, contact: Group, holdout: Group, condition: Condition = needed
) -> int | None:
    """The fewest weekly lists like this one, it included, that can show `effect`; None beyond ten years.

    `condition` as for `smallest_effect`. Raises ValueError for a rate that is no share.
    """
    _refuse(rate)
    if not 0 < effect <= rate or contact.now < 1 or holdout.now < 1:
        return None
    weeks = np.arange(1, MOST_WEEKS + 1, dtype=np.float64)
    enough = effect >= condition(effect, rate, contact.after(weeks), holdout.after(weeks))
    return int(np.argmax(enough)) + 1 if enough.any() else None


def _refuse(rate: float) -> None:
    if not 0 <= rate <= 1:
        raise ValueError(f"the leaving rate is {rate}, must lie between 0 and 1")
