"""Qini by hand and by its properties: random is nothing, perfect is best, the order of rows is irrelevant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from models.campaign import Prices, gain
from models.qini import Arms, Line, compare, money_of, perfect_area, qini_coefficient, qini_curve
from models.table import Floats


def arms_of(treated: list[int], share: float = 0.5) -> Arms:
    n = len(treated)
    return Arms(np.arange(n), np.array(treated, bool), np.full(n, share))


# Four pairs, one contacted and one left alone in each, best first.
#          both helped    kept anyway   lost anyway   driven away
SCORE = np.array([4, 4, 3, 3, 2, 2, 1, 1], np.float64)
TREATED = [1, 0, 1, 0, 1, 0, 1, 0]
KEPT = np.array([1, 0, 1, 1, 0, 0, 0, 1], np.float64)


def drawn(n: int, seed: int, share: float = 0.8) -> tuple[Floats, Floats, Arms]:
    """A score with ties that says nothing, outcomes of 0 and 1, and a split."""
    random = np.random.default_rng(seed)
    arms = Arms(np.arange(n), random.random(n) < share, np.full(n, share))
    return random.integers(0, n // 2, n).astype(np.float64), (random.random(n) < 0.4).astype(np.float64), arms


trials = st.tuples(st.integers(20, 200), st.integers(0, 10_000)).map(lambda case: drawn(*case))


def test_the_curve_by_hand() -> None:
    curve = qini_curve(SCORE, KEPT, arms_of(TREATED))
    assert_allclose(curve.share, [0, 0.25, 0.5, 0.75, 1])
    # (1 - 0) / 4, (2 - 1) / 4, (2 - 1) / 4, (2 - 2) / 4
    assert_allclose(curve.gained, [0, 0.25, 0.25, 0.25, 0])
    assert curve.area() == pytest.approx(0.1875)
    # Perfect: up to 2 / 4 with the two who stayed when contacted, flat, then down by the two who stayed when not.
    assert perfect_area(KEPT, arms_of(TREATED)) == pytest.approx(0.375)
    assert qini_coefficient(SCORE, KEPT, arms_of(TREATED)) == pytest.approx(0.5)


def test_a_small_holdout_is_scaled_up() -> None:
    """Three contacted and one left alone, then three and one: each of those left alone stands for three."""
    curve = qini_curve(
        np.array([2, 2, 2, 2, 1, 1, 1, 1.0]), np.array([1, 1, 0, 0, 1, 0, 0, 1.0]), arms_of([1, 1, 1, 0] * 2)
    )
    assert_allclose(curve.gained, [0, 2 / 6, (3 - 1 * 6 / 2) / 6])


@pytest.mark.parametrize(("share", "effect"), [(0.25, 1.0), (0.5, 0.5), (0.375, 1 - 0.5 / 1.5), (1.0, 0.0)])
def test_the_effect_at_capacity(share: float, effect: float) -> None:
    """Three of eight places take half of the second pair."""
    assert Line(SCORE, arms_of(TREATED)).sums(KEPT, np.ones(8)).effect_at(share) == pytest.approx(effect)


def test_an_arm_that_is_missing_is_not_guessed() -> None:
    nobody_alone = arms_of([1, 1, 0])
    assert np.isnan(Line(np.array([3.0, 2, 1]), nobody_alone).sums(np.ones(3), np.ones(3)).effect_at(0.5))
    assert np.isnan(qini_curve(np.ones(2), np.ones(2), arms_of([1, 1])).area())
    assert np.isnan(perfect_area(np.ones(2), arms_of([0, 0])))


def test_everybody_tied_is_a_random_order() -> None:
    score, kept, arms = drawn(300, 5)
    assert qini_curve(0 * score, kept, arms).area() == pytest.approx(0, abs=1e-15)


def test_random_orders_come_to_nothing_on_average() -> None:
    """Within four standard errors, though contacts do help here and the holdout is a fifth."""
    _, kept, arms = drawn(400, 6)
    kept = np.where(arms.treated & (np.arange(400) % 3 == 0), 1.0, kept)
    random = np.random.default_rng(1)
    areas = np.array([qini_curve(random.random(400), kept, arms).area() for _ in range(600)])
    assert abs(areas.mean()) < 4 * areas.std() / np.sqrt(600)
    assert areas.std() > 0.001


@given(trials)
@settings(max_examples=60)
def test_no_order_beats_the_perfect_one(trial: tuple[Floats, Floats, Arms]) -> None:
    score, kept, arms = trial
    if 0 < arms.treated.sum() < len(score):
        assert qini_curve(score, kept, arms).area() <= perfect_area(kept, arms) + 1e-12
        perfect = np.where(arms.treated, kept, -kept)
        if perfect_area(kept, arms) > 0:
            assert qini_coefficient(perfect, kept, arms) == pytest.approx(1)


@given(trials, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_rows_is_irrelevant(trial: tuple[Floats, Floats, Arms], random: object) -> None:
    score, kept, arms = trial
    mixed = np.array(sorted(range(len(score)), key=lambda _: random.random()))  # type: ignore[attr-defined]
    spend = kept * np.random.default_rng(3).lognormal(3, 1, len(kept))
    there = Arms(arms.customer[mixed], arms.treated[mixed], arms.propensity[mixed])
    first, second = qini_curve(score, spend, arms), qini_curve(score[mixed], spend[mixed], there)
    assert_array_equal(first.gained, second.gained)
    assert_array_equal(first.share, second.share)


@given(trials, st.floats(0.1, 50))
@settings(max_examples=40)
def test_scaling(trial: tuple[Floats, Floats, Arms], factor: float) -> None:
    """A rising function of the score changes nothing; the unit of the outcome is the unit of the area."""
    score, kept, arms = trial
    area = qini_curve(score, kept, arms).area()
    assert_array_equal(qini_curve(3 * score + 7, kept, arms).area(), area)
    assert_allclose(qini_curve(score, factor * kept, arms).area(), factor * area, rtol=1e-9, atol=1e-12)


def test_a_share_that_changed_is_no_effect() -> None:
    """90 of 100 contacted where nine in ten stay, 50 of 100 where three in ten do; contacts do nothing in either."""
    treated = np.repeat([1, 0, 1, 0], [90, 10, 50, 50])
    kept = np.concatenate([np.arange(n) < k for n, k in ((90, 81), (10, 9), (50, 15), (50, 15))]).astype(np.float64)
    naive = arms_of(treated.tolist())
    known = replace(naive, propensity=np.repeat([0.9, 0.5], [100, 100]))
    one = np.ones(200)
    assert Line(one, naive).sums(kept, one).effect_at(1.0) == pytest.approx(96 / 140 - 24 / 60)
    assert Line(one, known).sums(kept, one).effect_at(1.0) == pytest.approx(0, abs=1e-12)
    assert np.isnan(perfect_area(kept, known))


def test_money_by_hand() -> None:
    """Worth 40, a contact 1, an offer 5: stayed with offer, stayed without, left, and three left alone."""
    kept, treated = np.array([1, 1, 0, 1, 0, 1], bool), np.array([1, 1, 1, 0, 0, 0], bool)
    offer = np.array([1, 0, 1, 1, 1, 0], bool)
    assert_allclose(money_of(kept, treated, np.full(6, 40.0), offer, Prices(1, 5)), [34, 39, -1, 40, 0, 40])


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 500), st.booleans())
def test_money_is_what_the_list_promises(p: float, s: float, value: float, offer: bool) -> None:
    """The arms' difference in the mean is `models.campaign.gain`."""
    prices = Prices(0.5, 5)
    brought = money_of(
        np.array([1, 0, 1, 0], bool), np.array([1, 1, 0, 0], bool), np.full(4, value), np.full(4, offer), prices
    )
    stays = 1 - p * (1 - s)
    difference = stays * brought[0] + (1 - stays) * brought[1] - (1 - p) * brought[2] - p * brought[3]
    assert difference == pytest.approx(gain(np.array([p]), np.array([value]), offer, prices, s)[0], abs=1e-9)


