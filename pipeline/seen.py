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

Words = NDArray[np.uint64]
LANES = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)  # odd numbers without a pattern; two, so that luck hides nothing
BYTE = np.uint64(0x100000001B3)


@dataclass
class Seen:
    """Counts and a digest of the events before a day number, gathered from whole customers in any order.

    The digest is made of sums of a number per event, which is made of all that features see of it and of its place
    among its customer's events: so parts of the customers can be counted apart, on other machines too.
    """

    before: int
    by_type: Counter[str] = field(default_factory=Counter)
    sums: list[int] = field(default_factory=lambda: [0] * len(LANES))

    def add(self, ids: pa.Array, chunk: EventChunk) -> None:
        """Take in whole customers with their ids."""
        early = np.flatnonzero(chunk.day < self.before)
        if not len(early):
            return
        kinds = chunk.kind[early]
        who = chunk.customer_of_event()[early]
        columns: tuple[NDArray[Any], ...] = (
            early - chunk.starts[who],  # its place: two events in another order are another past
            chunk.day[early],
            kinds,
            chunk.amount[early],
            chunk.has_amount[early],
        )
        named = _words(ids)
        for lane, factor in enumerate(LANES):
            found = named.take(who)
            for values in columns:
                found = _mixed(found + values.astype(np.int64).view(np.uint64), np.uint64(factor))
            self.sums[lane] = (self.sums[lane] + int(found.sum())) % (1 << 64)
        for kind, number in zip(*np.unique(kinds, return_counts=True), strict=True):
            self.by_type[chunk.types[kind] if kind >= 0 else "without a role"] += int(number)

    def merge(self, other: Seen) -> None:
        """Take in what was gathered of other customers."""
        self.by_type.update(other.by_type)
        self.sums = [(mine + theirs) % (1 << 64) for mine, theirs in zip(self.sums, other.sums, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Number of events by type, and one digest."""
        whole = hashlib.sha256("".join(f"{total:016x}" for total in self.sums).encode())
        return {"by_type": dict(sorted(self.by_type.items())), "sha256": whole.hexdigest()}


def _mixed(words: Words, factor: np.uint64) -> Words:
    """Numbers in which every bit hangs on every bit of the given ones (the last steps of MurmurHash3)."""
    words = (words ^ (words >> np.uint64(33))) * factor
    words = (words ^ (words >> np.uint64(29))) * BYTE
    return words ^ (words >> np.uint64(32))


def _words(ids: pa.Array) -> Words:
    """A number per text, made of its bytes and their places."""
    content = ids.cast(pa.large_binary())
    edges = np.frombuffer(content.buffers()[1], np.int64)[content.offset : content.offset + len(content) + 1]
    letters = np.frombuffer(content.buffers()[2] or b"", np.uint8)[edges[0] : edges[-1]].astype(np.uint64)
    sizes = np.diff(edges)
    place = np.arange(len(letters), dtype=np.uint64) - np.repeat(edges[:-1] - edges[0], sizes).astype(np.uint64)
    valued = _mixed((place << np.uint64(8)) + letters + np.uint64(1), np.uint64(LANES[0]))
    running = np.zeros(len(valued) + 1, np.uint64)
    np.cumsum(valued, out=running[1:])
    inner = edges - edges[0]
    return running[inner[1:]] - running[inner[:-1]]
