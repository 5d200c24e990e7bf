"""The season twin: the same weeks last year, when nobody knew what would come, and who came back by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.snapshots import as_date
from models.table import TrainingTable

OVERDUE = "overdue_ratio"  # days since the last activity as a share of the customer's own usual gap


def told(twin: TrainingTable | None) -> dict[str, Any]:
    """Of the customers eligible then, and of those silent for longer than their usual gap: how many stayed.

    `known` is False where the slice of a year ago is not in the training table: less than two years of history, or
    fewer slices kept than a year has. Counts stand for all customers where the table holds a draw; `overdue` has None
    where no customer's usual gap is known.
    """
    if twin is None or not len(twin):
        return {"known": False}
    stayed = ~twin.churned
    everybody = _group(np.ones(len(twin), bool), stayed, twin.share)
    late = twin.column(OVERDUE) > 1 if OVERDUE in twin.names else np.zeros(len(twin), bool)
    return {
        "known": True,
        "as_of": str(as_date(int(twin.snapshot[0]))),
        "eligible": everybody,
        "overdue": _group(late, stayed, twin.share) if late.any() else None,
    }


def _group(inside: np.ndarray, stayed: np.ndarray, share: float) -> dict[str, Any]:
    customers, back = int(inside.sum()), int((inside & stayed).sum())
    return {
        "customers": round(customers / share),
        "stayed": round(back / share),
        "stayed_share": round(back / customers, 6),
    }
