"""What the history of every customer says about its kind and state: an exact forward filter over all that is seen.

Rabiner, "A tutorial on hidden Markov models", Proceedings of the IEEE 77 (1989): the weight of every (state, kind) is
multiplied by the probability of what a day showed, then the night moves weight between states.
"""

from __future__ import annotations

import numpy as np

from models.table import Bools, Floats
from pipeline.simulation import kinds
from pipeline.simulation.kinds import ACTIVE, GONE, RETAINED, WANING, Kinds
from pipeline.simulation.world import Bytes, Seen, World

BLOCK = 256  # customers filtered together: their weights stay in the processor's cache


class Belief:
    """Weights of (state, customer, kind) on the morning of `day`, given all of each customer's days before it.

    Weights add up to 1 for who has come and are 0 for others. Amounts do not enter: they say nothing of kind or state.
    Until the first contact kinds that differ in their response are one, which saves two thirds of the work.
    """

    def __init__(self, world: World) -> None:
        self.day = 0
        self._world = world
        self._whole = world.kinds
        self._kinds = world.kinds.without_response()
        self._weights = np.zeros((4, world.setting.customers, len(self._kinds.prior)))
        self._moves = kinds.reaction(world.setting)

    def advance(self, day: int) -> None:
        """Take in the days up to `day`. Raises ValueError for a day that was not lived yet, or that is past."""
        if not self.day <= day <= self._world.day:
            raise ValueError(f"day {day} is not within {self.day}, where the belief is, and {self._world.day}")
        while self.day < day:
            stop = day
            if self._kinds.responses == 1:
                telling = (at for at in range(self.day, day) if self._tells_responses(at))
                stop = next(telling, day)
                if stop == self.day:
                    self._split()
                    stop = day
            for start in range(0, self._world.setting.customers, BLOCK):
                self._block(slice(start, start + BLOCK), self.day, stop)
            self.day = stop

    def weights(self) -> Floats:
        """(state, customer, kind), of all kinds, whether responses can be told apart yet or not."""
        return self._weights if self._kinds.responses > 1 else self._split_weights()

    def _tells_responses(self, day: int) -> bool:
        return bool((self._world.seen[day] & Seen.CONTACTED).any())

    def _split(self) -> None:
        self._weights = self._split_weights()
        self._kinds = self._whole

    def _split_weights(self) -> Floats:
        shares = self._whole.prior.reshape(-1, self._whole.responses)
        shares = (shares / shares.sum(axis=1, keepdims=True)).ravel()
        whole: Floats = np.repeat(self._weights, self._whole.responses, axis=2) * shares
        return whole

    def _block(self, block: slice, start: int, stop: int) -> None:
        weights, first = self._weights[:, block].copy(), self._world.people.first[block]
        for day in range(start, stop):
            flags = self._world.seen[day][block]
            contacted = (flags & Seen.CONTACTED) > 0
            if contacted.any():
                weights[:, contacted] = self._answered(weights[:, contacted])
            _take_in(weights, flags, self._kinds, day)
            weights[ACTIVE, first == day] = self._kinds.prior
            if day % 16 == 0 or day == stop - 1:  # long before anything underflows
                total = weights.sum(axis=(0, 2))
                weights /= np.where(total > 0, total, 1)[:, None]
            _pass_night(weights, self._kinds.ends)
        self._weights[:, block] = weights

    def _answered(self, weights: Floats) -> Floats:
        states, people, every = weights.shape
        by_response = weights.reshape(states, people, -1, self._kinds.responses)
        return np.einsum("sckr,str->tckr", by_response, self._moves).reshape(states, people, every)


def _take_in(weights: Floats, flags: Bytes, what: Kinds, day: int) -> None:
    """Multiply by the probability of a day: as if nothing had happened, then put right for the few.

    Who has not come yet has no weight, and no flag but the first purchase, whose weights are set afterwards.
    """
    buys = what.buys * kinds.season(day)
    weights *= (np.exp(-buys) * (1 - what.visits) * (1 - what.tickets))[:, None]
    for flag, odds in (
        (Seen.PURCHASE, np.expm1(buys)),
        (Seen.VISIT, what.visits / (1 - what.visits)),
        (Seen.TICKET, what.tickets / (1 - what.tickets)),
        (Seen.MAILED, 1 - what.opens),
        (Seen.OPENED, what.opens / (1 - what.opens) * (1 - what.clicks)),
        (Seen.CLICKED, what.clicks / (1 - what.clicks)),
    ):
        some: Bools = (flags & flag) > 0
        if some.any():
            weights[:, some] *= odds[:, None]


def _pass_night(weights: Floats, ends: Floats) -> None:
    moved = weights[:GONE] * ends[:GONE, None]
    weights[:GONE] -= moved
    weights[WANING] += moved[ACTIVE] + moved[RETAINED]
    weights[GONE] += moved[WANING]
