"""Intervals of shares: Wilson's for one, Newcombe's for the difference of two, and the same over several pairs.

Wilson, Journal of the American Statistical Association 22 (1927); Newcombe, Statistics in Medicine 17 (1998), 873-890,
method 10, the hybrid score interval without continuity correction. Over several pairs the distances to the limits are
added as squares, the method of variance estimates recovery of Zou and Donner, Statistics in Medicine 27 (2008).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy.special import ndtri

from models.intervals import LEVEL, Estimate
from models.table import Floats, Ints

Counted: TypeAlias = Ints | int


def wilson(successes: Counted, n: Counted, level: float = LEVEL) -> tuple[Floats, Floats]:
    """One pair (low, high) per share: Wilson's score interval.

    Nobody seen (n = 0) is an interval from 0 to 1: nothing is known. Raises ValueError for counts that are none.
    """
    x, size = _counts(successes, n)
    z = float(ndtri((1 + level) / 2))
    seen = np.maximum(size, 1)
    share = x / seen
    middle = (share + z**2 / (2 * seen)) / (1 + z**2 / seen)
    half = z / (1 + z**2 / seen) * np.sqrt(share * (1 - share) / seen + z**2 / (4 * seen**2))
    # Exact at the ends, where rounding leaves 1e-18; nobody seen is both ends at once.
    return np.where(x == 0, 0.0, middle - half), np.where(x == size, 1.0, middle + half)


def newcombe(x: Counted, n: Counted, other: Counted, of: Counted, level: float = LEVEL) -> tuple[Floats, Floats]:
    """One pair (low, high) per difference of two shares, `x` / `n` less `other` / `of`: the hybrid score interval.

    Nobody seen on one side is an interval from -1 to 1. Raises ValueError for counts that are none.

    >>> [round(float(end), 4) for end in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    down, up = _distances(x, n, other, of, level)
    size, rest = np.asarray(n, np.float64), np.asarray(of, np.float64)
    difference = np.asarray(x) / np.maximum(size, 1) - np.asarray(other) / np.maximum(rest, 1)
    unknown = (size == 0) | (rest == 0)
    return np.where(unknown, -1.0, difference - down), np.where(unknown, 1.0, difference + up)


def newcombe_weighted(
    x: Counted, n: Counted, other: Counted, of: Counted, weight: Floats, level: float = LEVEL
) -> tuple[float, float, float]:
    """One figure for all pairs: the weighted sum of their differences, and its interval. One pair: Newcombe's.

    `weight`: one per pair, from 0 to 1, together 1. Raises ValueError for no pair, or a pair with an empty side.
    """
    size, rest = np.asarray(n, np.float64), np.asarray(of, np.float64)
    if weight.size == 0 or not ((size > 0) & (rest > 0)).all():
        raise ValueError(f"sides of {size.tolist()} and {rest.tolist()}: every pair needs somebody on both")
    down, up = _distances(x, n, other, of, level)
    value = float((weight * (np.asarray(x) / size - np.asarray(other) / rest)).sum())
    low, high = (float(np.sqrt(((weight * each) ** 2).sum())) for each in (down, up))
    return value, max(value - low, -1.0), min(value + high, 1.0)


def wilson_weighted(x: Counted, n: Counted, weight: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """One figure for all shares: their weighted sum, with its interval. One share: Wilson's, times the weight.

    Raises ValueError for no share, or one of nobody.
    """
    size = np.asarray(n, np.float64)
    if weight.size == 0 or not (size > 0).all():
        raise ValueError(f"shares of {size.tolist()}: every share needs somebody")
    (low, high), share = wilson(x, n, level), np.asarray(x) / size
    value = float((weight * share).sum())
    down, up = (float(np.sqrt(((weight * each) ** 2).sum())) for each in (share - low, high - share))
    return value, value - down, value + up


def share_of(part: int, whole: int) -> Estimate | None:
    """One share with Wilson's interval; None of nobody."""
    if whole == 0:
        return None
    low, high = wilson(part, whole)
    return Estimate(part / whole, float(low), float(high))


def _distances(x: Counted, n: Counted, other: Counted, of: Counted, level: float) -> tuple[Floats, Floats]:
    """From each difference down to its lower limit and up to its upper one."""
    (low, high), (other_low, other_high) = wilson(x, n, level), wilson(other, of, level)
    share = np.asarray(x) / np.maximum(np.asarray(n, np.float64), 1)
    rest = np.asarray(other) / np.maximum(np.asarray(of, np.float64), 1)
    return np.hypot(share - low, other_high - rest), np.hypot(high - share, rest - other_low)


def _counts(successes: Counted, n: Counted) -> tuple[Floats, Floats]:
    x, size = np.asarray(successes, np.float64), np.asarray(n, np.float64)
    if not ((x >= 0) & (x <= size) & np.isfinite(size)).all():
        raise ValueError(
            f"{np.asarray(successes).tolist()} of {np.asarray(n).tolist()}: a count of 0 up to all of them"
        )
    return x, size
