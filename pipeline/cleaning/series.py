"""Counts over time that break: days with nearly nothing between busy ones. Pure: days and counts in, runs out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

NEARLY_NOTHING = 0.1  # of what is usual: half a day lost to a public holiday is more
ENOUGH = 20  # usual events a day (or a week) below which silence is luck
FEWEST = 3  # earlier periods with events, before which nothing is usual yet
NEIGHBOURS = 4  # periods before and after that say what is usual
ALIKE_DAYS = 14  # a gap at the same time of another year, give or take so many days, is a habit
YEAR = 364  # whole weeks


@dataclass(frozen=True)
class Run:
    """Days without events, first and last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.last - self.first).days + 1

    def overlap(self, first: date, end: date) -> int:
        """Its days in `[first, end)`."""
        return max(0, (min(self.last + timedelta(days=1), end) - max(self.first, first)).days)

    def within(self, others: Iterable[Run]) -> bool:
        """Whether one of the others covers most of it."""
        return any(2 * self.overlap(other.first, other.last + timedelta(days=1)) > self.days for other in others)

    def yearly(self, others: Iterable[Run]) -> bool:
        """Whether there is such a run at the same time of another year."""
        slack = timedelta(days=ALIKE_DAYS)
        return any(
            other.first - slack <= self.first + timedelta(days=years * YEAR) <= other.last + slack
            for other in others
            for years in (-2, -1, 1, 2)
        )

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def silent_runs(counts: Mapping[date, int]) -> list[Run]:
    """Runs of days (of weeks, where days are thin) with nearly no events, between times that have them.

    A day is held against the same weekday in the nearest weeks that had events, before and after: so neither a day of
    rest, a season, growth nor an outage of months is mistaken. Silence after the last event is none of it.
    """
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=at) for at in range((last - first).days)]  # the last day may still be running
    by_day = _merge([day for line in _by_weekday(days) for day in _silent(line, counts)], 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    weeks = [monday + timedelta(days=7 * at) for at in range((last - monday).days // 7)]
    in_week = {week: sum(counts.get(week + timedelta(days=at), 0) for at in range(7)) for week in weeks}
    by_week = [
        run for run in _merge(_silent(weeks, in_week), 7) if not any(run.overlap(r.first, r.last) for r in by_day)
    ]
    return sorted([*by_day, *by_week], key=lambda run: run.first)


def _by_weekday(days: list[date]) -> list[list[date]]:
    return [[day for day in days if day.weekday() == weekday] for weekday in range(7)]


def _silent(line: list[date], counts: Mapping[date, int]) -> list[date]:
    """The periods of a line with less than a tenth of the nearest filled ones, before and after."""
    filled = [day for day in line if counts.get(day, 0) > 0]
    found, passed = [], 0
    for day in line:
        here = counts.get(day, 0)
        before = filled[max(0, passed - NEIGHBOURS) : passed]
        passed += here > 0
        after = filled[passed : passed + NEIGHBOURS]
        if len(before) < FEWEST:
            continue
        sides = [before, after] if after else [before]  # the last week has only a past
        usual = min(median(counts[other] for other in side) for side in sides)
        if usual >= ENOUGH and here < NEARLY_NOTHING * usual:
            found.append(day)
    return found


def _merge(starts: list[date], length: int) -> list[Run]:
    """Periods as runs; a day of rest between two silent days does not part them."""
    runs: list[Run] = []
    for start in sorted(starts):
        end = start + timedelta(days=length - 1)
        if runs and (start - runs[-1].last).days <= 3:
            runs[-1] = Run(runs[-1].first, end)
        else:
            runs.append(Run(start, end))
    return runs
