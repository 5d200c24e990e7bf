"""The labels: did the customer leave, what was spent, and who may be asked about at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.relations import LEFT, is_open, relation_rows
from features.rows import Floats, Rows
from features.spec import FeatureSpec
from features.timeline import MICRO


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
    return relation.number((LEFT,), closes) > relation.number((LEFT,), opens)


def churned(rows: Rows, activity: tuple[str, ...], lead_days: int, horizon_days: int) -> NDArray[np.bool_]:
    """Whether no activity event falls into `[snapshot + lead, snapshot + lead + horizon)`. One entry per spine row.

    The caller passes observable snapshots only: at others an unfinished window would read as churn.
    """
    opens, closes = label_edges(lead_days, horizon_days)
    return rows.number(activity, closes) == rows.number(activity, opens)


def spend_types(spec: FeatureSpec) -> tuple[str, ...]:
    """Types whose amounts are spend: money of role activity or engagement. Returns are money, and not spend.

    Amounts of other roles are no flow of money: a level is a state, which is not to be added up. Empty: no amounts.
    """
    return tuple(name for name in spec.money if name in (*spec.activity, *spec.engagement))


def spend_within(rows: Rows, types: tuple[str, ...], lead_days: int, horizon_days: int) -> Floats:
    """Amounts of the types in `[snapshot + lead, snapshot + lead + horizon)`, in the source's unit; 0 if none.

    One entry per spine row. The window is the label's: an event on its last edge is outside. Negative amounts count
    as what they are, so that the sum may be below 0. The caller passes observable snapshots only.
    """
    opens, closes = label_edges(lead_days, horizon_days)
    return (rows.total(types, closes) - rows.total(types, opens)) / MICRO
