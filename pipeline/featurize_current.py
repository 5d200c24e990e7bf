"""Stage: the same features at `as_of`, for every customer who is eligible today, and facts to show. No labels here."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pyarrow as pa

from features.snapshots import day_number
from pipeline.engines.session import engine_session
from pipeline.engines.spark_features import made_parts
from pipeline.errors import EventError, run_stage
from pipeline.event_files import event_files, kept_files, objectors
from pipeline.facts import YEAR, FactsSpec, all_facts, counted_facts
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
    table_writer,
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
    shown = _facts_spec(settings)
    seen = Seen(as_of)
    matrix = Matrix(
        files=event_files(EVENTS_CLOSED, EVENTS_OPEN),
        engine=settings.engine,
        spec=settings.feature_spec(),
        snapshots=[as_of],
        data_start=day_number(date.fromisoformat(calendar["data_start"])),
        beside=lambda rows: counted_facts(rows, shown),
        label_offsets=(YEAR,),
        left_out=objectors(EVENTS_OPEN),
        seen=seen,
    )
    facts = _write(matrix)
    lapsed = sum(matrix.gathered.lapsed().column("customers").to_pylist())
    if facts.num_rows == 0:
        raise EventError(
            f"no customer is eligible on {calendar['as_of']}: {settings.churn.nobody()} ({lapsed:,} lapsed). "
            "Is the newest export missing?"
        )
    about = {
        **calendar,
        "eligible": facts.num_rows,
        "lapsed": lapsed,
        "objected": matrix.left_out_rows,
        "events": seen.to_json(),
    }
    write_json(about, CURRENT_SUMMARY)
    _write_facts(facts, shown, settings, date.fromisoformat(calendar["as_of"]))
    summary.line("as of", calendar["as_of"])
    summary.line("events in", matrix.events)
    summary.line("customers eligible", facts.num_rows)
    summary.line("object to profiling, not scored", matrix.left_out_rows)
    summary.line("already lapsed, not scored", lapsed)


def _facts_spec(settings: Settings) -> FactsSpec:
    events = settings.events
    return FactsSpec(
        activity=events.roles.activity,
        engagement=events.roles.engagement,
        spend=tuple(name for name in events.money if name not in events.roles.friction),
        keep=events.keep,
        channel=settings.campaign.channel_from,
    )


def _write(matrix: Matrix) -> pa.Table:
    """Write the features as they stream; one row per customer with what was counted beside them."""
    features = matrix.schema.names
    facts: list[pa.Table] = []
    with (
        made_parts(matrix) as parts,
        table_writer(matrix.schema, CURRENT) as writer,
        closing(matrix.tables(parts)) as tables,
    ):
        for table in progress(tables, "chunks of customers"):
            writer.add(table.select(features))
            facts.append(table.select(["customer_id", *(name for name in table.column_names if name not in features)]))
    return pa.concat_tables(facts) if facts else pa.table({})


def _write_facts(counted: pa.Table, shown: FactsSpec, settings: Settings, as_of: date) -> None:
    """Write data/features/facts.parquet for the customers of current.parquet, in their order."""
    usual = {}
    if shown.keep:
        # DuckDB and Spark, which most runs do without
        from pipeline.engines.spark_habits import spark_habits
        from pipeline.habits import usual_values

        kept = kept_files(shown.keep)
        if settings.engine.name == "spark":
            usual = spark_habits(kept, as_of, shown, settings.engine)
        else:
            usual = usual_values(counted.column("customer_id"), kept, as_of, shown, settings.engine)
    write_table([all_facts(counted, usual, shown)], shown.schema, FACTS)


if __name__ == "__main__":
    run_stage(main)
