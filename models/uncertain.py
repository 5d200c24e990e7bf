"""Which single probabilities rest on little: a story that has only begun, or models that do not agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.table import Floats

BEGUN = 0.25  # of a horizon: whoever came later than that and once only has shown no rhythm yet
FAR_APART = 0.25  # between the lowest and the highest member's probability
KNOWN_FOR_DAYS = "known-for-days"
ESTIMATES_DIFFER = "estimates-differ"


@dataclass(frozen=True)
class Uncertain:
    """One entry per customer: why its probability is uncertain as a key, None where it is not, and the numbers of that.

    `days` it has been known where the key is `known-for-days`, `low` and `high`, probabilities, where it is
    `estimates-differ`; NaN elsewhere. The catalogue's text is `uncertain-<key>`.
    """

    key: list[str | None]
    days: Floats
    low: Floats
    high: Floats


def uncertain(active_days: Floats, tenure_days: Floats, low: Floats, high: Floats, horizon_days: int) -> Uncertain:
    """Why each customer's probability is uncertain, one entry per row.

    `low` and `high` are the probabilities of the members of the blend that differ most.
    """
    begun = (active_days <= 1) & (tenure_days < max(BEGUN * horizon_days, 1))
    apart = (high - low >= FAR_APART) & ~begun
    keys = [KNOWN_FOR_DAYS if new else ESTIMATES_DIFFER if far else None for new, far in zip(begun, apart, strict=True)]
    return Uncertain(
        keys,
        np.where(begun, tenure_days, np.nan),
        np.where(apart, low, np.nan),
        np.where(apart, high, np.nan),
    )
