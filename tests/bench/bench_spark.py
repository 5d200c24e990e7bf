"""What a run on Spark costs, in CPU seconds of all processes, beside one machine, and whether the bytes are the same.

    python -m tests.bench.bench_spark 2000000

The size is a number of events. Java, Spark's Python workers and the stage itself are counted together (Linux).
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from ruamel.yaml import YAML

from tests.bench.featurize_events import write
from tests.bench.featurize_subjects import UNSORTED

FILES = 4
REPOSITORY = Path(__file__).resolve().parents[2]
STAGES = ("ingest", "featurize_training", "featurize_current")
SAME = ("data/features", "data/rejected", "data/reports/ingest.json")
REAP_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER: Java outlives the stage that started it, and its seconds count too


def source(folder: Path, events: int) -> None:
    """Invented events in no order, in some files."""
    write(events, folder / "made")
    (folder / "data/raw").mkdir(parents=True)
    names = ", ".join(f"'{folder / 'made' / name}'" for name in UNSORTED)
    for number in range(FILES):
        part = f"hash(customer_id, event_time) % {FILES} = {number}"
        query = f"SELECT * EXCLUDE (event_day) FROM read_parquet([{names}]) WHERE {part}"
        duckdb.execute(f"COPY ({query}) TO '{folder / 'data/raw' / f'{number}.parquet'}' (FORMAT parquet)")
    shutil.rmtree(folder / "made")
    shutil.copy(REPOSITORY / "data/no_customers.csv", folder / "data")


def settings(folder: Path, engine: dict[str, Any]) -> None:
    """26 weekly slices of purchases and visits, and an engine."""
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(REPOSITORY / "params.yaml")
    more = {"source": "data/raw", "query": None, "collapse": None, "timezone": "UTC", "money": ["purchase"]}
    content["events"] |= {**more, "roles": {"activity": ["purchase"], "engagement": ["visit"]}}
    content["snapshots"]["every_days"] = 7
    content["engine"] = engine
    yaml.dump(content, folder / "params.yaml")


def cost(folder: Path, stage: str) -> tuple[float, float]:
    """CPU seconds of a stage with all that it starts, and seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-m", f"pipeline.{stage}"], cwd=folder, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    seconds = time.monotonic() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds


def main() -> None:
    """Print a line per stage and engine."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    ctypes.CDLL(None, use_errno=True).prctl(REAP_ORPHANS, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="ebb-bench-spark-") as name:
        folder, made = Path(name), {}
        source(folder, events)
        for engine in ("duckdb", "spark"):
            settings(folder, {"name": engine, "threads": 1, "spark": {"master": "local[2,4]"}})
            for stage in STAGES:
                cpu, seconds = cost(folder, stage)
                print(f"{stage:20} {engine:7} {cpu:8.1f} CPU s {seconds:8.1f} s {events / cpu:12,.0f} events a CPU s")
            files = [path for place in SAME for path in [folder / place, *(folder / place).glob("*")] if path.is_file()]
            made[engine] = {path.name: path.read_bytes() for path in sorted(files)}
            shutil.rmtree(folder / "data/features")
        print("same bytes" if made["duckdb"] == made["spark"] else "OTHER BYTES")


if __name__ == "__main__":
    main()
