"""The difference of two means of money: by hand, how often it holds the truth, and what Welch's interval would do."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_arms import Truth, drawn
from hypothesis import given
from hypothesis import strategies as st

from models.amounts import difference_of_amounts, winsorised
from models.means import difference_of_means
from models.table import Bools, Floats


def arms(contacted: list[float], held: list[float]) -> tuple[Floats, Bools, Floats]:
    """Amounts, arms and one share."""
    amounts = np.array([*contacted, *held], np.float64)
    return amounts, np.arange(len(amounts)) < len(contacted), np.full(len(amounts), 0.5)


def test_by_hand_with_a_scale_for_each_arm() -> None:
    """Ten of 18 spend 10 or 30 in one arm, 20 or 60 in the other: amounts by medians (20 and 40) are half and 1.5."""
    found = difference_of_amounts(*arms([10, 30] * 5 + [0] * 8, [20, 60] * 5 + [0] * 8))
    assert found is not None
    spread, spent = 20 * 0.25 / 19, 11 / 20  # of half and 1.5 around 1, unbiased; one spender and one other more
    variance = (20**2 + 40**2) * spent * (spread + (1 - spent)) / 18
    assert (found.value, found.error, found.freedom) == pytest.approx((-200 / 18, np.sqrt(variance), 9))
    assert found.interval().high == pytest.approx(-200 / 18 + 2.2622 * np.sqrt(variance), abs=1e-3)


def test_with_few_spenders_both_arms_share_a_scale() -> None:
    """Nine of ten held back spend nothing: their one basket says nothing of its like."""
    found = difference_of_amounts(*arms([10.0, 30.0] * 20, [500.0] + [0] * 9))
    assert found is not None
    amounts = np.array([10.0, 30.0] * 20 + [500.0])
    mean, spread = amounts.mean(), amounts.var(ddof=1)
    parts = [share * (spread + (1 - share) * mean**2) / n for share, n in ((41 / 42, 40), (2 / 12, 10))]
    assert (found.value, found.error, found.freedom) == pytest.approx((-30, np.sqrt(sum(parts)), 40))


@pytest.mark.parametrize(
    ("contacted", "held"),
    [([1.0] * 50, [1.0]), ([0.0] * 90, [0.0] * 10), ([5.0] * 30 + [0.0] * 60, [5.0] * 3 + [0.0] * 7)],
)
def test_nothing_is_told_of_too_little(contacted: list[float], held: list[float]) -> None:
    """One customer in an arm, no spender, fewer than five spenders to be expected."""
    assert difference_of_amounts(*arms(contacted, held)) is None


def test_refunds_are_no_scale() -> None:
    """Where the typical amount is below zero both arms share one; the estimate stays the difference of the means."""
    found = difference_of_amounts(*arms([-5.0] * 20 + [10.0] * 10, [10.0] * 20))
    assert found is not None
    assert (found.value, found.freedom) == (-10, 49)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 1.5, 1000]))
def test_money_scales_arms_swap_and_order_does_not_matter(seed: int, factor: float) -> None:
    random = np.random.default_rng(seed)
    amounts = np.where(random.random(300) < 0.5, 0, random.lognormal(3, 1, 300))
    contact, share = random.random(300) < 0.7, random.choice([0.1, 0.3], 300)
    found = difference_of_amounts(amounts, contact, share)
    assert found is not None
    scaled = difference_of_amounts(factor * amounts, contact, share)
    assert scaled is not None
    assert (scaled.value, scaled.error) == pytest.approx((factor * found.value, factor * found.error))
    order = random.permutation(300)
    shuffled = difference_of_amounts(amounts[order], contact[order], share[order])
    assert shuffled is not None
    assert (shuffled.value, shuffled.error) == pytest.approx((found.value, found.error))
    one = np.full(300, 0.3)
    kept, turned = (difference_of_amounts(amounts, arm, one) for arm in (contact, ~contact))
    assert kept is not None
    assert turned is not None
    assert (turned.value, turned.error) == pytest.approx((-kept.value, kept.error))


def test_it_holds_the_truth_where_welchs_does_not() -> None:
    """400 draws of 1,000 customers with a tenth held back and baskets of a shop: 92 to 98%, Welch's below 92%."""
    truth, random, held = Truth(0.6, 0.05, sigma=1.3), np.random.default_rng(13), np.zeros(2)
    for _ in range(400):
        ledger = drawn(truth, 1000, random).ledger
        seen = (ledger.spend, ledger.contact, ledger.share)
        for place, means in enumerate((difference_of_amounts(*seen), difference_of_means(*seen))):
            assert means is not None
            interval = means.interval()
            held[place] += interval.low <= truth.kept * truth.mean <= interval.high
    assert 0.92 <= held[0] / 400 <= 0.98
    assert held[1] / 400 < 0.92


@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_it_holds_when_contact_makes_baskets_smaller_or_larger(factor: float) -> None:
    """A discount of 30%, or a voucher that is spent on top: the arms' amounts have different scales."""
    random, held = np.random.default_rng(14), 0
    for _ in range(300):
        ledger = drawn(Truth(0.6, 0.05), 2000, random).ledger
        amounts = ledger.spend * np.where(ledger.contact, factor, 1)
        found = difference_of_amounts(amounts, ledger.contact, ledger.share)
        assert found is not None
        held += found.interval().low <= 60 * (0.45 * factor - 0.4) <= found.interval().high
    assert 0.92 <= held / 300 <= 0.98


def test_welch_by_hand() -> None:
    """1, 2, 3, 4 against 2, 4, 6: variances 5/3 and 4, a difference of -1.5, 3.13 degrees of freedom."""
    found = difference_of_means(*arms([1, 2, 3, 4], [2, 4, 6]))
    assert found is not None
    one, other = 5 / 12, 4 / 3
    freedom = (one + other) ** 2 / (one**2 / 3 + other**2 / 2)
    assert (found.value, found.error, found.freedom) == pytest.approx((-1.5, np.sqrt(one + other), freedom))
    assert difference_of_means(*arms([1, 2], [2])) is None


def test_strata_are_weighed_by_those_contacted() -> None:
    """Three contacted with 2 more than the held back, one pair of contacted with 7 more: (3 x 2 + 2 x 7) / 5."""
    values = np.array([4.0, 5, 6, 2, 4, 9, 11, 2, 4])
    contact = np.array([True, True, True, False, False, True, True, False, False])
    found = difference_of_means(values, contact, np.array([0.1] * 5 + [0.5] * 4))
    assert found is not None
    assert found.value == pytest.approx(4)
    assert found.error == pytest.approx(np.sqrt(0.36 * (1 / 3 + 2 / 2) + 0.16 * (2 / 2 + 2 / 2)))


def test_the_largest_are_cut_to_the_quantile_of_all() -> None:
    amounts = np.r_[np.arange(1000.0), 1e6]
    assert winsorised(amounts).max() == 995
    assert winsorised(amounts)[:995].tolist() == amounts[:995].tolist()
    assert len(winsorised(np.zeros(0))) == 0
