"""Whether as many customers were held back as the draw promised: what is checked before any effect is read.

A split that is off says that the arms differ in more than the contact (a filter behind the draw, rows that were lost,
a list edited by hand), and then no difference between them can be taken for an effect: Fabijan and others, "Diagnosing
sample ratio mismatch in online controlled experiments", KDD 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import bdtr, bdtrc, ndtr

from models.table import Bools, Floats

# Read every week: a true draw is accused by one reading in a thousand, so hardly ever in the 26 lists of a draw, while
# a split that is really off leaves this limit behind within weeks. The customary one of the literature above.
BROKEN_BELOW = 0.001


@dataclass(frozen=True)
class Split:
    """One split: customers held back, as many as the shares promised, and the chance of so far a miss or a farther."""

    chosen: int
    observed: int
    expected: float
    p_value: float

    @property
    def broken(self) -> bool:
        """Whether chance is no explanation."""
        return self.p_value < BROKEN_BELOW

    def to_json(self) -> dict[str, Any]:
        """As a report holds it."""
        figures = {"expected": round(self.expected, 6), "p_value": round(self.p_value, 9), "broken": self.broken}
        return {"chosen": self.chosen, "observed": self.observed, **figures}


def check_split(contact: Bools, share: Floats) -> Split:
    """One split from one entry per customer chosen: in the contact arm or held back, and the share it was drawn with.

    Give each customer once per draw: the same draw shown on several lists is no new evidence. One share: the exact
    binomial test, twice the smaller tail. Several: the normal approximation of their sum (Poisson's binomial) with
    continuity correction. Nobody chosen is nothing to accuse (p = 1). Raises ValueError for shares outside 0 to 1.
    """
    if len(contact) != len(share) or not ((share >= 0) & (share <= 1)).all():
        raise ValueError(f"{len(contact):,} customers with {len(share):,} shares: one from 0 to 1 for each is needed")
    observed, expected = int((~contact).sum()), float(share.sum())
    shares = np.unique(share)
    if len(shares) == 1:
        p_value = _exact(observed, len(share), float(shares[0]))
    else:
        p_value = _by_normal(observed, expected, float((share * (1 - share)).sum()))
    return Split(len(contact), observed, expected, p_value)


def _exact(observed: int, n: int, share: float) -> float:
    so_few, so_many = bdtr(observed, n, share), bdtrc(observed - 1, n, share) if observed else 1.0
    return float(min(2 * min(so_few, so_many), 1.0))


def _by_normal(observed: int, expected: float, variance: float) -> float:
    miss = max(abs(observed - expected) - 0.5, 0.0)
    if variance == 0:  # shares of 0 and 1 alone leave nothing to chance
        return 1.0 if abs(observed - expected) < 0.5 else 0.0
    return float(min(2 * ndtr(-miss / np.sqrt(variance)), 1.0))
