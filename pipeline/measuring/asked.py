"""What became of the customers of past lists, by the label function of training, in one pass over the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.labels import left_within, spend_types, spend_within
from features.rows import Rows
from features.snapshots import day_number
from features.spec import FeatureSpec
from features.timeline import Timeline
from models.table import Bools, Floats
from pipeline.event_files import BLOCKS, block_files
from pipeline.streaming.events import stream_events
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN

MOST_CELLS = 1 << 21  # customers times edges of a chunk: bounds the memory of its edge table


@dataclass(frozen=True)
class Asked:
    """Customers of one day, by id, and how many days after `day` + `lead` to look, rising; the last for spend too."""

    ids: pa.Array
    day: int
    lead: int
    spans: tuple[int, ...]

    @property
    def opens(self) -> int:
        """The first day that is looked at."""
        return self.day + self.lead

    @property
    def edges(self) -> set[int]:
        """Every day number at which something is counted."""
        return {self.day, self.opens, *(self.opens + span for span in self.spans)}


@dataclass
class Answer:
    """One entry per customer asked about: whether they had left by each span, and what they spent by the last.

    `left` has a column per span; where leaving is silence, a customer without an event in the window has left. Spend is
    0 where nothing was spent.
    """

    left: Bools
    spend: Floats


def answers(asked: Sequence[Asked], spec: FeatureSpec) -> list[Answer]:
    """An answer per question. Raises ArtifactError where events are missing or damaged.

    Where leaving is silence only blocks from the first day of a window on are read: no event before it matters.
    """
    silence = spec.definition == "inactivity"
    found = [Answer(np.full((len(one.ids), len(one.spans)), silence), np.zeros(len(one.ids))) for one in asked]
    edges = np.array(sorted(set().union(*(one.edges for one in asked))), np.int64)
    if not len(edges):
        return found
    opens = min(one.opens for one in asked)
    files = _files(opens if silence else None)
    most = max(MOST_CELLS // (len(edges) + 1), 1)
    for ids, chunk in stream_events(files, spec.types(), spec.definition == "lapse", most) if files else ():
        timeline = Timeline(chunk, edges)
        for one, answer in zip(asked, found, strict=True):
            _answer(one, answer, ids, timeline, spec)
    return found


def _files(opens: int | None) -> list[Path]:
    """The blocks that reach to a day or beyond; None: all."""
    files = block_files(EVENTS_CLOSED, EVENTS_OPEN)
    if opens is None:
        return files
    first = [day_number(date.fromisoformat(path.name.removeprefix(BLOCKS[: BLOCKS.index("*")])[:10])) for path in files]
    begun = [day for day in first if day <= opens]
    return [path for path, day in zip(files, first, strict=True) if not begun or day >= max(begun)]


def _answer(one: Asked, answer: Answer, ids: pa.Array, timeline: Timeline, spec: FeatureSpec) -> None:
    low, high = bounds(one.ids, ids[0].as_py(), ids[-1].as_py())
    at = pc.index_in(one.ids.slice(low, high - low), value_set=ids)
    here = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
    if not len(here):
        return
    who = at.take(pa.array(here)).to_numpy().astype(np.int64)
    rows = Rows(timeline, who, np.full(len(who), one.day), 0)
    place = here + low
    for column, span in enumerate(one.spans):
        answer.left[place, column] = left_within(rows, spec, one.lead, span)
    if types := spend_types(spec):
        answer.spend[place] = spend_within(rows, types, one.lead, one.spans[-1])


def bounds(ids: pa.Array, first: str, last: str) -> tuple[int, int]:
    """Between which places of sorted ids those from `first` to `last` lie."""
    return _place(ids, first, False), _place(ids, last, True)


def _place(ids: pa.Array, name: str, after: bool) -> int:
    """How many ids come before the name, or before what follows it; by bytes, as the events are sorted."""
    wanted, low, high = name.encode(), 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        here = ids[middle].as_py().encode()
        if here < wanted or (after and here == wanted):
            low = middle + 1
        else:
            high = middle
    return low


def weeks_of(horizon_days: int) -> Iterator[int]:
    """The whole weeks of a horizon, in days, and its end."""
    yield from range(7, horizon_days, 7)
    yield horizon_days
