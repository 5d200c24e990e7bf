"""Season as a clock that runs faster in busy weeks: read off whole years of activity, used for the next.

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

WEEKS = 52
YEAR = 7 * WEEKS  # days, so that weekends never drift against the clock
FEWEST_TWICE = 13  # weeks known in two years, before growth is read from them
MOST_GROWTH = float(np.log(4))
DEAD, ALIVE = 0.2, 0.5  # of the mean week of a year
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

    What activity has grown by from year to year is taken out first. Raises ValueError where less than a year is known.
    """
    if len(activity.active) < YEAR:
        raise ValueError(f"a season needs {YEAR} days of activity, and {len(activity.active)} are known")
    if strength == 0:
        return Season()
    level = activity.active * np.exp(-growth(activity.active) / YEAR * np.arange(len(activity.active)))
    weekly = _weekly(level, len(level) // YEAR * WEEKS).reshape(-1, WEEKS)
    weekly = weekly[weekly.sum(axis=1) > 0]  # a year without activity says nothing of seasons
    weeks = np.maximum(_typical(weekly / weekly.mean(axis=1, keepdims=True)), QUIETEST) ** strength
    anchor = activity.start + len(activity.active)
    return Season(anchor, tuple((weeks / weeks.mean()).tolist()), strength)


def growth(active: Ints) -> float:
    """How much more activity a week has than the same week a year before, as a logarithm: the median of those known.

    A clock that reads one year of a growing shop would run backwards where the year closes: the weeks to come would be
    thought as quiet as a year ago, when there were fewer customers. 0 where fewer than 13 weeks are known twice; no
    more than fourfold, up or down, for beyond that a few weeks of a shop's first year tell little.
    """
    if not growth_known(active):
        return 0.0
    twice = min((len(active) - YEAR) // 7, WEEKS)
    now, before = _weekly(active, twice), _weekly(active[:-YEAR], twice)
    both = (now > 0) & (before > 0)
    found = float(np.median(np.log(now[both] / before[both]))) if both.sum() >= FEWEST_TWICE else 0.0
    return float(np.clip(found, -MOST_GROWTH, MOST_GROWTH))


def growth_known(active: Ints) -> bool:
    """Whether enough weeks are known in two years to tell a shop's growth from its season."""
    return (len(active) - YEAR) // 7 >= FEWEST_TWICE


def _weekly(daily: Ints | Floats, weeks: int) -> Floats:
    """Sums of the newest weeks, oldest first."""
    return daily[len(daily) - 7 * weeks :].reshape(weeks, 7).sum(axis=1).astype(np.float64)


def _typical(years: Floats) -> Floats:
    """The mean of each week over years, a row each. A week dead in one year and alive in another was an outage."""
    alive = (years >= DEAD) | (years.max(axis=0) < ALIVE)
    return np.where(alive, years, 0).sum(axis=0) / alive.sum(axis=0)
