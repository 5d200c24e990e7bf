"""The simulated worlds do what their p* says, and p* is what the formulas, typed anew, say it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise, product
from math import exp, pi, prod, sin

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.optimize import minimize
from scipy.special import gammaln
from simulators import (
    Setting,
    World,
    _lives,
    engagement_world,
    pareto_nbd_log_likelihood,
    pareto_nbd_world,
    recovered,
    regret,
)
from sklearn.metrics import log_loss, roc_auc_score

from models.table import Bools, Floats

pytestmark = pytest.mark.slow

TRUE = (1.2, 25.0, 0.7, 120.0)  # r, alpha, s, beta, a day
Draw = Callable[..., World]
BOTH = pytest.mark.parametrize("draw", [pareto_nbd_world, engagement_world])
SIZES = {pareto_nbd_world: 30_000, engagement_world: 12_000}


@cache
def drawn(draw: Draw) -> World:
    """A whole world; nobody changes it."""
    return draw(SIZES[draw], 1987)


def asked(world: World) -> tuple[Floats, Bools]:
    """p* of those it is known for, and whether they left."""
    known = ~np.isnan(world.truth)
    return world.truth[known], world.churned(world.setting.snapshot)[known]


def purchases_before(world: World, day: float) -> tuple[Floats, Floats, Floats]:
    """Per customer: number of purchases before a day, days of the first and the last of them (infinite: none)."""
    mine = (world.kind == "purchase") & (world.time < day)
    who, time = world.customer[mine], world.time[mine]
    first, last = np.full(world.customers, np.inf), np.full(world.customers, -np.inf)
    np.minimum.at(first, who, time)
    np.maximum.at(last, who, time)
    return np.bincount(who, minlength=world.customers).astype(np.float64), first, last


def likelihood(x: float, last: Floats | float, age: Floats | float, parameters: tuple[float, ...] = TRUE) -> Floats:
    """The log likelihood of customers with equally many repeats."""
    last, age = np.broadcast_arrays(np.atleast_1d(np.asarray(last, np.float64)), np.asarray(age, np.float64))
    return pareto_nbd_log_likelihood(np.full(age.shape, x), last, age, *parameters)


@BOTH
@pytest.mark.parametrize("by", ["p*", "silence", "purchases", "engagement"])
def test_promises_hold_in_every_bin(draw: Draw, by: str) -> None:
    """15 bins: who left lies within four standard errors of p*, however the customers are sorted: p* missed nothing."""
    world = drawn(draw)
    number, _, last = purchases_before(world, 670)
    recent = (world.kind == "engagement") & (world.time >= 640) & (world.time < 670)
    engaged = np.bincount(world.customer[recent], minlength=world.customers)
    key = {"p*": world.truth, "silence": -last, "purchases": number, "engagement": engaged + number / 1e6}[by]
    p, left = asked(world)
    for bin_ in np.array_split(np.argsort(key[~np.isnan(world.truth)], kind="stable"), 15):
        z = (left[bin_].sum() - p[bin_].sum()) / np.sqrt((p[bin_] * (1 - p[bin_])).sum())
        assert abs(z) < 4


def test_pareto_nbd_has_the_reference_figures() -> None:
    """30,000 customers drawn by another hand: four standard errors of a difference of two draws."""
    p, left = asked(drawn(pareto_nbd_world))
    assert left.mean() == pytest.approx(0.405, abs=0.02)
    assert log_loss(left, np.full(len(left), left.mean())) == pytest.approx(0.6751, abs=0.01)
    assert log_loss(left, p) == pytest.approx(0.4375, abs=0.02)
    assert roc_auc_score(left, p) == pytest.approx(0.8657, abs=0.015)


def test_the_engagement_world_has_the_reference_figures() -> None:
    """12,000 customers drawn by another hand: four standard errors of a difference of two draws."""
    p, left = asked(drawn(engagement_world))
    assert left.mean() == pytest.approx(0.361, abs=0.03)
    assert roc_auc_score(left, p) == pytest.approx(0.8699, abs=0.02)


def test_maximum_likelihood_finds_the_parameters() -> None:
    """Of 8,000 customers, all that entered: rates within 6%, the shape of leaving within 10%, its scale within 18%.

    These are three standard errors; and the truth is no less likely than chi-squared with 4 degrees allows (99.9%).
    """
    world = pareto_nbd_world(8000, 4)
    number, first, last = purchases_before(world, 670)
    here = number > 0
    history = (number[here] - 1, (last - first)[here], 670 - first[here])

    def loss(logarithms: Floats) -> float:
        return -float(pareto_nbd_log_likelihood(*history, *np.exp(logarithms)).mean())

    best = minimize(loss, np.log([1.0, 10.0, 1.0, 20.0]), method="L-BFGS-B")
    r, alpha, s, beta = np.exp(best.x)
    assert (r, alpha) == pytest.approx(TRUE[:2], rel=0.06)
    assert s == pytest.approx(TRUE[2], rel=0.10)
    assert beta == pytest.approx(TRUE[3], rel=0.18)
    assert 0 <= 2 * here.sum() * (loss(np.log(TRUE)) - best.fun) < 18.5


@pytest.mark.parametrize("parameters", [TRUE, (0.55, 90.0, 1.6, 12.0)], ids=["alpha < beta", "alpha > beta"])
@pytest.mark.parametrize("customer", [(0, 0, 40.0), (0, 0, 600.0), (1, 3.5, 200.0), (7, 80.0, 81.0), (12, 15.0, 500.0)])
def test_the_likelihood_is_the_integral(parameters: tuple[float, ...], customer: tuple[int, float, float]) -> None:
    """One customer's likelihood given a rate and a dropout, averaged over both gammas on a grid of logarithms."""
    (r, alpha, s, beta), (x, last, age) = parameters, customer
    grid = np.linspace(-60, 6, 1001)
    rate, dropout = np.exp(grid)[:, None] / alpha, np.exp(grid) / beta
    both, at = rate + dropout, [np.exp(-(rate + dropout) * t) for t in (last, age)]
    given = rate**x * (dropout * at[0] + rate * at[1]) / both
    density = np.exp(r * grid - alpha * rate[:, 0] - gammaln(r))[:, None] * np.exp(s * grid - np.exp(grid) - gammaln(s))
    slowly = trapezoid(trapezoid(given * density, grid), grid)
    assert likelihood(x, last, age, parameters) == pytest.approx([np.log(slowly)], rel=1e-9)


