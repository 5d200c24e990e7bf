"""What bench/scale/ingest.py runs: `python -m tests.bench.scale.ingest_subjects sort RAW OUT`, or `... parts`.

`sort`: DuckDB reads the export, sorts it as data/events is sorted, and writes one file. `parts`: one run of ingest in
the present folder, with the CPU seconds of each function that its main calls; what is spent outside them is `rest`.
"""

from __future__ import annotations

import functools
import json
import resource
import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

PARTS = ("gather", "_look", "_report", "write_events", "write_people", "write_rejected", "remember", "write_page")


def sort(raw: str, out: str) -> None:
    """The least that a table sorted by customer and time costs."""
    import duckdb

    from pipeline.engine import SORT_KEY
    from pipeline.tables import ROW_GROUP

    duckdb.execute("SET TimeZone = 'UTC'")
    columns = "customer_id, event_time, CAST(event_time AS DATE) AS event_day, event_type, amount"
    query = f"SELECT {columns} FROM read_parquet('{raw}/*.parquet') ORDER BY {SORT_KEY}"
    duckdb.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})")


def used() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def parts() -> None:
    """Run ingest and print CPU seconds by part, in the order in which they end."""
    from pipeline import ingest

    spent: dict[str, float] = {"start": used()}
    for name in PARTS:
        if hasattr(ingest, name):
            wrap = _opened if name == "gather" else _called
            setattr(ingest, name, wrap(name.lstrip("_"), getattr(ingest, name), spent))
    ingest.main()
    spent["rest"] = used() - sum(spent.values())
    print(json.dumps({name: round(seconds, 3) for name, seconds in spent.items()}))


def _called(name: str, function: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*args: Any, **named: Any) -> Any:
        before = used()
        found = function(*args, **named)
        spent[name] = spent.get(name, 0.0) + used() - before
        return found

    return timed


def _opened(name: str, function: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    """For a context: what it takes to enter it."""

    @contextmanager
    def timed(*args: Any, **named: Any) -> Any:
        before = used()
        with function(*args, **named) as found:
            spent[name] = used() - before
            yield found

    return timed


if __name__ == "__main__":
    if sys.argv[1] == "sort":
        sort(*sys.argv[2:])
    else:
        parts()
