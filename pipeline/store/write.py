"""Events, kept columns, rejected rows and the state as files: all new ones are whole before any takes its place."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date

from pipeline.cleaning.event_figures import DAYS
from pipeline.cleaning.kept import kept_kind
from pipeline.cleaning.usable import count_cancels_at_once
from pipeline.engine import literal
from pipeline.event_files import KEPT
from pipeline.folders import sha256
from pipeline.horizon import Calendar
from pipeline.settings import Settings
from pipeline.store.blocks import Block, Kind, event_blocks, events_kind, kept_blocks, remove_others, write_block
from pipeline.store.gathered import EVENTS, KEPT_ROWS, Gathered
from pipeline.store.keys import write_keys
from pipeline.store.state import REJECTS, State, fingerprint, save_state
from pipeline.summary import progress
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, write_json, write_table


@dataclass
class BlockKeeper:
    """Writes what was gathered on this machine, in blocks of time."""

    found: Gathered
    settings: Settings
    blocks: dict[Block, str] = field(default_factory=dict)

    def cancels_at_once(self) -> int:
        """As `usable.count_cancels_at_once`, of all events."""
        rows = self.found.rows(EVENTS, events_kind(False))
        return count_cancels_at_once(self.found.connection, rows, self.settings.events)

    def write_events(self, calendar: Calendar) -> None:
        """Write the blocks that change and the calendar, remove those that are no more."""
        self.blocks = write_events(self.found, calendar, self.settings)

    def kept_rows(self) -> str:
        """The rows of all blocks of kept columns as SQL."""
        return all_kept(self.blocks)

    def write_rejected(self) -> None:
        """Every rejected row as it came, in the order of the source."""
        write_table([self.found.rejected], self.found.rejected.schema, REJECTS)

    def remember(self) -> None:
        """Write the state, last of all."""
        remember(self.found, self.blocks, self.settings)


def write_events(found: Gathered, calendar: Calendar, settings: Settings) -> dict[Block, str]:
    """Write the blocks that change and the calendar, remove those that are no more; all blocks with their sha256."""
    days = [day for (day,) in found.connection.execute(f"SELECT DISTINCT event_day FROM {DAYS}").fetchall()]
    wanted = _wanted(days, calendar, settings)
    with ExitStack() as stack:
        changed = [block for block in wanted if not found.stays(block)]
        for block in progress(changed, "blocks of events", len(changed)):
            name, kind = wanted[block]
            stack.enter_context(write_block(found.connection, block, kind, found.rows(name, kind, [block])))
    remove_others((EVENTS_CLOSED, EVENTS_OPEN, KEPT), wanted)
    if not settings.events.keep and KEPT.is_dir() and not any(KEPT.iterdir()):
        KEPT.rmdir()
    write_json(calendar.labelled(), EVENTS_CLOSED / "slices.json")
    write_json(calendar.current(), EVENTS_OPEN / "as_of.json")
    return {block: found.past[block] if found.stays(block) else sha256(block.path) for block in wanted}


def _wanted(days: list[date], calendar: Calendar, settings: Settings) -> dict[Block, tuple[str, Kind]]:
    """Every block that shall be there, with the table of its rows and what they are."""
    kind, keep = events_kind(settings.churn.lapse_term is not None), settings.events.keep
    wanted = dict.fromkeys(event_blocks(days, calendar.closed_before), (EVENTS, kind))
    return wanted | ({block: (KEPT_ROWS, kept_kind(keep)) for block in kept_blocks(days)} if keep else {})


def all_kept(blocks: dict[Block, str]) -> str:
    """The rows of all blocks of kept columns as SQL."""
    listed = ", ".join(literal(str(block.path)) for block in sorted(blocks) if block.folder == KEPT)
    return f"read_parquet([{listed}])"


def remember(found: Gathered, blocks: dict[Block, str], settings: Settings) -> None:
    """Write the state, last of all."""
    write_keys(found.connection, found.ledger, anew=not found.past)
    ledger = tuple(found.ledger[number] for number in range(len(found.files)))
    save_state(found.connection, State(fingerprint(settings), found.columns, ledger, found.counts, blocks))
