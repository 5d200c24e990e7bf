"""Features that alone rank as well as the whole model: they have usually seen the outcome."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.metrics import average_precision, roc_auc
from models.table import Bools, Floats, Ints, TrainingTable


@dataclass(frozen=True)
class Alone:
    """How well one ranking finds leavers, from 0 to 1: a feature's best direction, or the model's."""

    name: str
    roc_auc: float
    average_precision: float
    leavers_have: str

    def to_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        return {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Audit:
    """The model's figures, every feature's alone from the best on, and the twins among them."""

    model: Alone
    features: list[Alone]
    twins: list[Alone]

    def to_json(self, most: int) -> dict[str, Any]:
        """The audit as plain data, with the best `most` features."""
        return {
            "model": self.model.to_json(),
            "best_alone": [item.to_json() for item in self.features[:most]],
            "twins": [item.name for item in self.twins],
        }


def audit(test: TrainingTable, odds: Floats, twin_share: float, twin_auc: float, allowed: Collection[str]) -> Audit:
    """Hold every feature of the test slice against the model's ranking of it, which has seen none of these outcomes.

    A twin has at least `twin_share` of the model's average precision and a ROC AUC of at least `twin_auc`. Raises
    ValueError if the slice holds one outcome only.
    """
    if test.churned.all() or not test.churned.any():
        raise ValueError("the test slice holds one outcome only, so nothing can be ranked")
    counts = _counts(np.unique(odds, return_inverse=True)[1], test.churned)
    model = _ranked("the model", counts[:, ::-1], "high odds")
    features = [_best(name, test.column(name), test.churned) for name in test.names]
    features.sort(key=lambda item: (-item.average_precision, -item.roc_auc, item.name))
    twins = [
        item
        for item in features
        if item.average_precision >= twin_share * model.average_precision
        and item.roc_auc >= twin_auc
        and item.name not in allowed
    ]
    return Audit(model, features, twins)


def _best(name: str, values: Floats, churned: Bools) -> Alone:
    """The better of both directions, with those whose value is unknown first or last."""
    unknown = np.isnan(values)
    known = np.unique(values[~unknown], return_inverse=True)[1]
    counts = _counts(known, churned[~unknown])
    aside = np.array([[unknown.sum()], [churned[unknown].sum()]])
    ways = []
    for known_first, word in ((counts[:, ::-1], "high values"), (counts, "low values")):
        ways.append(_ranked(name, np.hstack([known_first, aside]), word))
        if unknown.any():
            ways.append(_ranked(name, np.hstack([aside, known_first]), f"{word} or none"))
    return max(ways, key=lambda item: (item.average_precision, item.roc_auc))


def _counts(place: Ints, churned: Bools) -> Ints:
    """Rows, and below them leavers, at each place of a ranking, lowest first."""
    size = int(place.max(initial=-1)) + 1
    return np.stack([np.bincount(place, minlength=size), np.bincount(place[churned], minlength=size)])


def _ranked(name: str, counts: Ints, leavers_have: str) -> Alone:
    """How well a ranking does, from the rows and leavers at each of its places, highest first."""
    everyone, left = counts[:, counts[0] > 0].astype(np.float64)
    return Alone(name, roc_auc(left, everyone - left), average_precision(everyone, left), leavers_have)
