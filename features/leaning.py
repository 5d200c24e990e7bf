"""What a person takes a number for: a bad sign, a good one, or neither. It never changes a probability or a reason.

The models weigh dozens of windows that overlap, so that within a topic one feature may push against the others: "100%
of the purchases of the last 56 days fell into the last 28" may raise a risk that the counts beside it lower by more.
The sum of the topic is right, but as its sentence this one would read like a mistake. So each feature declares how a
person reads it, and a topic is spoken for by a feature whose reading agrees with what the topic does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Sign = Literal[-1, 0, 1]
MUTE = 2  # in place of a sign: the value says nothing about its topic


@dataclass(frozen=True)
class Lean:
    """How a value is read, 1: a sign of leaving, -1: of staying, 0: neither.

    `more`: a value above the middle (below it, the opposite); `none`: exactly 0, where that is more than a small value;
    `unknown`: null, None where that is about something else. `middle` None: the median of all customers, those with 0
    or null left out. `size`: the value is read without its sign.
    """

    more: Sign = 0
    none: Sign | None = None
    unknown: Sign | None = 0
    middle: float | None = None
    size: bool = False

    def of(self, values: NDArray[Any], middle: float) -> NDArray[np.int8]:
        """The sign of every value, or MUTE; `middle` is what `center` said of all customers."""
        numbers = np.abs(values) if self.size else values
        known = np.isfinite(numbers)
        sign = self.more * np.sign(np.where(known, numbers, middle) - middle)
        if self.none is not None:
            sign = np.where(numbers == 0, self.none, sign)
        return np.where(known, sign, MUTE if self.unknown is None else self.unknown).astype(np.int8)

    def center(self, values: NDArray[Any]) -> float:
        """The middle of all customers' values: a fixed one, or the median of those that are known and not 0."""
        if self.middle is not None:
            return self.middle
        numbers = np.abs(values) if self.size else values
        some = numbers[np.isfinite(numbers) & (numbers != 0)]
        return float(np.median(some)) if len(some) else 0.0


NEITHER = Lean()
KEEPS = Lean(-1, none=1, unknown=1)  # the more of it the better: purchases, visits, spend
AWAY = Lean(1, unknown=1)  # days of absence and gaps: the longer the worse, and never is the worst
HURTS = Lean(1, none=-1, unknown=-1, size=True)  # returns, complaints; amounts of returns may be negative
HEALED = Lean(-1, unknown=-1)  # days since a trouble: the longer the better, and never is the best
