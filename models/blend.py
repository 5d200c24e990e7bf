"""Which models make the probability, and how it is calibrated: chosen by what held at earlier origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.backtest import Backtest
from models.calibration import METHODS, Calibrator, fit, level, log_losses, simplest
from models.table import Floats

# From the simplest on; a blend is the mean of its members' log odds.
BLENDS: dict[str, tuple[str, ...]] = {
    "customer_base": ("customer_base",),
    "trees": ("trees",),
    "trees+customer_base": ("trees", "customer_base"),
    "trees+logistic": ("trees", "logistic"),
    "all three": ("trees", "logistic", "customer_base"),
}
SAFE = "all three"  # the start with few origins: the members err in different directions
SAFE_WITHOUT_BASE = "trees+logistic"
RULE = "rule"
FEWEST_ORIGINS = 6  # chosen on two, a sigmoid cost 0.12 log loss at the demo's next origin (2011-06-27)


@dataclass(frozen=True)
class Blend:
    """A chosen blend with its calibrator: from the members' log odds to a probability."""

    name: str
    members: tuple[str, ...]
    calibrator: Calibrator

    def odds(self, scores: Mapping[str, Floats]) -> Floats:
        """Calibrated log odds, one per row."""
        return self.calibrator.odds(mean_of(scores, self.members))

    def probability(self, scores: Mapping[str, Floats]) -> Floats:
        """Churn probabilities, one per row."""
        return self.calibrator.probability(mean_of(scores, self.members))

    def to_json(self) -> dict[str, Any]:
        """The blend as plain data."""
        return {"blend": self.name, "members": list(self.members), **self.calibrator.to_json()}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Blend:
        """The blend from plain data."""
        return Blend(str(content["blend"]), tuple(content["members"]), Calibrator.from_json(content))


@dataclass(frozen=True)
class Choice:
    """The chosen blend, why, and mean log loss per candidate and origin behind it."""

    blend: Blend
    why: str
    table: list[dict[str, float | int]]


def mean_of(scores: Mapping[str, Floats], members: Sequence[str]) -> Floats:
    """Mean log odds of some members."""
    return np.asarray(sum(scores[name] for name in members) / len(members))


def candidates(silence: bool) -> dict[str, tuple[str, ...]]:
    """The blends to choose from, simplest first: where leaving is not silence, none asks the customer base."""
    return {name: members for name, members in BLENDS.items() if silence or "customer_base" not in members}


def choose(past: Backtest, label_days: int, method: str = "auto", blend: str = "auto", silence: bool = True) -> Choice:
    """Choose on predictions whose outcomes are all known: first the blend, then its calibration.

    Each is the simplest within one paired standard error of the best over origins; under `FEWEST_ORIGINS`, all three
    members as they are. `method` and `blend` can force one. Blends are compared after each origin's level is taken
    away, newer origins counting more (half at `label_days`): a season moves all members alike, and those of long ago
    had learnt from fewer slices. On the demo that is .5528 for .5622 in log loss, chosen on the levels as they were.
    `silence` is False where leaving is not the absence of activity: the customer base is no candidate then.
    """
    table = blend_losses(past, silence)
    if blend != "auto":
        name, why = blend, "set by blend"
    elif len(table) < FEWEST_ORIGINS:
        name = SAFE if silence else SAFE_WITHOUT_BASE
        why = _too_few(len(table), "all three models are averaged" if silence else "both models are averaged")
    else:
        name, why = simplest(
            {key: np.array([row[key] for row in table]) for key in candidates(silence)},
            0.5 ** ((past.origin.max() - np.array([row["origin"] for row in table])) / label_days),
        )
    members = BLENDS.get(name, (name,))
    scores = mean_of(past.scores, members)
    if method != "auto":
        how, because = method, "set by calibration.method"
    else:
        how, because = _calibration(past, scores, label_days)
    return Choice(Blend(name, members, fit(how, scores, past.churned)), f"{why}; {how}: {because}", table)


def _too_few(origins: int, so: str) -> str:
    many = "1 origin" if origins == 1 else f"{origins} origins"
    return f"{many} to compare on, and under {FEWEST_ORIGINS} a season passes for a rule, so {so}"


def blend_losses(past: Backtest, silence: bool = True) -> list[dict[str, float | int]]:
    """One row per origin: mean log loss of every blend, its level set to what came true."""
    rows: list[dict[str, float | int]] = []
    for origin in past.origins():
        here = past.at(origin)
        losses: dict[str, float] = {}
        for name, members in candidates(silence).items():
            odds = mean_of(here.scores, members)
            losses[name] = float(log_losses(odds + level(odds, here.churned.sum()), here.churned).mean())
        rows.append({"origin": origin, **losses})
    return rows


def _calibration(past: Backtest, scores: Floats, label_days: int) -> tuple[str, str]:
    """The simplest calibration that held: at each origin fitted on origins whose outcomes were known then."""
    losses: dict[str, list[float]] = {method: [] for method in METHODS}
    for origin in past.origins():
        known, here = past.origin + label_days <= origin, past.origin == origin
        if not known.any():
            continue
        for method in METHODS:
            odds = fit(method, scores[known], past.churned[known]).odds(scores[here])
            losses[method].append(float(log_losses(odds, past.churned[here]).mean()))
    compared = len(losses["none"])
    if compared < FEWEST_ORIGINS:
        return "none", _too_few(compared, "nothing is calibrated")
    return simplest({method: np.array(values) for method, values in losses.items()})


def procedure(
    backtest: Backtest, label_days: int, method: str = "auto", blend: str = "auto", silence: bool = True
) -> tuple[Floats, list[str]]:
    """Log odds of the whole procedure, one per entry: at each origin it chooses on what was known then.

    Also the name of the blend that was chosen at each origin. This is what a user would have been told at the time.
    """
    odds, names = np.zeros(len(backtest)), []
    for origin in backtest.origins():
        choice = choose(backtest.up_to(origin - label_days), label_days, method, blend, silence)
        here = backtest.origin == origin
        odds[here] = choice.blend.odds({name: values[here] for name, values in backtest.scores.items()})
        names.append(choice.blend.name)
    return odds, names
