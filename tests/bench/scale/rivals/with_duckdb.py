"""Plain DuckDB, one scan per snapshot: `python -m tests.bench.scale.rivals.with_duckdb FOLDER`.

Events are rolled up to one row per customer and day first; each snapshot is then one grouped scan of those days with a
filter per window, written as a file of its own.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
from duckdb import CaseExpression, ColumnExpression, ConstantExpression, Expression, FunctionExpression

from tests.bench.scale.job import Job, read_job
from tests.bench.scale.rivals.columns import FIRST_WEEKS, Words, features, gap_windows

SUMS = ("n", "d", "a", "v", "e")
WORDS = Words(
    where=CaseExpression,
    root=lambda column: FunctionExpression("sqrt", column),
    least=lambda column, number: FunctionExpression("least", column, ConstantExpression(number)),
    most=lambda column, number: FunctionExpression("greatest", column, ConstantExpression(float(number))),
    flag=lambda condition: condition.cast(duckdb.sqltypes.FLOAT),
    real=lambda column: column.cast(duckdb.sqltypes.DOUBLE),
)


def main() -> None:
    """Write duckdb.parquet, a folder of a file per snapshot, and print how many rows there are."""
    folder = Path(sys.argv[1])
    asked, out = read_job(folder), folder / "duckdb.parquet"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
    roll_up(connection, asked)
    rows = 0
    for snapshot in asked.snapshots:
        base = connection.sql(base_query(snapshot, asked))
        made = [
            column.cast(duckdb.sqltypes.FLOAT).alias(name) for name, column in features(ColumnExpression, WORDS, asked)
        ]
        found = base.select(ColumnExpression("customer_id"), _day(snapshot), ColumnExpression("churned"), *made)
        path = out / f"{snapshot}.parquet"
        found.write_parquet(str(path), compression="snappy")
        rows += connection.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0]
    print(rows)


def _day(snapshot: int) -> Expression:
    days = FunctionExpression("to_days", ConstantExpression(snapshot))
    epoch = ConstantExpression("1970-01-01").cast(duckdb.sqltypes.DATE)
    return (epoch + days).cast(duckdb.sqltypes.DATE).alias("snapshot")


def roll_up(connection: duckdb.DuckDBPyConnection, asked: Job) -> None:
    """The table `days`: one row per (customer, day) with its counts, and what is known of the gap that it ends."""
    names = ", ".join(f"'{name}'" for name in asked.files)
    connection.execute(f"""
        CREATE TEMP TABLE customers AS
        SELECT customer_id, CAST(row_number() OVER (ORDER BY customer_id) AS INTEGER) AS customer
        FROM (SELECT DISTINCT customer_id FROM read_parquet([{names}]))""")
    connection.execute(f"""
        CREATE TEMP TABLE rolled AS
        SELECT customer, event_day - DATE '1970-01-01' AS day,
               count(*) FILTER (event_type = 'purchase') AS n,
               count(*) FILTER (event_type <> 'purchase') AS v,
               coalesce(sum(amount) FILTER (event_type = 'purchase'), 0)::DOUBLE AS a,
               arg_max(amount, (event_time, amount)) FILTER (event_type = 'purchase') AS amount_last
        FROM read_parquet([{names}]) JOIN customers USING (customer_id) GROUP BY customer, event_day""")
    away = asked.active_within_days
    connection.execute(f"""
        CREATE TEMP TABLE days AS
        WITH active AS (
            SELECT customer, day, day - lag(day) OVER of_customer AS gap, min(day) OVER of_customer AS born,
                   row_number() OVER of_customer AS place
            FROM rolled WHERE n > 0 WINDOW of_customer AS (PARTITION BY customer ORDER BY day)
        )
        SELECT rolled.*, CAST(n > 0 AS INTEGER) AS d, CAST(v > 0 AS INTEGER) AS e, gap, gap * gap AS squares,
               CAST(gap > {away} AS INTEGER) AS back, CASE WHEN gap > {away} OR place = 1 THEN day END AS opened,
               CASE WHEN place = 2 THEN day END AS second_day, CASE WHEN day < born + {FIRST_WEEKS} THEN n END AS soon
        FROM rolled LEFT JOIN active USING (customer, day)""")


def base_query(snapshot: int, asked: Job) -> str:
    """The base columns of everybody who is eligible at one snapshot: one scan of `days`."""
    columns = ", ".join(f"{what} AS {name}" for name, what in _base(snapshot, asked))
    horizon = snapshot + asked.horizon_days
    return f"""
        SELECT customer_id, {snapshot} AS snapshot, base.*, later.customer IS NULL AS churned
        FROM (SELECT customer, {columns} FROM days WHERE day < {snapshot} GROUP BY customer
              HAVING n_{asked.active_within_days} > 0) AS base
        JOIN customers USING (customer)
        LEFT JOIN (SELECT DISTINCT customer FROM days WHERE n > 0 AND day >= {snapshot} AND day < {horizon}) AS later
        USING (customer)"""


def _base(snapshot: int, asked: Job) -> Iterator[tuple[str, str]]:
    for name in SUMS:
        yield f"{name}_all", f"sum({name})"
        for window in asked.offsets:
            yield f"{name}_{window}", f"coalesce(sum({name}) FILTER (day >= {snapshot - window}), 0)"
    for window in gap_windows(asked):
        yield f"first_{window}", f"min(day) FILTER (n > 0 AND day >= {snapshot - window})"
    yield "first", "min(day) FILTER (n > 0)"
    yield "last", "max(day) FILTER (n > 0)"
    yield "second", "min(second_day)"
    yield "last_visit", "max(day) FILTER (v > 0)"
    yield "amount_last", "arg_max(amount_last, day) FILTER (n > 0)"
    yield "squares", "sum(squares)"
    yield "newest", "arg_max(gap, day) FILTER (gap IS NOT NULL)"
    yield "longest", "max(gap)"
    yield "returns", "coalesce(sum(back), 0)"
    yield "spell", "max(opened)"
    yield "early", "sum(soon)"


if __name__ == "__main__":
    main()
