"""The feature matrix on Spark: it moves and sorts rows, and what they mean is said by `Matrix.part`, as elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipeline.engines.frames import ORDER, by_customer, parquet, partitions
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Batches, Made, Packet, made, packed, packets_of, unpacked
from pipeline.event_files import TERM
from pipeline.gathered import LAPSED, Ints
from pipeline.matrix import Matrix, Part
from pipeline.seen import Seen
from pipeline.streaming.events import chunks, refuse_without_terms
from pipeline.streaming.pieces import EVENT_COLUMNS

COUNTS, HISTORIES, ACTIVE = "counts", "histories", "active"  # kinds of packets beside the rows, one each per partition


@contextmanager
def made_parts(matrix: Matrix) -> Iterator[Iterable[Part] | None]:
    """What `Matrix.tables` is to take: parts that Spark made where `engine.name` is spark, None elsewhere."""
    if matrix.engine.name != "spark":
        yield None
        return
    refuse_without_terms(matrix.files, matrix.with_term)
    columns = [*EVENT_COLUMNS, TERM] if matrix.with_term else EVENT_COLUMNS
    with ExitStack() as stack:
        session = stack.enter_context(spark_session(matrix.engine))
        order = [*ORDER, TERM] if matrix.with_term else ORDER
        events = parquet(session, matrix.engine.spark, matrix.files)
        ranges = by_customer(events, partitions(session, matrix.engine.spark, matrix.files), order).select(*columns)
        found = stack.enter_context(made(ranges, Features(replace(matrix, files=()))))
        yield _parts(found, matrix)


@dataclass(frozen=True)
class Features:
    """The work on one range of customers."""

    matrix: Matrix

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The rows in order, then what adds up, once."""
        sums = replace(self.matrix, seen=_none_seen(self.matrix))  # sums that begin at nothing
        ranges = chunks(batches, sums.types, sums.with_term, sums.most_customers)
        for table in sums.tables(sums.part(*chunk) for chunk in ranges):
            yield from packets_of(table)
        seen = {"by_type": dict(sums.seen.by_type), "total": sums.seen.total} if sums.seen else None
        counts = {"events": sums.events, "left_out": sums.left_out_rows, "seen": seen}
        yield Packet(COUNTS, json.dumps(counts).encode())
        yield Packet(HISTORIES, packed(sums.gathered.lapsed()))
        yield Packet(ACTIVE, packed(sums.gathered.activity()))


def _none_seen(matrix: Matrix) -> Seen | None:
    return Seen(matrix.seen.before) if matrix.seen else None


def _parts(found: Made, matrix: Matrix) -> Iterator[Part]:
    """What adds up, a part per packet, then the rows, a part per packet."""
    nothing = matrix.nothing()
    for kind, content, *_ in found.aside:
        if kind == COUNTS:
            said = json.loads(content)
            seen = _none_seen(matrix)
            if seen:
                seen.merge(Seen(seen.before, Counter(said["seen"]["by_type"]), said["seen"]["total"]))
            yield replace(nothing, events=said["events"], left_out=said["left_out"], seen=seen)
        else:
            table = unpacked(content)
            columns = {name: _integers(table, name) for name in table.column_names}
            if kind == ACTIVE:
                yield replace(nothing, by_day={name: columns[name] for name in ("active", "newcomers")})
            else:
                yield replace(nothing, lapsed=np.stack([columns[name] for name in LAPSED.names], axis=1))
    for table in found.rows():
        yield replace(nothing, table=table)


def _integers(table: pa.Table, name: str) -> Ints:
    column = table.column(name).combine_chunks()
    return np.asarray(np.from_dlpack(column.cast(pa.int32()) if pa.types.is_date(column.type) else column), np.int64)
