"""Points of the plots: reliability, lift and gain, precision and recall, scores by slice."""

from __future__ import annotations

import numpy as np

from models.metrics import BINS
from models.table import Bools, Floats, Ints

Points = list[dict[str, float | int | str]]
SCORE_BINS = 20


def reliability(probability: Floats, churned: Bools) -> Points:
    """One row per bin of equal size: promised and realised rate, and the 95% Wilson interval of the realised one.

    The noise band is where 95% of the realised rates would lie if the promise held exactly.
    """
    from scipy.stats import binom, binomtest  # noqa: PLC0415  # half a second that the other stages need not pay

    rows: Points = []
    order = np.argsort(probability, kind="stable")
    for part in np.array_split(order, BINS):
        if len(part) == 0:
            continue
        leavers = int(churned[part].sum())
        band = binomtest(leavers, len(part)).proportion_ci(method="wilson")
        promised = float(probability[part].mean())
        noise = binom.ppf([0.025, 0.975], len(part), min(max(promised, 0.0), 1.0)) / len(part)
        rows.append(
            {
                "promised": round(promised, 6),
                "realised": round(leavers / len(part), 6),
                "low": round(float(band.low), 6),
                "high": round(float(band.high), 6),
                "noise_low": round(float(noise[0]), 6),
                "noise_high": round(float(noise[1]), 6),
                "customers": len(part),
            }
        )
    return rows


def gain(probability: Floats, churned: Bools, steps: int = 100) -> Points:
    """One row per percent of customers, highest first: share of leavers found, lift, and the perfect share."""
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(churned[order])
    leavers, n = max(int(churned.sum()), 1), len(order)
    rows: Points = []
    for step in range(1, steps + 1):
        taken = max(round(n * step / steps), 1)
        share = float(found[taken - 1]) / leavers
        rows.append(
            {
                "contacted": round(taken / n, 6),
                "found": round(share, 6),
                "lift": round(share / (taken / n), 6),
                "perfect": round(min(taken / leavers, 1.0), 6),
            }
        )
    return rows


def precision_recall(probability: Floats, churned: Bools, most: int = 200) -> Points:
    """At most `most` rows, threshold falling: precision and recall of calling everybody above it a leaver."""
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(churned[order])
    leavers, n = max(int(churned.sum()), 1), len(order)
    taken = np.unique(np.linspace(1, n, min(most, n)).astype(int))
    return [
        {
            "recall": round(float(found[k - 1]) / leavers, 6),
            "precision": round(float(found[k - 1]) / k, 6),
            "threshold": round(float(probability[order[k - 1]]), 6),
        }
        for k in taken.tolist()
    ]


def scores_by_slice(snapshot: Ints, probability: Floats, name_of: dict[int, str]) -> Points:
    """One row per (slice, bin of probability): share of the slice's customers in the bin."""
    rows: Points = []
    for day in np.unique(snapshot).tolist():
        part = probability[snapshot == day]
        counts, edges = np.histogram(part, bins=SCORE_BINS, range=(0, 1))
        rows += [
            {"probability": round(float(edge), 6), "share": round(float(count) / len(part), 6), "slice": name_of[day]}
            for edge, count in zip(edges[:-1], counts, strict=True)
        ]
    return rows
