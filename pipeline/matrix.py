"""From a stream of events to a feature table: the one path that training and scoring share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from pipeline.engine import as_arrow, stream_events
from pipeline.sections.machine import Engine
from pipeline.seen import Seen

KEYS = [("customer_id", pa.string()), ("snapshot", pa.date32())]
LAPSED = pa.schema(
    [(name, pa.int64()) for name in ("snapshot", "active_days", "recency_days", "tenure_days", "customers")]
)
ACTIVITY = pa.schema([("day", pa.date32()), ("active", pa.int64()), ("newcomers", pa.int64())])
SPEND = pa.schema([*KEYS, ("spend", pa.float64()), ("spend_before", pa.float64())])


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

    def tables(self) -> Iterator[pa.Table]:
        """The rows, a table per chunk of customers; behind the columns of `schema` come those of `spend`."""
        for ids, chunk in stream_events(self.files, self.engine, self.spec.types(), self.spec.definition == "lapse"):
            self.events += len(chunk.day)
            if self.seen:
                self.seen.add(ids, chunk)
            found = eligible_rows(chunk, self.snapshots, self.spec, self.data_start, self.label_offsets, self.census)
            self._remember(found)
            if len(found.rows):
                yield self._kept(self._table(ids, found.rows))

    def _kept(self, table: pa.Table) -> pa.Table:
        """The rows of all but those who are left out, who are counted."""
        if self.left_out is None or len(self.left_out) == 0:
            return table
        out = pc.is_in(table.column("customer_id"), value_set=self.left_out)
        self.left_out_rows += int(pc.sum(out).as_py() or 0)
        return table.filter(pc.invert(out))

    def _table(self, ids: pa.Array, rows: Rows) -> pa.Table:
        keys = [ids.take(as_arrow(rows.customer, pa.int64())), as_arrow(rows.snapshot.astype(np.int32), pa.date32())]
        label = [_flags(self.label(rows))] if self.label else []
        columns = build_features(rows, self.spec)
        table = pa.Table.from_arrays([*keys, *label, *map(_nullable, columns.values())], schema=self.schema)
        for name, amounts in (self.spend(rows) if self.spend else {}).items():
            table = table.append_column(SPEND.field(name), as_arrow(amounts, pa.float64()))
        return table

    def _remember(self, found: Population) -> None:
        if len(found.lapsed["snapshot"]):
            history = np.stack([*found.lapsed.values(), np.ones_like(found.lapsed["snapshot"])], axis=1)
            self._lapsed.append(_added_up(history))
        for name, days in (("active", found.active_on), ("newcomers", found.first_on)):
            counted = np.bincount(np.asarray(days, np.int64) - self.data_start)
            before = self._activity.get(name, np.zeros(0, np.int64))
            longer, shorter = (counted, before) if len(counted) > len(before) else (before, counted)
            longer = longer.copy()
            longer[: len(shorter)] += shorter
            self._activity[name] = longer

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
        table = _added_up(np.concatenate(self._lapsed))
        return pa.Table.from_arrays([as_arrow(column, pa.int64()) for column in table.T], schema=LAPSED)


def _nullable(values: np.ndarray) -> pa.Array:
    """A float32 column whose NaN are nulls; the numbers are not copied."""
    known = ~np.isnan(values)
    return as_arrow(values, pa.float32(), None if known.all() else known)


def _flags(values: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])


def _added_up(history: np.ndarray) -> np.ndarray:
    """One row per distinct (all columns but the last), in their order, with the sum of the last column."""
    order = np.lexsort(history[:, -2::-1].T)
    ordered = history[order]
    new = np.ones(len(ordered), bool)
    new[1:] = (ordered[1:, :-1] != ordered[:-1, :-1]).any(axis=1)
    first = np.flatnonzero(new)
    return np.column_stack([ordered[first, :-1], np.add.reduceat(ordered[:, -1], first)])
