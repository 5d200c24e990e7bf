"""May amounts be shown? The forecast beside its two rivals at past origins, and how far its sum was off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.intervals import Estimate, bootstrap
from models.score_of_means import loss
from models.table import Bools, Floats, Ints
from models.value_backtest import ValueBacktest
from models.value_total import TotalSpread, miss, total_spread

RIVALS = ("last_period", "bgnbd_gamma_gamma")
FEWEST_ORIGINS = 3  # one good date may be luck, and two that share most of their windows are hardly more
FEWEST_CUSTOMERS, FEWEST_PAYING = 100, 50  # at the newest origin
TOP = 0.1
DRAWS, SEED = 500, 7


@dataclass(frozen=True)
class ValueJudgement:
    """What was found out, and why amounts are withheld; None: they may be shown.

    `figures` are plain data. `total` is how far the next sum may miss.
    """

    why_not_known: str | None
    figures: dict[str, Any]
    total: TotalSpread

    @property
    def known(self) -> bool:
        """Whether amounts may be shown."""
        return self.why_not_known is None


def judge_value(
    past: ValueBacktest, forecast: Floats, label_days: int, names: Mapping[int, str], draws: int = DRAWS
) -> ValueJudgement:
    """Judge unconditional forecasts on the later half of the origins, where as much was known as nearly is today.

    Amounts are shown if the score of means (models/score_of_means.py) is lower than each rival's, the whole interval
    over draws of customers, and the sum at the newest origin came within the interval that the origins known before it
    gave. A rival that could be fitted nowhere is none. `names` are how origins are shown.
    """
    made = {"model": forecast, "last_period": np.maximum(past.last_period, 0), "bgnbd_gamma_gamma": past.classic}
    origins = past.origins()
    total = total_spread(forecast, past.spend, past.origin, label_days)
    rows = [_row(past, made, origin, names[origin]) for origin in origins]
    if _too_few(past, origins):
        return ValueJudgement("too_few", {"origins": len(origins), "judged_origins": 0, "rows": rows}, total)
    later = origins[len(origins) // 2 :]
    judged = np.isin(past.origin, later)
    compared = _compared(past.take(judged), {name: values[judged] for name, values in made.items()}, draws)
    newest = _newest(past, forecast, label_days)
    figures = {
        "origins": len(origins),
        "judged_origins": len(later),
        "model": _figures(forecast[judged], past.spend[judged], past.origin[judged]),
        **compared,
        "newest_total": newest,
        "rows": rows,
    }
    return ValueJudgement(_why_not(compared, newest), figures, total)


def _too_few(past: ValueBacktest, origins: list[int]) -> bool:
    if len(origins) < FEWEST_ORIGINS:
        return True
    newest = past.spend[past.origin == origins[-1]]
    return len(newest) < FEWEST_CUSTOMERS or int((newest > 0).sum()) < FEWEST_PAYING


def _why_not(compared: Mapping[str, dict[str, Any]], newest: Mapping[str, Any]) -> str | None:
    for name, found in compared.items():
        if not found["differences"]["loss"]["high"] < 0:
            return f"not_better_than_{name}"
    return None if newest["within"] else "total_off"


def _newest(past: ValueBacktest, forecast: Floats, label_days: int) -> dict[str, Any]:
    """Realised over forecast at the newest origin, and what was to be expected by the origins known before it."""
    origin = past.origins()[-1]
    known, here = past.origin + label_days <= origin, past.origin == origin
    spread = total_spread(forecast[known], past.spend[known], past.origin[known], label_days)
    ratio, chance = miss(forecast[here], past.spend[here])
    low, high = TotalSpread(spread.log_ratio, spread.origins, chance).interval()
    value = float(np.exp(ratio))
    return {
        "ratio": round(value, 6),
        "low": round(low, 6),
        "high": round(high, 6),
        "within": bool(low <= value <= high),
    }


def _row(past: ValueBacktest, made: Mapping[str, Floats], origin: int, name: str) -> dict[str, Any]:
    here = past.origin == origin
    fitted = {key: values[here] for key, values in made.items() if np.isfinite(values[here]).all()}
    figures = {key: _figures(values, past.spend[here], past.origin[here]) for key, values in fitted.items()}
    return {"origin": name, "customers": int(here.sum()), "spend": round(float(past.spend[here].sum()), 2), **figures}


def _figures(forecast: Floats, paid: Floats, origin: np.ndarray) -> dict[str, float]:
    """Mean loss and absolute error per customer, forecast over realised sum, and what the top tenth holds."""
    came = float(paid.sum())
    tops = [Top(forecast[origin == day], paid[origin == day]) for day in np.unique(origin)]
    return {
        "loss": round(float(loss(forecast, paid).mean()), 6),
        "mean_absolute_error": round(float(np.abs(forecast - paid).mean()), 6),
        "total_ratio": round(float(forecast.sum()) / came, 6) if came > 0 else np.nan,
        "top_tenth": round(float(np.mean([top.share(np.ones(top.size)) for top in tops])), 6),
    }


@dataclass(frozen=True)
class Comparison:
    """The model beside one rival on the same rows: what a draw of customers makes of it."""

    loss: Floats
    rival_loss: Floats
    error: Floats
    tops: list[tuple[Ints, Top, Top]]

    @staticmethod
    def of(mine: Floats, theirs: Floats, paid: Floats, origin: Ints, rows: Bools) -> Comparison:
        """Rows that are not compared lose nothing and rank nowhere."""
        zero = np.where(rows, 1.0, 0.0)
        known = np.where(rows, theirs, 0.0)
        here = [np.flatnonzero(rows & (origin == day)) for day in np.unique(origin[rows])]
        return Comparison(
            loss(mine, paid) * zero,
            loss(known, paid) * zero,
            (np.abs(mine - paid) - np.abs(known - paid)) * zero,
            [(at, Top(mine[at], paid[at]), Top(theirs[at], paid[at])) for at in here],
        )

    def differences(self, weight: Floats) -> dict[str, float]:
        """Model minus rival; the loss as a share of the rival's, so that it means the same in every currency."""
        held = [one.share(weight[at]) - other.share(weight[at]) for at, one, other in self.tops]
        # not `@`: its threads wait for each other on a busy machine
        mine, worst = (float((weight * values).sum()) for values in (self.loss, self.rival_loss))
        return {
            "loss": (mine - worst) / worst if worst > 0 else 0.0,
            "mean_absolute_error": float((weight * self.error).sum() / weight.sum()),
            "top_tenth": float(np.mean(held)),
        }


