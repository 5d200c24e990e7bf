"""Each customer's own rhythm: the usual gap between active days, and how overdue the next one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from features.catalog import Feature, Unit
from features.leaning import AWAY, NEITHER, Lean
from features.rows import Floats, Rows, ratio
from features.sentences import Sentence, Thing, about
from features.spec import FeatureSpec

ONE_DAY = "fewer than two active days"
TWO_DAYS = "fewer than three active days"
OVERDUE = (1.5, 20.0)  # within these, "3.5 times the usual 21 days" says more than both; beyond, it sounds absurd
SILENT = "days_since_last_activity"


def rhythm(spec: FeatureSpec) -> Iterator[Feature]:
    """Mean, spread, newest and longest gap in days, and recency against them. Null under two active days."""
    yield from _gaps(spec.activity)
    yield from _overdue(spec.activity)
    for days in spec.lookback_days:
        if days >= 2 * spec.lookback_days[0]:
            yield _window_gap(days, spec.activity)


def _column(
    name: str,
    unit: Unit,
    null: str,
    sentences: tuple[Sentence, ...],
    compute: Callable[[Rows], Floats],
    lean: Lean,
) -> Feature:
    return Feature(name, "rhythm", "silence", unit, None, null, sentences, compute, lean)


def _gaps(types: tuple[str, ...]) -> Iterator[Feature]:
    what = Thing(types)
    only, few = about(what, "reason-only-day"), about(what, "reason-few-days")
    yield _column(
        "usual_gap_days",
        "days",
        ONE_DAY,
        (about(what, "reason-usual-gap", gap="usual_gap_days"), only),
        lambda rows: rows.gaps(types).mean(),
        AWAY,
    )
    yield _column(
        "gap_spread_days",
        "days",
        TWO_DAYS,
        (about(what, "reason-gap-spread", days="gap_spread_days"), few),
        lambda rows: rows.gaps(types).spread,
        NEITHER,
    )
    newest = about(what, "reason-newest-gap", newest="newest_gap_days", gap="usual_gap_days")
    yield _column("newest_gap_days", "days", ONE_DAY, (newest, only), lambda rows: rows.gaps(types).newest, AWAY)
    longest = about(what, "reason-longest-gap", days="longest_gap_days")
    yield _column("longest_gap_days", "days", ONE_DAY, (longest, only), lambda rows: rows.gaps(types).longest, NEITHER)


def _overdue(types: tuple[str, ...]) -> Iterator[Feature]:
    what = Thing(types)
    only, few = about(what, "reason-only-day"), about(what, "reason-few-days")
    usually = about(what, "reason-silent-usually", days=SILENT, gap="usual_gap_days")
    times = about(what, "reason-overdue", days=SILENT, times="overdue_ratio", gap="usual_gap_days")
    late = replace(AWAY, middle=1.0)
    yield _column(
        "overdue_ratio",
        "ratio",
        ONE_DAY,
        (replace(times, between=OVERDUE), usually, only),
        lambda rows: ratio(rows.days_since_last(types), rows.gaps(types).mean()),
        late,
    )
    spread = about(what, "reason-silent-spread", days=SILENT, gap="usual_gap_days", spread="gap_spread_days")
    yield _column(
        "overdue_spreads",
        "ratio",
        "fewer than three active days, or equal gaps",
        (spread, usually, few),
        lambda rows: ratio(rows.days_since_last(types) - rows.gaps(types).mean(), rows.gaps(types).spread),
        replace(AWAY, middle=0.0),
    )
    longest = about(what, "reason-silent-longest", days=SILENT, longest="longest_gap_days")
    yield _column(
        "overdue_of_longest",
        "ratio",
        ONE_DAY,
        (longest, only),
        lambda rows: ratio(rows.days_since_last(types), rows.gaps(types).longest),
        late,
    )


def _window_gap(days: int, types: tuple[str, ...]) -> Feature:
    name, what = f"usual_gap_{days}d", Thing(types)

    def compute(rows: Rows) -> Floats:
        return rows.gaps(types).mean(rows.entries(types, days))

    sentences = (about(what, "reason-gap-window", days, gap=name), about(what, "reason-few-days-window", days))
    null = f"fewer than two active days in {days} days"
    return Feature(name, "rhythm", "silence", "days", days, null, sentences, compute, AWAY)
