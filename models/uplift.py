"""Whom a contact keeps: uplift learners on the randomised history of contact and holdout, cross-fitted.

Kuenzel, Sekhon, Bickel and Yu, "Metalearners for estimating heterogeneous treatment effects using machine learning",
PNAS 116(10), 2019: the T-learner is the difference of two models of the outcome, the X-learner learns the effects
themselves, imputed for one arm by the other arm's model. Here the probability of having been contacted is known.
Which of them is the default, and how much each may learn, was measured: docs/bench/uplift.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.booster import booster_from_text, booster_text
from models.lightgbm_alone import lgb
from models.table import Bools, Floats, Ints

Learner = Literal["x", "x_published", "t"]
LEARNERS: tuple[Learner, ...] = ("x", "x_published", "t")
DEFAULT: Learner = "x"
ARMS = ("contacted", "alone")
KEY = b"uplift"


@dataclass(frozen=True)
class Trial:
    """One entry per (programme, customer) whose contact was left to the draw.

    `customer` is a code from `codes_of`, `values` float32 with NaN for null and a column per name. `kept` is what a
    contact is to bring about, more is better: 1 stayed and 0 left, or the money spent. `propensity` is the known
    probability of having been contacted, 1 minus the holdout's share, above 0 and below 1.
    """

    customer: Ints
    values: NDArray[np.float32]
    names: tuple[str, ...]
    treated: Bools
    kept: Floats
    propensity: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, rows: Bools | Ints) -> Trial:
        """The rows of a mask or of an index."""
        parts = (self.treated[rows], self.kept[rows], self.propensity[rows])
        return Trial(self.customer[rows], self.values[rows], self.names, *parts)

    def in_order(self) -> Trial:
        """The same rows in the one order that does not depend on how they came: sums, and so trees, hang on it."""
        return self.take(np.lexsort((self.propensity, self.kept, self.treated, *self.values.T, self.customer)))


@dataclass(frozen=True)
class UpliftParams:
    """How much the trees may learn: little, since a holdout is small and effects are smaller than outcomes.

    `num_rounds` trees for an outcome, `effect_rounds` for the X-learner's effects. A leaf holds at least `leaf_share`
    of the rows that are learnt from, and never fewer than `least_leaf`.
    """

    num_rounds: int = 60
    effect_rounds: int = 30
    learning_rate: float = 0.05
    num_leaves: int = 4
    leaf_share: float = 0.05
    least_leaf: int = 40
    lambda_l2: float = 10.0
    max_bin: int = 63
    seed: int = 7

    def lightgbm(self, rows: int) -> dict[str, Any]:
        """LightGBM's own names. Squared error finds the mean of any outcome, 0 and 1 included."""
        return {
            "objective": "regression",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": max(self.least_leaf, round(self.leaf_share * rows)),
            "lambda_l2": self.lambda_l2,
            "max_bin": self.max_bin,
            "seed": self.seed,
            "num_threads": 1,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


@dataclass(frozen=True)
class UpliftModel:
    """Two boosters and how they are put together; `share` is the contacted share of what was learnt from.

    T: what is kept if contacted, minus what is kept if left alone. X: the effect as learnt from the contacted and as
    learnt from the holdout, each weighing as many rows as it was learnt from. The paper leaves the weights open and
    proposes the opposite ones (its third stage, `x_published`): what a small holdout has learnt then rules, and with
    a holdout of a tenth that finds fewer of those whom contacts keep.
    """

    learner: Learner
    names: tuple[str, ...]
    share: float
    trees: Mapping[str, lgb.Booster]

    def saved(self, values: NDArray[np.float32], names: tuple[str, ...]) -> Floats:
        """What a contact is expected to add, one per row: as a probability of staying, or in money as was learnt.

        Raises ValueError if the columns are not those that were learnt from, in their order.
        """
        if names != self.names:
            raise ValueError(
                f"the uplift model was learnt from the columns {', '.join(self.names)}, but is given "
                f"{', '.join(names)}: give the same columns in the same order, or fit it again"
            )
        contacted, alone = (np.asarray(self.trees[arm].predict(values, num_threads=1), np.float64) for arm in ARMS)
        if self.learner == "t":
            return contacted - alone
        weight = self.share if self.learner == "x" else 1 - self.share
        return weight * contacted + (1 - weight) * alone

    def to_json(self) -> dict[str, Any]:
        """The model as plain data; trees as LightGBM's text."""
        trees = {arm: booster_text(self.trees[arm]) for arm in ARMS}
        return {"learner": self.learner, "names": list(self.names), "share": self.share, "trees": trees}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> UpliftModel:
        """The model from plain data whose sha256 the caller has checked: LightGBM crashes on damaged text.

        Raises ValueError if the learner is unknown.
        """
        learner = content["learner"]
        if learner not in LEARNERS:
            raise ValueError(f"the uplift model's learner is {learner!r}, known are {', '.join(LEARNERS)}: fit it anew")
        trees = {arm: booster_from_text(content["trees"][arm]) for arm in ARMS}
        return UpliftModel(learner, tuple(content["names"]), float(content["share"]), trees)


def codes_of(customer_ids: Iterable[str]) -> Ints:
    """A code per customer that depends on the id alone: other customers, and the order of rows, do not change it."""
    digests = (hashlib.blake2b(name.encode(), digest_size=8, key=KEY).digest() for name in customer_ids)
    return np.array([int.from_bytes(digest, "big") >> 1 for digest in digests], np.int64)


def fit_uplift(trial: Trial, learner: Learner, params: UpliftParams) -> UpliftModel:
    """Learn from every row of the trial. Raises ValueError if an arm is empty."""
    trial = trial.in_order()
    contacted, alone = trial.take(trial.treated), trial.take(~trial.treated)
    if not len(contacted) or not len(alone):
        who = "nobody was contacted" if not len(contacted) else "nobody was left alone"
        raise ValueError(f"in {len(trial):,} rows {who}, so no effect can be learnt: wait for lists with a holdout")
    share = float(trial.propensity.mean())
    if_contacted = _fit(contacted, contacted.kept, params, params.num_rounds)
    if_alone = _fit(alone, alone.kept, params, params.num_rounds)
    if learner != "t":
        # Each arm's effects are imputed by the other arm's model, which has not seen these rows.
        on_contacted = contacted.kept - _predict(if_alone, contacted)
        on_alone = _predict(if_contacted, alone) - alone.kept
        if_contacted = _fit(contacted, on_contacted, params, params.effect_rounds)
        if_alone = _fit(alone, on_alone, params, params.effect_rounds)
    return UpliftModel(learner, trial.names, share, {"contacted": if_contacted, "alone": if_alone})


def cross_fitted(trial: Trial, learner: Learner, params: UpliftParams, folds: int) -> Floats:
    """What a contact adds, one per row of the trial, by models that have not seen the row's customer.

    A customer's fold follows from the code. Each fold's model is shifted to the mean of all of them: its level is the
    average effect on the *other* folds, so unshifted, a fold where contacts happened to work would come last for that
    very reason. Raises ValueError if an arm is empty outside of a fold.
    """
    fold = trial.customer % folds
    saved, level = np.empty(len(trial)), np.zeros(len(trial))
    means = []
    for number in range(folds):
        here = fold == number
        if not here.any():
            continue
        everybody = fit_uplift(trial.take(~here), learner, params).saved(trial.values, trial.names)
        # Sorted, since a sum's last digits hang on its order.
        means.append(float(np.sort(everybody).mean()))
        saved[here], level[here] = everybody[here], means[-1]
    return saved - level + float(np.mean(means))


def _fit(arm: Trial, target: Floats, params: UpliftParams, rounds: int) -> lgb.Booster:
    """The mean of a target among one arm's rows, each standing for as many as its chance of being in the arm says."""
    # The weights matter where the holdout's share changed between programmes; equal ones would only cost time.
    weight = 1 / np.where(arm.treated, arm.propensity, 1 - arm.propensity)
    given = None if np.ptp(weight) == 0 else weight / weight.mean()
    data = lgb.Dataset(arm.values, label=target, weight=given, feature_name=list(arm.names))
    return lgb.train(params.lightgbm(len(arm)), data, num_boost_round=rounds)


def _predict(booster: lgb.Booster, rows: Trial) -> Floats:
    return np.asarray(booster.predict(rows.values, num_threads=1), np.float64)
