"""One function from events to features, for training and for scoring alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.attributes import attributes
from features.catalog import Feature, as_float32
from features.contract import contract
from features.engagement import engagement
from features.feedback import feedback
from features.frequency import frequency
from features.labels import eligible
from features.lifecycle import lifecycle
from features.monetary import monetary
from features.recency import recency
from features.rhythm import rhythm
from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import EventChunk, Ints, Timeline, only
from features.trend import trend, trend_edges

Family = Callable[[FeatureSpec], Iterator[Feature]]
FAMILIES: tuple[Family, ...] = (
    recency,
    frequency,
    monetary,
    engagement,
    rhythm,
    trend,
    lifecycle,
    feedback,
    contract,
    attributes,
)


@dataclass(frozen=True)
class Population:
    """Every customer known at a snapshot: the eligible ones as rows, the lapsed ones as what BG/NBD needs of them.

    `lapsed` columns, one entry per lapsed (customer, snapshot): snapshot, active days, recency and tenure in days; at
    the day of the census everybody is among them. `active_on` holds the day of each (customer, active day), `first_on`
    the first of each customer.
    """

    rows: Rows
    lapsed: dict[str, Ints]
    active_on: Ints
    first_on: Ints


def catalog(spec: FeatureSpec) -> list[Feature]:
    """Every feature of the settings, in the order of the tables. Raises ValueError if two bear one name."""
    return list(_catalog(spec, FAMILIES))


@lru_cache(maxsize=16)
def _catalog(spec: FeatureSpec, families: tuple[Family, ...]) -> tuple[Feature, ...]:
    """Made once: declaring all features takes as long as computing four of them for a chunk."""
    found = [feature for family in families for feature in family(spec)]
    names = [feature.name for feature in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"features {twice} are declared twice: an event type makes the column of another type or of a role; "
            "rename it in events.query"
        )
    return tuple(found)


def needed_edges(spec: FeatureSpec, snapshots: Sequence[int], extra: Sequence[int] = ()) -> Ints:
    """Sorted edge days for these snapshots: themselves, every lookback, and `extra` offsets (days before)."""
    offsets = {0, spec.active_within_days, *spec.lookback_days, *trend_edges(spec), *extra}
    return np.unique([day - offset for day in snapshots for offset in offsets]).astype(np.int64)


def eligible_rows(
    chunk: EventChunk,
    snapshots: Sequence[int],
    spec: FeatureSpec,
    data_start: int,
    extra: Sequence[int] = (),
    census: int | None = None,
) -> Population:
    """One row per eligible (customer, snapshot), by customer, then snapshot; and the lapsed beside them.

    Eligible: see features/labels.py. Lapsed: known by an activity event before the snapshot, and not eligible. At the
    day of the `census` everybody is only counted.
    """
    edges = needed_edges(spec, snapshots, extra)
    timeline = Timeline(chunk, edges if census is None else np.union1d(edges, census))
    days = np.array(sorted(snapshots), np.int64)
    every = Rows(
        timeline,
        np.repeat(np.arange(chunk.customers), len(days)),
        np.tile(days, chunk.customers),
        data_start,
    )
    alive = eligible(every, spec)
    rows = Rows(timeline, every.customer[alive], every.snapshot[alive], data_start)
    gone = ~alive & (every.count(spec.activity, None) > 0)
    apart = Rows(timeline, every.customer[gone], every.snapshot[gone], data_start)
    histories = [_history(apart, spec), *([] if census is None else [_everybody(timeline, census, spec, data_start)])]
    entries = timeline.days(spec.activity)
    first = np.diff(entries.customer, prepend=-1) > 0
    return Population(
        rows,
        {name: np.concatenate([history[name] for history in histories]) for name in histories[0]},
        entries.day,
        entries.day[first],
    )


def _everybody(timeline: Timeline, day: int, spec: FeatureSpec, data_start: int) -> dict[str, Ints]:
    customers = np.arange(timeline.chunk.customers)
    every = Rows(timeline, customers, np.full(len(customers), day), data_start)
    known = every.count(spec.activity, None) > 0
    return _history(Rows(timeline, customers[known], every.snapshot[known], data_start), spec)


def _history(rows: Rows, spec: FeatureSpec) -> dict[str, Ints]:
    gaps = rows.gaps(spec.activity)
    first = gaps.day(gaps.first)
    return {
        "snapshot": rows.snapshot,
        "active_days": gaps.end - gaps.first,
        "recency_days": rows.days_since_last(spec.activity).astype(np.int64),
        "tenure_days": (rows.snapshot - first).astype(np.int64),
    }


def narrowed(rows: Rows) -> tuple[Rows, Ints]:
    """The same rows over the events of their own customers, where these are few; and which customers those are.

    Features cost by the event, and of ten years of customers most have lapsed.
    """
    timeline = rows.timeline
    chunk = timeline.chunk
    wanted = np.zeros(chunk.customers, bool)
    wanted[rows.customer] = True
    if 2 * np.count_nonzero(wanted) > chunk.customers:
        return rows, np.arange(chunk.customers)
    place = np.cumsum(wanted) - 1
    few = Timeline(only(chunk, wanted), timeline.edges)
    return Rows(few, place.take(rows.customer), rows.snapshot, rows.data_start), np.flatnonzero(wanted)


def build_features(rows: Rows, spec: FeatureSpec) -> dict[str, NDArray[np.float32]]:
    """One float32 column per feature of the catalog, one entry per spine row."""
    return {feature.name: as_float32(feature.compute(rows)) for feature in catalog(spec)}
