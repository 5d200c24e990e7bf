"""Value tiers: who is worth most, who least, and the regular customers between."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.table import Floats, Ints

DUST = 1e-9  # 0.29 * 100 is 28.999999999999996


def value_tiers(worth: Floats, rank: Ints, vip_share: float, small_share: float) -> NDArray[Any]:
    """One of vip, regular and small per customer, by `worth`; equal ones by `rank`, the lowest first.

    The shares are of customers, rounded down, so a tier is never larger than it was meant to be. `rank` is a place of
    each customer that is nobody else's, so that the tiers do not depend on the order of rows. Raises ValueError for an
    unknown worth.
    """
    if np.isnan(worth).any():
        raise ValueError(f"{int(np.isnan(worth).sum()):,} of {len(worth):,} customers have an unknown worth: give all")
    n = len(worth)
    best_first = np.lexsort((rank, -worth))
    tiers = np.full(n, "regular", object)
    tiers[best_first[: int(n * vip_share + DUST)]] = "vip"
    tiers[best_first[n - int(n * small_share + DUST) :]] = "small"
    return tiers
