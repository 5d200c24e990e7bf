"""What stages write, but for lists: rows of a person go, files that cannot lose a row go whole.

Stages make all of it anew, so that no order has to be kept and no copy be made. Sources are yours and stay.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.exporting.folder import EXPORTS
from pipeline.privacy.holds import OWNER, Person, holds
from pipeline.tables import DATA, LISTS, write_table

PULLED = DATA / "pulled"
REPLAY = DATA / "replay"
REMEMBERED = DATA / "store"  # what ingest remembers: of it, one table has ids, and all else are counts and hashes
WITH_IDS = REMEMBERED / "customer_figures.parquet"
TABLES = [
    DATA / name
    for name in (
        "events",
        "rejected",
        "store",
        "features",
        "scores",
        "lists",
        "reports",
        "outcomes",
        "contacts",
        "uplift",
    )
]
# No ids in these; looked into all the same.
MODELS = [DATA / name for name in ("model", "value", "backtest", "calibration", "champion")]
STORES = (*TABLES, *MODELS, PULLED, REPLAY, EXPORTS)


def clear_stores(person: Person, yours: Sequence[Path] = (), owner: str = OWNER) -> dict[str, int]:
    """Remove a person from every store but lists; rows removed per Parquet file, 0 for a file that went whole.

    `yours`: sources, which stay. `owner`: the source's column of customers, for the copy of a database in data/pulled.
    """
    removed = {}
    for path in list(stored_files(yours)):
        if not holds(path, person, anywhere=path.is_relative_to(EXPORTS) or path.is_relative_to(LISTS)):
            continue
        if path.suffix == ".parquet" and not path.name.startswith(".") and not _whole(path):
            removed[str(path)] = _without(path, person, owner if path.is_relative_to(PULLED) else OWNER)
        else:
            path.unlink()
            removed[str(path)] = 0
    for folder in sorted({path.parent for path in map(Path, removed) if path.is_relative_to(REPLAY)}):
        shutil.rmtree(folder, ignore_errors=True)  # a replay without a file of it is none: make it again
    return removed


def stored_files(yours: Sequence[Path] = ()) -> Iterator[Path]:
    """Files that stages wrote, by path; what you named as a source is none of them, but for a pulled database."""
    kept = [path for path in yours if not path.is_relative_to(PULLED)]
    for root in STORES:
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            counts = path.is_relative_to(REMEMBERED) and path != WITH_IDS
            if path.is_file() and not counts and not any(path.is_relative_to(source) for source in kept):
                yield path


def _whole(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in (EXPORTS, REPLAY, LISTS))


def _without(path: Path, person: Person, owner: str) -> int:
    """Write a Parquet file again without a person's rows, a row group at a time."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow.remove_metadata()
        before = file.metadata.num_rows
        kept = (_kept(file.read_row_group(group), person, owner) for group in range(file.num_row_groups))
        return before - write_table(kept, schema, path)


def _kept(table: pa.Table, person: Person, owner: str) -> pa.Table:
    return table.replace_schema_metadata(None).filter(pc.invert(person.rows(table, owner)))
