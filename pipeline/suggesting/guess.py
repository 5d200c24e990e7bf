"""Which column is the customer, the time, the type, the amount: by name first, by content always."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.errors import EventError
from pipeline.suggesting import words
from pipeline.suggesting.columns import Facts

MOST_TYPES = 200  # a column with more different values describes things, not kinds of events
CANONICAL = ("customer_id", "event_time", "event_type", "amount")


@dataclass(frozen=True)
class Guess:
    """The columns that play our parts; None where no column does."""

    customer: str
    time: str
    kind: str | None
    amount: str | None
    unit_price: str | None = None
    quantity: str | None = None
    orders: tuple[str, ...] = ()  # may name the order that a line belongs to, likeliest first
    ids: tuple[str, ...] = ()  # may name an event


def guess(facts: Mapping[str, Facts], given: Mapping[str, str]) -> Guess:
    """Choose the columns; `given` ones (ours: yours) are taken as they are.

    Raises EventError if no column can be the customer or the time, or a given one does not exist.
    """
    for ours, yours in given.items():
        if ours not in CANONICAL or yours not in facts:
            known = f"columns {', '.join(facts)}" if ours in CANONICAL else f"names {', '.join(CANONICAL)}"
            raise EventError(f"{ours}={yours} cannot be followed: the {known} exist. Write ours=yours with these.")
    time = given.get("event_time") or _time(facts)
    customer = given.get("customer_id") or _customer(facts, {time})
    kind = given.get("event_type") or _best(facts, words.TYPE, {time, customer}, _is_kind)
    used = {time, customer, kind or ""}
    price = _best(facts, words.UNIT_PRICE, used, _is_amount)
    quantity = _best(facts, words.QUANTITY, used, _is_amount)
    amount = given.get("amount") or _best(facts, words.AMOUNT, used, _is_amount)
    product = amount in (None, price) and price is not None and quantity is not None and "amount" not in given
    return Guess(
        customer=customer,
        time=time,
        kind=kind,
        amount=None if product else amount,
        unit_price=price if product else None,
        quantity=quantity if product else None,
        orders=_named(facts, words.ORDER, used),
        ids=_named(facts, words.EVENT_ID, used),
    )


def _time(facts: Mapping[str, Facts]) -> str:
    possible = {name: fact for name, fact in facts.items() if _may_be_time(fact)}
    later = [name for name in possible if any(word in words.bare(name) for word in words.NOT_THE_TIME)]
    found = _best(possible, words.TIME, set(later), _may_be_time)
    certain = [name for name, fact in possible.items() if fact.is_time and name not in later]
    if found or certain:
        return found or certain[0]
    if later or possible:
        names = ", ".join(later or possible)
        raise EventError(
            f"no column is surely the time of the event; {names} may be: say which with event_time=<column> "
            "at the end of the command."
        )
    raise EventError(
        f"no column holds dates or times; there are {', '.join(facts)}. Export the time of each event as "
        "2026-11-22 or 2026-11-22 14:30:00, or say which column it is with event_time=<column>."
    )


def _may_be_time(fact: Facts) -> bool:
    named = words.bare(fact.name) in words.TIME
    return fact.is_time or fact.slashed > 0.9 or (bool(fact.unit) and (named or "time" in fact.name.lower()))


def _customer(facts: Mapping[str, Facts], used: set[str]) -> str:
    found = _best(facts, words.CUSTOMER, used, _is_id)
    if found:
        return found
    loose = [
        name
        for name, fact in facts.items()
        if name not in used and _is_id(fact) and any(part in words.bare(name) for part in ("cust", "client", "user"))
    ]
    if len(loose) == 1:
        return loose[0]
    raise EventError(
        f"no column is surely the customer; there are {', '.join(facts)}: say which with customer_id=<column> "
        "at the end of the command."
    )


def _best(
    facts: Mapping[str, Facts], names: tuple[str, ...], used: set[str], fits: Callable[[Facts], bool]
) -> str | None:
    """The column with the surest name whose content fits."""
    ranked = [name for name in _named(facts, names, used) if fits(facts[name])]
    return ranked[0] if ranked else None


def _named(facts: Mapping[str, Facts], names: tuple[str, ...], used: set[str]) -> tuple[str, ...]:
    known = [name for name in facts if words.bare(name) in names and name not in used]
    return tuple(sorted(known, key=lambda name: names.index(words.bare(name))))


def _is_id(fact: Facts) -> bool:
    whole = fact.numbers < 0.5 or fact.whole > 0.9  # names and whole numbers, not measures
    return whole and not fact.is_time and fact.negative == 0 and fact.distinct > 1


def _is_kind(fact: Facts) -> bool:
    return 0 < fact.distinct <= MOST_TYPES and fact.numbers < 0.5 and not fact.is_time


def _is_amount(fact: Facts) -> bool:
    return fact.numbers > 0.9 and fact.filled > 0
