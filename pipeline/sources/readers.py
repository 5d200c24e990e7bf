"""One reader per kind of file: a view or table `part_<number>` with every column as it came and the row key.

Text formats are read as text, so that an id keeps its zeros and a bad number is rejected by a rule with its row, not
by a parser with the whole file. Their lines are counted from the bytes, and what a parser makes of them is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.engine import Connection, identifier, literal
from pipeline.sources.names import refuse_names
from pipeline.sources.partitions import partition_columns, refuse_clash
from pipeline.sources.read_csv import number_csv
from pipeline.sources.read_json import number_json
from pipeline.sources.sink import ROW_BITS, ROW_KEY, Part, Reading, refuse_more

Reader = Callable[[Connection, int, Path, Reading, int], Part]


def _quoted(path: Path) -> str:
    """The path as DuckDB reads it: signs of a pattern stand for themselves."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def number_parquet(connection: Connection, number: int, path: Path, how: Reading, before: int) -> Part:
    """A view over one Parquet file, with the columns that its folders name; rows come from its footer."""
    with pq.ParquetFile(path) as footer:
        names, rows = list(footer.schema_arrow.names), footer.metadata.num_rows
    refuse_more(path, before + rows, how.max_rows)
    folders = partition_columns(path, how.root)
    refuse_clash(path, names, list(folders))
    refuse_names(path, [*names, *folders])
    values = [f"{_text(value)} AS {identifier(name)}" for name, value in folders.items()]
    columns = ", ".join([*map(identifier, names), *values])
    connection.execute(
        f"CREATE VIEW part_{number} AS SELECT {columns}, {number << ROW_BITS}::BIGINT + file_row_number AS {ROW_KEY} "
        f"FROM read_parquet({_quoted(path)}, file_row_number = true, hive_partitioning = false)"
    )
    return Part([*names, *folders], rows)


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else literal(value)


READERS: dict[str, Reader] = {
    ".parquet": number_parquet,
    ".csv": number_csv,
    ".csv.gz": number_csv,
    ".json": number_json,
    ".jsonl": number_json,
}
