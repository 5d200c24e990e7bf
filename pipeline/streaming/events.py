"""Clean events as chunks of whole customers, from files that ingest wrote sorted; memory is bounded by the chunk."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.timeline import EventChunk
from pipeline.errors import ArtifactError
from pipeline.event_files import ATTRIBUTES, TERM
from pipeline.streaming.by_time import by_time
from pipeline.streaming.merging import whole_customers
from pipeline.streaming.pieces import Ints, Kinds, Piece, piece
from pipeline.streaming.sources import Source, in_turn, read_batches, read_names, unsorted

BATCH = 1 << 17  # events in a chunk: bounds the memory of the timeline, and keeps its totals in the processor's cache
Chunk = tuple[pa.StringArray, EventChunk]


def stream_events(
    files: Sequence[Path], types: tuple[str, ...], with_term: bool = False, most_customers: int | None = None
) -> Generator[Chunk, None, None]:
    """Chunks of whole customers, sorted by customer and time, each with its customer ids.

    Each file is sorted by customer and time. Where every file begins on a later day than the one before ends, their
    events are put one after the other; otherwise they are merged by time. Types that are not in `types` come as kind
    -1. `with_term` brings the days that each activity event pays for. A chunk holds about BATCH events of at most
    `most_customers`; one customer is never split, however many events it has.

    Raises ArtifactError if a file is missing, damaged or not sorted, or holds no terms where they are asked for.
    """
    refuse_without_terms(files, with_term)
    timed = not in_turn(files)
    kinds = Kinds(types)
    sources = [
        Source(str(path), _pieces(read_batches(path, with_term, timed), kinds, with_term, timed)) for path in files
    ]
    for group in whole_customers(sources, BATCH):
        yield from _cut(by_time(group, kinds) if timed else group, kinds, most_customers)


def chunks(
    batches: Iterable[pa.RecordBatch],
    types: tuple[str, ...],
    with_term: bool = False,
    most_customers: int | None = None,
) -> Generator[Chunk, None, None]:
    """As `stream_events`, of batches wherever they come from: events in order, in the columns that features need."""
    kinds = Kinds(types)
    source = Source("the stream of events", _pieces(batches, kinds, with_term, timed=False))
    for group in whole_customers([source], BATCH):
        yield from _cut(group, kinds, most_customers)


def refuse_without_terms(files: Sequence[Path], with_term: bool) -> None:
    """Raise ArtifactError where terms are asked for and a file of events has none; attributes need none."""
    for path in files:
        if with_term and path.name != ATTRIBUTES and TERM not in read_names(path):
            raise ArtifactError(
                f"{path.parent} holds events without terms, so they were made for another churn.definition: "
                "run `make repro`."
            )


def _pieces(batches: Iterable[pa.RecordBatch], kinds: Kinds, with_term: bool, timed: bool) -> Iterator[Piece]:
    return (piece(batch, kinds, with_term, timed) for batch in batches if batch.num_rows)


def _cut(group: Piece, kinds: Kinds, most_customers: int | None) -> Iterator[Chunk]:
    for begin, end in pairwise(_edges(group.starts, most_customers or len(group))):
        part = group.part(begin, end)
        yield part.ids, _chunk(part, kinds)


def _edges(starts: Ints, most_customers: int) -> list[int]:
    """Places of customers at which to cut, so that the parts have about equally many events, BATCH or half more."""
    events, customers = int(starts[-1]), len(starts) - 1
    parts = max(round(events / BATCH), 1)
    wanted = np.linspace(0, events, parts + 1)[1:-1]
    edges = [0]
    for edge in (*np.searchsorted(starts, wanted).tolist(), customers):
        while edge > edges[-1]:
            edges.append(min(edge, edges[-1] + most_customers))
    return edges


def _chunk(part: Piece, kinds: Kinds) -> EventChunk:
    columns = part.columns
    day = columns["day"]
    falls = day[1:] < day[:-1]
    falls[part.starts[1:-1] - 1] = False
    if falls.any():  # a customer's past and future would be mixed up
        raise unsorted()
    return EventChunk(
        starts=part.starts,
        day=day,
        kind=kinds.indices(columns["kind"]),
        amount=columns["amount"],
        has_amount=columns["has_amount"],
        types=kinds.types,
        term=columns.get("term"),
    )
