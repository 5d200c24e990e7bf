"""The sections about learning: calendar, features, model, blend, calibration, evaluation, gate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from pipeline.sections.base import Days, Finite, QuotedDate, Section, Share, checked_date


class Snapshots(Section):
    """The grid of prediction times."""

    as_of: Literal["latest"] | QuotedDate = "latest"
    every_days: Days = 28
    train: Annotated[int, Field(ge=2, le=520)] = 26
    min_history_days: Annotated[int, Field(ge=0, le=3650)] | None = None

    @field_validator("as_of")
    @classmethod
    def _real_date(cls, value: str) -> str:
        return value if value == "latest" else checked_date(value)


class Features(Section):
    """How far back features look."""

    lookback_days: tuple[Days, ...] = (7, 14, 28, 56, 91, 182, 364)

    @field_validator("lookback_days")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or list(value) != sorted(set(value)):
            raise ValueError(f"lookback_days must rise and not repeat, got {list(value)}")
        return value


class Model(Section):
    """LightGBM's parameters, so that a typo cannot pass in silence, and how many rows are learnt from at most."""

    max_rows: Annotated[int, Field(ge=1_000)] = 2_000_000
    num_rounds: Annotated[int, Field(ge=1, le=5000)] = 300
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.03
    num_leaves: Annotated[int, Field(ge=2, le=1024)] | None = None
    min_data_in_leaf: Annotated[int, Field(ge=1)] = 50
    lambda_l2: Annotated[Finite, Field(ge=0)] = 20.0
    feature_fraction: Annotated[float, Field(gt=0, le=1)] = 0.3
    max_bin: Annotated[int, Field(ge=8, le=1024)] = 255
    seed: Annotated[int, Field(ge=0)] = 7
    num_threads: Annotated[int, Field(ge=1, le=64)] = 1


class Blend(Section):
    """Which models make the probability."""

    members: Literal["auto", "rule", "customer_base", "trees", "trees+customer_base", "trees+logistic", "all three"] = (
        "auto"
    )


class Baseline(Section):
    """What is done today; Ebb's list is held against it."""

    rule_days: Days | None = None


class Calibration(Section):
    """How scores become probabilities."""

    method: Literal["auto", "none", "intercept", "sigmoid"] = "auto"


class Evaluation(Section):
    """How models are judged."""

    capacity: Annotated[int, Field(ge=1)] = 300
    bootstrap: Annotated[int, Field(ge=100, le=10000)] = 500
    seed: Annotated[int, Field(ge=0)] = 7


class Promote(Section):
    """When a challenger may replace the champion; differences are challenger minus champion on the same rows."""

    mode: Literal["auto", "ask"] = "auto"
    max_log_loss_increase: Annotated[Finite, Field(ge=0)] = 0.002
    max_calibration_increase: Annotated[Finite, Field(ge=0)] = 0.02
    max_lift_decrease: Annotated[Finite, Field(ge=0)] = 0.1
    max_high_changed: Share = 0.5
    max_reseed_changed: Share = 0.35


class Audit(Section):
    """When a single feature is too good to be true: it alone ranks about as well as the model, and nearly perfectly."""

    twin_share: Share = 0.98
    twin_auc: Share = 0.95
    allowed: tuple[str, ...] = ()
