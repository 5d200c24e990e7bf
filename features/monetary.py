"""How much: amounts of the types that are money, never of others (minutes and stars are not revenue)."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import ZERO, Feature
from features.rows import ratio
from features.spec import FeatureSpec
from features.words import capital, slug, thing, things


def monetary(spec: FeatureSpec) -> Iterator[Feature]:
    """Amounts per money type and lookback, over all time, per event, and of the last event."""
    for event_type in spec.money:
        for days in (*spec.lookback_days, None):
            yield _amount(slug(event_type), (event_type,), days)
        yield _mean(event_type)
        yield _last(event_type)
    if len(spec.money) > 1:
        for days in (*spec.lookback_days, None):
            yield _amount("net", spec.money, days)


def _amount(name: str, types: tuple[str, ...], days: int | None) -> Feature:
    suffix, words = ("lifetime", "so far") if days is None else (f"{days}d", f"in the last {days} days")
    column = f"amount_{name}_{suffix}"
    subject = "Net spend" if name == "net" else f"{capital(things(types))}"
    sentence = f"{subject} worth {{{column}}} {words}" if name != "net" else f"Net spend {{{column}}} {words}"
    return Feature(column, "monetary", "money", days, ZERO, (sentence,), lambda rows: rows.amount(types, days))


def _mean(event_type: str) -> Feature:
    types, column = (event_type,), f"amount_mean_{slug(event_type)}"
    return Feature(
        column,
        "monetary",
        "money",
        None,
        f"no {thing(types)} with an amount",
        (f"An average {thing(types)} is worth {{{column}}}", f"No {thing(types)} with an amount so far"),
        lambda rows: ratio(rows.amount(types, None), rows.count(types, None, with_amount=True)),
    )


def _last(event_type: str) -> Feature:
    types, column = (event_type,), f"amount_last_{slug(event_type)}"
    return Feature(
        column,
        "monetary",
        "money",
        None,
        f"no {thing(types)} with an amount",
        (f"The last {thing(types)} was worth {{{column}}}", f"No {thing(types)} with an amount so far"),
        lambda rows: rows.amount_at(rows.last(types, with_amount=True)),
    )
