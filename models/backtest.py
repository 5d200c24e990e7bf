"""Rolling origins: at each, everything is refitted on what was closed then, and judged on what came after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from models.baselines import BASELINES, fit_baselines
from models.bgnbd import History
from models.booster import BoosterParams
from models.census import Lapsed, population
from models.customer_base import RECENCY
from models.members import MEMBERS, fit_members
from models.season import Activity
from models.table import Bools, Floats, Ints, TrainingTable, Window
from models.threads import one_thread

MOST_ORIGINS = 15  # enough to tell methods apart; each costs a fit


@dataclass(frozen=True)
class Backtest:
    """Out-of-time predictions, one entry per (customer, origin), origins rising.

    `scores` are log odds of each member, `baselines` probabilities and `ranks` what breaks their ties; NaN where a
    baseline could not be fitted. `value` is what the customer spent lately.
    """

    origin: Ints
    customer: Ints
    churned: Bools
    value: Floats
    scores: dict[str, Floats]
    baselines: dict[str, Floats]
    recency: Floats

    def __len__(self) -> int:
        return len(self.origin)

    def origins(self) -> list[int]:
        """The origins, oldest first."""
        return [int(day) for day in np.unique(self.origin)]

    def take(self, mask: Bools) -> Backtest:
        """The entries of a mask."""
        scores = {name: values[mask] for name, values in self.scores.items()}
        baselines = {name: values[mask] for name, values in self.baselines.items()}
        rows = (self.origin[mask], self.customer[mask], self.churned[mask], self.value[mask])
        return Backtest(*rows, scores, baselines, self.recency[mask])

    def up_to(self, newest_origin: int) -> Backtest:
        """Only origins at or before a day."""
        return self.take(self.origin <= newest_origin)

    def at(self, origin: int) -> Backtest:
        """Only one origin."""
        return self.take(self.origin == origin)


@dataclass(frozen=True)
class Material:
    """What every fit is made of: labelled rows, lapsed customers, activity by day, and the settings.

    `silence`: whether leaving is the absence of activity, which is what BG/NBD, Pareto/NBD and the season speak of.
    """

    table: TrainingTable
    lapsed: Lapsed
    activity: Activity
    window: Window
    params: BoosterParams
    most_slices: int
    silence: bool = True

    def everybody(self, origin: int) -> History | None:
        """The histories of all who were known at an origin; None where leaving is not silence."""
        return population(self.table.at(origin), self.lapsed, origin) if self.silence else None

    def closed_by(self, origin: int) -> TrainingTable:
        """The newest slices that may be learnt from at an origin."""
        closed = self.table.closed_by(origin)
        slices = closed.slices()
        return closed.take(closed.snapshot >= slices[-self.most_slices]) if len(slices) > self.most_slices else closed


def rolling_backtest(
    material: Material,
    origins: Sequence[int] | None = None,
    workers: int = 2,
    watch: Callable[[Sequence[int]], Iterable[int]] = lambda origins: origins,
) -> Backtest:
    """Predictions at the newest `MOST_ORIGINS` origins whose closed slices hold both outcomes, or at given ones.

    Two fits run at a time, one thread each, which changes no number.
    """
    days = origins if origins is not None else [day for day in material.table.origins() if learnable(material, day)]
    days = list(days)[-MOST_ORIGINS:] if origins is None else list(days)
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_at, material, origin) for origin in days]
        found = [future.result() for future, _ in zip(futures, watch(days), strict=True)]
    return _joined(found)


def learnable(material: Material, origin: int) -> bool:
    """Whether both outcomes are among the rows closed by an origin."""
    labels = material.closed_by(origin).churned
    return bool(labels.any() and not labels.all())


def _at(material: Material, origin: int) -> Backtest:
    closed, test, window = material.closed_by(origin), material.table.at(origin), material.window
    everybody, lapsed = material.everybody(origin), material.lapsed if material.silence else None
    members = fit_members(closed, everybody, origin, material.activity, window, material.params)
    made = {item.name: item for item in fit_baselines(closed, test, lapsed, window.horizon_days)}
    missing = np.full(len(test), np.nan)
    return Backtest(
        test.snapshot,
        test.customer,
        test.churned,
        recent_value(test),
        members.scores(test),
        {name: made[name].probability if name in made else missing for name in BASELINES},
        test.column(RECENCY),
    )


def recent_value(table: TrainingTable) -> Floats:
    """What each row's customer spent in the longest look-back, net of returns where there are any; 0 without money."""
    named = [name for name in table.names if re.fullmatch(r"amount_.*_\d+d", name)]
    longest = [name for name in named if name.startswith("amount_net_")] or named
    return np.nan_to_num(table.column(longest[-1])) if longest else np.zeros(len(table))


def _joined(parts: Sequence[Backtest]) -> Backtest:
    if not parts:
        empty = np.zeros(0)
        whole = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool), empty)
        return Backtest(*whole, dict.fromkeys(MEMBERS, empty), dict.fromkeys(BASELINES, empty), empty)

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    def each(name: str, keys: Sequence[str]) -> dict[str, Floats]:
        return {key: np.concatenate([getattr(part, name)[key] for part in parts]) for key in keys}

    whole = (joined("origin"), joined("customer"), joined("churned"), joined("value"))
    return Backtest(*whole, each("scores", MEMBERS), each("baselines", BASELINES), joined("recency"))
