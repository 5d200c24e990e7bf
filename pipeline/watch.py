"""Stage: what has changed since the model learnt, and one line of advice: hold, recalibrate, retrain, look at data."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from math import isfinite
from typing import Any

from features.snapshots import as_date
from models.advice import Facts, Limits, advise
from models.threads import one_thread
from pipeline.champions import champion
from pipeline.errors import ArtifactError, run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import CURRENT_SUMMARY, REPORTS, read_json, write_json, write_text
from pipeline.watching.drifted import Drift
from pipeline.watching.facts import Seen, facts_of, look
from pipeline.watching.twin import told

DIGITS = 6


def main() -> None:
    """Write data/reports/watch.json and drift.csv, one row per feature of the champion, the most drifted first."""
    summary = StageSummary("watch")
    settings, about, now = load_settings(), read_json(CURRENT_SUMMARY), champion()
    if now is None:
        raise ArtifactError("there is no champion to watch: run `make repro`.")
    with one_thread():
        seen = look(settings, about, now)
    facts = facts_of(seen, settings)
    advice = advise(facts, Limits(**settings.watch.model_dump()))
    report = _figures(seen, facts) | {
        "verdict": advice.verdict,
        "reason": advice.reason,
        "advice": {**advice.to_json(), "values": _rounded(advice.values)},
        "closed": {item.as_of: _rounded(asdict(item)) for item in seen.closed},
        "twin": {
            **told(seen.then),
            "horizon_days": settings.churn.horizon_days,
            "silence": settings.churn.silence,
        },
    }
    write_json(report, REPORTS / "watch.json")
    _write_drift(seen.features, settings)
    _say(summary, report)


def _figures(seen: Seen, facts: Facts) -> dict[str, Any]:
    """The flat figures of the report: what `dvc metrics diff` compares from week to week."""
    about, known, scores, twin = seen.about, seen.known, seen.scores, seen.twin
    days, worst = known.days(), max(seen.features, key=lambda item: (item.above_chance, item.name))
    last = facts.closed[-1] if facts.closed else None
    before = sum(known.leavers[day] for day in days[:-1]) / max(sum(known.customers[day] for day in days[:-1]), 1)
    figures = {
        "as_of": about["as_of"],
        "days_silent": facts.days_silent,
        "population": about["eligible"],
        "last_closed": str(as_date(days[-1])),
        "population_last_closed": known.customers[days[-1]],
        "population_year_ago": None if twin is None else known.customers[twin],
        "population_change": facts.population_change,
        "features": len(seen.features),
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
        "correcting_log_loss": seen.corrected.difference if seen.corrected.dates else None,
        "correcting_helps": seen.corrected.supports,
        "compared_with": {
            "newest": str(as_date(seen.newest)),
            "year_ago": None if twin is None else str(as_date(twin)),
        },
    }
    return _rounded(figures)


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
