"""How involved, and how bothered: visits, opens and clicks; returns, complaints and tickets."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature, Topic
from features.leaning import HURTS, KEEPS, Lean
from features.rows import ratio
from features.sentences import Sentence, Thing, about, never
from features.spec import FeatureSpec
from features.words import slug, things

Types = tuple[str, ...]
TOPICS: dict[str, Topic] = {"engagement": "interest", "friction": "trouble"}
LEANS = {"engagement": KEEPS, "friction": HURTS}
# A large share of visits may be many visits or few purchases; of complaints it is bad either way. Nothing of either
# kind in the window is bad, but no trouble.
SHARE_LEANS = {"engagement": Lean(none=1, unknown=1), "friction": Lean(1, none=-1, unknown=None)}


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
                    yield _count(slug(event_type), (event_type,), days, role)
            yield _share(role, types, spec.activity, days)


def _count(name: str, types: Types, days: int, role: str) -> Feature:
    column, what = f"count_{name}_{days}d", Thing(types, role)
    sentences = (about(what, "reason-count", days, n=column), never(what))
    count = lambda rows: rows.count(types, days)  # noqa: E731
    return Feature(column, "engagement", TOPICS[role], "events", days, ZERO, sentences, count, LEANS[role])


def _active_days(types: Types, days: int) -> Feature:
    column, what = f"engaged_days_{days}d", Thing(types, "engagement")
    sentences = (about(what, "reason-active-days", days, days=column), never(what))
    count = lambda rows: rows.active_days(types, days)  # noqa: E731
    return Feature(column, "engagement", "interest", "days", days, ZERO, sentences, count, KEEPS)


def _share(role: str, types: Types, activity: Types, days: int) -> Feature:
    column, both = f"share_{role}_{days}d", tuple(sorted(set(types + activity)))
    among = {"thing": Thing(activity), "other": Thing(types, role)}
    return Feature(
        column,
        "engagement",
        TOPICS[role],
        "share",
        days,
        f"neither {things(activity)} nor {things(types, role)} in the window",
        (
            Sentence("reason-share-of-both", things=among, shows={"share": column}, days={"window": days}),
            Sentence("reason-neither", things=among, days={"window": days}),
        ),
        lambda rows: ratio(rows.count(types, days), rows.count(both, days)),
        SHARE_LEANS[role],
    )
