"""Small stories: hand-typed events in, feature rows out; and random worlds for properties. A helper, not a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from features.build import build_features, eligible_rows
from features.labels import churned, label_edges
from features.snapshots import as_date, day_number
from features.spec import FeatureSpec
from features.timeline import MICRO, EventChunk

Amount = int | float | Decimal | None
Event = tuple[str, str, str, Amount]  # customer_id, YYYY-MM-DD, event_type, amount
Key = tuple[str, str]  # customer_id, snapshot


def number(day: str) -> int:
    """The day number of a date as text."""
    return day_number(date.fromisoformat(day))


def moved(day: str, days: int) -> str:
    """A date as text, so many days later (negative: earlier)."""
    return str(date.fromisoformat(day) + timedelta(days=days))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as the engine sorts them: by customer, day, type and amount, unknown amounts last."""
    return sorted(events, key=lambda event: (*event[:3], event[3] is None, Decimal(str(event[3] or 0))))


def in_millionths(amount: Amount) -> int:
    """An amount as the integer that the events carry, 0 if unknown. Raises ValueError if it is finer than that."""
    millionths = Decimal(str(amount or 0)) * MICRO
    if millionths != int(millionths):
        raise ValueError(f"{amount} has more than six decimals")
    return int(millionths)


def as_chunk(events: Iterable[Event], types: tuple[str, ...]) -> tuple[list[str], EventChunk]:
    """The sorted customer ids and their events; a type that is not in `types` becomes -1, as in the engine."""
    ordered = in_order(events)
    ids = sorted({customer_id for customer_id, *_ in ordered})
    counts = [sum(event[0] == customer_id for event in ordered) for customer_id in ids]
    chunk = EventChunk(
        starts=np.cumsum([0, *counts], dtype=np.int64),
        day=np.array([number(day) for _, day, _, _ in ordered], np.int32),
        kind=np.array([types.index(kind) if kind in types else -1 for _, _, kind, _ in ordered], np.int16),
        amount=np.array([in_millionths(amount) for *_, amount in ordered], np.int64),
        has_amount=np.array([amount is not None for *_, amount in ordered], bool),
        types=types,
    )
    return ids, chunk


@dataclass(frozen=True)
class World:
    """Events, and everything that decides what is made of them. Dates are text; `snapshots` rise."""

    events: tuple[Event, ...]
    spec: FeatureSpec
    snapshots: tuple[str, ...]
    data_start: str = "2024-01-01"
    lead_days: int = 0
    horizon_days: int = 28

    def having(self, events: Iterable[Event]) -> World:
        """The same world with other events."""
        return replace(self, events=tuple(events))


@dataclass(frozen=True)
class Told:
    """What the features say: one entry per eligible (customer_id, snapshot), in the order of the tables.

    `lapsed` has one (snapshot, active days, recency, tenure) per lapsed customer and snapshot.
    """

    keys: list[Key]
    columns: dict[str, NDArray[np.float32]]
    churned: NDArray[np.bool_]
    lapsed: list[tuple[str, int, int, int]]

    def row(self, customer_id: str, snapshot: str) -> dict[str, float | None]:
        """One row's values by name; None where the table has a null."""
        at = self.keys.index((customer_id, snapshot))
        values = {name: float(column[at]) for name, column in self.columns.items()}
        return {name: None if np.isnan(value) else value for name, value in values.items()}

    def rows(self) -> dict[Key, dict[str, float | None]]:
        """Every row's values by key."""
        return {key: self.row(*key) for key in self.keys}

    def labels(self) -> dict[Key, bool]:
        """Every row's label by key."""
        return {key: bool(label) for key, label in zip(self.keys, self.churned, strict=True)}

    def row_bytes(self) -> dict[Key, bytes]:
        """Every row's feature values as raw bytes, for comparisons that allow no difference at all."""
        matrix = np.stack(list(self.columns.values()), axis=1)
        return {key: row.tobytes() for key, row in zip(self.keys, matrix, strict=True)}