@pytest.mark.parametrize("parameters", [TRUE, (0.55, 900.0, 1.6, 12.0)], ids=["alpha < beta", "alpha > beta"])
@pytest.mark.parametrize("x", [0, 1, 100, 10_000])
def test_more_silence_is_less_likely(parameters: tuple[float, ...], x: int) -> None:
    """Finite, falling with the age, so that a ratio is a probability; rounding is 1e-16 of a log of 1e5."""
    ages = 700 + np.concatenate([[0], np.geomspace(1e-3, 3000, 200)])
    values = likelihood(x, 700.0 if x else 0.0, ages, parameters)
    assert np.isfinite(values).all()
    assert (np.diff(values) <= 1e-9).all()
    assert values[0] - values[-1] > 1e-4
    assert (np.exp(np.minimum(values - values[0], 0)) > 0).all()


def test_who_bought_10000_times_is_silent_only_when_gone() -> None:
    """Then p* is the chance to have left before the next purchase: mean dropout over mean rate, both known well."""
    now, later = likelihood(10_000, 700.0, np.array([700.0, 760.0]))
    assert exp(later - now) == pytest.approx((0.7 / 820) / (10_001.2 / 725), rel=1e-2)


@BOTH
def test_truth_is_a_probability_of_the_eligible(draw: Draw) -> None:
    """Known for who bought in the 182 days before the snapshot, and for nobody else."""
    world = drawn(draw)
    _, _, last = purchases_before(world, 670)
    np.testing.assert_array_equal(~np.isnan(world.truth), last >= 670 - 182)
    p, _ = asked(world)
    assert 0 < p.min() < 0.05
    assert 0.95 < p.max() <= 1


RATES = {0.012: 0.2, 0.025: 0.25, 0.045: 0.22, 0.08: 0.18, 0.14: 0.1, 0.25: 0.05}
HAZARDS = {1 / 1500: 0.4, 1 / 500: 0.35, 1 / 150: 0.25}
CHATTINESS = {0.02: 0.3, 0.1: 0.4, 0.4: 0.3}


def by_hand(first: int, bought: frozenset[int], engaged: frozenset[int], snapshot: int, days: int) -> float:
    """p* by listing all types and all days on which the states (0 active, 1 waning, 2 dead) may begin."""
    begins = [(days, days), *((w, d) for w in range(first + 1, days) for d in range(w + 1, days + 1))]
    seen = silent = 0.0
    for rate, hazard, chat in product(RATES, HAZARDS, CHATTINESS):
        nights = ((1 - hazard, hazard, 0), (0, 29 / 30, 1 / 30), (0, 0, 1))
        for waning, dead in begins:
            state = [(day >= waning) + (day >= dead) for day in range(days)]
            quiet = [exp(-rate * (1 + 0.25 * sin(2 * pi * d / 365.25)) * (1, 0.5, 0)[s]) for d, s in enumerate(state)]
            still = [exp(-chat * (1, 0.2, 0)[s] - 0.01) for s in state]
            path = RATES[rate] * HAZARDS[hazard] * CHATTINESS[chat]
            path *= prod(nights[one][next_] for one, next_ in pairwise(state[first:]))
            for day in range(first + 1, snapshot):
                path *= 1 - quiet[day] if day in bought else quiet[day]
                path *= 1 - still[day] if day in engaged else still[day]
            seen += path
            silent += path * prod(quiet[snapshot:])
    return silent / seen


