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
BLOCKS = "events-*.parquet"  # a file per quarter, named by its first day: pipeline/store/blocks.py


def event_files(*folders: Path) -> list[Path]:
    """The files that features are made of: blocks of events in the order of time, then attributes where there are any.

    Raises ArtifactError if there is no event.
    """
    blocks = block_files(*folders)
    if not blocks:
        raise ArtifactError(f"{folders[0]} holds no events: run `make repro`.")
    return [*blocks, *(folder / ATTRIBUTES for folder in folders if (folder / ATTRIBUTES).exists())]


def block_files(*folders: Path) -> list[Path]:
    """The blocks of all folders in the order of time: for one customer, one after the other is the order of events."""
    return sorted((path for folder in folders for path in folder.glob(BLOCKS)), key=lambda path: path.name)


def objectors(folder: Path) -> pa.Array:
    """Ids of those who must be left out, none where no table says so."""
    return _ids(folder / OBJECTORS)


def no_contact(folder: Path) -> pa.Array:
    """Ids of those who are scored but must not be contacted, none where no table says so."""
    return _ids(folder / NO_CONTACT)


def _ids(path: Path) -> pa.Array:
    return read_table(path).column("customer_id").combine_chunks() if path.exists() else pa.nulls(0, pa.string())


def kept_files(keep: Sequence[str]) -> list[Path]:
    """The blocks of kept columns, none where none is kept.

    Raises ArtifactError where they are missing or were written for other columns.
    """
    if not keep:
        return []
    files = block_files(KEPT)
    if not files or not all(set(keep) <= set(pq.read_schema(path).names) for path in files):
        raise ArtifactError(f"{KEPT} does not hold the columns of events.keep ({', '.join(keep)}): run `make repro`.")
    return files


def display_columns(ids: Sequence[str]) -> pa.Table:
    """One row per id, in their order: the columns to show, null where the customers table does not know the id."""
    path = EVENTS_OPEN / DISPLAYED
    wanted = pa.table({"customer_id": pa.array(ids, pa.string()), "_place": pa.array(range(len(ids)), pa.int64())})
    if not path.exists():
        return wanted.select([])
    joined = wanted.join(read_table(path), "customer_id", join_type="left outer").sort_by("_place")
    return joined.drop_columns(["_place", "customer_id"])
