"""What contact and holdout can show: against the textbook, against simulated weeks, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from models.power import MOST_WEEKS, Group, needed, smallest_effect, weeks_needed

rates = st.floats(0.02, 0.98)
sizes = st.integers(1, 50_000)


def textbook(p1: float, p2: float) -> float:
    """Customers per group for equal groups, the formula as Fleiss writes it: m' of his equation 4.14."""
    mean = (p1 + p2) / 2
    chance = norm.ppf(0.975) * np.sqrt(2 * mean * (1 - mean))
    return float((chance + norm.ppf(0.8) * np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))) ** 2 / (p2 - p1) ** 2)


@pytest.mark.parametrize(("p1", "p2"), [(0.6, 0.7), (0.25, 0.4), (0.05, 0.1)])
def test_equal_groups_are_the_textbooks(p1: float, p2: float) -> None:
    """As many customers as the formula asks for show the difference, nine in ten of them do not."""
    n = int(np.ceil(textbook(p1, p2)))
    found, fewer = smallest_effect(p2, n, n), smallest_effect(p2, n * 9 // 10, n * 9 // 10)
    assert found == pytest.approx(p2 - p1, abs=2e-4)
    assert fewer is not None
    assert fewer > p2 - p1 + 1e-3


def test_a_known_figure() -> None:
    """60% against 70%: 356 in each group, as tables of Fleiss have it without continuity correction."""
    assert int(np.ceil(textbook(0.6, 0.7))) == 356


@given(rates, sizes, sizes)
@settings(max_examples=300)
def test_what_is_told_can_be_shown_and_hardly_less(rate: float, contact: int, holdout: int) -> None:
    effect = smallest_effect(rate, contact, holdout)
    if effect is None:
        assert rate < needed(rate, rate, contact, holdout)
        return
    assert 0 < effect <= rate
    assert effect >= needed(effect, rate, contact, holdout) - 1e-9
    less = effect - 2e-4
    assert less <= 0 or less < needed(less, rate, contact, holdout)


def test_simulated_weeks_show_it_four_times_in_five() -> None:
    """A test of two proportions on drawn groups: the effect that is told is found about 80% of the time."""
    random, rate, n, m = np.random.default_rng(3), 0.7, 900, 300
    effect = smallest_effect(rate, n, m)
    assert effect is not None
    left, lost = random.binomial(n, rate - effect, 20_000) / n, random.binomial(m, rate, 20_000) / m
    both = (n * left + m * lost) / (n + m)
    shown = np.abs(lost - left) > norm.ppf(0.975) * np.sqrt(both * (1 - both) * (1 / n + 1 / m))
    assert shown.mean() == pytest.approx(0.8, abs=0.015)


@given(rates, st.integers(30, 5000), st.integers(10, 500), st.floats(0.1, 1))
@settings(max_examples=200)
def test_weeks_are_the_fewest_that_do(rate: float, contact: int, holdout: int, fresh: float) -> None:
    """One week less does not show it, and half of an effect takes about four times the customers."""
    effect = smallest_effect(rate, contact, holdout)
    if effect is None:
        return
    groups = Group(contact, int(fresh * contact)), Group(holdout, int(fresh * holdout))
    weeks = weeks_needed(effect / 2, rate, *groups)
    if weeks is None:
        at = [float(group.after(np.array([MOST_WEEKS]))[0]) for group in groups]
        assert effect / 2 < needed(effect / 2, rate, *at)
        return
    assert weeks >= 2
    after = [[float(group.after(np.array([number]))[0]) for group in groups] for number in (weeks, weeks - 1)]
    assert effect / 2 >= needed(effect / 2, rate, *after[0])
    assert effect / 2 < needed(effect / 2, rate, *after[1])


def test_every_week_like_the_first() -> None:
    """Half of an effect: between three and five weeks where every customer is a new one, by the square of two."""
    effect = smallest_effect(0.7, 1000, 110)
    assert effect is not None
    assert weeks_needed(effect / 2, 0.7, Group(1000, 1000), Group(110, 110)) in (4, 5)
    assert weeks_needed(effect, 0.7, Group(1000, 1000), Group(110, 110)) == 1


@pytest.mark.parametrize(
    ("rate", "contact", "holdout"), [(0.7, 0, 30), (0.7, 30, 0), (0.0, 30, 30), (0.02, 10, 2), (0.5, 1, 1)]
)
def test_what_cannot_be_shown(rate: float, contact: int, holdout: int) -> None:
    """Nobody in a group, nobody who leaves, or a handful of customers: nothing is claimed."""
    assert smallest_effect(rate, contact, holdout) is None


@pytest.mark.parametrize(
    ("contact", "holdout", "weeks"),
    [
        (Group(1000, 0), Group(100, 0), None),  # nobody new ever comes
        (Group(1000, 1000), Group(100, 0), None),  # the holdout is too small for ever
        (Group(0, 0), Group(100, 10), None),
        (Group(1000, 1), Group(100, 1), None),  # beyond ten years
    ],
)
def test_weeks_that_never_come(contact: Group, holdout: Group, weeks: int | None) -> None:
    assert weeks_needed(0.02, 0.7, contact, holdout) == weeks


def test_a_rate_that_is_none() -> None:
    with pytest.raises(ValueError, match=r"leaving rate is 1\.2"):
        smallest_effect(1.2, 10, 10)
    with pytest.raises(ValueError, match=r"leaving rate is -0\.1"):
        weeks_needed(0.1, -0.1, Group(10, 1), Group(10, 1))
