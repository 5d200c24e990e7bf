"""Two worlds in which the probability of churn is known exactly: a row per event, times in days since the data's start.

Pareto/NBD is that of Schmittlein, Morrison and Colombo (Management Science 33, 1987); the engagement world is a hidden
Markov model of our own, solved by the forward filter of Rabiner (Proceedings of the IEEE 77, 1989). Helper, not a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, hyp2f1, rel_entr

from models.table import Bools, Floats, Ints

PURCHASE, ENGAGEMENT = "purchase", "engagement"
RATE, DROPOUT = (1.2, 25.0), (0.7, 120.0)  # Pareto/NBD: (r, alpha) of purchases and (s, beta) of leaving, a day

# Engagement world: values and weights of what a customer is for good, then what each state (active, waning, dead) does.
RATES = ((0.012, 0.2), (0.025, 0.25), (0.045, 0.22), (0.08, 0.18), (0.14, 0.1), (0.25, 0.05))
HAZARDS = ((1 / 1500, 0.4), (1 / 500, 0.35), (1 / 150, 0.25))
CHATTINESS = ((0.02, 0.3), (0.1, 0.4), (0.4, 0.3))
TYPES = np.array([list(zip(*one, strict=True)) for one in product(RATES, HAZARDS, CHATTINESS)])  # type, value|weight, 3
PRIOR: Floats = TYPES[:, 1].prod(axis=1)
HAZARD: Floats = TYPES[:, 0, 1]
DYING = 1 / 30
BUYS: Floats = np.outer((1, 0.5, 0), TYPES[:, 0, 0])  # state x type: intensity of purchases a day, without the season
ENGAGES: Floats = np.outer((1, 0.2, 0), TYPES[:, 0, 2]) + 0.01
BLOCK = 256  # customers filtered together: 3 x 256 x 54 floats stay in the processor's cache


@dataclass(frozen=True)
class Setting:
    """What is asked of a world, in whole days: features see days < snapshot, the label [snapshot, snapshot + horizon).

    Eligible is who bought in [snapshot - active, snapshot).
    """

    days: int = 730
    snapshot: int = 670
    horizon: int = 60
    active: int = 182
    every: int = 14
    most: int = 26

    def __post_init__(self) -> None:
        if not (0 < self.snapshot <= self.days - self.horizon and self.every > 0):
            raise ValueError(f"the label window must end within the data: {self}")

    def slices(self) -> tuple[int, ...]:
        """The training snapshots, oldest first: labels closed by the snapshot, a whole active window before them."""
        newest = self.snapshot - self.horizon
        return tuple(range(newest, self.active - 1, -self.every))[: self.most][::-1]


@dataclass(frozen=True)
class World:
    """One draw of a world: parallel arrays, an entry per event, except `truth`, an entry per customer."""

    customer: Ints  # index of the customer; sorted by (customer, time), engagement before purchase at equal times
    time: Floats  # days since the start of the data, to the end of the data; whole in the engagement world
    kind: NDArray[np.str_]
    customers: int
    setting: Setting
    truth: Floats  # p*(no purchase in the snapshot's label window); NaN for who is not eligible at the snapshot

    def buyers(self, start: float, end: float) -> Bools:
        """Per customer, whether there is a purchase in [start, end)."""
        within = (self.kind == PURCHASE) & (start <= self.time) & (self.time < end)
        return np.bincount(self.customer[within], minlength=self.customers) > 0

    def eligible(self, day: int) -> Bools:
        """Per customer, whether one may be asked about at a snapshot on this day."""
        return self.buyers(day - self.setting.active, day)

    def churned(self, day: int) -> Bools:
        """Per customer, whether nothing is bought in the horizon after this day. Raises ValueError if it is open."""
        if day + self.setting.horizon > self.setting.days:
            raise ValueError(f"the label window of day {day} ends after the data")
        return ~self.buyers(day, day + self.setting.horizon)


def regret(truth: Floats, predicted: Floats) -> float:
    """Mean nats per customer lost by the prediction: KL(p* || q) = p* ln(p*/q) + (1 - p*) ln((1 - p*)/(1 - q)).

    Customers whose truth is NaN are left out. Both are clipped to [1e-12, 1 - 1e-12]: a wrong certainty costs 28 nats,
    not infinity.
    """
    known = ~np.isnan(truth)
    p, q = np.clip([truth[known], predicted[known]], 1e-12, 1 - 1e-12)
    return float(np.mean(rel_entr(p, q) + rel_entr(1 - p, 1 - q)))


def recovered(truth: Floats, predicted: Floats) -> float:
    """Share, over customers, of what can be known beyond the mean of p*: 1 - regret / regret of that mean; 1 is best.

    Raises ValueError if all customers have the same p*.
    """
    if np.nanmin(truth) == np.nanmax(truth):
        raise ValueError("all customers have the same probability: there is nothing to recover")
    return 1 - regret(truth, predicted) / regret(truth, np.full_like(truth, np.nanmean(truth)))


def pareto_nbd_log_likelihood(
    repeats: Floats, last: Floats, age: Floats, r: float, alpha: float, s: float, beta: float
) -> Floats:
    """Log likelihood of each customer's purchases, in days since the first, by Schmittlein et al. (1987), regrouped.

    With x repeats, the last at t, seen until T, c = r + s + x and G the gamma function, the likelihood is
    G(r + x) / G(r) alpha^r beta^s [A(t) S(t) + A(T) (1 - S(T))], where A(u) = (alpha + u)^-(r + x) (beta + u)^-s and
    S(u) = s/c 2F1(1, r + x; c + 1; (alpha - beta)/(alpha + u)), the chance to leave before buying again if alive at u.
    Euler's transform of the paper's 2F1 left A outside, so that nothing overflows and no large terms cancel.
    """
    shape, c, u = r + repeats, r + s + repeats, np.stack([last, age])
    if alpha >= beta:
        leaves = s / c * hyp2f1(1, shape, c + 1, (alpha - beta) / (alpha + u))
    else:  # Pfaff's transform brings an argument that may be far below 0 into [0, 1)
        leaves = s / c * (alpha + u) / (beta + u) * hyp2f1(1, s + 1, c + 1, (beta - alpha) / (beta + u))
    alive = -shape * np.log(alpha + u) - s * np.log(beta + u)
    scale = gammaln(shape) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    total: Floats = scale + np.logaddexp(alive[0] + np.log(leaves[0]), alive[1] + np.log1p(-leaves[1]))
    return total


def _entries(random: np.random.Generator, customers: int, days: int) -> Floats:
    """Per customer the day of the first purchase: a coin says whether from the first quarter or from all the data."""
    return random.random(customers) * np.where(random.random(customers) < 0.5, days / 4, days)


def pareto_nbd_world(customers: int, seed: int, setting: Setting = Setting()) -> World:
    """A draw of Pareto/NBD: a row per purchase, at any moment, in days; p* = L(x, t, T + horizon) / L(x, t, T)."""
    random = np.random.default_rng(seed)
    first = _entries(random, customers, setting.days)
    rate, dropout = random.gamma(RATE[0], 1 / RATE[1], customers), random.gamma(DROPOUT[0], 1 / DROPOUT[1], customers)
    seen = np.minimum(random.exponential(1 / dropout), setting.days - first)  # days alive within the data
    who = np.repeat(np.arange(customers), random.poisson(rate * seen))
    # A Poisson process, given its count, is as many uniform moments.
    time = np.concatenate([first, first[who] + random.random(len(who)) * seen[who]])
    who = np.concatenate([np.arange(customers), who])
    order = np.lexsort((time, who))
    truth = np.full(customers, np.nan)
    world = World(who[order], time[order], np.full(len(who), PURCHASE), customers, setting, truth)

    asked = world.eligible(setting.snapshot)
    past = time < setting.snapshot
    repeats = np.bincount(who[past], minlength=customers).astype(np.float64) - 1
    last = first.copy()
    np.maximum.at(last, who[past], time[past])
    ages: list[Floats] = [end - first[asked] for end in (setting.snapshot, setting.snapshot + setting.horizon)]
    now, later = (
        pareto_nbd_log_likelihood(repeats[asked], (last - first)[asked], age, *RATE, *DROPOUT) for age in ages
    )
    truth[asked] = np.exp(np.minimum(later - now, 0))  # rounding alone could lift it above 1
    return world


def _season(day: int) -> float:
    """Factor of all purchase rates on a day."""
    return 1 + 0.25 * float(np.sin(2 * np.pi * day / 365.25))


def _lives(random: np.random.Generator, kind: Ints) -> Ints:
    """Per customer, days from the entry to the first day of waning and to the first of being dead: (2, customer)."""
    return np.cumsum([random.geometric(HAZARD[kind]), random.geometric(DYING, len(kind))], axis=0)


def engagement_world(customers: int, seed: int, setting: Setting = Setting()) -> World:
    """A draw of the engagement world: a row per (customer, whole day, kind); p* by Rabiner's filter (1989).

    A day's events come from the state of that day; the state changes in the night after it. The day of entry is active
    and holds the first purchase and nothing else, so it says nothing about the type; its night may already change it.
    The filter sees both kinds of event.
    """
    random = np.random.default_rng(seed)
    first = np.floor(_entries(random, customers, setting.days)).astype(np.int64)
    kind = random.choice(len(PRIOR), customers, p=PRIOR)
    waning, dead = first + _lives(random, kind)
    engaged, bought = seen = np.zeros((2, setting.days, customers), bool)
    for day in range(setting.days):
        state = (day >= waning).astype(np.int64) + (day >= dead)
        means = ENGAGES[state, kind], BUYS[state, kind] * _season(day)
        seen[:, day] = (random.random((2, customers)) < -np.expm1(np.negative(means))) & (first < day)
        bought[day] |= first == day

    which, time, who = np.nonzero(seen)
    order = np.lexsort((which, time, who))
    names = np.array([ENGAGEMENT, PURCHASE])[which[order]]
    truth = np.full(customers, np.nan)
    world = World(who[order], time[order].astype(np.float64), names, customers, setting, truth)
    asked, ahead = np.flatnonzero(world.eligible(setting.snapshot)), _silence_ahead(setting)
    for block in np.split(asked, np.arange(BLOCK, len(asked), BLOCK)):
        belief = _filtered(first[block], bought[:, block], engaged[:, block], setting.snapshot)
        chance = np.einsum("skt,st->k", belief, ahead) / belief.sum(axis=(0, 2))
        truth[block] = np.minimum(chance, 1)  # as above
    return world


def _filtered(first: Ints, bought: Bools, engaged: Bools, snapshot: int) -> Floats:
    """Weights (state, customer, type) on the snapshot's morning, up to a factor per customer, from (day, customer)."""
    belief = np.zeros((3, len(first), len(PRIOR)))  # nobody before the entry, so that events count from the day after
    for day in range(snapshot):
        buys = BUYS * _season(day)
        belief *= np.exp(-buys - ENGAGES)[:, None]  # as if nothing had happened, then put right for the few
        belief[:, bought[day]] *= np.expm1(buys)[:, None]
        belief[:, engaged[day]] *= np.expm1(ENGAGES)[:, None]
        belief[0, first == day] = PRIOR
        if day % 16 == 0:  # long before anything underflows
            total = belief.sum(axis=(0, 2))
            belief /= np.where(total > 0, total, 1)[:, None]
        belief[2] += DYING * belief[1]
        belief[1] = (1 - DYING) * belief[1] + HAZARD * belief[0]
        belief[0] *= 1 - HAZARD
    return belief


def _silence_ahead(setting: Setting) -> Floats:
    """P(no purchase in the label window), a value per (state on the snapshot's day, type), by a backward pass."""
    ahead = np.ones_like(BUYS)
    for day in reversed(range(setting.snapshot, setting.snapshot + setting.horizon)):
        active, waning, dead = ahead
        tomorrow = np.array([(1 - HAZARD) * active + HAZARD * waning, (1 - DYING) * waning + DYING * dead, dead])
        ahead = np.exp(-BUYS * _season(day)) * tomorrow
    return ahead
