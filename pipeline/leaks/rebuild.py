"""Feature tables made of a copy of the events, by the stages themselves, in a folder apart."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.snapshots import as_date
from pipeline import featurize_current, featurize_training
from pipeline.event_files import block_files
from pipeline.leaks.copies import event_tables
from pipeline.tables import (
    CATALOG,
    CURRENT,
    EVENTS_CLOSED,
    EVENTS_OPEN,
    TRAINING,
    read_json,
    write_json,
)

WHO = "(who is eligible)"  # named like a column where two tables do not hold the same customers
KEYS = ("customer_id", "snapshot", "churned")


@dataclass(frozen=True)
class Workshop:
    """A copy of params.yaml and data/events, whose events are replaced before a stage runs in it."""

    folder: Path

    @staticmethod
    def set_up(folder: Path) -> Workshop:
        """Copy the settings and what lies beside the events of the present run."""
        shutil.copyfile("params.yaml", folder / "params.yaml")
        shutil.copytree(EVENTS_CLOSED.parent, folder / EVENTS_CLOSED.parent, ignore=shutil.ignore_patterns(".*"))
        return Workshop(folder)

    def training(self, events: pa.Table, snapshot: int) -> pa.Table:
        """What training sees at one snapshot. One row per eligible customer."""
        with self._of(events):
            calendar = read_json(EVENTS_CLOSED / "slices.json")
            write_json({**calendar, "slices": [str(as_date(snapshot))]}, EVENTS_CLOSED / "slices.json")
            featurize_training.main()
            return _columns(pq.read_table(TRAINING))

    def current(self, events: pa.Table, as_of: int) -> pa.Table:
        """What scoring would see on a day. One row per eligible customer."""
        with self._of(events):
            calendar = read_json(EVENTS_OPEN / "as_of.json")
            write_json({**calendar, "as_of": str(as_date(as_of))}, EVENTS_OPEN / "as_of.json")
            featurize_current.main()
            return _columns(pq.read_table(CURRENT))

    @contextmanager
    def _of(self, events: pa.Table) -> Iterator[None]:
        """Inside, in silence; everything lies in the closed part, so that both stages have the future before them."""
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(io.StringIO()):
            for path in event_tables(EVENTS_CLOSED.parent):
                pq.write_table(pq.read_schema(path).empty_table(), path)
            pq.write_table(events, block_files(EVENTS_CLOSED)[0])
            with contextlib.redirect_stderr(io.StringIO()):
                yield

    def features(self) -> list[str]:
        """Names of the features that the last run of training made."""
        return [entry["name"] for entry in read_json(self.folder / CATALOG)]


def _columns(table: pa.Table) -> pa.Table:
    return table.sort_by("customer_id").combine_chunks()


def differing(one: pa.Table, other: pa.Table) -> dict[str, int]:
    """Rows that differ by column, in bits: for customers in both tables, and how many are in one only."""
    shared = pc.is_in(one["customer_id"], value_set=other["customer_id"].combine_chunks())
    found: dict[str, int] = {}
    left = one.filter(shared)
    right = other.filter(pc.is_in(other["customer_id"], value_set=one["customer_id"].combine_chunks()))
    apart = one.num_rows - left.num_rows + other.num_rows - right.num_rows
    if apart:
        found[WHO] = apart
    for name in one.column_names:
        if name not in KEYS:
            rows = int((_bits(left[name]) != _bits(right[name])).sum()) if name in other.column_names else left.num_rows
            if rows:
                found[name] = rows
    return found


def _bits(column: pa.ChunkedArray) -> np.ndarray:
    """Values as integers with the same bits; a null is a number that no value has."""
    values = np.ascontiguousarray(pc.fill_null(column, np.nan).to_numpy())
    bits = values.view(np.int32 if values.dtype == np.float32 else np.int64).astype(np.int64)
    return np.where(pc.is_null(column).to_numpy(), np.iinfo(np.int64).min, bits)


Build = Callable[[pa.Table, int], pa.Table]