def test_compare_is_paired_and_reproducible() -> None:
    score, kept, arms = drawn(600, 9)
    orders = {"saved": score, "risk": score + 1, "other": -score}
    found = compare(orders, {"kept": kept}, arms, 0.3, draws=100)
    same = found["saved-risk.kept.at"]
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert found["saved.kept.area"].value == qini_curve(score, kept, arms).area()
    assert found["all.kept"].value == pytest.approx(kept[arms.treated].mean() - kept[~arms.treated].mean())
    beside = found["saved-other.kept.at"]
    assert beside.value == pytest.approx(found["saved.kept.at"].value - found["other.kept.at"].value)
    assert beside.low < beside.value < beside.high
    assert found == compare(orders, {"kept": kept}, arms, 0.3, draws=100)


def test_the_interval_of_everybodys_effect_is_the_textbooks() -> None:
    score, kept, arms = drawn(4000, 10)
    found = compare({"saved": score}, {"kept": kept}, arms, 0.3)["all.kept"]
    t, c = kept[arms.treated], kept[~arms.treated]
    width = 2 * 1.96 * np.sqrt(t.var() / len(t) + c.var() / len(c))
    assert found.high - found.low == pytest.approx(width, rel=0.12)


def test_another_librarys_figure() -> None:
    """scikit-uplift 0.5.1: qini_auc_score(y, score, treated, negative_effect=True) of the same 500 drawn rows."""
    random = np.random.default_rng(0)
    treated = random.random(500) < 0.8
    kept = (random.random(500) < 0.3 + 0.2 * treated).astype(np.float64)
    score = random.integers(0, 100, 500).astype(np.float64)
    arms = Arms(np.arange(500), treated, np.full(500, 0.8))
    assert qini_coefficient(score, kept, arms) == pytest.approx(-0.02846484723814322, rel=1e-12)
