"""Season as a clock that runs faster in busy weeks: read off one year of activity, used for the next.

Idea: in the months before Christmas a shop's customers live through more buying time per day. Measured in that
time, purchase rates stay the same all year, so that customer-base models need no other change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from models.table import Floats, Ints

YEAR = 364  # whole weeks, so that weekends never drift against the clock
NEWCOMERS_DAYS = 182
FEWEST_NEWCOMERS = 0.1
QUIETEST = 0.05  # a week without any sale, an outage say, must not stop the clock


@dataclass(frozen=True)
class Activity:
    """One entry per day from day number `start` on: customers active on it, and those of them never seen before."""

    start: int
    active: Ints
    newcomers: Ints

    def before(self, day: int) -> Activity:
        """What was known at a day's midnight, from the first active day on: page views may be older than purchases."""
        until = max(day - self.start, 0)
        first = int(np.flatnonzero(self.active > 0)[0]) if self.active.any() else 0
        return Activity(self.start + first, self.active[first:until], self.newcomers[first:until])


@dataclass(frozen=True)
class Season:
    """52 factors of mean 1, one per week of a year; week 0 opens on day number `anchor`. Empty: every day counts one.

    `strength` is the power that the factors were raised to: 0 says that no season was supported.
    """

    anchor: int = 0
    weeks: tuple[float, ...] = ()
    strength: float = 0.0

    @cached_property
    def _clock(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum(np.repeat(self.weeks, 7))])

    def elapsed(self, start: Ints | Floats, end: Ints | Floats) -> Floats:
        """Seasonal days between two days, one per entry."""
        return self._at(end) - self._at(start)

    def _at(self, day: Ints | Floats) -> Floats:
        if not self.weeks:
            return np.asarray(day, np.float64)
        years, rest = np.divmod(np.asarray(day).astype(np.int64) - self.anchor, YEAR)
        return years * self._clock[-1] + self._clock[rest]

    def to_json(self) -> dict[str, Any]:
        """The season as plain data."""
        return {"anchor": self.anchor, "weeks": list(self.weeks), "strength": self.strength}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Season:
        """The season from plain data."""
        return Season(int(content["anchor"]), tuple(map(float, content["weeks"])), float(content["strength"]))


def knowable(activity: Activity) -> bool:
    """Whether a year's activity can show a season: a whole year of it, and still newcomers in its latest half.

    Without newcomers activity can only fall, and a fading cohort's own decline would pass for a season.
    """
    if len(activity.active) < YEAR:
        return False
    fresh, ever = activity.newcomers[-NEWCOMERS_DAYS:].sum(), activity.newcomers.sum()
    return bool(ever > 0 and fresh >= FEWEST_NEWCOMERS * ever and activity.active[-YEAR:].any())


def seasonal(activity: Activity, strength: float) -> Season:
    """The season of the newest whole years, each week against its year's mean, averaged over years.

    Raises ValueError where less than a year is known.
    """
    if len(activity.active) < YEAR:
        raise ValueError(f"a season needs {YEAR} days of activity, and {len(activity.active)} are known")
    if strength == 0:
        return Season()
    years = len(activity.active) // YEAR
    weekly = activity.active[-years * YEAR :].reshape(years, YEAR // 7, 7).sum(axis=2).astype(np.float64)
    weekly = weekly[weekly.sum(axis=1) > 0]  # a year without activity says nothing of seasons
    weeks = np.maximum((weekly / weekly.mean(axis=1, keepdims=True)).mean(axis=0), QUIETEST) ** strength
    anchor = activity.start + len(activity.active)
    return Season(anchor, tuple((weeks / weeks.mean()).tolist()), strength)
