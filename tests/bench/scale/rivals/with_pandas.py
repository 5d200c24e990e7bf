"""Plain pandas, a loop over snapshots: `python -m tests.bench.scale.rivals.with_pandas FOLDER`.

Written as well as pandas allows without leaving its idiom: events are rolled up to one row per customer and day first,
customers are integers, amounts floats, every window is one grouped sum over the days within it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.bench.scale.job import Job, read_job
from tests.bench.scale.rivals.columns import FIRST_WEEKS, Words, features, gap_windows

SUMS = ["n", "d", "a", "v", "e"]
WORDS = Words(
    where=lambda condition, value: value.where(condition),
    root=np.sqrt,
    least=lambda column, number: column.clip(upper=number),
    most=lambda column, number: column.clip(lower=number),
    flag=lambda condition: condition.astype("float64"),
    real=lambda column: column,
)


def main() -> None:
    """Write pandas.parquet, one row per (customer, snapshot), and print how many rows there are."""
    folder = Path(sys.argv[1])
    asked = read_job(folder)
    days, names = rolled_up(asked)
    rows, writer = 0, None
    for snapshot in asked.snapshots:
        found = at(days, snapshot, asked)
        columns = {name: values.to_numpy("float32", na_value=np.nan) for name, values in found.items()}
        churned = left(days, found.index, snapshot, asked)
        keys = {"customer_id": names.take(pa.array(found.index)), "snapshot": _day(snapshot, len(found))}
        table = pa.table({**keys, "churned": churned, **columns})
        writer = writer or pq.ParquetWriter(folder / "pandas.parquet", table.schema)
        writer.write_table(table)
        rows += len(found)
    if writer:
        writer.close()
    print(rows)


def rolled_up(asked: Job) -> tuple[pd.DataFrame, pa.Array]:
    """One row per (customer, day), in their order, with its counts and what is known of the gap that it ends."""
    table = pa.concat_tables(pq.read_table(name) for name in asked.files)
    ids = table.column("customer_id").combine_chunks().dictionary_encode()
    purchase = pc.equal(table.column("event_type"), "purchase").to_numpy()
    events = pd.DataFrame(
        {
            "customer": ids.indices.to_numpy(),
            "time": table.column("event_time").cast(pa.int64()).to_numpy(),
            "day": table.column("event_day").cast(pa.int32()).to_numpy(),
            "n": purchase.astype("int64"),
            "v": (~purchase).astype("int64"),
            "a": np.where(purchase, pc.fill_null(table.column("amount").cast(pa.float64()), 0.0).to_numpy(), 0.0),
        }
    ).sort_values(["customer", "time", "n", "a"], ignore_index=True)
    events["amount_last"] = events["a"].where(events["n"] > 0)
    grouped = events.groupby(["customer", "day"], sort=False)
    days = grouped.agg({"n": "sum", "v": "sum", "a": "sum", "amount_last": "last"}).reset_index()
    days["d"], days["e"] = (days["n"] > 0).astype("int64"), (days["v"] > 0).astype("int64")
    return _with_gaps(days, asked), ids.dictionary


def _with_gaps(days: pd.DataFrame, asked: Job) -> pd.DataFrame:
    active = days[days["d"] > 0]
    of_customer = active.groupby("customer", sort=False)["day"]
    gap = of_customer.diff().fillna(0)
    opens = gap > asked.active_within_days
    first = of_customer.transform("first")
    days["last"] = active["day"]
    days["last_visit"] = days["day"].where(days["e"] > 0)
    days["gap"], days["squares"], days["returns"] = gap, gap**2, opens.astype("float64")
    days["spell"] = active["day"].where(opens | (active["day"] == first))
    days["second"] = active["day"].where(of_customer.cumcount() == 1)
    days["early"] = active["n"].where(active["day"] < first + FIRST_WEEKS)
    return days


def at(days: pd.DataFrame, snapshot: int, asked: Job) -> pd.DataFrame:
    """The features of everybody who is eligible at one snapshot, by customer."""
    past = days[days["day"] < snapshot]
    base = past.groupby("customer").agg(
        **{f"{name}_all": (name, "sum") for name in SUMS},
        **{name: (name, "sum") for name in ("squares", "returns", "early")},
        **{name: (name, "last") for name in ("last", "last_visit", "amount_last", "spell")},
        first=("last", "first"),
        second=("second", "first"),
        newest=("gap", "last"),
        longest=("gap", "max"),
    )
    base = base.join(_windows(past, snapshot, asked))
    base = base[base[f"n_{asked.active_within_days}"] > 0]
    counted = [f"{name}_{window}" for window in asked.offsets for name in SUMS]
    base[counted] = base[counted].fillna(0)
    base["snapshot"] = snapshot
    return pd.DataFrame(dict(features(base.__getitem__, WORDS, asked)), index=base.index)


def _windows(past: pd.DataFrame, snapshot: int, asked: Job) -> pd.DataFrame:
    found: list[pd.DataFrame | pd.Series] = []
    for window in asked.offsets:
        within = past[past["day"] >= snapshot - window].groupby("customer")
        found.append(within[SUMS].sum().add_suffix(f"_{window}"))
        if window in gap_windows(asked):
            found.append(within["last"].first().rename(f"first_{window}"))
    return pd.concat(found, axis=1)


def left(days: pd.DataFrame, customers: pd.Index, snapshot: int, asked: Job) -> np.ndarray:
    """Whether each customer buys nothing in the horizon."""
    later = days[(days["day"] >= snapshot) & (days["day"] < snapshot + asked.horizon_days) & (days["d"] > 0)]
    return ~customers.isin(later["customer"].unique())


def _day(snapshot: int, rows: int) -> pa.Array:
    return pa.array(np.full(rows, snapshot, "int32")).cast(pa.date32())


if __name__ == "__main__":
    main()
