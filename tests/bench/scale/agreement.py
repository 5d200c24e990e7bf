"""Whether a rival made the same table as Ebb: `python -m tests.bench.scale.agreement FOLDER RIVAL.parquet`.

All keys are compared; values on a sample of about 2,000 customers, every column that the rival has. Prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.scale.job import MATRIX

KEYS = ["customer_id", "snapshot"]
ORDER = [(name, "ascending") for name in KEYS]
SAMPLE = 2_000
WITHIN = 1e-5  # relative: float32 has seven digits


def compared(ours: Path, theirs: Path) -> dict[str, Any]:
    """Which columns were compared on how many rows, and what differs; `agrees` is False where anything does."""
    keys = [pq.read_table(path, columns=KEYS).cast(_keys()).sort_by(ORDER) for path in (ours, theirs)]
    if not keys[0].equals(keys[1]):
        return {"agrees": False, "rows": [table.num_rows for table in keys], "differs": ["which rows there are"]}
    names = [name for name in pq.ParquetDataset(theirs).schema.names if name not in KEYS]
    ids = keys[0].column("customer_id").unique()
    sample = ids.take(pa.array(np.arange(0, len(ids), max(len(ids) // SAMPLE, 1))))
    tables = [_sampled(path, names, sample) for path in (ours, theirs)]
    apart = {name: _apart(*(table.column(name) for table in tables)) for name in names}
    differs = {name: found for name, found in apart.items() if found}
    return {
        "agrees": not differs,
        "rows": keys[0].num_rows,
        "compared_rows": tables[0].num_rows,
        "columns": names,
        "differs": differs,
    }


def _keys() -> pa.Schema:
    return pa.schema([("customer_id", pa.string()), ("snapshot", pa.date32())])


def _sampled(path: Path, names: list[str], ids: pa.Array) -> pa.Table:
    """The rows of these customers, in order."""
    table = pq.read_table(path, columns=[*KEYS, *names], filters=[("customer_id", "in", ids.to_pylist())])
    return table.sort_by(ORDER)


def _apart(ours: pa.ChunkedArray, theirs: pa.ChunkedArray) -> int:
    """How many values differ, nulls and NaN being alike."""
    one, other = (column.cast(pa.float64()).to_numpy() for column in (ours, theirs))
    unknown = np.isnan(one), np.isnan(other)
    same = np.isclose(one, other, rtol=WITHIN, atol=1e-6) | (unknown[0] & unknown[1])
    return int((~same).sum())


if __name__ == "__main__":
    print(json.dumps(compared(Path(sys.argv[1]) / MATRIX, Path(sys.argv[2]))))
