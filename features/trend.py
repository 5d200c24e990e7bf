"""Recent against before: which part of twice the lookback fell into its newer half."""

from __future__ import annotations

from collections.abc import Iterator

from features.catalog import Feature
from features.rows import ratio
from features.spec import FeatureSpec
from features.words import things

Types = tuple[str, ...]


def trend(spec: FeatureSpec) -> Iterator[Feature]:
    """Shares of activity and engagement in the newer half of `2 x lookback`; a half means no change.

    Null: nothing in either half. Amounts of a type that may be negative have no share, so only counts are compared.
    """
    for days in spec.lookback_days:
        yield _share("activity", spec.activity, days)
        if spec.engagement:
            yield _share("engagement", spec.engagement, days)


def trend_edges(spec: FeatureSpec) -> tuple[int, ...]:
    """Days before the snapshot at which this family needs an edge."""
    return tuple(2 * days for days in spec.lookback_days)


def _share(name: str, types: Types, days: int) -> Feature:
    column, word = f"share_{name}_{days}d_of_{2 * days}d", things(types, name)
    return Feature(
        column,
        "trend",
        "share",
        2 * days,
        f"no {word} in {2 * days} days",
        (
            f"{{{column}}} of the {word} of the last {2 * days} days fell into the last {days}",
            f"No {word} in the last {2 * days} days",
        ),
        lambda rows: ratio(rows.count(types, days), rows.count(types, 2 * days)),
    )
