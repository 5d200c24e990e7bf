"""Where in their life: new, active or back again; the first weeks are a story of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.catalog import ZERO, Feature, Unit
from features.leaning import AWAY, KEEPS, NEITHER, Lean
from features.rows import Floats, Rows
from features.sentences import Sentence, Thing, about, never
from features.spec import FeatureSpec
from features.timeline import Ints
from features.words import thing

FIRST_WEEKS = 28  # four whole weeks, so that weekdays cancel


def lifecycle(spec: FeatureSpec) -> Iterator[Feature]:
    """Tenure, first weeks, days to the second active day, returns after a lapse, and the flags new and reactivated."""
    yield from _beginning(spec)
    yield from _breaks(spec)


def _column(
    name: str,
    unit: Unit,
    null: str,
    sentences: tuple[Sentence, ...],
    compute: Callable[[Rows], NDArray[Any]],
    lean: Lean = NEITHER,
) -> Feature:
    return Feature(name, "lifecycle", "history", unit, None, null, sentences, compute, lean)


def _first(who: Thing) -> tuple[Sentence, ...]:
    return (about(who, "reason-first", days="tenure_days"), never(who))


def _tenure(rows: Rows, types: tuple[str, ...]) -> Floats:
    return rows.snapshot - rows.gaps(types).day(rows.gaps(types).first)


def _beginning(spec: FeatureSpec) -> Iterator[Feature]:
    types, away, who = spec.activity, spec.active_within_days, Thing(spec.activity)
    weeks = f"count_activity_first_{FIRST_WEEKS}d"
    # How long somebody has been a customer says little without how often they came in that time.
    so_far = about(who, "reason-so-far", days="tenure_days", n="count_activity_lifetime")
    first = (so_far, *_first(who))
    yield _column("tenure_days", "days", f"no {thing(types)} on record", first, lambda rows: _tenure(rows, types))
    yield _column(
        "days_observed",
        "days",
        "never null",
        (Sentence("reason-observed", shows={"days": "days_observed"}), Sentence("reason-observed-unknown")),
        lambda rows: np.minimum(rows.snapshot - rows.data_start, max(2 * spec.lookback_days[-1], away)),
    )
    yield _column(
        "days_to_second_activity",
        "days",
        "no second active day yet",
        (about(who, "reason-second-day", days="days_to_second_activity"), about(who, "reason-no-second-day")),
        lambda rows: rows.gaps(types).day(rows.gaps(types).first + 1, 2) - rows.gaps(types).day(rows.gaps(types).first),
        AWAY,
    )
    yield _column(
        weeks,
        "events",
        ZERO,
        (
            Sentence("reason-first-weeks", things={"thing": who}, shows={"n": weeks}, days={"weeks": FIRST_WEEKS}),
            never(who),
        ),
        lambda rows: first_weeks(rows, types),
        KEEPS,
    )


def _breaks(spec: FeatureSpec) -> Iterator[Feature]:
    types, away, who = spec.activity, spec.active_within_days, Thing(spec.activity)
    returns = (Sentence("reason-comebacks", shows={"n": "count_returns"}), never(who))

    def returned(rows: Rows) -> Ints:
        return rows.gaps(types).returns(away)[0]

    yield _column("count_returns", "events", ZERO, returns, returned, Lean(none=-1))
    yield _column(
        "spell_days",
        "days",
        f"no {thing(types)} on record",
        (Sentence("reason-spell", shows={"days": "spell_days"}), never(who)),
        lambda rows: rows.snapshot - rows.gaps(types).returns(away)[1],
        Lean(-1),
    )
    yield _column(
        "is_new",
        "flag",
        f"never null: 1 if the first {thing(types)} is at most {away} days old",
        _first(who),
        lambda rows: _tenure(rows, types) <= away,
        Lean(1, none=-1, middle=0.5),
    )
    yield _column(
        "is_reactivated",
        "flag",
        f"never null: 1 if a break of over {away} days has ended",
        returns,
        lambda rows: returned(rows) > 0,
        Lean(none=-1),
    )


def first_weeks(rows: Rows, types: tuple[str, ...]) -> Ints:
    """Activity events before the snapshot in the first weeks of each customer's life; 0 if none."""
    timeline = rows.timeline
    chunk, entries, index = timeline.chunk, timeline.days(types), timeline.index(types)
    born = np.zeros(chunk.customers, np.int64)
    first = np.flatnonzero(np.diff(entries.customer, prepend=-1))
    born[entries.customer[first]] = entries.day[first]
    customer = chunk.customer_of_event().take(index)
    early = chunk.day.take(index) < born.take(customer) + FIRST_WEEKS
    # They are the customer's first ones, so of the ones before the snapshot they are the first ones, too.
    number = np.bincount(customer[early], minlength=chunk.customers)
    return np.minimum(rows.count(types, None), number.take(rows.customer))
