"""How much: amounts of the types that are money, never of others (minutes and stars are not revenue)."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.leaning import HURTS, KEEPS
from features.rows import ratio
from features.sentences import Sentence, Thing, about
from features.spec import FeatureSpec
from features.words import slug, thing


def monetary(spec: FeatureSpec) -> Iterator[Feature]:
    """Amounts per money type and lookback, over all time, per event, and of the last event."""
    for event_type in spec.money:
        trouble = event_type in spec.friction
        for days in (*spec.lookback_days, None):
            yield _amount(event_type, days, trouble)
        yield _mean(event_type, trouble)
        yield _last(event_type, trouble)
    if len(spec.money) > 1:
        for days in (*spec.lookback_days, None):
            yield _net(spec.money, days)


def _column(what: str, days: int | None) -> str:
    return f"amount_{what}_lifetime" if days is None else f"amount_{what}_{days}d"


def _amount(event_type: str, days: int | None, trouble: bool) -> Feature:
    types, column = (event_type,), _column(slug(event_type), days)
    key = "reason-amount-size" if trouble else "reason-amount"
    sentences = (about(Thing(types), key, days, amount=column), _without_amount(event_type))
    topic, lean = ("trouble", HURTS) if trouble else ("spend", KEEPS)
    amount = lambda rows: rows.amount(types, days)  # noqa: E731
    return Feature(column, "monetary", topic, "money", days, ZERO, sentences, amount, lean)  # type: ignore[arg-type]


def _net(types: tuple[str, ...], days: int | None) -> Feature:
    column = _column("net", days)
    sentences = (
        Sentence("reason-net", shows={"amount": column}, days={"window": days}),
        Sentence("reason-net-unknown"),
    )
    amount = lambda rows: rows.amount(types, days)  # noqa: E731
    return Feature(column, "monetary", "spend", "money", days, ZERO, sentences, amount, KEEPS)


def _without_amount(event_type: str) -> Sentence:
    return about(Thing((event_type,)), "reason-no-amount")


def _mean(event_type: str, trouble: bool) -> Feature:
    types, column = (event_type,), f"amount_mean_{slug(event_type)}"
    return Feature(
        column,
        "monetary",
        "trouble" if trouble else "spend",
        "money",
        None,
        f"no {thing(types)} with an amount",
        (about(Thing(types), "reason-amount-mean", amount=column), _without_amount(event_type)),
        lambda rows: ratio(rows.amount(types, None), rows.count(types, None, with_amount=True)),
        HURTS if trouble else KEEPS,
    )


def _last(event_type: str, trouble: bool) -> Feature:
    types, column = (event_type,), f"amount_last_{slug(event_type)}"
    return Feature(
        column,
        "monetary",
        "trouble" if trouble else "spend",
        "money",
        None,
        f"no {thing(types)} with an amount",
        (about(Thing(types), "reason-amount-last", amount=column), _without_amount(event_type)),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
        HURTS if trouble else KEEPS,
    )
