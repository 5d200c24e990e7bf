"""How far customers have moved since the model learnt: the population stability index of each feature, and of scores.

The index of two distributions over the same bins is the sum over bins of (q - p) ln(q / p), which is Jeffreys'
divergence (Jeffreys 1946; as a scorecard's "population stability index": Siddiqi, Credit Risk Scorecards, 2006, whose
rule of thumb is: below .1 nothing, from .25 on a shift). Bins are cut where the reference has its quantiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.table import Floats, Ints

BINS = 10
# What an empty bin counts as. Without a floor one customer in a bin that was empty makes the index infinite. A fixed
# share, not a part of a row, so that the index of a big shop and of a small one mean the same: all values missing
# where none was is 9.2 for both, and a single customer of 300 in a new bin is .03, no alarm.
FLOOR = 1e-4
Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Reference:
    """Where each column's bins end, from the reference rows, and how many of these fall into each.

    A column of many values has BINS bins of about equal size, the outer ones open; in one of at most BINS values each
    value is a bin of its own, and so is each gap between and around them: a constant that moves is seen. The last bin
    holds the missing values (NaN). `counts` has a row per column, padded with zeros to the widest.
    """

    edges: tuple[Floats, ...]
    counts: Ints

    @staticmethod
    def of(matrix: Values) -> Reference:
        """The bins of every column of `matrix`, one row per customer. A column that is missing throughout has one."""
        edges = tuple(_edges(matrix[:, at]) for at in range(matrix.shape[1]))
        return Reference(edges, _counted(edges, matrix))

    def counted(self, blocks: Iterable[Values]) -> Ints:
        """How many rows of all blocks fall into each bin, as `counts`; blocks have the reference's columns.

        Sums of whole numbers: neither the order of rows nor where blocks end makes a difference.
        """
        return sum((_counted(self.edges, block) for block in blocks), np.zeros_like(self.counts))

    def psi(self, counts: Ints) -> Floats:
        """The index of each column against the reference; NaN for all where either has no rows."""
        return np.array([index_of(before, now) for before, now in zip(self.counts, counts, strict=True)])

    def missing(self, counts: Ints) -> Floats:
        """The share of missing values of each column in `counts`; NaN where there are no rows."""
        held = np.array([row[len(edges) + 1] for row, edges in zip(counts, self.edges, strict=True)], np.float64)
        rows = counts.sum(axis=1)
        return np.divide(held, rows, out=np.full(len(held), np.nan), where=rows > 0)

    def by_chance(self, counts: Ints) -> Floats:
        """What the index of each column is expected to be if nothing has moved.

        To first order twice the index is a chi-squared of (bins in use - 1) degrees, scaled by 1/n + 1/m; so a small
        shop has an index of its size alone.
        """
        used = ((self.counts > 0) | (counts > 0)).sum(axis=1)
        sizes = self.counts[:, :].sum(axis=1), counts.sum(axis=1)
        inverse = sum(np.divide(1.0, size, out=np.full(len(size), np.nan), where=size > 0) for size in sizes)
        return (used - 1) * inverse


def psi(reference: Values, current: Values) -> float:
    """The index of one column of values; NaN where either has none. Missing values (NaN) are a bin of their own."""
    bins = Reference.of(reference[:, None])
    return float(bins.psi(bins.counted([current[:, None]]))[0])


def index_of(before: Ints, now: Ints) -> float:
    """The index of two rows of counts over the same bins, in either order; NaN where either counts nobody."""
    if not before.sum() or not now.sum():
        return float("nan")
    used = (before > 0) | (now > 0)
    p, q = (np.maximum(counts[used] / counts.sum(), FLOOR) for counts in (before, now))
    return float(((q - p) * np.log(q / p)).sum())


def _edges(column: Values) -> Floats:
    """Upper ends of the bins but the last, rising; a bin is (the edge before, its own edge]."""
    known = np.sort(column[~np.isnan(column)].astype(np.float64))
    if not len(known):
        return known
    values = known[np.append(True, known[1:] != known[:-1])]
    if len(values) <= BINS:
        return np.unique(np.concatenate([np.nextafter(values, -np.inf), values]))
    # The value at a rank, never one between two: equal samples then fall into equal bins whatever their order.
    ranks = np.ceil(np.arange(1, BINS) * len(known) / BINS).astype(np.int64) - 1
    return np.unique(known[ranks])


def _counted(edges: tuple[Floats, ...], matrix: Values) -> Ints:
    found = np.zeros((len(edges), max((len(each) for each in edges), default=0) + 2), np.int64)
    for at, ends in enumerate(edges):
        column = matrix[:, at].astype(np.float64)
        places = np.searchsorted(ends, column, side="left")
        places[np.isnan(column)] = len(ends) + 1
        found[at] += np.bincount(places, minlength=found.shape[1])
    return found
