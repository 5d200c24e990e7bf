"""Files of ours as frames of Spark, cut into ranges of customers: whole customers, in order, one range a partition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.sections.machine import Spark

EVENTS_A_PARTITION = 500_000  # some seconds of work, some tens of megabytes of features
ORDER = ("customer_id", "event_time", "event_type", "amount")


def parquet(session: Any, spark: Spark, files: Sequence[Path]) -> Any:
    """The rows of Parquet files that driver and executors see under the same path; a column that one lacks is null.

    One frame per set of columns, so that no file is read for its schema alone.
    """
    alike: dict[tuple[str, ...], list[Path]] = {}
    for path in files:
        alike.setdefault(tuple(pq.read_schema(path).names), []).append(path)
    frames = [session.read.parquet(*(_address(path, spark.path_prefix) for path in paths)) for paths in alike.values()]
    found = frames[0]
    for frame in frames[1:]:
        found = found.unionByName(frame, allowMissingColumns=True)
    return found


def _address(path: Path, prefix: str) -> str:
    """A path as Spark reads it: signs of a pattern stand for themselves."""
    escaped = "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in str(path.resolve()))
    return f"{prefix}{escaped}"


def partitions(session: Any, spark: Spark, files: Sequence[Path]) -> int:
    """Into how many ranges of customers the rows of these files are cut."""
    if spark.partitions:
        return spark.partitions
    rows = sum(pq.read_metadata(path).num_rows for path in files)
    return max(session.sparkContext.defaultParallelism, -(-rows // EVENTS_A_PARTITION))


def by_customer(frame: Any, number: int, order: Sequence[str]) -> Any:
    """The same rows in ranges of customers, sorted within; nulls last, texts by their bytes, as everywhere in Ebb.

    What is tied in this order must be equal.
    """
    keys = [frame[name].asc_nulls_last() for name in order]
    return frame.repartitionByRange(number, frame["customer_id"].asc_nulls_last()).sortWithinPartitions(*keys)
