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

# Odd numbers without a pattern, one for each thing that is told of an event, and one to mix the whole.
WHAT, AMOUNT, PLACE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x165667B19E3779F9), np.uint64(0x27D4EB2F165667C5)
MIX = np.uint64(0xFF51AFD7ED558CCD)


@dataclass
class Seen:
    """Counts and a digest of the events before a day number, gathered from whole customers in any order.

    The digest is made of the sum of a number per event, which is made of all that features see of it, of its customer
    and of its place among the customer's events. So it is the same however events lie in files and chunks, and parts
    of the customers can be counted apart, on other threads and machines. It finds what changed, not who forges.
    """

    before: int
    by_type: Counter[str] = field(default_factory=Counter)
    total: int = 0  # modulo 2^64

    def add(self, ids: pa.StringArray, chunk: EventChunk) -> None:
        """Take in whole customers with their ids."""
        late = np.flatnonzero(chunk.day >= self.before)  # few: they come after all others of their customer
        words = _mixed(_event_words(ids, chunk))
        self.total = (self.total + int(words.sum()) - int(words.take(late).sum())) % (1 << 64)
        size = len(chunk.types) + 1
        counted = np.bincount(chunk.kind + 1, minlength=size) - np.bincount(chunk.kind.take(late) + 1, minlength=size)
        for place in np.flatnonzero(counted).tolist():
            self.by_type[chunk.types[place - 1] if place else "without a role"] += int(counted[place])

    def merge(self, other: Seen) -> None:
        """Take in what was gathered of other customers."""
        self.by_type.update(other.by_type)
        self.total = (self.total + other.total) % (1 << 64)

    def to_json(self) -> dict[str, Any]:
        """Number of events by type, and one digest."""
        whole = hashlib.sha256(f"{self.total:016x}".encode())
        return {"by_type": dict(sorted(self.by_type.items())), "sha256": whole.hexdigest()}


def _event_words(ids: pa.StringArray, chunk: EventChunk) -> Words:
    """A number per event, in which each thing that is told of it has its own factor."""
    # The place among the customer's events is the place in the chunk less where the customer begins.
    customers = _id_words(ids) - chunk.starts[:-1].astype(np.uint64) * PLACE
    words = np.repeat(customers, np.diff(chunk.starts))
    more = np.arange(len(words), dtype=np.uint64)
    words += np.multiply(more, PLACE, out=more)
    what = chunk.day.astype(np.int64)
    what <<= 20
    what += 2 * chunk.kind + chunk.has_amount  # an amount of nothing is another one than none
    words += np.multiply(what.view(np.uint64), WHAT, out=more)
    words += np.multiply(chunk.amount.view(np.uint64), AMOUNT, out=more)
    return words


def _mixed(words: Words) -> Words:
    """The same array, mixed as in MurmurHash3: the sum would not see amounts that change places otherwise."""
    words ^= words >> np.uint64(33)
    words *= MIX
    words ^= words >> np.uint64(29)
    return words


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
    np.cumsum(_mixed((place << np.uint64(8)) + letters + np.uint64(1)), out=running[1:])
    return running.take(edges[1:]) - running.take(edges[:-1])
