"""The models that a probability is blended from: a rule, the customer base, logistic regression and trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.bgnbd import History
from models.booster import BoosterParams, booster_from_text, fit_trees, raw_scores
from models.calibration import level
from models.customer_base import RECENCY, CustomerBase, fit_customer_base, unasked
from models.lightgbm_alone import lgb
from models.logistic import Logistic, fit_logistic
from models.rule import Rule, fit_rule
from models.season import Activity
from models.shap import contributions
from models.table import Bools, Floats, TrainingTable, Window
from models.threads import one_thread

MEMBERS = ("rule", "customer_base", "logistic", "trees")
NOT_LEARNT = ("days_observed",)  # it tells the slices of a short history apart, and new snapshots lie beyond them all
BASE = "customer_base_score"
BLOCK = 65_536
MOST_FOR_LOGISTIC = 250_000  # rows: its two coefficients a feature need no more, and it works on 16 bytes a feature


@dataclass(frozen=True)
class Members:
    """All models of one fit. `names` are the features in order; trees and logistic also see the customer base's score.

    The season moves the customer base; trees and logistic take its move as an offset, so that no slice's season is
    taken for a trait of its customers. `start` is the log odds that the trees begin from.
    """

    names: tuple[str, ...]
    rule: Rule
    base: CustomerBase
    logistic: Logistic
    booster: lgb.Booster
    start: float

    def scores(self, table: TrainingTable) -> dict[str, Floats]:
        """Log odds of every member, one per row."""
        values, shift = self._values(table), self.base.shift(table)
        return {
            "rule": self.rule.score(table),
            "customer_base": self.base.score(table),
            "logistic": self.logistic.score(values, shift),
            "trees": raw_scores(self.booster, values) + shift + self.start,
        }

    def contributions(self, table: TrainingTable, chosen: Sequence[str]) -> Floats:
        """Log odds that each feature of `names` adds to a blend: a row per row, a column per feature.

        A mean of log odds has the mean of the contributions. What the rule and the customer base say is the recency's.
        """
        values = self._values(table)
        total = np.zeros((len(table), len(self.names)))
        recency = self.names.index(RECENCY)
        for member in chosen:
            if member in ("trees", "logistic"):
                parts = (
                    contributions(self.booster, values)[:, :-1]
                    if member == "trees"
                    else self.logistic.contributions(values)
                )
                total += parts[:, :-1]
                total[:, recency] += parts[:, -1]
            else:
                score = self.rule.score(table) if member == "rule" else self.base.plain_score(table)
                total[:, recency] += score - self.base.fallback
        return total / len(chosen)

    def _values(self, table: TrainingTable) -> np.ndarray:
        return learnt_values(table, self.names, self.base)

    def to_json(self) -> dict[str, Any]:
        """All but the trees as plain data."""
        return {
            "features": list(self.names),
            "rule": self.rule.to_json(),
            "customer_base": self.base.to_json(),
            "logistic": self.logistic.to_json(),
            "trees_start": self.start,
        }

    @staticmethod
    def from_data(content: Mapping[str, Any], booster: str) -> Members:
        """The members from plain data and LightGBM's text, both of which the caller has checked."""
        return Members(
            tuple(content["features"]),
            Rule.from_json(content["rule"]),
            CustomerBase.from_json(content["customer_base"]),
            Logistic.from_json(content["logistic"]),
            booster_from_text(booster),
            float(content["trees_start"]),
        )


def learnt_values(table: TrainingTable, names: Sequence[str], base: CustomerBase) -> np.ndarray:
    """The columns `names` and the customer base's plain score, as float32, column by column in memory.

    Raises KeyError if one is missing.
    """
    for name in names:
        if name not in table.names:
            raise KeyError(name)
    columns = [table.names.index(name) for name in names]
    found = np.empty((len(table), len(columns) + 1), np.float32, order="F")
    found[:, -1] = base.plain_score(table)
    for start in range(0, len(table), BLOCK):  # by blocks of rows, so that there is no second copy of millions
        rows = slice(start, start + BLOCK)
        found[rows, :-1] = table.values[rows][:, columns]
    return found


def evenly(table: TrainingTable, most: int) -> Bools:
    """Which rows to take so that they are at most about `most`: every so many-th customer, with all of theirs."""
    step = -(-len(table) // most)
    new = np.append(True, table.customer[1:] != table.customer[:-1])  # rows of a customer lie together
    return (np.cumsum(new) - 1) % step == 0


def reseeded(members: Members, closed: TrainingTable, params: BoosterParams, seed: int) -> Members:
    """The same members with trees of another seed: whoever's place on the list depends on that has no firm place."""
    values, shift = learnt_values(closed, members.names, members.base), members.base.shift(closed)
    booster = fit_trees(closed, values, (*members.names, BASE), replace(params, seed=seed), shift + members.start)
    return replace(members, booster=booster)


@one_thread()
def fit_members(
    closed: TrainingTable,
    everybody: History | None,
    origin: int,
    activity: Activity,
    window: Window,
    params: BoosterParams,
) -> Members:
    """Fit every member on what was known at an origin. Raises ValueError if the rows hold one outcome only.

    `everybody` is None where leaving is not silence: the customer base then says the rate of all.
    """
    if everybody is None:
        base = unasked(closed, window)
    else:
        base = fit_customer_base(closed, everybody, origin, activity, window)
    names = tuple(name for name in closed.names if name not in NOT_LEARNT)
    values, shift = learnt_values(closed, names, base), base.shift(closed)
    # With an offset LightGBM starts from 0, not from the base rate, and stops where no first split helps: say where.
    start = level(shift, float(np.clip(closed.churned.sum(), 0.5, len(closed) - 0.5)))
    booster = fit_trees(closed, values, (*names, BASE), params, shift + start)
    return Members(
        names,
        fit_rule(closed, window.horizon_days),
        base,
        _fit_logistic(closed, values, shift),
        booster,
        start,
    )


def _fit_logistic(closed: TrainingTable, values: np.ndarray, shift: Floats) -> Logistic:
    if len(closed) <= MOST_FOR_LOGISTIC:
        return fit_logistic(values, closed.churned, shift)
    few = evenly(closed, MOST_FOR_LOGISTIC)
    return fit_logistic(values[few], closed.churned[few], shift[few])
