"""Whether the contacts were made as drawn, and the effect on those whom the draw made be contacted.

The primary figure stays the difference between the arms as drawn: who was reached is no draw, and those who answer the
phone stay more often anyway. Where a log tells who was contacted, dividing that difference by the difference of the
contacted shares gives the effect on the customers who are contacted if and only if they are drawn to be: Wald (1940);
Imbens and Angrist, Econometrica 62 (1994). It supposes that a draw changes nothing for who is contacted in both arms or
in none, and that nobody is contacted because of being held back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from models.effect import counts_of, enough
from models.intervals import LEVEL, Estimate
from models.means import difference_of_means
from models.proportions import newcombe, share_of
from models.table import Bools, Floats

# The lower end of the interval of the contacted shares' difference. Below it the division blows up noise, and its
# interval by the delta method is too short: a draw that changes the contact of one in ten is hardly an experiment.
SMALLEST_DIFFERENCE = 0.1


@dataclass(frozen=True)
class Compliance:
    """One record of a draw and its log: the contacted share of each arm, and the effect on those it made be contacted.

    `contacted`: of the contact arm. `contaminated`: of the holdout. `kept`: a share kept more among those contacted
    because they were drawn, 95% interval for one look; None where `why_not` says why.
    """

    contacted: Estimate | None
    contaminated: Estimate | None
    kept: Estimate | None
    why_not: str | None

    def to_json(self) -> dict[str, Any]:
        """As a report holds it; shares to six decimals."""
        estimates = {"contacted": self.contacted, "contaminated": self.contaminated, "kept": self.kept}
        said = {name: each.to_json() if each else None for name, each in estimates.items()}
        return {**said, "why_not": self.why_not}


def compliance(contact: Bools, reached: Bools, left: Bools, share: Floats) -> Compliance:
    """One record from one entry per customer: drawn to be contacted, contacted by the log, left, drawn with.

    `why_not`: "too few" (the arms are too small for anything to be claimed) or "drawn and contacted differ": the shares
    contacted are not at least `SMALLEST_DIFFERENCE` apart for certain.
    """
    n, m = int(contact.sum()), int((~contact).sum())
    done, contaminated = int((contact & reached).sum()), int((~contact & reached).sum())
    arms = share_of(done, n), share_of(contaminated, m)
    drawn = difference_of_means(reached.astype(np.float64), contact, share)
    kept = difference_of_means((~left).astype(np.float64), contact, share)
    if drawn is None or kept is None or not enough(counts_of(contact, left, share).comparable()):
        return Compliance(*arms, None, "too few")
    low, _ = newcombe(done, n, contaminated, m)
    if low < SMALLEST_DIFFERENCE or drawn.value < SMALLEST_DIFFERENCE:
        return Compliance(*arms, None, "drawn and contacted differ")
    value = kept.value / drawn.value
    # The delta method: the ratio's variance is that of kept - value * reached, divided by the square of what is below.
    rest = difference_of_means((~left) - value * reached, contact, share)
    if rest is None:
        return Compliance(*arms, None, "too few")
    far = float(ndtri((1 + LEVEL) / 2)) * rest.error / drawn.value
    return Compliance(*arms, Estimate(value, value - far, value + far), None)
