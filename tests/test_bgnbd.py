"""BG/NBD against the formulas typed by hand, and against customers simulated from it."""

from __future__ import annotations

from dataclasses import astuple
from functools import cache
from math import exp, lgamma, log

import numpy as np
import pytest

from models.bgnbd import BgNbd, History, _loss, fit_bgnbd
from models.table import Bools, Ints

TRUE = BgNbd(r=0.8, alpha=20.0, a=0.8, b=2.5)
CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.425)  # the paper's, in weeks
HORIZON = 60


def history(*entries: tuple[float, float, float], weight: list[int] | None = None) -> History:
    """Entries of (repeats, last, age); without weights each is one customer."""
    repeats, last, age = np.array(entries, np.float64).T
    return History(repeats, last, age, np.array(weight or [1] * len(entries), np.float64))


def taken(whole: History, mask: Bools | Ints) -> History:
    """The entries of a mask, or at these places."""
    return History(whole.repeats[mask], whole.last[mask], whole.age[mask], whole.weight[mask])


@cache
def simulated() -> tuple[History, Bools]:
    """20,000 customers of TRUE, aged 180 to 719 days, and who of them buys nothing in the 60 days after.

    Told as the paper tells it: everybody has a rate and a chance to leave after each repeat purchase.
    """
    random, n = np.random.default_rng(2005), 20_000
    rate, leaves = random.gamma(TRUE.r, 1 / TRUE.alpha, n), random.beta(TRUE.a, TRUE.b, n)
    age = np.floor(random.uniform(180, 720, n))
    now, repeats, last = np.zeros(n), np.zeros(n), np.zeros(n)
    alive, came = np.ones(n, bool), np.zeros(n, bool)
    while alive.any():
        now = np.where(alive, now + random.exponential(1 / np.maximum(rate, 1e-300)), now)
        alive &= now <= age + HORIZON
        past = alive & (now <= age)
        repeats, last = repeats + past, np.where(past, now, last)
        came |= alive & (now > age)
        alive &= random.random(n) >= leaves
    return History(repeats, last, age, np.ones(n)), ~came


def excess(predicted: np.ndarray, happened: Bools) -> float:
    """Standard errors by which more happened than was predicted."""
    return float((happened.sum() - predicted.sum()) / np.sqrt((predicted * (1 - predicted)).sum()))


def by_hand(model: BgNbd, x: int, last: float, age: float) -> float:
    """The paper's equation 6 for one customer, gamma functions spelled out."""
    r, alpha, a, b = astuple(model)
    stays = exp(lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x))
    leaves = exp(lgamma(a + b) + lgamma(a + 1) + lgamma(b + x - 1) - lgamma(a) - lgamma(b) - lgamma(a + b + x))
    bought = exp(lgamma(r + x) - lgamma(r)) * alpha**r
    gone = leaves / (alpha + last) ** (r + x) if x else 0.0
    return log(bought * (stays / (alpha + age) ** (r + x) + gone))


CUSTOMERS = [(0, 0, 38.86), (1, 3.14, 38.86), (2, 30.43, 38.86), (7, 29.43, 38.71), (25, 30.0, 30.0), (3, 0.5, 300)]


@pytest.mark.parametrize("model", [CDNOW, TRUE, BgNbd(4.0, 0.3, 0.05, 0.4)], ids=["CDNOW", "days", "edge"])
@pytest.mark.parametrize("customer", CUSTOMERS, ids=str)
def test_the_likelihood_is_the_papers(model: BgNbd, customer: tuple[int, float, float]) -> None:
    """One customer, slowly."""
    loss = _loss(np.array(astuple(model)), history(customer))
    assert loss == pytest.approx(-by_hand(model, *customer), rel=1e-9)


def test_the_chance_of_being_alive_by_hand() -> None:
    """The paper's customer with two repeats, the last in week 30.43 of 38.86.

    1 / (1 + 0.793 / 3.425 x (43.274 / 34.844) ^ 2.243) = 1 / 1.3764.
    """
    assert CDNOW.alive(history((2, 30.43, 38.86))) == pytest.approx([0.7265], abs=1e-4)


def test_the_chance_of_silence_by_hand() -> None:
    """The same customer, 39 weeks on: 1 - 0.7265 x (1 - (43.274 / 82.274) ^ 2.243) = 0.4454."""
    assert CDNOW.churn_probability(history((2, 30.43, 38.86)), 39) == pytest.approx([0.4454], abs=1e-4)


def test_maximum_likelihood_finds_the_parameters() -> None:
    """Of 20,000 customers: rates within 8%, the shape of leaving within 10%, its mean within 4%."""
    fitted = fit_bgnbd(simulated()[0])
    assert (fitted.r, fitted.alpha) == pytest.approx((0.8, 20.0), rel=0.08)
    assert (fitted.a, fitted.b) == pytest.approx((0.8, 2.5), rel=0.10)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(0.8 / 3.3, rel=0.04)


def test_no_neighbour_is_more_likely() -> None:
    """2% more or less of any parameter explains the same customers less well."""
    everybody = simulated()[0]
    fitted = np.array(astuple(fit_bgnbd(everybody)))
    best = _loss(fitted, everybody)
    for which in range(4):
        for factor in (0.98, 1.02):
            near = fitted.copy()
            near[which] *= factor
            assert _loss(near, everybody) > best


