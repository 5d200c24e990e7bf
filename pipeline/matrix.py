"""From a stream of events to a feature table: the one path that training and scoring share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.build import Population, build_features, catalog, eligible_rows
from features.catalog import Feature
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import EventChunk
from pipeline.engine import as_arrow, stream_events
from pipeline.sections.machine import Engine
from pipeline.seen import Seen

KEYS = [("customer_id", pa.string()), ("snapshot", pa.date32())]
LAPSED = pa.schema(
    [(name, pa.int64()) for name in ("snapshot", "active_days", "recency_days", "tenure_days", "customers")]
)
ACTIVITY = pa.schema([("day", pa.date32()), ("active", pa.int64()), ("newcomers", pa.int64())])
SPEND = pa.schema([*KEYS, ("spend", pa.float64()), ("spend_before", pa.float64())])


@dataclass(frozen=True)
class Part:
    """What is made of a chunk of customers: its rows, and what adds up."""

    table: pa.Table
    left_out: int
    events: int
    lapsed: np.ndarray
    by_day: dict[str, np.ndarray]
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
    spend: Callable[[Rows], dict[str, np.ndarray]] | None = None
    label_offsets: tuple[int, ...] = ()
    census: int | None = None
    left_out: pa.Array | None = None
    left_out_rows: int = 0
    seen: Seen | None = None
    events: int = 0
    _lapsed: list[np.ndarray] = field(default_factory=list)
    _activity: dict[str, np.ndarray] = field(default_factory=dict)

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

    def tables(self, parts: Iterable[Part] | None = None) -> Iterator[pa.Table]:
        """The rows, a table per part; behind the columns of `schema` come those of `spend`.

        `parts`: what another engine made of the same events, in the order of customers; None: this machine makes them.
        """
        for part in self._parts() if parts is None else parts:
            self.take(part)
            if len(part.table):
                yield part.table

    def _parts(self) -> Iterator[Part]:
        for ids, chunk in stream_events(self.files, self.engine, self.types, self.with_term):
            yield self.part(ids, chunk)

    def part(self, ids: pa.Array, chunk: EventChunk) -> Part:
        """What is made of whole customers; it changes nothing here, and so can be done on another machine."""
        found = eligible_rows(chunk, self.snapshots, self.spec, self.data_start, self.label_offsets, self.census)
        table, left_out = self._kept(self._table(ids, found.rows))
        seen = Seen(self.seen.before) if self.seen else None
        if seen:
            seen.add(ids, chunk)
        return Part(table, left_out, len(chunk.day), _histories(found), self._by_day(found), seen)

    def nothing(self) -> Part:
        """A part without rows that adds nothing."""
        return Part(self.schema.empty_table(), 0, 0, np.zeros((0, len(LAPSED)), np.int64), {})

    def by_day(self) -> dict[str, list[int]]:
        """Customers active, and newcomers, on each day from the first on."""
        return {name: counted.tolist() for name, counted in self._activity.items()}

    def take(self, part: Part) -> None:
        """Add up what a part counted; parts may come in any order."""
        self.events += part.events
        self.left_out_rows += part.left_out
        if len(part.lapsed):
            self._lapsed.append(part.lapsed)
        if self.seen and part.seen:
            self.seen.merge(part.seen)
        for name, counted in part.by_day.items():
            before = self._activity.get(name, np.zeros(0, np.int64))
            longer, shorter = (counted, before) if len(counted) > len(before) else (before, counted)
            longer = longer.copy()
            longer[: len(shorter)] += shorter
            self._activity[name] = longer

    def _kept(self, table: pa.Table) -> tuple[pa.Table, int]:
        """The rows of all but those who are left out, and how many were."""
        if self.left_out is None or len(self.left_out) == 0:
            return table, 0
        out = pc.is_in(table.column("customer_id"), value_set=self.left_out)
        return table.filter(pc.invert(out)), int(pc.sum(out).as_py() or 0)

    def _table(self, ids: pa.Array, rows: Rows) -> pa.Table:
        keys = [ids.take(as_arrow(rows.customer, pa.int64())), as_arrow(rows.snapshot.astype(np.int32), pa.date32())]
        label = [_flags(self.label(rows))] if self.label else []
        columns = build_features(rows, self.spec)
        table = pa.Table.from_arrays([*keys, *label, *map(_nullable, columns.values())], schema=self.schema)
        for name, amounts in (self.spend(rows) if self.spend else {}).items():
            table = table.append_column(SPEND.field(name), as_arrow(amounts, pa.float64()))
        return table

    def _by_day(self, found: Population) -> dict[str, np.ndarray]:
        days = {"active": found.active_on, "newcomers": found.first_on}
        return {name: np.bincount(np.asarray(each, np.int64) - self.data_start) for name, each in days.items()}

    def activity(self) -> pa.Table:
        """One row per day from the first on: customers active that day, and those of them never seen before."""
        active = self._activity.get("active", np.zeros(0, np.int64))
        newcomers = np.zeros(len(active), np.int64)
        newcomers[: len(self._activity.get("newcomers", ()))] = self._activity.get("newcomers", 0)
        days = np.arange(self.data_start, self.data_start + len(active), dtype=np.int32)
        columns = [as_arrow(days, pa.date32()), as_arrow(active, pa.int64()), as_arrow(newcomers, pa.int64())]
        return pa.Table.from_arrays(columns, schema=ACTIVITY)

    def lapsed(self) -> pa.Table:
        """One row per (snapshot, active days, recency, tenure) of lapsed customers, with their number.

        BG/NBD must see those who left, or everyone would look alive; their ids are not needed for that.
        """
        if not self._lapsed:
            return LAPSED.empty_table()
        table = added_up(np.concatenate(self._lapsed))
        return pa.Table.from_arrays([as_arrow(column, pa.int64()) for column in table.T], schema=LAPSED)


def _nullable(values: np.ndarray) -> pa.Array:
    """A float32 column whose NaN are nulls; the numbers are not copied."""
    known = ~np.isnan(values)
    return as_arrow(values, pa.float32(), None if known.all() else known)


def _flags(values: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])


def _histories(found: Population) -> np.ndarray:
    """One row per distinct history of a lapsed customer, in the columns of LAPSED."""
    one = np.ones(len(found.lapsed["snapshot"]), np.int64)
    return added_up(np.stack([*found.lapsed.values(), one], axis=1)) if len(one) else np.zeros((0, len(LAPSED)), np.int64)


def added_up(history: np.ndarray) -> np.ndarray:
    """One row per distinct (all columns but the last), in their order, with the sum of the last column."""
    order = np.lexsort(history[:, -2::-1].T)
    ordered = history[order]
    new = np.ones(len(ordered), bool)
    new[1:] = (ordered[1:, :-1] != ordered[:-1, :-1]).any(axis=1)
    first = np.flatnonzero(new)
    return np.column_stack([ordered[first, :-1], np.add.reduceat(ordered[:, -1], first)])
