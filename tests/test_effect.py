"""Was anybody kept by being contacted: what is claimed, what is not and why, and that the arms are compared fairly."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_arms import Truth, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from models.effect import (
    Difference,
    counts_of,
    described,
    difference,
    differences_by,
    effect,
    weeks_to_claim,
)
from models.proportions import newcombe
from models.sequential import Counts
from models.split import Split
from models.table import Bools

HOLDS = Split(1000, 100, 100.0, 1.0)
BROKEN = Split(950, 50, 95.0, 1e-7)


def counts(left_contact: int, n_contact: int, left_holdout: int, n_holdout: int) -> Counts:
    """One stratum."""
    return Counts(*(np.array([each]) for each in (left_contact, n_contact, left_holdout, n_holdout)))


CLEAR = counts(900, 1800, 140, 200)  # half of the contacted left, 70% of the held back


def test_what_is_shown_is_claimed() -> None:
    found = effect(CLEAR, HOLDS)
    assert (found.claimed, found.why_not) == ("kept", None)
    assert found.difference.kept is not None
    assert found.difference.kept.to_json() == {
        "value": 0.2,
        "low": pytest.approx(float(newcombe(140, 200, 900, 1800)[0]), abs=1e-6),
        "high": pytest.approx(float(newcombe(140, 200, 900, 1800)[1]), abs=1e-6),
    }
    assert found.always is not None
    assert 0 < found.always.low < found.difference.kept.low
    assert found.smallest is not None
    assert found.smallest_one_look is not None
    assert 0.2 > found.smallest > found.smallest_one_look


def test_contacts_that_drive_customers_away_are_claimed_too() -> None:
    assert effect(counts(1260, 1800, 100, 200), HOLDS).claimed == "lost"


@pytest.mark.parametrize(
    ("seen", "split", "why"),
    [
        (CLEAR, BROKEN, "split broken"),
        (counts(0, 90, 10, 10), HOLDS, "too few"),  # nobody left, all left: ten are no evidence of a hundred points
        (counts(900, 1800, 110, 200), HOLDS, "could be chance"),
        (counts(900, 1800, 120, 200), HOLDS, "could be chance"),  # off zero in one look, not at all readings
        (counts(3, 10, 0, 0), HOLDS, "too few"),
        (counts(0, 0, 0, 0), None, "too few"),
    ],
)
def test_what_is_not_shown_says_why(seen: Counts, split: Split | None, why: str) -> None:
    found = effect(seen, split)
    assert (found.claimed, found.why_not) == ("nothing shown", why)


def test_one_look_would_have_claimed_it() -> None:
    """The case above that a reading a week must not claim."""
    assert float(newcombe(120, 200, 900, 1800)[0]) > 0


def test_nobody_held_back_is_told_as_such() -> None:
    """A list without holdout: counted, not compared."""
    found = effect(counts(3, 10, 0, 0)).to_json()
    assert found == {
        "contacted": 0,
        "contacted_left": 0,
        "held_back": 0,
        "held_back_left": 0,
        "left_out": 10,
        "leaving_contacted": None,
        "leaving_held_back": None,
        "kept": None,
        "always": None,
        "claimed": "nothing shown",
        "why_not": "too few",
        "smallest": None,
        "smallest_one_look": None,
    }


def test_a_changed_share_is_not_taken_for_an_effect() -> None:
    """In spring a tenth was held back and 20% left, in autumn half and 60%: no contact kept anybody."""
    spring, autumn = counts(180, 900, 20, 100), counts(300, 500, 300, 500)
    both = Counts(*(np.r_[getattr(spring, name), getattr(autumn, name)] for name in vars(spring)))
    found = effect(both)
    assert found.difference.kept is not None
    assert found.difference.kept.value == pytest.approx(0)
    assert found.claimed == "nothing shown"
    mixed = effect(counts(480, 1400, 320, 600))
    assert mixed.claimed == "kept"  # what mixing them up would claim


def test_strata_are_weighed_by_those_contacted() -> None:
    """Ten points among 900 contacted, thirty among 300: 15 points, and 180 of 1,200 saved."""
    found = difference(Counts(np.array([270, 90]), np.array([900, 300]), np.array([40, 180]), np.array([100, 300])))
    assert found.kept is not None
    assert found.kept.value == pytest.approx(0.15)
    both = effect(Counts(np.array([270, 90]), np.array([900, 300]), np.array([40, 180]), np.array([100, 300])))
    assert both.always is not None
    assert both.always.value == pytest.approx(0.15)


def rows(random: np.random.Generator, size: int) -> tuple[Bools, Bools]:
    """Arms and outcomes."""
    return random.random(size) < 0.8, random.random(size) < 0.4


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_the_order_is_irrelevant_and_swapped_arms_flip_the_sign(seed: int) -> None:
    random = np.random.default_rng(seed)
    contact, left = rows(random, 400)
    share = random.choice([0.1, 0.2], 400)
    order = random.permutation(400)
    found = effect(counts_of(contact, left, share))
    assert effect(counts_of(contact[order], left[order], share[order])) == found
    one = np.full(400, 0.1)
    kept, turned = (effect(counts_of(arm, left, one)) for arm in (contact, ~contact))
    assert kept.difference.kept is not None
    assert turned.difference.kept is not None
    assert turned.difference.kept.value == pytest.approx(-kept.difference.kept.value)
    assert turned.difference.kept.low == pytest.approx(-kept.difference.kept.high)
    assert {kept.claimed, turned.claimed} in ({"nothing shown"}, {"kept", "lost"})


@given(st.lists(st.tuples(st.integers(1, 20), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
def test_where_a_tenth_of_every_group_is_held_back_all_is_the_weighted_mean_of_groups(
    groups: list[tuple[int, float, float]],
) -> None:
    """Each group has nine contacted for one held back, times a size."""
    codes = np.concatenate([np.full(100 * size, code) for code, (size, _, _) in enumerate(groups)])
    contact = np.concatenate([np.arange(100 * size) >= 10 * size for size, _, _ in groups])
    share = np.full(len(codes), 0.1)
    parts = [
        np.r_[np.arange(10 * size) < lost * 10 * size, np.arange(90 * size) < left * 90 * size]
        for size, lost, left in groups
    ]
    left = np.concatenate(parts)
    overall, each = difference(counts_of(contact, left, share)), differences_by(codes, contact, left, share)
    assert overall.kept is not None
    weighted = [found.n_contact * found.kept.value for found in each.values() if found.kept is not None]
    assert overall.kept.value == pytest.approx(sum(weighted) / overall.n_contact)
    assert sum(found.n_contact + found.n_holdout for found in each.values()) == len(codes)


def test_groups_are_described_under_their_names() -> None:
    contact, left = np.array([True, False, True]), np.array([False, True, False])
    found = described(differences_by(np.array([1, 1, 2]), contact, left, np.full(3, 0.1)), {1: "High", 2: "Low"})
    assert list(found) == ["High", "Low"]
    assert found["High"]["kept"]["value"] == 1
    assert (found["Low"]["kept"], found["Low"]["left_out"]) == (None, 1)
    assert "claimed" not in found["High"]


def test_weeks_until_a_claim() -> None:
    """Half of an effect takes about four times the customers; what is enough already takes no week."""
    seen = difference(counts(810, 900, 95, 100))
    weeks = [weeks_to_claim(seen, aim, 900, 100) for aim in (0.1, 0.05)]
    assert weeks[0] is not None
    assert weeks[1] is not None
    assert 3 <= (weeks[1] + 1) / (weeks[0] + 1) <= 5
    assert weeks_to_claim(seen, 0.5, 900, 100) == 0
    assert weeks_to_claim(seen, 0.99, 900, 100) is None  # more than leave
    assert weeks_to_claim(seen, 0.01, 0, 0) is None
    assert weeks_to_claim(Difference(0, 0, 0, 0, 5, None), 0.1, 9, 1) is None
    with pytest.raises(ValueError, match="neither can be negative"):
        weeks_to_claim(seen, 0.1, -1, 1)


@pytest.mark.parametrize(("leaving", "kept", "size"), [(0.2, 0.0, 300), (0.5, 0.1, 1000), (0.9, 0.05, 1000)])
def test_the_interval_for_one_look_holds_the_truth(leaving: float, kept: float, size: int) -> None:
    """400 draws with a tenth held back; the table of many truths is docs/bench/effect.md."""
    random, truth = np.random.default_rng(12), Truth(leaving, kept)
    held = 0
    for _ in range(400):
        ledger = drawn(truth, size, random).ledger
        found = difference(counts_of(ledger.contact, ledger.left, ledger.share)).kept
        assert found is not None
        held += found.low <= kept <= found.high
    assert 0.92 <= held / 400 <= 0.98
