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
from pipeline.arrays import as_arrow

COLUMNS = ("length of id", "id", "events", "day", "type", "amount")


@dataclass
class Seen:
    """Counts and digests of the events before a day number, gathered chunk by chunk.

    A digest per column, so that it does not matter where one chunk ends and the next begins, nor how the events were
    spread over files.
    """

    before: int
    by_type: Counter[str] = field(default_factory=Counter)
    _digests: dict[str, Any] = field(default_factory=lambda: {name: hashlib.sha256() for name in COLUMNS})

    def add(self, ids: pa.StringArray, chunk: EventChunk) -> None:
        """Take in whole customers with their ids, in order."""
        before = chunk.day < self.before
        early: NDArray[np.bool_] | slice = before
        events = np.diff(chunk.starts)
        if before.all():
            early = slice(None)  # nothing to leave out, so nothing to copy
        else:
            events = np.bincount(chunk.customer_of_event()[before], minlength=chunk.customers)
        known = np.flatnonzero(events)
        kind, has_amount = chunk.kind[early], chunk.has_amount[early]
        lengths, text = _bytes(ids.take(as_arrow(known, pa.int64())))
        columns: tuple[tuple[NDArray[Any], str], ...] = (
            (lengths, "<i4"),
            (text, "u1"),
            (events[known], "<i8"),
            (chunk.day[early], "<i4"),
            (2 * kind + has_amount, "<i2"),  # so that an amount of nothing is another one than none
            (chunk.amount[early][has_amount], "<i8"),
        )
        for name, (values, width) in zip(COLUMNS, columns, strict=True):
            self._digests[name].update(np.ascontiguousarray(values, width))
        for place, number in enumerate(np.bincount(kind + 1, minlength=len(chunk.types) + 1).tolist()):
            if number:
                self.by_type[chunk.types[place - 1] if place else "without a role"] += number

    def to_json(self) -> dict[str, Any]:
        """Number of events by type, and one digest."""
        whole = hashlib.sha256("".join(self._digests[name].hexdigest() for name in COLUMNS).encode())
        return {"by_type": dict(sorted(self.by_type.items())), "sha256": whole.hexdigest()}


def _bytes(ids: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """How many bytes each id has, and all of them one after the other."""
    if not len(ids):
        return np.zeros(0, np.int32), np.zeros(0, np.uint8)
    _, offsets, text = ids.buffers()
    edges = np.frombuffer(offsets, np.int32)[ids.offset : ids.offset + len(ids) + 1]
    return np.diff(edges), np.frombuffer(text, np.uint8)[edges[0] : edges[-1]]
