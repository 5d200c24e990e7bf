"""Low, medium or high: where a probability falls, when a band is left, and which edge would leave fewer in high."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.table import Floats, Ints

BANDS = ("high", "medium", "low")
RISING = BANDS[::-1]
DIGITS = 9  # 0.4 - 0.05 is 0.35000000000000003, which nobody wrote


def band(probability: Floats, medium: float, high: float) -> NDArray[Any]:
    """The risk band of each probability; a probability on a cut belongs to the higher band."""
    return np.where(probability >= high, "high", np.where(probability >= medium, "medium", "low"))


def steady(
    probability: Floats, previous: NDArray[Any] | None, medium: float, high: float, leave_by: float
) -> NDArray[Any]:
    """The band of each customer: entered at its edge, left only `leave_by` below it by who was in it.

    `previous` is each customer's band before (None: in none; so is any name that is no band). Each edge has a memory
    of its own, as a Schmitt trigger has: who was at or above it stays so until the probability is below the edge less
    `leave_by`. So a customer may fall two bands at once, and with `leave_by` 0, or without a `previous`, the answer is
    `band`.
    """
    raw = band(probability, medium, high)
    if previous is None:
        return raw
    stay = band(probability, round(medium - leave_by, DIGITS), round(high - leave_by, DIGITS))
    kept = np.minimum(_level(np.asarray(previous)), _level(stay))
    return np.array(RISING)[np.maximum(_level(raw), kept)]


def _level(names: NDArray[Any]) -> Ints:
    """0 for low and for what is no band, 1 for medium, 2 for high."""
    return (names == "medium").astype(np.int64) + 2 * (names == "high").astype(np.int64)


def higher_edge(probability: Floats, high: float, most: int) -> tuple[float, int] | None:
    """(edge, customers at or above it): the lowest edge above `high`, in hundredths, with at most `most` customers.

    None where even 0.99 leaves more, or where `high` leaves no hundredth above it.
    """
    ordered = np.sort(probability)
    for hundredths in range(int(np.floor(round(high * 100, DIGITS))) + 1, 100):
        edge = hundredths / 100
        customers = len(ordered) - int(np.searchsorted(ordered, edge, side="left"))
        if customers <= most:
            return edge, customers
    return None
