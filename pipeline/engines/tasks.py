"""What Spark moves between machines: work on the rows of a partition, and what it made as named packets of bytes.

Spark never looks into a packet. Rows of tables travel as Arrow, so that no type of ours becomes one of Spark's.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline.engines.failures import as_data, from_data
from pipeline.engines.shipped import refuse_other_versions, versions
from pipeline.errors import EbbError, EngineError

Batches = Iterator[pa.RecordBatch]
Packet = tuple[str, bytes]
SPARK_SCHEMA = "kind string, packet binary"
SCHEMA = pa.schema([("kind", pa.string()), ("packet", pa.binary())])
ROWS, ERROR = "rows", "error"  # kinds of packets: rows of the result, of which there may be many, and what went wrong
MOST_BYTES = 1 << 24  # of rows in a packet, before they are packed: the driver holds a few


@dataclass(frozen=True)
class Task:
    """Runs in a Python worker of an executor, once per partition.

    An error that the reader can put right is a packet like others: to try again would not help.
    """

    work: Callable[[Batches], Iterable[Packet]]
    libraries: dict[str, str] = field(default_factory=versions)

    def __call__(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """Packets in the order in which they were made, one per batch."""
        for kind, content in self._packets(batches):
            yield pa.record_batch([pa.array([kind]), pa.array([content], pa.binary())], schema=SCHEMA)

    def _packets(self, batches: Batches) -> Iterator[Packet]:
        try:
            refuse_other_versions(self.libraries)
            yield from self.work(batches)
        except EbbError as error:
            yield ERROR, as_data(error)


@dataclass(frozen=True)
class Results:
    """What all partitions made: the few packets that are no rows, and those of rows, in the order of partitions."""

    aside: list[Packet]
    rows: Generator[pa.Table, None, None]


@contextmanager
def results(frame: Any, work: Callable[[Batches], Iterable[Packet]]) -> Iterator[Results]:
    """The results of `work` on every partition of a Spark frame. Raises what a task raised, before any row is given.

    All partitions are worked on first, as many at once as the cluster can, and what they made waits on the disks of
    the executors; rows then come to the driver partition by partition.
    """
    disk = importlib.import_module("pyspark.storagelevel").StorageLevel.DISK_ONLY
    made = frame.mapInArrow(Task(work), SPARK_SCHEMA).persist(disk)
    try:
        aside = [(row["kind"], bytes(row["packet"])) for row in made.where(f"kind <> '{ROWS}'").collect()]
        for kind, content in aside:
            if kind == ERROR:
                raise from_data(content)
        rows = _rows(made.where(f"kind = '{ROWS}'").toLocalIterator(prefetchPartitions=True))
        yield Results(aside, rows)
        rows.close()
    finally:
        made.unpersist()


def _rows(found: Iterable[Any]) -> Generator[pa.Table, None, None]:
    """The tables of packets. Raises EngineError if customers do not follow each other: a list would be torn."""
    last = ""
    for row in found:
        table = unpacked(bytes(row["packet"]))
        ids = table.column("customer_id")
        first, end = ids[0].as_py(), ids[-1].as_py()
        if first < last:
            raise EngineError("partitions came back in another order than that of customers. Report this as a bug.")
        last = end
        yield table


def packed(table: pa.Table) -> bytes:
    """A table as Arrow's stream of bytes, compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def packets_of_rows(table: pa.Table) -> Iterator[Packet]:
    """The rows of a table in packets of bounded size; none where there are no rows."""
    if not table.num_rows:
        return
    most = max(1, MOST_BYTES * table.num_rows // max(table.nbytes, 1))
    for begin in range(0, table.num_rows, most):
        yield ROWS, packed(table.slice(begin, most))


def unpacked(content: bytes) -> pa.Table:
    """The table that `packed` packed."""
    return pa.ipc.open_stream(content).read_all()


def tables_of(results: Results, kind: str) -> list[pa.Table]:
    """The tables of one kind that are no rows of the result."""
    return [unpacked(content) for name, content in results.aside if name == kind]
