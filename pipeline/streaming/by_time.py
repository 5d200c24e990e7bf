"""Events of whole customers into the order of time, where files overlap: attributes may have any time."""

from __future__ import annotations

import numpy as np

from pipeline.arrays import Bools
from pipeline.streaming.pieces import Columns, Ints, Kinds, Piece

MOST = 1 << 62  # customer and time must fit one int64 to be sorted at once


def by_time(piece: Piece, kinds: Kinds) -> Piece:
    """The same piece with every customer's events in the order of ingest's SORT_KEY: time, type, amount, term.

    Unknown amounts come last. Almost all is in order already, which the sort makes use of.
    """
    order, same = _order(piece.columns["time"], piece.starts)
    columns = {name: values.take(order) for name, values in piece.columns.items()}
    if same.any():
        _settle(columns, same, kinds)
    return Piece(piece.ids, piece.starts, columns)


def _order(time: Ints, starts: Ints) -> tuple[Ints, Bools]:
    """Events by customer and time, and the places in that order that share both with the place before."""
    span = int(time.max()) - int(time.min()) + 1
    step = max(MOST // span, 1)  # customers that can be sorted at once
    order, same = np.empty(len(time), np.int64), np.zeros(len(time), bool)
    for begin in range(0, len(starts) - 1, step):
        edges = starts[begin : begin + step + 1]
        low, high = int(edges[0]), int(edges[-1])
        customer = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        key = customer * span + (time[low:high] - time.min())
        found = np.argsort(key, kind="stable")
        order[low:high] = low + found
        key = key.take(found)
        same[low + 1 : high] = key[1:] == key[:-1]
    return order, same


def _settle(columns: Columns, same: Bools, kinds: Kinds) -> None:
    """Put events that share customer and time, which lie side by side, in the order of the rest."""
    tied = np.flatnonzero(same | np.append(same[1:], False))
    some = {name: values[tied] for name, values in columns.items()}
    keys = [some["amount"], ~some["has_amount"], kinds.ranks().take(some["kind"]), np.cumsum(~same[tied])]
    order = np.lexsort([some["term"], *keys] if "term" in some else keys)
    for name, values in some.items():
        columns[name][tied] = values[order]
