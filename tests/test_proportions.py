"""Intervals of shares and their differences: against Newcombe's own table, SciPy, and themselves turned around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.proportions import newcombe, newcombe_weighted, share_of, wilson, wilson_weighted


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Some of some, at least one."""
    n = draw(st.integers(1, 2000))
    return draw(st.integers(0, n)), n


# Newcombe 1998, Table II, method 10: x / n less x / n.
TABLE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("x", "n", "other", "of", "low", "high"), TABLE)
def test_differences_are_newcombes(x: int, n: int, other: int, of: int, low: float, high: float) -> None:
    found = newcombe(x, n, other, of)
    assert [float(end) for end in found] == pytest.approx([low, high], abs=6e-5)


@given(counts(), st.sampled_from([0.9, 0.95, 0.99]))
def test_shares_are_scipys(count: tuple[int, int], level: float) -> None:
    x, n = count
    theirs = binomtest(x, n).proportion_ci(confidence_level=level, method="wilson")
    assert [float(end) for end in wilson(x, n, level)] == pytest.approx([theirs.low, theirs.high], abs=1e-12)


def test_many_shares_at_once_and_the_ends_are_exact() -> None:
    """Nobody, all, none, and three of ten; of none at all nothing is known."""
    low, high = wilson(np.array([0, 10, 0, 3]), np.array([0, 10, 10, 10]))
    assert low.tolist() == pytest.approx([0, 0.72247, 0, 0.10779], abs=1e-5)
    assert high.tolist() == pytest.approx([1, 1, 0.27753, 0.60322], abs=1e-5)
    assert (low[2], high[1]) == (0.0, 1.0)


@pytest.mark.parametrize(("n", "of"), [(0, 10), (10, 0), (0, 0)])
def test_an_empty_side_leaves_everything_open(n: int, of: int) -> None:
    assert [float(end) for end in newcombe(0, n, 0, of)] == [-1, 1]


@given(counts(), counts())
def test_turned_around_the_sign_flips(one: tuple[int, int], other: tuple[int, int]) -> None:
    low, high = newcombe(*one, *other)
    back = newcombe(*other, *one)
    assert [float(low), float(high)] == pytest.approx([-float(back[1]), -float(back[0])], abs=1e-12)
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] <= high <= 1


@given(counts(), counts(), st.integers(2, 20))
def test_more_of_the_same_is_narrower(one: tuple[int, int], other: tuple[int, int], more: int) -> None:
    low, high = newcombe(*one, *other)
    less, least = newcombe(*(more * each for each in one), *(more * each for each in other))
    assert least - less < high - low


@given(counts(), counts())
def test_one_pair_is_the_pair(one: tuple[int, int], other: tuple[int, int]) -> None:
    value, low, high = newcombe_weighted(*(np.array([each]) for each in (*one, *other)), np.ones(1))
    ends = [float(end) for end in newcombe(*one, *other)]
    assert [value, low, high] == pytest.approx([one[0] / one[1] - other[0] / other[1], *ends], abs=1e-12)


def test_a_pair_cut_in_two_tells_what_the_whole_tells() -> None:
    """200 of 500 less 90 of 300, or twice half of both: the interval differs by less than a hundredth."""
    halves = newcombe_weighted(
        np.array([100, 100]), np.array([250, 250]), np.array([45, 45]), np.array([150, 150]), np.full(2, 0.5)
    )
    whole = newcombe(200, 500, 90, 300)
    assert halves[0] == pytest.approx(0.1)
    assert halves[2] - halves[1] == pytest.approx(float(whole[1] - whole[0]), rel=0.01)


def test_weighted_shares_are_their_sum() -> None:
    """Half of ten stand for 100 customers, four fifths of ten for 50; one share alone is Wilson's."""
    value, low, high = wilson_weighted(np.array([5, 8]), np.array([10, 10]), np.array([100.0, 50.0]))
    assert value == pytest.approx(90)
    assert (low, high) == pytest.approx((90 - np.hypot(26.341, 15.494), 90 + np.hypot(26.341, 7.166)), abs=0.01)
    assert wilson_weighted(3, 10, np.array([1.0]))[1:] == pytest.approx((0.10779, 0.60322), abs=1e-5)


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[11\] of \[10\]: a count of 0 up to all"):
        wilson(np.array([11]), np.array([10]))
    with pytest.raises(ValueError, match="every pair needs somebody on both"):
        newcombe_weighted(np.array([1, 0]), np.array([2, 0]), np.array([1, 1]), np.array([2, 2]), np.full(2, 0.5))
    with pytest.raises(ValueError, match="every share needs somebody"):
        wilson_weighted(np.array([0]), np.array([0]), np.ones(1))
    assert share_of(0, 0) is None
