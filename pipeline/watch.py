"""Stage: what has changed since the model learnt, and one line of advice: hold, recalibrate, retrain, look at data."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from features.snapshots import as_date
from features.words import slug
from models.advice import Closed, Facts, Limits, advise
from models.chosen import Chosen
from models.threads import one_thread
from pipeline.champions import Champion, champion
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError, run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import CURRENT_SUMMARY, REPORTS, read_json, write_json, write_text
from pipeline.watching.closed import outcomes, spread_of_champion
from pipeline.watching.drifted import Drift, drift_of
from pipeline.watching.slices import Census, census, learnt_newest, load_slices, season_twin
from pipeline.watching.twin import told

FRESH = 7  # days: a kind of event that came at least weekly before
DIGITS = 6


def main() -> None:
    """Write data/reports/watch.json and drift.csv, one row per feature of the champion, the most drifted first."""
    summary = StageSummary("watch")
    settings, about, now = load_settings(), read_json(CURRENT_SUMMARY), champion()
    if now is None:
        raise ArtifactError("there is no champion to watch: run `make repro`.")
    known = census()
    with one_thread():
        closed = _closed(settings, now, known)
        newest, twin = learnt_newest(now, known), season_twin(about["as_of"], settings.snapshots.every_days, known)
        model = load_chosen(now.folder, now.folder, "judged")
        *features, scores = _drift(settings, model, newest, twin, about["eligible"])
        then = None if twin is None else load_slices(settings, model.members.names, {twin}, left_alone=True)
    facts = _facts(settings, about, known, closed, features, scores, now, twin)
    advice = advise(facts, Limits(**settings.watch.model_dump()))
    season = {**told(then), "horizon_days": settings.churn.horizon_days, "silence": settings.churn.silence}
    report = _report(about, known, facts, features, scores, newest, twin) | {
        "verdict": advice.verdict,
        "reason": advice.reason,
        "advice": {**advice.to_json(), "values": _rounded(advice.values)},
        "closed": {item.as_of: _rounded(asdict(item)) for item in closed},
        "twin": season,
    }
    write_json(report, REPORTS / "watch.json")
    _write_drift(features, settings)
    _say(summary, report)


def _closed(settings: Settings, now: Champion, known: Census) -> list[Closed]:
    spread = spread_of_champion(now)
    return [item.told(spread, known.customers[item.day]) for item in outcomes(settings, now, known)]


def _drift(settings: Settings, model: Chosen, newest: int, twin: int | None, eligible: int) -> list[Drift]:
    wanted = {newest} if twin is None else {newest, twin}
    slices = load_slices(settings, model.members.names, wanted, left_alone=False)
    return drift_of(model, slices.at(newest), None if twin is None else slices.at(twin), eligible)


def _facts(
    settings: Settings,
    about: dict[str, Any],
    known: Census,
    closed: list[Closed],
    features: list[Drift],
    scores: Drift,
    now: Champion,
    twin: int | None,
) -> Facts:
    earlier = [
        row["roc_auc"]
        for row in read_json(REPORTS / "backtest.json").get("rows", [])
        if row["roc_auc"] is not None and closed and row["origin"] < closed[-1].as_of
    ]
    silent = date.fromisoformat(about["as_of"]) - date.fromisoformat(about["newest_event_day"])
    limit = settings.watch.drifted
    return Facts(
        days_silent=silent.days,
        population_change=_population_change(about["eligible"], known, twin),
        missing={item.name: item.missing_now for item in features if item.missing_before == 0 < item.missing_now},
        gone=_gone(settings, features),
        closed=tuple(closed),
        auc_before=float(np.mean(earlier)) if earlier else None,
        drifted=sum(item.above_chance > limit for item in features),
        features=len(features),
        score_drift=scores.above_chance if isfinite(scores.psi) else None,
        newer_labels=str(as_date(known.days()[-1])) > now.manifest["shipped_slices"][-1],
    )


def _population_change(eligible: int, known: Census, twin: int | None) -> float:
    """Now against the newest closed slice or against a year ago, whichever is nearer: a season is no jump."""
    before = [known.customers[day] for day in (known.days()[-1], twin) if day is not None]
    return min((eligible / count - 1 for count in before), key=abs)


def _gone(settings: Settings, features: list[Drift]) -> dict[str, int | None]:
    """Kinds of events of which somebody had one within a week before, and nobody has for long now."""
    seen = {item.name: item for item in features}
    found: dict[str, int | None] = {}
    for role, types in settings.events.roles.model_dump().items():
        columns = [(slug(kind) if len(types) > 1 else role, kind) for kind in types]
        for name, kind in columns:
            item = seen.get(f"days_since_last_{name}")
            if item and item.lowest_before <= FRESH and item.lowest_now > settings.watch.kind_gone_days:
                found[kind] = int(item.lowest_now) if isfinite(item.lowest_now) else None
    return found


def _report(
    about: dict[str, Any],
    known: Census,
    facts: Facts,
    features: list[Drift],
    scores: Drift,
    newest: int,
    twin: int | None,
) -> dict[str, Any]:
    days, worst = known.days(), max(features, key=lambda item: (item.above_chance, item.name))
    last = facts.closed[-1] if facts.closed else None
    before = sum(known.leavers[day] for day in days[:-1]) / max(sum(known.customers[day] for day in days[:-1]), 1)
    return _rounded({
        "as_of": about["as_of"],
        "days_silent": facts.days_silent,
        "population": about["eligible"],
        "last_closed": str(as_date(days[-1])),
        "population_last_closed": known.customers[days[-1]],
        "population_year_ago": None if twin is None else known.customers[twin],
        "population_change": facts.population_change,
        "features": len(features),
        "features_drifted": facts.drifted,
        "features_newly_missing": len(facts.missing),
        "worst_psi": worst.psi,
        "worst_feature": worst.name,
        "score_psi": scores.psi,
        "score_psi_newest": scores.newest,
        "score_psi_year_ago": scores.twin,
        "score_psi_by_chance": scores.chance,
        "left_last_closed": last.left if last else None,
        "promised_last_closed": last.promised if last else None,
        "auc_last_closed": last.auc if last else None,
        "auc_before": facts.auc_before,
        "left_newest_slice": known.share(days[-1]),
        "left_slices_before": before if len(days) > 1 else None,
        "promised_now": read_json(REPORTS / "scoring.json")["mean_probability"],
        "compared_with": {"newest": str(as_date(newest)), "year_ago": None if twin is None else str(as_date(twin))},
    })  # fmt: skip


def _write_drift(features: list[Drift], settings: Settings) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        ["feature", "psi", "psi_newest", "psi_year_ago", "by_chance", "missing_before", "missing_now", "drifted"]
    )
    for item in sorted(features, key=lambda item: (-item.psi, item.name)):
        numbers = (item.psi, item.newest, item.twin, item.chance, item.missing_before, item.missing_now)
        drifted = int(item.above_chance > settings.watch.drifted)
        rows.writerow([item.name, *(round(value, DIGITS) if isfinite(value) else "" for value in numbers), drifted])
    write_text(text.getvalue(), REPORTS / "drift.csv")


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in values.items()}


def _say(summary: StageSummary, report: dict[str, Any]) -> None:
    summary.line("as of", report["as_of"])
    summary.line("advice", f"{report['verdict']}: {report['reason']} {report['advice']['values'] or ''}".strip())
    summary.line("customers", f"{report['population']:,}, {report['population_change']:+.1%} against the nearer of the "
                 f"newest closed date and a year ago")  # fmt: skip
    for day, item in report["closed"].items():
        interval = f"{item['promised']:.1%} promised ({item['low']:.1%} to {item['high']:.1%})"
        summary.line(f"left, {day}", f"{item['left']:.1%}, {interval}")
    summary.line("features drifted", f"{report['features_drifted']} of {report['features']}, worst "
                 f"{report['worst_feature']} ({report['worst_psi']:.2f})")  # fmt: skip
    score = report["score_psi"]
    summary.line("probabilities", "not compared" if score is None else f"index {score:.3f}")
    twin = report["twin"]
    if not twin["known"]:
        summary.line("a year ago", "not known: less than two years of labelled history")
    else:
        summary.line(
            "a year ago", f"{twin['eligible']['stayed_share']:.1%} of {twin['eligible']['customers']:,} stayed"
        )
    summary.line("tables", f"{REPORTS / 'watch.json'}, {REPORTS / 'drift.csv'}")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
