"""Where in their life: new, active or back again; the first weeks are a story of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from features.catalog import ZERO, Feature
from features.rows import Floats, Rows
from features.spec import FeatureSpec
from features.timeline import Ints
from features.words import a_thing, counted, thing

FIRST_WEEKS = 28  # four whole weeks, so that weekdays cancel


def lifecycle(spec: FeatureSpec) -> Iterator[Feature]:
    """Tenure, first weeks, days to the second active day, returns after a lapse, and the flags new and reactivated."""
    types, away = spec.activity, spec.active_within_days
    who, one = thing(types), a_thing(types, "sign of life")

    def tenure(rows: Rows) -> Floats:
        return rows.snapshot - rows.gaps(types).day(rows.gaps(types).first)

    def returned(rows: Rows) -> Ints:
        return rows.gaps(types).returns(away)[0]

    def column(name: str, unit: str, null: str, sentence: str, compute: object, otherwise: str = "") -> Feature:
        sentences = (sentence, otherwise) if otherwise else (sentence,)
        return Feature(name, "lifecycle", unit, None, null, sentences, compute)  # type: ignore[arg-type]

    yield column("tenure_days", "days", f"no {who} on record", f"First {who} {{tenure_days}} ago", tenure)
    yield column(
        "days_observed",
        "days",
        "never null",
        "At least {days_observed} of records",
        lambda rows: np.minimum(rows.snapshot - rows.data_start, max(2 * spec.lookback_days[-1], away)),
    )
    yield column(
        "days_to_second_activity",
        "days",
        "no second active day yet",
        f"The second day with {one} came after {{days_to_second_activity}}",
        lambda rows: rows.gaps(types).day(rows.gaps(types).first + 1, 2) - rows.gaps(types).day(rows.gaps(types).first),
        f"No second day with {one} yet",
    )
    yield column(
        f"count_activity_first_{FIRST_WEEKS}d",
        "events",
        ZERO,
        f"{{count_activity_first_{FIRST_WEEKS}d:{counted(types)}}} in the first {FIRST_WEEKS} days as a customer",
        lambda rows: first_weeks(rows, types),
    )
    yield column("count_returns", "events", ZERO, "{count_returns:return|returns} after a long break so far", returned)
    yield column(
        "spell_days",
        "days",
        f"no {who} on record",
        "Active again or still since {spell_days}",
        lambda rows: rows.snapshot - rows.gaps(types).returns(away)[1],
    )
    yield column(
        "is_new",
        "flag",
        f"never null: 1 if the first {who} is at most {away} days old",
        f"First {who} {{tenure_days}} ago",
        lambda rows: tenure(rows) <= away,
    )
    yield column(
        "is_reactivated",
        "flag",
        f"never null: 1 if a break of over {away} days has ended",
        "{count_returns:return|returns} after a long break so far",
        lambda rows: returned(rows) > 0,
    )


def first_weeks(rows: Rows, types: tuple[str, ...]) -> Ints:
    """Activity events before the snapshot in the first weeks of each customer's life; 0 if none."""
    timeline = rows.timeline
    chunk, entries = timeline.chunk, timeline.days(types)
    born = np.full(chunk.customers, np.iinfo(np.int64).max // 2)
    np.minimum.at(born, entries.customer, entries.day)
    early = timeline.is_of(types) & (chunk.day < born[chunk.customer_of_event()] + FIRST_WEEKS)
    running = np.zeros(len(early) + 1, np.int64)
    np.cumsum(early, out=running[1:])
    return running[rows.position(0)] - running[rows.position(None)]
