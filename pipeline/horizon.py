"""The calendar of a run, resolved from the data alone: `as_of`, the labelled slices, and what is too short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from features.snapshots import Slices, as_date, day_number, labelled_slices
from pipeline.errors import ConfigError, SplitError
from pipeline.settings import Settings

MOST_DAYS_AHEAD = 7
SHORTEST_HISTORY = 2  # part of active_within_days that a short history may fall back to


@dataclass(frozen=True)
class Calendar:
    """Every date that a run uses, none of it from a clock."""

    data_start: date
    newest_event: date
    as_of: date
    slices: Slices
    label_days: int
    warnings: tuple[str, ...]

    @property
    def closed_before(self) -> date:
        """First day that no closed label can see: where the events are split into closed and open."""
        return as_date(self.slices.days[-1] + self.label_days)

    def labelled(self) -> dict[str, Any]:
        """What training needs; equal from week to week until a grid snapshot matures."""
        return {
            "data_start": str(self.data_start),
            "slices": [str(as_date(day)) for day in self.slices.days],
            "slices_asked": self.slices.asked,
        }

    def current(self) -> dict[str, str]:
        """What scoring needs."""
        return {
            "data_start": str(self.data_start),
            "newest_event_day": str(self.newest_event),
            "as_of": str(self.as_of),
        }


def resolve_calendar(first_day: date, last_day: date, only_dates: bool, settings: Settings) -> Calendar:
    """Resolve `as_of` and the labelled slices. Raises ConfigError or SplitError with the dates that clash."""
    as_of, warnings = _as_of(first_day, last_day, only_dates, settings.snapshots.as_of)
    churn, snapshots = settings.churn, settings.snapshots
    label_days = churn.lead_days + churn.horizon_days
    history = snapshots.min_history_days
    known_before = as_of - timedelta(days=settings.events.lateness_days)

    def with_history(days: int) -> Slices:
        first, known = day_number(first_day), day_number(known_before)
        return labelled_slices(first, known, label_days, snapshots.every_days, snapshots.train, days)

    slices = with_history(churn.active_within_days if history is None else history)
    if history is None and not _judgeable(slices, label_days):
        # A young shop is judged on slices that see half of the usual history, rather than not at all.
        shorter = with_history(churn.active_within_days // SHORTEST_HISTORY)
        if _judgeable(shorter, label_days):
            slices = shorter
            warnings.append(
                f"The history is short, so slices need only {churn.active_within_days // SHORTEST_HISTORY} days before "
                f"them instead of churn.active_within_days ({churn.active_within_days}): trust the order of the list "
                "more than its percentages until there is more."
            )
    span = f"the events reach from {first_day} to {last_day}"
    remedy = "snapshots.min_history_days, or bring a longer history. Nothing was changed."
    if not slices.days:
        raise SplitError(
            f"churn.horizon_days {churn.horizon_days} is too long: {span}, a snapshot needs "
            f"{slices.first_possible - day_number(first_day)} days of history before it, and then no label of "
            f"{label_days} days closes by {known_before}. Lower churn.horizon_days or {remedy}"
        )
    if not _judgeable(slices, label_days):
        if len(slices.days) == slices.asked:
            remedy = f"snapshots.min_history_days, or raise snapshots.train ({slices.asked}). Nothing was changed."
        raise SplitError(
            f"there are only {len(slices.days)} labelled slices, {as_date(slices.days[0])} to "
            f"{as_date(slices.days[-1])}, and none closes {label_days} days before the newest, so nothing can be "
            f"judged out of time: {span}. Lower churn.horizon_days, snapshots.every_days or {remedy}"
        )
    return Calendar(first_day, last_day, as_of, slices, label_days, tuple(warnings))


def _judgeable(slices: Slices, label_days: int) -> bool:
    return bool(slices.days) and slices.days[0] + label_days <= slices.days[-1]


def _as_of(first_day: date, last_day: date, only_dates: bool, wanted: str) -> tuple[date, list[str]]:
    if wanted == "latest":
        # The newest day may still be running, unless all stamps are plain dates, which arrive when a day is over.
        return (last_day + timedelta(days=1) if only_dates else last_day), []
    as_of = date.fromisoformat(wanted)
    ahead = (as_of - last_day).days
    if ahead > MOST_DAYS_AHEAD:
        raise ConfigError(
            f"snapshots.as_of {as_of} is {ahead} days after the newest event ({last_day}); at most "
            f"{MOST_DAYS_AHEAD} are allowed, since silence would read as churn. Bring newer events or an earlier date."
        )
    if as_of <= first_day:
        raise ConfigError(f"snapshots.as_of {as_of} is not after the first event ({first_day}): give a later date.")
    stale = f"snapshots.as_of {as_of} is {ahead} days after the newest event ({last_day}): is an export missing?"
    return as_of, [stale] if ahead > 1 else []
