"""An interval that may be read every week: its boundary by hand and in random walks, and nothing called something."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_arms import weekly
from hypothesis import given, settings
from hypothesis import strategies as st

from models.effect import effect
from models.power import smallest_effect
from models.proportions import newcombe
from models.sequential import TIGHT_AT, Counts, always_valid, needed, radius, widening


def counts(left_contact: int, n_contact: int, left_holdout: int, n_holdout: int) -> Counts:
    """One stratum."""
    return Counts(*(np.array([each]) for each in (left_contact, n_contact, left_holdout, n_holdout)))


@st.composite
def any_counts(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Somebody in both arms."""
    n, m = draw(st.integers(1, 3000)), draw(st.integers(1, 3000))
    return draw(st.integers(0, n)), n, draw(st.integers(0, m)), m


def test_the_boundary_by_hand() -> None:
    """Where the variance is the square of the effect it is tight at: 3.656 standard errors, the root of 2 log 800."""
    assert widening(TIGHT_AT**2) == pytest.approx(np.sqrt(2 * np.log(800)))
    assert radius(0.01**2, tight_at=0.01) == pytest.approx(0.01 * 3.6564, rel=1e-4)
    assert radius(np.array([0.0, 1e-4])).tolist() == pytest.approx([0, 0.032132], abs=1e-6)


def test_the_boundary_of_the_paper() -> None:
    """Its margin for 100 observations of unit variance, rho squared 0.1: root of 2 x 11 log(root 11 / 0.05) / 1,000."""
    assert radius(1 / 100, tight_at=np.sqrt(0.1)) == pytest.approx(0.30378, abs=1e-5)


def test_effects_that_matter_need_little_more_than_three_standard_errors() -> None:
    """The choice of what it is tight at: from 1 to 4 points of standard error, that is effects of 4 to 13 points."""
    assert max(widening(error**2) for error in (0.01, 0.02, 0.03, 0.04)) < 3.25


def test_a_random_walk_leaves_the_boundary_in_at_most_one_of_twenty() -> None:
    """2,000 walks of 4,000 steps, read at every step, from a variance of 1 down to 1 / 4,000."""
    random = np.random.default_rng(5)
    time = np.arange(1, 4001)
    mean = random.standard_normal((2000, 4000)).cumsum(axis=1) / time
    missed = (np.abs(mean) > radius(1 / time, tight_at=0.2)).any(axis=1).mean()
    naive = (np.abs(mean) > 1.96 / np.sqrt(time)).any(axis=1).mean()
    assert missed <= 0.05
    assert naive > 0.5


@given(any_counts())
@settings(deadline=None)
def test_it_holds_the_estimate_and_turns_with_the_arms(seen: tuple[int, int, int, int]) -> None:
    found, back = always_valid(counts(*seen)), always_valid(counts(*seen[2:], *seen[:2]))
    assert found is not None
    assert back is not None
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (back.low, back.value, back.high) == pytest.approx((-found.high, -found.value, -found.low), abs=1e-9)


@given(any_counts(), st.integers(2, 10))
@settings(deadline=None)
def test_more_of_the_same_is_narrower(seen: tuple[int, int, int, int], more: int) -> None:
    few, many = always_valid(counts(*seen)), always_valid(counts(*(more * each for each in seen)))
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low or few.high - few.low == 2  # nothing known stays so


@given(any_counts())
@settings(deadline=None)
def test_it_is_wider_than_the_interval_for_one_look(seen: tuple[int, int, int, int]) -> None:
    """For anything that could be claimed: both arms have leavers and stayers."""
    left, n, lost, m = (each + 10 * ((i % 2) + 1) for i, each in enumerate(seen))
    found, (low, high) = always_valid(counts(left, n, lost, m)), newcombe(lost, m, left, n)
    assert found is not None
    assert found.high - found.low > float(high - low)


