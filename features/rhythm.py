"""Each customer's own rhythm: the usual gap between active days, and how overdue the next one is."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import Feature
from features.rows import Floats, Rows, ratio
from features.spec import FeatureSpec
from features.words import a_thing, capital

ONE_DAY = "fewer than two active days"


def rhythm(spec: FeatureSpec) -> Iterator[Feature]:
    """Mean, spread, newest and longest gap in days, and recency against them. Null under two active days."""
    types = spec.activity
    one = a_thing(types, "sign of life")
    only, few = f"Only one day with {one} so far", f"Fewer than three days with {one} so far"
    usual = "usually every {usual_gap_days}"

    def column(name: str, unit: str, null: str, sentence: str, compute: object) -> Feature:
        otherwise = only if null == ONE_DAY else few
        return Feature(name, "rhythm", unit, None, null, (sentence, otherwise), compute)  # type: ignore[arg-type]

    yield column(
        "usual_gap_days",
        "days",
        ONE_DAY,
        f"Usually {one} every {{usual_gap_days}}",
        lambda rows: rows.gaps(types).mean(),
    )
    yield column(
        "gap_spread_days",
        "days",
        "fewer than three active days",
        "The time between visits varies by {gap_spread_days}",
        lambda rows: rows.gaps(types).spread,
    )
    yield column(
        "newest_gap_days",
        "days",
        ONE_DAY,
        f"{{newest_gap_days}} between the last two; {usual}",
        lambda rows: rows.gaps(types).newest,
    )
    yield column(
        "longest_gap_days",
        "days",
        ONE_DAY,
        "The longest break so far was {longest_gap_days}",
        lambda rows: rows.gaps(types).longest,
    )
    yield column(
        "overdue_ratio",
        "ratio",
        ONE_DAY,
        "Away for {days_since_last_activity}, {overdue_ratio} times the usual gap of {usual_gap_days}",
        lambda rows: ratio(rows.days_since_last(types), rows.gaps(types).mean()),
    )
    yield column(
        "overdue_spreads",
        "ratio",
        "fewer than three active days, or equal gaps",
        f"Away for {{days_since_last_activity}}; {usual}, give or take {{gap_spread_days}}",
        lambda rows: ratio(rows.days_since_last(types) - rows.gaps(types).mean(), rows.gaps(types).spread),
    )
    yield column(
        "overdue_of_longest",
        "ratio",
        ONE_DAY,
        "Away for {days_since_last_activity}; the longest break so far was {longest_gap_days}",
        lambda rows: ratio(rows.days_since_last(types), rows.gaps(types).longest),
    )
    for days in spec.lookback_days:
        if days >= 2 * spec.lookback_days[0]:
            yield _window_gap(days, types, one)


def _window_gap(days: int, types: tuple[str, ...], one: str) -> Feature:
    name = f"usual_gap_{days}d"

    def compute(rows: Rows) -> Floats:
        return rows.gaps(types).mean(rows.timeline.days(types).before[rows.position(days)])

    sentence = f"{capital(one)} every {{{name}}} in the last {days} days"
    null = f"fewer than two active days in {days} days"
    none = f"Fewer than two days with {one} in the last {days} days"
    return Feature(name, "rhythm", "days", days, null, (sentence, none), compute)
