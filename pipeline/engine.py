"""The one place that names DuckDB: it cleans, sorts and streams events; numbers are made elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.timeline import EventChunk
from pipeline.errors import ArtifactError, storage_error
from pipeline.sections.machine import Engine

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error

COLUMNS = ["customer_id", "event_day", "event_type", "amount"]
TEXTS = ["customer_id", "event_type"]
SORT_KEY = "customer_id, event_time, event_type, amount"
TERM = "term_days"  # only where the definition of leaving is lapse; last of the sort key then
BATCH = 1 << 17  # events in a chunk: bounds the memory of the timeline, and keeps its totals in the processor's cache


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
        except duckdb.Error as error:
            full = storage_error(error)  # not: a value that it cannot handle, which whoever asked explains
            if full:
                raise full from None
            raise
        finally:
            connection.close()


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def stream_events(
    files: Sequence[Path], engine: Engine, types: tuple[str, ...], with_term: bool = False
) -> Iterator[tuple[pa.Array, EventChunk]]:
    """Chunks of whole customers, sorted by customer and time, each with its customer ids.

    One file is already sorted as it lies, and is streamed as it is; several are merged by DuckDB. Types that are not
    in `types` come as kind -1. `with_term` brings the days that each activity event pays for.
    """
    columns = [*COLUMNS, TERM] if with_term else COLUMNS
    refuse_without_terms(files, with_term)
    yield from chunks(_batches(files, engine, columns), types)


def refuse_without_terms(files: Sequence[Path], with_term: bool) -> None:
    """Raise ArtifactError where terms are asked for and a file has none."""
    if with_term and any(TERM not in pq.read_schema(path).names for path in files):
        raise ArtifactError(
            f"{files[0].parent} holds events without terms, so they were made for another churn.definition: "
            "run `make repro`."
        )


def chunks(batches: Iterable[pa.RecordBatch], types: tuple[str, ...]) -> Iterator[tuple[pa.Array, EventChunk]]:
    """As `stream_events`, of batches wherever they come from: events in order, in the columns that features need."""
    held: list[pa.RecordBatch] = []
    waiting = 0
    for batch in map(_coded, batches):
        held.append(batch)
        waiting += batch.num_rows
        if waiting < BATCH:
            continue
        table = pa.concat_batches(held)
        cut = int(_starts(table.column("customer_id"))[-1])  # the last customer may go on in the next batch
        held, waiting = [_trimmed(table.slice(cut))], table.num_rows - cut
        if cut:
            yield _chunk(table.slice(0, cut), types)
    if waiting:
        yield _chunk(pa.concat_batches(held), types)


def _batches(files: Sequence[Path], engine: Engine, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """The columns that features need, in order; customers and types are codes, so that no text is compared."""
    if len(files) == 1:
        with pq.ParquetFile(files[0], read_dictionary=TEXTS) as source:
            yield from source.iter_batches(batch_size=BATCH, columns=columns)
        return
    with connect(engine, [path.parent for path in files]) as connection:
        yield from _merged(connection, files, columns[len(COLUMNS) :])


def _merged(connection: Connection, files: Sequence[Path], more: list[str]) -> Iterator[pa.RecordBatch]:
    """The events of several files in the order of SORT_KEY, but for the amount: `_settle_ties` does that.

    DuckDB sorts two small integers and a time at a quarter of the cost of two texts, a time and an amount, so texts
    are replaced by their rank first.
    """
    names = ", ".join(literal(str(path)) for path in files)
    source = f"read_parquet([{names}], union_by_name = true)"  # attributes have no term
    ids, kinds = (_ranked(connection, name, source) for name in TEXTS)
    query = (
        f"SELECT c.rank, event_day, t.rank, {', '.join(['amount', *more])}, event_time FROM {source} "
        "JOIN customer_id_ranks AS c USING (customer_id) JOIN event_type_ranks AS t USING (event_type) "
        "ORDER BY c.rank, event_time, t.rank"
    )
    for batch in connection.sql(query).to_arrow_reader(BATCH):
        if batch.num_rows:
            customer, day, kind, *rest = batch.columns
            columns = [_named(customer, ids), day, _named(kind, kinds), *rest]
            yield pa.record_batch(columns, names=[*COLUMNS, *more, "event_time"])


def _ranked(connection: Connection, name: str, source: str) -> pa.Array:
    """The distinct texts of a column in order; beside it, a table of each text's place in that order."""
    connection.execute(
        f"CREATE TEMP TABLE {name}_ranks AS SELECT {name}, "
        f"CAST(row_number() OVER (ORDER BY {name}) - 1 AS INTEGER) AS rank FROM (SELECT DISTINCT {name} FROM {source})"
    )
    return connection.sql(f"SELECT {name} FROM {name}_ranks ORDER BY rank").to_arrow_table()[name].combine_chunks()


