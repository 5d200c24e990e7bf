"""How much CPU and memory featurization needs, beside the least that reading and writing alone would need.

    python -m tests.bench.bench_featurize                                                      # 1M events, a minute
    python -m tests.bench.bench_featurize --events 10000000 --snapshots 26 --windows 7         # the documented size

Run from the root of the repository. Every subject is a process of its own: CPU is user + system time of the whole
process, imports included, and memory its peak resident set. Subjects take turns, and medians are shown, because other
work on the machine disturbs them all alike. `limit` is a DuckDB scan of the four columns (whole process) and the
writing of the finished matrix, already in memory, with the writer's settings (the writing alone). Events lie in one
sorted file, or in blocks of a quarter as ingest writes them. The target is featurize_sorted / limit <= 1.9, and wall /
CPU <= 0.65 on two free cores. Exits with 1 where another layout, other chunk sizes or threads change a byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.featurize_subjects import MATRIX, SORTED

FEATURIZE = ("featurize_sorted", "featurize_blocks")
SUBJECTS = (*FEATURIZE, "scan", "load", "write")
VARIANTS = ({"--batch": "20000", "--threads": "1"}, {"--batch": "1000000", "--threads": "4"})


def run(module: str, *arguments: str, cache: Path) -> dict[str, Any]:
    """One process and what it used: seconds of CPU and of wall time, peak memory in MB, and what it printed."""
    # Compiled modules are kept, as on any machine in use: compiling every import anew would drown the work.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.monotonic() - started,
        "peak_mb": usage.ru_maxrss / 1024,
        "printed": printed.split(),
    }


def measure(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Every subject, several times in turn, and whether the bytes hold."""
    cache = folder / "pycache"
    run("tests.bench.featurize_events", str(args.events), str(folder), cache=cache)
    shape = ["--snapshots", str(args.snapshots), "--windows", str(args.windows), "--every-days", str(args.every_days)]

    def subject(name: str, *extra: str) -> dict[str, Any]:
        return run("tests.bench.featurize_subjects", name, str(folder), *shape, *extra, cache=cache)

    rows, features, _ = subject("featurize_sorted")["printed"]  # warms the caches, and makes the matrix for `write`
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in SUBJECTS}
    for _ in range(args.repeat):
        for name in SUBJECTS:
            runs[name].append(subject(name))
    expected, same = digest(folder / MATRIX), True
    for variant in VARIANTS:
        other = folder / "other.parquet"
        subject("featurize_blocks", *(text for pair in variant.items() for text in pair), "--out", str(other))
        same = same and digest(other) == expected
    return {
        "events": args.events,
        "snapshots": args.snapshots,
        "windows": args.windows,
        "rows": int(rows),
        "features": int(features),
        "events_mb": (folder / SORTED).stat().st_size / 2**20,
        "matrix_mb": (folder / MATRIX).stat().st_size / 2**20,
        "same_bytes": same,
        **figures(runs),
    }


def figures(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians per subject, and the ratio of CPU to the limit within each turn."""
    written = [float(run["printed"][0]) for run in runs["write"]]
    limits = [scan["cpu_s"] + write for scan, write in zip(runs["scan"], written, strict=True)]
    found: dict[str, Any] = {
        name: {key: statistics.median(run[key] for run in several) for key in ("cpu_s", "wall_s", "peak_mb")}
        for name, several in runs.items()
    }
    found["write_alone_cpu_s"] = statistics.median(written)
    found["limit_cpu_s"] = statistics.median(limits)
    for name in FEATURIZE:
        ratios = [run["cpu_s"] / limit for run, limit in zip(runs[name], limits, strict=True)]
        found[name] |= {"ratio": statistics.median(ratios), "ratios": ratios}
    return found


def digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def table(found: dict[str, Any]) -> str:
    """What is printed: one line per subject."""
    title = f"{found['events']:,} events, {found['snapshots']} snapshots, {found['windows']} lookbacks: "
    lines = [
        f"{title}{found['rows']:,} rows x {found['features']} features",
        f"{'subject':24}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'of limit':>10}{'wall/CPU':>10}",
    ]
    for name in SUBJECTS:
        one = found[name]
        ratio = f"{one['ratio']:10.2f}{one['wall_s'] / one['cpu_s']:10.2f}" if "ratio" in one else ""
        lines.append(f"{name:24}{one['cpu_s']:8.1f}{one['wall_s']:8.1f}{one['peak_mb']:9.0f}{ratio}")
    lines.append(f"{'write alone':24}{found['write_alone_cpu_s']:8.1f}")
    lines.append(f"{'limit: scan + write alone':24}{found['limit_cpu_s']:7.1f}")
    same = "the same bytes" if found["same_bytes"] else "OTHER BYTES"
    return "\n".join([*lines, f"{same} with another layout, other chunk sizes and threads"])


def main() -> None:
    """Measure, print one table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--snapshots", type=int, default=26)
    parser.add_argument("--windows", type=int, default=7, choices=range(1, 8))
    parser.add_argument("--every-days", type=int, default=7, help="days between snapshots")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where a folder for the data is made, and removed afterwards")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ebb-bench-", dir=args.folder))
    try:
        found = measure(args, folder)
    finally:
        shutil.rmtree(folder)
    print(table(found))
    if args.json:
        args.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if found["same_bytes"] else 1)


if __name__ == "__main__":
    main()
