"""What the contacts brought and what they cost: saved customers, saved value, price of contacts and offers, return.

All of it is intention to treat: saved is the difference of the arms times those contacted, so that who was contacted
twice is one customer, while the price counts every contact. Intervals are for one look unless they say `always`: those
hold at all readings together, by the widening of models.sequential, but with few and heavy-tailed amounts only roughly,
so that what is claimed is the effect on staying alone (models.effect). Prices are taken as known: a return is as
uncertain as the value saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.amounts import difference_of_amounts, winsorised
from models.effect import counts_of, difference, enough
from models.intervals import Estimate
from models.means import with_both_arms
from models.proportions import wilson_weighted
from models.sequential import always_valid, widening
from models.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Prices:
    """What one contact and one redeemed offer cost, and the share of spend that is earned (None: not known)."""

    contact: float
    offer: float
    margin: float | None = None


@dataclass(frozen=True)
class Ledger:
    """One entry per pooled customer: what was done, what it led to, and, where a log says, what it really cost.

    `times`: contacts within the horizon, or for the held back those that there would have been. `offer`: the action is
    one with an offer. `spend`: in the horizon. `cost`: the price of all contacts of the customer in the horizon,
    `redeemed`: the offers redeemed by the customer, both as far as a log says; None where it says nothing.
    """

    contact: Bools
    share: Floats
    left: Bools
    spend: Floats
    times: Ints
    offer: Bools
    cost: Floats | None = None
    redeemed: Ints | None = None

    def take(self, rows: Bools | Ints) -> Ledger:
        """The entries of a mask or an index."""
        first = (self.contact[rows], self.share[rows], self.left[rows], self.spend[rows], self.times[rows])
        cost = None if self.cost is None else self.cost[rows]
        redeemed = None if self.redeemed is None else self.redeemed[rows]
        return Ledger(*first, self.offer[rows], cost, redeemed)


@dataclass(frozen=True)
class Cost:
    """One price of all contacts. `from_log` names what was really paid or redeemed, the rest is prices times counts.

    `redeemed_anyway`: offers that went to customers who would have stayed without, by the holdout; None without offers.
    """

    contacts: int
    contact_cost: float
    redeemed: int
    redeemed_anyway: Estimate | None
    offer_cost: float
    from_log: tuple[str, ...]

    @property
    def total(self) -> float:
        """All of it, in money."""
        return self.contact_cost + self.offer_cost


@dataclass(frozen=True)
class Returns:
    """One account of all contacts: customers and money saved, cost and return, in money and per unit of cost.

    `saved_value` is spend, or what is earned of it where a margin is known. `value_cut` is the same with the largest
    amounts cut. `per_unit`: return by cost, None where nothing was paid. `left_out`: customers of strata with fewer
    than two customers in one of the arms, with their contacts.
    """

    contacted: int
    left_out: int
    saved_customers: Estimate
    saved_customers_always: Estimate
    saved_value: Estimate
    saved_value_always: Estimate
    value_cut: Estimate
    cost: Cost
    net: Estimate
    per_unit: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """As a report holds it, figures rounded to six decimals."""
        cost, anyway = self.cost, self.cost.redeemed_anyway
        estimates = {
            "saved_customers": self.saved_customers,
            "saved_customers_always": self.saved_customers_always,
            "saved_value": self.saved_value,
            "saved_value_always": self.saved_value_always,
            "saved_value_largest_cut": self.value_cut,
            "return": self.net,
            "return_per_unit_of_cost": self.per_unit,
            "offers_redeemed_anyway": anyway,
        }
        counts = {"contacted": self.contacted, "left_out": self.left_out, "contacts": cost.contacts}
        money = {"contact_cost": cost.contact_cost, "offer_cost": cost.offer_cost, "cost": cost.total}
        return {
            **counts,
            "offers_redeemed": cost.redeemed,
            **{name: round(each, 6) for name, each in money.items()},
            "from_log": list(cost.from_log),
            **{name: each.to_json() if each else None for name, each in estimates.items()},
        }


def returns(ledger: Ledger, prices: Prices) -> Returns | None:
    """One account from one entry per customer; None where the arms are too small for anything to be claimed.

    Raises ValueError for prices or amounts that are no numbers, or a margin that is no share.
    """
    _refuse(ledger, prices)
    rows = ledger.take(with_both_arms(ledger.contact, ledger.share))
    counts = counts_of(rows.contact, rows.left, rows.share)
    kept, always = difference(counts).kept, always_valid(counts)
    earned = rows.spend * (1.0 if prices.margin is None else prices.margin)
    means = difference_of_amounts(earned, rows.contact, rows.share)
    cut = difference_of_amounts(winsorised(earned), rows.contact, rows.share)
    if kept is None or always is None or means is None or cut is None or not enough(counts):
        return None
    contacted = int(rows.contact.sum())
    value, cost = times(means.interval(), contacted), cost_of(rows, prices)
    net = Estimate(value.value - cost.total, value.low - cost.total, value.high - cost.total)
    wide = widening(float(counts.variance(counts.difference)))
    return Returns(
        contacted,
        len(ledger.left) - len(rows.left),
        times(kept, contacted),
        times(always, contacted),
        value,
        times(means.interval(wide), contacted),
        times(cut.interval(), contacted),
        cost,
        net,
        times(net, 1 / cost.total) if cost.total > 0 else None,
    )


def cost_of(rows: Ledger, prices: Prices) -> Cost:
    """One price of all contacts made. Without a log every customer with an offer who stayed is taken to redeem one."""
    acted = rows.contact
    contacts = int(rows.times[acted].sum())
    contact_cost = float(rows.cost[acted].sum()) if rows.cost is not None else contacts * prices.contact
    taken = rows.redeemed if rows.redeemed is not None else (rows.offer & ~rows.left).astype(np.int64)
    redeemed = int(taken[acted].sum())
    from_log = tuple(name for name in ("cost", "redeemed") if getattr(rows, name) is not None)
    anyway = _redeemed_anyway(rows, redeemed)
    return Cost(contacts, contact_cost, redeemed, anyway, redeemed * prices.offer, from_log)


def _redeemed_anyway(rows: Ledger, redeemed: int) -> Estimate | None:
    """Contacted with an offer times the share of the held back with one who stayed: no more than were redeemed."""
    offered = rows.take(rows.offer)
    both = counts_of(offered.contact, offered.left, offered.share).comparable()
    if len(both.n_contact) == 0:
        return None
    weight = both.n_contact.astype(np.float64)
    found = wilson_weighted(both.n_holdout - both.left_holdout, both.n_holdout, weight)
    return Estimate(*(min(each, float(redeemed)) for each in found))


def times(each: Estimate, factor: float) -> Estimate:
    """An estimate and its interval, so many times."""
    return Estimate(each.value * factor, each.low * factor, each.high * factor)


def _refuse(ledger: Ledger, prices: Prices) -> None:
    for name, price in (("contact", prices.contact), ("offer", prices.offer)):
        if not 0 <= price < float("inf"):
            raise ValueError(f"the {name} price is {price}, must be 0 or more")
    if prices.margin is not None and not 0 <= prices.margin <= 1:
        raise ValueError(f"the margin is {prices.margin}, must be a share from 0 to 1")
    if not np.isfinite(ledger.spend).all():
        raise ValueError(f"{int((~np.isfinite(ledger.spend)).sum()):,} amounts of spend are no numbers: 0 for no spend")
