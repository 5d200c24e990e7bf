"""The feature tables as the arrays that models are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.labels import spend_types
from features.words import slug
from models.backtest import Material
from models.booster import BoosterParams
from models.census import Lapsed
from models.season import Activity
from models.spend import Spend
from models.table import TrainingTable, Window
from pipeline.contacting.treated import Treated
from pipeline.errors import ArtifactError, SplitError
from pipeline.sample import LeftAlone, Sample, sample_of
from pipeline.settings import Settings
from pipeline.tables import TRAINING, TRAINING_ACTIVITY, TRAINING_LAPSED, TRAINING_VALUE, TREATED_TABLE, read_table

KEYS = ("customer_id", "snapshot", "churned")


def booster_params(settings: Settings) -> BoosterParams:
    """The section `model` as the booster takes it."""
    return BoosterParams(**settings.model.model_dump(exclude={"max_rows"}))


def label_spec(settings: Settings) -> dict[str, Any]:
    """What the label means; two models answer the same question only where this is equal."""
    spec = {**settings.churn.model_dump(), "activity": list(settings.events.roles.activity)}
    return spec if settings.churn.silence else {**spec, "cancel": list(settings.events.roles.cancel)}


def load_training(settings: Settings, with_features: bool = True) -> TrainingTable:
    """data/features/training.parquet as arrays; of a long table the rows of a draw of customers (`model.max_rows`).

    Rows whose label a contact may have changed are left out, and customers held back instead stand for them by copies
    (`contacts.learn_from`). Without features there are none:
    the outcomes alone. Raises SplitError if one outcome is missing altogether, or too many labels were touched.
    """
    sample = training_sample(TRAINING, settings)
    _refuse_treated(sample, settings)
    names = tuple(name for name in pq.read_schema(TRAINING).names if name not in KEYS) if with_features else ()
    table = _collected(sample, names, settings.churn.lead_days + settings.churn.horizon_days)
    leavers = int(table.churned.sum())
    if leavers in (0, len(table)):
        who = " or churn.active_within_days" if settings.churn.silence else ""
        raise SplitError(
            f"{'nobody' if leavers == 0 else 'everybody'} left in {len(table):,} labelled rows, so nothing can be "
            f"learnt: change churn.horizon_days{who}, or check events.roles.activity."
        )
    return table


def training_sample(path: Path, settings: Settings) -> Sample:
    """The rows that are learnt from: a draw of customers; where contacts touched labels, those who stand for them."""
    treated = Treated.read(TREATED_TABLE) if settings.contacts.learn_from == "left_alone" else None
    label_days = settings.churn.lead_days + settings.churn.horizon_days
    return sample_of(path, settings.model.max_rows, None if treated is None else LeftAlone(treated, label_days))


def _refuse_treated(sample: Sample, settings: Settings) -> None:
    rows, touched = sample.treated()
    most = settings.contacts.most_treated_share
    if touched > most * rows:
        raise SplitError(
            f"{touched:,} of {rows:,} labels ({touched / rows:.0%}) may have been changed by a contact, more than "
            f"contacts.most_treated_share ({most:.0%}) allows: what is left says little about customers who are left "
            "alone. Contact fewer (risk.cut capacity), hold back more (holdout.share), or raise the share."
        )


def _collected(sample: Sample, names: tuple[str, ...], label_days: int) -> TrainingTable:
    """The rows of the draw, gathered into arrays made once: at no time is there a second copy of the features."""
    rows, at, customers, last = sample.rows(), 0, 0, None
    found = TrainingTable(
        customer=np.empty(rows, np.int64),
        snapshot=np.empty(rows, np.int64),
        churned=np.empty(rows, bool),
        values=np.empty((rows, len(names)), np.float32),
        names=names,
        label_days=label_days,
        share=sample.share,
    )
    for table in sample.tables([*KEYS, *names]):
        part = slice(at, at + table.num_rows)
        ids = table.column("customer_id").combine_chunks()
        goes_on = last is not None and ids[0].as_py() == last
        found.customer[part] = codes(table) + customers - goes_on
        found.snapshot[part], found.churned[part] = days(table, "snapshot"), table.column("churned").to_numpy()
        fill(found.values[part], table, names)
        at, customers, last = part.stop, int(found.customer[part.stop - 1]) + 1, ids[-1].as_py()
    return found


def load_spend(settings: Settings, rows: int) -> Spend | None:
    """data/features/training_value.parquet as arrays, one entry per row of the training table; None without amounts.

    Of a long table the same draw of customers. Raises ArtifactError if it has not as many rows as the training table.
    """
    columns = tuple(f"amount_{slug(name)}_lifetime" for name in spend_types(settings.feature_spec()))
    if not columns:
        return None
    sample = training_sample(TRAINING_VALUE, settings)
    parts = list(sample.tables(["spend", "spend_before"]))
    table = pa.concat_tables(parts) if parts else pq.read_schema(TRAINING_VALUE).empty_table()
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
    fill(values, table, names)
    return values


def fill(values: np.ndarray, table: pa.Table, names: tuple[str, ...]) -> None:
    """Write feature columns side by side into `values`, NaN for null."""
    for column, name in enumerate(names):
        values[:, column] = table.column(name).to_numpy()


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
