"""Stage: read a table or query of a database and write its rows, sorted, where ingest finds them as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.engine import Connection, connect, identifier, literal
from pipeline.errors import EventError, run_stage
from pipeline.folders import sha256
from pipeline.sections.database import Database
from pipeline.sections.machine import Engine
from pipeline.settings import load_settings
from pipeline.sources.database import KEPT, Rows, open_rows
from pipeline.sources.secrets import address_of
from pipeline.summary import StageSummary, progress
from pipeline.tables import PULLED, ROW_GROUP, write_table

EVENTS = PULLED / "events.parquet"


def main() -> None:
    """Write data/pulled/events.parquet: the same rows as the same bytes, in whatever order the database sends them."""
    summary = StageSummary("pull")
    settings = load_settings()
    before = sha256(EVENTS) if EVENTS.is_file() else None
    rows, columns = pull(settings.database, settings.engine)
    summary.line("rows in the database", rows)
    summary.line("columns", columns)
    summary.line("since the last run", "nothing new" if sha256(EVENTS) == before else "changed" if before else "first")
    summary.show()


def pull(database: Database, engine: Engine) -> tuple[int, int]:
    """Read the database into data/pulled/events.parquet and return the numbers of rows and columns."""
    address = address_of(database)
    with tempfile.TemporaryDirectory(prefix="ebb-pull-") as folder:
        staged = Path(folder) / "rows.parquet"
        with open_rows(database, address) as rows:
            found = _stage(rows, staged)
        if found == 0:
            raise EventError(f"the database has no rows in {database.table or 'database.query'}. {KEPT}.")
        with connect(engine, [Path(folder)]) as connection:
            schema = _sorted(connection, staged)
    return found, len(schema)


def _stage(rows: Rows, staged: Path) -> int:
    """Write the rows as they come, a batch at a time, and return their number."""
    found = 0
    with pq.ParquetWriter(staged, rows.schema, compression="snappy") as writer:
        for table in progress(rows.batches, "rows, by 50,000"):
            writer.write_table(table)
            found += table.num_rows
    return found


def _sorted(connection: Connection, staged: Path) -> pa.Schema:
    """Write the staged rows in the order of all their columns; DuckDB spills to disk where memory is short."""
    source = f"read_parquet({literal(str(staged))})"
    kinds = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    picked = ", ".join(_settled(name, kind) for name, kind, *_ in kinds)
    reader = connection.sql(f"SELECT {picked} FROM {source} ORDER BY ALL").to_arrow_reader(ROW_GROUP)
    write_table((pa.Table.from_batches([batch]) for batch in reader), reader.schema, EVENTS)
    return reader.schema


def _settled(name: str, kind: str) -> str:
    """A column, its -0.0 as 0.0: the two sort alike, so that their order would be the database's."""
    column = identifier(name)
    return f"CASE WHEN {column} = 0 THEN 0 ELSE {column} END AS {column}" if kind in ("DOUBLE", "FLOAT") else column


if __name__ == "__main__":
    run_stage(main)
