"""Which files lie in data/events beside the events: attributes, who objects, who is not contacted, columns to show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError
from pipeline.tables import EVENTS_OPEN, read_table

TERM = "term_days"  # a column of events, only where the definition of leaving is lapse
ATTRIBUTES = "attributes.parquet"
OBJECTORS = "objectors.parquet"
NO_CONTACT = "no_contact.parquet"
DISPLAYED = "display.parquet"
KEPT = EVENTS_OPEN.parent / "kept"  # columns of events.keep, apart from what training reads
KEPT_CLOSED, KEPT_OPEN = KEPT / "closed.parquet", KEPT / "open.parquet"


def event_blocks(*folders: Path) -> list[Path]:
    """The files of events below these folders in the order of time: each a block of days, named by the first of them.

    Raises ArtifactError where a folder has none.
    """
    found: list[Path] = []
    for folder in folders:
        blocks = list(folder.glob("events*.parquet"))  # `events.parquet`: all of them in one file
        if not blocks:
            raise ArtifactError(f"{folder} holds no events: run `make repro`.")
        found += blocks
    place = {folder: number for number, folder in enumerate(folders)}
    return sorted(found, key=lambda path: (path.name, place[path.parent]))


def event_files(*folders: Path) -> list[Path]:
    """The files that features are made of: events in the order of time, then attributes where there are any."""
    attributes = [folder / ATTRIBUTES for folder in folders if (folder / ATTRIBUTES).exists()]
    return [*event_blocks(*folders), *attributes]


def objectors(folder: Path) -> pa.Array:
    """Ids of those who must be left out, none where no table says so."""
    return _ids(folder / OBJECTORS)


def no_contact(folder: Path) -> pa.Array:
    """Ids of those who are scored but must not be contacted, none where no table says so."""
    return _ids(folder / NO_CONTACT)


def _ids(path: Path) -> pa.Array:
    return read_table(path).column("customer_id").combine_chunks() if path.exists() else pa.array([], pa.string())


def kept_files(keep: Sequence[str]) -> list[Path]:
    """The files of kept columns, none where none is kept.

    Raises ArtifactError where they are missing or were written for other columns.
    """
    if not keep:
        return []
    for path in (KEPT_CLOSED, KEPT_OPEN):
        if not path.exists() or not set(keep) <= set(pq.read_schema(path).names):
            raise ArtifactError(
                f"{path} does not hold the columns of events.keep ({', '.join(keep)}): run `make repro`."
            )
    return [KEPT_CLOSED, KEPT_OPEN]


def display_columns(ids: Sequence[str]) -> pa.Table:
    """One row per id, in their order: the columns to show, null where the customers table does not know the id."""
    path = EVENTS_OPEN / DISPLAYED
    wanted = pa.table({"customer_id": pa.array(ids, pa.string()), "_place": pa.array(range(len(ids)), pa.int64())})
    if not path.exists():
        return wanted.select([])
    joined = wanted.join(read_table(path), "customer_id", join_type="left outer").sort_by("_place")
    return joined.drop_columns(["_place", "customer_id"])
