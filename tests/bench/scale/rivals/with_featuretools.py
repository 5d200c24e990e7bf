"""featuretools, deep feature synthesis at cutoff times: `python -m tests.bench.scale.rivals.with_featuretools FOLDER`.

Counts and amounts per lookback only, which it can say with `training_window`; the rest of our features has no
primitive. It is told who is eligible, so that it does less than the others.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

warnings.filterwarnings("ignore")

import featuretools as ft  # noqa: E402

from tests.bench.scale.job import MATRIX, Job, read_job  # noqa: E402


def main() -> None:
    """Write featuretools.parquet, one row per (customer, snapshot), and print how many rows there are."""
    folder = Path(sys.argv[1])
    asked = read_job(folder)
    spine = pq.read_table(folder / MATRIX, columns=["customer_id", "snapshot"]).to_pandas()
    cutoffs = pd.DataFrame({"customer_id": spine["customer_id"], "time": pd.to_datetime(spine["snapshot"])})
    entities = entity_set(asked)
    found = [calculated(entities, cutoffs, window) for window in asked.lookbacks]
    table = pd.concat(found, axis=1).reset_index().rename(columns={"time": "snapshot"})
    table["snapshot"] = table["snapshot"].dt.date
    table.to_parquet(folder / "featuretools.parquet", index=False)
    print(len(table))


def entity_set(asked: Job) -> ft.EntitySet:
    """Customers, their purchases and their visits."""
    columns = ["customer_id", "event_time", "event_type", "amount"]
    events = pd.concat([pq.read_table(name, columns=columns).to_pandas() for name in asked.files], ignore_index=True)
    events["event_time"] = events["event_time"].dt.tz_localize(None)
    events["amount"] = events["amount"].astype(float)
    entities = ft.EntitySet("shop")
    entities.add_dataframe(events[["customer_id"]].drop_duplicates(), dataframe_name="customers", index="customer_id")
    for name, kind in (("purchases", "purchase"), ("visits", "visit")):
        part = events[events["event_type"] == kind].drop(columns="event_type").reset_index(drop=True)
        part[f"{name}_id"] = part.index
        entities.add_dataframe(part, dataframe_name=name, index=f"{name}_id", time_index="event_time")
        entities.add_relationship("customers", "customer_id", name, "customer_id")
    return entities


def calculated(entities: ft.EntitySet, cutoffs: pd.DataFrame, window: int) -> pd.DataFrame:
    """The features of one lookback: events of `[snapshot - window, snapshot)`."""
    count, amount = (ft.primitives.Count, ft.primitives.Sum)
    spent = ft.IdentityFeature(entities["purchases"].ww["amount"])
    made = [
        ft.Feature(entities["purchases"].ww["purchases_id"], parent_dataframe_name="customers", primitive=count),
        ft.Feature(entities["visits"].ww["visits_id"], parent_dataframe_name="customers", primitive=count),
        ft.Feature(spent, parent_dataframe_name="customers", primitive=amount),
    ]
    found = ft.calculate_feature_matrix(
        made,
        entities,
        cutoff_time=cutoffs,
        training_window=f"{window} days",
        include_cutoff_time=False,
        cutoff_time_in_index=True,
    )
    found.columns = [f"count_activity_{window}d", f"count_engagement_{window}d", f"amount_purchase_{window}d"]
    return found.astype(float).fillna(0.0)


if __name__ == "__main__":
    main()
