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
    """Everybody known at a snapshot, one entry per eligible customer or distinct history of others.

    Where the table is a draw of customers, each weighs as many as it stands for: `lapsed` counts all who lapsed.
    At the day of the census, which is no slice, `lapsed` holds everybody. Raises ValueError if nobody is known.
    """
    here, gone = table.at(snapshot), lapsed.snapshot == snapshot
    age = lapsed.tenure_days[gone].astype(np.float64)
    parts = [(lapsed.active_days[gone] - 1.0, age - lapsed.recency_days[gone], age, lapsed.customers[gone])]
    if len(here):
        alive = histories(here)
        parts.insert(0, (alive.repeats, alive.last, alive.age, alive.weight / table.share))
    return History(*(np.concatenate(column).astype(np.float64) for column in zip(*parts, strict=True)))
