"""A stretch of one sorted file in NumPy: what is merged."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.arrays import as_arrow, is_true, known, low_words, numbers
from pipeline.event_files import TERM

Ints = NDArray[np.integer[Any]]
Columns = dict[str, NDArray[Any]]

EVENT_COLUMNS = ("customer_id", "event_day", "event_type", "amount")
TIME = "event_time"  # read only where files must be merged by it


class Kinds:
    """Event types as numbers: those that features read by their place in `types`, the others after them as met."""

    def __init__(self, types: tuple[str, ...]) -> None:
        self.types = types
        self._numbers = {name: place for place, name in enumerate(types)}

    def of(self, column: pa.Array) -> NDArray[np.int32]:
        """The number of each event's type."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        names = column.dictionary.to_pylist()
        own = np.array([self._numbers.setdefault(name, len(self._numbers)) for name in names], np.int32)
        return own.take(numbers(column.indices))

    def ranks(self) -> Ints:
        """The place of each number's type in the order of letters (of UTF-8 bytes, as the files are sorted)."""
        order = np.array(sorted(range(len(self._numbers)), key=list(self._numbers).__getitem__), np.int64)
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        return ranks

    def indices(self, found: NDArray[np.int32]) -> NDArray[np.int16]:
        """As in EventChunk.kind: -1 for what is not in `types`."""
        kinds = np.full(len(self._numbers), -1, np.int16)
        kinds[: len(self.types)] = np.arange(len(self.types))
        return kinds.take(found)


@dataclass(frozen=True)
class Piece:
    """Events of one file that follow each other: one entry of `ids` per customer, the first and last maybe in part.

    `starts` holds the position of each customer's first event here, and the number of events. `columns`, one entry per
    event: `day`, `kind`, `amount` in millionths, `has_amount`, and where asked for `term` and `time`.
    """

    ids: pa.StringArray
    starts: Ints
    columns: Columns

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def events(self) -> int:
        """How many events it holds."""
        return int(self.starts[-1])

    def id_at(self, place: int) -> str:
        """The id of a customer."""
        return str(self.ids[place].as_py())

    @cached_property
    def first(self) -> str:
        """The first customer's id."""
        return self.id_at(0)

    @cached_property
    def last(self) -> str:
        """The last customer's id."""
        return self.id_at(len(self) - 1)

    def before(self, bound: str) -> int:
        """How many of its customers come before an id."""
        return bisect_left(range(len(self)), bound, key=self.id_at)

    def part(self, begin: int, end: int) -> Piece:
        """Customers `begin` up to, not including, `end`; nothing is copied."""
        low, high = int(self.starts[begin]), int(self.starts[end])
        columns = {name: values[low:high] for name, values in self.columns.items()}
        return Piece(self.ids.slice(begin, end - begin), self.starts[begin : end + 1] - low, columns)


def piece(batch: pa.RecordBatch, kinds: Kinds, with_term: bool, with_time: bool) -> Piece:
    """A batch of rows that is not empty, sorted by customer and time."""
    ids, amount = batch.column("customer_id"), batch.column("amount")
    has_amount = known(amount)
    columns: Columns = {
        "day": numbers(batch.column("event_day").cast(pa.int32())),
        "kind": kinds.of(batch.column("event_type")),
        "amount": np.where(has_amount, low_words(amount), 0),
        "has_amount": has_amount,
    }
    if with_term:
        columns["term"] = _terms(batch)
    if with_time:
        columns["time"] = numbers(batch.column(TIME).cast(pa.int64()))
    starts = _starts(ids)
    begins = as_arrow(starts[:-1], pa.int64())
    names = ids.dictionary.take(ids.indices.take(begins)) if pa.types.is_dictionary(ids.type) else ids.take(begins)
    return Piece(names.cast(pa.string()), starts, columns)


def _starts(ids: pa.Array) -> Ints:
    """Where each customer's events begin, and the number of events.

    Few customers come as codes of a dictionary. Where a file lists their ids as they are, comparing neighbours costs a
    fifth of making a dictionary.
    """
    if pa.types.is_dictionary(ids.type):
        codes = numbers(ids.indices)
        changes = codes[1:] != codes[:-1]
    else:
        changes = is_true(pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)))
    return np.concatenate([[0], np.flatnonzero(changes) + 1, [len(ids)]])


def _terms(batch: pa.RecordBatch) -> NDArray[np.int32]:
    """Days per event, 0 where the event pays for nothing; attributes have no term at all."""
    if TERM not in batch.schema.names:
        return np.zeros(batch.num_rows, np.int32)
    column = batch.column(TERM)
    return np.where(known(column), np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column)], 0)
