"""Stage: features and labels at every labelled slice, from the events that closed labels can see."""

from __future__ import annotations

from datetime import date

from features.labels import label_edges, left_within
from features.snapshots import day_number
from pipeline.errors import SplitError, run_stage
from pipeline.event_files import event_files, objectors
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import Reasons
from pipeline.matrix import ACTIVITY, LAPSED, Matrix
from pipeline.settings import load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import (
    CATALOG,
    EVENTS_CLOSED,
    TRAINING,
    TRAINING_ACTIVITY,
    TRAINING_LAPSED,
    read_json,
    write_json,
    write_table,
)


def main() -> None:
    """Write data/features/training.parquet, its lapsed customers, the activity by day and the catalog of features."""
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
        label_offsets=label_edges(churn.lead_days, churn.horizon_days),
        census=slices[-1] + churn.lead_days + churn.horizon_days if churn.silence else None,
        left_out=objectors(EVENTS_CLOSED),
    )
    rows = write_table(progress(matrix.tables(), "chunks of customers"), matrix.schema, TRAINING)
    if rows == 0:
        raise SplitError(
            f"no customer is eligible at any of {len(matrix.snapshots)} slices: {churn.nobody()}. {churn.remedy()}"
        )
    lapsed = matrix.lapsed()
    write_table([lapsed], LAPSED, TRAINING_LAPSED)
    write_table([matrix.activity()], ACTIVITY, TRAINING_ACTIVITY)
    said = Reasons(Texts("en"), matrix.features)
    write_json([{**feature.entry(), "sentence": said.described(feature.name)} for feature in matrix.features], CATALOG)
    summary.line("events in", matrix.events)
    summary.line("labelled slices", len(matrix.snapshots))
    summary.line("rows out (customer, snapshot)", rows)
    summary.line("features", len(matrix.features))
    if matrix.left_out_rows:
        summary.line("rows of those who object, left out", matrix.left_out_rows)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
