"""The processes that bench_featurize measures: `python -m tests.bench.featurize_subjects SUBJECT FOLDER [options]`.

Each does one thing and ends, so that its whole-process CPU and peak memory are those of the thing. Imports that only
one subject needs stay inside it.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path

UNSORTED = ("unsorted-0.parquet", "unsorted-1.parquet")
SORTED = "sorted.parquet"
BLOCKS = "events-*.parquet"
MATRIX = "features.parquet"
LOOKBACKS = (7, 14, 28, 56, 91, 182, 364)
HORIZON_DAYS = 91


def featurize(args: argparse.Namespace, files: list[Path]) -> None:
    """The path of the stages: events in, features out."""
    from features.labels import churned, label_edges
    from features.spec import FeatureSpec
    from pipeline.matrix import Matrix
    from pipeline.sections.machine import Engine
    from pipeline.streaming import events
    from pipeline.tables import write_table
    from tests.bench.featurize_events import DAYS, FIRST_DAY

    events.BATCH = args.batch or events.BATCH
    spec = FeatureSpec(
        activity=("purchase",), engagement=("visit",), money=("purchase",), lookback_days=LOOKBACKS[: args.windows]
    )
    newest = FIRST_DAY + DAYS - HORIZON_DAYS
    matrix = Matrix(
        files=files,
        engine=Engine(threads=args.threads),
        spec=spec,
        snapshots=[newest - args.every_days * step for step in range(args.snapshots)][::-1],
        data_start=FIRST_DAY,
        label=lambda rows: churned(rows, spec.activity, 0, HORIZON_DAYS),
        label_offsets=label_edges(0, HORIZON_DAYS),
    )
    rows = write_table(matrix.tables(), matrix.schema, args.out or args.folder / MATRIX)
    print(f"{rows} {len(matrix.features)} {matrix.gathered.lapsed().num_rows}")


def scan(files: list[Path]) -> None:
    """Read the four columns that features need, in no order, and let them go."""
    import duckdb

    listed = ", ".join(f"'{path}'" for path in files)
    query = f"SELECT customer_id, event_day, event_type, amount FROM read_parquet([{listed}])"
    print(sum(batch.num_rows for batch in duckdb.sql(query).to_arrow_reader(1 << 19)))


def write(folder: Path, and_write: bool) -> None:
    """Load the finished matrix, row group by row group, and write it as write_table does."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder / MATRIX) as source:
        groups = [source.read_row_group(number) for number in range(source.num_row_groups)]
    pa.default_memory_pool().release_unused()
    if and_write:
        schema = groups[0].schema
        texts = [item.name for item in schema if pa.types.is_string(item.type)]
        started = used()
        with pq.ParquetWriter(folder / "copy.parquet", schema, compression="snappy", use_dictionary=texts) as writer:
            for group in groups:
                writer.write_table(group, row_group_size=group.num_rows)
        print(f"{used() - started:.3f}")
        (folder / "copy.parquet").unlink()


def used() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run one subject."""
    parser = argparse.ArgumentParser()
    parser.add_argument("subject", choices=["featurize_blocks", "featurize_sorted", "scan", "load", "write"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--snapshots", type=int, default=26)
    parser.add_argument("--windows", type=int, default=7)
    parser.add_argument("--every-days", type=int, default=7)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    blocks = sorted(args.folder.glob(BLOCKS))
    if args.subject == "featurize_blocks":
        featurize(args, blocks)
    elif args.subject == "featurize_sorted":
        featurize(args, [args.folder / SORTED])
    elif args.subject == "scan":
        scan(blocks)
    else:
        write(args.folder, args.subject == "write")


if __name__ == "__main__":
    main()
