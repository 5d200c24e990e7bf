"""LightGBM's native booster, deterministic, on float32; its scores are log odds, not yet calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.lightgbm_alone import lgb
from models.table import Floats, TrainingTable

LEAVES = ((4_500, 6), (12_000, 15))
MOST_LEAVES = 31


@dataclass(frozen=True)
class BoosterParams:
    """What may be tuned; the rest is fixed below. `num_leaves` None: by the number of customers, see `leaves`."""

    num_rounds: int
    learning_rate: float
    num_leaves: int | None
    min_data_in_leaf: int
    lambda_l2: float
    feature_fraction: float
    max_bin: int
    seed: int
    num_threads: int

    def leaves(self, customers: int) -> int:
        """Leaves for so many eligible customers a slice: bushier trees pay only where there are more to tell apart."""
        if self.num_leaves is not None:
            return self.num_leaves
        return next((leaves for most, leaves in LEAVES if customers < most), MOST_LEAVES)

    def lightgbm(self, customers: int) -> dict[str, Any]:
        """LightGBM's own names. No class weights and no resampling: they destroy probabilities."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves(customers),
            "min_data_in_leaf": self.min_data_in_leaf,
            "lambda_l2": self.lambda_l2,
            "feature_fraction": self.feature_fraction,
            "max_bin": self.max_bin,
            "seed": self.seed,
            "num_threads": self.num_threads,
            "deterministic": True,
            "force_col_wise": True,  # the same trees as row-wise, a quarter to a half faster
            "verbosity": -1,
        }


def fit_booster(table: TrainingTable, params: BoosterParams) -> lgb.Booster:
    """Fit on every row and feature of the table. Raises ValueError if only one outcome is in it."""
    return fit_trees(table, table.values, table.names, params, None)


def fit_trees(
    table: TrainingTable,
    values: NDArray[np.float32],
    names: Sequence[str],
    params: BoosterParams,
    offset: Floats | None,
) -> lgb.Booster:
    """Fit on other columns of the same rows; the trees learn what `offset`, in log odds, does not say already.

    Raises ValueError if only one outcome is in the table: nothing can be learnt.
    """
    leavers = int(table.churned.sum())
    if leavers in (0, len(table)):
        who = "nobody" if leavers == 0 else "everybody"
        raise ValueError(
            f"in {len(table):,} training rows {who} left, so there is nothing to learn: change churn.horizon_days or "
            "churn.active_within_days, or check events.roles.activity"
        )
    data = lgb.Dataset(values, label=table.churned, init_score=offset, feature_name=list(names), free_raw_data=True)
    newest = int((table.snapshot == table.snapshot.max()).sum())
    return lgb.train(params.lightgbm(newest), data, num_boost_round=params.num_rounds)


def raw_scores(booster: lgb.Booster, values: NDArray[np.float32]) -> Floats:
    """Log odds, one per row; columns must be in the order of `booster.feature_name()`."""
    return np.asarray(booster.predict(values, raw_score=True, num_threads=1), np.float64)


def booster_text(booster: lgb.Booster) -> str:
    """The booster as LightGBM's text format: no pickle, and loading it runs no code."""
    return str(booster.model_to_string(num_iteration=-1))


def booster_from_text(text: str) -> lgb.Booster:
    """A booster from text whose sha256 the caller has checked: LightGBM crashes or hangs on a damaged one."""
    return lgb.Booster(model_str=text)
