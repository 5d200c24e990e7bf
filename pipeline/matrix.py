"""From a stream of events to a feature table: the one path that training and scoring share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.build import Population, build_features, catalog, eligible_rows
from features.catalog import Feature
from features.rows import Rows
from features.spec import FeatureSpec
from pipeline.engine import stream_events
from pipeline.settings_sections import Engine

KEYS = [("customer_id", pa.string()), ("snapshot", pa.date32())]
LAPSED = pa.schema(
    [(name, pa.int64()) for name in ("snapshot", "active_days", "recency_days", "tenure_days", "customers")]
)


@dataclass
class Matrix:
    """Streams one row per eligible (customer_id, snapshot), by customer, then snapshot; gathers the lapsed aside."""

    files: Sequence[Path]
    engine: Engine
    spec: FeatureSpec
    snapshots: Sequence[int]
    data_start: int
    label: Callable[[Rows], np.ndarray] | None = None
    label_offsets: tuple[int, ...] = ()
    events: int = 0
    _lapsed: list[np.ndarray] = field(default_factory=list)

    @property
    def schema(self) -> pa.Schema:
        """Keys, the label where there is one, and a float32 column per feature."""
        label = [("churned", pa.bool_())] if self.label else []
        return pa.schema([*KEYS, *label, *((feature.name, pa.float32()) for feature in self.features)])

    @property
    def features(self) -> list[Feature]:
        """The catalog of these settings."""
        return catalog(self.spec)

    def tables(self) -> Iterator[pa.Table]:
        """The rows, a table per chunk of customers."""
        for ids, chunk in stream_events(self.files, self.engine, self.spec.types()):
            self.events += len(chunk.day)
            found = eligible_rows(chunk, self.snapshots, self.spec, self.data_start, self.label_offsets)
            self._remember(found)
            if len(found.rows):
                yield self._table(ids, found.rows)

    def _table(self, ids: pa.Array, rows: Rows) -> pa.Table:
        keys = [ids.take(pa.array(rows.customer)), pa.array(rows.snapshot.astype(np.int32)).cast(pa.date32())]
        label = [pa.array(self.label(rows))] if self.label else []
        columns = build_features(rows, self.spec)
        return pa.Table.from_arrays(
            [*keys, *label, *(pa.array(values, from_pandas=True) for values in columns.values())], schema=self.schema
        )

    def _remember(self, found: Population) -> None:
        if len(found.lapsed["snapshot"]):
            history = np.stack(list(found.lapsed.values()), axis=1)
            unique, counts = np.unique(history, axis=0, return_counts=True)
            self._lapsed.append(np.column_stack([unique, counts]))

    def lapsed(self) -> pa.Table:
        """One row per (snapshot, active days, recency, tenure) of lapsed customers, with their number.

        BG/NBD must see those who left, or everyone would look alive; their ids are not needed for that.
        """
        if not self._lapsed:
            return LAPSED.empty_table()
        stacked = np.concatenate(self._lapsed)
        unique, inverse = np.unique(stacked[:, :4], axis=0, return_inverse=True)
        counts = np.bincount(inverse.ravel(), weights=stacked[:, 4]).astype(np.int64)
        return pa.Table.from_arrays([*(pa.array(column) for column in unique.T), pa.array(counts)], schema=LAPSED)