def tell(world: World) -> Told:
    """Run eligibility, features and labels over one chunk that holds all the world's customers."""
    spec, offsets = world.spec, label_edges(world.lead_days, world.horizon_days)
    ids, chunk = as_chunk(world.events, spec.types())
    days = [number(day) for day in world.snapshots]
    found = eligible_rows(chunk, days, spec, number(world.data_start), offsets)
    keys = zip(found.rows.customer, found.rows.snapshot, strict=True)
    lapsed = np.stack(list(found.lapsed.values()), axis=1).tolist()
    return Told(
        keys=[(ids[customer], str(as_date(day))) for customer, day in keys],
        columns=build_features(found.rows, spec),
        churned=churned(found.rows, spec.activity, world.lead_days, world.horizon_days),
        lapsed=[(str(as_date(day)), *numbers) for day, *numbers in lapsed],
    )


# Random worlds: few customers, few days, and most events close to an edge of some window.

CUSTOMERS = ("ann", "bob", "cleo")
ROLES = {
    "activity": ("purchase", "log-in", "renewal"),
    "engagement": ("visit", "page view"),
    "friction": ("return", "e-mail: complaint"),
    "feedback": ("nps", "csat"),
    "level": ("balance", "points"),
}
NO_ROLE = "gossip"
FIRST_DAY = "2024-01-01"
CENTS = st.integers(-1_000_000, 1_000_000).map(lambda cents: Decimal(cents) / 100)
MILLIONTHS = st.integers(-1_000_000, 1_000_000).map(lambda millionths: Decimal(millionths) / MICRO)
AMOUNTS: st.SearchStrategy[Amount] = (
    st.none() | st.sampled_from([Decimal(n) for n in (0, 5, 10, -3)]) | CENTS | MILLIONTHS
)


@st.composite
def specs(draw: st.DrawFn) -> FeatureSpec:
    """Roles of one to three types (activity) or none to two, any of them money; short lookbacks."""
    roles = {role: types[: draw(st.integers(role == "activity", len(types)))] for role, types in ROLES.items()}
    named = [event_type for types in roles.values() for event_type in types]
    lookbacks = draw(st.sets(st.integers(1, 40), min_size=1, max_size=3))
    return FeatureSpec(
        **roles,
        money=tuple(event_type for event_type in named if draw(st.booleans())),
        lookback_days=tuple(sorted(lookbacks)),
        active_within_days=draw(st.integers(1, 60)),
    )


def days_near_edges(spec: FeatureSpec, snapshots: Sequence[str], label: Sequence[int]) -> st.SearchStrategy[str]:
    """Days of a snapshot, days on an edge of a window or just before it, or any day of the half year."""
    offsets = {0, spec.active_within_days, *spec.lookback_days, *(2 * days for days in spec.lookback_days)}
    offsets |= {-days for days in label}
    near = {moved(day, -offset - before) for day in snapshots for offset in offsets for before in (0, 1)}
    anywhere = st.integers(0, 180).map(lambda days: moved(FIRST_DAY, days))
    return st.sampled_from(snapshots) | st.sampled_from(sorted(near)) | anywhere


def events_on(days: st.SearchStrategy[str], spec: FeatureSpec) -> st.SearchStrategy[list[Event]]:
    """Lists of random events on such days, many of them activity, some of a type without a role; long or short."""
    every = [event_type for types in ROLES.values() for event_type in types]
    kinds = st.sampled_from(spec.activity) | st.sampled_from(spec.types()) | st.sampled_from([*every, NO_ROLE])
    event = st.tuples(st.sampled_from(CUSTOMERS), days, kinds, AMOUNTS)
    return st.lists(event, min_size=12, max_size=28) | st.lists(event, max_size=4)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A random world of at most three customers, 32 events and three snapshots."""
    spec = draw(specs())
    days = st.integers(0, 60).map(lambda days: moved("2024-03-01", days))
    snapshots = tuple(sorted(draw(st.sets(days, min_size=1, max_size=3))))
    lead, horizon = draw(st.integers(0, 10)), draw(st.integers(1, 40))
    events = draw(events_on(days_near_edges(spec, snapshots, (lead, lead + horizon)), spec))
    apart = draw(st.sampled_from([28, spec.active_within_days]))  # as long as the first weeks, or as the longest break
    events += [(who, moved(day, apart), kind, amount) for who, day, kind, amount in events[:4]]
    data_start = min([FIRST_DAY, *(day for _, day, _, _ in events)])
    return World(tuple(events), spec, snapshots, data_start, lead, horizon)
