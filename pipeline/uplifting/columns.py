"""What an uplift model sees of a customer: few columns that every shop has, made by the one path of all features."""

from __future__ import annotations

import math
from contextlib import closing
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.build import catalog
from features.snapshots import day_number
from models.table import Bools, Ints
from pipeline.event_files import event_files, objectors
from pipeline.matrix import Matrix
from pipeline.settings import Settings
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, read_json

# Effects are smaller than outcomes and a holdout is small, so that more columns would bring more noise than knowledge
# (docs/bench/uplift.md). These tell how long somebody is away, what is usual, how long they are known, and whether they
# still read and visit: what decides whether a message is read at all.
ALWAYS = (
    "days_since_last_activity",
    "days_since_last_engagement",
    "days_since_last_friction",
    "usual_gap_days",
    "gap_spread_days",
    "overdue_ratio",
    "tenure_days",
    "days_to_second_activity",
)
# In two windows, a short and a long one: the look-backs of params.yaml that come closest to these.
IN_WINDOWS = ("count_activity", "count_engagement", "engaged_days", "share_engagement", "count_friction")
WINDOWS = (28, 182)
FROM_LIST = ("churn_probability", "expected_value")  # as the list said; before the features


def feature_names(settings: Settings) -> tuple[str, ...]:
    """The features that the model sees, at most 18, as far as these events have them; in one order."""
    lookback = settings.feature_spec().lookback_days
    near = dict.fromkeys(min(lookback, key=lambda days: (abs(math.log(days / aim)), days)) for aim in WINDOWS)
    wanted = (*ALWAYS, *(f"{name}_{days}d" for days in near for name in IN_WINDOWS))
    known = {feature.name for feature in catalog(settings.feature_spec())}
    return tuple(name for name in wanted if name in known)


def features_at(
    customer_ids: pa.Array, day: Ints, names: tuple[str, ...], settings: Settings
) -> tuple[NDArray[np.float32], Bools]:
    """One row per (customer, day number), in their order: features as they were then, NaN for null; and who has any.

    From events before the day alone. Who was left out since (objects to profiling, or is not eligible by the events of
    now) has none.
    """
    ids = pc.unique(customer_ids)
    span = int(day.max()) + 1
    keys, place = np.unique(_keys(customer_ids, day, ids, span), return_inverse=True)
    values, known = np.full((len(keys), len(names)), np.nan, np.float32), np.zeros(len(keys), bool)
    with closing(_matrix(np.unique(day).tolist(), settings).tables()) as tables:
        for table in tables:
            here = table.filter(pc.is_in(table.column("customer_id"), value_set=ids))
            when = here.column("snapshot").cast(pa.int32()).to_numpy().astype(np.int64)
            found = _keys(here.column("customer_id").combine_chunks(), when, ids, span)
            at = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
            mine = keys[at] == found
            known[at[mine]] = True
            for number, name in enumerate(names):
                values[at[mine], number] = here.column(name).to_numpy()[mine]
    return values[place], known[place]


def _keys(customer_ids: pa.Array, day: Ints, ids: pa.Array, span: int) -> Ints:
    """(customer, day) as one number."""
    codes: Ints = pc.index_in(customer_ids, value_set=ids).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes * span + day


def _matrix(days: list[int], settings: Settings) -> Matrix:
    calendar = read_json(EVENTS_OPEN / "as_of.json")
    return Matrix(
        files=event_files(EVENTS_CLOSED, EVENTS_OPEN),
        engine=settings.engine,
        spec=settings.feature_spec(),
        snapshots=days,
        data_start=day_number(date.fromisoformat(calendar["data_start"])),
        left_out=objectors(EVENTS_OPEN),
    )
