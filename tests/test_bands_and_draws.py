"""Bands that do not flicker, edges that leave fewer in high, tiers, and the draw of who is left alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bands import RISING, band, higher_edge, steady
from models.holdout import in_holdout, next_draw, programme_of
from models.tiers import value_tiers

RANDOM = settings(max_examples=100, deadline=None, derandomize=True)
P = st.integers(0, 100).map(lambda number: number / 100)
BAND = st.sampled_from([None, *RISING])


@pytest.mark.parametrize(
    ("before", "probability", "now"),
    [
        ("high", 0.70, "high"),
        ("high", 0.65, "high"),  # on the lower edge: still in
        ("high", 0.6499, "medium"),
        ("high", 0.35, "medium"),  # above medium's own lower edge
        ("high", 0.3499, "low"),  # two bands at once
        ("medium", 0.35, "medium"),
        ("medium", 0.3499, "low"),
        ("medium", 0.6999, "medium"),
        ("medium", 0.70, "high"),
        ("low", 0.3999, "low"),
        ("low", 0.40, "medium"),
        ("low", 0.70, "high"),
        (None, 0.66, "medium"),
        ("", 0.66, "medium"),
    ],
)
def test_entered_at_the_edge_and_left_below_it(before: str | None, probability: float, now: str) -> None:
    """Edges 0.4 and 0.7, left 0.05 below them; 0.4 - 0.05 is what it looks like."""
    assert steady(np.array([probability]), np.array([before], object), 0.4, 0.7, 0.05).tolist() == [now]


@given(st.lists(st.tuples(P, BAND), max_size=20), st.sampled_from([0.0, 0.01, 0.05, 0.2]))
@RANDOM
def test_a_band_is_never_left_while_the_probability_is_in_it(customers: list[tuple[float, str]], by: float) -> None:
    """At most later than the raw band, never below it, never above where it was; and only just below an edge."""
    p, before = np.array([p for p, _ in customers]), np.array([name for _, name in customers], object)
    raw, now = band(p, 0.4, 0.7), steady(p, before, 0.4, 0.7, by)
    for probability, was, alone, is_now in zip(p, before, raw, now, strict=True):
        assert RISING.index(is_now) >= RISING.index(alone)
        if is_now != alone:
            assert RISING.index(is_now) <= RISING.index(was)
            assert {"high": 0.7, "medium": 0.4}[is_now] - by <= probability + 1e-9
    if by == 0:
        assert now.tolist() == raw.tolist()
    assert steady(p, None, 0.4, 0.7, by).tolist() == raw.tolist()
    assert steady(p, now, 0.4, 0.7, by).tolist() == now.tolist()  # the same week again moves nobody


def test_the_lowest_edge_that_leaves_few_enough() -> None:
    """Ten customers at .71, .72 ... .80: eight are at or above .73; nothing leaves fewer than those at 1."""
    p = np.arange(71, 81) / 100
    assert higher_edge(p, 0.7, 8) == (0.73, 8)
    assert higher_edge(p, 0.7, 10) == (0.71, 10)
    assert higher_edge(p, 0.7, 0) == (0.81, 0)
    assert higher_edge(np.ones(5), 0.7, 4) is None
    assert higher_edge(p, 0.99, 3) is None
    assert higher_edge(np.array([]), 0.7, 0) == (0.71, 0)
    assert higher_edge(np.array([0.5, 0.58]), 0.57, 1) == (0.58, 1)  # 0.57 * 100 is 56.99999999999999


@given(st.lists(P, max_size=30), st.integers(0, 30))
@RANDOM
def test_an_edge_holds_what_it_says(values: list[float], most: int) -> None:
    """Its customers are counted as bands count them, and one hundredth less would be too many."""
    p = np.array(values)
    found = higher_edge(p, 0.5, most)
    if found is None:
        assert (p >= 0.99).sum() > most
    else:
        edge, customers = found
        assert customers == (band(p, 0.4, edge) == "high").sum() <= most
        assert edge == 0.51 or (p >= round(edge - 0.01, 2)).sum() > most


def test_tiers_by_hand() -> None:
    """Ten customers: one VIP, five small, four between; equal ones by their place."""
    worth = np.array([5, 1, 9, 1, 1, 7, 9, 2, 1, 1.0])
    tiers = value_tiers(worth, np.arange(10), 0.1, 0.5)
    assert tiers.tolist() == [
        "regular",
        "small",
        "vip",
        "small",
        "small",
        "regular",
        "regular",
        "regular",
        *["small"] * 2,
    ]
    assert value_tiers(worth, np.arange(10)[::-1], 0.1, 0.5)[[2, 6]].tolist() == ["regular", "vip"]
    assert value_tiers(np.array([3.0]), np.arange(1), 0.1, 0.5).tolist() == ["regular"]
    assert value_tiers(np.array([]), np.arange(0), 0.1, 0.5).tolist() == []
    assert (value_tiers(np.arange(100.0), np.arange(100), 0.29, 0.0) == "vip").sum() == 29  # .29 * 100 < 29
    with pytest.raises(ValueError, match="1 of 2 customers have an unknown worth"):
        value_tiers(np.array([1, np.nan]), np.arange(2), 0.1, 0.5)


@given(st.lists(st.integers(0, 4), max_size=40), st.sampled_from([0.05, 0.1, 0.5]), st.sampled_from([0.0, 0.3, 0.5]))
@RANDOM
def test_no_tier_is_worth_more_than_the_one_above(values: list[int], vip: float, small: float) -> None:
    worth = np.array(values, np.float64)
    tiers = value_tiers(worth, np.arange(len(worth)), vip, small)
    for upper, lower in (("vip", "regular"), ("regular", "small"), ("vip", "small")):
        above, below = worth[tiers == upper], worth[tiers == lower]
        assert not len(above) or not len(below) or above.min() >= below.max()
    assert (tiers == "vip").sum() <= vip * len(worth) + 1e-9
    assert (tiers == "small").sum() <= small * len(worth) + 1e-9


IDS = [f"C{number:06}" for number in range(100_000)]


def test_rotations_tile_the_days() -> None:
    """A rotation is as long as it says, begins on its own first day, and depends on no list before it."""
    day = date(2024, 6, 3)
    begins = next_draw(day, 182)
    assert begins is not None
    assert day < begins <= day + timedelta(days=182)
    last = begins - timedelta(days=1)
    assert programme_of("a", day, 182) == programme_of("a", last, 182) != programme_of("a", begins, 182)
    assert next_draw(begins, 182) == begins + timedelta(days=182)
    assert (programme_of("a", day, None), next_draw(day, None)) == ("a", None)
    assert programme_of("a", date(1970, 1, 5), 7) == "a.0"
    assert programme_of("a", date(1970, 1, 4), 7) == "a.-1"
    assert begins.weekday() == 0  # 182 days are 26 weeks


def test_each_rotation_draws_anew() -> None:
    """Of 100,000 ids as many are held out of k rotations in a row as share^k says, within four standard errors."""
    days = [date(2024, 6, 3) + timedelta(days=182 * number) for number in range(10)]
    draws = [in_holdout(IDS, 0.5, programme_of("p", day, 182)) for day in days]
    still = np.full(len(IDS), True)
    for times, held in enumerate(draws, start=1):
        still &= held
        expected = 0.5**times * len(IDS)
        assert still.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
        assert held.sum() == pytest.approx(50_000, abs=4 * np.sqrt(25_000))
