"""Stage: the same features at `as_of`, for every customer who is eligible today. No labels exist here."""

from __future__ import annotations

from datetime import date

from features.snapshots import day_number
from pipeline.errors import EventError, run_stage
from pipeline.event_files import event_files, objectors
from pipeline.matrix import Matrix
from pipeline.seen import Seen
from pipeline.settings import load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import (
    CURRENT,
    CURRENT_SUMMARY,
    EVENTS_CLOSED,
    EVENTS_OPEN,
    read_json,
    write_json,
    write_table,
)


def main() -> None:
    """Write data/features/current.parquet and, beside it, who is not in it."""
    summary = StageSummary("featurize_current")
    settings = load_settings()
    calendar = read_json(EVENTS_OPEN / "as_of.json")
    as_of = day_number(date.fromisoformat(calendar["as_of"]))
    seen = Seen(as_of)
    matrix = Matrix(
        files=event_files(EVENTS_CLOSED, EVENTS_OPEN),
        engine=settings.engine,
        spec=settings.feature_spec(),
        snapshots=[as_of],
        data_start=day_number(date.fromisoformat(calendar["data_start"])),
        left_out=objectors(EVENTS_OPEN),
        seen=seen,
    )
    rows = write_table(progress(matrix.tables(), "chunks of customers"), matrix.schema, CURRENT)
    lapsed = sum(matrix.lapsed().column("customers").to_pylist())
    if rows == 0:
        raise EventError(
            f"no customer is eligible on {calendar['as_of']}: {settings.churn.nobody()} ({lapsed:,} lapsed). "
            "Is the newest export missing?"
        )
    about = {
        **calendar,
        "eligible": rows,
        "lapsed": lapsed,
        "objected": matrix.left_out_rows,
        "events": seen.to_json(),
    }
    write_json(about, CURRENT_SUMMARY)
    summary.line("as of", calendar["as_of"])
    summary.line("events in", matrix.events)
    summary.line("customers eligible", rows)
    summary.line("object to profiling, not scored", matrix.left_out_rows)
    summary.line("already lapsed, not scored", lapsed)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
