"""Stage: judge the model beside its baselines on the newest test slice, draw the plots, record the run in MLflow."""

from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from features.snapshots import as_date
from models.baselines import Baseline, fit_baselines
from models.calibration import sigmoid
from models.curves import Points, gain, precision_recall, reliability, scores_by_slice
from models.figures import all_figures
from models.judge import Judgement, judge
from models.registry import Registry, RegistryUnavailableError, TrainingRecord, log_training
from models.table import Floats, TrainingTable
from pipeline.challenger import challenger_manifest, challenger_version
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import sha256, verify
from pipeline.judged import judged_probability
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import (
    CALIBRATION,
    MODEL,
    PLOTS,
    REPORTS,
    TRAINING,
    read_table,
    write_json,
    write_table,
    write_text,
)
from pipeline.training_data import days, load_lapsed, load_training

PREDICTIONS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("snapshot", pa.date32()),
        ("churned", pa.bool_()),
        ("churn_probability", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Evaluation:
    """All that the stage found out."""

    test: TrainingTable
    probability: Floats
    baselines: list[Baseline]
    judgement: Judgement
    points: dict[str, Points]


def main() -> None:
    """Write data/reports/evaluation.json, test_predictions.parquet and the plots' points."""
    summary = StageSummary("evaluate")
    settings = load_settings()
    manifest = verify(MODEL)
    verify(CALIBRATION)
    table = load_training(settings)
    found = _evaluate(table, settings, manifest)
    report = _report(found, manifest)
    write_json(report, REPORTS / "evaluation.json")
    write_json(challenger_manifest(), REPORTS / "challenger.json")
    _write_predictions(table, found)
    for name, rows in found.points.items():
        write_text(_csv(rows), PLOTS / f"{name}.csv")
    _record(settings, found, report, manifest, summary)
    _say(summary, found, manifest)


def _evaluate(table: TrainingTable, settings: Settings, manifest: dict[str, Any]) -> Evaluation:
    test_snapshot = table.slices()[-1]
    if manifest["judged_label_end"] > str(as_date(test_snapshot)):
        raise ArtifactError(
            f"data/model was judged with labels up to {manifest['judged_label_end']}, past the test snapshot "
            f"{as_date(test_snapshot)}: run `dvc repro --force train`."
        )
    test, train = table.at(test_snapshot), table.closed_by(test_snapshot)
    probability = judged_probability(MODEL / "judged.txt", CALIBRATION / "judged_calibration.json", test)
    baselines = fit_baselines(train, test, load_lapsed(), settings.churn.horizon_days)
    evaluation = settings.evaluation
    judgement = judge(test, probability, baselines, evaluation.capacity, evaluation.bootstrap, evaluation.seed)
    backtest = read_table(CALIBRATION / "backtest.parquet")
    origin = days(backtest, "origin")
    points = {
        "reliability": reliability(probability, test.churned),
        "gain": gain(probability, test.churned),
        "precision_recall": precision_recall(probability, test.churned),
        "scores_by_slice": scores_by_slice(
            origin, sigmoid(backtest.column("score").to_numpy()), {day: str(as_date(day)) for day in table.slices()}
        ),
    }
    return Evaluation(test, probability, baselines, judgement, points)


def _report(found: Evaluation, manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "model_version": challenger_version(),
        "test_snapshot": manifest["test_snapshot"],
        "trained_on_slices": len(manifest["judged_slices"]),
        **found.judgement.to_json(),
        "best_baseline": found.judgement.best_baseline,
        "about_baselines": [{"name": item.name, "about": item.about} for item in found.baselines],
        "sentences": found.judgement.sentences(),
    }


def _write_predictions(table: TrainingTable, found: Evaluation) -> None:
    stored = read_table(TRAINING, ["customer_id", "snapshot", "churned"])
    mask = pa.array(table.snapshot == found.test.snapshot[0])
    rows = stored.filter(mask).append_column("churn_probability", pa.array(found.probability))
    write_table([rows], PREDICTIONS, REPORTS / "test_predictions.parquet")


def _csv(rows: Points) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _record(
    settings: Settings, found: Evaluation, report: dict[str, Any], manifest: dict[str, Any], summary: StageSummary
) -> None:
    registry = Registry(**settings.mlflow.model_dump())
    metrics = {f"{name}": item.value for name, item in found.judgement.metrics["model"].items()}
    for baseline, item in found.judgement.log_loss_difference.items():
        metrics[f"log_loss_minus_{baseline}"] = item.value
    metrics |= {f"leavers_found_{name}": item.value for name, item in found.judgement.found.items()}
    calibration = {"calibration.method": settings.calibration.method}
    sections = {"churn": settings.churn, "snapshots": settings.snapshots, "model": settings.model}
    flat = {f"{part}.{key}": value for part, section in sections.items() for key, value in section.model_dump().items()}
    record = TrainingRecord(
        version=challenger_version(),
        params={**flat, **calibration, "features": len(manifest["features"])},
        metrics=metrics,
        tags={
            "ebb.test_snapshot": manifest["test_snapshot"],
            "ebb.training_sha256": sha256(TRAINING),
            "ebb.git_commit": _git_commit(),
        },
        figures=all_figures(found.points),
        files=(REPORTS / "evaluation.json", REPORTS / "calibration.json"),
        model_files={
            "booster": MODEL / "shipped.txt",
            "calibration": CALIBRATION / "shipped_calibration.json",
            "manifest": REPORTS / "challenger.json",
        },
        feature_names=tuple(manifest["features"]),
    )
    try:
        number = log_training(registry, record)
        summary.line("MLflow", f"{settings.mlflow.registered_model} version {number}, alias challenger")
    except RegistryUnavailableError as error:
        summary.warn(f"MLflow has no record of this run ({error}); everything else is complete.")


def _git_commit() -> str:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _say(summary: StageSummary, found: Evaluation, manifest: dict[str, Any]) -> None:
    figures = found.judgement.metrics
    summary.line("test slice", f"{manifest['test_snapshot']}, {found.judgement.n:,} customers")
    for name, item in figures.items():
        loss, auc = item["log_loss"], item["roc_auc"]
        shown = f"log loss {loss.value:.4f} ({loss.low:.4f} to {loss.high:.4f}), ROC AUC {auc.value:.3f}"
        summary.line(name if name == "model" else f"baseline {name}", shown)
    model = figures["model"]
    summary.line("promised, realised", f"{model['mean_probability'].value:.1%}, {model['base_rate'].value:.1%}")
    for sentence in found.judgement.sentences():
        summary.warn(sentence)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
