"""What was watched, gathered: all that the report tells, and the facts that the advice is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from features.snapshots import as_date
from features.words import slug
from models.advice import Closed, Facts
from models.chosen import Chosen
from models.relevel import Evidence, evidence
from models.table import TrainingTable
from pipeline.champions import Champion
from pipeline.chosen import load_chosen
from pipeline.settings import Settings
from pipeline.tables import REPORTS, read_json
from pipeline.watching.closed import outcomes, past_dates, spread_of_champion
from pipeline.watching.drifted import Drift, drift_of
from pipeline.watching.slices import Census, census, learnt_newest, load_slices, season_twin

FRESH = 7  # days: a kind of event that came at least weekly before


@dataclass(frozen=True)
class Seen:
    """All that was looked at. `newest` is the slice that customers are compared with, `twin` the one a year ago.

    `about` is data/features/current.json; `then` are the customers of a year ago whose outcome no contact touched;
    `corrected` is what a new level would have brought at past dates.
    """

    about: dict[str, Any]
    now: Champion
    known: Census
    closed: tuple[Closed, ...]
    newest: int
    twin: int | None
    features: list[Drift]
    scores: Drift
    then: TrainingTable | None
    corrected: Evidence


def look(settings: Settings, about: dict[str, Any], now: Champion) -> Seen:
    """Look at everything once. Raises ArtifactError if a table is missing or damaged."""
    known, spread = census(), spread_of_champion(now)
    closed = tuple(item.told(spread, known.customers[item.day]) for item in outcomes(settings, now, known))
    newest, twin = learnt_newest(now, known), season_twin(about["as_of"], settings.snapshots.every_days, known)
    model = load_chosen(now.folder, now.folder, "judged")
    *features, scores = _drift(settings, model, newest, twin, about["eligible"])
    then = None if twin is None else load_slices(settings, model.members.names, {twin}, left_alone=True)
    corrected = evidence(**past_dates(settings))
    return Seen(about, now, known, closed, newest, twin, features, scores, then, corrected)


def _drift(settings: Settings, model: Chosen, newest: int, twin: int | None, eligible: int) -> list[Drift]:
    wanted = {newest} if twin is None else {newest, twin}
    slices = load_slices(settings, model.members.names, wanted, left_alone=False)
    return drift_of(model, slices.at(newest), None if twin is None else slices.at(twin), eligible)


def facts_of(seen: Seen, settings: Settings) -> Facts:
    """What the advice is made of."""
    about, features, limit = seen.about, seen.features, settings.watch.drifted
    silent = date.fromisoformat(about["as_of"]) - date.fromisoformat(about["newest_event_day"])
    return Facts(
        days_silent=silent.days,
        population_change=_population_change(about["eligible"], seen.known, seen.twin),
        missing={item.name: item.missing_now for item in features if item.missing_before == 0 < item.missing_now},
        gone=_gone(settings, features),
        closed=seen.closed,
        auc_before=_auc_before(seen.closed),
        drifted=sum(item.above_chance > limit for item in features),
        features=len(features),
        score_drift=seen.scores.above_chance if isfinite(seen.scores.psi) else None,
        newer_labels=str(as_date(seen.known.days()[-1])) > seen.now.manifest["shipped_slices"][-1],
        correcting_helps=seen.corrected.supports,
    )


def _auc_before(closed: tuple[Closed, ...]) -> float | None:
    """The mean over the dates of the backtest before the newest one with an outcome."""
    if not closed:
        return None
    rows = read_json(REPORTS / "backtest.json").get("rows", [])
    earlier = [row["roc_auc"] for row in rows if row["roc_auc"] is not None and row["origin"] < closed[-1].as_of]
    return float(np.mean(earlier)) if earlier else None


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
