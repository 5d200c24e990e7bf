"""The table of the rolling origins: at each, what the whole procedure would have said and what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.backtest import Backtest
from models.bands import band
from models.baselines import BASELINES
from models.blend import procedure
from models.calibration import log_losses, logit, sigmoid
from models.metrics import Groups, all_metrics
from models.promise import Promise, promise, promises, spread_of
from models.table import Bools, Floats

SHOWN = ("roc_auc", "ece", "lift_top_decile", "base_rate", "mean_probability")


@dataclass(frozen=True)
class Rolling:
    """`odds` of the procedure, one per entry of the backtest, the blend chosen at each origin, and a row per origin."""

    odds: Floats
    blends: list[str]
    rows: list[dict[str, Any]]

    def summary(self) -> dict[str, Any]:
        """Means over origins, all and the later half, the worst origin, and how often promises were kept."""
        if not self.rows:
            return {"origins": 0}
        later = self.rows[len(self.rows) // 2 :]
        names = ["model", *(name for name in BASELINES if all(name in row["log_loss"] for row in self.rows))]
        kept = [item["kept"] for row in later for item in row["promises"].values()]
        worst = max(self.rows, key=lambda row: abs(row["bias"]))
        return {
            "origins": len(self.rows),
            "log_loss": {name: _mean(self.rows, name) for name in names},
            "log_loss_later_half": {name: _mean(later, name) for name in names},
            "differences": {name: _difference(self.rows, name) for name in names[1:]},
            "mean_absolute_bias": round(float(np.mean([abs(row["bias"]) for row in self.rows])), 6),
            "worst_bias": {"origin": worst["origin"], "bias": worst["bias"]},
            "promises_kept_later_half": round(float(np.mean(kept)), 6) if kept else None,
        }


def _mean(rows: list[dict[str, Any]], name: str) -> float:
    return round(float(np.mean([row["log_loss"][name] for row in rows])), 6)


def _difference(rows: list[dict[str, Any]], name: str) -> dict[str, float]:
    """Model minus baseline: the mean over origins and its 95% interval, the origin being the unit.

    Origins a grid step apart share most of their label windows, so the interval is narrower than independent years
    would allow; it says how steady the difference is over the dates at hand.
    """
    values = np.array([row["log_loss"]["model"] - row["log_loss"][name] for row in rows])
    random = np.random.default_rng(7)
    means = values[random.integers(0, len(values), (2000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {"value": round(float(values.mean()), 6), "low": round(float(low), 6), "high": round(float(high), 6)}


def roll(
    backtest: Backtest,
    label_days: int,
    cuts: tuple[float, float],
    names: Mapping[int, str],
    method: str,
    blend: str,
    silence: bool = True,
) -> Rolling:
    """Judge the procedure at every origin of the backtest; `names` are how origins are shown, `silence` as `choose`."""
    odds, blends = procedure(backtest, label_days, method, blend, silence)
    rows = []
    for origin, chosen in zip(backtest.origins(), blends, strict=True):
        here, known = backtest.origin == origin, backtest.origin + label_days <= origin
        part = backtest.take(here)
        figures = all_metrics(Groups.of(sigmoid(odds[here]), part.churned), np.ones(len(part)))
        spread = spread_of(odds[known], backtest.churned[known], backtest.origin[known], cuts, label_days)
        losses = {"model": odds[here], **{name: logit(part.baselines[name]) for name in BASELINES}}
        rows.append(
            {
                "origin": names[origin],
                "customers": len(part),
                "blend": chosen,
                **{name: round(figures[name], 6) for name in SHOWN},
                "bias": round(figures["mean_probability"] - figures["base_rate"], 6),
                "log_loss": {name: _loss(values, part.churned) for name, values in losses.items() if _known(values)},
                "promise": _told(promise(odds[here], spread), int(part.churned.sum())),
                "promises": {
                    name: _told(item, _left(odds[here], part.churned, name, cuts))
                    for name, item in promises(odds[here], spread, cuts).items()
                    if item.customers
                },
            }
        )
    return Rolling(odds, blends, rows)


def _told(item: Promise, left: int) -> dict[str, Any]:
    return {**item.to_json(), "left": left, "kept": bool(item.low <= left <= item.high)}


def _known(values: Floats) -> bool:
    return bool(np.isfinite(values).all())


def _loss(odds: Floats, churned: Bools) -> float:
    return round(float(log_losses(odds, churned).mean()), 6)


def _left(odds: Floats, churned: Bools, name: str, cuts: tuple[float, float]) -> int:
    return int(churned[band(sigmoid(odds), *cuts) == name].sum())
