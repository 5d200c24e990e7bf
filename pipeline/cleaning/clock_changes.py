"""Where a clock is skipped or repeated by daylight saving, so that times without an offset can be counted there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.engine import Connection
from pipeline.sections.events import Events

STEP = timedelta(days=1)
NOTHING = timedelta(0)


class Change(NamedTuple):
    """A stretch [start, end) of the wall clock that does not exist, or exists twice."""

    start: datetime
    end: datetime
    skipped: bool


def changes(zone: str, first: datetime, last: datetime) -> list[Change]:
    """Every change of a zone's clock between two wall clocks, in order."""
    info, found = ZoneInfo(zone), []
    moment = first.replace(tzinfo=UTC) - 2 * STEP
    while moment < last.replace(tzinfo=UTC) + 2 * STEP:
        before, after = _offset(info, moment), _offset(info, moment + STEP)
        if before != after:
            at = _when(info, moment, moment + STEP).replace(tzinfo=None)
            edges = sorted((at + before, at + after))
            found.append(Change(edges[0], edges[1], skipped=after > before))
        moment += STEP
    return found


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NOTHING


def _when(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second with the offset that `high` has."""
    wanted = _offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        low, high = (low, middle) if _offset(zone, middle) == wanted else (middle, high)
    return high


def at_changes(connection: Connection, events: Events) -> tuple[str, str]:
    """SQL that asks whether a row of `checked` has a wall clock that is skipped, and whether one that is repeated."""
    span = connection.execute(
        "SELECT min(local_time), max(local_time) FROM checked WHERE reason IS NULL AND naive"
    ).fetchall()[0]
    stretches = [] if span[0] is None else changes(events.timezone, *span)
    return _within(stretches, skipped=True), _within(stretches, skipped=False)


def _within(stretches: list[Change], skipped: bool) -> str:
    tests = [
        f"local_time >= TIMESTAMP '{change.start}' AND local_time < TIMESTAMP '{change.end}'"
        for change in stretches
        if change.skipped == skipped
    ]
    return f"naive AND ({' OR '.join(tests)})" if tests else "false"
