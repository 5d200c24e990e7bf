"""Spark in tests: whether it can be started here, a matrix over hand-made events, and what both engines make of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.rows import Rows
from features.snapshots import day_number
from features.spec import FeatureSpec
from pipeline.engines.session import java
from pipeline.engines.spark_features import made_parts
from pipeline.matrix import Matrix
from pipeline.sections.machine import Engine, Spark
from pipeline.seen import Seen

HERE = importlib.util.find_spec("pyspark") is not None and java() is not None
needs_spark = pytest.mark.skipif(not HERE, reason="PySpark or Java is not installed: `make test-spark` brings them")

START = date(2024, 1, 1)
SNAPSHOTS = (60, 90)
SPEC = FeatureSpec(
    activity=("purchase",),
    engagement=("visit",),
    friction=("return",),
    feedback=("score",),
    level=(),
    money=("purchase", "return"),
    lookback_days=(7, 28),
    active_within_days=28,
)
SCHEMA = pa.schema(
    [("customer_id", pa.string()), ("event_time", pa.timestamp("us", "UTC")), ("event_day", pa.date32()),
     ("event_type", pa.string()), ("amount", pa.decimal128(18, 6))]
)  # fmt: skip
Event = tuple[str, int, str, int | None]  # customer, hour since START, type, amount in hundredths


@dataclass(frozen=True)
class Made:
    """All that comes out of a matrix."""

    table: pa.Table
    lapsed: pa.Table
    activity: pa.Table
    events: int
    left_out: int
    seen: dict[str, Any]


def spark(partitions: int | None = None, master: str = "local[2,4]") -> Engine:
    """The engine as params.yaml would name it."""
    return Engine(name="spark", spark=Spark(master=master, partitions=partitions))


def write_events(folder: Path, files: Sequence[Sequence[Event]]) -> list[Path]:
    """Each list of events as a file, sorted as ingest sorts."""
    paths = []
    for number, events in enumerate(files):
        key = [(who.encode(), hour, kind, amount is None, amount or 0) for who, hour, kind, amount in events]
        ordered = [events[place] for place in sorted(range(len(events)), key=key.__getitem__)]
        midnight = datetime(START.year, START.month, START.day, tzinfo=UTC)
        columns = [
            pa.array([who for who, *_ in ordered], pa.string()),
            pa.array([midnight + timedelta(hours=hour) for _, hour, *_ in ordered], SCHEMA.field(1).type),
            pa.array([START + timedelta(days=hour // 24) for _, hour, *_ in ordered], pa.date32()),
            pa.array([kind for _, _, kind, _ in ordered], pa.string()),
            pa.array([None if a is None else Decimal(a).scaleb(-2) for *_, a in ordered], SCHEMA.field(4).type),
        ]
        paths.append(folder / f"events-{number}.parquet")
        pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), paths[-1])
    return paths


def matrix(
    files: Sequence[Path],
    engine: Engine,
    label: Callable[[Rows], np.ndarray] | None = None,
    left_out: Sequence[str] = (),
) -> Matrix:
    """Two snapshots of these events, everything asked for that a matrix can give."""
    first = day_number(START)
    return Matrix(
        files=files,
        engine=engine,
        spec=SPEC,
        snapshots=[first + day for day in SNAPSHOTS],
        data_start=first,
        label=label,
        beside=lambda rows: pa.table({"spent": rows.amount(("purchase",), None)}),
        census=first + 100,
        left_out=pa.array(left_out, pa.string()),
        seen=Seen(first + SNAPSHOTS[0]),
    )


def make(asked: Matrix) -> Made:
    """What the matrix's engine makes of its events."""
    with made_parts(asked) as parts:
        tables = list(asked.tables(parts))
    beside = pa.schema([*asked.schema, ("spent", pa.float64())])
    return Made(
        pa.concat_tables(tables).combine_chunks() if tables else beside.empty_table(),
        asked.gathered.lapsed(),
        asked.gathered.activity(),
        asked.events,
        asked.left_out_rows,
        asked.seen.to_json() if asked.seen else {},
    )
