"""Where a contact pays, the saving rate at which it would, and who gets the places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaign import (
    BELOW_COST,
    CHOSEN,
    FULL,
    HELD,
    PASSED,
    BreakEven,
    Places,
    Prices,
    break_even,
    fill,
    fill_at_most,
    gain,
)

RANDOM = settings(max_examples=150, deadline=None, derandomize=True)
CALL, OFFER = 0, 1


def test_a_gain_by_hand() -> None:
    """100 customers like this: 60 leave, a tenth of them (6) are saved, 40 would have stayed anyway.

    An offer: 6 x 100 = 600 in, 100 contacts at 1 and 46 offers at 5 out, which leaves 270, 2.70 each.
    A call, to which no offer belongs: 600 - 100, 5 each.
    """
    p, value, prices = np.array([0.6]), np.array([100.0]), Prices(contact=1, offer=5)
    assert gain(p, value, True, prices, 0.1) == pytest.approx([2.70])
    assert gain(p, value, False, prices, 0.1) == pytest.approx([5.00])
    assert gain(np.array([0.0]), value, True, prices, 0.1) == pytest.approx([-6.0])  # nobody to save, all redeem
    assert np.isnan(gain(p, np.array([np.nan]), True, prices, 0.1)).all()


def test_a_break_even_by_hand() -> None:
    """Calls at 7 to two customers of whom one leaves, worth 196: 14 spent, so one in 14 of that one pays."""
    p, value = np.array([0.5, 0.5]), np.array([196.0, 196.0])
    calls = np.array([False, False])
    assert break_even(p, value, calls, Prices(7, 5)) == BreakEven(14 / 196, 14)
    assert break_even(p, value, calls, Prices(7.1, 5)).one_in == 13  # type: ignore[union-attr]  # 1 in 13.8: no rosier
    offers = break_even(p, value, ~calls, Prices(7, 5))
    assert offers == BreakEven(pytest.approx((14 + 5) / (196 - 5)), 10)
    assert break_even(p[:1], np.array([2.8]), calls[:1], Prices(0.1, 5)).one_in == 14  # type: ignore[union-attr]  # 13.99..
    assert break_even(p, value, calls, Prices(0, 5)) == BreakEven(0.0, None)


@pytest.mark.parametrize(
    ("p", "value", "prices"),
    [
        ([], [], Prices(1, 1)),  # nobody
        ([0.5], [np.nan], Prices(1, 1)),  # amounts withheld
        ([0.5], [3.0], Prices(1, 4)),  # who is saved redeems more than they bring
        ([0.1], [10.0], Prices(2, 0)),  # all saved, and it costs more than they bring
        ([0.0], [10.0], Prices(1, 0)),  # nobody to save
        ([0.0], [10.0], Prices(0, 0)),
    ],
)
def test_what_cannot_pay_has_no_break_even(p: list[float], value: list[float], prices: Prices) -> None:
    assert break_even(np.array(p), np.array(value), np.full(len(p), True), prices) is None


CUSTOMERS = st.lists(st.tuples(st.floats(0.01, 1), st.floats(1, 1000), st.booleans()), min_size=1, max_size=10)


@given(CUSTOMERS, st.floats(0, 5), st.floats(0, 5))
@RANDOM
def test_at_the_break_even_the_gains_add_up_to_nothing(
    customers: list[tuple[float, float, bool]], contact: float, offer: float
) -> None:
    """Both formulas are the same one; a saving of one in N never loses; where there is none, no rate pays."""
    p, value, offers = (np.array(column) for column in zip(*customers, strict=True))
    prices = Prices(contact, offer)
    found = break_even(p, value, offers, prices)
    if found is None:
        assert all(gain(p, value, offers, prices, rate).sum() < 1e-6 for rate in (0.01, 0.5, 1.0))
        return
    assert gain(p, value, offers, prices, found.saving_rate).sum() == pytest.approx(0, abs=1e-6)
    if found.one_in is not None:
        assert gain(p, value, offers, prices, 1 / found.one_in).sum() >= -1e-6
        assert 1 / (found.one_in + 1) < found.saving_rate + 1e-9  # and one more would not pay


def places(*pairs: tuple[int | None, int | None]) -> list[Places]:
    return [Places(*pair) for pair in pairs]


def filled(
    wanted: str, held: str, actions: list[Places], pays: np.ndarray | None = None
) -> tuple[list[int], list[int]]:
    """Lines as letters: c wants a call, o an offer, - nothing; h is held back."""
    want = np.array([{"c": CALL, "o": OFFER, "-": -1}[letter] for letter in wanted], np.int64)
    may = np.full((len(want), len(actions)), True) if pays is None else pays
    done = fill(want, np.array([letter == "h" for letter in held], bool), may, actions)
    return done.action.tolist(), done.outcome.tolist()


def test_places_go_to_the_first_in_line_and_who_is_held_back_takes_none() -> None:
    """Two calls: the held between the two chosen is held; behind the last place both kinds find it full."""
    action, outcome = filled("c-cchc".replace("h", "c"), "..h.h.", places((2, None)))
    assert outcome == [CHOSEN, PASSED, HELD, CHOSEN, FULL, FULL]
    assert action == [CALL, -1, CALL, CALL, CALL, CALL]


def test_held_back_while_there_is_room() -> None:
    """With more places than customers, all held are held, the last too."""
    assert filled("ccc", ".hh", places((2, None)))[1] == [CHOSEN, HELD, HELD]
    assert filled("ccc", "hhh", places((1, None)))[1] == [HELD, HELD, HELD]


def test_beyond_the_calls_offers_are_made_and_each_line_keeps_its_order() -> None:
    """One call, three offers. The second caller wants an offer then, and stands before the third offer in line."""
    action, outcome = filled("coccoo", "......", places((1, OFFER), (3, None)))
    assert action == [CALL, OFFER, OFFER, OFFER, OFFER, OFFER]
    assert outcome == [CHOSEN, CHOSEN, CHOSEN, CHOSEN, FULL, FULL]


def test_whoever_gets_nothing_is_shown_what_was_wanted() -> None:
    """The third caller found the calls and the offers taken: a call is what the playbook recommends."""
    assert filled("ccc", "...", places((1, OFFER), (1, None))) == ([CALL, OFFER, CALL], [CHOSEN, CHOSEN, FULL])


def test_the_actions_order_in_params_does_not_matter() -> None:
    """Offers are first here, and calls lead to them."""
    want, held = np.array([1, 1, 0]), np.zeros(3, bool)
    done = fill(want, held, np.full((3, 2), True), places((1, None), (1, 0)))
    assert (done.action.tolist(), done.outcome.tolist()) == ([1, 0, 0], [CHOSEN, CHOSEN, FULL])


def test_where_it_does_not_pay_no_place_is_taken() -> None:
    """The first call would lose money and leaves the place to the second; the third's offer would not pay."""
    pays = np.array([[False, True], [True, True], [True, False]])
    assert filled("ccc", "...", places((1, OFFER), (None, None)), pays) == (
        [CALL, CALL, CALL],
        [BELOW_COST, CHOSEN, BELOW_COST],
    )


