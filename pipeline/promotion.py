"""What the stage promote, `make promote` and `make rollback` share: the gate's questions and the change of champion."""

from __future__ import annotations

from datetime import date
from typing import Any

from features.snapshots import day_number
from models.baselines import fit_baselines
from models.gate import Check, Limits, absolute_checks, champion_checks
from models.judge import judge
from models.registry import Registry, set_champion
from models.table import TrainingTable
from pipeline.challenger import challenger_manifest
from pipeline.champions import Champion, point_to, pointer, store
from pipeline.judged import judged_probability
from pipeline.settings import Settings
from pipeline.summary import StageSummary
from pipeline.tables import CALIBRATION, MODEL, REPORTS, read_json
from pipeline.training_data import load_lapsed, load_training


def make_champion(settings: Settings, version: str, how: str, summary: StageSummary) -> None:
    """Store the challenger, point to it and move MLflow's alias."""
    metrics = {name: item["value"] for name, item in _metrics().items()}
    store(version, challenger_manifest(), metrics)
    point_to(version, how, held=(pointer() or {}).get("held", []))
    move_alias(settings, version, summary)


def move_alias(settings: Settings, version: str, summary: StageSummary) -> None:
    """Mirror the champion in MLflow; its absence is said, never fatal."""
    try:
        if not set_champion(Registry(**settings.mlflow.model_dump()), version):
            summary.warn(f"MLflow does not know version {version}, so its alias champion stays where it is.")
    except RegistryUnavailableError as error:
        summary.warn(f"MLflow's alias champion was not moved ({error}); data/champion is complete.")


def _metrics() -> dict[str, Any]:
    model = read_json(REPORTS / "evaluation.json")["model"]
    return {name: item for name, item in model.items() if isinstance(item, dict)}


def gate_checks(settings: Settings, now: Champion | None) -> list[Check]:
    """The gate's questions: absolute ones always, and those beside the champion where the two can be compared."""
    table = load_training(settings)
    test_snapshot = table.slices()[-1]
    test, train = table.at(test_snapshot), table.closed_by(test_snapshot)
    probability = judged_probability(MODEL / "judged.txt", CALIBRATION / "judged_calibration.json", test)
    baselines = fit_baselines(train, test, load_lapsed(), settings.churn.horizon_days)[:1]
    evaluation = settings.evaluation
    judgement = judge(test, probability, baselines, evaluation.capacity, evaluation.bootstrap, evaluation.seed)
    checks = [_out_of_time(test_snapshot), *absolute_checks(judgement)]
    if now is None:
        return checks
    why_not = incomparable(now, challenger_manifest(), table)
    if why_not:
        return [*checks, Check("comparable_with_champion", 0, 0, True, f"{why_not}, so only the absolute gates count")]
    champions = judged_probability(now.folder / "judged.txt", now.folder / "judged_calibration.json", test)
    return [*checks, *champion_checks(test, probability, champions, _limits(settings))]


def _out_of_time(test_snapshot: int) -> Check:
    end = day_number(date.fromisoformat(challenger_manifest()["judged_label_end"]))
    ahead = end - test_snapshot
    return Check("out_of_time", ahead, 0, ahead <= 0, "the judged model's labels end at or before the test snapshot")


def incomparable(now: Champion, challenger: dict[str, Any], table: TrainingTable) -> str | None:
    """Why a champion cannot be judged on the challenger's test rows; None if it can.

    A champion that saw labels past the test snapshot would beat any honest challenger.
    """
    if now.manifest["label"] != challenger["label"]:
        return f"champion {now.version} answers another question (params churn or events.roles.activity changed)"
    missing = [name for name in now.manifest["features"] if name not in table.names]
    if missing:
        return f"champion {now.version} needs the feature {missing[0]}, which no longer exists"
    if now.manifest["judged_label_end"] > challenger["test_snapshot"]:
        return f"champion {now.version} was trained on later data than this"
    return None


def _limits(settings: Settings) -> Limits:
    gate = settings.promote
    return Limits(
        gate.max_log_loss_increase,
        gate.max_calibration_increase,
        gate.max_lift_decrease,
        gate.max_high_changed,
        settings.risk.high,
        settings.evaluation.capacity,
    )
