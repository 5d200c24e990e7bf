"""What every feature means, in slow plain Python, one customer and one snapshot at a time. A helper, not a test.

Written from the names, sentences and docstrings of the features: lists and dates, no prefix sums and no NumPy. Every
question is asked of `Past.facts`, which holds nothing on or after the day of the snapshot. None is a null.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise

from features.spec import FeatureSpec

Value = int | float | Fraction | None
Kinds = tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One event of the customer; facts are listed in the order in which they happened."""

    day: date
    kind: str
    amount: Fraction | None


def happened_within(facts: list[Fact], kinds: Kinds, first_day: date, days: int) -> list[Fact]:
    """Facts of the kinds on `first_day` or one of the days after it, `days` in all."""
    calendar = {first_day + timedelta(days=offset) for offset in range(days)}
    return [fact for fact in facts if fact.kind in kinds and fact.day in calendar]


def is_eligible(facts: list[Fact], snapshot: date, spec: FeatureSpec) -> bool:
    """Whether the customer was active in the last `active_within_days` before the snapshot."""
    days = spec.active_within_days
    return bool(happened_within(facts, spec.activity, snapshot - timedelta(days=days), days))


def has_churned(facts: list[Fact], snapshot: date, activity: Kinds, lead_days: int, horizon_days: int) -> bool:
    """Whether nothing active happened on the horizon's days, the first of which is `lead_days` after the snapshot."""
    return not happened_within(facts, activity, snapshot + timedelta(days=lead_days), horizon_days)


def lapsed_history(facts: list[Fact], snapshot: date, spec: FeatureSpec) -> tuple[str, int, int, int] | None:
    """Snapshot, active days, recency and tenure of a customer who was active once and is not eligible any more."""
    days = Past(facts, snapshot, spec).active_dates(spec.activity)
    if not days or is_eligible(facts, snapshot, spec):
        return None
    return str(snapshot), len(days), (snapshot - days[-1]).days, (snapshot - days[0]).days


class Past:
    """What is known of one customer just before a snapshot."""

    def __init__(self, facts: list[Fact], snapshot: date, spec: FeatureSpec) -> None:
        self.facts = [fact for fact in facts if fact.day < snapshot]
        self.snapshot = snapshot
        self.spec = spec

    def of(self, kinds: Kinds, days: int | None = None) -> list[Fact]:
        """Facts of the kinds in the last `days` days, or ever."""
        if days is None:
            return [fact for fact in self.facts if fact.kind in kinds]
        return happened_within(self.facts, kinds, self.snapshot - timedelta(days=days), days)

    def count(self, kinds: Kinds, days: int | None = None) -> int:
        """How many facts."""
        return len(self.of(kinds, days))

    def active_dates(self, kinds: Kinds, days: int | None = None) -> list[date]:
        """The distinct dates, oldest first."""
        return sorted({fact.day for fact in self.of(kinds, days)})

    def amounts(self, kinds: Kinds, days: int | None = None) -> list[Fraction]:
        """The amounts that were reported."""
        return [fact.amount for fact in self.of(kinds, days) if fact.amount is not None]

    def days_since(self, kinds: Kinds) -> int | None:
        """Whole days from the newest of the facts to the snapshot."""
        found = self.of(kinds)
        return (self.snapshot - found[-1].day).days if found else None


def divided(top: Value, bottom: Value) -> Fraction | None:
    """A quotient; None where it has no meaning."""
    return None if top is None or not bottom else Fraction(top) / Fraction(bottom)


def average(values: Sequence[Fraction | int]) -> Fraction | None:
    """The mean; None of nothing."""
    return divided(sum(values), len(values))


def spread_of(gaps: list[int]) -> float | None:
    """The standard deviation; None of fewer than two gaps."""
    return statistics.pstdev(gaps) if len(gaps) > 1 else None


def column_name(kind: str) -> str:
    """An event type inside a column name: each run of what is neither letter nor digit becomes one underscore."""
    runs = groupby(kind, key=lambda letter: letter.isalnum() or letter == "_")
    return "".join("".join(run) if wordy else "_" for wordy, run in runs).strip("_") or "type"


def recency(past: Past) -> dict[str, Value]:
    """Days since each role, and since each type of a role that has several."""
    spec = past.spec
    found: dict[str, Value] = {"days_since_last_activity": past.days_since(spec.activity)}
    for role in ("engagement", "friction"):
        if getattr(spec, role):
            found[f"days_since_last_{role}"] = past.days_since(getattr(spec, role))
    for kinds in (spec.activity, spec.engagement, spec.friction):
        for kind in kinds if len(kinds) > 1 else ():
            found[f"days_since_last_{column_name(kind)}"] = past.days_since((kind,))
    return found


def counts(past: Past) -> dict[str, Value]:
    """Events per role, and per type of a role that has several; activity also over all time."""
    spec = past.spec
    found: dict[str, Value] = {}
    for days in spec.lookback_days:
        for role in ("activity", "engagement", "friction"):
            kinds = getattr(spec, role)
            if kinds:
                found[f"count_{role}_{days}d"] = past.count(kinds, days)
            for kind in kinds if len(kinds) > 1 else ():
                found[f"count_{column_name(kind)}_{days}d"] = past.count((kind,), days)
        found[f"active_days_{days}d"] = len(past.active_dates(spec.activity, days))
        if spec.engagement:
            found[f"engaged_days_{days}d"] = len(past.active_dates(spec.engagement, days))
    found["count_activity_lifetime"] = past.count(spec.activity)
    found["active_days_lifetime"] = len(past.active_dates(spec.activity))
    return found


