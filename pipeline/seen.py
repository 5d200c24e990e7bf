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

# Odd numbers without a pattern: one for each thing that is told of an event, and two to mix the whole in two ways.
DAY, KIND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
AMOUNT, PLACE = np.uint64(0x165667B19E3779F9), np.uint64(0x27D4EB2F165667C5)
LANES = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


@dataclass
class Seen:
    """Counts and a digest of the events before a day number, gathered from whole customers in any order.

    The digest is made of sums of a number per event, which is made of all that features see of it, of its customer and
    of its place among the customer's events. So it is the same however events lie in files and chunks, and parts of
    the customers can be counted apart, on other threads and machines. It finds what changed, not who forges.
    """

    before: int
    by_type: Counter[str] = field(default_factory=Counter)
    sums: list[int] = field(default_factory=lambda: [0] * len(LANES))

    def add(self, ids: pa.StringArray, chunk: EventChunk) -> None:
        """Take in whole customers with their ids."""
        late = np.flatnonzero(chunk.day >= self.before)  # few: they come after all others of their customer
        words = _event_words(ids, chunk)
        for lane, factor in enumerate(LANES):
            found = _mixed(words, factor)
            total = int(found.sum()) - int(found.take(late).sum())
            self.sums[lane] = (self.sums[lane] + total) % (1 << 64)
        size = len(chunk.types) + 1
        counted = np.bincount(chunk.kind + 1, minlength=size) - np.bincount(chunk.kind.take(late) + 1, minlength=size)
        for place in np.flatnonzero(counted).tolist():
            self.by_type[chunk.types[place - 1] if place else "without a role"] += int(counted[place])

    def merge(self, other: Seen) -> None:
        """Take in what was gathered of other customers."""
        self.by_type.update(other.by_type)
        self.sums = [(mine + theirs) % (1 << 64) for mine, theirs in zip(self.sums, other.sums, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Number of events by type, and one digest."""
        whole = hashlib.sha256("".join(f"{total:016x}" for total in self.sums).encode())
        return {"by_type": dict(sorted(self.by_type.items())), "sha256": whole.hexdigest()}


def _event_words(ids: pa.StringArray, chunk: EventChunk) -> Words:
    """A number per event, in which each thing that is told of it has its own factor."""
    sizes = np.diff(chunk.starts)
    # The place among the customer's events is the place in the chunk less where the customer begins.
    customers = _id_words(ids) - chunk.starts[:-1].astype(np.uint64) * PLACE
    words = np.repeat(customers, sizes)
    words += np.arange(len(chunk.day), dtype=np.uint64) * PLACE
    words += chunk.day.astype(np.int64).view(np.uint64) * DAY
    words += (2 * chunk.kind.astype(np.int64) + chunk.has_amount).view(np.uint64) * KIND  # 0 is another one than none
    words += chunk.amount.astype(np.int64, copy=False).view(np.uint64) * AMOUNT
    return words


def _mixed(words: Words, factor: np.uint64) -> Words:
    """Numbers in which every bit hangs on every bit of the given ones (the last steps of MurmurHash3)."""
    mixed: Words = (words ^ (words >> np.uint64(33))) * factor
    return mixed ^ (mixed >> np.uint64(29))


def _id_words(ids: pa.StringArray) -> Words:
    """A number per text, made of its bytes and their places."""
    if not len(ids):
        return np.zeros(0, np.uint64)
    _, offsets, text = ids.buffers()
    edges = np.frombuffer(offsets, np.int32)[ids.offset : ids.offset + len(ids) + 1].astype(np.int64)
    letters = np.frombuffer(text or b"", np.uint8)[edges[0] : edges[-1]].astype(np.uint64)
    edges = edges - edges[0]
    place = np.arange(len(letters), dtype=np.uint64) - np.repeat(edges[:-1], np.diff(edges)).astype(np.uint64)
    running = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(_mixed((place << np.uint64(8)) + letters + np.uint64(1), LANES[0]), out=running[1:])
    return running.take(edges[1:]) - running.take(edges[:-1])
