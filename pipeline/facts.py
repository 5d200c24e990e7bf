"""What the list shows of each customer beside the prediction: last activity, a year of it, the usual store or channel.

No feature: nothing here enters a model. Everything is counted before `as_of`, in days of the business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.engine import Connection, as_arrow, connect, identifier, literal
from pipeline.listing.schema import ACTIVITY, WEEKS
from pipeline.sections.machine import Engine

YEAR = 7 * WEEKS  # days: whole weeks, so that weekdays weigh the same
MOST_A_WEEK = int(np.iinfo(np.int16).max)
PORTION = 1 << 17
WEEKLY = pa.list_(pa.field("element", pa.int16()))  # as Parquet calls it, so that a table read is the table written
USUAL = "usual_"
CHANNEL = "preferred_channel"


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


def customer_facts(
    ids: pa.Array, events: Sequence[Path], kept: Sequence[Path], as_of: date, spec: FactsSpec, engine: Engine
) -> pa.Table:
    """One row per id, in their order, from the events of days before `as_of`; the columns of `spec.schema`.

    `last_activity`: day of the last activity event ever, null without one. `activities_12m`: activity events in the
    364 days before `as_of`. `spend_12m`: their amounts of the types in `spec.spend`, null where no such event has one.
    `usual_<column>`: the most frequent value of a kept column among activity and engagement events of these days, ties:
    the one seen last, then the first by letters; null where none is known. `preferred_channel`: the same of
    `spec.channel`. `activity`: activity events in each of the last 52 weeks, oldest first; more than 32,767 are 32,767.
    """
    folders = sorted({path.parent for path in (*events, *kept)})
    with connect(engine, folders) as connection:
        return facts_of(connection, ids, _from(events), _from(kept), as_of, spec)


def facts_of(connection: Connection, ids: pa.Array, events: str, kept: str, as_of: date, spec: FactsSpec) -> pa.Table:
    """As `customer_facts`, of events and kept columns given as SQL; `kept` is not looked at where none is kept."""
    places = pa.table({"customer_id": ids, "place": pa.array(range(len(ids)), pa.int64())})
    connection.register("wanted_ids", places)
    connection.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT * FROM wanted_ids")
    counted = _counted(connection, events, as_of, spec)
    weeks = _weeks(connection, events, as_of, spec, len(ids))
    usual = {name: _usual(connection, kept, name, as_of, spec) for name in spec.keep}
    nothing = pa.chunked_array([pa.nulls(len(ids), pa.string())])
    columns = [
        *counted.columns,
        *(usual[name] for name in spec.keep),
        usual.get(spec.channel or "", nothing),
        _lists(weeks),
    ]
    return pa.table(columns, schema=spec.schema)


def _counted(connection: Connection, events: str, as_of: date, spec: FactsSpec) -> pa.Table:
    """customer_id, last_activity, activities_12m, spend_12m. One row per wanted customer, in their order."""
    active, recent = _one_of(spec.activity), _recent(as_of)
    query = (
        f"SELECT place, max(event_day) FILTER ({active}) AS last_activity, "
        f"count(*) FILTER ({active} AND {recent}) AS activities, "
        f"CAST(sum(amount) FILTER ({_one_of(spec.spend)} AND {recent}) AS DOUBLE) AS spend "
        f"FROM {events} JOIN wanted USING (customer_id) WHERE {_before(as_of)} GROUP BY place"
    )
    return connection.sql(
        f"SELECT w.customer_id, last_activity, coalesce(activities, 0) AS activities_12m, spend AS spend_12m "
        f"FROM wanted AS w LEFT JOIN ({query}) AS found USING (place) ORDER BY w.place"
    ).to_arrow_table()


def _weeks(
    connection: Connection, events: str, as_of: date, spec: FactsSpec, customers: int
) -> NDArray[np.int16]:
    """Activity events by wanted customer and week, oldest first."""
    start = as_of - timedelta(days=YEAR)
    query = (
        f"SELECT place, CAST((event_day - DATE '{start}') // 7 AS BIGINT) AS week, "
        f"CAST(least(count(*), {MOST_A_WEEK}) AS BIGINT) AS events FROM {events} "
        f"JOIN wanted USING (customer_id) WHERE {_one_of(spec.activity)} AND {_recent(as_of)} GROUP BY ALL"
    )
    found = np.zeros((customers, WEEKS), np.int16)
    for batch in connection.sql(query).to_arrow_reader(PORTION):
        place, week, number = (np.from_dlpack(column) for column in batch.columns)
        found[place, week] = number
    return found


def _lists(weeks: NDArray[np.int16]) -> pa.ListArray:
    edges = np.arange(len(weeks) + 1, dtype=np.int32) * WEEKS
    return pa.ListArray.from_arrays(as_arrow(edges, pa.int32()), as_arrow(weeks.ravel(), pa.int16()), WEEKLY)


def _usual(connection: Connection, kept: str, name: str, as_of: date, spec: FactsSpec) -> pa.ChunkedArray:
    """The usual value of a kept column, a text or null per wanted customer."""
    value = f"k.{identifier(name)}"  # a kept column may have any name, ours too
    living = _one_of((*spec.activity, *spec.engagement))
    counted = (
        f"SELECT w.place, {value} AS value, count(*) AS n, max(k.event_time) AS last FROM {kept} AS k "
        f"JOIN wanted AS w USING (customer_id) WHERE {value} IS NOT NULL AND {living} AND {_recent(as_of)} "
        f"GROUP BY w.place, {value}"
    )
    first = "row_number() OVER (PARTITION BY place ORDER BY n DESC, last DESC, value) = 1"
    query = (
        f"SELECT value FROM wanted LEFT JOIN (SELECT place, value FROM ({counted}) QUALIFY {first}) USING (place) "
        "ORDER BY wanted.place"
    )
    return connection.sql(query).to_arrow_table().column(0)


def _from(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(path)) for path in files)}])"


def _one_of(types: Sequence[str]) -> str:
    return f"event_type IN ({', '.join(map(literal, types))})" if types else "false"


def _before(as_of: date) -> str:
    return f"event_day < DATE '{as_of}'"


def _recent(as_of: date) -> str:
    return f"{_before(as_of)} AND event_day >= DATE '{as_of - timedelta(days=YEAR)}'"
