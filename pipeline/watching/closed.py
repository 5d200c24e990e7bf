"""The newest dates whose outcome is known: what was said of them by a model that had not seen it, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from features.snapshots import as_date, day_number
from models.advice import Closed
from models.calibration import sigmoid
from models.metrics import Groups, all_metrics
from models.promise import Spread, promise
from models.table import Bools, Floats
from pipeline.backtest_table import load_backtest
from pipeline.champions import Champion
from pipeline.chosen import load_chosen
from pipeline.folders import verify
from pipeline.settings import Settings
from pipeline.tables import CALIBRATION, read_json, read_table
from pipeline.training_data import label_spec
from pipeline.watching.slices import Census, load_slices

NEWEST = 2
PROCEDURE = CALIBRATION / "procedure.parquet"


@dataclass(frozen=True)
class Outcome:
    """One date: out-of-time log odds and who left, one entry per customer (of a long table, of the draw).

    `by` says whose odds they are: the champion's, or those of the model that would have been made at that date.
    """

    day: int
    odds: Floats
    churned: Bools
    by: str

    def told(self, spread: Spread, customers: int) -> Closed:
        """As advice needs it; `customers` are all of that date, where the arrays may hold a draw of them."""
        found, rows = promise(self.odds, spread), len(self.odds)
        auc = all_metrics(Groups.of(sigmoid(self.odds), self.churned), np.ones(rows))["roc_auc"]
        return Closed(
            as_of=str(as_date(self.day)),
            customers=customers,
            left=float(self.churned.mean()),
            promised=found.expected / rows,
            low=found.low / rows,
            high=found.high / rows,
            auc=float(auc) if np.isfinite(auc) else None,
        )


def moved_by(champion: Champion) -> float:
    """Log odds by which `make recalibrate` has moved the champion since it was trained; 0 for a trained one."""
    return float(champion.manifest.get("recalibrated", {}).get("total_shift", 0.0))


def spread_of_champion(champion: Champion) -> Spread:
    """How far whole bands of the champion's kind missed at past dates."""
    return Spread.from_json(read_json(champion.folder / "shipped_calibration.json")["spread"])


def outcomes(settings: Settings, champion: Champion, known: Census) -> list[Outcome]:
    """The newest dates with an outcome, oldest first; customers whose outcome a contact may have changed are left out.

    None where nothing was ever said of a date out of time, or where leaving means something else now.
    By the shipped model where its labels end before the date, else by the judged one where its do. Where neither has,
    by what the backtest refitted at that date. A level that a recalibration has moved is moved for the latter two as
    well, so that what is told is what is still off.
    """
    if champion.manifest["label"] != label_spec(settings):
        return []  # it answers another question
    found, moved = [], moved_by(champion)
    for day in known.days()[-NEWEST:]:
        which = _out_of_time(champion, day)
        if which is None:
            outcome = _refitted(day, moved)
            found += [outcome] if outcome else []
            continue
        model = load_chosen(champion.folder, champion.folder, which)
        table = load_slices(settings, model.members.names, {day}, left_alone=True)
        if not len(table):
            continue  # everybody was contacted
        by = 0.0 if which == "shipped" else moved
        found.append(Outcome(day, model.odds(table) + by, table.churned, "champion"))
    return found


def _out_of_time(champion: Champion, day: int) -> str | None:
    """Which of the champion's models had seen no outcome later than `day`."""
    for which in ("shipped", "judged"):
        if day_number(date.fromisoformat(champion.manifest[f"{which}_label_end"])) <= day:
            return which
    return None


def _refitted(day: int, moved: float) -> Outcome | None:
    table, backtest = read_table(PROCEDURE), load_backtest()
    here = backtest.origin == day
    if not here.any():
        return None
    return Outcome(day, table.column("odds").to_numpy()[here] + moved, backtest.churned[here], "past")


def past_dates(settings: Settings) -> dict[str, Any]:
    """Out-of-time odds and outcomes of past dates, as models/relevel.py asks for them.

    Raises ArtifactError if data/calibration is damaged.
    """
    verify(CALIBRATION)
    backtest, odds = load_backtest(), read_table(PROCEDURE).column("odds").to_numpy()
    return {
        "odds": odds,
        "churned": backtest.churned,
        "origin": backtest.origin,
        "cuts": (settings.risk.medium, settings.risk.high),
        "label_days": settings.churn.lead_days + settings.churn.horizon_days,
    }
