"""Hand-made events in files as ingest may write them, and a slow oracle of what streaming them must give. A helper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from features.timeline import EventChunk

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("event_time", pa.timestamp("us", "UTC")),
        ("event_day", pa.date32()),
        ("event_type", pa.string()),
        ("amount", pa.decimal128(18, 6)),
    ]
)
START = datetime(2024, 1, 1, tzinfo=UTC)
DAY_ZERO = 19_723  # 2024-01-01 in days since 1970-01-01
TYPES = ("purchase", "visit")


class Event(NamedTuple):
    """An event at an hour since 2024-01-01; the amount in millionths."""

    customer: str
    hour: int
    kind: str = "purchase"
    amount: int | None = None
    term: int | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """The key of ingest's SORT_KEY: texts by their bytes, no amount and no term last."""
        amount, term = (self.amount is None, self.amount or 0), (self.term is None, self.term or 0)
        return self.customer.encode(), self.hour, self.kind.encode(), amount, term


def write(path: Path, events: Iterable[Event], with_term: bool = False, sort: bool = True, group: int = 7) -> Path:
    """A file of events, in small row groups."""
    rows = []
    for event in sorted(events, key=lambda event: event.order) if sort else list(events):
        time = START + timedelta(hours=event.hour)
        amount = None if event.amount is None else Decimal(event.amount).scaleb(-6)
        rows.append((event.customer, time, time.date(), event.kind, amount, event.term))
    schema = SCHEMA.append(pa.field("term_days", pa.int32())) if with_term else SCHEMA
    columns = [[row[place] for row in rows] for place in range(len(schema))]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    pq.write_table(pa.table(arrays, schema=schema), path, row_group_size=group, use_dictionary=["event_type"])
    return path


def blocks(folder: Path, events: Sequence[Event], days: int) -> list[Path]:
    """One file for so many days each, those without events left out."""
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(event.hour // 24 // days, []).append(event)
    return [write(folder / f"events-{number:04}.parquet", found[number]) for number in sorted(found)]


class Told(NamedTuple):
    """What a chunk tells of an event; the kind -1 is a type that nobody asked for."""

    customer: str
    day: int
    kind: int
    amount: int
    has_amount: bool
    term: int


def expected(events: Iterable[Event], types: tuple[str, ...] = TYPES) -> list[Told]:
    """What all chunks together must tell, by sorting everything."""
    return [
        Told(
            event.customer,
            DAY_ZERO + event.hour // 24,
            types.index(event.kind) if event.kind in types else -1,
            event.amount or 0,
            event.amount is not None,
            event.term or 0,
        )
        for event in sorted(events, key=lambda event: event.order)
    ]


def told(chunks: Iterable[tuple[pa.Array, EventChunk]]) -> list[Told]:
    """What chunks tell, event by event. Fails where a chunk does not hold together."""
    found: list[Told] = []
    for ids, chunk in chunks:
        assert chunk.starts[0] == 0
        assert chunk.starts[-1] == len(chunk.day) > 0
        assert (chunk.starts[1:] > chunk.starts[:-1]).all()
        assert len(ids) == chunk.customers
        names = ids.to_pylist()
        for customer in range(chunk.customers):
            for event in range(chunk.starts[customer], chunk.starts[customer + 1]):
                term = 0 if chunk.term is None else int(chunk.term[event])
                found.append(
                    Told(
                        names[customer],
                        int(chunk.day[event]),
                        int(chunk.kind[event]),
                        int(chunk.amount[event]),
                        bool(chunk.has_amount[event]),
                        term,
                    )
                )
    return found
