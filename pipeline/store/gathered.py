"""All that the source holds, ready to be looked at and written, whether it was read anew or only what is new in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipeline.cleaning.accounts import Counts
from pipeline.engine import Connection, literal
from pipeline.horizon import Calendar
from pipeline.store.blocks import Block, Kind
from pipeline.store.state import FileEntry

EVENTS, KEPT_ROWS = "events", "kept_rows"  # tables or views: rows of this run
GONE = "gone_"  # before either name: rows that the last run made, and that are no more


class Keeper(Protocol):
    """Writes what a source holds, on whatever engine it was gathered."""

    def cancels_at_once(self) -> int:
        """As `usable.count_cancels_at_once`, of all events."""

    def write_events(self, calendar: Calendar) -> None:
        """Write events, kept columns and the calendar."""

    def kept_rows(self) -> str:
        """The rows of all kept columns as SQL, once they are written."""

    def write_rejected(self) -> None:
        """Write every rejected row as it came, in the order of the source."""

    def remember(self) -> None:
        """Write what the next run may use, last of all."""


@dataclass(frozen=True)
class Gathered:
    """The tables of figures in the engine are complete; `events` may be what is new only.

    `past` are the blocks of the last run that still count, with the sha256 of their files, and `dirty` the days on
    which this run changes something; both are empty where everything was read. `numbers` are the files that were read.
    """

    connection: Connection
    files: tuple[Path, ...]
    ledger: Mapping[int, FileEntry]
    columns: dict[str, str]
    counts: Counts
    rejected: pa.Table
    past: dict[Block, str] = field(default_factory=dict)
    dirty: frozenset[date] = frozenset()
    gone: bool = False

    @property
    def unread(self) -> int:
        """Lines of all files that make no row."""
        return sum(entry.unread for entry in self.ledger.values())

    @property
    def empty_files(self) -> int:
        """Files without a row."""
        return sum(entry.rows == 0 for entry in self.ledger.values())

    def stays(self, block: Block) -> bool:
        """Whether the file of a block is already what it shall be."""
        return block in self.past and not any(block.first <= day < block.end for day in self.dirty)

    def rows(self, name: str, kind: Kind, wanted: list[Block] | None = None) -> str:
        """The rows of `events` or `kept_rows` as SQL: all, or at least those of the wanted blocks."""
        kept = name == KEPT_ROWS
        files = [
            block.path
            for block in sorted(self.past)
            if (block.folder.name == "kept") == kept and (wanted is None or any(map(block.overlaps, wanted)))
        ]
        new = f"SELECT {kind.columns} FROM {name}"
        if not files:
            return f"({new})"
        listed = ", ".join(literal(str(path)) for path in files)
        old = f"SELECT {kind.columns} FROM read_parquet([{listed}])"
        if self.gone:
            within = " OR ".join(f"({block.within})" for block in self.past if block.path in files)
            old = f"({old} EXCEPT ALL SELECT {kind.columns} FROM {GONE}{name} WHERE {within})"
        return f"({old} UNION ALL {new})"
