"""One reader per kind of file: a view or table `part_<number>` with every column as it came and the row key.

Each returns the file's column names and its rows as counted from its bytes. Text formats are read as text, so that an
id keeps its zeros and a bad number is rejected by a rule with its row, not by a parser with the whole file.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.engine import Connection, identifier, literal
from pipeline.errors import EventError

ROW_BITS = 40  # a row is known by (file << 40) + its number in the file
HIDDEN = "_ebb_"
ROW_KEY = f"{HIDDEN}row"


def _key(number: int, row: str) -> str:
    return f"{number << ROW_BITS}::BIGINT + {row} AS {ROW_KEY}"


def _quoted(path: Path) -> str:
    """The path as DuckDB reads it: signs of a pattern stand for themselves."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def number_parquet(connection: Connection, number: int, path: Path) -> tuple[list[str], int]:
    """A view over one Parquet file; rows come from its footer."""
    with pq.ParquetFile(path) as footer:
        names, rows = list(footer.schema_arrow.names), footer.metadata.num_rows
    columns = ", ".join(identifier(name) for name in dict.fromkeys(names))
    connection.execute(
        f"CREATE VIEW part_{number} AS SELECT {columns}, {_key(number, 'file_row_number')} "
        f"FROM read_parquet({_quoted(path)}, file_row_number = true, hive_partitioning = false)"
    )
    return names, rows


def number_csv(connection: Connection, number: int, path: Path) -> tuple[list[str], int]:
    """A table of one CSV file, all text; rows are its lines less the header."""
    names, rows = _header(path), sum(1 for _ in _lines(path)) - 1
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dict.fromkeys(names))
    connection.execute(
        f"CREATE TEMP TABLE part_{number} AS SELECT *, {_key(number, 'row_number() OVER () - 1')} FROM read_csv("
        f"{_quoted(path)}, columns = {{{columns}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
        "hive_partitioning = false, auto_detect = false, null_padding = false, strict_mode = true)"
        if len(set(names)) == len(names)
        else f"CREATE TEMP TABLE part_{number} AS SELECT 1 AS {ROW_KEY} LIMIT 0"
    )
    return names, rows


def number_json(connection: Connection, number: int, path: Path) -> tuple[list[str], int]:
    """A table of one file of JSON lines, all text; its columns are all keys of all lines, a missing key is null."""
    rows = sum(1 for _ in _lines(path))
    reader = f"read_json_objects({_quoted(path)}, format = 'newline_delimited', hive_partitioning = false)"
    connection.execute(
        f"CREATE TEMP TABLE json_{number} AS SELECT json, {_key(number, 'row_number() OVER () - 1')} FROM {reader}"
    )
    kinds = connection.execute(f"SELECT DISTINCT json_type(json) FROM json_{number}").fetchall()
    if any(kind != "OBJECT" for (kind,) in kinds):
        raise EventError(f"{path} holds lines that are no JSON objects: write one object per line.")
    found = connection.execute(f"SELECT DISTINCT unnest(json_keys(json)) AS name FROM json_{number} ORDER BY name")
    names = [name for (name,) in found.fetchall()]
    picked = [f"json ->> {literal('/' + _pointer(name))} AS {identifier(name)}" for name in names]
    connection.execute(f"CREATE TEMP TABLE part_{number} AS SELECT {', '.join([*picked, ROW_KEY])} FROM json_{number}")
    connection.execute(f"DROP TABLE json_{number}")
    return names, rows


def _pointer(name: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _lines(path: Path) -> Iterator[bytes]:
    """Lines that hold anything, from the bytes; the last may lack its newline."""
    with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as handle:
        yield from (line for line in handle if line.strip())


def _header(path: Path) -> list[str]:
    line = next(_lines(path), b"").decode("utf-8-sig").rstrip("\r\n")
    if not line:
        raise EventError(f"{path} is empty: export it again.")
    if "\x00" in line:
        raise EventError(f"{path} is not UTF-8 (UTF-16 is likely): export it as UTF-8.")
    if "," not in line and (";" in line or "\t" in line):
        raise EventError(f"{path} separates columns by {';' if ';' in line else 'tabs'}: export it with commas.")
    return next(csv.reader([line]))
