"""What a purchase is worth, and how many to expect: against the papers' formulas and simulated customers."""

from __future__ import annotations

from dataclasses import astuple
from math import lgamma, log

import numpy as np
import pytest
from scipy.special import hyp2f1
from test_bgnbd import CDNOW, CUSTOMERS, TRUE, history

from models.bgnbd import BgNbd, History
from models.gamma_gamma import GammaGamma, _loss, fit_gamma_gamma
from models.table import Floats

PAPER = GammaGamma(p=6.25, q=3.74, gamma=15.44)  # the note's, on CDNOW's repeat purchases


def simulated(n: int = 20_000) -> tuple[Floats, Floats]:
    """Purchases and mean worth of customers of PAPER."""
    random = np.random.default_rng(2013)
    purchases = random.geometric(0.4, n).astype(np.float64)
    rate = random.gamma(PAPER.q, 1 / PAPER.gamma, n)
    return purchases, random.gamma(PAPER.p * purchases, 1 / rate) / purchases


def test_the_expected_worth_by_hand() -> None:
    """6.25 (15.44 + 2 x 50) / (2 x 6.25 + 2.74) = 47.343; of who never bought: 6.25 x 15.44 / 2.74 = 35.219."""
    found = PAPER.mean_value(np.array([2.0, 0.0]), np.array([50.0, 0.0]))
    assert found == pytest.approx([47.343, 35.219], abs=1e-3)


def test_the_likelihood_is_the_notes() -> None:
    """Equation 1a for one customer, gamma functions spelled out."""
    p, q, gamma, x, m = 6.25, 3.74, 15.44, 3.0, 40.0
    log_density = lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(gamma)
    log_density += (p * x - 1) * log(m) + p * x * log(x) - (p * x + q) * log(gamma + m * x)
    assert _loss(p, q, gamma, np.array([x]), np.array([m])) == pytest.approx(-log_density, rel=1e-12)


def test_maximum_likelihood_finds_the_parameters() -> None:
    """Of 20,000 customers, within 6%."""
    assert astuple(fit_gamma_gamma(*simulated())) == pytest.approx(astuple(PAPER), rel=0.06)


def test_no_neighbour_is_more_likely() -> None:
    """2% more or less of any parameter explains the same means less well."""
    purchases, mean = simulated(3000)
    fitted = astuple(fit_gamma_gamma(purchases, mean))
    for which in range(3):
        for factor in (0.98, 1.02):
            near = [value * (factor if at == which else 1) for at, value in enumerate(fitted)]
            assert _loss(*near, purchases, mean) > _loss(*fitted, purchases, mean)


def test_the_currency_does_not_matter() -> None:
    """In cents gamma is a hundred times as large, and all else the same."""
    purchases, mean = simulated(3000)
    pounds, cents = fit_gamma_gamma(purchases, mean), fit_gamma_gamma(purchases, 100 * mean)
    assert astuple(cents) == pytest.approx((pounds.p, pounds.q, 100 * pounds.gamma), rel=1e-3)


def test_more_purchases_count_for_more() -> None:
    """The same mean of 100 seen once, three times, thirty times: further and further from everybody's 35."""
    found = PAPER.mean_value(np.array([1.0, 3.0, 30.0]), np.full(3, 100.0))
    assert list(found) == sorted(found)
    assert 35.3 < found[0] < found[2] < 100


def test_free_purchases_are_left_out_of_the_fit() -> None:
    """A mean of 0 or less has no gamma density; those customers get a worth all the same."""
    purchases, mean = simulated(500)
    free = fit_gamma_gamma(np.append(purchases, [2, 5]), np.append(mean, [0.0, -3.0]))
    assert free == fit_gamma_gamma(purchases, mean)
    assert free.mean_value(np.array([5.0]), np.array([-3.0]))[0] > 0


def test_a_handful_is_refused() -> None:
    """Three parameters want more than nine customers."""
    purchases, mean = simulated(9)
    with pytest.raises(ValueError, match="needs 10 customers with amounts above 0, and 9 have some"):
        fit_gamma_gamma(purchases, mean)


def test_everybody_always_pays_the_same() -> None:
    """A flat price: finite parameters, and a worth that is the price."""
    purchases = np.tile([1.0, 2.0, 5.0], 30)
    fitted = fit_gamma_gamma(purchases, np.full(90, 9.99))
    assert fitted.mean_value(purchases, np.full(90, 9.99)) == pytest.approx(np.full(90, 9.99), rel=1e-3)


