"""What Spark moves between machines: work on the rows of a partition, and what it made as packets of bytes.

Spark never looks into a packet. Rows of tables travel as Arrow, so that no type of ours becomes one of Spark's.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.engines.failures import as_data, from_data
from pipeline.engines.shipped import refuse_other_versions, versions
from pipeline.errors import EbbError, EngineError, StorageError


class Packet(NamedTuple):
    """Bytes and what they are; `place` is where they are to go, `origin` orders those that meet there."""

    kind: str
    content: bytes
    place: int = 0
    origin: int = 0


Batches = Iterator[pa.RecordBatch]
Work = Callable[[Batches], Iterable[Packet]]
SPARK_SCHEMA = "kind string, place int, origin int, packet binary"
SCHEMA = pa.schema([("kind", pa.string()), ("place", pa.int32()), ("origin", pa.int32()), ("packet", pa.binary())])
ROWS, ERROR = "rows", "error"  # kinds of packets: rows of the result, of which there may be many, and what went wrong
MOST_BYTES = 1 << 24  # of rows in a packet, before they are packed: the driver holds a few


@dataclass(frozen=True)
class Task:
    """Runs in a Python worker of an executor, once per partition, in the folder of the project.

    An error that the reader can put right is a packet like others: to try again would not help.
    """

    work: Work
    folder: Path = field(default_factory=Path.cwd)
    libraries: dict[str, str] = field(default_factory=versions)

    def __call__(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """Packets in the order in which they were made, one per batch."""
        for kind, content, place, origin in self._packets(batches):
            yield pa.record_batch(
                [
                    pa.array([kind]),
                    pa.array([place], pa.int32()),
                    pa.array([origin], pa.int32()),
                    pa.array([content], pa.binary()),
                ],
                schema=SCHEMA,
            )

    def _packets(self, batches: Batches) -> Iterator[Packet]:
        try:
            refuse_other_versions(self.libraries)
            if not self.folder.is_dir():
                raise StorageError(
                    f"an executor does not see {self.folder}: put the project on a file system that every machine of "
                    "the cluster mounts at the same path (docs/spark.md). Nothing was changed."
                )
            with contextlib.chdir(self.folder):
                yield from self.work(batches)
        except EbbError as error:
            yield Packet(ERROR, as_data(error))


@dataclass(frozen=True)
class Made:
    """What all partitions made: the few packets that came to the driver, and a frame of all, on executors' disks."""

    aside: list[Packet]
    frame: Any

    def of(self, *kinds: str) -> Any:
        """The packets of these kinds as a frame."""
        return self.frame.where(f"kind IN ({', '.join(map(repr, kinds))})")

    def tables(self, kind: str) -> list[pa.Table]:
        """The tables of one kind that came to the driver."""
        return [unpacked(packet.content) for packet in self.aside if packet.kind == kind]

    def rows(self, in_order_of: str | None = "customer_id") -> Generator[pa.Table, None, None]:
        """The tables of rows, partition by partition; they may follow each other in the order of a column only."""
        return _rows(self.of(ROWS).toLocalIterator(prefetchPartitions=True), in_order_of)


@contextmanager
def made(frame: Any, work: Work, stay: Iterable[str] = (ROWS,)) -> Iterator[Made]:
    """What `work` makes of every partition of a Spark frame. Raises what a task raised, before anything is given.

    All partitions are worked on, as many at once as the cluster can, and what they made waits on the disks of the
    executors; packets of the kinds that `stay` do not come to the driver by themselves.
    """
    disk = importlib.import_module("pyspark.storagelevel").StorageLevel.DISK_ONLY
    packets = frame.mapInArrow(Task(work), SPARK_SCHEMA).persist(disk)
    try:
        few = packets.where(f"kind NOT IN ({', '.join(map(repr, ('', *stay)))})").collect()
        aside = [Packet(row["kind"], bytes(row["packet"]), row["place"], row["origin"]) for row in few]
        for packet in aside:
            if packet.kind == ERROR:
                raise from_data(packet.content)
        yield Made(aside, packets)
    finally:
        packets.unpersist()


def _rows(found: Iterable[Any], in_order_of: str | None) -> Generator[pa.Table, None, None]:
    """The tables of packets. Raises EngineError if customers do not follow each other: a list would be torn."""
    last = None
    for row in found:
        table = unpacked(bytes(row["packet"]))
        if in_order_of:
            ids = table.column(in_order_of)
            if last is not None and ids[0].as_py() < last:
                raise EngineError(f"partitions came back in another order than that of {in_order_of}. Report this bug.")
            last = ids[-1].as_py()
        yield table


def meet(frame: Any, partitions: int) -> Any:
    """A frame of packets in which those with the same place lie together, in the order of their kinds and origins."""
    return frame.repartition(partitions, "place").sortWithinPartitions("place", "kind", "origin")


def by_place(batches: Batches) -> Iterator[tuple[int, dict[str, list[pa.Table]]]]:
    """The tables of each place by their kind, of packets that `meet` brought together."""
    place, tables = -1, dict[str, list[pa.Table]]()
    for batch in batches:
        for row in batch.to_pylist():
            if row["place"] != place:
                if tables:
                    yield place, tables
                place, tables = row["place"], {}
            tables.setdefault(row["kind"], []).append(unpacked(row["packet"]))
    if tables:
        yield place, tables


def packed(table: pa.Table) -> bytes:
    """A table as Arrow's stream of bytes, compressed."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def packets_of(table: pa.Table, kind: str = ROWS, place: int = 0, origin: int = 0) -> Iterator[Packet]:
    """The rows of a table in packets of bounded size; none where there are no rows."""
    if not table.num_rows:
        return
    most = max(1, MOST_BYTES * table.num_rows // max(table.nbytes, 1))
    for begin in range(0, table.num_rows, most):
        yield Packet(kind, packed(table.slice(begin, most)), place, origin)


def unpacked(content: bytes) -> pa.Table:
    """The table that `packed` packed."""
    return pa.ipc.open_stream(content).read_all()
