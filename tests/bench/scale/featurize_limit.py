"""Our subject and the limit, each a process: `python -m tests.bench.scale.featurize_limit SUBJECT FOLDER`.

`features` makes the matrix of FOLDER/job.json by the path of the stages. `scan` reads the four columns that features
need and lets them go. `write` prints the CPU seconds of writing the finished matrix as write_table does, row group by
row group, the reading left out: so it fits into memory however large the matrix is.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path

from tests.bench.scale.job import MATRIX, Job, read_job


def features(asked: Job, folder: Path) -> None:
    """Events in, features out."""
    from features.labels import churned, label_edges
    from features.spec import FeatureSpec
    from pipeline.matrix import Matrix
    from pipeline.sections.machine import Engine
    from pipeline.tables import write_table

    spec = FeatureSpec(
        activity=("purchase",),
        engagement=("visit",),
        money=("purchase",),
        lookback_days=asked.lookbacks,
        active_within_days=asked.active_within_days,
    )
    matrix = Matrix(
        files=[Path(name) for name in asked.files],
        engine=Engine(),
        spec=spec,
        snapshots=list(asked.snapshots),
        data_start=asked.first_day,
        label=lambda rows: churned(rows, spec.activity, 0, asked.horizon_days),
        label_offsets=label_edges(0, asked.horizon_days),
    )
    print(write_table(matrix.tables(), matrix.schema, folder / MATRIX), len(matrix.features))


def scan(asked: Job) -> None:
    """Read the four columns in no order."""
    import duckdb

    listed = ", ".join(f"'{name}'" for name in asked.files)
    query = f"SELECT customer_id, event_day, event_type, amount FROM read_parquet([{listed}])"
    print(sum(batch.num_rows for batch in duckdb.sql(query).to_arrow_reader(1 << 19)))


def write(folder: Path) -> None:
    """Write the matrix once more, and print what the writing alone took."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    copy, spent = folder / "copy.parquet", 0.0
    with pq.ParquetFile(folder / MATRIX, pre_buffer=False) as source:
        schema = source.schema_arrow
        texts = [item.name for item in schema if pa.types.is_string(item.type)]
        before = used()
        with pq.ParquetWriter(copy, schema, compression="snappy", use_dictionary=texts) as writer:
            spent += used() - before
            for number in range(source.num_row_groups):
                group = source.read_row_group(number, use_threads=False).combine_chunks()
                before = used()
                writer.write_table(group, row_group_size=group.num_rows)
                spent += used() - before
            before = used()
        spent += used() - before
    copy.unlink()
    print(f"{spent:.3f}")


def used() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run one subject."""
    parser = argparse.ArgumentParser()
    parser.add_argument("subject", choices=["features", "scan", "write"])
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    if args.subject == "write":
        write(args.folder)
    elif args.subject == "scan":
        scan(read_job(args.folder))
    else:
        features(read_job(args.folder), args.folder)


if __name__ == "__main__":
    main()
