"""Is an order good at putting first whom contacts keep: Qini, and uplift and profit at capacity, with intervals.

N. J. Radcliffe, "Using control groups to target on predicted lift: building and assessing uplift models", Direct
Marketing Analytics Journal, 2007. All figures are differences between those contacted and those left alone by the
draw, so they are unbiased on rows that the order has not learnt from, and on no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.campaign import Prices
from models.intervals import Estimate, bootstrap
from models.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Arms:
    """One entry per (programme, customer) of a trial: contacted or not, and with which known probability."""

    customer: Ints
    treated: Bools
    propensity: Floats


@dataclass(frozen=True)
class Curve:
    """Radcliffe's curve, from (0, 0): `share` of the rows from the top, `gained` by contacting them.

    Gained is (R_t - R_c N_t / N_c) / N_t(all), with R the sum of the outcome and N the number, of the contacted and
    of those left alone, down to here: what the contacts added, per contacted customer of the whole. Before the first
    of those left alone it is R_t / N_t(all), as in published tools. A random order gains the straight line from (0, 0)
    to the last point.
    """

    share: Floats
    gained: Floats

    def area(self) -> float:
        """Between the curve and the random line; below zero if the order is worse than random."""
        under = np.trapezoid(self.gained, self.share)
        return float(under - self.gained[-1] / 2)


@dataclass(frozen=True)
class Sums:
    """Running sums down an order, from zero, an entry per group: all rows, and per arm its rows and their outcome."""

    rows: Floats
    contacted: Floats
    alone: Floats
    outcome_contacted: Floats
    outcome_alone: Floats

    def curve(self) -> Curve:
        """The curve, with a point per group; its end is NaN where an arm is empty."""
        n_t, n_c = self.contacted, self.alone
        if not n_t[-1] or not n_c[-1]:
            return Curve(np.array([0.0, 1.0]), np.array([0.0, np.nan]))
        others = np.divide(self.outcome_alone * n_t, n_c, out=np.zeros(len(n_c)), where=n_c > 0)
        return Curve(self.rows / self.rows[-1], (self.outcome_contacted - others) / n_t[-1])

    def effect_at(self, share: float) -> float:
        """The mean effect of a contact among the top share of rows; NaN if an arm is missing there.

        A group that the edge falls into counts with the part of it that has room: the mean over all draws in it.
        """
        edge = share * self.rows[-1]
        sums = (self.contacted, self.alone, self.outcome_contacted, self.outcome_alone)
        n_t, n_c, r_t, r_c = (float(np.interp(edge, self.rows, part)) for part in sums)
        return r_t / n_t - r_c / n_c if n_t > 0 and n_c > 0 else np.nan


class Line:
    """Rows in an order, best first. Rows with the same score are one group: nobody in it comes before another."""

    def __init__(self, score: Floats, arms: Arms) -> None:
        # Within a group by customer, so that sums do not hang on the order in which rows came.
        self._rows = np.lexsort((arms.propensity, arms.customer, -score))
        ordered = score[self._rows]
        self._ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(score) - 1)
        self._treated = arms.treated[self._rows]
        # Constant shares cancel; where they changed between programmes each arm is made to stand for all rows.
        chance = np.where(arms.treated, arms.propensity, 1 - arms.propensity)[self._rows]
        self._per_row = np.ones(len(score)) if np.ptp(arms.propensity) == 0 else 1 / chance

    def sums(self, outcome: Floats, weight: Floats) -> Sums:
        """Rows and outcomes down to the end of each group, each row counted `weight` times."""
        weight = weight[self._rows]
        counted, result = weight * self._per_row, outcome[self._rows]
        contacted, alone = counted * self._treated, counted * ~self._treated
        parts = (weight, contacted, alone, contacted * result, alone * result)
        return Sums(*(np.append(0.0, np.cumsum(part)[self._ends]) for part in parts))


def qini_curve(score: Floats, outcome: Floats, arms: Arms) -> Curve:
    """The curve of an order, highest score first."""
    return Line(score, arms).sums(outcome, np.ones(len(score))).curve()


def perfect_area(outcome: Floats, arms: Arms) -> float:
    """The area that no order of these rows exceeds, for an outcome of 0 and 1.

    First who stayed when contacted, last who stayed when left alone. NaN for other outcomes, and where the holdout's
    share changed between programmes: no bound is known there.
    """
    if not np.isin(outcome, (0, 1)).all() or np.ptp(arms.propensity) > 0:
        return np.nan
    kept = outcome > 0
    n, n_t, n_c = len(kept), int(arms.treated.sum()), int((~arms.treated).sum())
    if not n_t or not n_c:
        return np.nan
    first, last = int((kept & arms.treated).sum()), int((kept & ~arms.treated).sum())
    share = np.array([0, first, n - last, n]) / n
    return Curve(share, np.array([0, first / n_t, first / n_t, first / n_t - last / n_c])).area()


def qini_coefficient(score: Floats, outcome: Floats, arms: Arms) -> float:
    """Area over random as a share of the perfect order's: 1 perfect, 0 random. NaN as in `perfect_area`.

    Even the true effects score far below 1: the perfect order knows what each customer's dice showed.
    """
    return qini_curve(score, outcome, arms).area() / perfect_area(outcome, arms)


def money_of(kept: Bools, treated: Bools, value: Floats, offer: Bools, prices: Prices) -> Floats:
    """What each row brought: the value of who stayed, less the contact and, where it was one, the redeemed offer.

    The terms are those of `models.campaign.gain`: everybody who stays redeems the offer. The difference between the
    arms is then value times saved, minus costs.
    """
    cost = prices.contact + np.where(kept & offer, prices.offer, 0.0)
    return np.where(kept, value, 0.0) - np.where(treated, cost, 0.0)


def compare(
    orders: Mapping[str, Floats],
    outcomes: Mapping[str, Floats],
    arms: Arms,
    share: float,
    draws: int = 500,
    seed: int = 7,
) -> dict[str, Estimate]:
    """Every order by every outcome, and the first order beside each other one on the same draws of customers.

    Keys: `<order>.<outcome>.area` (over random) and `.at` (mean effect among the top `share`), `<first>-<other>.<...>`
    for the paired differences, `all.<outcome>` for the mean effect on everybody, which is a random order's `at`.
    Intervals take the orders as given: they say nothing about how a model fitted anew would do.
    """
    lines = {name: Line(score, arms) for name, score in orders.items()}
    first, *others = lines
    everybody = Line(np.zeros(len(arms.customer)), arms)

    def measure(weight: Floats) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, outcome in outcomes.items():
            found[f"all.{name}"] = everybody.sums(outcome, weight).effect_at(1.0)
            for order, line in lines.items():
                sums = line.sums(outcome, weight)
                found[f"{order}.{name}.area"], found[f"{order}.{name}.at"] = sums.curve().area(), sums.effect_at(share)
            for other in others:
                for figure in ("area", "at"):
                    mine, theirs = found[f"{first}.{name}.{figure}"], found[f"{other}.{name}.{figure}"]
                    found[f"{first}-{other}.{name}.{figure}"] = mine - theirs
            found[f"{first}-random.{name}.at"] = found[f"{first}.{name}.at"] - found[f"all.{name}"]
        return found

    return bootstrap(arms.customer, measure, draws, seed)
