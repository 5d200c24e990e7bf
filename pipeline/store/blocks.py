"""Events in blocks: a file per quarter of a year, so that a new week leaves the past as it lies.

A block is named by its first day and sorted by customer and time. What closed labels can see lies in another folder
than the rest, so the quarter in which that boundary falls has a block in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.engine import SORT_KEY, TERM, Connection, literal
from pipeline.event_files import BLOCKS, KEPT
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, ROW_GROUP, atomic

MONTHS = 3


@dataclass(frozen=True, order=True)
class Block:
    """Events of the days `[first, end)`; `folder` is where they lie."""

    first: date
    end: date
    folder: Path

    @property
    def path(self) -> Path:
        """The file of the block."""
        return self.folder / f"events-{self.first}.parquet"

    @property
    def within(self) -> str:
        """SQL that asks whether an event is of the block."""
        return f"event_day >= DATE '{self.first}' AND event_day < DATE '{self.end}'"

    def overlaps(self, other: Block) -> bool:
        """Whether the two have a day in common."""
        return self.first < other.end and other.first < self.end


@dataclass(frozen=True)
class Kind:
    """What the rows of blocks are: their columns, in the order of the file, and the order of rows."""

    columns: str
    order: str


def events_kind(with_term: bool) -> Kind:
    """The kind of data/events/closed and data/events/open."""
    columns = "customer_id, event_time, event_day, event_type, amount"
    return Kind(f"{columns}, {TERM}", f"{SORT_KEY}, {TERM}") if with_term else Kind(columns, SORT_KEY)


def event_blocks(days: Iterable[date], closed_before: date) -> list[Block]:
    """The blocks that hold events of these days, in the order of time."""
    found = set()
    for day in days:
        first, end = quarter(day)
        if day < closed_before:
            found.add(Block(first, min(end, closed_before), EVENTS_CLOSED))
        else:
            found.add(Block(max(first, closed_before), end, EVENTS_OPEN))
    return sorted(found)


def kept_blocks(days: Iterable[date]) -> list[Block]:
    """The same for the kept columns, which training does not read, so that they know no boundary."""
    return sorted({Block(*quarter(day), KEPT) for day in days})


def quarter(day: date) -> tuple[date, date]:
    """The first day of a day's quarter, and of the next one."""
    month = (day.month - 1) // MONTHS * MONTHS + 1
    after = date(day.year + 1, 1, 1) if month + MONTHS > 12 else date(day.year, month + MONTHS, 1)
    return date(day.year, month, 1), after


@contextmanager
def write_block(connection: Connection, block: Block, kind: Kind, source: str) -> Iterator[None]:
    """Write one block from rows given as SQL, sorted; it takes its place when the context ends without an error.

    Until then the files that `source` reads, which may be the same, stay as they are.
    """
    # As with `may_be_null`: by the days asked for the engine knows that no day is null, and would declare it so.
    columns = kind.columns.replace("event_day", "if(customer_id IS NULL, NULL, event_day) AS event_day", 1)
    with atomic(block.path) as aside:
        connection.execute(
            f"COPY (SELECT {columns} FROM {source} WHERE {block.within} ORDER BY {kind.order}) "
            f"TO {literal(str(aside))} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP}, "
            "WRITE_BLOOM_FILTER false)"
        )
        yield


def remove_others(folders: Iterable[Path], blocks: Iterable[Block]) -> None:
    """Remove the blocks of earlier runs that are none any more."""
    present = {block.path for block in blocks}
    for folder in folders:
        for path in sorted(folder.glob(BLOCKS)):
            if path not in present:
                path.unlink()