def test_no_more_than_there_is_time_for() -> None:
    """Two of those that count: the third of them finds it full, held or not; who does not count takes no place."""
    want, counted = np.zeros(6, np.int64), np.array([True, False, True, True, False, True])
    held = np.array([False, False, False, True, True, False])
    done = fill_at_most(want, held, np.full((6, 1), True), places((None, None)), counted, 2)
    assert done.outcome.tolist() == [CHOSEN, CHOSEN, CHOSEN, FULL, HELD, FULL]


def test_too_late_or_too_dear() -> None:
    """Behind the last place it is said who would not have paid anyway."""
    pays = np.array([[True], [False], [True]])
    done = fill_at_most(np.zeros(3, np.int64), np.zeros(3, bool), pays, places((None, None)), np.full(3, True), 1)
    assert done.outcome.tolist() == [CHOSEN, BELOW_COST, FULL]


def test_whoever_came_too_late_leaves_the_place_to_who_is_not_counted() -> None:
    """Two calls in all, one contact among those who count: the second of them is out, the last is called."""
    want, counted = np.zeros(3, np.int64), np.array([True, True, False])
    done = fill_at_most(want, np.zeros(3, bool), np.full((3, 1), True), places((2, None)), counted, 1)
    assert done.outcome.tolist() == [CHOSEN, FULL, CHOSEN]


LINE = st.lists(st.tuples(st.integers(-1, 2), st.booleans(), st.booleans()), max_size=40)
CHAIN = st.tuples(*[st.one_of(st.none(), st.integers(0, 6))] * 3, st.integers(0, 2))


def one_by_one(line: list[tuple[int, bool, bool]], actions: list[Places], most: int) -> list[tuple[int, int]]:
    """The walk down the line as a person would do it: the independent account of what `fill_at_most` must give."""
    taken, contacts, done = [0] * len(actions), 0, []
    for wanted, held, counted in line:
        at: int | None = wanted if wanted >= 0 and not (counted and contacts >= most) else None
        while at is not None and taken[at] >= (10**9 if actions[at].capacity is None else actions[at].capacity or 0):
            at = actions[at].otherwise
        if at is None:
            done.append((wanted, PASSED if wanted < 0 else FULL))
            continue
        done.append((at, HELD if held else CHOSEN))
        taken[at] += not held
        contacts += counted and not held
    return done


@given(LINE, CHAIN, st.integers(0, 20))
@RANDOM
def test_the_same_as_one_by_one(
    line: list[tuple[int, bool, bool]], chain: tuple[int | None, int | None, int | None, int], most: int
) -> None:
    """All at once gives what the walk gives, for chains of up to three actions in any order."""
    following: list[list[int | None]] = [[None, None, None], [1, 2, None], [None, 0, 1]]
    actions = [Places(chain[number], following[chain[3]][number]) for number in range(3)]
    want = np.array([wanted for wanted, _, _ in line], np.int64)
    held, counted = (np.array([item[at] for item in line], bool) for at in (1, 2))
    done = fill_at_most(want, held, np.full((len(line), 3), True), actions, counted, most)
    assert list(zip(done.action.tolist(), done.outcome.tolist(), strict=True)) == one_by_one(line, actions, most)