def test_the_unit_of_time_does_not_matter() -> None:
    """In weeks, alpha is a seventh and all else the same."""
    days = simulated()[0]
    weeks = History(days.repeats, days.last / 7, days.age / 7, days.weight)
    one, other = fit_bgnbd(days), fit_bgnbd(weeks)
    assert astuple(other) == pytest.approx((one.r, one.alpha / 7, one.a, one.b), rel=1e-5)  # where the search stops


def test_promises_hold_in_every_bin() -> None:
    """Ten bins by predicted silence: what happened lies within four standard errors of what was said."""
    everybody, silent = simulated()
    predicted = fit_bgnbd(everybody).churn_probability(everybody, HORIZON)
    bins = np.array_split(np.argsort(predicted), 10)
    assert [bin_ for bin_ in bins if abs(excess(predicted[bin_], silent[bin_])) >= 4] == []


def test_without_the_lapsed_everybody_looks_alive() -> None:
    """Fitted on those active in the last 182 days only, the model never sees anybody leave, and says so."""
    everybody, silent = simulated()
    active = everybody.age - everybody.last <= 182
    survivors, left = taken(everybody, active), silent[active]
    whole, part = fit_bgnbd(everybody), fit_bgnbd(survivors)
    assert abs(excess(whole.churn_probability(survivors, HORIZON), left)) < 4
    assert excess(part.churn_probability(survivors, HORIZON), left) > 20
    assert (whole.alive(survivors).mean(), part.alive(survivors).mean()) == pytest.approx((0.65, 0.89), abs=0.03)
    assert part.a / (part.a + part.b) < 0.03
    assert whole.a / (whole.a + whole.b) > 0.2


def test_who_never_came_back_never_left() -> None:
    """In this model one leaves after a repeat purchase: without one P(alive) is 1, whatever the age."""
    assert list(CDNOW.alive(history((0, 0, 1), (0, 0, 5000)))) == [1, 1]


def test_longer_silence_is_worse() -> None:
    """Equal repeats and age, the last purchase later and later: more alive, less likely to stay away."""
    ladder = history(*[(5, last, 300) for last in (10, 60, 120, 200, 260, 299)])
    assert (np.diff(TRUE.alive(ladder)) > 0).all()
    assert (np.diff(TRUE.churn_probability(ladder, HORIZON)) < 0).all()


def test_a_longer_horizon_is_less_likely_silent() -> None:
    """And in no time at all nobody buys anything."""
    one = history((5, 260, 300))
    chances = [float(TRUE.churn_probability(one, days)[0]) for days in (0, 1, 7, 91, 364, 10_000)]
    assert chances[0] == 1
    assert (np.diff(chances) < 0).all()
    assert chances[-1] > 1 - TRUE.alive(one)[0]


def test_large_counts_stay_finite() -> None:
    """A customer with an event every minute, one who stopped, and one of a hundred years."""
    extreme = history((500_000, 364, 364), (500_000, 10, 364), (1, 1, 36_500), (36_000, 36_500, 36_500))
    for values in (TRUE.alive(extreme), TRUE.churn_probability(extreme, HORIZON)):
        assert np.isfinite(values).all()
        assert ((values >= 0) & (values <= 1)).all()
    assert TRUE.alive(extreme)[:2] == pytest.approx([1, 0], abs=1e-4)
    assert np.isfinite(_loss(np.array(astuple(TRUE)), extreme))


def test_a_weight_is_a_number_of_customers() -> None:
    """Lapsed customers come grouped: a weight of three is three entries, and a weight of none is nobody."""
    few = taken(simulated()[0], np.arange(20_000) < 2000)
    times = np.arange(2000) % 4
    grouped = fit_bgnbd(History(few.repeats, few.last, few.age, times.astype(np.float64)))
    assert astuple(grouped) == pytest.approx(
        astuple(fit_bgnbd(taken(few, np.repeat(np.arange(2000), times)))), rel=1e-3
    )


@pytest.mark.parametrize(
    "entry",
    [(-1, 0, 10), (2, -1, 10), (2, 11, 10), (0, 3, 10), (np.nan, 0, 10), (2, np.nan, 10), (2, 3, np.nan)],
    ids=["negative repeats", "negative last", "last after the age", "last without repeats", *["not a number"] * 3],
)
def test_contradicting_inputs_are_refused(entry: tuple[float, float, float]) -> None:
    """Before the optimiser makes something of them; the message says how many entries differ."""
    with pytest.raises(ValueError, match=r"needs 0 <= last <= age .*; 1 entr"):
        history((1, 5, 10), entry)


def test_nobody_at_all_is_refused() -> None:
    """There is nothing to fit."""
    none = np.zeros(0)
    with pytest.raises(ValueError, match="BG/NBD needs"):
        History(none, none, none, none)


def test_an_optimiser_that_did_not_move_is_refused() -> None:
    """Customers of age 0 say nothing: the start would pass for an answer."""
    with pytest.raises(ValueError, match="nobody has come back yet"):
        fit_bgnbd(history((0, 0, 0), (0, 0, 0)))
