"""How often: events and active days in each lookback."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.spec import FeatureSpec
from features.words import a_thing, counted, slug


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


def _window(days: int | None) -> tuple[str, str]:
    return ("lifetime", "so far") if days is None else (f"{days}d", f"in the last {days} days")


def _count(name: str, types: tuple[str, ...], days: int | None) -> Feature:
    suffix, words = _window(days)
    column = f"count_{name}_{suffix}"
    sentence = f"{{{column}:{counted(types)}}} {words}"
    return Feature(column, "frequency", "events", days, ZERO, (sentence,), lambda rows: rows.count(types, days))


def _active_days(types: tuple[str, ...], days: int | None) -> Feature:
    suffix, words = _window(days)
    column = f"active_days_{suffix}"
    sentence = f"{{{column}}} with {a_thing(types, 'sign of life')} {words}"
    return Feature(column, "frequency", "days", days, ZERO, (sentence,), lambda rows: rows.active_days(types, days))
