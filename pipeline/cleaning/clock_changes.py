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


def count_at_changes(connection: Connection, events: Events) -> tuple[int, int]:
    """How many accepted rows came with a wall clock that is skipped, and how many with one that exists twice."""
    accepted = "FROM checked WHERE reason IS NULL AND naive"
    span = connection.execute(f"SELECT min(local_time), max(local_time) {accepted}").fetchall()[0]
    if span[0] is None:
        return 0, 0
    stretches = changes(events.timezone, *span)
    return _count(connection, accepted, stretches, True), _count(connection, accepted, stretches, False)


def _count(connection: Connection, accepted: str, stretches: list[Change], skipped: bool) -> int:
    tests = [
        f"local_time >= TIMESTAMP '{change.start}' AND local_time < TIMESTAMP '{change.end}'"
        for change in stretches
        if change.skipped == skipped
    ]
    if not tests:
        return 0
    return int(connection.execute(f"SELECT count(*) {accepted} AND ({' OR '.join(tests)})").fetchall()[0][0])