def _named(ranks: pa.Array, texts: pa.Array) -> pa.DictionaryArray:
    """Ranks with the texts that they stand for; only the stretch of texts that occurs comes along."""
    numbers = _numbers(ranks)
    low, high = int(numbers.min()), int(numbers.max())
    codes = as_arrow(numbers - np.int32(low), pa.int32())
    return pa.DictionaryArray.from_arrays(codes, texts.slice(low, high - low + 1))


def _coded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with texts as codes."""
    for name in TEXTS:
        place = batch.schema.get_field_index(name)
        if not pa.types.is_dictionary(batch.schema.types[place]):
            batch = batch.set_column(place, name, batch.column(place).cast(pa.string()).dictionary_encode())
    return batch


def _trimmed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows without texts that do not occur: they would pile up from chunk to chunk."""
    for name in TEXTS:
        place = batch.schema.get_field_index(name)
        column = batch.column(place).dictionary_decode().dictionary_encode()
        batch = batch.set_column(place, batch.schema.field(place), column)
    return batch


def _starts(ids: pa.DictionaryArray) -> np.ndarray:
    codes = _numbers(ids.indices)
    return np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])


def _chunk(batch: pa.RecordBatch, types: tuple[str, ...]) -> tuple[pa.Array, EventChunk]:
    ids, kinds = batch.column("customer_id"), batch.column("event_type")
    starts = _starts(ids)
    codes = np.array([types.index(name) if name in types else -1 for name in kinds.dictionary.to_pylist()], np.int16)
    known = _known(batch.column("amount"))
    amount = np.where(known, _low_words(batch.column("amount")), 0)
    term = _terms(batch.column(TERM)) if TERM in batch.schema.names else None
    if "event_time" in batch.schema.names:
        _settle_ties(batch, amount, known, term)
    chunk = EventChunk(
        starts=np.append(starts, len(ids)),
        day=_numbers(batch.column("event_day").cast(pa.int32())),
        kind=codes.take(_numbers(kinds.indices)),
        amount=amount,
        has_amount=known,
        types=types,
        term=term,
    )
    return ids.take(as_arrow(starts, pa.int64())).dictionary_decode(), chunk


def _terms(column: pa.Array) -> NDArray[np.int32]:
    """Days per event, 0 where the event pays for nothing."""
    return np.where(_known(column), np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column)], 0)


def _settle_ties(batch: pa.RecordBatch, amount: np.ndarray, known: np.ndarray, term: np.ndarray | None) -> None:
    """Put events of one customer, time and type in the order of their amounts, none last, as SORT_KEY does."""
    same = np.ones(len(amount) - 1, bool)
    time = batch.column("event_time").cast(pa.int64())
    for column in (batch.column("customer_id").indices, time, batch.column("event_type").indices):
        values = _numbers(column)
        same &= values[1:] == values[:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        group = np.append(0, np.cumsum(~same))[tied]
        last = amount[tied] if term is None else term[tied]
        order = tied[np.lexsort((last, amount[tied], ~known[tied], group))]
        amount[tied], known[tied] = amount[order], known[order]
        if term is not None:
            term[tied] = term[order]


def as_arrow(values: np.ndarray, kind: pa.DataType, known: np.ndarray | None = None) -> pa.Array:
    """Numbers as an Arrow array of a type of the same width, null where not `known`; nothing is copied.

    `pa.array` and `to_numpy` would import pandas, which costs a short stage more than its work.
    """
    bits = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(np.ascontiguousarray(values))])


def _numbers(column: pa.Array) -> NDArray[Any]:
    return np.from_dlpack(column)  # as `to_numpy`, without pandas


def _known(amount: pa.Array) -> np.ndarray:
    """Which amounts are not null, from the validity bits."""
    bits = amount.buffers()[0]
    if bits is None:
        return np.ones(len(amount), bool)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=amount.offset + len(amount), bitorder="little")
    return unpacked[amount.offset :].view(bool)


def _low_words(amount: pa.Array) -> np.ndarray:
    """Decimals of 18 digits as integers: the low half of each 128-bit value."""
    buffer = amount.buffers()[1]
    if buffer is None:
        return np.zeros(len(amount), np.int64)
    words = np.frombuffer(buffer, np.int64)
    return words[2 * amount.offset : 2 * (amount.offset + len(amount)) : 2]
