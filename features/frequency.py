"""How often: events and active days in each lookback."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.leaning import KEEPS
from features.sentences import Thing, about, never
from features.spec import FeatureSpec
from features.words import slug


def frequency(spec: FeatureSpec) -> Iterator[Feature]:
    """Activity counts and active days per lookback and over all time, and counts per type. Never null."""
    for days in spec.lookback_days:
        yield _count("activity", spec.activity, days)
        yield _active_days(spec.activity, days)
        if len(spec.activity) > 1:
            for event_type in spec.activity:
                yield _count(slug(event_type), (event_type,), days)
    yield _count("activity", spec.activity, None)
    yield _active_days(spec.activity, None)


def _suffix(days: int | None) -> str:
    return "lifetime" if days is None else f"{days}d"


def _count(name: str, types: tuple[str, ...], days: int | None) -> Feature:
    column, what = f"count_{name}_{_suffix(days)}", Thing(types)
    sentences = (about(what, "reason-count", days, n=column), never(what))
    count = lambda rows: rows.count(types, days)  # noqa: E731
    return Feature(column, "frequency", "pace", "events", days, ZERO, sentences, count, KEEPS)


def _active_days(types: tuple[str, ...], days: int | None) -> Feature:
    column, what = f"active_days_{_suffix(days)}", Thing(types)
    sentences = (about(what, "reason-active-days", days, days=column), never(what))
    count = lambda rows: rows.active_days(types, days)  # noqa: E731
    return Feature(column, "frequency", "pace", "days", days, ZERO, sentences, count, KEEPS)
