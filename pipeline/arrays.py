"""Between Arrow and NumPy without a copy, and without pandas, whose import costs a short stage more than its work."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


def as_arrow(values: NDArray[Any], kind: pa.DataType, known: Bools | None = None) -> pa.Array:
    """Numbers as an Arrow array of a type of the same width, null where not `known`; nothing is copied."""
    bits = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(np.ascontiguousarray(values))])


def flags(values: Bools) -> pa.Array:
    """Truth values as an Arrow array without nulls."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])


def numbers(column: pa.Array) -> NDArray[Any]:
    """The values of a column without nulls; not to be written to."""
    return np.from_dlpack(column)


def known(column: pa.Array) -> Bools:
    """Which entries are not null, from the validity bits."""
    bits = column.buffers()[0]
    return np.ones(len(column), bool) if bits is None else _unpacked(bits, column)


def is_true(column: pa.Array) -> Bools:
    """The values of a boolean column without nulls."""
    return _unpacked(column.buffers()[1], column)


def _unpacked(bits: pa.Buffer, column: pa.Array) -> Bools:
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=column.offset + len(column), bitorder="little")
    return unpacked[column.offset :].view(bool)


def low_words(column: pa.Array) -> NDArray[np.int64]:
    """Decimals of 18 digits as integers: the low half of each 128-bit value, anything where it is null."""
    buffer = column.buffers()[1]
    if buffer is None:
        return np.zeros(len(column), np.int64)
    words = np.frombuffer(buffer, np.int64)
    return words[2 * column.offset : 2 * (column.offset + len(column)) : 2]
