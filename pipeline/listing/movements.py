"""Since the list before: who is new, back, up, down or gone, and why probabilities and bands moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.bands import steady
from models.change import PARTS, PER_ONE, Change, Steps, causes, change, means
from models.table import Bools, Floats, Ints
from pipeline.listing.previous import Previous, seen_before

BY_CAUSE = (*PARTS, "cut", "unknown")
COLUMNS = ("movement", "change", *(f"change_{name}" for name in PARTS), "change_cut")


@dataclass(frozen=True)
class Movements:
    """One entry per customer of today's list in each column; `summary` is the briefing's part.

    Without a list before, every column is null and the summary is None.
    """

    columns: dict[str, pa.Array]
    summary: dict[str, Any] | None


@dataclass(frozen=True)
class Today:
    """One entry per customer: what today's list says."""

    ids: pa.Array
    probability: Floats
    band: NDArray[Any]


def compare(today: Today, previous: Previous | None, between: Steps | None) -> Movements:
    """Today's list beside the one before. `between` holds an entry per customer of today.

    None: the champion of then cannot be asked, so that the parts of a change are unknown.
    """
    n = len(today.ids)
    if previous is None:
        kinds = [pa.string(), *[pa.float64()] * 4, pa.string()]
        return Movements({name: pa.nulls(n, kind) for name, kind in zip(COLUMNS, kinds, strict=True)}, None)
    then = previous.of(today.ids)
    at = np.flatnonzero(then.column("customer_id").is_valid().to_numpy())
    before = then.column("churn_probability").to_numpy()[at]
    found = change(before, today.probability[at], _at(between, at))
    was, now = _words(then.column("risk_band"))[at], today.band[at]
    cut = _by_cut(today.probability[at], was, now, previous)
    movement = _movement(today.ids, at, was, now, previous)
    columns = {
        "movement": pa.array(movement, pa.string()),
        "change": _spread(found.total, at, n),
        **{f"change_{name}": _spread(getattr(found, name), at, n) for name in PARTS},
        "change_cut": pa.array(_placed(np.where(cut, "yes", "no"), at, n), pa.string()),
    }
    return Movements(columns, _summary(previous, today.ids, movement, found, _level(now) - _level(was), cut))


def _at(between: Steps | None, at: Ints) -> Steps | None:
    return None if between is None else Steps(between.by_old_champion[at], between.by_new_members[at])


def _movement(ids: pa.Array, at: Ints, was: NDArray[Any], now: NDArray[Any], previous: Previous) -> NDArray[Any]:
    found = np.full(len(ids), "new", object)
    absent = np.ones(len(ids), bool)
    absent[at] = False
    missing = np.flatnonzero(absent)
    back = seen_before(ids.take(pa.array(missing)), previous.as_of).found
    found[missing[back]] = "back"
    found[at] = np.array(["down", "same", "up"], object)[np.sign(_level(now) - _level(was)) + 1]
    return found


def _by_cut(probability: Floats, was: NDArray[Any], now: NDArray[Any], previous: Previous) -> Bools:
    """Whether each band moved because of its edges: by the edges of then this probability would have another band."""
    rules = previous.rules
    if rules is None:
        return np.zeros(len(now), bool)
    by_then = steady(probability, was, rules.medium, rules.high, rules.leave_by)
    return (now != was) & (by_then != now)


def _level(bands: NDArray[Any]) -> Ints:
    return (bands == "medium").astype(np.int64) + 2 * (bands == "high").astype(np.int64)


def _words(column: pa.ChunkedArray) -> NDArray[Any]:
    return column.combine_chunks().to_numpy(zero_copy_only=False)


def _placed(values: NDArray[Any], at: Ints, n: int) -> NDArray[Any]:
    placed = np.full(n, None, object)
    placed[at] = values
    return placed


def _spread(amounts: Ints | None, at: Ints, n: int) -> pa.Array:
    """Millionths as shares, null for everybody who is not `at`, and for all where nobody knows."""
    if amounts is None:
        return pa.nulls(n, pa.float64())
    placed = np.full(n, np.nan)
    placed[at] = amounts / PER_ONE
    return pa.array(placed, from_pandas=True)


def _summary(
    previous: Previous, ids: pa.Array, movement: NDArray[Any], found: Change, moved: Ints, cut: Bools
) -> dict[str, Any]:
    counts = Counter(movement.tolist())
    why = causes(found, np.sign(moved), cut)
    banded = {name: Counter(why[moved * way > 0].tolist()) for name, way in (("banded_up", 1), ("banded_down", -1))}
    contacted = pc.sum(pc.equal(previous.table.column("contact_this_week"), "yes")).as_py()
    return {
        "previous": str(previous.as_of),
        **{name: counts[name] for name in ("new", "back")},
        "left": previous.left(ids),
        **{name: counts[name] for name in ("up", "down", "same")},
        "contacted": contacted,
        **{name: {cause: number[cause] for cause in BY_CAUSE} for name, number in banded.items()},
        **means(found),
    }
