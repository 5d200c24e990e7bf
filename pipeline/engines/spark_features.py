"""The feature matrix on Spark: rows are moved and sorted by Spark, and what they mean is `Matrix.part`, as elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipeline.engine import COLUMNS, TERM, chunks, refuse_without_terms
from pipeline.engines.frames import ORDER, by_customer, parquet, partitions
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Batches, Packet, Results, packed, packets_of_rows, results, tables_of
from pipeline.matrix import LAPSED, Matrix, Part, added_up
from pipeline.seen import Seen

COUNTS, HISTORIES = "counts", "histories"  # kinds of packets beside the rows, one of each per partition


@contextmanager
def made_parts(matrix: Matrix) -> Iterator[Iterable[Part] | None]:
    """What `Matrix.tables` is to take: parts that Spark made where `engine.name` is spark, None elsewhere."""
    if matrix.engine.name != "spark":
        yield None
        return
    refuse_without_terms(matrix.files, matrix.with_term)
    columns = [*COLUMNS, TERM] if matrix.with_term else COLUMNS
    with ExitStack() as stack:
        session = stack.enter_context(spark_session(matrix.engine))
        order = [*ORDER, TERM] if matrix.with_term else ORDER
        events = parquet(session, matrix.files)
        ranges = by_customer(events, partitions(session, matrix.engine.spark, matrix.files), order).select(*columns)
        found = stack.enter_context(results(ranges, _work_of(matrix)))
        yield _parts(found, matrix)


@dataclass(frozen=True)
class Features:
    """The work on one range of customers."""

    matrix: Matrix

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The rows in order, then what adds up, once."""
        sums = replace(self.matrix, events=0, left_out_rows=0)
        for table in sums.tables(sums.part(*chunk) for chunk in chunks(_filled(batches), self.matrix.types)):
            yield from packets_of_rows(table)
        counts = {"events": sums.events, "left_out": sums.left_out_rows, "by_day": sums.by_day()}
        seen = {"by_type": dict(sums.seen.by_type), "sums": sums.seen.sums} if sums.seen else None
        yield COUNTS, json.dumps({**counts, "seen": seen}).encode()
        yield HISTORIES, packed(sums.lapsed())


def _filled(batches: Batches) -> Batches:
    return (batch for batch in batches if batch.num_rows)


def _work_of(matrix: Matrix) -> Features:
    """The work without what only the driver has, and with sums that begin at nothing."""
    seen = Seen(matrix.seen.before) if matrix.seen else None
    return Features(replace(matrix, files=(), seen=seen, _lapsed=[], _activity={}))


def _parts(found: Results, matrix: Matrix) -> Iterator[Part]:
    """One part with all that adds up, then the rows, a part per packet."""
    nothing = matrix.nothing()
    for kind, content in found.aside:
        if kind == COUNTS:
            said = json.loads(content)
            by_day = {name: np.array(said["by_day"][name], np.int64) for name in said["by_day"]}
            seen = None
            if said["seen"] and matrix.seen:
                seen = Seen(matrix.seen.before, Counter(said["seen"]["by_type"]), said["seen"]["sums"])
            yield replace(nothing, left_out=said["left_out"], events=said["events"], by_day=by_day, seen=seen)
    histories = [table for table in tables_of(found, HISTORIES) if table.num_rows]
    if histories:
        whole = pa.concat_tables(histories)
        columns = [np.asarray(whole.column(name).to_numpy(), np.int64) for name in LAPSED.names]
        yield replace(nothing, lapsed=added_up(np.stack(columns, axis=1)))
    for table in found.rows:
        yield replace(nothing, table=table)
