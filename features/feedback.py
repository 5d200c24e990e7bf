"""What customers say and where they stand: scores (NPS, CSAT) and states (balance, points, plan price)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from features.catalog import ZERO, Feature
from features.leaning import Lean
from features.rows import ratio
from features.sentences import Sentence, Thing, about, never
from features.spec import FeatureSpec
from features.words import slug, thing, things

LIKES = Lean(-1)  # a score is a satisfaction: the higher the better


def feedback(spec: FeatureSpec) -> Iterator[Feature]:
    """Last, mean and change of scores per type; last value, change and days since change of states per type."""
    for event_type in spec.feedback:
        yield from _scores(event_type, spec.lookback_days)
    for event_type in spec.level:
        yield from _level(event_type, spec.lookback_days)


def _scores(event_type: str, lookbacks: tuple[int, ...]) -> Iterator[Feature]:
    name, types, word = slug(event_type), (event_type,), thing((event_type,))
    what, last, change, since = Thing(types), f"score_last_{name}", f"score_change_{name}", f"days_since_last_{name}"
    yield Feature(
        last,
        "feedback",
        "opinion",
        "score",
        None,
        f"no {word} with a score",
        (about(what, "reason-score-last", score=last), about(what, "reason-score-none")),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
        LIKES,
    )
    yield Feature(
        change,
        "feedback",
        "opinion",
        "score",
        None,
        f"fewer than two {things(types)} with a score",
        (about(what, "reason-score-change", change=change), about(what, "reason-score-few")),
        lambda rows: (
            rows.amount_at(newest := rows.last(types, with_amount=True)) - rows.amount_at(rows.previous(newest, types))
        ),
        replace(LIKES, middle=0.0),
    )
    yield Feature(
        since,
        "feedback",
        "opinion",
        "days",
        None,
        f"no {word} on record",
        (about(what, "reason-last", days=since), never(what)),
        lambda rows: rows.days_since_last(types),
    )
    for days in lookbacks:
        yield _score_mean(event_type, days)
        yield _score_count(event_type, days)


def _score_mean(event_type: str, days: int) -> Feature:
    types, column = (event_type,), f"score_mean_{slug(event_type)}_{days}d"
    return Feature(
        column,
        "feedback",
        "opinion",
        "score",
        days,
        f"no {thing(types)} with a score in {days} days",
        (
            about(Thing(types), "reason-score-mean", days, score=column),
            about(Thing(types), "reason-score-none-in-window", days),
        ),
        lambda rows: ratio(rows.amount(types, days), rows.count(types, days, with_amount=True)),
        LIKES,
    )


def _score_count(event_type: str, days: int) -> Feature:
    types, column = (event_type,), f"count_{slug(event_type)}_{days}d"
    sentences = (about(Thing(types), "reason-count", days, n=column), never(Thing(types)))
    count = lambda rows: rows.count(types, days)  # noqa: E731
    return Feature(column, "feedback", "opinion", "events", days, ZERO, sentences, count)


def _level(event_type: str, lookbacks: tuple[int, ...]) -> Iterator[Feature]:
    name, types, word = slug(event_type), (event_type,), thing((event_type,))
    last, since, state = f"level_last_{name}", f"days_since_change_{name}", {"name": event_type}
    none = Sentence("reason-level-none", names=state)
    yield Feature(
        last,
        "feedback",
        "standing",
        "level",
        None,
        f"no {word} on record",
        (Sentence("reason-level-last", names=state, shows={"level": last}), none),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
    )
    yield Feature(
        since,
        "feedback",
        "standing",
        "days",
        None,
        f"no {word} on record",
        (Sentence("reason-level-steady", names=state, shows={"days": since}), none),
        lambda rows: rows.days_since_change(types),
    )
    for days in lookbacks:
        yield _level_change(event_type, days)


def _level_change(event_type: str, days: int) -> Feature:
    types, column, state = (event_type,), f"level_change_{slug(event_type)}_{days}d", {"name": event_type}
    return Feature(
        column,
        "feedback",
        "standing",
        "level",
        days,
        f"no {thing(types)} before the window",
        (
            Sentence("reason-level-change", names=state, shows={"change": column}, days={"window": days}),
            Sentence("reason-level-none-before", names=state, days={"window": days}),
        ),
        lambda rows: (
            rows.amount_at(rows.last(types, with_amount=True))
            - rows.amount_at(rows.last(types, days_before=days, with_amount=True))
        ),
    )
