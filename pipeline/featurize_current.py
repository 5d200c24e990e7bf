"""Stage: the same features at `as_of`, for every customer who is eligible today, and facts to show. No labels here."""

from __future__ import annotations

from datetime import date

from features.snapshots import day_number
from pipeline.engines.session import engine_session
from pipeline.engines.spark_facts import spark_facts
from pipeline.engines.spark_features import made_parts
from pipeline.errors import EventError, run_stage
from pipeline.event_files import block_files, event_files, kept_files, objectors
from pipeline.facts import FactsSpec, customer_facts
from pipeline.matrix import Matrix
from pipeline.seen import Seen
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import (
    CURRENT,
    CURRENT_SUMMARY,
    EVENTS_CLOSED,
    EVENTS_OPEN,
    FACTS,
    read_json,
    read_table,
    write_json,
    write_table,
)


def main() -> None:
    """Write data/features/current.parquet and, beside it, who is not in it, and what the list shows of who is."""
    summary = StageSummary("featurize_current")
    settings = load_settings()
    with engine_session(settings.engine):
        _make(settings, summary)
    summary.show()


def _make(settings: Settings, summary: StageSummary) -> None:
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
    with made_parts(matrix) as parts:
        rows = write_table(progress(matrix.tables(parts), "chunks of customers"), matrix.schema, CURRENT)
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
    _write_facts(settings, date.fromisoformat(calendar["as_of"]))
    summary.line("as of", calendar["as_of"])
    summary.line("events in", matrix.events)
    summary.line("customers eligible", rows)
    summary.line("object to profiling, not scored", matrix.left_out_rows)
    summary.line("already lapsed, not scored", lapsed)


def _write_facts(settings: Settings, as_of: date) -> None:
    """Write data/features/facts.parquet for the customers of current.parquet, in their order."""
    events = settings.events
    spec = FactsSpec(
        activity=events.roles.activity,
        engagement=events.roles.engagement,
        spend=tuple(name for name in events.money if name not in events.roles.friction),
        keep=events.keep,
        channel=settings.campaign.channel_from,
    )
    files, kept = block_files(EVENTS_CLOSED, EVENTS_OPEN), kept_files(events.keep)
    if settings.engine.name == "spark":
        write_table(spark_facts(files, kept, as_of, spec, settings.engine), spec.schema, FACTS)
        return
    ids = read_table(CURRENT, ["customer_id"]).column("customer_id").combine_chunks()
    write_table([customer_facts(ids, files, kept, as_of, spec, settings.engine)], spec.schema, FACTS)


if __name__ == "__main__":
    run_stage(main)