def test_a_few_held_back_do_not_make_it_collapse() -> None:
    """Three of three held back stayed, of 100 contacted 20 left: nothing is known, not everything."""
    found = always_valid(counts(20, 100, 0, 3))
    assert found is not None
    assert found.high - found.low > 1


def test_the_variance_of_a_possible_difference_by_hand() -> None:
    """One of eight left and none of two, with one leaver and one stayer more: a sixth; 30 points apart around it."""
    found = counts(1, 8, 0, 2).variance(np.array([0.0, 0.3, 1.0]))
    one, other = 1 / 6 - 0.3 * 0.2, 1 / 6 + 0.3 * 0.8
    assert found[0] == pytest.approx(5 / 36 * (1 / 8 + 1 / 2))
    assert found[1] == pytest.approx(one * (1 - one) / 8 + other * (1 - other) / 2)
    assert found[2] == pytest.approx((1 / 6 + 0.8) * (1 / 30) / 2)  # no share lies below zero


def test_that_nobody_left_does_not_make_it_collapse() -> None:
    """Of 103 nobody left: with three held back a few points in either direction remain possible, not none."""
    found = always_valid(counts(0, 100, 0, 3))
    assert found is not None
    assert found.high > 0.2


def test_an_empty_arm_has_no_interval() -> None:
    assert always_valid(counts(3, 10, 0, 0)) is None
    assert always_valid(counts(3, 10, 0, 0).comparable()) is None


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="a count of 0 up to all of them"):
        counts(11, 10, 0, 5)


@pytest.mark.parametrize("leaving", [0.05, 0.5, 0.8])
@pytest.mark.parametrize("chosen", [30, 300, 2000])
def test_without_effect_something_is_claimed_in_at_most_one_of_twenty(leaving: float, chosen: int) -> None:
    """1,000 programmes read weekly for half a year; the interval for one look claims in one of five and more."""
    found = weekly(np.full(26, leaving), 0.0, chosen, 1000, np.random.default_rng(chosen))
    assert (found.claimed() != 0).any(axis=1).mean() <= 0.05
    if chosen == 300:
        assert found.claimed_by_one_look().any(axis=1).mean() > 0.15


def test_a_season_claims_nothing_either() -> None:
    """The leaving rate doubles within the half year, for both arms."""
    found = weekly(np.linspace(0.3, 0.6, 26), 0.0, 300, 1000, np.random.default_rng(8))
    assert (found.claimed() != 0).any(axis=1).mean() <= 0.05


def test_an_effect_is_claimed_with_its_sign() -> None:
    """Ten points, 300 chosen a week: in most programmes within half a year, never the other way round."""
    found = weekly(np.full(26, 0.6), 0.1, 300, 500, np.random.default_rng(9)).claimed()
    assert (found == 1).any(axis=1).mean() > 0.9
    assert not (found == -1).any()


def test_the_helper_claims_what_the_module_claims() -> None:
    """What the bench reads for all programmes at once is the rule of models.effect."""
    found = weekly(np.full(20, 0.4), 0.12, 150, 25, np.random.default_rng(10))
    fast = found.claimed()
    sign = {"kept": 1, "lost": -1, "nothing shown": 0}
    slow = [[sign[effect(counts(*found.at(p, week).tolist())).claimed] for week in range(20)] for p in range(25)]
    assert fast.tolist() == slow
    assert 0 < np.mean(slow) < 1


def test_what_is_told_as_smallest_is_claimed_four_times_in_five() -> None:
    """A reading of 900 contacted and 100 held back of whom 60% leave, with the smallest effect as the truth."""
    smallest = smallest_effect(0.6, 900, 100, condition=needed)
    assert smallest is not None
    random = np.random.default_rng(11)
    left, lost = random.binomial(900, 0.6 - smallest, 500), random.binomial(100, 0.6, 500)
    claimed = [effect(counts(int(a), 900, int(b), 100)).claimed == "kept" for a, b in zip(left, lost, strict=True)]
    assert np.mean(claimed) == pytest.approx(0.8, abs=0.05)
