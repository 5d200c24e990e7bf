"""The training table as arrays, and the rules of time that every fit and every judgement obeys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Window:
    """When a label looks: `[snapshot + lead_days, snapshot + lead_days + horizon_days)`."""

    lead_days: int
    horizon_days: int

    @property
    def label_days(self) -> int:
        """Days from the snapshot until the outcome is known."""
        return self.lead_days + self.horizon_days


@dataclass(frozen=True)
class TrainingTable:
    """One entry per (customer, snapshot): features, label and keys, by customer, then snapshot.

    `customer` is a code per customer, `snapshot` a day number, `values` float32 with NaN for null. `label_days` is
    lead plus horizon: a label is closed at an origin when `snapshot + label_days <= origin`. `share` is the share of
    all customers that the table holds, drawn by id and whole: what is counted in it stands for 1 / `share` as much.
    """

    customer: Ints
    snapshot: Ints
    churned: Bools
    values: NDArray[np.float32]
    names: tuple[str, ...]
    label_days: int
    share: float = 1.0

    def __len__(self) -> int:
        return len(self.snapshot)

    def column(self, name: str) -> Floats:
        """A feature as float64. Raises KeyError if there is no such feature."""
        if name not in self.names:
            raise KeyError(name)
        return self.values[:, self.names.index(name)].astype(np.float64)

    def take(self, mask: Bools | Ints) -> TrainingTable:
        """The rows of a mask or of an index."""
        rows = (self.customer[mask], self.snapshot[mask], self.churned[mask], self.values[mask])
        return TrainingTable(*rows, self.names, self.label_days, self.share)

    def slices(self) -> list[int]:
        """Snapshots, oldest first."""
        return [int(day) for day in np.unique(self.snapshot)]

    def at(self, origin: int) -> TrainingTable:
        """The rows to be predicted at an origin."""
        return self.take(self.snapshot == origin)

    def closed_by(self, origin: int) -> TrainingTable:
        """The rows that may be learnt from at an origin: no label window of theirs crosses it."""
        closed = self.snapshot + self.label_days <= origin
        return self if closed.all() else self.take(closed)

    def stands_for(self) -> int:
        """How many of all customers the rows, of one snapshot, stand for."""
        return round(len(self) / self.share)

    def places(self, capacity: int) -> int:
        """How many of these rows, of one snapshot, stand for so many of all customers: at least one, at most all."""
        return min(max(round(capacity * self.share), 1), len(self))

    def origins(self) -> list[int]:
        """Snapshots with at least one slice to learn from, oldest first."""
        days = self.slices()
        return [day for day in days if days[0] + self.label_days <= day]


def unlabelled(values: NDArray[np.float32], names: tuple[str, ...], snapshot: Ints) -> TrainingTable:
    """Rows to be scored, one per customer: nobody's outcome is known, so `churned` is False throughout."""
    rows = len(values)
    return TrainingTable(np.arange(rows), snapshot, np.zeros(rows, bool), values, names, 0)
