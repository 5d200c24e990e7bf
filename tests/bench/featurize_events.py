"""Invented events for the benchmark of featurization: the same bytes for the same number of events.

About one customer per 50 events, with gamma-distributed rates over 730 days; purchases carry an amount, visits none.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from features.snapshots import as_date, day_number
from pipeline.engine import SORT_KEY
from pipeline.store.blocks import quarter
from pipeline.tables import ROW_GROUP
from tests.bench.featurize_subjects import SORTED, UNSORTED

FIRST_DAY = day_number(date(2022, 1, 3))
DAYS = 730
PER_CUSTOMER = 50
PURCHASES = 0.4  # share of events; the others are visits
DAY_MICROS = 86_400_000_000


def invent(events: int, seed: int = 20220103) -> pa.Table:
    """Events in no order, with the columns of data/events; amounts are decimals of six digits, null for visits."""
    draw = np.random.default_rng(seed)
    customers = max(events // PER_CUSTOMER, 1)
    rate = draw.gamma(1.5, size=customers)
    customer = np.repeat(np.arange(customers, dtype=np.int32), draw.multinomial(events, rate / rate.sum()))
    draw.shuffle(customer)
    time = FIRST_DAY * DAY_MICROS + draw.integers(0, DAYS * 86_400, events) * 1_000_000
    purchase = draw.random(events) < PURCHASES
    cents = np.maximum(np.round(draw.lognormal(3.5, 1.0, events) * 100), 1).astype(np.int64)
    ids = pa.array([f"C{number:07d}" for number in range(customers)])
    return pa.table(
        {
            "customer_id": ids.take(pa.array(customer)),
            "event_time": pa.array(time).cast(pa.timestamp("us", tz="UTC")),
            "event_day": pa.array((time // DAY_MICROS).astype(np.int32)).cast(pa.date32()),
            "event_type": pa.array(["visit", "purchase"]).take(pa.array(purchase.astype(np.int8))),
            "cents": pa.array(cents, mask=~purchase),
        }
    )


def write(events: int, folder: Path) -> None:
    """Write two unsorted files, one sorted one, and sorted blocks of a quarter each, as ingest writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    table = invent(events)
    half = events // 2
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, part in zip(UNSORTED, (table.slice(0, half), table.slice(half)), strict=True):
        connection.register("part", part)
        query = "SELECT * EXCLUDE (cents), CAST(cents * 0.01::DECIMAL(2, 2) AS DECIMAL(18, 6)) AS amount FROM part"
        _copy(connection, query, folder / name)
    files = ", ".join(f"'{folder / name}'" for name in UNSORTED)
    _copy(connection, f"SELECT * FROM read_parquet([{files}]) ORDER BY {SORT_KEY}", folder / SORTED)
    day = as_date(FIRST_DAY)
    while day < as_date(FIRST_DAY + DAYS):
        first, end = quarter(day)
        within = f"event_day >= DATE '{first}' AND event_day < DATE '{end}'"
        query = f"SELECT * FROM '{folder / SORTED}' WHERE {within} ORDER BY {SORT_KEY}"
        _copy(connection, query, folder / f"events-{first}.parquet")
        day = end


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
