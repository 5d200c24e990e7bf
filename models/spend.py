"""What customers spent, beside the training table, and what rhythm and worth alone say of what they will spend.

The base of the forecast: how many active days a customer will have who stays (BG/NBD, in seasonal time) times what an
active day of theirs is worth (gamma-gamma). A customer's spend has no upper end that trees could know of; this base
goes on where the training rows end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from models.bgnbd import BgNbd, History, fit_bgnbd
from models.customer_base import histories, in_time, supported_season, thinned
from models.gamma_gamma import GammaGamma, fit_gamma_gamma
from models.season import Activity, Season
from models.table import Bools, Floats, Ints, TrainingTable, Window

ACTIVE_DAYS = "active_days_lifetime"
LOWEST = 1e-3  # of the mean: nobody who stays is forecast less, so that there is a logarithm


@dataclass(frozen=True)
class Spend:
    """One entry per row of the training table, in its order: spend in the label window, and as long before.

    `columns` are the features that hold what a customer has spent so far, one per type of event that is spend.
    """

    within: Floats
    before: Floats
    columns: tuple[str, ...]

    def take(self, mask: Bools | Ints) -> Spend:
        """The entries of a mask or of an index."""
        return Spend(self.within[mask], self.before[mask], self.columns)


@dataclass(frozen=True)
class SpendBase:
    """Fitted rhythm and worth; None where they could not be fitted: then `mean` for everybody.

    `mean` is what stayers of the labelled rows spent on average. `silence`: whether leaving is the absence of activity,
    so that who stays has at least one active day.
    """

    season: Season
    rhythm: BgNbd | None
    worth: GammaGamma | None
    columns: tuple[str, ...]
    window: Window
    silence: bool
    mean: float

    def staying(self, table: TrainingTable) -> Floats:
        """Expected spend in the label window of a customer who stays, one per row, above 0."""
        if self.rhythm is None or self.worth is None:
            return np.full(len(table), self.mean)
        opens = table.snapshot + self.window.lead_days
        days = self.season.elapsed(opens, opens + self.window.horizon_days)
        history = in_time(histories(table), table.snapshot, self.season)
        ask = self.rhythm.purchases_of_stayers if self.silence else self.rhythm.expected_purchases
        found = ask(history, days) * worth_of_a_day(self.worth, table, self.columns)
        return np.maximum(found, LOWEST * self.mean)

    def to_json(self) -> dict[str, Any]:
        """The fits as plain data."""
        return {
            "season": self.season.to_json(),
            "rhythm": None if self.rhythm is None else list(astuple(self.rhythm)),
            "worth": None if self.worth is None else list(astuple(self.worth)),
            "columns": list(self.columns),
            "window": list(astuple(self.window)),
            "silence": self.silence,
            "mean": self.mean,
        }

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> SpendBase:
        """The fits from plain data."""
        return SpendBase(
            Season.from_json(content["season"]),
            None if content["rhythm"] is None else BgNbd(*content["rhythm"]),
            None if content["worth"] is None else GammaGamma(*content["worth"]),
            tuple(content["columns"]),
            Window(*content["window"]),
            bool(content["silence"]),
            float(content["mean"]),
        )


def spent_per_day(table: TrainingTable, columns: tuple[str, ...]) -> Floats:
    """What each row's customer has spent so far per active day; 0 where the sum is not above 0."""
    total = np.sum([table.column(name) for name in columns], axis=0)
    return np.maximum(total, 0) / np.maximum(table.column(ACTIVE_DAYS), 1)


def worth_of_a_day(worth: GammaGamma, table: TrainingTable, columns: tuple[str, ...]) -> Floats:
    """Expected spend on an active day, one per row."""
    return worth.mean_value(table.column(ACTIVE_DAYS), spent_per_day(table, columns))


def fit_worth(table: TrainingTable, columns: tuple[str, ...]) -> GammaGamma | None:
    """Gamma-gamma on the rows of one snapshot; None if it cannot be fitted."""
    try:
        return fit_gamma_gamma(table.column(ACTIVE_DAYS), spent_per_day(table, columns))
    except ValueError:
        return None


def fit_rhythm(everybody: History) -> BgNbd | None:
    """BG/NBD on everybody known; None if it cannot be fitted: nobody has come back, say."""
    try:
        return fit_bgnbd(thinned(everybody))
    except ValueError:
        return None


@dataclass(frozen=True)
class Known:
    """What is known at an origin: the rows of the newest snapshot, all histories by then, and activity by day."""

    origin: int
    newest: TrainingTable
    everybody: History
    activity: Activity
    window: Window
    silence: bool


def fit_spend_base(known: Known, closed: TrainingTable, columns: tuple[str, ...], mean: float) -> Fitted:
    """Fit on what was known at an origin.

    `closed` are labelled rows whose windows ended by then: whether they left decides which season is believed. `mean`
    is what those who stayed spent.
    """
    season, everybody, fits = Season(), thinned(known.everybody), dict[float, BgNbd]()
    if known.silence:
        activity = known.activity.before(known.origin)
        season, fits = supported_season(closed, everybody, known.origin, activity, known.window)
    plain = fits.get(0.0) or fit_rhythm(everybody)
    timed = fits.get(season.strength) or fit_rhythm(in_time(everybody, known.origin, season)) if season.weeks else plain
    worth = fit_worth(known.newest, columns)
    return Fitted(SpendBase(season, timed, worth, columns, known.window, known.silence, mean), plain)


@dataclass(frozen=True)
class Fitted:
    """The base, and BG/NBD in plain time from which the rival is made."""

    base: SpendBase
    plain: BgNbd | None

    def classic(self, table: TrainingTable) -> Floats | None:
        """BG/NBD times gamma-gamma in plain time, one per row; None if one of them could not be fitted.

        The forecast that the literature would make, and so the one to beat: expected purchases of the horizon (equation
        10 of Fader, Hardie, Lee 2005) times the expected worth of a purchase (equation 5 of Fader, Hardie 2013).
        """
        if self.plain is None or self.base.worth is None:
            return None
        purchases = self.plain.expected_purchases(histories(table), self.base.window.horizon_days)
        return purchases * worth_of_a_day(self.base.worth, table, self.base.columns)