def test_the_filter_is_the_sum_over_all_paths() -> None:
    """Seven days, 250 customers: every p* against all 54 types times all paths of the state, constants typed anew."""
    world = engagement_world(250, 3, Setting(days=7, snapshot=5, horizon=2, active=5))
    known = np.flatnonzero(~np.isnan(world.truth))
    slowly = cache(by_hand)
    histories = set()
    for customer in known:
        mine = (world.customer == customer) & (world.time < 5)
        days = [
            frozenset(world.time[mine & (world.kind == kind)].astype(int).tolist())
            for kind in ("purchase", "engagement")
        ]
        first = min(days[0])
        histories.add((first, *days))
        assert world.truth[customer] == pytest.approx(slowly(first, *days, 5, 7), rel=1e-12)
    assert len(known) > 150
    assert len(histories) > 25
    assert sum(len(bought) > 1 for _, bought, _ in histories) > 5


def test_lives_last_as_long_as_the_hazards_say() -> None:
    """Means of 1,500, 500 or 150 days until waning and of 30 from there, within four standard errors; never 0 days."""
    for which, days in enumerate((1500, 500, 150)):
        waning, dead = _lives(np.random.default_rng(which), np.full(40_000, 3 * which))  # chattiness turns fastest
        assert waning.mean() == pytest.approx(days, rel=4 / 200)
        assert (dead - waning).mean() == pytest.approx(30, rel=4 / 200)
        assert (waning.min(), (dead - waning).min()) == (1, 1)


@BOTH
def test_events_are_in_order_and_within_the_data(draw: Draw) -> None:
    """Sorted, from day 0 to the end of the data, each customer's first event a purchase; half entered early."""
    world = drawn(draw)
    order = np.lexsort((world.time, world.customer))
    np.testing.assert_array_equal(order, np.arange(len(order)))
    assert world.time.min() >= 0
    assert 729 <= world.time.max() < 730
    starts = np.searchsorted(world.customer, np.arange(world.customers))
    np.testing.assert_array_equal(world.customer[starts], np.arange(world.customers))
    assert set(world.kind[starts]) == {"purchase"}
    early = (world.time[starts] < 182).mean()
    assert early == pytest.approx(182 / 365 + 91 / 730, abs=4 * np.sqrt(0.24 / world.customers))


def test_the_engagement_world_has_whole_days_and_both_kinds() -> None:
    """At most one event of a kind on a day, and nothing but the purchase on the day of entry."""
    world = drawn(engagement_world)
    assert set(world.kind) == {"purchase", "engagement"}
    np.testing.assert_array_equal(world.time, np.floor(world.time))
    names = world.customer * 10_000 + world.time * 10 + (world.kind == "purchase")
    assert len(np.unique(names)) == len(names)
    starts = np.searchsorted(world.customer, np.arange(world.customers))
    of_entry = world.time == world.time[starts][world.customer]
    assert of_entry.sum() == world.customers


@BOTH
def test_a_seed_is_a_draw(draw: Draw) -> None:
    """The same seed gives the same events and p*; another seed gives others."""
    setting = Setting(days=90, snapshot=60, horizon=30, active=60)
    one, same, other = (draw(300, seed, setting) for seed in (5, 5, 6))
    for name in ("customer", "time", "kind", "truth"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert len(one.time) != len(other.time)
    assert not np.array_equal(one.truth, other.truth, equal_nan=True)


def test_regret_by_hand() -> None:
    """KL(0.5 || 0.25) is ln(4/3)/2, a customer without truth counts for nothing, wrong certainties are finite."""
    truth = np.array([0.5, 0.5, np.nan])
    assert regret(truth, np.array([0.25, 0.5, 0.9])) == pytest.approx(np.log(4 / 3) / 4)
    assert regret(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(12 * np.log(10), rel=1e-3)
    assert np.isnan(regret(truth, np.array([np.nan, 0.5, 0.5])))


@BOTH
def test_the_truth_regrets_nothing_and_its_mean_recovers_nothing(draw: Draw) -> None:
    """Half way between lies between; and the mean's regret is its log loss beyond that of p*, within noise."""
    truth = drawn(draw).truth
    mean = np.full_like(truth, np.nanmean(truth))
    assert (regret(truth, truth), recovered(truth, truth)) == (0, 1)
    assert recovered(truth, mean) == pytest.approx(0, abs=1e-12)
    assert 0.5 < recovered(truth, (truth + mean) / 2) < 1
    assert recovered(truth, 1 - truth) < 0
    p, left = asked(drawn(draw))
    assert regret(truth, mean) == pytest.approx(log_loss(left, np.full(len(p), p.mean())) - log_loss(left, p), abs=0.02)


def test_equal_customers_have_nothing_to_recover() -> None:
    """A share of nothing is refused."""
    with pytest.raises(ValueError, match="nothing to recover"):
        recovered(np.full(3, 0.4), np.full(3, 0.5))


def test_slices_are_closed_and_fortnightly() -> None:
    """The newest label ends at the snapshot; an open label and a setting without room for one are refused."""
    assert Setting().slices() == tuple(range(260, 611, 14))
    assert len(Setting().slices()) == 26
    assert Setting(days=300, snapshot=280, horizon=20).slices() == tuple(range(190, 261, 14))
    with pytest.raises(ValueError, match="ends after the data"):
        drawn(pareto_nbd_world).churned(671)
    with pytest.raises(ValueError, match="within the data"):
        Setting(horizon=61)
