"""Everybody known at a snapshot, the lapsed included: who leaves out those who left thinks that everyone is alive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.bgnbd import History
from models.customer_base import histories
from models.table import Ints, TrainingTable


@dataclass(frozen=True)
class Lapsed:
    """One entry per (snapshot, history) of lapsed customers, with their number; days and counts as integers."""

    snapshot: Ints
    active_days: Ints
    recency_days: Ints
    tenure_days: Ints
    customers: Ints


def population(table: TrainingTable, lapsed: Lapsed, snapshot: int) -> History:
    """Everybody known at a snapshot: the eligible and the lapsed, or everyone would look alive."""
    alive, gone = histories(table.at(snapshot)), lapsed.snapshot == snapshot
    age = lapsed.tenure_days[gone].astype(np.float64)
    return History(
        np.concatenate([alive.repeats, lapsed.active_days[gone] - 1]),
        np.concatenate([alive.last, age - lapsed.recency_days[gone]]),
        np.concatenate([alive.age, age]),
        np.concatenate([alive.weight, lapsed.customers[gone]]),
    )
