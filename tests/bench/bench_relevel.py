"""Is a new base rate from the newest outcomes worth it? The rule of `make recalibrate` at past dates of real data sets.

    EBB_DATASETS=<folder of the data sets> python -m tests.bench.bench_relevel                # some minutes
    EBB_DATASETS=<folder> python -m tests.bench.bench_relevel --only grocery_btyd

Beside the rule: moving by the whole miss of the newest dates, and by half of it. One row per data set and rule.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np

from models import relevel
from models.promise import Spread
from models.relevel import Miss, evidence
from tests.bench.bench_quality import CUTS, NAMES, backtested
from tests.bench.real_tables import datasets_folder, real_table


def whole(misses: list[Miss], spread: Spread) -> float:
    """The mean miss of the newest dates, as it is."""
    information = [miss.information for miss in misses]
    return float(np.average([miss.log_odds for miss in misses], weights=information))


def half(misses: list[Miss], spread: Spread) -> float:
    """Half of it."""
    return whole(misses, spread) / 2


def main() -> None:
    """Print the table. Stops where EBB_DATASETS names no folder."""
    parser = argparse.ArgumentParser(description="The rule of make recalibrate at past dates")
    parser.add_argument("--only", default=",".join(NAMES))
    names, datasets = parser.parse_args().only.split(","), datasets_folder()
    if datasets is None:
        raise SystemExit("set EBB_DATASETS to the folder of the data sets")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            real = real_table(name, datasets, Path(folder))
        found, odds, _ = backtested(real)
        past = (odds, found.churned, found.origin, CUTS.get(name, (0.4, 0.7)), real.horizon_days)
        for rule in (relevel.shift, half, whole):
            with patch.object(relevel, "shift", rule):
                said = evidence(*past)
            losses = f"log loss {said.without:.4f} -> {said.with_shift:.4f}, {said.difference:+.4f}"
            verdict = "supported" if said.supports else "refused"
            print(f"{name:18} {rule.__name__:6} dates {said.dates:3}, moved {said.moved:3}  {losses} "
                  f"(standard error {said.error:.4f})  {verdict}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
