"""Stage: judge the model beside its baselines on the newest slice and on past dates; record the run in MLflow."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from features.snapshots import as_date
from models.backtest import Material
from models.baselines import Baseline, fit_baselines
from models.calibration import sigmoid
from models.chosen import Chosen
from models.curves import Points, gain, precision_recall, reliability, scores_by_slice
from models.figures import all_figures
from models.gate import high_changed, top_changed
from models.grade import Grade, grade
from models.judge import NAMES, Judgement, judge
from models.members import reseeded
from models.minimum import few
from models.promise import promise, promises
from models.table import Floats, TrainingTable
from pipeline.backtest_table import load_backtest
from pipeline.challenger import challenger_manifest, challenger_version
from pipeline.chosen import load_chosen, probability
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import verify
from pipeline.past_dates import found_on_past_dates
from pipeline.record import record_training
from pipeline.sample import sampled
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import (
    CALIBRATION,
    MODEL,
    PLOTS,
    REPORTS,
    read_json,
    read_table,
    write_json,
    write_table,
    write_text,
)
from pipeline.training_data import load_material

PREDICTIONS = pa.schema(
    [
        ("snapshot", pa.date32()),
        ("churned", pa.bool_()),
        ("churn_probability", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Evaluation:
    """All that was found out on the test slice."""

    test: TrainingTable
    probability: Floats
    baselines: list[Baseline]
    judgement: Judgement
    grade: Grade


def main() -> None:
    """Write data/reports/evaluation.json, test_predictions.parquet and the plots' points."""
    summary = StageSummary("evaluate")
    settings = load_settings()
    challenger = challenger_manifest()  # which checks every file of model, calibration and spend forecast
    manifest = verify(MODEL)
    material = load_material(settings)
    test_snapshot = material.table.slices()[-1]
    if manifest["judged_label_end"] > str(as_date(test_snapshot)):
        raise ArtifactError(
            f"data/model was judged with labels up to {manifest['judged_label_end']}, past the test snapshot "
            f"{as_date(test_snapshot)}: run `dvc repro --force train`."
        )
    model = load_chosen(MODEL, CALIBRATION, "judged")
    found = _evaluate(material, model, settings)
    points = _points(found, material.table)
    report = _report(found, material, model, settings, manifest)
    write_json(report, REPORTS / "evaluation.json")
    write_json(challenger, REPORTS / "challenger.json")
    _write_predictions(found)
    for name, rows in points.items():
        write_text(_csv(rows), PLOTS / f"{name}.csv")
    figures = all_figures({**points, "backtest": read_json(REPORTS / "backtest.json")["rows"]})
    record_training(settings, report, figures, summary)
    _say(summary, found, report)


def _evaluate(material: Material, model: Chosen, settings: Settings) -> Evaluation:
    table, evaluation = material.table, settings.evaluation
    test_snapshot = table.slices()[-1]
    test, train = table.at(test_snapshot), material.closed_by(test_snapshot)
    churn = probability(model, test)
    lapsed = material.lapsed if material.silence else None
    baselines = fit_baselines(train, test, lapsed, settings.churn.horizon_days)
    judgement = judge(test, churn, baselines, evaluation.capacity, evaluation.bootstrap, evaluation.seed)
    best = judgement.best_baseline
    rival = next(item for item in baselines if item.name == best)
    shown = f"the rule '{rival.about}'" if best == "recency_rule" else NAMES[best]
    against, leavers = judgement.log_loss_difference[best], int(test.churned.sum())
    return Evaluation(test, churn, baselines, judgement, grade(churn, test.churned, against, shown, len(test), leavers))


def _points(found: Evaluation, table: TrainingTable) -> dict[str, Points]:
    past = read_table(CALIBRATION / "procedure.parquet")
    origin = past.column("origin").cast(pa.int32()).to_numpy().astype(np.int64)
    return {
        "reliability": reliability(found.probability, found.test.churned),
        "gain": gain(found.probability, found.test.churned),
        "precision_recall": precision_recall(found.probability, found.test.churned),
        "scores_by_slice": scores_by_slice(
            origin, sigmoid(past.column("odds").to_numpy()), {day: str(as_date(day)) for day in table.slices()}
        ),
    }


def _report(
    found: Evaluation, material: Material, model: Chosen, settings: Settings, manifest: dict[str, Any]
) -> dict[str, Any]:
    cuts = (settings.risk.medium, settings.risk.high)
    odds = model.odds(found.test)
    backtest, best = load_backtest(), found.judgement.best_baseline
    past = read_table(CALIBRATION / "procedure.parquet").column("odds").to_numpy()
    return {
        "model_version": challenger_version(),
        "test_snapshot": manifest["test_snapshot"],
        "trained_on_slices": len(manifest["judged_slices"]),
        "share_of_customers": material.table.share,
        "blend": model.blend.name,
        "grade": found.grade.to_json(),
        **found.judgement.to_json(),
        "best_baseline": best,
        "about_baselines": [{"name": item.name, "about": item.about, "days": item.days} for item in found.baselines],
        "promises": {name: item.to_json() for name, item in promises(odds, model.spread, cuts).items()},
        "promise": promise(odds, model.spread).to_json(),
        "reseeded": _reseeded(found, material, model, settings),
        "past_dates": found_on_past_dates(backtest, past, best, material.table.share, settings),
        "sentences": [*sampled(material.table.share), *found.judgement.sentences()],
        "warnings": [warning for warning in [few(found.test)] if warning],
    }


def _reseeded(found: Evaluation, material: Material, model: Chosen, settings: Settings) -> dict[str, float]:
    """How much of the list another seed would change, on the test rows."""
    if "trees" not in model.blend.members:
        return {"top_changed": 0.0, "high_changed": 0.0}
    closed, capacity = material.closed_by(int(found.test.snapshot[0])), settings.evaluation.capacity
    other = reseeded(model.members, closed, material.params, material.params.seed + 1)
    again = Chosen(other, model.blend, model.spread).probability(found.test)
    return {
        "top_changed": round(top_changed(found.probability, again, found.test.places(capacity)), 6),
        "high_changed": round(high_changed(found.probability, again, settings.risk.high), 6),
    }


def _write_predictions(found: Evaluation) -> None:
    """One row per customer of the test slice, in the order of the training table: a report needs no ids."""
    day = pa.array(found.test.snapshot.astype(np.int32)).cast(pa.date32())
    columns = [day, pa.array(found.test.churned), pa.array(found.probability)]
    write_table([pa.Table.from_arrays(columns, schema=PREDICTIONS)], PREDICTIONS, REPORTS / "test_predictions.parquet")


def _csv(rows: Points) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _say(summary: StageSummary, found: Evaluation, report: dict[str, Any]) -> None:
    figures = found.judgement.metrics
    summary.line("test slice", f"{report['test_snapshot']}, {found.judgement.n:,} customers, blend {report['blend']}")
    for name, item in figures.items():
        loss, auc = item["log_loss"], item["roc_auc"]
        shown = f"log loss {loss.value:.4f} ({loss.low:.4f} to {loss.high:.4f}), ROC AUC {auc.value:.3f}"
        summary.line(name if name == "model" else f"baseline {name}", shown)
    model = figures["model"]
    summary.line("promised, realised", f"{model['mean_probability'].value:.1%}, {model['base_rate'].value:.1%}")
    summary.line("grade", f"{found.grade.letter}: {found.grade.sentence}")
    summary.line("next", found.grade.next_step)
    for sentence in [*report["warnings"], *report["sentences"], *report["past_dates"]["sentences"]]:
        summary.warn(sentence)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