def _compared(past: ValueBacktest, made: Mapping[str, Floats], draws: int) -> dict[str, dict[str, Any]]:
    """Each rival's figures and how the model differs from it, with intervals; a rival fitted nowhere is left out."""
    found = {name: np.isfinite(made[name]) for name in RIVALS}
    sides = {
        name: Comparison.of(made["model"], made[name], past.spend, past.origin, rows)
        for name, rows in found.items()
        if rows.any()
    }

    def measure(weight: Floats) -> dict[str, float]:
        return {
            f"{name}:{key}": value for name, side in sides.items() for key, value in side.differences(weight).items()
        }

    estimates: dict[str, Estimate] = bootstrap(past.customer, measure, draws, SEED)
    return {
        name: {
            **_figures(made[name][found[name]], past.spend[found[name]], past.origin[found[name]]),
            "differences": {
                key.partition(":")[2]: item.to_json() for key, item in estimates.items() if key.startswith(f"{name}:")
            },
        }
        for name in sides
    }


class Top:
    """Which share of realised spend the tenth of customers with the highest forecasts holds, customers weighted.

    Customers who tie at the edge come in by the fraction that there is room for: no figure depends on their order.
    """

    def __init__(self, forecast: Floats, paid: Floats) -> None:
        self.size = len(forecast)
        self._order = np.argsort(-forecast, kind="stable")
        ranked = forecast[self._order]
        self._first = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))  # where each run of ties begins
        self._paid = np.maximum(paid, 0)[self._order]

    def share(self, weight: Floats) -> float:
        """The share; 0 where nobody spent anything."""
        ranked = weight[self._order]
        customers, spent = np.add.reduceat(ranked, self._first), np.add.reduceat(ranked * self._paid, self._first)
        room, total = TOP * customers.sum(), spent.sum()
        before = np.cumsum(customers) - customers
        inside = np.clip((room - before) / np.maximum(customers, 1e-12), 0, 1)
        return float(inside @ spent / total) if total > 0 else 0.0
