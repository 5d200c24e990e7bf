"""The difference of two means of money, contacted less held back, as it is and with the largest amounts cut.

Welch, Biometrika 34 (1947): variances of the arms apart, Student's t with the degrees of freedom of Welch and
Satterthwaite. Money has heavy tails, and a few large baskets can carry a mean; so there is a second figure with all
above the 99.5% quantile of both arms together set to it. That is one to compare with and no estimate of the value: what
is cut off is real money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from models.intervals import LEVEL, Estimate
from models.table import Bools, Floats

WINSOR = 0.995
FEWEST = 2  # customers of an arm that have a variance


@dataclass(frozen=True)
class Means:
    """One difference of means: estimate, standard error, Welch's degrees of freedom."""

    value: float
    error: float
    freedom: float

    def interval(self, errors: float | None = None) -> Estimate:
        """95% for one look, or as many standard errors to either side as are asked for."""
        far = (float(stdtrit(self.freedom, (1 + LEVEL) / 2)) if errors is None else errors) * self.error
        return Estimate(self.value, self.value - far, self.value + far)


def with_both_arms(contact: Bools, share: Floats, fewest: int = FEWEST) -> Bools:
    """One entry per customer: whether enough of each arm were drawn with the same share to be compared."""
    shares, stratum = np.unique(share, return_inverse=True)
    arms = [np.bincount(stratum[arm], minlength=len(shares)) for arm in (contact, ~contact)]
    return (np.minimum(*arms) >= fewest)[stratum]


def difference_of_means(values: Floats, contact: Bools, share: Floats) -> Means | None:
    """One difference from one entry per customer: strata of one share, weighed by those contacted.

    Only strata with two customers in both arms are asked; None if there is no such stratum.
    """
    both = with_both_arms(contact, share)
    values, contact, share = values[both], contact[both], share[both]
    value, variance, spread = 0.0, 0.0, 0.0
    for each in np.unique(share):
        here = share == each
        arms = values[here & contact], values[here & ~contact]
        weight = len(arms[0]) / int(contact.sum())
        value += weight * float(arms[0].mean() - arms[1].mean())
        for arm in arms:
            part = weight**2 * float(arm.var(ddof=1)) / len(arm)
            variance += part
            spread += part**2 / (len(arm) - 1)
    if not both.any():
        return None
    return Means(value, float(np.sqrt(variance)), variance**2 / spread if spread > 0 else float("inf"))


def winsorised(values: Floats, quantile: float = WINSOR) -> Floats:
    """One value per customer, none above the quantile of all. Nobody: nothing to cut."""
    return values.clip(max=float(np.quantile(values, quantile))) if len(values) else values
