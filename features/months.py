"""Calendar months as edges: which months the data hold, and which of them are whole. Day numbers since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from features.snapshots import as_date, day_number

YEAR = 12


@dataclass(frozen=True)
class Months:
    """The months from the first event's to that of `as_of`, oldest first, one entry of each tuple per month.

    A month is `[starts[i], ends[i])`; the last one ends at `as_of`, be it the start of the next month or a day within.
    `over`: no event of it is still to come; `complete`: over, and not the first month, in which everybody looks new.
    `settled`: the data reach back over the whole look-back before its start, so that who is a customer there is known.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    over: tuple[bool, ...]
    settled: tuple[bool, ...]

    @property
    def complete(self) -> tuple[bool, ...]:
        """Whether each month is one whose figures may stand alone."""
        return (False, *self.over[1:])

    def __len__(self) -> int:
        return len(self.starts)

    def name(self, month: int) -> str:
        """The month as YYYY-MM."""
        return str(as_date(self.starts[month]))[:7]

    def newest(self) -> int | None:
        """The newest complete month; None if there is none."""
        return max((month for month, whole in enumerate(self.complete) if whole), default=None)

    def year(self) -> tuple[int, int] | None:
        """First and last of the twelve months up to the newest complete one; None if they are not all complete."""
        last = self.newest()
        return None if last is None or last < YEAR else (last - YEAR + 1, last)


def months(data_start: int, as_of: int, known_before: int, look_back_days: int) -> Months:
    """The months of the data; events up to `known_before` have all arrived. Raises ValueError if there is no day."""
    if as_of <= data_start:
        raise ValueError(f"as_of {as_date(as_of)} is not after the first day of the data, {as_date(data_start)}")
    starts = [first_of_month(data_start)]
    while (following := next_month(starts[-1])) < as_of:
        starts.append(following)
    ends = [*starts[1:], min(following, as_of)]
    return Months(
        tuple(starts),
        tuple(ends),
        tuple(next_month(start) <= known_before for start in starts),
        tuple(start - look_back_days >= data_start for start in starts),
    )


def first_of_month(day: int) -> int:
    """The first day of the month in which the day lies."""
    return day_number(as_date(day).replace(day=1))


def next_month(start: int) -> int:
    """The first day of the month after the one that begins with the day `start`."""
    return first_of_month(day_number(as_date(start) + timedelta(days=31)))
