"""One line of advice out of what was watched: hold, recalibrate, retrain, or look at the data; with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Any

VERDICTS = ("look_at_data", "retrain", "recalibrate", "hold")
SURE = 1.96


@dataclass(frozen=True)
class Limits:
    """From when on something counts; the section `watch` of params.yaml says what each is."""

    most_days_silent: int
    most_population_change: float
    new_missing: float
    kind_gone_days: int
    drifted: float
    most_drifted: float
    most_auc_drop: float


@dataclass(frozen=True)
class Closed:
    """A date whose outcome is known. Shares of its customers: who left, and what was promised, with its interval.

    `auc` is None where everybody had the same outcome.
    """

    as_of: str
    customers: int
    left: float
    promised: float
    low: float
    high: float
    auc: float | None

    @property
    def side(self) -> int:
        """1 where more left than any promise allows, -1 where fewer, 0 where the promise held."""
        return int(self.left > self.high) - int(self.left < self.low)


@dataclass(frozen=True)
class Facts:
    """What was seen. `closed`: the newest dates with an outcome, oldest first.

    `population_change`: now against before as a share of before, None without a before. `missing`: the share now
    missing of each feature that never was missing. `gone`: kinds of events that have stopped, each with the days since
    its newest, None where there is none at all. `auc_before` is the mean over earlier dates. `score_drift` is the
    index of the list's probabilities above chance, None where it is not known. `newer_labels`: there are outcomes
    that the champion has not learnt from. `correcting_helps`: at past dates a new level out of the newest outcomes
    would have been nearer to what came next.
    """

    days_silent: int
    population_change: float | None = None
    missing: dict[str, float] = field(default_factory=dict)
    gone: dict[str, int | None] = field(default_factory=dict)
    closed: tuple[Closed, ...] = ()
    auc_before: float | None = None
    drifted: int = 0
    features: int = 0
    score_drift: float | None = None
    newer_labels: bool = False
    correcting_helps: bool = False


@dataclass(frozen=True)
class Advice:
    """What to do, the key of the reason, and the reason's values."""

    verdict: str
    reason: str
    values: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"verdict": self.verdict, "reason": self.reason, "values": self.values}


def advise(facts: Facts, limits: Limits) -> Advice:
    """The first rule that fits, in this order: data, ranking, level, drift; otherwise hold.

    Data come first, because wrong data make all that follows look wrong. A bad ranking comes before a bad level, since
    a new level would not mend it.
    """
    rules = (_data(facts, limits), _ranking(facts, limits), _level(facts), _drift(facts, limits))
    found = (advice for rule in rules for advice in rule)
    if not facts.closed:
        return next(found, Advice("hold", "no_outcomes", {}))
    newest = facts.closed[-1]
    values = {"as_of": newest.as_of, "left": newest.left, "promised": newest.promised}
    return next(found, Advice("hold", "as_promised" if not newest.side else "one_date", values))


def auc_error(auc: float, leavers: float, stayers: float) -> float:
    """Standard error of a ROC AUC (Hanley and McNeil, Radiology 143, 1982); infinite without both outcomes."""
    if leavers < 1 or stayers < 1:
        return float("inf")
    both_left, both_stayed = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = (leavers - 1) * (both_left - auc**2) + (stayers - 1) * (both_stayed - auc**2)
    return sqrt(max(auc * (1 - auc) + spread, 0.0) / (leavers * stayers))


def _data(facts: Facts, limits: Limits) -> Iterator[Advice]:
    if facts.days_silent > limits.most_days_silent:
        yield Advice("look_at_data", "silent", {"days": facts.days_silent})
    for kind, days in facts.gone.items():
        yield Advice("look_at_data", "gone" if days is not None else "gone_for_ever", {"kind": kind, "days": days})
    change = facts.population_change
    if change is not None and not abs(change) <= limits.most_population_change:
        yield Advice("look_at_data", "fewer" if change < 0 else "more", {"change": abs(change)})
    new = {name: share for name, share in facts.missing.items() if share >= limits.new_missing}
    if new:
        worst = max(new, key=lambda name: (new[name], name))
        yield Advice("look_at_data", "missing", {"count": len(new), "share": new[worst], "feature": worst})


def _ranking(facts: Facts, limits: Limits) -> Iterator[Advice]:
    """Worse at the newest date than at the dates before, by more than the limit and than chance explains."""
    if not facts.closed or facts.auc_before is None or facts.closed[-1].auc is None:
        return
    newest = facts.closed[-1]
    auc, leavers = newest.auc or 0.0, newest.left * newest.customers
    drop = facts.auc_before - auc
    if drop > max(limits.most_auc_drop, SURE * auc_error(auc, leavers, newest.customers - leavers)):
        yield Advice("retrain", "ranking", {"as_of": newest.as_of, "right": auc, "before": facts.auc_before})


def _level(facts: Facts) -> Iterator[Advice]:
    """Outside the promised interval at the two newest dates, on the same side of it. One date alone is a season.

    Where correcting by the newest outcomes did not help before, it is not advised: the command would refuse it.
    """
    sides = [date.side for date in facts.closed[-2:]]
    if sides in ([1, 1], [-1, -1]):
        newest = facts.closed[-1]
        values = {"as_of": newest.as_of, "left": newest.left, "low": newest.low, "high": newest.high}
        verdict, ending = ("recalibrate", "") if facts.correcting_helps else ("hold", "_for_now")
        yield Advice(verdict, f"{'more' if sides[0] > 0 else 'fewer'}_left{ending}", values)


def _drift(facts: Facts, limits: Limits) -> Iterator[Advice]:
    """Customers unlike those that were learnt from, of whom no outcome is known yet."""
    verdict, ending = ("retrain", "") if facts.newer_labels else ("hold", "_no_outcomes")
    if facts.features and facts.drifted > limits.most_drifted * facts.features:
        yield Advice(verdict, f"drifted{ending}", {"count": facts.drifted, "of": facts.features})
    score = facts.score_drift
    if score is not None and isfinite(score) and score > limits.drifted:
        yield Advice(verdict, f"scores{ending}", {})
