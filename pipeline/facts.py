"""What the list shows of each customer beside the prediction: last activity, a year of it, the usual store or channel.

No feature: nothing here enters a model. Everything is counted before `as_of`, in days of the business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.rows import Rows
from features.timeline import MICRO
from pipeline.arrays import as_arrow
from pipeline.listing.schema import ACTIVITY, WEEKS

YEAR = 7 * WEEKS  # days: whole weeks, so that weekdays weigh the same
MOST_A_WEEK = int(np.iinfo(np.int16).max)
WEEKLY = pa.list_(pa.field("element", pa.int16()))  # as Parquet calls it, so that a table read is the table written
USUAL = "usual_"
CHANNEL = "preferred_channel"
EXACT = 1 << 53  # whole numbers beyond are no longer all float64
FITS = 1 << 63  # beyond, an int64 wraps around


@dataclass(frozen=True)
class FactsSpec:
    """Which facts there are: types by what they mean, kept columns, and the one that tells the channel."""

    activity: tuple[str, ...]
    engagement: tuple[str, ...]
    spend: tuple[str, ...]  # types whose amounts are added up: money that is no friction
    keep: tuple[str, ...] = ()
    channel: str | None = None

    @property
    def schema(self) -> pa.Schema:
        """The columns of the facts."""
        usual = [(f"{USUAL}{name}", pa.string()) for name in self.keep]
        return pa.schema(
            [
                ("customer_id", pa.string()),
                ("last_activity", pa.date32()),
                ("activities_12m", pa.int64()),
                ("spend_12m", pa.float64()),
                *usual,
                (CHANNEL, pa.string()),
                (ACTIVITY, WEEKLY),
            ]
        )


def counted_facts(rows: Rows, spec: FactsSpec) -> pa.Table:
    """One row per spine row, all of one snapshot; the columns of `spec.schema` that are counted from the events.

    `last_activity`: day of the last activity event ever, null without one. `activities_12m`: activity events in the
    364 days before the snapshot. `spend_12m`: their amounts of the types in `spec.spend`, null where no such event has
    one. `activity`: activity events in each of the last 52 weeks, oldest first; more than 32,767 are 32,767. Raises
    KeyError if the rows have no edge YEAR days before the snapshot.
    """
    last = rows.last(spec.activity)
    day = rows.timeline.chunk.day.take(last, mode="clip") if len(rows) else np.zeros(0, np.int32)
    columns = {
        "last_activity": as_arrow(day, pa.date32(), last >= 0),
        "activities_12m": as_arrow(rows.count(spec.activity, YEAR).astype(np.int64), pa.int64()),
        "spend_12m": as_arrow(_spent(rows, spec.spend), pa.float64(), rows.count(spec.spend, YEAR, True) > 0),
        ACTIVITY: _lists(_weeks(rows, spec.activity)),
    }
    return pa.table(columns, schema=pa.schema([spec.schema.field(name) for name in columns]))


def _spent(rows: Rows, types: tuple[str, ...]) -> NDArray[np.float64]:
    """The amounts of a year in the source's unit, each sum rounded once, however large it is."""
    chunk = rows.timeline.chunk
    spent = rows.amount(types, YEAR)
    wraps = int(np.abs(chunk.amount).max(initial=0)) * len(chunk.day) >= FITS
    again = np.arange(len(spent)) if wraps else np.flatnonzero(np.abs(spent) >= EXACT / MICRO)
    of_type, begins, ends = rows.timeline.is_of(types), rows.position(YEAR), rows.position(0)
    for row in again.tolist():
        year = slice(begins[row], ends[row])
        spent[row] = sum(chunk.amount[year][of_type[year]].tolist()) / MICRO
    return spent


def _weeks(rows: Rows, types: tuple[str, ...]) -> NDArray[np.int16]:
    """Activity events by row and week, oldest first."""
    chunk = rows.timeline.chunk
    if not len(rows):
        return np.zeros((0, WEEKS), np.int16)
    index = rows.timeline.index(types)
    week = (chunk.day.take(index) - (int(rows.snapshot[0]) - YEAR)) // 7
    recent = (week >= 0) & (week < WEEKS)
    cell = chunk.customer_of_event().take(index[recent]) * WEEKS + week[recent]
    found = np.bincount(cell, minlength=chunk.customers * WEEKS).reshape(-1, WEEKS)
    return np.minimum(found.take(rows.customer, axis=0), MOST_A_WEEK).astype(np.int16)


def _lists(weeks: NDArray[np.int16]) -> pa.ListArray:
    edges = np.arange(len(weeks) + 1, dtype=np.int32) * WEEKS
    return pa.ListArray.from_arrays(as_arrow(edges, pa.int32()), as_arrow(weeks.ravel(), pa.int16()), WEEKLY)


def all_facts(counted: pa.Table, usual: dict[str, pa.ChunkedArray], spec: FactsSpec) -> pa.Table:
    """One row per customer, in their order; the columns of `spec.schema`.

    `counted`: customer_id and what `counted_facts` made. `usual`: by kept column, what `usual_values` found.
    `preferred_channel` is the usual value of `spec.channel`.
    """
    nothing = pa.chunked_array([pa.nulls(counted.num_rows, pa.string())])
    told = {f"{USUAL}{name}": usual[name] for name in spec.keep} | {CHANNEL: usual.get(spec.channel or "", nothing)}
    columns = [told[name] if name in told else counted.column(name) for name in spec.schema.names]
    return pa.table(columns, schema=spec.schema)
