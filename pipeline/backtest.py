"""Stage: refit everything at every past origin and write down what it would have said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from features.snapshots import as_date
from models.backtest import rolling_backtest
from pipeline.backtest_table import write_backtest
from pipeline.errors import run_stage
from pipeline.settings import load_settings
from pipeline.summary import StageSummary, progress
from pipeline.training_data import load_material


def main() -> None:
    """Write data/backtest: a row per (customer, origin) with every member's log odds and every baseline."""
    summary = StageSummary("backtest")
    material = load_material(load_settings())

    def watch(origins: Sequence[int]) -> Iterable[int]:
        return progress(origins, "origins refitted", len(origins))

    found = rolling_backtest(material, watch=watch)
    write_backtest(found)
    origins = found.origins()
    shown = f", {as_date(origins[0])} to {as_date(origins[-1])}" if origins else ""
    summary.line("origins", f"{len(origins)}{shown}")
    summary.line("rows (customer, origin)", len(found))
    summary.show()


if __name__ == "__main__":
    run_stage(main)
