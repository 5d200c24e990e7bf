"""Which rows of the source belong together: copies, rows of one event id, lines of one event.

Each row's keys are remembered as hashes, a file per file of the source. What a new row has to do with rows that were
read before is then asked of these numbers, and only rows that share one are read again and compared in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.engine import Connection, literal
from pipeline.sources.sink import ROW_BITS, ROW_KEY
from pipeline.store.state import STORE, FileEntry
from pipeline.tables import write_table

KEYS = STORE / "keys"
SCHEMA = pa.schema([("row", pa.int64()), ("key", pa.uint64())])
PORTION = 1 << 20
TOUCHED = "touched"  # table: row keys of rows read before that new rows have to do with


def count_keys(connection: Connection) -> dict[int, int]:
    """How many keys the rows of each file have, by its number."""
    query = f"SELECT {ROW_KEY} >> {ROW_BITS}, count(*) FROM row_keys GROUP BY 1"
    return dict(connection.execute(query).fetchall())


def write_keys(connection: Connection, ledger: Mapping[int, FileEntry], anew: bool) -> None:
    """Write the keys of the files that were read, and remove those of files that are gone (`anew`: of all)."""
    present = {key_file(entry.sha256): number for number, entry in ledger.items()}
    for path in sorted(KEYS.glob("*.parquet")):
        if anew or path not in present:
            path.unlink()
    for path, number in present.items():
        if keys_are_there([ledger[number]]):
            continue
        low = number << ROW_BITS
        query = (
            f"SELECT {ROW_KEY} - {low} AS row, key FROM row_keys "
            f"WHERE {ROW_KEY} >= {low} AND {ROW_KEY} < {(number + 1) << ROW_BITS} ORDER BY row, key"
        )
        batches = (pa.Table.from_batches([batch]) for batch in connection.sql(query).to_arrow_reader(PORTION))
        write_table(batches, SCHEMA, path)


def keys_are_there(files: Iterable[FileEntry]) -> bool:
    """Whether the keys of all files lie in the store, as many as there were."""
    found = {key_file(entry.sha256): entry.keys for entry in files}
    return all(path.exists() and pq.read_metadata(path).num_rows == number for path, number in found.items())


def find_touched(connection: Connection, past: Mapping[int, FileEntry], kinds: int) -> int:
    """Create the table `touched` from `row_keys` and the keys of files read before, and return how many rows it has.

    A row that is touched may itself belong to a group with others: so it is asked again until nothing is added.
    `past`: number of a file now, and its entry.
    """
    digests = {entry.sha256 for entry in past.values() if entry.keys}
    connection.execute(f"CREATE TEMP TABLE {TOUCHED} ({ROW_KEY} BIGINT)")
    if not digests:
        return 0
    names = ", ".join(literal(str(key_file(digest))) for digest in sorted(digests))
    connection.execute("CREATE TEMP TABLE key_files (file BIGINT, path VARCHAR)")
    rows = [(number, str(key_file(entry.sha256))) for number, entry in past.items() if entry.keys]
    connection.executemany("INSERT INTO key_files VALUES (?, ?)", rows)
    source = f"read_parquet([{names}], filename = true)"
    row = f"(file << {ROW_BITS}) + row"
    connection.execute("CREATE TEMP TABLE asked AS SELECT DISTINCT key FROM row_keys")
    number = 0
    while True:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {TOUCHED} AS SELECT DISTINCT {row} AS {ROW_KEY} "
            f"FROM {source} AS s JOIN asked USING (key) JOIN key_files AS f ON f.path = s.filename"
        )
        found = int(connection.execute(f"SELECT count(*) FROM {TOUCHED}").fetchall()[0][0])
        if found == number or kinds == 1:
            return found
        number = found
        connection.execute(
            f"INSERT INTO asked SELECT DISTINCT key FROM {source} AS s JOIN key_files AS f ON f.path = s.filename "
            f"JOIN {TOUCHED} AS t ON t.{ROW_KEY} = {row} WHERE key NOT IN (SELECT key FROM asked)"
        )


def key_file(digest: str) -> Path:
    """The file of the keys of a file with this content."""
    return KEYS / f"{digest[:20]}.parquet"
