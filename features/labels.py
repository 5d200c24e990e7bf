"""The label: did the customer leave, and which rows may be labelled at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.rows import Rows


def label_edges(lead_days: int, horizon_days: int) -> tuple[int, int]:
    """Offsets, as days before the snapshot, of the label window's two edges."""
    return -lead_days, -(lead_days + horizon_days)


def churned(rows: Rows, activity: tuple[str, ...], lead_days: int, horizon_days: int) -> NDArray[np.bool_]:
    """Whether no activity event falls into `[snapshot + lead, snapshot + lead + horizon)`. One entry per spine row.

    The caller passes observable snapshots only: at others an unfinished window would read as churn.
    """
    opens, closes = label_edges(lead_days, horizon_days)
    running = rows.timeline.counts(activity)
    return running[rows.position(closes)] == running[rows.position(opens)]
