"""How long ago: days since the customer last did something of each kind."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import Feature
from features.spec import FeatureSpec
from features.words import slug, thing


def recency(spec: FeatureSpec) -> Iterator[Feature]:
    """Days since the last event of each role, and of each type where a role has several. Null: never seen."""
    who = thing(spec.activity)
    yield Feature(
        "days_since_last_activity",
        "recency",
        "days",
        None,
        f"no {who} on record",
        (f"No {who} for {{days_since_last_activity}}; usually every {{usual_gap_days}}", _since(who, "activity")),
        lambda rows: rows.days_since_last(spec.activity),
    )
    for role, types in (("engagement", spec.engagement), ("friction", spec.friction)):
        if types:
            yield _days_since(role, types, role)
    for types in (spec.activity, spec.engagement, spec.friction):
        if len(types) > 1:
            for event_type in types:
                yield _days_since(slug(event_type), (event_type,), event_type)


def _since(word: str, name: str) -> str:
    return f"Last {word} {{days_since_last_{name}}} ago"


def _days_since(name: str, types: tuple[str, ...], role: str) -> Feature:
    word = thing(types, role)
    return Feature(
        f"days_since_last_{name}",
        "recency",
        "days",
        None,
        f"no {word} on record",
        (_since(word, name), f"No {word} on record"),
        lambda rows: rows.days_since_last(types),
    )
