"""Two worlds of subscribers whose probability of leaving is known exactly. Helper, not a test.

Every customer is of a hidden kind, which decides how often a day holds a visit and how likely the customer is to go on;
what can be known of the kind is what visits, renewals and cancels say so far (Bayes' rule, exact: nothing else depends
on it). Who left may come back later, whatever the kind, and stays of the same kind.

Lapse: a plan, bought for a spell. For each expiry the customer renews with a chance by plan, kind and whether it is
the first time, and then on a day drawn from `OFFSETS` around the expiry: early, or within the grace. Cancellation: a
payment every 30 days, and each day a chance to cancel, by kind and by how long the spell has lasted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.table import Floats, Ints

PRIOR: Floats = np.array([0.5, 0.3, 0.2])
KINDS = np.arange(len(PRIOR))
VISITS: Floats = np.array([0.35, 0.15, 0.05])  # chance of a visit, each day of a spell after its first
PLANS = {"monthly": 30, "yearly": 182}  # a short year, so that the data see it renewed
RENEWS = {"monthly": np.array([0.97, 0.88, 0.65]), "yearly": np.array([0.9, 0.65, 0.35])}
FIRST_TIME = 1.4  # so much likelier is it to leave at the first expiry of a spell
GRACE = 10
OFFSETS: Ints = np.arange(-5, GRACE)  # days from the expiry to the renewal, all as likely
HAZARDS: Floats = np.array([0.0012, 0.004, 0.012])  # chance to cancel, a day
FIRST_WEEKS, WORSE = 60, 2.5  # in so many days of a spell the chance to cancel is so many times as high
RETURNS, AWAY = 0.3, (20, 60)


@dataclass
class Spell:
    """From the first payment to the day on which the customer leaves; `end` may lie after the data, or be None."""

    plan: str
    paid: list[int]
    end: int | None = None
    visits: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Subscribers:
    """A draw: the spells of each customer within `days` days; what is to be predicted is asked on day `snapshot`."""

    spells: list[list[Spell]]
    days: int
    snapshot: int
    horizon: int
    truth: Floats  # p*(leaves in [snapshot, snapshot + horizon)), one per customer; NaN for who is not there

    def open_at(self, day: int) -> list[bool]:
        """Per customer, whether a spell began before the day and was not over before it."""
        return [any(one.paid[0] < day and (one.end is None or one.end >= day) for one in own) for own in self.spells]

    def leaves(self, day: int) -> list[bool]:
        """Per customer, whether one leaves in the horizon from the day on."""
        return [any(one.end is not None and day <= one.end < day + self.horizon for one in own) for own in self.spells]

    def events(self, until: int, cancels: bool) -> list[tuple[int, int, str, str]]:
        """(customer, day, type, plan) of every event before a day; leaving is an event where customers cancel."""
        found = []
        for who, own in enumerate(self.spells):
            for one in own:
                found += [(who, day, "payment", one.plan) for day in one.paid]
                found += [(who, int(day), "visit", "") for day in one.visits]
                found += [(who, one.end, "cancel", "") for _ in range(cancels and one.end is not None)]
        return sorted(event for event in found if event[1] < until)


Live = Callable[[np.random.Generator, int, int, int], Spell]
Say = Callable[[Spell, int], Floats]
Leave = Callable[[Spell, int, int], Floats]


def _draw(customers: int, seed: int, when: tuple[int, int, int], live: Live, say: Say, leave: Leave) -> Subscribers:
    """Lives from `live`; p* is P(leave | kind) by `leave`, weighted with what visits and `say` tell of the kind."""
    random, (days, snapshot, horizon) = np.random.default_rng(seed), when
    everybody, truth = [], np.full(customers, np.nan)
    for who in range(customers):
        kind, start = int(random.choice(KINDS, p=PRIOR)), int(random.integers(0, days))
        own: list[Spell] = []
        while start < days:
            own.append(live(random, kind, start, days))
            end = own[-1].end
            possible = np.arange(start + 1, min(days if end is None else end, days))
            own[-1].visits = possible[random.random(len(possible)) < VISITS[kind]]
            back = end is not None and random.random() < RETURNS
            start = end + int(random.integers(*AWAY)) if back and end is not None else days
        everybody.append(own)
        seen = [one for one in own if one.paid[0] < snapshot]
        if seen and (seen[-1].end is None or seen[-1].end >= snapshot):
            told = sum((_visits_say(one, snapshot) + say(one, snapshot) for one in seen), np.zeros(len(KINDS)))
            weight = PRIOR * np.exp(told - told.max())
            truth[who] = weight @ leave(seen[-1], snapshot, horizon) / weight.sum()
    return Subscribers(everybody, days, snapshot, horizon, truth)


def _visits_say(one: Spell, snapshot: int) -> Floats:
    """Log likelihood, by kind, of visits and days without them before the snapshot."""
    possible = (snapshot if one.end is None else min(one.end, snapshot)) - one.paid[0] - 1
    seen = int((one.visits < snapshot).sum())
    return np.asarray(seen * np.log(VISITS) + (possible - seen) * np.log1p(-VISITS))


def cancellations(customers: int, seed: int, days: int = 560, snapshot: int = 532, horizon: int = 28) -> Subscribers:
    """A draw of the cancellation world; leaving is a cancel event."""
    return _draw(customers, seed, (days, snapshot, horizon), _until_cancelled, _not_cancelled, _cancels)


def _hazard(kind: Ints | int, age: Ints) -> Floats:
    """Chance to cancel on a day of a spell, days counted from 0; nobody cancels on the first."""
    return np.asarray(HAZARDS[kind] * np.where(age < FIRST_WEEKS, WORSE, 1.0))


def _until_cancelled(random: np.random.Generator, kind: int, start: int, days: int) -> Spell:
    ages = np.arange(1, days - start)
    cancels = ages[random.random(len(ages)) < _hazard(kind, ages)]
    end = start + int(cancels[0]) if len(cancels) else None
    return Spell("", list(range(start, days if end is None else end, 30)), end)


def _stays(first: int, last: int) -> Floats:
    """Log chance, by kind, not to cancel from one age up to, not including, another."""
    return np.array([np.log1p(-_hazard(int(kind), np.arange(first, last))).sum() for kind in KINDS])


def _not_cancelled(one: Spell, snapshot: int) -> Floats:
    if one.end is None or one.end >= snapshot:
        return _stays(1, snapshot - one.paid[0])
    return np.asarray(_stays(1, one.end - one.paid[0]) + np.log(_hazard(KINDS, np.array(one.end - one.paid[0]))))


def _cancels(one: Spell, snapshot: int, horizon: int) -> Floats:
    return np.asarray(-np.expm1(_stays(snapshot - one.paid[0], snapshot + horizon - one.paid[0])))


def lapses(customers: int, seed: int, days: int = 728, snapshot: int = 700, horizon: int = 28) -> Subscribers:
    """A draw of the lapse world; leaving is the last day of grace, without any event."""
    return _draw(customers, seed, (days, snapshot, horizon), _until_lapsed, _renewals_say, _lapses)


def _chance(plan: str, payments: int) -> Floats:
    """Chance to renew, by kind, after so many payments of a spell."""
    return np.asarray(1 - (1 - RENEWS[plan]) * (FIRST_TIME if payments == 1 else 1.0))


def _until_lapsed(random: np.random.Generator, kind: int, start: int, days: int) -> Spell:
    one = Spell("monthly" if random.random() < 0.7 else "yearly", [start])
    while True:
        expiry = one.paid[-1] + PLANS[one.plan]
        if random.random() >= _chance(one.plan, len(one.paid))[kind]:
            one.end = expiry + GRACE - 1
            return one
        renewal = expiry + int(random.choice(OFFSETS))
        if renewal >= days:
            return one
        one.paid.append(renewal)


def _decision(one: Spell, snapshot: int) -> tuple[Floats, float, int]:
    """Of the term that runs at the snapshot: chance to renew, the part of it that is past by then, the last day."""
    paid = [day for day in one.paid if day < snapshot]
    expiry = paid[-1] + PLANS[one.plan]
    return _chance(one.plan, len(paid)), float((expiry + OFFSETS < snapshot).mean()), expiry + GRACE - 1


def _renewals_say(one: Spell, snapshot: int) -> Floats:
    renewals = sum(day < snapshot for day in one.paid) - 1
    told = sum((np.log(_chance(one.plan, number)) for number in range(1, renewals + 1)), np.zeros(len(KINDS)))
    chance, past, _ = _decision(one, snapshot)
    return np.asarray(told + np.log(1 - chance * past))  # all of it is past where the spell is over


def _lapses(one: Spell, snapshot: int, horizon: int) -> Floats:
    chance, past, last = _decision(one, snapshot)
    return np.asarray((1 - chance) / (1 - chance * past) * (last < snapshot + horizon))
