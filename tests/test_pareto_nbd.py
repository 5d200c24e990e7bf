"""Pareto/NBD against integration by brute force, against customers simulated from it, and on CDNOW."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import astuple
from functools import cache
from itertools import pairwise
from math import exp, lgamma, log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import dblquad, quad
from scipy.optimize import approx_fprime
from scipy.special import gammaincinv

from models import pareto_nbd
from models.bgnbd import History
from models.pareto_nbd import ParetoNbd, _grouped, _loss, fit_pareto_nbd
from models.table import Bools, Floats

pytestmark = pytest.mark.slow

TRUE = ParetoNbd(r=1.2, alpha=25.0, s=0.7, beta=120.0)
CDNOW = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)  # published for the 1/10 sample, in weeks
HORIZON = 63
MODELS = {"days": TRUE, "CDNOW": CDNOW, "fast leavers": ParetoNbd(r=2.5, alpha=40.0, s=1.5, beta=8.0)}
CUSTOMERS = [(0, 0.0, 38.86), (2, 30.43, 38.86), (7, 9.43, 38.71), (12, 30.0, 30.0)]
SMALL = [  # brute force takes half a second for each
    *[("CDNOW", one) for one in CUSTOMERS],
    *[("days", one) for one in CUSTOMERS[:2]],
    *[("fast leavers", one) for one in CUSTOMERS[1:3]],
]


def history(*entries: tuple[float, float, float], weight: list[int] | None = None) -> History:
    """Entries of (repeats, last, age); without weights each is one customer."""
    repeats, last, age = np.array(entries, np.float64).T
    return History(repeats, last, age, np.array(weight or [1] * len(entries), np.float64))


def log_likelihood(model: ParetoNbd, *customer: float) -> float:
    """As the module computes it, of one customer."""
    return -_loss(np.log(astuple(model)), history(customer))[0]


@cache
def by_brute_force(model: ParetoNbd, x: int, last: float, age: float) -> float:
    """The likelihood of one customer: that of known rates, integrated over all quantiles of both rates.

    Of known rates (Fader and Hardie's first step, no integral over the moment of leaving): the customer left after
    the last purchase, or lives and was silent since.
    """
    r, alpha, s, beta = astuple(model)

    def known(of_mu: float, of_lambda: float) -> float:
        rate, leaving = gammaincinv(r, of_lambda) / alpha, gammaincinv(s, of_mu) / beta
        both = rate + leaving
        return rate**x * (leaving * exp(-both * last) + rate * exp(-both * age)) / both

    return dblquad(known, 1e-12, 1 - 1e-12, 1e-12, 1 - 1e-12, epsabs=0, epsrel=1e-5)[0]


@cache
def simulated() -> tuple[History, Bools]:
    """6,000 customers of TRUE, aged 100 to 700 days, and who of them buys nothing in the 63 days after.

    Told as the paper tells it: everybody has a moment of leaving, and a rate of buying until then.
    """
    random, n = np.random.default_rng(1987), 6000
    rate, leaving = random.gamma(TRUE.r, 1 / TRUE.alpha, n), random.gamma(TRUE.s, 1 / TRUE.beta, n)
    age, life = random.uniform(100, 700, n), random.exponential(1 / np.maximum(leaving, 1e-300))
    now, repeats, last = np.zeros(n), np.zeros(n), np.zeros(n)
    active, came = np.ones(n, bool), np.zeros(n, bool)
    while active.any():
        now = now + random.exponential(1 / np.maximum(rate, 1e-300))
        active &= now <= np.minimum(life, age + HORIZON)
        past = active & (now <= age)
        repeats, last = repeats + past, np.where(past, now, last)
        came |= active & (now > age)
    return History(repeats, last, age, np.ones(n)), ~came


@cache
def fitted() -> ParetoNbd:
    """To the simulated customers."""
    return fit_pareto_nbd(simulated()[0])


@pytest.mark.parametrize(("name", "customer"), SMALL, ids=str)
def test_the_likelihood_is_the_integral_over_both_rates(name: str, customer: tuple[int, float, float]) -> None:
    """To a relative 1e-5, which is what the brute force is good for."""
    expected = by_brute_force(MODELS[name], *customer)
    assert exp(log_likelihood(MODELS[name], *customer)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("customer", CUSTOMERS[:3], ids=str)
def test_silence_is_a_ratio_of_likelihoods(customer: tuple[int, float, float]) -> None:
    """Of the same purchases by a later age and by today, both by brute force."""
    x, last, age = customer
    ratio = by_brute_force(CDNOW, x, last, age + 26) / by_brute_force(CDNOW, x, last, age)
    assert CDNOW.churn_probability(history(customer), 26) == pytest.approx([ratio], rel=2e-5)


def test_the_chance_of_being_alive_is_the_published_one() -> None:
    """CDNOW's customer 1516 (26 repeats, the last in week 30.86 of 31): 0.9979 in the walkthrough of R's BTYD."""
    assert CDNOW.alive(history((26, 30.86, 31))) == pytest.approx([0.9979], abs=5e-5)


@pytest.mark.parametrize("x", [0, 1, 30, 1000, 10_000])
def test_equal_betas_have_a_closed_form(x: int) -> None:
    """With alpha = beta the integral is elementary: s / n ((alpha + tx)^-n - (alpha + T)^-n), n = r + s + x.

    Both of its terms over (alpha + tx)^-n, or large counts would leave the range of a float.
    """
    r, alpha, s, _ = astuple(model := ParetoNbd(0.8, 30.0, 0.6, 30.0))
    last, age, n = 290.0 * (x > 0), 300.0, 0.8 + 0.6 + x
    alive = ((alpha + last) / (alpha + age)) ** n
    whole = alive + s / n * (1 - alive)
    scale = lgamma(r + x) - lgamma(r) + (r + s) * log(alpha) - n * log(alpha + last)
    assert log_likelihood(model, x, last, age) == pytest.approx(scale + log(whole), rel=1e-12)
    assert model.alive(history((x, last, age))) == pytest.approx([alive / whole], rel=1e-9)


@pytest.mark.parametrize("parameters", [(0.8, 2.0, 0.6, 900.0), (0.8, 900.0, 3.0, 0.5), (40.0, 50.0, 0.01, 5.0)])
@pytest.mark.parametrize("x", [0, 3, 10_000])
def test_the_quadrature_is_exact_far_from_equal_betas(parameters: tuple[float, ...], x: int) -> None:
    """Against adaptive integration in a hundred pieces, to a relative 1e-9 of P(alive)'s odds."""
    r, alpha, s, beta = parameters
    last, age = 600.0 * (x > 0), 700.0

    def gone(time: float) -> float:
        bought = (r + x) * np.log1p((time - last) / (alpha + last)) + s * np.log1p((time - last) / (beta + last))
        return s / (beta + time) * exp(-bought)

    edges = last + np.concatenate([[0], np.geomspace(1e-6, age - last, 100)])
    left = sum(quad(gone, *edge, epsabs=0, epsrel=1e-12)[0] for edge in pairwise(edges))
    alive = gone(age) * (beta + age) / s
    assert ParetoNbd(*parameters).alive(history((x, last, age))) == pytest.approx([alive / (alive + left)], rel=1e-9)


@pytest.mark.parametrize("logs", [[0, 2.3, 0, 2.3], [-1, 3, -2, 1], [0.5, -3, 1, 4]], ids=str)
def test_the_gradient_is_the_slope(logs: list[float]) -> None:
    """Of the mean log likelihood, by differences."""
    some = History(*(getattr(simulated()[0], name)[:200] for name in ("repeats", "last", "age", "weight")))
    slope = approx_fprime(np.array(logs, np.float64), lambda at: _loss(at, some)[0], 1e-7)
    assert _loss(np.array(logs, np.float64), some)[1] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_maximum_likelihood_finds_the_parameters() -> None:
    """Within three and a half standard errors for 6,000 customers, as 30 other simulations showed them.

    r and alpha 9%, s 25%, beta 40% (the two lie on a ridge), the mean rates of buying 4% and of leaving 14%.
    """
    model = fitted()
    assert (model.r, model.alpha) == pytest.approx((TRUE.r, TRUE.alpha), rel=0.09)
    assert model.s == pytest.approx(TRUE.s, rel=0.25)
    assert model.beta == pytest.approx(TRUE.beta, rel=0.40)
    assert model.r / model.alpha == pytest.approx(TRUE.r / TRUE.alpha, rel=0.04)
    assert model.s / model.beta == pytest.approx(TRUE.s / TRUE.beta, rel=0.14)


def test_no_neighbour_is_more_likely() -> None:
    """1% more or less of any parameter explains the same customers less well."""
    everybody, best = simulated()[0], np.log(astuple(fitted()))
    for step in 0.01 * np.concatenate([np.eye(4), -np.eye(4)]):
        assert _loss(best + step, everybody)[0] > _loss(best, everybody)[0]


def test_promises_hold_in_every_bin() -> None:
    """Ten bins by predicted silence: what happened lies within four standard errors of what was said."""
    everybody, silent = simulated()
    predicted = fitted().churn_probability(everybody, HORIZON)
    for bin_ in np.array_split(np.argsort(predicted), 10):
        said = predicted[bin_]
        assert abs(silent[bin_].sum() - said.sum()) < 4 * np.sqrt((said * (1 - said)).sum())


def test_who_never_came_back_may_have_left() -> None:
    """What BG/NBD cannot say: without a repeat purchase P(alive) falls with age."""
    ladder = history(*[(0, 0, age) for age in (0, 10, 100, 1000)])
    assert TRUE.alive(ladder)[0] == 1
    assert (np.diff(TRUE.alive(ladder)) < -0.05).all()


def test_longer_silence_is_worse() -> None:
    """Equal repeats and age, the last purchase later and later: more alive, less likely to stay away."""
    ladder = history(*[(5, last, 300) for last in (10, 60, 120, 200, 260, 299)])
    assert (np.diff(TRUE.alive(ladder)) > 0).all()
    assert (np.diff(TRUE.churn_probability(ladder, HORIZON)) < 0).all()


def test_a_longer_horizon_is_less_likely_silent() -> None:
    """In no time at all nobody buys anything; in the end everybody alive does, unless they leave first."""
    entries = history((0, 0, 40), (1, 0, 0), (5, 260, 300), (300, 299, 300), (10_000, 364.9, 365))
    chances = np.array([TRUE.churn_probability(entries, days) for days in (0, 1, 7, 91, 364, 10_000)])
    assert (chances[0] == 1).all()
    assert (np.diff(chances[:, :3], axis=0) < 0).all()
    assert (np.diff(chances[:, 3:], axis=0) <= 1e-15).all()  # all who live have bought, as far as a float can say
    assert (chances[-1] >= 1 - TRUE.alive(entries)).all()


@pytest.mark.parametrize("model", [*MODELS.values(), ParetoNbd(1e-4, 1e-3, 1e4, 1e5)], ids=[*MODELS, "edge"])
def test_large_counts_stay_finite(model: ParetoNbd) -> None:
    """An event every hour, somebody who stopped, somebody of a hundred years; half a million events."""
    extreme = history((10_000, 364, 364), (10_000, 10, 364), (10_000, 36_500, 36_500), (1, 1, 36_500), (5e5, 1, 364))
    for values in (model.alive(extreme), model.churn_probability(extreme, HORIZON)):
        assert np.isfinite(values).all()
        assert ((values >= 0) & (values <= 1)).all()
    assert model.alive(extreme)[[0, 1, 4]] == pytest.approx([1, 0, 0], abs=1e-9)
    loss, gradient = _loss(np.log(astuple(model)), extreme)
    assert np.isfinite([loss, *gradient]).all()


def test_a_weight_is_a_number_of_customers() -> None:
    """A weight of three is three entries, and a weight of none is nobody; equal stories are told once."""
    few = [getattr(simulated()[0], name)[:1500] for name in ("repeats", "last", "age")]
    times = np.arange(1500) % 4
    weighted = History(*few, times.astype(np.float64))
    again = [np.repeat(part, times) for part in few]
    repeated = History(*again, np.ones(times.sum()))
    assert astuple(fit_pareto_nbd(weighted)) == pytest.approx(astuple(fit_pareto_nbd(repeated)), rel=1e-5)
    assert len(_grouped(repeated, 1.0).age) < 1500
    assert _grouped(repeated, 1.0).weight.sum() == times.sum()


def test_the_unit_of_time_does_not_matter() -> None:
    """In weeks alpha and beta are a seventh, and nine weeks are as silent as 63 days."""
    days = simulated()[0]
    weeks = History(days.repeats, days.last / 7, days.age / 7, days.weight)
    model, other = fitted(), fit_pareto_nbd(weeks)
    assert astuple(other) == pytest.approx((model.r, model.alpha / 7, model.s, model.beta / 7), rel=1e-5)
    assert other.churn_probability(weeks, 9) == pytest.approx(model.churn_probability(days, HORIZON), rel=1e-6)


def test_the_same_customers_give_the_same_parameters() -> None:
    """To the last bit, in any order."""
    everybody = simulated()[0]
    order = np.random.default_rng(0).permutation(len(everybody.age))
    parts = (everybody.repeats, everybody.last, everybody.age, everybody.weight)
    assert fit_pareto_nbd(_grouped(History(*(part[order] for part in parts)), 1.0)) == fitted()
    assert fit_pareto_nbd(everybody) == fitted()


@pytest.mark.parametrize("weight", [[1, 1], [3, 0]], ids=["no repeats", "repeats that weigh nothing"])
def test_nobody_came_back(weight: list[int]) -> None:
    """Rates of buying and of leaving could be anything."""
    entries = history((0, 0, 30), (2 * (weight[1] == 0), 0, 40), weight=weight)
    with pytest.raises(ValueError, match="nobody has come back yet"):
        fit_pareto_nbd(entries)


def test_an_impossible_likelihood_is_refused() -> None:
    """A count beyond the gamma function; at once, not after thousands of steps."""
    with pytest.raises(ValueError, match="no finite likelihood"):
        fit_pareto_nbd(history((1e307, 10, 20), (2, 5, 20)))


def test_an_optimiser_that_did_not_move_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a gradient of the wrong sign the start would pass for an answer."""
    right: Callable[[Floats, History], tuple[float, Floats]] = _loss
    monkeypatch.setattr(pareto_nbd, "_loss", lambda *inputs: (right(*inputs)[0], -right(*inputs)[1]))
    with pytest.raises(ValueError, match="did not converge"):
        fit_pareto_nbd(simulated()[0])


@cache
def cdnow() -> History:
    """All 23,570 customers as of 1997-09-30, in weeks; purchases of a day are one."""
    bought = pd.read_csv(Path(os.environ["EBB_DATASETS"]) / "cdnow.csv.gz", parse_dates=["date"])
    today = pd.Timestamp("1997-09-30")
    days = bought[bought["date"] <= today].drop_duplicates(["customer_id", "date"])
    each = days.groupby("customer_id")["date"].agg(["min", "max", "count"])
    last, age = (each["max"] - each["min"]).dt.days / 7, (today - each["min"]).dt.days / 7
    return History((each["count"] - 1).to_numpy(np.float64), last.to_numpy(), age.to_numpy(), np.ones(len(each)))


@pytest.mark.datasets
@pytest.mark.skipif("EBB_DATASETS" not in os.environ, reason="EBB_DATASETS names no folder")
def test_cdnow_is_as_published() -> None:
    """Near r .55, alpha 10.58, s .61, beta 11.67, which are published for a tenth of these customers.

    Near is two standard errors of a tenth: its parameters spread by .05, 1.2, .12 and 3.6 over ten tenths. (On the
    published sample itself, which is not here, the module gave .5533, 10.578, .6062 and 11.668 at a log likelihood of
    -9594.97, as published.) The sharper claim: over as many customers as the sample has, the published parameters lose
    less than 4.7 of log likelihood against the best ones, the 95% limit of half a chi-square of four degrees.
    """
    everybody = cdnow()
    assert (len(everybody.age), everybody.age.max()) == (23_570, pytest.approx(272 / 7))
    model = fit_pareto_nbd(everybody)
    off = np.abs(np.array(astuple(model)) - astuple(CDNOW))
    assert (off < [0.10, 2.4, 0.24, 7.2]).all()
    lost = _loss(np.log(astuple(CDNOW)), everybody)[0] - _loss(np.log(astuple(model)), everybody)[0]
    assert 0 < lost * 2357 < 4.7
