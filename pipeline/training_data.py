"""The feature tables as the arrays that models are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from features.labels import spend_types
from features.words import slug
from models.backtest import Material
from models.booster import BoosterParams
from models.census import Lapsed
from models.season import Activity
from models.spend import Spend
from models.table import TrainingTable, Window
from pipeline.errors import ArtifactError, SplitError
from pipeline.settings import Settings
from pipeline.tables import TRAINING, TRAINING_ACTIVITY, TRAINING_LAPSED, TRAINING_VALUE, read_table

KEYS = ("customer_id", "snapshot", "churned")


def booster_params(settings: Settings) -> BoosterParams:
    """The section `model` as the booster takes it."""
    return BoosterParams(**settings.model.model_dump())


def label_spec(settings: Settings) -> dict[str, Any]:
    """What the label means; two models answer the same question only where this is equal."""
    spec = {**settings.churn.model_dump(), "activity": list(settings.events.roles.activity)}
    return spec if settings.churn.silence else {**spec, "cancel": list(settings.events.roles.cancel)}


def load_training(settings: Settings) -> TrainingTable:
    """data/features/training.parquet as arrays. Raises SplitError if one outcome is missing altogether."""
    table = read_table(TRAINING)
    names = tuple(name for name in table.column_names if name not in KEYS)
    churned = table.column("churned").to_numpy()
    leavers = int(churned.sum())
    if leavers in (0, len(churned)):
        who = " or churn.active_within_days" if settings.churn.silence else ""
        raise SplitError(
            f"{'nobody' if leavers == 0 else 'everybody'} left in {len(churned):,} labelled rows, so nothing can be "
            f"learnt: change churn.horizon_days{who}, or check events.roles.activity."
        )
    return TrainingTable(
        customer=codes(table),
        snapshot=days(table, "snapshot"),
        churned=churned,
        values=matrix(table, names),
        names=names,
        label_days=settings.churn.lead_days + settings.churn.horizon_days,
    )


def load_spend(settings: Settings, rows: int) -> Spend | None:
    """data/features/training_value.parquet as arrays, one entry per row of the training table; None without amounts.

    Raises ArtifactError if it has not as many rows as the training table.
    """
    columns = tuple(f"amount_{slug(name)}_lifetime" for name in spend_types(settings.feature_spec()))
    if not columns:
        return None
    table = read_table(TRAINING_VALUE, ["spend", "spend_before"])
    if table.num_rows != rows:
        raise ArtifactError(
            f"{TRAINING_VALUE} has {table.num_rows:,} rows and {TRAINING} has {rows:,}, so they are not of one run: "
            "run `make repro`."
        )
    return Spend(table.column("spend").to_numpy(), table.column("spend_before").to_numpy(), columns)


def codes(table: pa.Table) -> np.ndarray:
    """An integer per customer."""
    indices = table.column("customer_id").combine_chunks().dictionary_encode().indices
    return np.asarray(indices.to_numpy(), np.int64)


def days(table: pa.Table, name: str) -> np.ndarray:
    """A date column as day numbers."""
    return table.column(name).cast(pa.int32()).to_numpy().astype(np.int64)


def matrix(table: pa.Table, names: tuple[str, ...]) -> np.ndarray:
    """Feature columns side by side as float32, NaN for null."""
    values = np.empty((table.num_rows, len(names)), np.float32)
    for column, name in enumerate(names):
        values[:, column] = table.column(name).to_numpy()
    return values


def load_lapsed() -> Lapsed:
    """data/features/training_lapsed.parquet as arrays."""
    table = read_table(TRAINING_LAPSED)
    return Lapsed(**{name: table.column(name).to_numpy() for name in table.column_names})


def load_activity() -> Activity:
    """data/features/training_activity.parquet as arrays."""
    table = read_table(TRAINING_ACTIVITY)
    start = int(days(table.slice(0, 1), "day")[0])
    return Activity(start, table.column("active").to_numpy(), table.column("newcomers").to_numpy())


def load_material(settings: Settings) -> Material:
    """All that fits are made of."""
    window = Window(settings.churn.lead_days, settings.churn.horizon_days)
    table = load_training(settings)
    params, most, silence = booster_params(settings), settings.snapshots.train, settings.churn.silence
    return Material(table, load_lapsed(), load_activity(), window, params, most, silence)
