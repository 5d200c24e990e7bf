"""From a stream of events to a feature table: the one path that training and scoring share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.build import Population, build_features, catalog, eligible_rows, narrowed
from features.catalog import Feature
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import EventChunk
from pipeline.arrays import as_arrow, flags
from pipeline.gathered import LAPSED, Gathered, Ints, histories, on_days
from pipeline.sections.machine import Engine
from pipeline.seen import Seen
from pipeline.streaming.events import stream_events
from pipeline.streaming.overlap import closing_if_can, cores, overlapped

KEYS = [("customer_id", pa.string()), ("snapshot", pa.date32())]
SPEND = pa.schema([*KEYS, ("spend", pa.float64()), ("spend_before", pa.float64())])
MOST_ROWS = 1 << 17  # of all customers at all snapshots in a chunk: with few events each, they need the memory


@dataclass(frozen=True)
class Part:
    """What is made of a chunk of customers: its rows, and what adds up."""

    table: pa.Table
    left_out: int
    events: int
    lapsed: Ints
    by_day: dict[str, Ints]
    seen: Seen | None = None


@dataclass
class Matrix:
    """Streams one row per eligible (customer_id, snapshot), by customer, then snapshot; gathers the lapsed aside."""

    files: Sequence[Path]
    engine: Engine
    spec: FeatureSpec
    snapshots: Sequence[int]
    data_start: int
    label: Callable[[Rows], np.ndarray] | None = None
    beside: Callable[[Rows], pa.Table] | None = None
    label_offsets: tuple[int, ...] = ()
    census: int | None = None
    left_out: pa.Array | None = None
    left_out_rows: int = 0
    seen: Seen | None = None
    events: int = 0

    def __post_init__(self) -> None:
        self.gathered = Gathered(self.data_start)

    @cached_property
    def schema(self) -> pa.Schema:
        """Keys, the label where there is one, and a float32 column per feature."""
        label = [("churned", pa.bool_())] if self.label else []
        return pa.schema([*KEYS, *label, *((feature.name, pa.float32()) for feature in self.features)])

    @cached_property
    def features(self) -> list[Feature]:
        """The catalog of these settings."""
        return catalog(self.spec)

    @property
    def types(self) -> tuple[str, ...]:
        """The event types that features read."""
        return self.spec.types()

    @property
    def with_term(self) -> bool:
        """Whether events carry the days that they pay for."""
        return self.spec.definition == "lapse"

    def tables(self, parts: Iterable[Part] | None = None) -> Generator[pa.Table, None, None]:
        """The rows, a table per part; behind the columns of `schema` come those of `beside`.

        `parts`: what another engine made of the same events, in the order of customers; None: this machine makes them,
        on the threads of the engine, and the same on any number of them. To be closed if not read to its end.
        """
        with closing_if_can(self._parts() if parts is None else parts) as made:
            for part in made:
                self.take(part)
                if part.table.num_rows:
                    yield part.table

    @property
    def most_customers(self) -> int:
        """How many customers a chunk may hold."""
        return max(MOST_ROWS // len(self.snapshots), 1)

    def _parts(self) -> Iterator[Part]:
        chunks = stream_events(self.files, self.types, self.with_term, self.most_customers)
        return overlapped(chunks, lambda chunk: self.part(*chunk), cores(self.engine.threads))

    def part(self, ids: pa.StringArray, chunk: EventChunk) -> Part:
        """What is made of whole customers; it changes nothing here, so other threads and machines may do it."""
        found = eligible_rows(chunk, self.snapshots, self.spec, self.data_start, self.label_offsets, self.census)
        table, left_out = self._kept(self._table(ids, found))
        seen = Seen(self.seen.before) if self.seen else None
        if seen:
            seen.add(ids, chunk)
        days = {"active": found.active_on, "newcomers": found.first_on}
        by_day = {name: on_days(each, self.data_start) for name, each in days.items()}
        return Part(table, left_out, len(chunk.day), histories(found.lapsed), by_day, seen)

    def nothing(self) -> Part:
        """A part without rows that adds nothing."""
        return Part(self.schema.empty_table(), 0, 0, np.zeros((0, len(LAPSED)), np.int64), {})

    def take(self, part: Part) -> None:
        """Add up what a part counted; parts may come in any order."""
        self.events += part.events
        self.left_out_rows += part.left_out
        self.gathered.add(part.lapsed, part.by_day)
        if self.seen and part.seen:
            self.seen.merge(part.seen)

    def _kept(self, table: pa.Table) -> tuple[pa.Table, int]:
        """The rows of all but those who are left out, and how many were."""
        if self.left_out is None or len(self.left_out) == 0:
            return table, 0
        out = pc.is_in(table.column("customer_id"), value_set=self.left_out)
        return table.filter(pc.invert(out)), int(pc.sum(out).as_py() or 0)

    def _table(self, ids: pa.Array, found: Population) -> pa.Table:
        rows, who = narrowed(found.rows)
        customer = as_arrow(who.take(rows.customer), pa.int64())
        keys = [ids.take(customer), as_arrow(rows.snapshot.astype(np.int32), pa.date32())]
        label = [flags(self.label(rows))] if self.label else []
        columns = build_features(rows, self.spec)
        table = pa.Table.from_arrays([*keys, *label, *map(_nullable, columns.values())], schema=self.schema)
        beside = self.beside(rows) if self.beside else table.select([])
        for name in beside.column_names:
            table = table.append_column(beside.schema.field(name), beside.column(name))
        return table


def _nullable(values: np.ndarray) -> pa.Array:
    """A float32 column whose NaN are nulls; the numbers are not copied."""
    known = values == values  # noqa: PLR0124 - False for NaN
    return as_arrow(values, pa.float32(), None if known.all() else known)
