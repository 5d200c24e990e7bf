"""The stages of dvc.yaml in their order, as modules and by name. A helper, not a test."""

from __future__ import annotations

from pipeline import (
    backtest,
    calibrate,
    contacts,
    evaluate,
    featurize_current,
    featurize_training,
    ingest,
    kpis,
    measure,
    promote,
    publish,
    score,
    train,
    uplift,
    value,
    watch,
)

STAGES = (
    ingest,
    featurize_training,
    featurize_current,
    contacts,
    train,
    backtest,
    calibrate,
    value,
    evaluate,
    promote,
    score,
    kpis,
    measure,
    watch,
    uplift,
    publish,
)
NAMES = tuple(stage.__name__.removeprefix("pipeline.") for stage in STAGES)
