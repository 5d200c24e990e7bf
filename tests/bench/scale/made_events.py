"""Invented events, any number of them in little memory: `python -m tests.bench.scale.made_events EVENTS FOLDER [...]`.

The same bytes for the same number. Each million is made by `featurize_events.invent` under ids of its own, which are
scattered so that every file has customers from the whole alphabet. Written are `raw/` (unsorted, as an export comes;
the last days apart in `week/`, where asked), `blocks/` (a file per quarter, sorted as ingest leaves them) and, where
asked, `sorted.parquet` (all of it in one).
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.engine import SORT_KEY
from pipeline.tables import ROW_GROUP
from tests.bench.featurize_events import DAYS, FIRST_DAY, PER_CUSTOMER, invent

PART = 1_000_000
SCATTER, SPACE = 618_033_989, 10**9  # multiplying by a number without 2 and 5 maps 0..10^9-1 onto itself
EPOCH = date(1970, 1, 1)
OURS = "customer_id, event_time, event_day, event_type, amount"
THEIRS = "customer_id, event_time, event_type, amount"  # an export has no business day


def parts(events: int) -> list[int]:
    """How many events each part has."""
    whole, rest = divmod(events, PART)
    return [PART] * whole + ([rest] if rest else [])


def scattered(number: int) -> str:
    """An id for the customer of this number; different numbers below 10^9 give different ids."""
    return f"C{number * SCATTER % SPACE:09d}"


def made(part: int, events: int) -> pa.Table:
    """The events of one part, in no order."""
    table = invent(events, seed=part)
    coded = table.column("customer_id").combine_chunks().dictionary_encode()
    first = part * (PART // PER_CUSTOMER)
    names = pa.array([scattered(first + int(name[1:])) for name in coded.dictionary.to_pylist()])
    return table.set_column(0, "customer_id", names.take(coded.indices))


def write(events: int, folder: Path, history_days: int, week_days: int, one_file: bool) -> None:
    """Write the events of the first `history_days`, and of `week_days` after them apart; what comes later is left."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '6GB'")
    connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
    split, end = FIRST_DAY + history_days, FIRST_DAY + history_days + week_days
    for number, size in enumerate(parts(events)):
        connection.register("part", made(number, size))
        for name, low, high in (("raw", FIRST_DAY, split), ("week", split, end)):
            if low < high:
                days = f"event_day >= {_sql(low)} AND event_day < {_sql(high)}"
                _copy(connection, f"SELECT {THEIRS} FROM ({_DECIMAL}) WHERE {days}", folder / name / _name(number))
    source = f"(SELECT *, CAST(event_time AS DATE) AS event_day FROM read_parquet('{folder}/raw/*.parquet'))"
    if one_file:
        _copy(connection, f"SELECT {OURS} FROM {source} ORDER BY {SORT_KEY}", folder / "sorted.parquet")
    for first, after in quarters(_day(FIRST_DAY), _day(split)):
        within = f"event_day >= DATE '{first}' AND event_day < DATE '{after}'"
        query = f"SELECT {OURS} FROM {source} WHERE {within} ORDER BY {SORT_KEY}"
        _copy(connection, query, folder / "blocks" / f"events-{first}.parquet")


_DECIMAL = "SELECT * EXCLUDE (cents), CAST(cents * 0.01::DECIMAL(2, 2) AS DECIMAL(18, 6)) AS amount FROM part"


def quarters(first: date, end: date) -> list[tuple[date, date]]:
    """The quarters of `[first, end)`, cut at both ends."""
    edges = [date(year, month, 1) for year in range(first.year, end.year + 1) for month in (1, 4, 7, 10)]
    inner = [edge for edge in edges if first < edge < end]
    return list(zip([first, *inner], [*inner, end], strict=True))


def _name(number: int) -> str:
    return f"part-{number:04d}.parquet"


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _sql(number: int) -> str:
    return f"DATE '{_day(number)}'"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})")


def main() -> None:
    """Write events as asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("events", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--history-days", type=int, default=DAYS)
    parser.add_argument("--week-days", type=int, default=0)
    parser.add_argument("--one-file", action="store_true")
    args = parser.parse_args()
    write(args.events, args.folder, args.history_days, args.week_days, args.one_file)


if __name__ == "__main__":
    main()
