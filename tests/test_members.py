"""The members of a blend on a small seasonal shop: rule, logistic regression and trees, together and by themselves."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import settings

from models.bgnbd import History
from models.blend import BLENDS, Blend
from models.booster import BoosterParams
from models.calibration import Calibrator, sigmoid
from models.chosen import Chosen
from models.members import Members, fit_members
from models.promise import Spread
from models.season import YEAR, Activity
from models.table import Floats, TrainingTable, Window

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
PARAMS = BoosterParams(20, 0.2, 6, 10, 1.0, 0.7, 63, 7, 1)
WINDOW = Window(lead_days=0, horizon_days=28)
HISTORY = ("days_since_last_activity", "active_days_lifetime", "tenure_days")
NAMES = (*HISTORY, "days_observed", "count_visits_28d", "noise")
ORIGIN = 2 * YEAR + 28  # the season is that of the 756 days before
SEASON: Floats = np.where(np.arange(52) % 26 < 9, 1.8, 0.6)  # two busy times a year


@cache
def shop(customers: int = 100) -> TrainingTable:
    """So many customers at each of fifteen snapshots; who leaves depends on silence, visits and the season ahead."""
    random, days = np.random.default_rng(11), np.arange(ORIGIN - 14 * 28, ORIGIN + 1, 28)
    snapshot = np.repeat(days, customers)
    tenure, active = random.integers(100, 600, len(snapshot)), random.geometric(0.15, len(snapshot))
    recency = np.where(active == 1, tenure, np.minimum(random.geometric(0.04, len(snapshot)), tenure - 1))
    visits = random.poisson(3.0, len(snapshot)) * 1.0
    ahead = SEASON[(snapshot[:, None] + np.arange(28)) // 7 % 52].mean(axis=1)
    odds = 0.8 * np.log1p(recency / (1 + tenure / active)) - 0.4 * visits + 1.0 - 2 * np.log(ahead)
    visits[random.random(len(snapshot)) < 0.1] = np.nan
    columns = (recency, active, tenure, snapshot - 300, visits, random.normal(size=len(snapshot)))
    values = np.column_stack(columns).astype(np.float32)
    churned = random.random(len(snapshot)) < sigmoid(odds)
    return TrainingTable(np.tile(np.arange(customers), len(days)), snapshot, churned, values, NAMES, 28)


def everybody() -> History:
    """600 customers with rhythms of their own, a third of whom left long ago."""
    random = np.random.default_rng(12)
    age, repeats = random.integers(100, 700, 600) * 1.0, random.geometric(0.1, 600) - 1.0
    share = np.where(random.random(600) < 0.3, random.random(600), 1 - random.random(600) / (2 + repeats))
    return History(repeats, np.where(repeats > 0, np.floor(age * share), 0), age, np.ones(600))


@cache
def fitted() -> Members:
    """All four, fitted at the origin on the fourteen slices closed by then."""
    active = np.repeat(np.round(200 * np.tile(SEASON, 3)).astype(np.int64), 7)
    rows = shop().closed_by(ORIGIN)
    return fit_members(rows, everybody(), ORIGIN, Activity(0, active, active // 10), WINDOW, PARAMS)


def now() -> TrainingTable:
    """The rows to be scored: the newest slice and one of half a year before, of another season."""
    return shop().take((shop().snapshot == ORIGIN) | (shop().snapshot == ORIGIN - 5 * 28))


def chosen(name: str = "all three") -> Chosen:
    """A blend of the members with a calibration."""
    return Chosen(fitted(), Blend(name, BLENDS[name], Calibrator("sigmoid", 0.9, -0.1)), Spread(0.2, 3.0))
