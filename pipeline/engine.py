"""The one place that names DuckDB: it cleans, sorts and streams events; numbers are made elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.timeline import EventChunk
from pipeline.settings_sections import Engine

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error

COLUMNS = ["customer_id", "event_day", "event_type", "amount"]
SORT_KEY = "customer_id, event_time, event_type, amount"
BATCH = 1 << 19  # events in a chunk: bounds the memory of the timeline


@contextmanager
def connect(engine: Engine, allowed: Sequence[Path]) -> Iterator[Connection]:
    """A DuckDB connection that can read and write below `allowed` only, whatever SQL it is given.

    It spills to a folder that is removed afterwards; the session's time zone is UTC whatever the machine's.
    """
    with tempfile.TemporaryDirectory(prefix="ebb-spill-") as spill:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET temp_directory = {literal(spill)}")
            if engine.threads:
                connection.execute(f"SET threads = {int(engine.threads)}")
            if engine.memory_limit:
                connection.execute(f"SET memory_limit = {literal(engine.memory_limit)}")
            folders = ", ".join(literal(str(path.resolve())) for path in [*allowed, Path(spill)])
            connection.execute(f"SET allowed_directories = [{folders}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def stream_events(
    files: Sequence[Path], engine: Engine, types: tuple[str, ...]
) -> Iterator[tuple[pa.Array, EventChunk]]:
    """Chunks of whole customers, sorted by customer and time, each with its customer ids.

    One file is already sorted as it lies, and is streamed as it is; several are merged by DuckDB. Types that are not
    in `types` come as kind -1.
    """
    held: list[pa.RecordBatch] = []
    for batch in _batches(files, engine):
        if batch.num_rows == 0:
            continue
        held.append(batch)
        if sum(item.num_rows for item in held) < BATCH:
            continue
        table = pa.concat_batches(held)
        ids = table.column("customer_id")
        edges = _starts(ids)
        cut = int(edges[-1])  # the last customer may go on in the next batch
        held = [table.slice(cut)]
        if cut:
            yield _chunk(table.slice(0, cut), types)
    if held:
        yield _chunk(pa.concat_batches(held), types)


def _batches(files: Sequence[Path], engine: Engine) -> Iterator[pa.RecordBatch]:
    if len(files) == 1:
        with pq.ParquetFile(files[0], read_dictionary=["event_type"]) as source:
            for batch in source.iter_batches(batch_size=BATCH, columns=COLUMNS):
                yield _plain(batch)
        return
    with connect(engine, [path.parent for path in files]) as connection:
        listed = ", ".join(literal(str(path)) for path in files)
        query = f"SELECT {', '.join(COLUMNS)} FROM read_parquet([{listed}]) ORDER BY {SORT_KEY}"
        for batch in connection.sql(query).to_arrow_reader(BATCH):
            yield _plain(batch)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same columns with the same types, whichever reader they came from."""
    kinds = batch.column("event_type")
    if pa.types.is_dictionary(kinds.type):
        kinds = kinds.cast(pa.string())
    return pa.record_batch(
        [batch.column("customer_id"), batch.column("event_day"), kinds, batch.column("amount")], names=COLUMNS
    )


def _starts(ids: pa.Array) -> np.ndarray:
    changed = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1))
    return np.concatenate([[0], np.flatnonzero(changed.to_numpy(zero_copy_only=False)) + 1])


def _chunk(batch: pa.RecordBatch, types: tuple[str, ...]) -> tuple[pa.Array, EventChunk]:
    ids = batch.column("customer_id")
    starts = _starts(ids)
    encoded = batch.column("event_type").dictionary_encode()
    codes = np.array([types.index(name) if name in types else -1 for name in encoded.dictionary.to_pylist()], np.int16)
    amount = batch.column("amount")
    known = amount.is_valid().to_numpy(zero_copy_only=False)
    chunk = EventChunk(
        starts=np.append(starts, len(ids)),
        day=batch.column("event_day").cast(pa.int32()).to_numpy(),
        kind=codes[encoded.indices.to_numpy()],
        amount=np.where(known, _low_words(amount), 0),
        has_amount=known,
        types=types,
    )
    return ids.take(pa.array(starts)), chunk


def _low_words(amount: pa.Array) -> np.ndarray:
    """Decimals of 18 digits as integers: the low half of each 128-bit value."""
    buffer = amount.buffers()[1]
    if buffer is None:
        return np.zeros(len(amount), np.int64)
    words = np.frombuffer(buffer, np.int64)
    return words[2 * amount.offset : 2 * (amount.offset + len(amount)) : 2]
