"""How many of the marked events lie before a position, without a running total over all events.

Marks are bits, 64 to a word, with a running total of the words; a position asks its word's total and counts the bits of
the word below it. That costs the events next to nothing, and each question three times what a running total costs it:
right where rows are few beside the events, as on the day of scoring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = 64


@dataclass(frozen=True)
class Marks:
    """One bit per event in `words`, the first event in the lowest bit; `before` counts the bits before each word."""

    words: NDArray[np.uint64]
    before: NDArray[np.int32]

    @staticmethod
    def of(mask: NDArray[np.bool_]) -> Marks:
        """The marks of the events for which the mask is true."""
        words = np.zeros(len(mask) // WORD + 1, "<u8")  # one more than full, so that the end is a position like others
        packed = np.packbits(mask, bitorder="little")
        words.view(np.uint8)[: len(packed)] = packed
        before = np.zeros(len(words) + 1, np.int32)
        np.cumsum(np.bitwise_count(words), out=before[1:])
        return Marks(words, before)

    def number(self, position: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """How many marked events lie before each position."""
        word = position >> 6
        below = (np.uint64(1) << (position & (WORD - 1)).astype(np.uint64)) - np.uint64(1)
        return self.before.take(word) + np.bitwise_count(self.words.take(word) & below)
