"""The calendar: which day is `as_of`, and which grid snapshots can be labelled. Day numbers since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
FIRST_MONDAY = 4  # 1970-01-05: the grid's origin, so that weekly grids fall on Mondays


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


@dataclass(frozen=True)
class Slices:
    """The labelled snapshots that exist, oldest first, and why others do not."""

    days: tuple[int, ...]
    asked: int
    first_possible: int
    closed_by: int


def labelled_slices(
    data_start: int, known_before: int, label_days: int, every_days: int, most: int, min_history_days: int
) -> Slices:
    """The newest `most` grid snapshots with enough history and a closed label.

    A grid snapshot is a multiple of `every_days` from Monday 1970-01-05. It needs `min_history_days` of data before it
    and its label, `label_days` long with the lead, must end at or before `known_before`.
    """
    earliest = data_start + min_history_days
    newest = known_before - label_days
    steps = (newest - FIRST_MONDAY) // every_days
    days: list[int] = []
    while len(days) < most and FIRST_MONDAY + steps * every_days >= earliest:
        days.append(FIRST_MONDAY + steps * every_days)
        steps -= 1
    return Slices(tuple(reversed(days)), most, earliest, newest)
