"""The life of every customer of a simulated shop, a day at a time, with the draws that belong to customer and day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.table import Bools, Floats, Ints
from pipeline.simulation import kinds
from pipeline.simulation.draws import Purpose, chosen, uniform
from pipeline.simulation.kinds import Kinds, Setting

Bytes = NDArray[np.uint8]


class Seen(IntFlag):
    """What a customer did, or what was done to it, on a day."""

    PURCHASE = 1
    VISIT = 2
    MAILED = 4
    OPENED = 8
    CLICKED = 16
    TICKET = 32
    CONTACTED = 64


@dataclass(frozen=True)
class People:
    """One entry per customer: index of its kind, mean amount of its purchases, day of its first purchase."""

    kind: Ints
    basket: Floats
    first: Ints


def draw_people(setting: Setting) -> People:
    """Who the customers are. More customers leave the first ones as they are."""

    def draw(purpose: Purpose) -> Floats:
        return uniform(setting.seed, purpose, 0, setting.customers)

    def index(purpose: Purpose, values: tuple[tuple[float, float], ...]) -> Ints:
        return chosen(draw(purpose), np.array(values)[:, 1])

    rate, hazard = index(Purpose.RATE, kinds.RATES), index(Purpose.HAZARD, kinds.HAZARDS)
    chat = index(Purpose.CHATTINESS, kinds.CHATTINESS)
    response = chosen(draw(Purpose.RESPONSE), np.array(kinds.RESPONSES[setting.heterogeneity])[chat])
    basket = np.array(kinds.BASKETS)[index(Purpose.BASKET, kinds.BASKETS), 0]
    span = np.where(draw(Purpose.EARLY) < 0.5, setting.history_days / 4, setting.days)
    kind = np.ravel_multi_index((rate, hazard, chat, response), (len(kinds.RATES), 3, 3, 3))
    return People(kind.astype(np.int64), basket, np.floor(draw(Purpose.ENTRY) * span).astype(np.int64))


class World:
    """A simulated shop up to the morning of `day`; every day lived is kept.

    `seen[d]` (customer,): flags of Seen on day d. `states[d]` (customer,): the state on its morning, before a contact;
    of no meaning before a customer's first day. `paid[d]`: amounts of the day's purchases, in the customers' order.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting, self.day = setting, 0
        self.kinds: Kinds = kinds.all_kinds(setting)
        self.people = draw_people(setting)
        self.seen: list[Bytes] = []
        self.states: list[Bytes] = []
        self.paid: list[Floats] = []
        self._state: Ints = np.full(setting.customers, kinds.ACTIVE)
        self._edges = kinds.reaction(setting).cumsum(axis=1)

    def draw(self, purpose: Purpose, day: int) -> Floats:
        """One draw per customer."""
        return uniform(self.setting.seed, purpose, day, self.setting.customers)

    @property
    def state(self) -> Ints:
        """The state of each customer on the morning of `day`."""
        return self._state

    def live(self, contacted: Bools | None = None, mailed: Bools | None = None) -> None:
        """One day: contacts (per customer; `mailed` by e-mail) are answered, then things happen, then a night passes.

        On a day of the newsletter everybody is mailed anyway, and nobody twice. Who has not come yet, or comes today,
        cannot be contacted and does nothing beside the first purchase.
        """
        day, first = self.day, self.people.first
        here = first < day
        nobody = np.zeros(len(first), bool)
        contacted = here & (nobody if contacted is None else contacted)
        mailed = here & ((nobody if mailed is None else mailed) | (day % 7 == kinds.NEWSLETTER))
        self.states.append(self._state.astype(np.uint8))
        self._answer(contacted)
        flags = self._happenings(here, mailed) | np.where(contacted, Seen.CONTACTED, 0)
        bought = (flags & Seen.PURCHASE) > 0
        self.seen.append(flags.astype(np.uint8))
        self.paid.append(self._amounts(day)[bought])
        ends = self.draw(Purpose.FADES, day) < self.kinds.ends[self._state, self.people.kind]
        self._state = np.where(ends & (first <= day), kinds.NEXT[self._state], self._state)
        self.day += 1

    def _answer(self, contacted: Bools) -> None:
        if not contacted.any():
            return
        edges = self._edges[self._state, :, self.people.kind % self.kinds.responses]
        moved = (self.draw(Purpose.REACTS, self.day)[:, None] >= edges).sum(axis=1)
        self._state = np.where(contacted, np.minimum(moved, kinds.GONE), self._state)

    def _happenings(self, here: Bools, mailed: Bools) -> Ints:
        day, at, what = self.day, (self._state, self.people.kind), self.kinds
        buys = self.draw(Purpose.BUYS, day) < -np.expm1(-what.buys[at] * kinds.season(day))
        opens = mailed & (self.draw(Purpose.OPENS, day) < what.opens[at])
        clicks = opens & (self.draw(Purpose.CLICKS, day) < what.clicks[at])
        flags = (
            (here & buys | (self.people.first == day), Seen.PURCHASE),
            (here & (self.draw(Purpose.VISITS, day) < what.visits[at]), Seen.VISIT),
            (here & (self.draw(Purpose.TICKET, day) < what.tickets[at]), Seen.TICKET),
            (mailed, Seen.MAILED),
            (opens, Seen.OPENED),
            (clicks, Seen.CLICKED),
        )
        return np.sum([np.where(true, flag, 0) for true, flag in flags], axis=0)

    def _amounts(self, day: int) -> Floats:
        """What each customer would pay if it bought: lognormal with the mean of its baskets, whole cents."""
        normal = ndtri(np.maximum(self.draw(Purpose.AMOUNT, day), 1e-12))
        amount = self.people.basket * np.exp(kinds.SPREAD * normal - kinds.SPREAD**2 / 2)
        return np.maximum(np.round(amount, 2), 0.01)

    def did(self, what: Seen, start: int, stop: int) -> Bools:
        """(day, customer): whether it happened, for days in [start, stop). Raises ValueError if some were not lived."""
        if not 0 <= start < stop <= self.day:
            raise ValueError(f"days {start} to {stop} were not all lived, the next day is {self.day}: live on first")
        return (np.stack(self.seen[start:stop]) & what) > 0

    def bought(self, start: int, stop: int) -> Bools:
        """Per customer, whether something was bought in [start, stop)."""
        return np.logical_or.reduce(self.did(Seen.PURCHASE, start, stop), axis=0)

    def left(self, day: int) -> Bools:
        """Per customer, whether nothing is bought in the horizon from `day` on."""
        return ~self.bought(day, day + self.setting.horizon_days)

    def eligible(self, day: int, active_within_days: int) -> Bools:
        """Per customer, whether something was bought in [day - active_within_days, day)."""
        return self.bought(max(day - active_within_days, 0), day)

    def spent(self, start: int, stop: int) -> Floats:
        """Per customer, what was paid in [start, stop)."""
        who = np.nonzero(self.did(Seen.PURCHASE, start, stop))[1]
        paid = np.concatenate(self.paid[start:stop])
        return np.bincount(who, paid, minlength=self.setting.customers).astype(np.float64)
