"""What customers say and where they stand: scores (NPS, CSAT) and states (balance, points, plan price)."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.rows import ratio
from features.spec import FeatureSpec
from features.words import capital, counted, slug, thing, things


def feedback(spec: FeatureSpec) -> Iterator[Feature]:
    """Last, mean and change of scores per type; last value, change and days since change of states per type."""
    for event_type in spec.feedback:
        yield from _scores(event_type, spec.lookback_days)
    for event_type in spec.level:
        yield from _level(event_type, spec.lookback_days)


def _scores(event_type: str, lookbacks: tuple[int, ...]) -> Iterator[Feature]:
    name, types, word = slug(event_type), (event_type,), thing((event_type,))
    none = f"No {word} with a score so far"

    yield Feature(
        f"score_last_{name}",
        "feedback",
        "score",
        None,
        f"no {word} with a score",
        (f"The last {word} was {{score_last_{name}}}", none),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
    )
    yield Feature(
        f"score_change_{name}",
        "feedback",
        "score",
        None,
        f"fewer than two {things(types)} with a score",
        (
            f"The last {word} differs by {{score_change_{name}}} from the one before",
            f"Fewer than two {things(types)} with a score",
        ),
        lambda rows: (
            rows.amount_at(rows.last(types, with_amount=True))
            - rows.amount_at(rows.previous(rows.last(types, with_amount=True), types))
        ),
    )
    yield Feature(
        f"days_since_last_{name}",
        "feedback",
        "days",
        None,
        f"no {word} on record",
        (f"Last {word} {{days_since_last_{name}}} ago", f"No {word} so far"),
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
        "score",
        days,
        f"no {thing(types)} with a score in {days} days",
        (
            f"{{{column}}} on average in {thing(types)} over {days} days",
            f"No {thing(types)} with a score in the last {days} days",
        ),
        lambda rows: ratio(rows.amount(types, days), rows.count(types, days, with_amount=True)),
    )


def _score_count(event_type: str, days: int) -> Feature:
    types, column = (event_type,), f"count_{slug(event_type)}_{days}d"
    sentence = f"{{{column}:{counted(types)}}} in the last {days} days"
    return Feature(column, "feedback", "events", days, ZERO, (sentence,), lambda rows: rows.count(types, days))


def _level(event_type: str, lookbacks: tuple[int, ...]) -> Iterator[Feature]:
    name, types, word = slug(event_type), (event_type,), thing((event_type,))
    none = f"No {word} on record"

    yield Feature(
        f"level_last_{name}",
        "feedback",
        "level",
        None,
        f"no {word} on record",
        (f"{capital(word)} stands at {{level_last_{name}}}", none),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
    )
    yield Feature(
        f"days_since_change_{name}",
        "feedback",
        "days",
        None,
        f"no {word} on record",
        (f"{capital(word)} has not changed for {{days_since_change_{name}}}", none),
        lambda rows: rows.days_since_change(types),
    )
    for days in lookbacks:
        yield _level_change(event_type, days)


def _level_change(event_type: str, days: int) -> Feature:
    types, column = (event_type,), f"level_change_{slug(event_type)}_{days}d"
    word = thing(types)
    return Feature(
        column,
        "feedback",
        "level",
        days,
        f"no {word} before the window",
        (f"{capital(word)} changed by {{{column}}} in the last {days} days", f"No {word} {days} days ago"),
        lambda rows: (
            rows.amount_at(rows.last(types, with_amount=True))
            - rows.amount_at(rows.last(types, days_before=days, with_amount=True))
        ),
    )