def test_expected_purchases_of_the_papers_customer() -> None:
    """Two repeats, the last in week 30.43 of 38.86: 1.226 purchases in the next 39 weeks."""
    assert BgNbd(0.243, 4.414, 0.793, 2.426).expected_purchases(history((2, 30.43, 38.86)), 39) == pytest.approx(
        [1.226], abs=5e-4
    )


@pytest.mark.parametrize("model", [CDNOW, TRUE, BgNbd(0.6, 30.0, 3.0, 2.0)], ids=["CDNOW", "days", "a above 1"])
def test_expected_purchases_are_the_papers(model: BgNbd) -> None:
    """Equation 10 as it is printed, where its hypergeometric function does not overflow."""
    entries, t = history(*CUSTOMERS), 39.0
    r, alpha, a, b = astuple(model)
    x, last, age = entries.repeats, entries.last, entries.age
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    whole = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series)
    gone = np.where(x > 0, a / np.maximum(b + x - 1, 1e-9) * ((alpha + age) / (alpha + last)) ** (r + x), 0)
    assert model.expected_purchases(entries, t) == pytest.approx(whole / (1 + gone), rel=1e-6)


def test_as_many_come_as_were_expected() -> None:
    """Of 20,000 simulated customers in 60 days, within four standard errors; per customer who comes, too."""
    random, n = np.random.default_rng(10), 20_000
    rate, leaves = random.gamma(TRUE.r, 1 / TRUE.alpha, n), random.beta(TRUE.a, TRUE.b, n)
    age = np.floor(random.uniform(180, 720, n))
    now, repeats, last, came = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.ones(n, bool)
    while alive.any():
        now = np.where(alive, now + random.exponential(1 / np.maximum(rate, 1e-300)), now)
        alive &= now <= age + 60
        past = alive & (now <= age)
        repeats, last = repeats + past, np.where(past, now, last)
        came += alive & (now > age)
        alive &= random.random(n) >= leaves
    entries = History(repeats, last, age, np.ones(n))
    expected, stays = TRUE.expected_purchases(entries, 60), TRUE.purchases_of_stayers(entries, 60)
    for said, happened in ((expected, came), (stays[came > 0], came[came > 0])):
        assert abs((happened - said).sum()) < 4 * np.sqrt(((happened - said) ** 2).sum())


def test_stayers_times_their_chance_is_everybody() -> None:
    """E[N] = P(N > 0) E[N | N > 0]."""
    entries = history(*CUSTOMERS)
    comes = 1 - TRUE.churn_probability(entries, 60)
    assert TRUE.expected_purchases(entries, 60) == pytest.approx(
        comes * TRUE.purchases_of_stayers(entries, 60), rel=1e-9
    )


def test_who_is_dead_for_certain_stays_with_one_purchase_or_more() -> None:
    """P(alive) of a busy customer who is silent for years is 0 in floating point; of stayers that is no matter."""
    silent = history((500_000, 10, 3640), (36_000, 36_500, 36_500), (0, 0, 0))
    assert TRUE.expected_purchases(silent, 60)[0] == 0
    stays = TRUE.purchases_of_stayers(silent, 60)
    assert np.isfinite(stays).all()
    assert (stays >= 1).all()


def test_nothing_breaks_at_a_equal_to_one() -> None:
    """There the formula is 0 / 0; its neighbours say what it is."""
    entries = history(*CUSTOMERS)
    below, at, above = (BgNbd(0.8, 20.0, a, 2.5).expected_purchases(entries, 60) for a in (0.999, 1.0, 1.001))
    assert at == pytest.approx((below + above) / 2, rel=1e-4)


def test_where_nearly_everybody_leaves_at_once() -> None:
    """Seven of eight leave with their next purchase: who purchases does so once or hardly more; nothing overflows."""
    fleeting = BgNbd(r=0.0319, alpha=2.3, a=2513.0, b=341.8)
    entries = history((0, 0, 30), (0, 0, 200), (1, 5, 40), (1, 40, 40))
    assert fleeting.purchases_of_stayers(entries, 28) == pytest.approx(np.ones(4), abs=0.15)


def test_a_longer_horizon_expects_more() -> None:
    """And none at all in no time."""
    found = [float(TRUE.expected_purchases(history((5, 260, 300)), days)[0]) for days in (0, 1, 7, 91, 364)]
    assert found[0] == 0
    assert found == sorted(found)
