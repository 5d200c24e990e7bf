"""Whether as many were held back as were drawn to be: by hand, against the exact distribution, and in true draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from models.split import check_split
from models.table import Bools


def arms(contacted: int, held: int) -> Bools:
    """Contacted first, then held back."""
    return np.arange(contacted + held) < contacted


def test_by_hand() -> None:
    """A coin that never shows heads: 2 / 2^10 may be chance once in 500, 2 / 2^11 is not taken for it."""
    ten, eleven = check_split(arms(10, 0), np.full(10, 0.5)), check_split(arms(11, 0), np.full(11, 0.5))
    assert (ten.observed, ten.expected, ten.p_value) == pytest.approx((0, 5.0, 2 / 1024))
    assert eleven.p_value == pytest.approx(2 / 2048)
    assert (ten.broken, eleven.broken) == (False, True)


def test_a_filter_behind_the_draw_breaks_it() -> None:
    """1,000 chosen at 10%; half of those held back are lost from the list."""
    assert not check_split(arms(900, 100), np.full(1000, 0.1)).broken
    lost = check_split(arms(900, 50), np.full(950, 0.1))
    assert lost.broken
    assert lost.to_json() == {
        "chosen": 950,
        "observed": 50,
        "expected": 95.0,
        "p_value": pytest.approx(0, abs=1e-6),
        "broken": True,
    }


@pytest.mark.parametrize("held", [0, 60, 99, 100, 130, 1000])
def test_one_share_is_the_binomial_distribution(held: int) -> None:
    """Of 1,000 at 10%: both tails, as SciPy's distribution has them."""
    found = check_split(arms(1000 - held, held), np.full(1000, 0.1))
    assert found.p_value == pytest.approx(min(2 * min(binom.cdf(held, 1000, 0.1), binom.sf(held - 1, 1000, 0.1)), 1))


@pytest.mark.parametrize("held", [60, 90, 110, 130, 160])
def test_two_shares_are_nearly_their_exact_distribution(held: int) -> None:
    """600 at 10% and 200 at 25%: the convolution of the two binomials, both tails."""
    exact = np.convolve(binom.pmf(np.arange(601), 600, 0.1), binom.pmf(np.arange(201), 200, 0.25))
    one_tail = min(exact[: held + 1].sum(), exact[held:].sum())
    share = np.r_[np.full(600, 0.1), np.full(200, 0.25)]
    found = check_split(arms(800 - held, held), share)
    assert found.expected == pytest.approx(110)
    assert found.p_value == pytest.approx(min(2 * one_tail, 1), rel=0.25, abs=0.02)


def test_true_draws_are_hardly_ever_accused() -> None:
    """2,000 draws with two shares: about one in a thousand, not one in twenty."""
    random = np.random.default_rng(4)
    share = np.r_[np.full(700, 0.1), np.full(300, 0.2)]
    broken = [check_split(random.random(1000) >= share, share).broken for _ in range(2000)]
    assert sum(broken) <= 8


def test_shares_of_nobody_and_everybody_leave_nothing_to_chance() -> None:
    share = np.array([0.0, 0.0, 1.0])
    assert not check_split(np.array([True, True, False]), share).broken
    assert check_split(np.array([True, False, False]), share).broken


def test_nobody_is_nothing_to_accuse() -> None:
    assert check_split(np.zeros(0, bool), np.zeros(0)).p_value == 1


@given(st.permutations(range(30)), st.integers(0, 30))
def test_the_order_is_irrelevant(order: list[int], held: int) -> None:
    share, contact = np.linspace(0.1, 0.5, 30), arms(30 - held, held)
    assert check_split(contact[order], share[order]).p_value == pytest.approx(check_split(contact, share).p_value)


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="one from 0 to 1 for each is needed"):
        check_split(arms(1, 1), np.array([0.1, 1.1]))
