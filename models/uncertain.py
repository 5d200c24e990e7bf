"""Which single probabilities rest on little: a story that has only begun, or models that do not agree."""

from __future__ import annotations

import numpy as np

from models.table import Floats

BEGUN = 0.25  # of a horizon: whoever came later than that and once only has shown no rhythm yet
FAR_APART = 0.25  # between the lowest and the highest member's probability


def uncertain(
    active_days: Floats, tenure_days: Floats, low: Floats, high: Floats, horizon_days: int
) -> list[str | None]:
    """Why each customer's probability is uncertain, one per row; None where it is not.

    `low` and `high` are the probabilities of the members of the blend that differ most.
    """
    begun = (active_days <= 1) & (tenure_days < max(BEGUN * horizon_days, 1))
    apart = high - low >= FAR_APART
    reasons: list[str | None] = [None] * len(active_days)
    for row in np.flatnonzero(apart):
        reasons[row] = f"The models disagree: {low[row]:.0%} to {high[row]:.0%}"
    for row in np.flatnonzero(begun):
        days = f"{tenure_days[row]:.0f} day{'' if tenure_days[row] == 1 else 's'}"
        reasons[row] = f"Known for {days} only, active on one"
    return reasons
