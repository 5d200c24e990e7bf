"""The difference of two means, contacted less held back, over strata that were drawn with the same share.

Welch, Biometrika 34 (1947): variances of the arms apart, Student's t with the degrees of freedom of Welch and
Satterthwaite. For shares and other values without tails; for money see models.amounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from models.intervals import LEVEL, Estimate
from models.table import Bools, Floats

FEWEST = 2  # customers of an arm that have a variance


@dataclass(frozen=True)
class Means:
    """One difference of means: estimate, standard error, degrees of freedom."""

    value: float
    error: float
    freedom: float

    def interval(self, errors: float | None = None) -> Estimate:
        """95% for one look, or as many standard errors to either side as are asked for."""
        far = (float(stdtrit(self.freedom, (1 + LEVEL) / 2)) if errors is None else errors) * self.error
        return Estimate(self.value, self.value - far, self.value + far)


@dataclass(frozen=True)
class Arms:
    """One stratum: the values of the contacted and of the held back, and the stratum's weight."""

    contacted: Floats
    held: Floats
    weight: float

    @property
    def both(self) -> tuple[Floats, Floats]:
        """Contacted, then held back."""
        return self.contacted, self.held


def with_both_arms(contact: Bools, share: Floats, fewest: int = FEWEST) -> Bools:
    """One entry per customer: whether enough of each arm were drawn with the same share to be compared."""
    shares, stratum = np.unique(share, return_inverse=True)
    contacted, held = (np.bincount(stratum[arm], minlength=len(shares)) for arm in (contact, ~contact))
    return (np.minimum(contacted, held) >= fewest)[stratum]


def strata(values: Floats, contact: Bools, share: Floats) -> list[Arms]:
    """One entry per share with enough customers in both arms, weighed by those contacted."""
    both = with_both_arms(contact, share)
    values, contact, share = values[both], contact[both], share[both]
    found = []
    for each in np.unique(share):
        here = share == each
        contacted, held = values[here & contact], values[here & ~contact]
        found.append(Arms(contacted, held, len(contacted) / int(contact.sum())))
    return found


def mean_difference(arms: list[Arms]) -> float:
    """One figure for all strata: the weighted sum of their differences."""
    return sum(each.weight * float(each.contacted.mean() - each.held.mean()) for each in arms)


def difference_of_means(values: Floats, contact: Bools, share: Floats) -> Means | None:
    """One difference from one entry per customer; None if no share has two customers in both arms."""
    arms = strata(values, contact, share)
    if not arms:
        return None
    variance, spread = 0.0, 0.0
    for stratum in arms:
        for arm in stratum.both:
            part = stratum.weight**2 * float(arm.var(ddof=1)) / len(arm)
            variance += part
            spread += part**2 / (len(arm) - 1)
    freedom = variance**2 / spread if spread > 0 else float("inf")
    return Means(mean_difference(arms), float(np.sqrt(variance)), freedom)
