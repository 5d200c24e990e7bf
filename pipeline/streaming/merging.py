"""Several sorted streams as one, customer by customer: what is held is bounded, and no text is compared twice.

Every source is read a little ahead. Customers before the smallest id at which a source may go on are whole, so they
are taken out of all sources together: their ids get a rank, and their events are gathered by rank and source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.arrays import as_arrow, numbers
from pipeline.streaming.pieces import Ints, Piece
from pipeline.streaming.sources import Source, unsorted


def whole_customers(sources: Sequence[Source], least: int) -> Iterator[Piece]:
    """Pieces of whole customers, rising by id, of at least so many events each, the last one maybe of fewer.

    A customer's events come in the order of the sources. Raises ArtifactError if a source is not sorted by customer.
    """
    held: list[Piece] = []
    waiting = 0
    while True:
        bound = min((source.last for source in sources if not source.done), default=None)
        taken = [piece for source in sources for piece in source.take(bound)]
        held += taken
        waiting += sum(piece.events for piece in taken)
        if waiting >= least or (waiting and bound is None):
            yield together(held)
            held, waiting = [], 0
        if bound is None:
            return
        for source in sources:
            if not source.done and source.last == bound:
                source.read()


def together(pieces: Sequence[Piece]) -> Piece:
    """The same events as one piece, by customer, and within a customer in the order of the pieces."""
    names, rank = _ranked(pieces)
    sizes = np.concatenate([np.diff(piece.starts) for piece in pieces])
    columns = {
        name: np.concatenate([piece.columns[name] for piece in pieces]) if len(pieces) > 1 else values
        for name, values in pieces[0].columns.items()
    }
    totals = np.bincount(rank, sizes, len(names)).astype(np.int64)
    if np.any(rank[1:] < rank[:-1]):
        order = np.argsort(rank, kind="stable")
        place = _places(sizes, order)
        columns = {name: values.take(place) for name, values in columns.items()}
    return Piece(names, np.append(0, np.cumsum(totals)), columns)


def _ranked(pieces: Sequence[Piece]) -> tuple[pa.StringArray, Ints]:
    """The customers of all pieces in order, each once, and of each piece's customers the place among them."""
    coded = pa.concat_arrays([piece.ids for piece in pieces]).dictionary_encode()
    order = numbers(pc.sort_indices(coded.dictionary))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    rank = ranks.take(numbers(coded.indices))
    # Within a piece customers are distinct and rise; anything else is a file that is not sorted.
    rises = rank[1:] > rank[:-1]
    rises[np.cumsum([len(piece) for piece in pieces[:-1]], dtype=np.int64) - 1] = True
    if not rises.all():
        raise unsorted()
    return coded.dictionary.take(as_arrow(order.astype(np.int64), pa.int64())), rank


def _places(sizes: Ints, order: Ints) -> Ints:
    """Where each event is taken from, if stretches of these sizes are put into another order."""
    moved = sizes.take(order)
    begins = (np.cumsum(sizes) - sizes).take(order)
    ends = np.cumsum(moved)
    return np.repeat(begins - (ends - moved), moved) + np.arange(ends[-1] if len(ends) else 0)
