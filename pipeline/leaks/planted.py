"""Leaks as people make them, planted into the catalog of one check: a check that misses one proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from features import build
from features.catalog import Feature
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import MICRO, Ints

FAR = 10_000_000  # days: larger than any day number, so that (customer, day) fits into one sorted number
WEEKS = 28


def _before(rows: Rows, days_after: int) -> Ints:
    """Number of the customer's events before the day that lies so many days after the snapshot."""
    chunk = rows.timeline.chunk
    keys = chunk.customer_of_event() * FAR + chunk.day
    return np.searchsorted(keys, rows.customer * FAR + rows.snapshot + days_after) - chunk.starts[rows.customer]


def _to_the_snapshot_inclusive(rows: Rows) -> np.ndarray:
    return _before(rows, 1)


def _window_a_day_late(rows: Rows) -> np.ndarray:
    return _before(rows, 1) - _before(rows, 1 - WEEKS)


def _amount_as_of_today(rows: Rows) -> np.ndarray:
    chunk = rows.timeline.chunk
    return chunk.amount[chunk.starts[rows.customer + 1] - 1] / MICRO


def _scaled_by_all_rows(rows: Rows) -> np.ndarray:
    return _before(rows, 0) / max(1, len(rows.timeline.chunk.day)) * rows.timeline.chunk.customers


def _label(rows: Rows) -> np.ndarray:
    return _before(rows, WEEKS) == _before(rows, 0)


LEAKS = {
    "planted_count_to_the_snapshot_inclusive": _to_the_snapshot_inclusive,
    "planted_window_a_day_late": _window_a_day_late,
    "planted_last_amount_as_of_today": _amount_as_of_today,
    "planted_count_scaled_by_all_rows": _scaled_by_all_rows,
    "planted_label": _label,
}


def leaking(_: FeatureSpec) -> Iterator[Feature]:
    """A feature per leak."""
    for name, compute in LEAKS.items():
        yield Feature(name, "planted", "profile", "events", None, "never null", (), compute)


@contextmanager
def planted() -> Iterator[None]:
    """Inside, the catalog of this process has the leaks too."""
    namespace, honest = vars(build), build.FAMILIES
    namespace["FAMILIES"] = (*honest, leaking)
    try:
        yield
    finally:
        namespace["FAMILIES"] = honest
