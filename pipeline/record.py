"""The MLflow record of a training: parameters, metrics, plots, tables and the model."""

from __future__ import annotations

import subprocess
from datetime import date
from typing import TYPE_CHECKING, Any

from features.snapshots import day_number
from models.registry import Registry, RegistryUnavailableError, TrainingRecord, log_training
from pipeline.challenger import challenger_version
from pipeline.folders import sha256
from pipeline.settings import Settings
from pipeline.summary import StageSummary
from pipeline.tables import CALIBRATION, MODEL, REPORTS, TRAINING, read_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def record_training(
    settings: Settings, report: dict[str, Any], figures: dict[str, Figure], summary: StageSummary
) -> None:
    """Log the run and register its model as challenger; MLflow's absence is said, never fatal."""
    manifest = read_json(MODEL / "manifest.json")
    sections = {"churn": settings.churn, "snapshots": settings.snapshots, "model": settings.model}
    flat = {f"{part}.{key}": value for part, section in sections.items() for key, value in section.model_dump().items()}
    chosen = read_json(CALIBRATION / "shipped_calibration.json")
    record = TrainingRecord(
        version=challenger_version(),
        params={
            **flat,
            "calibration.method": settings.calibration.method,
            "features": len(manifest["features"]),
            "blend": chosen["blend"],
            "calibrated_by": chosen["method"],
            "leaves": manifest["leaves"],
            "season_strength": manifest["season_strength"],
        },
        metrics=_metrics(report),
        stepped=_by_origin(),
        tags={
            "ebb.test_snapshot": manifest["test_snapshot"],
            "ebb.training_sha256": sha256(TRAINING),
            "ebb.git_commit": _git_commit(),
            "ebb.grade": report["grade"]["letter"],
        },
        figures=figures,
        files=tuple(REPORTS / f"{name}.json" for name in ("evaluation", "calibration", "backtest")),
        model_files={
            "booster": MODEL / "shipped.txt",
            "members": MODEL / "shipped_members.json",
            "calibration": CALIBRATION / "shipped_calibration.json",
            "manifest": REPORTS / "challenger.json",
        },
        feature_names=tuple(manifest["features"]),
    )
    registry = Registry(**settings.mlflow.model_dump())
    try:
        number = log_training(registry, record)
        summary.line("MLflow", f"{settings.mlflow.registered_model} version {number}, alias challenger")
    except RegistryUnavailableError as error:
        summary.warn(f"MLflow has no record of this run ({error}); everything else is complete.")


def _metrics(report: dict[str, Any]) -> dict[str, float]:
    metrics = {name: item["value"] for name, item in report["model"].items() if isinstance(item, dict)}
    metrics |= {f"log_loss_minus_{name}": item["value"] for name, item in report["log_loss_difference"].items()}
    found = report["capacity"]["leavers_found"]
    metrics |= {f"leavers_found_{name}": item["value"] for name, item in found.items()}
    return {name: value for name, value in metrics.items() if value is not None}


def _by_origin() -> dict[str, dict[int, float]]:
    """Figures of the rolling origins, by day number, so that MLflow draws them as lines."""
    rows = read_json(REPORTS / "backtest.json").get("rows", [])
    figures: dict[str, dict[int, float]] = {}
    for row in rows:
        step = day_number(date.fromisoformat(row["origin"]))
        for name, value in {"bias": row["bias"], **{f"log_loss_{k}": v for k, v in row["log_loss"].items()}}.items():
            figures.setdefault(f"rolling_{name}", {})[step] = value
    return figures


def _git_commit() -> str:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"
