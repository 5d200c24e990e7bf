"""What a list could see of the events: how many of each type before its day, and a digest of them all."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.timeline import EventChunk

COLUMNS = ("customer", "events", "day", "type", "amount", "known")


@dataclass
class Seen:
    """Counts and digests of the events before a day number, gathered chunk by chunk.

    A digest per column, so that it does not matter where one chunk ends and the next begins.
    """

    before: int
    by_type: Counter[str] = field(default_factory=Counter)
    _digests: dict[str, Any] = field(default_factory=lambda: {name: hashlib.sha256() for name in COLUMNS})

    def add(self, ids: pa.Array, chunk: EventChunk) -> None:
        """Take in whole customers with their ids, in order."""
        early = chunk.day < self.before
        events = np.bincount(chunk.customer_of_event()[early], minlength=chunk.customers)
        known = np.flatnonzero(events)
        names = "\n".join(ids.take(pa.array(known)).to_pylist())
        kinds = chunk.kind[early].astype("<i8")
        columns: tuple[NDArray[Any], ...] = (
            events[known],
            chunk.day[early],
            kinds,
            chunk.amount[early],
            chunk.has_amount[early],
        )
        self._digests["customer"].update(f"{names}\n".encode() if len(known) else b"")
        for name, values in zip(COLUMNS[1:], columns, strict=True):
            self._digests[name].update(np.ascontiguousarray(values.astype("<i8")).tobytes())
        for kind, number in zip(*np.unique(kinds, return_counts=True), strict=True):
            self.by_type[chunk.types[kind] if kind >= 0 else "without a role"] += int(number)

    def to_json(self) -> dict[str, Any]:
        """Number of events by type, and one digest."""
        whole = hashlib.sha256("".join(self._digests[name].hexdigest() for name in COLUMNS).encode())
        return {"by_type": dict(sorted(self.by_type.items())), "sha256": whole.hexdigest()}
