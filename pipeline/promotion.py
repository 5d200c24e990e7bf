"""What the stage promote, `make promote` and `make rollback` share: the gate's questions and the change of champion."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from models.blend import RULE
from models.gate import Check, Limits, absolute_checks, champion_checks, rule_check, seed_check
from models.intervals import Estimate
from models.registry import Registry, RegistryUnavailableError, set_champion
from models.table import TrainingTable
from pipeline.challenger import challenger_manifest
from pipeline.champions import Champion, point_to, pointer, store
from pipeline.chosen import load_chosen, probability
from pipeline.settings import Settings
from pipeline.summary import StageSummary
from pipeline.tables import CALIBRATION, MODEL, REPORTS, read_json
from pipeline.training_data import load_training


def make_champion(settings: Settings, version: str, how: str, summary: StageSummary) -> None:
    """Store the challenger, point to it and move MLflow's alias."""
    report = read_json(REPORTS / "evaluation.json")
    metrics = {name: item["value"] for name, item in report["model"].items() if isinstance(item, dict)}
    told = {"grade": report["grade"], "warnings": report["warnings"], "for_lists": for_lists(report)}
    store(version, challenger_manifest(), {**metrics, **told})
    point_to(version, how, held=(pointer() or {}).get("held", []))
    move_alias(settings, version, summary)


def for_lists(report: dict[str, Any]) -> dict[str, Any]:
    """What a list's first page says of the model that made it, from evaluation.json: kept with the champion.

    `test`: the newest date whose outcome was known; shares of its customers, the realised one with its interval, and
    between which two the promise had put it. `past_dates` is None where there is none to compare on.
    """
    test, promised, past = report["model"], report["promise"], report["past_dates"]
    rule = next((item["days"] for item in report["about_baselines"] if item["name"] == "recency_rule"), None)
    realised, n = test["base_rate"], test["n"]
    return {
        "baseline": report["best_baseline"],
        "rule_days": rule,
        "customers": n,
        "leavers": round(realised["value"] * n),
        "test": {
            "as_of": report["test_snapshot"],
            "customers": n,
            "promised": test["mean_probability"]["value"],
            "promised_low": round(promised["low"] / n, 6),
            "promised_high": round(promised["high"] / n, 6),
            "realised": realised["value"],
            "low": realised["low"],
            "high": realised["high"],
        },
        "past_dates": _past_dates(past) if past["origins"] else None,
    }


def _past_dates(past: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule_days": past["rule_days"],
        "capacity": past["capacity"],
        "origins": past["origins"],
        "model": past["found"]["model"]["leavers"]["value"],
        "rule": past["found"]["today"]["leavers"]["value"],
        "more": past["differences"]["today"]["leavers"],
    }


def move_alias(settings: Settings, version: str, summary: StageSummary) -> None:
    """Mirror the champion in MLflow; its absence is said, never fatal."""
    try:
        if not set_champion(Registry(**settings.mlflow.model_dump()), version):
            summary.warn(f"MLflow does not know version {version}, so its alias champion stays where it is.")
    except RegistryUnavailableError as error:
        summary.warn(f"MLflow's alias champion was not moved ({error}); data/champion is complete.")


def gate_checks(settings: Settings, now: Champion | None) -> list[Check]:
    """The gate's questions: absolute ones always, and those beside the champion where the two can be compared."""
    figures = read_json(REPORTS / "evaluation.json")
    challenger = challenger_manifest()
    auc = _estimate(figures["model"]["roc_auc"])
    loss = _estimate(figures["log_loss_difference"]["base_rate"])
    gate, changed = settings.promote, figures["reseeded"]["top_changed"]
    if figures["blend"] == RULE:
        checks = [_out_of_time(challenger), rule_check(loss)]
    else:
        stable = seed_check(changed, settings.evaluation.capacity, gate.max_reseed_changed)
        checks = [_out_of_time(challenger), *absolute_checks(auc, loss), stable]
    if now is None:
        return checks
    table = load_training(settings)
    why_not = incomparable(now, challenger, table)
    if why_not:
        return [*checks, Check("comparable_with_champion", 0, 0, True, f"{why_not}, so only the absolute gates count")]
    test = table.at(table.slices()[-1])
    new, old = (
        probability(load_chosen(folder, calibration, "judged"), test)
        for folder, calibration in ((MODEL, CALIBRATION), (now.folder, now.folder))
    )
    return [*checks, *champion_checks(test, new, old, _limits(settings))]


def _estimate(item: dict[str, float | None]) -> Estimate:
    """An estimate as JSON holds it: null where it could not be known, which passes no gate."""
    return Estimate(**{name: math.nan if value is None else value for name, value in item.items()})


def _out_of_time(challenger: dict[str, Any]) -> Check:
    end, test = (date.fromisoformat(challenger[name]) for name in ("judged_label_end", "test_snapshot"))
    ahead = (end - test).days
    return Check("out_of_time", ahead, 0, ahead <= 0, f"the judged model's labels end on {end}, the test is on {test}")


def incomparable(now: Champion, challenger: dict[str, Any], table: TrainingTable) -> str | None:
    """Why a champion cannot be judged on the challenger's test rows; None if it can.

    A champion that saw labels past the test snapshot would beat any honest challenger.
    """
    if "judged_members.json" not in now.manifest["files"]:
        return f"champion {now.version} was made before models were blended"
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
