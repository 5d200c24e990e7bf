"""How involved, and how bothered: visits, opens and clicks; returns, complaints and tickets."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.rows import ratio
from features.spec import FeatureSpec
from features.words import a_thing, counted, slug, things

Types = tuple[str, ...]


def engagement(spec: FeatureSpec) -> Iterator[Feature]:
    """Counts and shares of engagement and friction events per lookback, per role and per type."""
    for role, types in (("engagement", spec.engagement), ("friction", spec.friction)):
        if not types:
            continue
        for days in spec.lookback_days:
            yield _count(role, types, days, role)
            if role == "engagement":
                yield _active_days(types, days)
            if len(types) > 1:
                for event_type in types:
                    yield _count(slug(event_type), (event_type,), days, event_type)
            yield _share(role, types, spec.activity, days)


def _count(name: str, types: Types, days: int, role: str) -> Feature:
    column = f"count_{name}_{days}d"
    sentence = f"{{{column}:{counted(types, role)}}} in the last {days} days"
    return Feature(column, "engagement", "events", days, ZERO, (sentence,), lambda rows: rows.count(types, days))


def _active_days(types: Types, days: int) -> Feature:
    column = f"engaged_days_{days}d"
    sentence = f"{{{column}}} with {a_thing(types, 'sign of interest')} in the last {days} days"
    return Feature(column, "engagement", "days", days, ZERO, (sentence,), lambda rows: rows.active_days(types, days))


def _share(role: str, types: Types, activity: Types, days: int) -> Feature:
    column, both = f"share_{role}_{days}d", tuple(sorted(set(types + activity)))
    seen = f"of {things(activity)} and {things(types, role)} in the last {days} days were {things(types, role)}"
    return Feature(
        column,
        "engagement",
        "share",
        days,
        "neither kind of event in the window",
        (f"{{{column}}} {seen}", f"No {things(activity)} or {things(types, role)} in the last {days} days"),
        lambda rows: ratio(rows.count(types, days), rows.count(both, days)),
    )
