"""How long the workbook, the CSV files, contact files and presets of a large list take, and how much memory.

    python -m tests.bench.bench_spreadsheets                        # 500,000 customers, half a minute
    python -m tests.bench.bench_spreadsheets --customers 50000

Run from the root of the repository. Ids, probabilities and amounts differ from row to row; other columns repeat those
of 2,000 customers, a third of whom are to be contacted. The target is 40 seconds and 1 GB at 500,000 customers.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the samples lie beside the tests

from samples import sample

from pipeline.settings import load_settings
from pipeline.spreadsheets import files

STEPS = ("write_contact_files", "write_presets", "write_risk_list", "write_dictionary", "write_workbook")
REPEATED = 2000


def large(customers: int) -> tuple[pa.Table, dict[str, Any]]:
    """(list, briefing) of so many customers; the briefing is that of the repeated ones."""
    table, briefing = sample(REPEATED)
    table = pa.concat_tables([table] * (customers // REPEATED + 1)).slice(0, customers).combine_chunks()
    random = np.random.default_rng(7)
    p, spend = random.random(customers), np.round(random.lognormal(4, 1, customers), 2)
    change = np.round(random.normal(0, 0.05, customers), 6)
    fresh = {
        "customer_id": pa.array([f"{number:08d}" for number in range(customers)]),
        "priority": pa.array(np.arange(1, customers + 1)),
        "churn_probability": pa.array(p),
        "expected_value": pa.array(spend),
        "value_at_risk": pa.array(np.round(p * spend, 2)),
        "change": pa.array(change),
        "change_data": pa.array(change),
    }
    for name, column in fresh.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table, briefing


def timed(name: str, write: Callable[..., Any]) -> Callable[..., Any]:
    """The function, telling what each call took."""

    def call(*arguments: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = write(*arguments)
        print(f"{name:<22}{time.perf_counter() - wall:>8.1f} s {time.process_time() - cpu:>8.1f} CPU s")
        return result

    return call


def peak() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Write everything once into a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=500_000)
    arguments = parser.parse_args()
    table, briefing = large(arguments.customers)
    before = peak()
    for name in STEPS:
        setattr(files, name, timed(name, getattr(files, name)))
    with tempfile.TemporaryDirectory() as folder:
        timed("all", files.write_spreadsheets)(Path(folder), table, briefing, load_settings())
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    print(f"{size:.0f} MB of files; memory {before:.0f} MB with the list alone, {peak():.0f} MB at most")


if __name__ == "__main__":
    main()
