"""What ingest remembers of the last run, in data/store: files read, figures, and which blocks of events they made.

It is a function of the source and the settings alone: after a new week's file it is, byte for byte, what reading
everything anew would leave. It is taken away before anything is written and comes back last, so a killed run has none,
and the next run reads everything.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.cleaning import event_figures, file_figures
from pipeline.cleaning.accounts import Counts
from pipeline.engine import Connection, literal
from pipeline.event_files import KEPT, block_files
from pipeline.folders import sha256
from pipeline.protection.forgotten import FORGOTTEN
from pipeline.settings import Settings
from pipeline.store.blocks import Block
from pipeline.tables import DATA, EVENTS_CLOSED, EVENTS_OPEN, REJECTED, read_json, write_json, write_table

STORE = DATA / "store"
STATE = STORE / "state.json"
REJECTS = REJECTED / "rejected.parquet"
ORDER = {**event_figures.ORDER, **file_figures.ORDER}  # every table of figures, and the order of its rows
CODE = ("cleaning", "protection", "sections", "sources", "store")
MODULES = ("engine.py", "event_files.py", "horizon.py", "ingest.py", "settings.py", "tables.py")


@dataclass(frozen=True)
class FileEntry:
    """One file of the source as it was read; `keys` is how many keys of its rows are remembered."""

    path: str
    sha256: str
    rows: int
    unread: int
    keys: int


@dataclass(frozen=True)
class State:
    """What the last run read and made; `blocks` have the sha256 of their files."""

    fingerprint: str
    columns: dict[str, str]
    files: tuple[FileEntry, ...]
    counts: Counts
    blocks: dict[Block, str]

    def to_json(self, tables: dict[str, str]) -> dict[str, Any]:
        """As state.json holds it."""
        return {
            "fingerprint": self.fingerprint,
            "columns": self.columns,
            "files": [dataclasses.asdict(entry) for entry in self.files],
            "counts": dataclasses.asdict(self.counts),
            "blocks": [
                {"file": str(block.path), "first": str(block.first), "end": str(block.end), "sha256": digest}
                for block, digest in sorted(self.blocks.items())
            ],
            "tables": tables,
        }


def fingerprint(settings: Settings) -> str:
    """A digest of all that decides what a row of the source becomes: settings, programs, forgotten people."""
    digest, root = hashlib.sha256(), Path(__file__).resolve().parents[1]
    files = sorted(path for name in CODE for path in (root / name).glob("*.py"))
    for path in [*files, *(root / name for name in MODULES), FORGOTTEN]:
        digest.update(f"{path.name}\n".encode() + (path.read_bytes() if path.exists() else b""))
    term = settings.churn.lapse_term
    sections = [settings.events.model_dump_json(), settings.privacy.model_dump_json()]
    shown = [*sections, settings.churn.definition, str(term)]
    digest.update("\n".join([*shown, *map(version, ("duckdb", "pyarrow"))]).encode())
    return digest.hexdigest()


def table_file(name: str) -> Path:
    """The file of a table of figures."""
    return STORE / f"{name}.parquet"


def forget_state() -> None:
    """Take the state away: until it is written again, everything is read anew."""
    STATE.unlink(missing_ok=True)


def save_state(connection: Connection, state: State) -> None:
    """Write the tables of figures as they stand in the engine, then the state that names them."""
    tables = {REJECTS.name: sha256(REJECTS)}
    for name, order in ORDER.items():
        table = connection.sql(f"SELECT * FROM {name} ORDER BY {order}").to_arrow_table()
        write_table([table], table.schema, table_file(name))
        tables[name] = sha256(table_file(name))
    write_json(state.to_json(tables), STATE)


def load_state(settings: Settings) -> tuple[State | None, str]:
    """The state of the last run; or None, and why it is of no use."""
    if not STATE.exists():
        return None, "nothing was read before, or the last run was cut off"
    said = read_json(STATE)
    if said["fingerprint"] != fingerprint(settings):
        return None, "settings, the program or the list of forgotten people changed"
    blocks = {
        Block(date.fromisoformat(item["first"]), date.fromisoformat(item["end"]), Path(item["file"]).parent): str(
            item["sha256"]
        )
        for item in said["blocks"]
    }
    if sorted(block.path for block in blocks) != sorted(block_files(EVENTS_CLOSED, EVENTS_OPEN, KEPT)):
        return None, "the events are not those of the last run"
    digests = {block.path: digest for block, digest in blocks.items()}
    digests |= {table_file(name): said["tables"][name] for name in ORDER} | {REJECTS: said["tables"][REJECTS.name]}
    changed = [path for path, digest in digests.items() if not path.exists() or sha256(path) != digest]
    if changed:
        return None, f"{changed[0]} is not as the last run left it"
    files = tuple(FileEntry(**entry) for entry in said["files"])
    return State(said["fingerprint"], said["columns"], files, Counts(**said["counts"]), blocks), ""


def load_figures(connection: Connection, numbers: dict[int, int], prefix: str) -> None:
    """Create a table `<prefix><name>` per table of figures of the state; `numbers`: file then to file now."""
    cases = " ".join(f"WHEN {then} THEN {now}" for then, now in numbers.items())
    for name in ORDER:
        source = f"read_parquet({literal(str(table_file(name)))})"
        picked = f"* REPLACE (CAST(CASE file {cases} END AS BIGINT) AS file)" if name in file_figures.ORDER else "*"
        connection.execute(f"CREATE TEMP TABLE {prefix}{name} AS SELECT {picked} FROM {source}")
