"""What the features of a week and of a year cost on Spark, in CPU seconds of all processes, beside one machine.

    python -m tests.bench.bench_spark 2000000

The size is a number of events. Java, Spark's Python workers and the stage itself are counted together (Linux).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.bench.featurize_events import DAYS, write
from tests.bench.featurize_subjects import SORTED

FIRST = date(2022, 1, 3)
AS_OF = FIRST + timedelta(days=DAYS)
REPOSITORY = Path(__file__).resolve().parents[2]
STAGES = ("featurize_training", "featurize_current")
REAP_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER: Java outlives the stage that started it, and its seconds count too


def workspace(folder: Path, events: int, engine: dict[str, Any]) -> None:
    """A folder in which the stages run: events sorted by customer, 26 weekly slices, and an engine."""
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(REPOSITORY / "params.yaml")
    content["events"] |= {"query": None, "collapse": None, "timezone": "UTC", "money": ["purchase"]}
    roles = {"activity": ["purchase"], "engagement": ["visit"]}
    content["events"]["roles"] = roles
    content["engine"] = engine
    yaml.dump(content, folder / "params.yaml")
    closed, opened = folder / "data/events/closed", folder / "data/events/open"
    closed.mkdir(parents=True, exist_ok=True)
    opened.mkdir(exist_ok=True)
    if not (closed / f"events-{FIRST}.parquet").exists():
        write(events, folder / "made")
        (folder / "made" / SORTED).rename(closed / f"events-{FIRST}.parquet")
    last = AS_OF - timedelta(days=91)
    slices = [str(last - timedelta(days=7 * back)) for back in reversed(range(26))]
    days = {"data_start": str(FIRST), "as_of": str(AS_OF), "newest_event_day": str(AS_OF - timedelta(days=1))}
    (closed / "slices.json").write_text(json.dumps({"data_start": str(FIRST), "slices": slices}))
    (opened / "as_of.json").write_text(json.dumps(days))


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
        for engine in ("duckdb", "spark"):
            workspace(folder, events, {"name": engine, "threads": 1, "spark": {"master": "local[2,4]"}})
            for stage in STAGES:
                cpu, seconds = cost(folder, stage)
                print(f"{stage:20} {engine:7} {cpu:8.1f} CPU s {seconds:8.1f} s {events / cpu:12,.0f} events a CPU s")
            made[engine] = {path.name: path.read_bytes() for path in sorted((folder / "data/features").iterdir())}
        print("same bytes" if made["duckdb"] == made["spark"] else "OTHER BYTES")


if __name__ == "__main__":
    main()
