"""What the contacts brought and cost: an account by hand, what a log changes, and how often the truth is held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_arms import Truth, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from models.intervals import Estimate
from models.returns import Ledger, Prices, cost_of, returns

PRICES = Prices(contact=0.5, offer=5.0)


def account() -> Ledger:
    """900 contacted, of whom 600 stay and spend 100 each; 100 held back, of whom 50 stay and spend the same.

    Every third contacted customer had an offer, and half of those held back would have had one; the first 100 contacted
    were contacted twice.
    """
    contact = np.arange(1000) < 900
    left = np.where(contact, np.arange(1000) % 9 < 3, np.arange(1000) % 2 == 0)
    offer = np.where(contact, np.arange(1000) % 3 == 0, np.arange(1000) < 950)
    times = np.where(np.arange(1000) < 100, 2, 1)
    return Ledger(contact, np.full(1000, 0.1), left, np.where(left, 0.0, 100.0), times, offer)


def test_an_account_by_hand() -> None:
    found = returns(account(), PRICES)
    assert found is not None
    said = found.to_json()
    assert said["contacted"] == 900
    assert said["saved_customers"]["value"] == 150  # 900 x (50% - 33.3%)
    assert said["saved_value"]["value"] == pytest.approx(15_000)
    assert (said["contacts"], said["contact_cost"]) == (1000, 500)
    assert said["offers_redeemed"] == 200  # 300 offers, two of three stayed
    assert said["offers_redeemed_anyway"]["value"] == 150  # half of those held back stay: half of 300 would have too
    assert said["offer_cost"] == 1000
    assert said["cost"] == 1500
    assert said["return"]["value"] == pytest.approx(13_500)
    assert said["return_per_unit_of_cost"]["value"] == pytest.approx(9)
    assert said["from_log"] == []
    assert said["return"]["low"] == pytest.approx(said["saved_value"]["low"] - 1500)
    assert said["return"]["high"] == pytest.approx(said["saved_value"]["high"] - 1500)
    for name in ("saved_customers", "saved_value", "return", "return_per_unit_of_cost", "saved_value_largest_cut"):
        assert said[name]["low"] < said[name]["value"] < said[name]["high"]
    for name in ("saved_customers", "saved_value"):
        assert said[f"{name}_always"]["low"] < said[name]["low"] < said[name]["high"] < said[f"{name}_always"]["high"]


def test_a_margin_counts_what_is_earned() -> None:
    """A third of spend is earned: the value is a third, the cost is what it was."""
    whole, third = returns(account(), PRICES), returns(account(), replace(PRICES, margin=1 / 3))
    assert whole is not None
    assert third is not None
    assert third.saved_value.low == pytest.approx(whole.saved_value.low / 3)
    assert third.net.value == pytest.approx(5000 - 1500)


def test_a_log_is_believed() -> None:
    """Letters were 2.00 each instead of 0.50, and only every tenth contacted customer redeemed an offer."""
    ledger = account()
    cost, redeemed = np.full(1000, 2.0), (np.arange(1000) % 10 == 0).astype(np.int64)
    found = cost_of(replace(ledger, cost=cost, redeemed=redeemed), PRICES)
    assert (found.contact_cost, found.redeemed, found.offer_cost, found.total) == (1800, 90, 450, 2250)
    assert found.from_log == ("cost", "redeemed")
    assert found.redeemed_anyway == Estimate(90, pytest.approx(90, abs=30), 90)  # never more than were redeemed


def test_what_the_held_back_did_costs_nothing() -> None:
    """Their choices are no contacts, and an offer that they did not get cannot be redeemed."""
    ledger = account()
    more = replace(ledger, times=np.where(ledger.contact, ledger.times, 50))
    assert cost_of(more, PRICES) == cost_of(ledger, PRICES)


def test_free_contacts_have_no_return_per_unit_of_cost() -> None:
    found = returns(replace(account(), offer=np.zeros(1000, bool)), Prices(0, 5))
    assert found is not None
    assert (found.cost.total, found.per_unit, found.cost.redeemed_anyway) == (0, None, None)
    assert found.net == found.saved_value


def test_customers_without_somebody_to_compare_with_are_left_out_and_counted() -> None:
    """500 more of a list without holdout, who all stayed: no saved customer, no cost, told as left out."""
    ledger = account()
    more = Ledger(
        np.r_[ledger.contact, np.ones(500, bool)],
        np.r_[ledger.share, np.zeros(500)],
        np.r_[ledger.left, np.zeros(500, bool)],
        np.r_[ledger.spend, np.full(500, 1e6)],
        np.r_[ledger.times, np.ones(500, np.int64)],
        np.r_[ledger.offer, np.ones(500, bool)],
    )
    found = returns(more, PRICES)
    assert found is not None
    assert found.left_out == 500
    assert replace(found, left_out=0) == returns(ledger, PRICES)


def test_too_little_is_no_account() -> None:
    ledger = account()
    assert returns(ledger.take(ledger.contact), PRICES) is None
    assert returns(ledger.take(np.r_[np.arange(40), np.arange(990, 996)]), PRICES) is None


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (Prices(-1, 5), "contact price is -1"),
        (Prices(0.5, float("nan")), "offer price is nan"),
        (Prices(0.5, 5, 40), "margin is 40"),
    ],
)
def test_what_is_no_price_is_refused(prices: Prices, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        returns(account(), prices)


def test_unknown_spend_is_refused() -> None:
    ledger = account()
    with pytest.raises(ValueError, match="1 amounts of spend are no numbers: 0 for no spend"):
        returns(replace(ledger, spend=np.r_[np.nan, ledger.spend[1:]]), PRICES)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 3.0, 250.0]))
@settings(deadline=None, max_examples=30)
def test_in_another_currency_it_is_the_same(seed: int, rate: float) -> None:
    """Spend and prices times the rate: money is, customers and return per unit of cost are what they were."""
    ledger = drawn(Truth(0.5, 0.05, share=0.2), 600, np.random.default_rng(seed)).ledger
    one = returns(ledger, PRICES)
    other = returns(replace(ledger, spend=ledger.spend * rate), Prices(0.5 * rate, 5.0 * rate))
    assert one is not None
    assert other is not None
    assert other.saved_customers == one.saved_customers
    for name in ("saved_value", "saved_value_always", "value_cut", "net"):
        ends = [(getattr(getattr(each, name), end)) for each in (one, other) for end in ("low", "value", "high")]
        assert ends[3:] == pytest.approx([rate * end for end in ends[:3]])
    assert one.per_unit is not None
    assert other.per_unit is not None
    assert other.per_unit.low == pytest.approx(one.per_unit.low)


def test_it_holds_the_truth() -> None:
    """400 draws: saved customers and saved value in 92 to 98%, the always-valid ones in more."""
    truth, random, held = Truth(0.5, 0.08), np.random.default_rng(15), np.zeros(4)
    for _ in range(400):
        ledger = drawn(truth, 800, random).ledger
        found = returns(ledger, PRICES)
        assert found is not None
        customers = truth.kept * found.contacted
        money = truth.mean * customers
        intervals = (found.saved_customers, found.saved_value, found.saved_customers_always, found.saved_value_always)
        for place, (interval, true) in enumerate(zip(intervals, (customers, money) * 2, strict=True)):
            held[place] += interval.low <= true <= interval.high
    assert (held[:2] / 400).tolist() == pytest.approx([0.95, 0.95], abs=0.03)
    assert (held[2:] / 400 > 0.985).all()