def money(past: Past) -> dict[str, Value]:
    """Sums per money type and of all of them, the mean and the last amount per type."""
    spec = past.spec
    found: dict[str, Value] = {}
    sums: dict[str, Kinds] = {column_name(kind): (kind,) for kind in spec.money}
    if len(spec.money) > 1:
        sums["net"] = spec.money
    for name, kinds in sums.items():
        for days in spec.lookback_days:
            found[f"amount_{name}_{days}d"] = sum(past.amounts(kinds, days))
        found[f"amount_{name}_lifetime"] = sum(past.amounts(kinds))
    for kind in spec.money:
        amounts = past.amounts((kind,))
        found[f"amount_mean_{column_name(kind)}"] = average(amounts)
        found[f"amount_last_{column_name(kind)}"] = amounts[-1] if amounts else None
    return found


def shares(past: Past) -> dict[str, Value]:
    """Engagement and friction as parts of all that was done, and the newer half of twice the lookback."""
    spec = past.spec
    found: dict[str, Value] = {}
    for days in spec.lookback_days:
        for role in ("engagement", "friction"):
            kinds = getattr(spec, role)
            if kinds:
                both = kinds + spec.activity
                found[f"share_{role}_{days}d"] = divided(past.count(kinds, days), past.count(both, days))
        for role in ("activity", "engagement"):
            kinds = getattr(spec, role)
            if kinds:
                halves = divided(past.count(kinds, days), past.count(kinds, 2 * days))
                found[f"share_{role}_{days}d_of_{2 * days}d"] = halves
    return found


def gaps_between(days: list[date]) -> list[int]:
    """Days from each date to the next one."""
    return [(later - earlier).days for earlier, later in pairwise(days)]


def rhythm(past: Past) -> dict[str, Value]:
    """The usual gap between active days, its spread, and the present silence against both."""
    spec, since = past.spec, past.days_since(past.spec.activity)
    gaps = gaps_between(past.active_dates(spec.activity))
    usual, longest = average(gaps), max(gaps, default=None)
    spread = spread_of(gaps)
    late = None if usual is None or since is None else since - usual
    found: dict[str, Value] = {
        "usual_gap_days": usual,
        "gap_spread_days": spread,
        "newest_gap_days": gaps[-1] if gaps else None,
        "longest_gap_days": longest,
        "overdue_ratio": divided(since, usual),
        "overdue_spreads": divided(late, spread),
        "overdue_of_longest": divided(since, longest),
    }
    for days in spec.lookback_days:
        if days >= 2 * spec.lookback_days[0]:  # a gap needs room: the shortest lookbacks have none
            found[f"usual_gap_{days}d"] = average(gaps_between(past.active_dates(spec.activity, days)))
    return found


def lifecycle(past: Past, data_start: date) -> dict[str, Value]:
    """Tenure, first weeks, second active day, and what happened after long breaks."""
    spec, snapshot = past.spec, past.snapshot
    days, away = past.active_dates(spec.activity), spec.active_within_days
    opened = [later for earlier, later in pairwise(days) if (later - earlier).days > away]
    spell_start = opened[-1] if opened else days[0] if days else None
    tenure = (snapshot - days[0]).days if days else None
    first_weeks = happened_within(past.facts, spec.activity, days[0], 28) if days else []
    return {
        "tenure_days": tenure,
        "days_observed": min((snapshot - data_start).days, max(2 * spec.lookback_days[-1], away)),
        "days_to_second_activity": (days[1] - days[0]).days if len(days) > 1 else None,
        "count_activity_first_28d": len(first_weeks),
        "count_returns": len(opened),
        "spell_days": (snapshot - spell_start).days if spell_start else None,
        "is_new": int(tenure is not None and tenure <= away),
        "is_reactivated": int(bool(opened)),
    }


def scores(past: Past) -> dict[str, Value]:
    """Last score, its change, the mean and number per lookback, for each feedback type."""
    found: dict[str, Value] = {}
    for kind in past.spec.feedback:
        name, given = column_name(kind), past.amounts((kind,))
        found[f"score_last_{name}"] = given[-1] if given else None
        found[f"score_change_{name}"] = given[-1] - given[-2] if len(given) > 1 else None
        found[f"days_since_last_{name}"] = past.days_since((kind,))
        for days in past.spec.lookback_days:
            found[f"score_mean_{name}_{days}d"] = average(past.amounts((kind,), days))
            found[f"count_{name}_{days}d"] = past.count((kind,), days)
    return found


def levels(past: Past) -> dict[str, Value]:
    """Where each state stands, since when, and how far it moved in each lookback."""
    found: dict[str, Value] = {}
    for kind in past.spec.level:
        name = column_name(kind)
        reports = [(fact.day, fact.amount) for fact in past.of((kind,)) if fact.amount is not None]
        news = [day for at, (day, amount) in enumerate(reports) if at == 0 or amount != reports[at - 1][1]]
        found[f"level_last_{name}"] = reports[-1][1] if reports else None
        found[f"days_since_change_{name}"] = (past.snapshot - news[-1]).days if news else None
        for days in past.spec.lookback_days:
            opens = past.snapshot - timedelta(days=days)
            before = [amount for day, amount in reports if day < opens]
            found[f"level_change_{name}_{days}d"] = reports[-1][1] - before[-1] if before else None
    return found


def every_feature(facts: list[Fact], snapshot: date, spec: FeatureSpec, data_start: date) -> dict[str, Value]:
    """One value per feature of the catalog, by name."""
    past = Past(facts, snapshot, spec)
    found = recency(past) | counts(past) | money(past) | shares(past) | rhythm(past)
    return found | lifecycle(past, data_start) | scores(past) | levels(past)
