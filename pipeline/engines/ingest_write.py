"""Files of events that executors write: of whole customers, one per place and folder, aside until all are there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engines.tasks import Batches, Packet, by_place
from pipeline.event_files import BLOCKS, KEPT
from pipeline.store.gathered import EVENTS, KEPT_ROWS
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, write_table

ASIDE = EVENTS_OPEN.parent / ".incoming"
WRITTEN = "written"  # kind of packets: the path of a file
FOLDERS = (EVENTS_CLOSED, EVENTS_OPEN, KEPT)


@dataclass(frozen=True)
class WriteFiles:
    """The work that writes the events and kept columns of some places, cut where closed labels end to see."""

    closed_before: date

    def __call__(self, batches: Batches) -> Iterator[Packet]:
        """The files that were written."""
        for place, tables in by_place(batches):
            if EVENTS in tables:
                events = pa.concat_tables(tables[EVENTS])
                closed = pc.less(events.column("event_day"), pa.scalar(self.closed_before, pa.date32()))
                for folder, rows in ((EVENTS_CLOSED, closed), (EVENTS_OPEN, pc.invert(closed))):
                    yield from _write(events.filter(rows), folder, place)
            if KEPT_ROWS in tables:
                yield from _write(pa.concat_tables(tables[KEPT_ROWS]), KEPT, place, even_empty=True)


def _write(rows: pa.Table, folder: Path, place: int, even_empty: bool = False) -> Iterator[Packet]:
    if rows.num_rows or even_empty:
        path = ASIDE / folder.name / f"events-part-{place:05}.parquet"
        write_table([rows], rows.schema, path)
        yield Packet(WRITTEN, str(path).encode(), place)


def clear() -> None:
    """Remove what a killed run left aside."""
    shutil.rmtree(ASIDE, ignore_errors=True)


def put_in_place(written: Iterable[Path]) -> None:
    """Let the written files take the place of all that were there."""
    for folder in FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob(BLOCKS):
            path.unlink()
    for path in sorted(written):
        os.replace(path, ASIDE.parent / path.parent.name / path.name)
    clear()
    if not any(KEPT.iterdir()):
        KEPT.rmdir()
