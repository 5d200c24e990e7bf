"""An interval for a difference of two shares that may be read every week: it holds at all readings together.

A 95% interval for one look misses the truth far more often than once in twenty if somebody looks every week and stops
where it suits. The one here is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
"Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), with Robbins'
normal mixture as its boundary (Annals of Mathematical Statistics 41, 1970), which is also the always-valid test of
Johari, Koomen, Pekelis and Walsh (Operations Research 70, 2022). An estimate with variance V misses the truth at any
time by more than

    radius(V) = sqrt( V (1 + V / s^2) log( (1 + s^2 / V) / alpha^2 ) )

with a chance of alpha at most; s is an effect for which the interval is to be tight, fixed before any data. Time is
here 1 / V, the information, not the number of customers: with one in ten held back, it is those few who set the clock.

V depends on the shares, and of those the holdout's is known badly for a long time: its own estimate is zero when three
of three stayed, and the interval would collapse. So every difference d that could be true is asked with the shares it
would imply, those that lie d apart and keep the sum of leavers as it was seen (plus one leaver and one stayer): the
interval is all d that are not more than radius(V(d)) away from what was seen, as for a score test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from models.intervals import LEVEL, Estimate
from models.power import POWER_Z
from models.table import Floats, Ints

TIGHT_AT = 0.08  # s above: effects of 5 to 10 points need 3.0 to 3.2 standard errors with it, no other s much less
GRID = 801


@dataclass(frozen=True)
class Counts:
    """One entry per stratum, customers drawn with one share: how many were in each arm, and how many of them left.

    Raises ValueError for counts that are none.
    """

    left_contact: Ints
    n_contact: Ints
    left_holdout: Ints
    n_holdout: Ints

    def __post_init__(self) -> None:
        """Nobody left who was not there."""
        for left, n in ((self.left_contact, self.n_contact), (self.left_holdout, self.n_holdout)):
            if not ((left >= 0) & (left <= n)).all():
                raise ValueError(f"{left.tolist()} left of {n.tolist()}: a count of 0 up to all of them is needed")

    def comparable(self) -> Counts:
        """The strata with somebody in both arms: the others have nothing to be compared with."""
        both = (self.n_contact > 0) & (self.n_holdout > 0)
        return Counts(self.left_contact[both], self.n_contact[both], self.left_holdout[both], self.n_holdout[both])

    @property
    def weight(self) -> Floats:
        """The share of a stratum in those contacted: the effect is that on them."""
        return self.n_contact / max(int(self.n_contact.sum()), 1)

    @property
    def difference(self) -> float:
        """Share of leavers held back less that of those contacted; NaN if an arm of a stratum is empty."""
        if len(self.n_contact) == 0 or (self.n_contact == 0).any() or (self.n_holdout == 0).any():
            return float("nan")
        return float((self.weight * (self.left_holdout / self.n_holdout - self.left_contact / self.n_contact)).sum())

    def variance(self, difference: Floats | float) -> Floats:
        """One per possible difference: the variance of the estimate if it were true, shares as the module says."""
        apart = np.asarray(difference, np.float64)[..., None]
        n, m = self.n_contact, self.n_holdout
        mean = (self.left_contact + self.left_holdout + 1) / (n + m + 2)
        contact, holdout = (mean - apart * m / (n + m)).clip(0, 1), (mean + apart * n / (n + m)).clip(0, 1)
        return (self.weight**2 * (contact * (1 - contact) / n + holdout * (1 - holdout) / m)).sum(axis=-1)


def radius(variance: Floats | float, level: float = LEVEL, tight_at: float = TIGHT_AT) -> Floats:
    """One distance per variance: what an estimate of it is never farther from the truth than, but for 1 - level."""
    ratio = np.asarray(variance, np.float64) / tight_at**2
    with np.errstate(divide="ignore", invalid="ignore"):  # a variance of zero has a radius of zero
        square = variance * (1 + ratio) * (np.log1p(1 / ratio) - 2 * np.log(1 - level))
    return np.where(ratio == 0, 0.0, np.sqrt(square))


def widening(variance: float, level: float = LEVEL) -> float:
    """One figure: standard errors that the radius is long, for an estimate that grows with the same customers."""
    return float(radius(variance, level)) / float(np.sqrt(variance)) if variance > 0 else float("nan")


def always_valid(counts: Counts, level: float = LEVEL) -> Estimate | None:
    """One interval of the difference, for any number of readings; None where nobody is in one of the arms."""
    value = counts.difference
    if np.isnan(value):
        return None

    def outside(difference: Floats | float) -> Floats:
        return np.abs(value - difference) - radius(counts.variance(difference), level)

    places = np.unique(np.r_[np.linspace(-1, 1, GRID), value])
    within = np.flatnonzero(outside(places) <= 0)
    first, last = int(within[0]), int(within[-1])
    low = places[0] if first == 0 else brentq(lambda d: float(outside(d)), places[first - 1], places[first])
    high = (
        places[-1] if last == len(places) - 1 else brentq(lambda d: float(outside(d)), places[last], places[last + 1])
    )
    return Estimate(value, float(low), float(high))


def needed(effect: Floats | float, rate: float, contact: Floats | float, holdout: Floats | float) -> Floats:
    """The difference that is claimed in 80% of cases if the true one is `effect`: models.power's, with this radius."""
    n, m = np.asarray(contact, np.float64), np.asarray(holdout, np.float64)
    treated = np.clip(rate - np.asarray(effect, np.float64), 0, 1)
    both = (n * treated + m * rate) / (n + m)
    by_chance = radius(both * (1 - both) * (1 / n + 1 / m))
    return by_chance + POWER_Z * np.sqrt(rate * (1 - rate) / m + treated * (1 - treated) / n)
