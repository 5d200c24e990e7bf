"""The label: did the customer leave, who may be asked about, and which rows may be labelled at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.relations import LEFT, is_open, relation_rows
from features.rows import Rows
from features.spec import FeatureSpec


def label_edges(lead_days: int, horizon_days: int) -> tuple[int, int]:
    """Offsets, as days before the snapshot, of the label window's two edges."""
    return -lead_days, -(lead_days + horizon_days)


def eligible(rows: Rows, spec: FeatureSpec) -> NDArray[np.bool_]:
    """Whether the customer may be asked about: not yet left at the snapshot. One entry per spine row.

    Inactivity: an activity event within `active_within_days` before the snapshot. Cancellation and lapse: the relation
    is open at the snapshot, however long the customer has been silent.
    """
    if spec.definition == "inactivity":
        return rows.count(spec.activity, spec.active_within_days) > 0
    return is_open(rows, spec)


def left_within(rows: Rows, spec: FeatureSpec, lead_days: int, horizon_days: int) -> NDArray[np.bool_]:
    """Whether the customer leaves in `[snapshot + lead, snapshot + lead + horizon)`. One entry per spine row.

    The one function for training labels, for the outcome of past lists and for churn in figures. Inactivity: see
    `churned`. Cancellation and lapse: a day on which the customer leaves (features/relations.py) lies in the window,
    whether or not the customer comes back later. Who leaves within the lead, and not again in the window, has not left
    in the window: False. The caller passes observable snapshots only; no event after the window is needed.
    """
    if spec.definition == "inactivity":
        return churned(rows, spec.activity, lead_days, horizon_days)
    relation, (opens, closes) = relation_rows(rows, spec), label_edges(lead_days, horizon_days)
    running = relation.timeline.counts((LEFT,))
    return running[relation.position(closes)] > running[relation.position(opens)]


def churned(rows: Rows, activity: tuple[str, ...], lead_days: int, horizon_days: int) -> NDArray[np.bool_]:
    """Whether no activity event falls into `[snapshot + lead, snapshot + lead + horizon)`. One entry per spine row.

    The caller passes observable snapshots only: at others an unfinished window would read as churn.
    """
    opens, closes = label_edges(lead_days, horizon_days)
    running = rows.timeline.counts(activity)
    return running[rows.position(closes)] == running[rows.position(opens)]
