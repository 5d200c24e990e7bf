"""Where a contact pays, at which saving rate it would, and who gets the places that there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from models.table import Bools, Floats, Ints

DUST = 1e-9
# What becomes of a customer with an action.
PASSED, CHOSEN, HELD, FULL, BELOW_COST = range(5)


@dataclass(frozen=True)
class Prices:
    """What a contact and a redeemed offer cost, in the currency of the values."""

    contact: float
    offer: float


def gain(probability: Floats, value: Floats, offer: Bools | bool, prices: Prices, saving_rate: float) -> Floats:
    """What contacting each customer is expected to bring, less what it costs; below zero where it does not pay.

    The terms are those of the expected maximum profit of Verbraken, Verbeke and Baesens, IEEE Transactions on
    Knowledge and Data Engineering 25(5), 2013. Of would-be leavers (`probability` p) the share s (`saving_rate`) stays
    because of the contact and is worth `value` V; the contact costs f each time; the offer costs d of everybody who
    stays, since who would have stayed anyway redeems it too (there: an accepted offer):

        p [s (V - d) - f] + (1 - p) (-d - f)  =  p s V - f - d [(1 - p) + p s]

    d is 0 where the action is no `offer`. V is that of the horizon alone, not a customer's lifetime: less is
    claimed than may come. NaN where the value is unknown.
    """
    cost = np.where(offer, prices.offer, 0.0)
    saved = probability * saving_rate
    result: Floats = saved * value - prices.contact - cost * ((1 - probability) + saved)
    return result


@dataclass(frozen=True)
class BreakEven:
    """The saving rate from which on contacts pay, and "one in N" of the leavers, never rosier than the rate.

    `one_in` is None where the rate is 0: a contact that costs nothing pays whatever it saves.
    """

    saving_rate: float
    one_in: int | None


def break_even(probability: Floats, value: Floats, offer: Bools, prices: Prices) -> BreakEven | None:
    """Where the gains of the chosen, one entry each, add up to nothing: the sum of `gain`, solved for the saving rate.

        s  =  sum [f + d (1 - p)]  /  sum p (V - d)

    None where nobody is chosen, a value is unknown, or no rate up to 1 pays.
    """
    if not len(probability) or np.isnan(value).any():
        return None
    cost = np.where(offer, prices.offer, 0.0)
    # fsum is exact, so no order of customers changes the last digit.
    spent = math.fsum((prices.contact + cost * (1 - probability)).tolist())
    kept = math.fsum((probability * (value - cost)).tolist())
    if kept <= 0 or spent > kept:
        return None
    rate = spent / kept
    return BreakEven(rate, int(1 / rate + DUST) if rate > 0 else None)


@dataclass(frozen=True)
class Places:
    """An action as its places see it: how many a week (None: no limit) and which action follows beyond (None: none)."""

    capacity: int | None
    otherwise: int | None


@dataclass(frozen=True)
class Filled:
    """One entry per customer: the action's number, and CHOSEN, HELD, FULL, BELOW_COST or PASSED (had no action)."""

    action: Ints
    outcome: Ints


def fill(wanted: Ints, held: Bools, pays: NDArray[np.bool_], actions: Sequence[Places]) -> Filled:
    """Give each action's places to the customers who want it, who come best first; -1 wants none.

    `pays` has a row per customer and a column per action. Who is `held` takes no place: it stays in line, and is HELD
    where a customer to be contacted would have got the place at this point of the line, so those held back are like
    those chosen. Beyond the places the following action is wanted instead. Who gets none is shown what was wanted.
    """
    action, outcome = wanted.copy(), np.full(len(wanted), PASSED, np.int64)
    for number in _followers_last(actions):
        here = np.flatnonzero(action == number)
        dear = ~pays[here, number]
        outcome[here[dear]] = BELOW_COST
        here = here[~dear]
        before = np.cumsum(~held[here]) - ~held[here]
        capacity, otherwise = actions[number].capacity, actions[number].otherwise
        room = np.full(len(here), True) if capacity is None else before < capacity
        outcome[here[room]] = np.where(held[here[room]], HELD, CHOSEN)
        if otherwise is None:
            outcome[here[~room]] = FULL
        else:
            action[here[~room]] = otherwise
    nobody = (outcome == FULL) | (outcome == BELOW_COST)
    return Filled(np.where(nobody, wanted, action), outcome)


def fill_at_most(
    wanted: Ints, held: Bools, pays: NDArray[np.bool_], actions: Sequence[Places], counted: Bools, most: int
) -> Filled:
    """As `fill`, but at most `most` of the `counted` customers are chosen, the first of them in line.

    Whoever of the counted comes after the last place is FULL, and takes none from those who are not counted.
    """
    first = fill(wanted, held, pays, actions)
    chosen = counted & (first.outcome == CHOSEN)
    late = counted & (np.cumsum(chosen) - chosen >= most) & (wanted >= 0)
    # Those before the last place stood in line before all who leave it now, so nothing changes for them.
    second = fill(np.where(late, -1, wanted), held, pays, actions)
    refused = np.where(first.outcome == BELOW_COST, BELOW_COST, FULL)
    return Filled(np.where(late, wanted, second.action), np.where(late, refused, second.outcome))


def _followers_last(actions: Sequence[Places]) -> list[int]:
    """Numbers of actions, each before the one that follows it: by how many may come before them."""
    depth = [0] * len(actions)
    for number in range(len(actions)):
        at: int | None = number
        for steps in count():
            if at is None:
                break
            depth[at] = max(depth[at], steps)
            at = actions[at].otherwise
    return sorted(range(len(actions)), key=lambda number: depth[number])
