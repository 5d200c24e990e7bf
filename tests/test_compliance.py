"""Whether contacts were made as drawn: full compliance changes nothing, half of it doubles, and little is refused."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_arms import Truth, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compliance import compliance
from models.means import difference_of_means

CONTACT = np.arange(1000) < 500
LEFT = np.where(CONTACT, np.arange(1000) % 10 < 4, np.arange(1000) % 10 < 6)  # 40% against 60%
SHARE = np.full(1000, 0.5)


def test_contacts_as_drawn_are_the_difference_of_the_arms() -> None:
    found = compliance(CONTACT, CONTACT, LEFT, SHARE)
    plain = difference_of_means((~LEFT).astype(float), CONTACT, SHARE)
    assert found.kept is not None
    assert plain is not None
    assert (found.kept.value, found.kept.value - found.kept.low) == pytest.approx((0.2, 1.9623 * plain.error), rel=1e-3)
    assert found.to_json()["contacted"]["value"] == 1
    assert found.to_json()["contaminated"]["value"] == 0


def test_half_reached_means_twice_the_effect_on_them() -> None:
    """Half of the contact arm is reached: the difference of 20 points is 40 on those reached, twice as uncertain."""
    full, half = (compliance(CONTACT, CONTACT & reached, LEFT, SHARE) for reached in (True, np.arange(1000) % 2 == 0))
    assert full.kept is not None
    assert half.kept is not None
    assert half.kept.value == pytest.approx(0.4)
    wide, narrow = (each.high - each.low for each in (half.kept, full.kept))
    assert wide == pytest.approx(2 * narrow, rel=0.1)


def test_contaminated_by_hand() -> None:
    """400 of 500 reached, 100 of 500 held back contacted all the same: 0.2 / 0.6, its error by the delta method."""
    reached = np.where(CONTACT, np.arange(1000) % 5 < 4, np.arange(1000) % 5 == 0)
    found = compliance(CONTACT, reached, LEFT, SHARE)
    assert found.kept is not None
    assert found.kept.value == pytest.approx(1 / 3)
    assert found.contacted is not None
    assert found.contaminated is not None
    assert (found.contacted.value, found.contaminated.value) == (0.8, 0.2)
    assert found.contaminated.low == pytest.approx(0.1672, abs=1e-4)
    arms = [np.cov((~LEFT[arm]).astype(float), reached[arm].astype(float)) / 500 for arm in (CONTACT, ~CONTACT)]
    (kept, both), (_, drawn_apart) = arms[0] + arms[1]
    error = np.sqrt(kept / 0.6**2 + 0.2**2 * drawn_apart / 0.6**4 - 2 * 0.2 * both / 0.6**3)
    assert found.kept.high - found.kept.value == pytest.approx(1.9623 * error, rel=1e-3)


@pytest.mark.parametrize("reached", [0.0, 0.1, 0.15])
def test_where_drawn_and_contacted_hardly_differ_nothing_is_divided(reached: float) -> None:
    """15% in one arm and none in the other are 15 points, and may be 11.8: told; 10 may be 7.6: refused."""
    found = compliance(CONTACT, CONTACT & (np.arange(1000) < 500 * reached), LEFT, SHARE)
    assert (found.kept is None) == (reached < 0.15)
    assert found.why_not == (None if reached == 0.15 else "drawn and contacted differ")
    assert found.contacted is not None


@pytest.mark.parametrize("rows", [np.arange(510), np.arange(0), np.arange(500)])
def test_too_few_are_told_as_such(rows: np.ndarray) -> None:  # type: ignore[type-arg]
    found = compliance(CONTACT[rows], CONTACT[rows], np.zeros(len(rows), bool), SHARE[rows])
    assert (found.kept, found.why_not) == (None, "too few")
    assert (found.contacted is None) == (len(rows) == 0)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_the_order_is_irrelevant_and_so_is_which_arm_is_called_contact(seed: int) -> None:
    """With the arms swapped both differences change their sign, and the ratio stays; but it is then refused."""
    random = np.random.default_rng(seed)
    truth = drawn(Truth(0.5, 0.1, share=0.4, reached=0.8, anyway=0.1), 600, random)
    seen = (truth.ledger.contact, truth.reached, truth.ledger.left, truth.ledger.share)
    order = random.permutation(600)
    one, other = compliance(*seen), compliance(*(each[order] for each in seen))
    assert one.kept is not None
    assert other.kept is not None
    assert (one.kept.value, one.kept.low) == pytest.approx((other.kept.value, other.kept.low))
    assert compliance(~seen[0], *seen[1:]).why_not == "drawn and contacted differ"


def test_it_holds_the_truth() -> None:
    """400 draws in which 60% are reached: the effect on them, in 92 to 98%."""
    truth, random, held = Truth(0.5, 0.06, reached=0.6, anyway=0.05), np.random.default_rng(16), 0
    for _ in range(400):
        found = drawn(truth, 1500, random)
        kept = compliance(found.ledger.contact, found.reached, found.ledger.left, found.ledger.share).kept
        assert kept is not None
        held += kept.low <= truth.kept_of_reached <= kept.high
    assert 0.92 <= held / 400 <= 0.98
