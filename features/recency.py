"""How long ago: days since the customer last did something of each kind."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import Feature, Topic
from features.leaning import AWAY, HEALED
from features.sentences import Thing, about, never
from features.spec import FeatureSpec
from features.words import slug, thing


def recency(spec: FeatureSpec) -> Iterator[Feature]:
    """Days since the last event of each role, and of each type where a role has several. Null: never seen."""
    who = Thing(spec.activity)
    yield Feature(
        "days_since_last_activity",
        "recency",
        "silence",
        "days",
        None,
        f"no {thing(spec.activity)} on record",
        (
            about(who, "reason-silent-usually", days="days_since_last_activity", gap="usual_gap_days"),
            about(who, "reason-last", days="days_since_last_activity"),
            never(who),
        ),
        lambda rows: rows.days_since_last(spec.activity),
        AWAY,
    )
    topics: tuple[tuple[Topic, str, tuple[str, ...]], ...] = (
        ("silence", "activity", spec.activity),
        ("interest", "engagement", spec.engagement),
        ("trouble", "friction", spec.friction),
    )
    for topic, role, types in topics[1:]:
        if types:
            yield _days_since(role, types, role, topic)
    for topic, _, types in topics:
        if len(types) > 1:
            for event_type in types:
                yield _days_since(slug(event_type), (event_type,), event_type, topic)


def _days_since(name: str, types: tuple[str, ...], role: str, topic: Topic) -> Feature:
    what, column = Thing(types, role), f"days_since_last_{name}"
    return Feature(
        column,
        "recency",
        topic,
        "days",
        None,
        f"no {thing(types, role)} on record",
        (about(what, "reason-last", days=column), never(what)),
        lambda rows: rows.days_since_last(types),
        HEALED if topic == "trouble" else AWAY,
    )
