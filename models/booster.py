"""LightGBM's native booster, deterministic, on float32; its scores are log odds, not yet calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.table import Floats, TrainingTable


@dataclass(frozen=True)
class BoosterParams:
    """What may be tuned; the rest is fixed below."""

    num_rounds: int
    learning_rate: float
    num_leaves: int
    min_data_in_leaf: int
    lambda_l2: float
    feature_fraction: float
    max_bin: int
    seed: int
    num_threads: int

    def lightgbm(self) -> dict[str, Any]:
        """LightGBM's own names. No class weights and no resampling: they destroy probabilities."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_data_in_leaf,
            "lambda_l2": self.lambda_l2,
            "feature_fraction": self.feature_fraction,
            "max_bin": self.max_bin,
            "seed": self.seed,
            "num_threads": self.num_threads,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


def fit_booster(table: TrainingTable, params: BoosterParams) -> lgb.Booster:
    """Fit on every row of the table. Raises ValueError if only one outcome is in it: nothing can be learnt."""
    leavers = int(table.churned.sum())
    if leavers in (0, len(table)):
        who = "nobody" if leavers == 0 else "everybody"
        raise ValueError(
            f"in {len(table):,} training rows {who} left, so there is nothing to learn: change churn.horizon_days or "
            "churn.active_within_days, or check events.roles.activity"
        )
    data = lgb.Dataset(table.values, label=table.churned, feature_name=list(table.names), free_raw_data=True)
    return lgb.train(params.lightgbm(), data, num_boost_round=params.num_rounds)


def raw_scores(booster: lgb.Booster, values: NDArray[np.float32]) -> Floats:
    """Log odds, one per row; columns must be in the order of `booster.feature_name()`."""
    return np.asarray(booster.predict(values, raw_score=True, num_threads=1), np.float64)


def contributions(booster: lgb.Booster, values: NDArray[np.float32]) -> Floats:
    """Exact SHAP values in log odds: a row per row, a column per feature and a last one for the expectation."""
    return np.asarray(booster.predict(values, pred_contrib=True, num_threads=1), np.float64)


def booster_text(booster: lgb.Booster) -> str:
    """The booster as LightGBM's text format: no pickle, and loading it runs no code."""
    return str(booster.model_to_string(num_iteration=-1))


def booster_from_text(text: str) -> lgb.Booster:
    """A booster from text whose sha256 the caller has checked: LightGBM crashes or hangs on a damaged one."""
    return lgb.Booster(model_str=text)
