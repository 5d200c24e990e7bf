"""Stage: features and labels at every labelled slice, from the events that closed labels can see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date

import pyarrow as pa

from features.labels import label_edges, left_within, spend_types, spend_within
from features.rows import Rows
from features.snapshots import day_number
from pipeline.arrays import as_arrow
from pipeline.engines.spark_features import made_parts
from pipeline.errors import SplitError, run_stage
from pipeline.event_files import event_files, objectors
from pipeline.gathered import ACTIVITY, LAPSED
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import Reasons
from pipeline.matrix import SPEND, Matrix
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import (
    CATALOG,
    EVENTS_CLOSED,
    TRAINING,
    TRAINING_ACTIVITY,
    TRAINING_LAPSED,
    TRAINING_VALUE,
    read_json,
    table_writer,
    write_json,
    write_table,
)


def main() -> None:
    """Write data/features/training.parquet, the spend, the lapsed customers, activity by day and catalog beside it."""
    summary = StageSummary("featurize_training")
    settings = load_settings()
    calendar = read_json(EVENTS_CLOSED / "slices.json")
    churn, spec = settings.churn, settings.feature_spec()
    slices = [day_number(date.fromisoformat(day)) for day in calendar["slices"]]
    matrix = Matrix(
        files=event_files(EVENTS_CLOSED),
        engine=settings.engine,
        spec=spec,
        snapshots=slices,
        data_start=day_number(date.fromisoformat(calendar["data_start"])),
        label=lambda rows: left_within(rows, spec, churn.lead_days, churn.horizon_days),
        beside=_spend(settings),
        label_offsets=(*label_edges(churn.lead_days, churn.horizon_days), churn.horizon_days),
        census=slices[-1] + churn.lead_days + churn.horizon_days if churn.silence else None,
        left_out=objectors(EVENTS_CLOSED),
    )
    rows = _write(matrix)
    if rows == 0:
        raise SplitError(
            f"no customer is eligible at any of {len(matrix.snapshots)} slices: {churn.nobody()}. {churn.remedy()}"
        )
    lapsed = matrix.gathered.lapsed()
    write_table([lapsed], LAPSED, TRAINING_LAPSED)
    write_table([matrix.gathered.activity()], ACTIVITY, TRAINING_ACTIVITY)
    said = Reasons(Texts("en"), matrix.features)
    write_json([{**feature.entry(), "sentence": said.described(feature.name)} for feature in matrix.features], CATALOG)
    summary.line("events in", matrix.events)
    summary.line("labelled slices", len(matrix.snapshots))
    summary.line("rows out (customer, snapshot)", rows)
    summary.line("features", len(matrix.features))
    if matrix.left_out_rows:
        summary.line("rows of those who object, left out", matrix.left_out_rows)
    summary.show()


def _spend(settings: Settings) -> Callable[[Rows], pa.Table] | None:
    """What is spent in the label window and was in as many days before the snapshot; None where there are no amounts.

    It lies in a table of its own, so that a change of what spend means leaves the training table as it is.
    """
    churn, types = settings.churn, spend_types(settings.feature_spec())
    if not types:
        return None
    schema = pa.schema([SPEND.field("spend"), SPEND.field("spend_before")])

    def spent(rows: Rows) -> pa.Table:
        amounts = [
            spend_within(rows, types, churn.lead_days, churn.horizon_days),
            rows.amount(types, churn.horizon_days),
        ]
        return pa.Table.from_arrays([as_arrow(column, pa.float64()) for column in amounts], schema=schema)

    return spent


def _write(matrix: Matrix) -> int:
    """Write features and spend side by side as they stream; the number of rows."""
    with (
        made_parts(matrix) as parts,
        table_writer(matrix.schema, TRAINING) as training,
        table_writer(SPEND, TRAINING_VALUE) as value,
        closing(matrix.tables(parts)) as tables,
    ):
        for table in progress(tables, "chunks of customers"):
            training.add(table.select(matrix.schema.names))
            if matrix.beside:
                value.add(table.select(SPEND.names))
    return training.rows


if __name__ == "__main__":
    run_stage(main)
