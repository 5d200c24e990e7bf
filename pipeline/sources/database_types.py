"""A database's types as ingest knows them from Parquet: numbers, times and booleans as they are, all else as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from pipeline.errors import ConfigError

WIDEST = 38  # digits of a decimal
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001  bounds of both kinds of time


def plain(expression: Any, backend: str) -> Any:
    """The same rows, each column of a type that Parquet and ingest share. Raises ConfigError on a name given twice.

    Decimals without a precision become text: it is exact, an id stays 17 rather than 17.000, and what is no number is
    rejected by a rule with its row.
    """
    names = list(expression.columns)
    folded = [name.lower() for name in names]
    twice = next((name for name in names if folded.count(name.lower()) > 1), None)
    if twice is not None:
        raise ConfigError(f"the database gives the column {twice} twice (large and small letters alike): rename one.")
    return expression.select(*[_column(expression[name], backend).name(name) for name in names])


def _column(column: Any, backend: str) -> Any:
    kind = column.type()
    if kind.is_date() or kind.is_timestamp():
        return _bounded(column, kind) if backend == "postgres" else column
    exact = kind.is_decimal() and kind.precision is not None and kind.precision <= WIDEST
    if exact or kind.is_integer() or kind.is_floating() or kind.is_boolean():
        return column
    return column.cast("string")


def _bounded(column: Any, kind: Any) -> Any:
    """PostgreSQL's infinity as the last day that can be written down, which ingest rejects as standing for never."""
    import ibis  # noqa: PLC0415  only who opens a database pays for it

    first, last = FIRST, LAST
    if kind.is_timestamp() and kind.timezone:
        first, last = FIRST.replace(tzinfo=UTC), LAST.replace(tzinfo=UTC)
    low, high = (ibis.literal(item.date() if kind.is_date() else item) for item in (first, last))
    return ibis.cases((column > high, high), (column < low, low), else_=column)


def arrow_schema(expression: Any) -> pa.Schema:
    """The Arrow schema of a plain expression: nullable, times in microseconds, zones as UTC."""
    return pa.schema([(item.name, _arrow(item.type)) for item in expression.schema().to_pyarrow()])


def _arrow(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    return pa.string() if pa.types.is_large_string(kind) else kind
