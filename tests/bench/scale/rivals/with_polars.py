"""Polars, as-of joins on running totals: `python -m tests.bench.scale.rivals.with_polars FOLDER`.

Events are rolled up to one row per customer and day with running totals; every edge of every window is one as-of join
of the eligible (customer, snapshot) with them, and a window is the difference of two.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from tests.bench.scale.job import Job, read_job
from tests.bench.scale.rivals.columns import FIRST_WEEKS, Words, features, gap_windows

SUMS = ["n", "d", "a", "v", "e"]
NEWEST = ["amount_last", "squares", "newest", "longest", "returns", "spell", "early", "first", "last", "last_visit"]
WORDS = Words(
    where=lambda condition, value: pl.when(condition).then(value),
    root=lambda column: column.sqrt(),
    least=lambda column, number: column.clip(upper_bound=number),
    most=lambda column, number: column.clip(lower_bound=number),
    flag=lambda condition: condition.cast(pl.Float32),
    real=lambda column: column.cast(pl.Float64),
)


def main() -> None:
    """Write polars.parquet, one row per (customer, snapshot), and print how many rows there are."""
    folder = Path(sys.argv[1])
    asked = read_job(folder)
    days, names = rolled_up(asked)
    rows = with_windows(eligible(days, asked), days, asked)
    made = [column.cast(pl.Float32).alias(name) for name, column in features(pl.col, WORDS, asked)]
    found = rows.select(
        names.gather(rows["customer"]).alias("customer_id"), pl.col("snapshot").cast(pl.Date), "churned", *made
    )
    found.write_parquet(folder / "polars.parquet", compression="snappy")
    print(found.height)


def rolled_up(asked: Job) -> tuple[pl.DataFrame, pl.Series]:
    """One row per (customer, day), in their order, with running totals up to and with it; and the customers' ids."""
    purchase = pl.col("event_type") == "purchase"
    events = pl.scan_parquet(list(asked.files)).select(
        "customer_id",
        "event_time",
        pl.col("event_day").cast(pl.Int32).alias("day"),
        purchase.cast(pl.Int64).alias("n"),
        (~purchase).cast(pl.Int64).alias("v"),
        pl.when(purchase).then(pl.col("amount").cast(pl.Float64)).alias("a"),
    )
    read = events.collect()
    names = read["customer_id"].unique().sort()
    place = pl.col("customer_id").cast(pl.Enum(names)).to_physical().cast(pl.Int32).alias("customer")
    days = (
        read.lazy()
        .select(place, pl.exclude("customer_id"))
        .sort("customer", "event_time", "n", "a", nulls_last=True)
        .group_by("customer", "day", maintain_order=True)
        .agg(pl.col("n", "v", "a").sum(), pl.col("a").drop_nulls().last().alias("amount_last"))
        .with_columns(d=(pl.col("n") > 0).cast(pl.Int64), e=(pl.col("v") > 0).cast(pl.Int64))
    )
    return _running(days, asked).collect(), names


def _running(days: pl.LazyFrame, asked: Job) -> pl.LazyFrame:
    active = pl.when(pl.col("n") > 0).then(pl.col("day"))
    days = days.with_columns(
        last=active.forward_fill().over("customer"),
        last_visit=pl.when(pl.col("v") > 0).then(pl.col("day")).forward_fill().over("customer"),
        first=active.min().over("customer"),
    )
    gap = pl.when(pl.col("n") > 0).then(pl.col("day") - pl.col("last").shift(1).over("customer"))
    days = days.with_columns(gap=gap)
    opened = (pl.col("gap") > asked.active_within_days) | (pl.col("day") == pl.col("first"))
    return days.with_columns(
        *(pl.col(name).cum_sum().over("customer") for name in SUMS),
        pl.col("amount_last").forward_fill().over("customer"),
        pl.when(pl.col("day") >= pl.col("first")).then(pl.col("first")).alias("first"),
        squares=(pl.col("gap") ** 2).fill_null(0).cum_sum().over("customer"),
        newest=pl.col("gap").forward_fill().over("customer"),
        longest=pl.col("gap").cum_max().forward_fill().over("customer"),
        returns=(pl.col("gap") > asked.active_within_days).fill_null(False).cast(pl.Int64).cum_sum().over("customer"),
        spell=pl.when(opened & (pl.col("n") > 0)).then(pl.col("day")).forward_fill().over("customer"),
        early=pl.when(pl.col("day") < pl.col("first") + FIRST_WEEKS)
        .then(pl.col("n"))
        .fill_null(0)
        .cum_sum()
        .over("customer"),
        active=active,
    )


def before(rows: pl.DataFrame, days: pl.DataFrame, offset: int, columns: list[str]) -> pl.DataFrame:
    """What `days` says up to the day before `snapshot - offset`, in the order of `rows`; null where it says nothing."""
    edges = rows.select("customer", edge=pl.col("snapshot") - (offset + 1))
    known = days.select("customer", "day", *columns)
    joined = edges.join_asof(
        known, left_on="edge", right_on="day", by="customer", strategy="backward", check_sortedness=False
    )
    return joined.select(columns)


def eligible(days: pl.DataFrame, asked: Job) -> pl.DataFrame:
    """One row per (customer, snapshot) with a purchase in the last `active_within_days`, and whether they leave."""
    snapshots = pl.DataFrame({"snapshot": list(asked.snapshots)}, schema={"snapshot": pl.Int32})
    spine = days.select(pl.col("customer").unique(maintain_order=True)).join(snapshots, how="cross")
    newest = before(spine, days, 0, ["last"])["last"]
    later = before(spine, days, -asked.horizon_days, ["last"])["last"]
    rows = spine.with_columns(silent=spine["snapshot"] - newest, churned=(later.fill_null(-1) < spine["snapshot"]))
    return rows.filter(pl.col("silent") <= asked.active_within_days).drop("silent")


def with_windows(rows: pl.DataFrame, days: pl.DataFrame, asked: Job) -> pl.DataFrame:
    """The base columns of these rows."""
    now = before(rows, days, 0, [*SUMS, *NEWEST])
    found = [rows, now.rename({name: f"{name}_all" for name in SUMS}), _second(rows, days)]
    for window in asked.offsets:
        then = before(rows, days, window, SUMS)
        found.append(pl.DataFrame([(now[name] - then[name].fill_null(0)).alias(f"{name}_{window}") for name in SUMS]))
    active = days.filter(pl.col("active").is_not_null()).select("customer", "active")
    for window in gap_windows(asked):
        edges = rows.select("customer", edge=pl.col("snapshot") - window)
        joined = edges.join_asof(
            active,
            left_on="edge",
            right_on="active",
            by="customer",
            strategy="forward",
            coalesce=False,
            check_sortedness=False,
        )
        found.append(joined.select(pl.col("active").alias(f"first_{window}")))
    return pl.concat(found, how="horizontal")


def _second(rows: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    active = days.filter(pl.col("active").is_not_null()).group_by("customer", maintain_order=True)
    second = active.agg(pl.col("active").get(1, null_on_oob=True).alias("second"))
    joined = rows.join(second, on="customer", how="left", maintain_order="left")
    return joined.select(pl.when(pl.col("second") < pl.col("snapshot")).then(pl.col("second")).alias("second"))


if __name__ == "__main__":
    main()
