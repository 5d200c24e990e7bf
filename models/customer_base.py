"""What a customer's own rhythm says of leaving: BG/NBD or Pareto/NBD, whichever is likelier, in seasonal time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from models.bgnbd import BgNbd, History, fit_bgnbd
from models.calibration import log_losses, logit, simplest
from models.pareto_nbd import ParetoNbd, fit_pareto_nbd
from models.season import Activity, Season, growth_known, knowable, seasonal
from models.table import Floats, Ints, TrainingTable, Window

RECENCY = "days_since_last_activity"
STRENGTHS = (0.0, 0.5, 1.0)  # from no season to all of it
SETTLED = 182  # days of records before a slice counts: before that, customers of old standing look like new ones
FEWEST_SLICES = 3  # that a season must explain before it is believed
MOST_HISTORIES = 50_000  # four parameters need no more
KINDS: dict[str, type[BgNbd] | type[ParetoNbd]] = {"bgnbd": BgNbd, "pareto_nbd": ParetoNbd}


@dataclass(frozen=True)
class CustomerBase:
    """Two fits, one in seasonal and one in plain time, and a log odds for who cannot be fitted (`fallback`)."""

    season: Season
    timed: BgNbd | ParetoNbd | None
    plain: BgNbd | ParetoNbd | None
    window: Window
    fallback: float

    def score(self, table: TrainingTable) -> Floats:
        """Log odds of leaving, one per row, in seasonal time."""
        return self._score(table, self.timed, self.season)

    def plain_score(self, table: TrainingTable) -> Floats:
        """Log odds of leaving, one per row, as if every day counted the same."""
        return self._score(table, self.plain, Season())

    def shift(self, table: TrainingTable) -> Floats:
        """How far the season moves each row's log odds; 0 where no season was supported."""
        if not self.season.weeks:
            return np.zeros(len(table))
        return self.score(table) - self.plain_score(table)

    def _score(self, table: TrainingTable, model: BgNbd | ParetoNbd | None, season: Season) -> Floats:
        if model is None:
            return np.full(len(table), self.fallback)
        opens = table.snapshot + self.window.lead_days
        horizon = season.elapsed(opens, opens + self.window.horizon_days)
        return logit(model.churn_probability(in_time(histories(table), table.snapshot, season), horizon))

    def to_json(self) -> dict[str, Any]:
        """The fits as plain data."""
        fits = {"timed": self.timed, "plain": self.plain}
        named = {
            name: None if fit is None else {"kind": _kind(fit), "params": astuple(fit)} for name, fit in fits.items()
        }
        return {"season": self.season.to_json(), **named, "window": astuple(self.window), "fallback": self.fallback}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> CustomerBase:
        """The fits from plain data."""
        fits = [KINDS[fit["kind"]](*fit["params"]) if (fit := content[name]) else None for name in ("timed", "plain")]
        season = Season.from_json(content["season"])
        return CustomerBase(season, fits[0], fits[1], Window(*content["window"]), content["fallback"])


def _kind(fit: BgNbd | ParetoNbd) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(fit, kind))


def histories(table: TrainingTable) -> History:
    """What the models need of each row: repeats, last active day and age, both in days since the first."""
    age, recency = table.column("tenure_days"), table.column(RECENCY)
    return History(table.column("active_days_lifetime") - 1, age - recency, age, np.ones(len(table)))


def in_time(history: History, snapshot: Ints | int, season: Season) -> History:
    """The same histories, their days counted by the season's clock."""
    if not season.weeks:
        return history
    start = snapshot - history.age
    last = season.elapsed(start, start + history.last)
    return History(history.repeats, last, np.maximum(season.elapsed(start, start + history.age), last), history.weight)


def fit_customer_base(
    closed: TrainingTable, everybody: History, origin: int, activity: Activity, window: Window
) -> CustomerBase:
    """Fit on everybody known at an origin, lapsed customers included, or everyone would look alive.

    `closed` are labelled rows whose windows ended by the origin: a season is believed only as far as it explains how
    churn moved between their slices.
    """
    everybody, fallback = thinned(everybody), _log_odds_of_all(closed)
    plain = _likelier(everybody)
    if plain is None:
        return CustomerBase(Season(), None, None, window, fallback)
    season, _ = supported_season(closed, everybody, origin, activity.before(origin), window)
    timed = _likelier(in_time(everybody, origin, season)) if season.weeks else plain
    return CustomerBase(season, timed or plain, plain, window, fallback)


def unasked(closed: TrainingTable, window: Window) -> CustomerBase:
    """The rate of all for everybody, where leaving is not silence: activity is not what the question is about."""
    return CustomerBase(Season(), None, None, window, _log_odds_of_all(closed))


def _log_odds_of_all(closed: TrainingTable) -> float:
    rate = float(np.clip(closed.churned.mean(), 0.01, 0.99)) if len(closed) else 0.5
    return float(np.log(rate / (1 - rate)))


def thinned(history: History) -> History:
    """At most `MOST_HISTORIES` of them, evenly chosen."""
    step = -(-len(history.repeats) // MOST_HISTORIES)
    return History(*(values[::step] for values in astuple(history))) if step > 1 else history


def _likelier(history: History) -> BgNbd | ParetoNbd | None:
    """The model under which the histories are likelier; None if neither can be fitted."""
    found: list[BgNbd | ParetoNbd] = []
    for fit in (fit_bgnbd, fit_pareto_nbd):
        try:
            found.append(fit(history))
        except ValueError:
            continue  # too few come back for this one; who cannot be fitted at all gets the base rate
    return max(found, key=lambda model: model.log_likelihood(history), default=None)


def supported_season(
    closed: TrainingTable, everybody: History, origin: int, activity: Activity, window: Window
) -> tuple[Season, dict[float, BgNbd]]:
    """The season of the strength that explains the closed slices best, unless none does as well.

    As well is within one standard error; with little more than a year known, the weakest that does is taken. Beside it
    the BG/NBD fits behind the comparison by the season's strength; none where no season could be asked for.
    """
    slices = [day for day in closed.slices() if day >= activity.start + SETTLED]
    if not knowable(activity) or len(slices) < FEWEST_SLICES:
        return Season(), {}
    seasons = {strength: seasonal(activity, strength) for strength in STRENGTHS}
    losses: dict[str, Floats] = {}
    fits: dict[float, BgNbd] = {}
    for strength, season in seasons.items():
        try:
            fits[strength] = fit_bgnbd(in_time(everybody, origin, season))
        except ValueError:
            return Season(), {}
        score = CustomerBase(season, fits[strength], fits[strength], window, 0.0).score(closed)
        each = log_losses(score, closed.churned)
        losses[str(strength)] = np.array([each[closed.snapshot == day].mean() for day in slices])
    chosen, _ = simplest(losses)
    # One year alone cannot tell growth from season: then it stays with the weakest.
    if float(chosen) and growth_known(activity.active):
        chosen = min(losses, key=lambda name: float(losses[name].mean()))
    return seasons[float(chosen)], fits
