"""Recent against before: which part of twice the lookback fell into its newer half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from features.catalog import Feature, Topic
from features.leaning import KEEPS
from features.rows import ratio
from features.sentences import Sentence, Thing, about
from features.spec import FeatureSpec
from features.words import things

Types = tuple[str, ...]
RISES = replace(KEEPS, middle=0.5)  # half of it in the newer half: no change


def trend(spec: FeatureSpec) -> Iterator[Feature]:
    """Shares of activity and engagement in the newer half of `2 x lookback`; a half means no change.

    Null: nothing in either half. Amounts of a type that may be negative have no share, so only counts are compared.
    """
    for days in spec.lookback_days:
        counted = 2 * days in spec.lookback_days
        yield _share("activity", spec.activity, days, "pace", counted)
        if spec.engagement:
            yield _share("engagement", spec.engagement, days, "interest", counted)


def trend_edges(spec: FeatureSpec) -> tuple[int, ...]:
    """Days before the snapshot at which this family needs an edge."""
    return tuple(2 * days for days in spec.lookback_days)


def _share(name: str, types: Types, days: int, topic: Topic, counted: bool) -> Feature:
    """`counted`: both windows are lookbacks, so that the counts behind the share are columns too, and clearer."""
    column, what, word = f"share_{name}_{days}d_of_{2 * days}d", Thing(types, name), things(types, name)
    windows = {"newer": days, "older": 2 * days}
    counts = {"n": f"count_{name}_{days}d", "all": f"count_{name}_{2 * days}d"}
    told = (
        Sentence("reason-trend-counts", things={"thing": what}, shows={**counts, "share": column}, days=windows),
        Sentence("reason-trend-share", things={"thing": what}, shows={"share": column}, days=windows),
        about(what, "reason-none-in-window", 2 * days),
    )
    return Feature(
        column,
        "trend",
        topic,
        "share",
        2 * days,
        f"no {word} in {2 * days} days",
        told if counted else told[1:],
        lambda rows: ratio(rows.count(types, days), rows.count(types, 2 * days)),
        RISES,
    )
