"""What a customer who stays will spend over the horizon: the base of rhythm and worth, corrected by trees.

Expected spend = level x base x trees^strength. The trees learn, on the same features as the probability, the factor by
which those who stayed spent more or less than their base said; half of that factor, in logarithms, held better than
all of it or none (docs/bench/value.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from models.booster import BoosterParams, booster_from_text, raw_scores
from models.calibration import simplest
from models.lightgbm_alone import lgb
from models.members import NOT_LEARNT
from models.score_of_means import loss
from models.spend import Fitted, Known, Spend, SpendBase, fit_spend_base
from models.table import Floats, Ints, TrainingTable
from models.threads import one_thread

ROUNDS, RATE = 60, 0.05  # fewer and bolder than for probabilities: the base has said most of it already
MOST = 3.0  # how far trees may move a logarithm: a factor of 20
STRENGTHS = (0.0, 0.5, 1.0)
SAFE_STRENGTH = 0.5  # with too few origins to choose on
FEWEST_ORIGINS = 6  # as for blends: under these a season passes for a rule


@dataclass(frozen=True)
class Parts:
    """Logarithms of the base and of the trees' factor, one entry per row."""

    base: Floats
    trees: Floats


@dataclass(frozen=True)
class Shape:
    """How the parts are put together."""

    strength: float = SAFE_STRENGTH
    level: float = 1.0

    def expected(self, parts: Parts) -> Floats:
        """Expected spend of a customer who stays, one per entry."""
        return self.level * np.exp(parts.base + self.strength * parts.trees)

    def to_json(self) -> dict[str, float]:
        """The shape as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class ValueModel:
    """A fitted forecast.

    `leavers` is what those who leave spend all the same, as a share of what they would if they stayed; 0 where leaving
    is not to purchase at all.
    """

    names: tuple[str, ...]
    base: SpendBase
    booster: lgb.Booster
    leavers: float

    def parts(self, table: TrainingTable, trees: bool = True) -> Parts:
        """Both parts, one entry per row; where no trees are asked for, theirs is 0.

        Raises KeyError if the table lacks a feature.
        """
        for name in self.names:
            if name not in table.names:
                raise KeyError(name)
        if not trees:
            return Parts(np.log(self.base.staying(table)), np.zeros(len(table)))
        values = table.values[:, [table.names.index(name) for name in self.names]]
        factor = np.clip(raw_scores(self.booster, values), -MOST, MOST)
        return Parts(np.log(self.base.staying(table)), factor)

    def to_json(self) -> dict[str, Any]:
        """All but the trees as plain data."""
        return {"features": list(self.names), "base": self.base.to_json(), "leavers": self.leavers}

    @staticmethod
    def from_data(content: Mapping[str, Any], booster: str) -> ValueModel:
        """The model from plain data and LightGBM's text, both of which the caller has checked."""
        base = SpendBase.from_json(content["base"])
        return ValueModel(tuple(content["features"]), base, booster_from_text(booster), float(content["leavers"]))


def unconditional(staying: Floats, probability: Floats, leavers: float | Floats) -> Floats:
    """Expected spend whether or not the customer stays, one per entry."""
    return (1 - probability + probability * leavers) * staying


@one_thread()
def fit_value(closed: TrainingTable, spend: Spend, known: Known, params: BoosterParams) -> tuple[ValueModel, Fitted]:
    """Fit on labelled rows whose windows ended by the origin; only those who stayed are learnt from.

    Beside the model what its base was made of, from which the rival of the literature is made.

    Raises ValueError if nobody stayed, or if those who stayed spent nothing: there is no forecast of that.
    """
    stayed, paid = ~closed.churned, np.maximum(spend.within, 0)  # corrections may make a window's sum negative
    mean = float(paid[stayed].mean()) if stayed.any() else 0.0
    if mean <= 0:
        raise ValueError("nobody among the labelled rows stayed and spent something, so no spend can be forecast")
    fitted = fit_spend_base(known, closed, spend.columns, mean)
    base = fitted.base
    names = tuple(name for name in closed.names if name not in NOT_LEARNT)
    staying = base.staying(closed)
    values = closed.values[:, [closed.names.index(name) for name in names]]
    data = lgb.Dataset(
        values[stayed],
        label=paid[stayed] / mean,  # without a unit: in cents the same trees grow
        init_score=np.log(staying[stayed] / mean),
        feature_name=list(names),
        free_raw_data=True,
    )
    customers = int((closed.snapshot == closed.snapshot.max()).sum())
    booster = lgb.train(_tree_params(params, customers), data, num_boost_round=ROUNDS)
    left = float(staying[closed.churned].sum())
    leavers = float(paid[closed.churned].sum()) / left if left else 0.0
    return ValueModel(names, base, booster, leavers), fitted


def _tree_params(params: BoosterParams, customers: int) -> dict[str, Any]:
    bold = replace(params, learning_rate=RATE)
    # Without a metric: gamma's does not take the zeros of who stayed and paid nothing, its gradient does.
    return {**bold.lightgbm(customers), "objective": "gamma", "metric": "none"}


def choose_shape(parts: Parts, spend: Floats, origin: Ints, label_days: int) -> Shape:
    """Strength and level by what held for those who stayed at origins whose outcomes are all known.

    The strength is the weakest within one paired standard error of the best, each compared at the level that came
    true; then the level: none, or that of the origins before, whichever forecast the next origins better. Under
    `FEWEST_ORIGINS` origins half of the trees, uncalibrated.
    """
    days = [int(day) for day in np.unique(origin)]
    if len(days) < FEWEST_ORIGINS:
        return Shape()
    paid = np.maximum(spend, 0)
    losses = {
        str(strength): np.array([_levelled(Shape(strength), parts, paid, origin == day) for day in days])
        for strength in STRENGTHS
    }
    weight = 0.5 ** ((days[-1] - np.array(days)) / label_days)
    plain = Shape(float(simplest(losses, weight)[0]))
    staying = plain.expected(parts)
    held: dict[str, list[float]] = {"none": [], "level": []}
    for day in days:
        before, here = origin + label_days <= day, origin == day
        if before.any() and paid[here].sum() > 0:
            for name, level in (("none", 1.0), ("level", level_of(staying[before], paid[before]))):
                held[name].append(_relative(level * staying[here], paid[here]))
    if len(held["none"]) < FEWEST_ORIGINS:
        return plain
    better, _ = simplest({name: np.array(values) for name, values in held.items()})
    return replace(plain, level=level_of(staying, paid)) if better == "level" else plain


def level_of(forecast: Floats, paid: Floats) -> float:
    """By how much forecasts must be multiplied for their total to come true; 1 where nothing was spent."""
    total = float(forecast.sum())
    return float(paid.sum()) / total if total > 0 and paid.sum() > 0 else 1.0


def _levelled(shape: Shape, parts: Parts, paid: Floats, here: Sequence[bool] | np.ndarray) -> float:
    staying = shape.expected(parts)[here]
    return _relative(staying * level_of(staying, paid[here]), paid[here])


def _relative(forecast: Floats, paid: Floats) -> float:
    """Mean loss without a unit, so that rich and poor months weigh the same."""
    return float(loss(forecast, paid).mean() / loss(np.full(len(paid), paid.mean()), paid).mean().clip(1e-12))
