"""Which files lie in data/events beside the events: attributes, who objects, columns to show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.tables import EVENTS_OPEN, read_table

ATTRIBUTES = "attributes.parquet"
OBJECTORS = "objectors.parquet"
DISPLAYED = "display.parquet"


def event_files(*folders: Path) -> list[Path]:
    """The files that features are made of: events, and attributes where there are any."""
    attributes = [folder / ATTRIBUTES for folder in folders if (folder / ATTRIBUTES).exists()]
    return [*(folder / "events.parquet" for folder in folders), *attributes]


def objectors(folder: Path) -> pa.Array:
    """Ids of those who must be left out, none where no table says so."""
    path = folder / OBJECTORS
    return read_table(path).column("customer_id").combine_chunks() if path.exists() else pa.array([], pa.string())


def display_columns(ids: Sequence[str]) -> pa.Table:
    """One row per id, in their order: the columns to show, null where the customers table does not know the id."""
    path = EVENTS_OPEN / DISPLAYED
    wanted = pa.table({"customer_id": pa.array(ids, pa.string()), "_place": pa.array(range(len(ids)), pa.int64())})
    if not path.exists():
        return wanted.select([])
    joined = wanted.join(read_table(path), "customer_id", join_type="left outer").sort_by("_place")
    return joined.drop_columns(["_place", "customer_id"])
