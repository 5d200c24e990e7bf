"""Which horizon fits: each candidate with what it would mean on these events, and one chosen by a written rule.

The rule: the shortest horizon that at most one gap in ten between a customer's days of activity outlasts, so that
silence for that long means something; where none is long enough, the longest that can be learnt and judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from features.snapshots import as_date
from pipeline.engine import Connection
from pipeline.errors import EbbError, EventError
from pipeline.horizon import Calendar, resolve_calendar
from pipeline.settings import parse_settings
from pipeline.suggesting.profile import Profile

HORIZONS = (7, 14, 21, 28, 42, 56, 91, 182)
GRIDS = (28, 14, 7)  # whole weeks, so that every snapshot is a Monday
ENOUGH_JUDGED = 8  # slices that an earlier one can be learnt for: from six past dates on, blends are chosen by them
MOST_OUTLASTED = 0.10
BASE_RATES = (0.05, 0.70)  # outside, nearly nobody or nearly everybody leaves, and there is little to rank
DATES = 4  # past dates that a base rate is averaged over
MOST_SLICES = 26


@dataclass(frozen=True)
class Candidate:
    """One horizon: what it would mean. Shares are 0 to 1; `why_not` is empty where it can be used."""

    horizon_days: int
    active_within_days: int
    outlasted: float  # share of gaps that are longer: returners who would count as leavers
    every_days: int = 0
    slices: int = 0
    judged: int = 0
    first_slice: date | None = None
    middle_slice: date | None = None
    eligible: int = 0  # at the newest slice
    base_rate: float = 0.0
    short_history: bool = False  # its slices would see only half of active_within_days
    why_not: str = ""


def active_within(horizon: int) -> int:
    """How long ago the last activity may lie: two horizons, three of short ones: a slow month is no exit."""
    return 3 * horizon if horizon <= 28 else 2 * horizon


def candidates(connection: Connection, profile: Profile, events: dict[str, Any]) -> list[Candidate]:
    """Every horizon of HORIZONS, shortest first, measured on `active` and `gaps`."""
    return [_candidate(connection, profile, events, horizon) for horizon in HORIZONS]


def choose(found: Sequence[Candidate]) -> tuple[Candidate, str]:
    """The candidate that the rule picks, and the sentence that says why. Raises EventError if none can be used."""
    usable = [item for item in found if not item.why_not]
    usable = [item for item in usable if not item.short_history] or usable
    if not usable:
        raise EventError(
            f"the history is too short for every horizon: {found[0].why_not} Bring more months, or write params.yaml "
            "by hand."
        )
    low, high = BASE_RATES
    sound = [item for item in usable if low <= item.base_rate <= high] or usable
    short = next((item for item in sound if item.outlasted <= MOST_OUTLASTED), None)
    if short:
        return short, (
            f"the shortest that at most {MOST_OUTLASTED:.0%} of the gaps between days of activity outlast "
            f"({short.outlasted:.0%} do)"
        )
    longest = sound[-1]
    return longest, (
        f"the longest that can be learnt and judged here; still {longest.outlasted:.0%} of the gaps between days of "
        "activity outlast it, so that some who count as leavers come back later"
    )


def _candidate(connection: Connection, profile: Profile, events: dict[str, Any], horizon: int) -> Candidate:
    active = active_within(horizon)
    row = connection.execute(f"SELECT coalesce(avg(CAST(gap > {horizon} AS INTEGER)), 0) FROM gaps").fetchall()[0]
    plain = Candidate(horizon, active, float(row[0]))
    grids, fault = _grids(profile, events, horizon, active)
    if not grids:
        return Candidate(horizon, active, plain.outlasted, why_not=fault)
    every, calendar = _grid(grids, horizon)
    days = [as_date(day) for day in calendar.slices.days]
    picked = sorted({days[at * (len(days) - 1) // (DATES - 1)] for at in range(DATES)})
    measured = [_at(connection, day, horizon, active) for day in picked]
    eligible = sum(number for number, _ in measured)
    if not eligible:
        return Candidate(horizon, active, plain.outlasted, why_not="Nobody is eligible at its slices.")
    return Candidate(
        horizon_days=horizon,
        active_within_days=active,
        outlasted=plain.outlasted,
        every_days=every,
        slices=len(days),
        judged=_judged(calendar),
        first_slice=days[0],
        middle_slice=days[len(days) // 2],
        eligible=measured[-1][0],
        base_rate=sum(left for _, left in measured) / eligible,
        short_history=bool(calendar.warnings),
    )


def _grids(profile: Profile, events: dict[str, Any], horizon: int, active: int) -> tuple[dict[int, Calendar], str]:
    """The calendars that ingest would accept, by days of the grid, and what it says where it accepts none."""
    found, fault = {}, ""
    for every in GRIDS:
        raw = {
            "events": events,
            "churn": {"horizon_days": horizon, "active_within_days": active},
            "snapshots": {"every_days": every, "train": MOST_SLICES},
        }
        try:
            found[every] = resolve_calendar(
                profile.first_day, profile.last_day, profile.only_dates, parse_settings(raw)
            )
        except EbbError as error:
            fault = str(error)
    return found, fault


def _grid(grids: dict[int, Calendar], horizon: int) -> tuple[int, Calendar]:
    """The widest grid, no wider than the horizon, with enough slices to be judged; else the one with most of them."""
    fitting = {every: calendar for every, calendar in grids.items() if every <= horizon} or grids
    for every, calendar in fitting.items():
        if _judged(calendar) >= ENOUGH_JUDGED:
            return every, calendar
    return max(fitting.items(), key=lambda item: (_judged(item[1]), item[0]))


def _judged(calendar: Calendar) -> int:
    """Slices at whose date the oldest label had closed."""
    days = calendar.slices.days
    return sum(days[0] + calendar.label_days <= day for day in days)


def _at(connection: Connection, day: date, horizon: int, active: int) -> tuple[int, int]:
    """Who is eligible at a date, and how many of them have no activity within the horizon."""
    start, end = day - timedelta(days=active), day + timedelta(days=horizon)
    query = f"""
        SELECT count(*), count(*) FILTER (NOT later) FROM (
            SELECT bool_or(event_day < DATE '{day}') AS before, bool_or(event_day >= DATE '{day}') AS later
            FROM active WHERE event_day >= DATE '{start}' AND event_day < DATE '{end}' GROUP BY customer_id
        ) WHERE before
    """
    number, left = connection.execute(query).fetchall()[0]
    return int(number), int(left)
