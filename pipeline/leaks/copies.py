"""Copies of the events whose future is another one: edited, deleted, added to, or with newcomers."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.snapshots import as_date
from pipeline.event_files import KEPT

MOST_EVENTS = 500_000  # more are sampled by customer, so that the check takes minutes
SORT = [("customer_id", "ascending"), ("event_time", "ascending"), ("event_type", "ascending"), ("amount", "ascending")]
SHAPE = {"customer_id", "event_day", "event_type"}
FOREIGN, STRANGE = Decimal("7.310000"), Decimal("99.500000")  # amounts that no honest event of the copy has by chance


@dataclass(frozen=True)
class World:
    """All events of a run in the order of the files, and what a new event needs to look like one of them."""

    events: pa.Table
    types: tuple[str, ...]
    timezone: str
    horizon_days: int
    sampled_of: int | None = None


def event_tables(folder: Path) -> list[Path]:
    """The files below a folder that hold rows shaped like events: events, and whatever else features are made of.

    Not kept columns, which are shown and never a feature.
    """
    found = sorted(path for path in folder.rglob("*.parquet") if not path.name.startswith("."))
    found = [path for path in found if path.parent.name != KEPT.name]
    return [path for path in found if set(pq.read_schema(path).names) >= SHAPE]


def load_events(files: list[Path], most: int = MOST_EVENTS) -> tuple[pa.Table, int | None]:
    """Every event of the files, or those of a fixed sample of customers; then also how many customers there are."""
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in files)
    if rows <= most:
        return _sorted(_together([pq.ParquetFile(path).read() for path in files])), None
    keep = -(-rows // most)
    parts: list[pa.Table] = []
    customers: set[str] = set()
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches():
            ids = batch.column("customer_id").dictionary_encode()
            names = ids.dictionary.to_pylist()
            customers.update(names)
            chosen = pa.array([zlib.crc32(name.encode()) % keep == 0 for name in names], pa.bool_())
            parts.append(pa.Table.from_batches([batch.filter(chosen.take(ids.indices))]))
    return _sorted(_together(parts)), len(customers)


def edited(world: World, snapshot: int) -> pa.Table:
    """The same events, those at and after the snapshot of another type and amount."""
    late, events = _late(world.events, snapshot), world.events
    types = pa.array(world.types)
    place = pc.index_in(events["event_type"], types)
    turned = pa.array([*world.types[1:], world.types[0]]).take(pc.fill_null(place, 0))
    kind = pc.if_else(pc.and_(late, pc.is_valid(place)), turned, events["event_type"])
    amount = events["amount"]
    other = pc.fill_null(pc.add(amount, pa.scalar(FOREIGN, amount.type)).cast(amount.type, safe=False), STRANGE)
    events = _with(events, "event_type", kind)
    return _sorted(_with(events, "amount", pc.if_else(late, other, amount)))


def deleted(world: World, snapshot: int) -> pa.Table:
    """Only the events before the snapshot."""
    return world.events.filter(pc.invert(_late(world.events, snapshot)))


def added(world: World, snapshot: int) -> pa.Table:
    """Events of every type for everybody: at the snapshot's midnight, a microsecond later, a day and half a horizon."""
    moments = [(0, 0), (0, 1), (1, 0), (max(2, world.horizon_days // 2), 0)]
    return _sorted(pa.concat_tables([world.events, *(_new(world, snapshot, *moment) for moment in moments)]))


def newcomers(world: World, snapshot: int) -> pa.Table:
    """Customers who were never seen before the snapshot, their ids between those of the others."""
    new = _new(world, snapshot, 0, 0)
    named = _with(new, "customer_id", pc.binary_join_element_wise(new["customer_id"], "~new", ""))
    return _sorted(pa.concat_tables([world.events, named]))


def the_day_before(world: World, snapshot: int) -> pa.Table:
    """The control: events a microsecond before the snapshot, which features must see."""
    return _sorted(pa.concat_tables([world.events, _new(world, snapshot - 1, 1, -1, day=snapshot - 1)]))


FUTURES: dict[str, Callable[[World, int], pa.Table]] = {
    "edited": edited,
    "deleted": deleted,
    "added": added,
    "newcomers": newcomers,
}


def _late(events: pa.Table, snapshot: int) -> pa.ChunkedArray:
    return pc.greater_equal(events["event_day"], pa.scalar(as_date(snapshot), pa.date32()))


def _new(world: World, base: int, days: int, microseconds: int, day: int | None = None) -> pa.Table:
    """An event of every type for every customer, some days and microseconds after the local midnight of `base`."""
    moment = midnight(as_date(base + days), world.timezone) + timedelta(microseconds=microseconds)
    ids = world.events["customer_id"].combine_chunks()
    last = pc.if_else(pc.equal(ids[:-1], ids[1:]), False, True) if len(ids) > 1 else pa.array([], pa.bool_())
    template = world.events.filter(pa.concat_arrays([last, pa.array([True])]))
    parts = []
    for kind in world.types:
        made = _with(template, "event_type", pa.array([kind] * len(template)))
        made = _with(made, "event_time", pa.array([moment] * len(template), pa.timestamp("us", "UTC")))
        on = as_date(base + days if day is None else day)
        made = _with(made, "event_day", pa.array([on] * len(template), pa.date32()))
        parts.append(_with(made, "amount", pa.array([STRANGE] * len(template), pa.decimal128(18, 6))))
    return pa.concat_tables(parts)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def _with(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, values.cast(field.type))


def _together(tables: list[pa.Table]) -> pa.Table:
    """One table of all; a column that one lacks is null there."""
    return pa.concat_tables(tables, promote_options="default")


def _sorted(events: pa.Table) -> pa.Table:
    return events.sort_by(SORT).combine_chunks()
