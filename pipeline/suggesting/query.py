"""SQL for a source whose columns need more than other names: slashed dates, price times quantity, returns by sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.engine import identifier, literal
from pipeline.errors import EventError
from pipeline.sections.events import Csv
from pipeline.suggesting.columns import Facts
from pipeline.suggesting.guess import Guess

CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
MONEY = "DECIMAL(18, 6)"


def derived_query(
    facts: Mapping[str, Facts], guess: Guess, csv: Csv, kept: Sequence[str]
) -> tuple[str | None, list[str]]:
    """A query and the sentences that explain it; None where names alone do. `kept` columns are passed on.

    Raises EventError if dates could be read in two ways.
    """
    why: list[str] = []
    signed = guess.amount or guess.quantity
    negative = facts[signed].negative if signed else 0.0
    time = _time(facts[guess.time], why)
    if guess.unit_price and guess.quantity:
        why.append(f"An amount is {guess.unit_price} times {guess.quantity}.")
    if guess.kind is None and negative:
        why.append(f"{negative:.1%} of {signed} are negative: these rows are returns.")
    if not why:
        return None, []
    amount = _amount(facts, guess, csv)
    kind = identifier(guess.kind) if guess.kind else _by_sign(facts, signed, negative, csv)
    picked = [f"{identifier(guess.customer)} AS customer_id", f"{time} AS event_time", f"{kind} AS event_type"]
    if amount:
        picked.append(f"{amount} AS amount")
    picked += [identifier(name) for name in dict.fromkeys(kept)]
    return "SELECT " + ",\n       ".join(picked) + "\nFROM raw\n", why


def _time(fact: Facts, why: list[str]) -> str:
    cell = identifier(fact.name)
    if fact.is_time or fact.slashed <= 0.9:
        return cell
    if (fact.first_part > 12) == (fact.second_part > 12):
        clash = "both" if fact.first_part > 12 else "neither"
        raise EventError(
            f"the dates of {fact.name} can be read in two ways: of the first and the second figure {clash} exceeds 12, "
            "so the data does not say which is the month. Export them as 2026-11-22."
        )
    day_first = fact.first_part > 12
    order = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    which = "first" if day_first else "second"
    why.append(f"The {which} figure of {fact.name} exceeds 12 and the other never does, so it is the day.")
    formats = ", ".join(literal(order + clock) for clock in CLOCKS)
    plain = rf"regexp_replace(trim({cell}), '^(\d+)[.-](\d+)[.-]', '\1/\2/')"
    return f"try_strptime({plain}, [{formats}])"


def _number(fact: Facts, csv: Csv) -> str:
    cell = identifier(fact.name)
    if fact.kind != "VARCHAR":
        return cell
    text = f"replace({cell}, ',', '.')" if csv.decimal == "," else cell
    return f"TRY_CAST({text} AS {MONEY})"


def _amount(facts: Mapping[str, Facts], guess: Guess, csv: Csv) -> str:
    if guess.unit_price and guess.quantity:
        price, quantity = _number(facts[guess.unit_price], csv), _number(facts[guess.quantity], csv)
        return f"TRY_CAST({quantity} * {price} AS {MONEY})"
    # As it came: ingest rejects what is no number, with its row.
    return identifier(guess.amount) if guess.amount else ""


def _by_sign(facts: Mapping[str, Facts], signed: str | None, negative: float, csv: Csv) -> str:
    if not signed or not negative:
        return "'purchase'"
    return f"CASE WHEN {_number(facts[signed], csv)} < 0 THEN 'return' ELSE 'purchase' END"
