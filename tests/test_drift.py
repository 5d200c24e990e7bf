"""The stability index: by hand, as properties, and on a matrix in blocks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.drift import BINS, FLOOR, Reference, index_of, psi

RANDOM = settings(max_examples=80, deadline=None, derandomize=True)
NUMBERS = st.one_of(st.floats(-1e6, 1e6, width=32), st.just(float("nan")), st.integers(-3, 3).map(float))
COLUMN = st.lists(NUMBERS, min_size=1, max_size=60).map(lambda values: np.array(values, np.float32))
COUNTS = arrays(np.int64, 6, elements=st.integers(0, 1000))


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def repeated(**counts: int) -> np.ndarray:
    """So many of each value: repeated(_0=6, _1=4)."""
    return np.repeat([float(name.strip("_")) for name in counts], list(counts.values())).astype(np.float32)


def test_by_hand() -> None:
    """A table that is often printed: three classes of 50, 30, 20% that become 40, 30, 30%."""
    found = psi(repeated(_1=50, _2=30, _3=20), repeated(_1=40, _2=30, _3=30))
    # (.4 - .5) ln(.4/.5) + 0 + (.3 - .2) ln(.3/.2)
    assert found == pytest.approx(0.0223144 + 0.0405465, abs=1e-6)


def test_ten_bins_by_hand() -> None:
    """1 to 100 has ten bins of ten; after adding 10 the lowest is empty and the highest has twenty."""
    before = np.arange(1, 101, dtype=np.float32)
    empty, double = (FLOOR - 0.1) * math.log(FLOOR / 0.1), (0.2 - 0.1) * math.log(0.2 / 0.1)
    assert psi(before, before + 10) == pytest.approx(empty + double)


def test_missing_values_are_a_bin_of_their_own() -> None:
    """A tenth that goes missing evenly leaves all other bins in proportion, and is seen all the same."""
    before = np.tile(np.arange(20, dtype=np.float32), 50)
    now = before.copy()
    now[:100] = np.nan
    expected = (0.1 - FLOOR) * math.log(0.1 / FLOOR) + 10 * (0.09 - 0.1) * math.log(0.09 / 0.1)
    assert psi(before, now) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "now", [column(4.0), column(6.0), column(5.0000005), column(np.nan), column(np.inf), column(-np.inf)]
)
def test_a_constant_that_becomes_anything_else_is_seen(now: np.ndarray) -> None:
    """As large as an index can be: everybody left the only bin."""
    assert psi(np.full(1000, 5, np.float32), np.repeat(now, 1000)) == pytest.approx(2 * (1 - FLOOR) * math.log(1e4))


def test_few_values_are_bins_each() -> None:
    """A flag, and a value between two that never was there."""
    flag = repeated(_0=900, _1=100)
    assert psi(flag, repeated(_0=500, _1=500)) == pytest.approx(0.4 * math.log(5) + 0.4 * math.log(9 / 5))
    assert psi(flag, np.full(100, 0.5, np.float32)) > 8


def test_all_missing_where_nothing_was_is_large_and_the_other_way_round_too() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=5000)
    nothing = np.full(5000, np.nan)
    assert psi(values, nothing) > 9
    assert psi(nothing, values) > 9
    assert psi(nothing, nothing) == 0


def test_nobody_has_no_index() -> None:
    assert math.isnan(psi(column(), column(1)))
    assert math.isnan(psi(column(1), column()))


@given(COLUMN)
@RANDOM
def test_equal_samples_have_zero_whatever_their_order(values: np.ndarray) -> None:
    shuffled = np.random.default_rng(3).permutation(values)
    assert psi(values, shuffled) == 0.0


@given(COLUMN, COLUMN)
@RANDOM
def test_never_negative_and_the_order_of_rows_is_irrelevant(before: np.ndarray, now: np.ndarray) -> None:
    found = psi(before, now)
    assert found >= 0
    assert psi(before[::-1], now[::-1]) == found


@given(COUNTS, COUNTS)
@RANDOM
def test_symmetric_over_the_same_bins(before: np.ndarray, now: np.ndarray) -> None:
    assume(before.sum() and now.sum())
    assert index_of(before, now) == pytest.approx(index_of(now, before), abs=1e-12)
    assert index_of(before, now) == pytest.approx(index_of(before[::-1], now[::-1]), abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@RANDOM
def test_grows_with_a_shift(seed: int) -> None:
    """Half a standard deviation more each time; without a shift no more than chance explains."""
    random = np.random.default_rng(seed)
    before, now = random.normal(size=(2, 4000))
    shifts = [psi(before, now + shift) for shift in (0, 0.5, 1.0, 1.5)]
    assert shifts == sorted(shifts)
    assert shifts[0] < 0.02
    assert shifts[1] > 0.15


@given(st.lists(st.integers(0, 200), max_size=4))
@RANDOM
def test_a_matrix_in_blocks_is_its_columns(cuts: list[int]) -> None:
    """Columns of many values, few, one and none; wherever blocks end."""
    random = np.random.default_rng(8)

    def matrix(shift: float) -> np.ndarray:
        numbers = [random.normal(shift, 1, 200), random.integers(0, 3, 200), np.full(200, 7), np.full(200, np.nan)]
        return np.stack(numbers, axis=1).astype(np.float32)

    before, now = matrix(0), matrix(0.3)
    bins = Reference.of(before)
    counts = bins.counted(np.split(now, sorted(cuts)))
    assert counts.sum(axis=1).tolist() == [200] * 4
    assert bins.psi(counts).tolist() == [psi(before[:, at], now[:, at]) for at in range(4)]
    assert bins.missing(counts).tolist() == [0, 0, 0, 1]


def test_what_chance_alone_makes() -> None:
    """Over many pairs of samples of one distribution the mean index is what is said of chance."""
    random = np.random.default_rng(2)
    before, now = random.normal(size=(2, 300, 400))
    bins = Reference.of(before)
    counts = bins.counted([now])
    assert bins.by_chance(counts)[0] == pytest.approx((BINS - 1) * 2 / 300)
    assert bins.psi(counts).mean() == pytest.approx(bins.by_chance(counts).mean(), rel=0.15)
