"""The exact probability of leaving and the expected spend of each customer, left alone or contacted. Nothing is drawn.

A backward pass over the horizon gives both for every (state, kind); what is known of a customer weighs them: its whole
history (`Belief`, the most that any model could know) or its true state and kind, which only the simulator knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.table import Floats
from pipeline.simulation import kinds
from pipeline.simulation.belief import Belief
from pipeline.simulation.kinds import Kinds, Setting
from pipeline.simulation.world import Seen, World


@dataclass(frozen=True)
class Ahead:
    """(state on the morning of the first day, kind): P(no purchase in the horizon) and expected number of purchases."""

    leaves: Floats
    purchases: Floats


@dataclass(frozen=True)
class Truth:
    """One entry per customer; NaN for who has not come yet. Chances of leaving, and spend in the horizon.

    Left alone means: no contact in the horizon. Contacted: exactly one, on a day that the setting's delays make equally
    likely. Assigned: contacted if reached, else left alone, which is what comparing the list's groups estimates.
    """

    leaves_alone: Floats
    leaves_contacted: Floats
    leaves_assigned: Floats
    spend_alone: Floats
    spend_contacted: Floats
    spend_assigned: Floats

    @property
    def kept(self) -> Floats:
        """How much less likely a contact makes leaving, per customer; below 0 where it does harm."""
        return self.leaves_alone - self.leaves_contacted

    @property
    def kept_assigned(self) -> Floats:
        """The same of being on the list, reached or not: its mean is the effect that the holdout shows."""
        return self.leaves_alone - self.leaves_assigned

    @property
    def more_spend_assigned(self) -> Floats:
        """How much more is spent by who is on the list, reached or not; before any cost."""
        return self.spend_assigned - self.spend_alone


def look_ahead(what: Kinds, setting: Setting, day: int, contact_after: int | None = None) -> Ahead:
    """Backward over [day, day + horizon_days), with a contact so many days after its beginning, or none."""
    moves = kinds.reaction(setting)
    leaves, purchases = np.ones_like(what.buys), np.zeros_like(what.buys)
    for after in reversed(range(setting.horizon_days)):
        buys = what.buys * kinds.season(day + after)
        leaves = np.exp(-buys) * _tomorrow(leaves, what.ends)
        purchases = -np.expm1(-buys) + _tomorrow(purchases, what.ends)
        if after == contact_after:
            leaves, purchases = _answered(leaves, moves), _answered(purchases, moves)
    return Ahead(leaves, purchases)


def _tomorrow(value: Floats, ends: Floats) -> Floats:
    return value + ends * (value[kinds.NEXT] - value)


def _answered(value: Floats, moves: Floats) -> Floats:
    by_response = value.reshape(len(value), -1, moves.shape[2])
    return np.einsum("str,tkr->skr", moves, by_response).reshape(value.shape)


def truth_given_history(world: World, belief: Belief, day: int) -> Truth:
    """What can be known at best on the morning of `day`, whose days before were all taken in by `belief`.

    Of amounts the mean is known as far as the amounts paid so far tell the size of a customer's baskets.
    """
    belief.advance(day)
    weights = belief.weights()
    here = world.people.first < day

    def mean(value: Floats) -> Floats:
        return np.where(here, np.einsum("sck,sk->c", weights, value), np.nan)

    return _truth(world, day, mean, _expected_basket(world, day))


def truth_given_state(world: World, day: int) -> Truth:
    """What follows for one whose kind, state and baskets are known, on the morning of `day`, lived or the next."""
    state = world.state if day == world.day else world.states[day].astype(np.int64)
    here = world.people.first < day

    def mean(value: Floats) -> Floats:
        return np.where(here, value[state, world.people.kind], np.nan)

    return _truth(world, day, mean, world.people.basket)


def _truth(world: World, day: int, mean: Callable[[Floats], Floats], basket: Floats) -> Truth:
    setting, what = world.setting, world.kinds
    alone = look_ahead(what, setting, day)
    ways = [look_ahead(what, setting, day, after) for after in setting.delays]
    contacted = Ahead(np.mean([way.leaves for way in ways], axis=0), np.mean([way.purchases for way in ways], axis=0))
    leaves = np.minimum([mean(alone.leaves), mean(contacted.leaves)], 1)  # rounding alone could lift it above 1
    spend = basket * np.array([mean(alone.purchases), mean(contacted.purchases)])
    shares = np.array([1 - setting.reached, setting.reached])
    return Truth(leaves[0], leaves[1], shares @ leaves, spend[0], spend[1], shares @ spend)


def _expected_basket(world: World, day: int) -> Floats:
    """Per customer the mean amount to expect, by Bayes from the logarithms of the amounts paid before `day`."""
    mean, prior = np.array(kinds.BASKETS).T
    bought = world.did(Seen.PURCHASE, 0, day)
    number = bought.sum(axis=0)
    logs = np.bincount(
        np.nonzero(bought)[1], np.log(np.concatenate(world.paid[:day])), minlength=world.setting.customers
    )
    center = np.log(mean) - kinds.SPREAD**2 / 2
    # Of a normal sample with known spread, count and sum tell all; what is the same for every size is left out.
    fit = np.log(prior) + (np.outer(logs, center) - np.outer(number, center**2) / 2) / kinds.SPREAD**2
    weight = np.exp(fit - fit.max(axis=1, keepdims=True))
    expected: Floats = weight @ mean / weight.sum(axis=1)
    return expected
