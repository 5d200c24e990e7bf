"""Metrics of probabilities, with a weight per row so that a bootstrap draw is only another weight.

Rows with equal predictions are one group, so ties never depend on the order of rows. Tested against scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from models.table import Bools, Floats, Ints

BINS = 15
METRICS = ("base_rate", "mean_probability", "log_loss", "brier", "roc_auc", "pr_auc", "ece", "lift_top_decile")


@dataclass(frozen=True)
class Groups:
    """Rows grouped by prediction, highest first; `of_row` gives each row's group."""

    probability: Floats
    of_row: Ints
    churned: Floats

    @staticmethod
    def of(probability: Floats, churned: Bools, rank: Floats | None = None) -> Groups:
        """Group rows by probability, and where that ties by `rank`, highest first."""
        order = probability if rank is None else rank
        keys = np.stack([-probability, -order], axis=1)
        unique, of_row = np.unique(keys, axis=0, return_inverse=True)
        return Groups(-unique[:, 0], of_row.ravel().astype(np.int64), churned.astype(np.float64))

    def totals(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weight of all rows and of leavers in each group."""
        size = len(self.probability)
        return (
            np.bincount(self.of_row, weight, minlength=size).astype(np.float64),
            np.bincount(self.of_row, weight * self.churned, minlength=size).astype(np.float64),
        )


def all_metrics(groups: Groups, weight: Floats) -> dict[str, float]:
    """Every metric of METRICS under the weights; NaN where a metric needs both outcomes and there is one."""
    everyone, leavers = groups.totals(weight)
    stayers, p = everyone - leavers, groups.probability
    total, positives = everyone.sum(), leavers.sum()
    return {
        "base_rate": positives / total,
        "mean_probability": float((everyone * p).sum() / total),
        "log_loss": float(-(xlogy(leavers, p) + xlog1py(stayers, -p)).sum() / total),
        "brier": float((leavers * (1 - p) ** 2 + stayers * p**2).sum() / total),
        "roc_auc": roc_auc(leavers, stayers),
        "pr_auc": average_precision(everyone, leavers),
        "ece": _ece(everyone, leavers, p),
        "lift_top_decile": _found(everyone, leavers, total / 10) / (total / 10) / (positives / total)
        if positives
        else np.nan,
    }


def roc_auc(leavers: Floats, stayers: Floats) -> float:
    """Chance that a leaver ranks above a stayer, ties half; leavers and stayers of each group, highest first."""
    pairs = leavers.sum() * stayers.sum()
    below = stayers.sum() - np.cumsum(stayers)
    return float((leavers * (below + stayers / 2)).sum() / pairs) if pairs else np.nan


def average_precision(everyone: Floats, leavers: Floats) -> float:
    """Precision at each group, highest first, weighted by the recall that the group adds."""
    if not leavers.sum():
        return np.nan
    taken = np.cumsum(everyone)
    precision = np.divide(np.cumsum(leavers), taken, out=np.zeros(len(taken)), where=taken > 0)
    return float((precision * leavers).sum() / leavers.sum())


def _ece(everyone: Floats, leavers: Floats, p: Floats) -> float:
    """Mean gap between promised and realised rate over bins of equal size."""
    order = np.argsort(p, kind="stable")
    everyone, leavers, p = everyone[order], leavers[order], p[order]
    middle = np.cumsum(everyone) - everyone / 2
    bins = np.minimum((BINS * middle / everyone.sum()).astype(np.int64), BINS - 1)
    gaps = np.abs(np.bincount(bins, everyone * p, minlength=BINS) - np.bincount(bins, leavers, minlength=BINS))
    return float(gaps.sum() / everyone.sum())


def _found(everyone: Floats, leavers: Floats, capacity: float) -> float:
    """Leavers among the `capacity` highest; of a group on the edge, the share that fits."""
    before = np.cumsum(everyone) - everyone
    share = np.clip(np.divide(capacity - before, everyone, out=np.zeros(len(everyone)), where=everyone > 0), 0, 1)
    return float((leavers * share).sum())


def leavers_found(groups: Groups, weight: Floats, capacity: int) -> float:
    """Leavers among the `capacity` customers at the top of the list."""
    everyone, leavers = groups.totals(weight)
    return _found(everyone, leavers, capacity)
