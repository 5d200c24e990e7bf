"""The usual store or channel of each customer, on Spark: the same SQL as elsewhere, on some customers at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import Connection, connect, identifier
from pipeline.engines.frames import by_customer, parquet, partitions
from pipeline.engines.session import spark_session
from pipeline.engines.tasks import Batches, Packet, made, packets_of
from pipeline.facts import FactsSpec
from pipeline.habits import usual_in
from pipeline.sections.machine import Engine
from pipeline.streaming.events import BATCH
from pipeline.tables import CURRENT

KEPT, WANTED = "kept", "wanted"  # what a row is
COMMON = ("customer_id", "event_time", "event_day", "event_type")


def spark_habits(kept: Sequence[Path], as_of: date, spec: FactsSpec, engine: Engine) -> dict[str, pa.ChunkedArray]:
    """As `habits.usual_values` for the customers of data/features/current.parquet, in their order."""
    with spark_session(engine) as session:
        wanted = parquet(session, engine.spark, [CURRENT]).selectExpr("customer_id", f"'{WANTED}' AS what")
        rows = wanted.unionByName(_kept(parquet(session, engine.spark, kept), spec), allowMissingColumns=True)
        ranges = by_customer(rows, partitions(session, engine.spark, [*kept, CURRENT]), ["customer_id"])
        with made(ranges, Habits(spec, as_of, engine.model_copy(update={"threads": 1}))) as found:
            table = pa.concat_tables(found.rows())
    return {name: table.column(_column(place)) for place, name in enumerate(spec.keep)}


def _kept(frame: Any, spec: FactsSpec) -> Any:
    """Kept columns by their place: they may have any name, ours too."""
    theirs = [frame[f"`{name.replace('`', '``')}`"].alias(_column(place)) for place, name in enumerate(spec.keep)]
    return frame.select(*COMMON, *theirs).selectExpr("*", f"'{KEPT}' AS what")


def _column(place: int) -> str:
    return f"kept_{place}"


@dataclass(frozen=True)
class Habits:
    """The work on one range of customers."""

    spec: FactsSpec
    as_of: date
    engine: Engine

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The usual values of the wanted customers, in order."""
        with connect(self.engine, []) as connection:
            for table in whole_customers(batches, BATCH):
                ids = table.column("customer_id").filter(pc.equal(table.column("what"), WANTED)).combine_chunks()
                if len(ids):
                    yield from packets_of(self._of(connection, ids, table))

    def _of(self, connection: Connection, ids: pa.Array, table: pa.Table) -> pa.Table:
        connection.register("rows_here", table)
        named = "".join(f", {_column(place)} AS {identifier(name)}" for place, name in enumerate(self.spec.keep))
        kept = f"(SELECT {', '.join(COMMON)}{named} FROM rows_here WHERE what = '{KEPT}')"
        found = usual_in(connection, ids, kept, self.as_of, self.spec)
        connection.unregister("rows_here")
        usual = {_column(place): found[name] for place, name in enumerate(self.spec.keep)}
        return pa.table({"customer_id": ids, **usual})


def whole_customers(batches: Batches, least: int) -> Iterator[pa.Table]:
    """Rows in the order of customers as tables of at least so many rows, but for the last, that part no customer."""
    held: list[pa.RecordBatch] = []
    waiting = 0
    for batch in batches:
        held.append(batch)
        waiting += batch.num_rows
        if waiting < least:
            continue
        table = pa.Table.from_batches(held)
        ids = table.column("customer_id")
        cut = pc.index(ids, ids[-1]).as_py()  # the last customer may go on in the next batch
        if cut:
            yield table.slice(0, cut)
            held, waiting = table.slice(cut).to_batches(), table.num_rows - cut
    if waiting:
        yield pa.Table.from_batches(held)
