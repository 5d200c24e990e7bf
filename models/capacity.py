"""What a list is worth in a cycle: leavers and their spend found among the customers that there is time for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from models.intervals import Estimate, bootstrap
from models.table import Bools, Floats, Ints

Orders = Mapping[str, tuple[Floats, Floats]]  # by name: probability or priority, and rank where that ties
Lists = Mapping[str, "Found"]


@dataclass(frozen=True)
class Listed:
    """One entry per (customer, origin); `value` is spend in the look-back, one money unit, NaN counts as no spend.

    `share` is the share of all customers that they were drawn as: what is found among them stands for more.
    """

    origin: Ints
    customer: Ints
    churned: Bools
    value: Floats
    share: float = 1.0


@dataclass(frozen=True)
class Found:
    """One list: leavers found a time, and what they had spent together; NaN where nobody has spent anything."""

    leavers: Estimate
    value: Estimate


def found_at_capacity(
    rows: Listed, orders: Orders, model: str, capacity: int, draws: int, seed: int
) -> tuple[dict[str, Found], dict[str, Found]]:
    """One `Found` per order, and one per order but `model`: the model's less that order's, on the same draws.

    The `capacity` highest of an origin are taken, equal customers on the edge share the places; what they hold is
    averaged over origins. Of a draw of customers as large a share is taken, and what it holds stands for all. Intervals
    draw customers with all their rows, and origins: the pigeonhole bootstrap of Owen, Annals of Applied Statistics
    1(2), 2007. Raises ValueError for no rows, lengths that differ, NaN in an order, a
    capacity below 1, or a model without an order.
    """
    _refuse(rows, orders, model, capacity)
    value = np.nan_to_num(rows.value)
    kinds = ("leavers", "value") if value.any() else ("leavers",)
    amounts = np.stack([np.ones(len(value)), value])[: len(kinds)] * rows.churned.astype(np.float64)
    places = max(round(capacity * rows.share), 1)
    lists = {name: _Order(rows.origin, *order, amounts, places) for name, order in orders.items()}
    size = np.unique(rows.origin, return_counts=True)[1]
    each = np.where(size <= places, 1 / rows.share, capacity / places)
    origins = _origin_draws(len(size), seed)

    def measure(weight: Floats) -> Mapping[str, float]:
        times = next(origins)  # bootstrap asks for the point first
        held = {name: (order.held(weight) * each) @ times / times.sum() for name, order in lists.items()}
        figures: dict[str, float] = {}
        for number, kind in enumerate(kinds):
            for name, item in held.items():  # rounded: sums of one list in another order are no difference
                figures[f"{kind} of {name}"] = round(float(item[number]), 6)
                figures[f"{kind} over {name}"] = round(float(held[model][number] - item[number]), 6)
        return figures

    drawn, unknown = bootstrap(rows.customer, measure, draws, seed), Estimate(np.nan, np.nan, np.nan)
    found = {name: Found(drawn[f"leavers of {name}"], drawn.get(f"value of {name}", unknown)) for name in orders}
    more = {name: Found(drawn[f"leavers over {name}"], drawn.get(f"value over {name}", unknown)) for name in orders}
    return found, {name: item for name, item in more.items() if name != model}


def today_rule(recency_days: Floats, rule_days: int) -> tuple[Floats, Floats]:
    """One (priority, rank) per row for the user's own rule: the silent for `rule_days` first, longest silence first.

    Raises ValueError for a rule of less than a day or an unknown silence.
    """
    unknown = int(np.isnan(recency_days).sum())
    if rule_days < 1 or unknown:
        raise ValueError(
            f"rule_days is {rule_days}, must be at least 1; {unknown:,} silences are unknown, must be none"
        )
    return (recency_days >= rule_days).astype(np.float64), recency_days.astype(np.float64)


def sentences(
    found: Lists, differences: Lists, names: Mapping[str, str], capacity: int, origins: int, money: str | None
) -> list[str]:
    """One sentence per difference in leavers, then per difference in value; an interval with zero claims nothing.

    `names` are words for the orders; `money` follows an amount ("GBP in the year before"), None leaves value out.
    Raises ValueError unless one list, the model's, is without a difference.
    """
    (model,) = found.keys() - differences.keys()
    calls, dates = "call" if capacity == 1 else "calls", "date" if origins == 1 else "dates"
    start = f"With {capacity:,} {calls} a cycle, on {origins:,} past {dates}: {names[model]} found"
    told = [("leavers", "", "customers a time who were about to leave", "fewer")]
    told += [("value", "leavers a time who together had spent ", money, "less")] if money is not None else []
    lines = []
    for kind, before, after, less in told:
        for name, item in differences.items():
            mine, other, more = (getattr(each, kind) for each in (found[model], found[name], item))
            if not np.isnan(more.value):
                one, two, verdict = _compared(mine, other, more, less)
                lines.append(f"{start} {before}{one} {after}, {names[name]} {two}: {verdict}.")
    return lines


def _compared(mine: Estimate, other: Estimate, more: Estimate, less: str) -> tuple[str, str, str]:
    """Both figures and their difference, with as few decimals as let them add up and keep a claim away from zero."""
    ends = sorted((abs(more.low), abs(more.high)))
    for digits in (0, 1, 2):
        adds_up = abs(round(mine.value, digits) - round(other.value, digits) - round(more.value, digits)) < 1e-9
        if adds_up and (more.includes_zero or round(ends[0], digits) > 0):
            break
    said = [f"{item:,.{digits}f}" for item in (mine.value, other.value, abs(more.value), *ends)]
    if more.includes_zero:
        low, high = (round(end, digits) + 0.0 for end in (more.low, more.high))  # + 0.0: no "-0"
        return said[0], said[1], f"no difference is shown ({low:+,.{digits}f} to {high:+,.{digits}f})"
    return said[0], said[1], f"{said[2]} {'more' if more.low > 0 else less} ({said[3]} to {said[4]})"


def _refuse(rows: Listed, orders: Orders, model: str, capacity: int) -> None:
    places = [part for order in orders.values() for part in order]
    lengths = sorted({len(column) for column in (rows.customer, rows.origin, rows.churned, rows.value, *places)})
    if capacity < 1 or model not in orders:
        raise ValueError(f"capacity is {capacity}, must be at least 1; model is {model!r}, must be in {list(orders)}")
    if len(lengths) > 1 or lengths == [0]:
        raise ValueError(f"columns hold {lengths} entries: give every column one length, at least 1")
    if any(np.isnan(part).any() for part in places):
        raise ValueError("an order holds NaN: give every customer a place")


def _origin_draws(origins: int, seed: int) -> Iterator[Floats]:
    """How often each origin counts: once for the point, then as drawn with replacement."""
    yield np.ones(origins)
    random = np.random.default_rng([seed, origins])
    while True:
        yield random.multinomial(origins, np.ones(origins) / origins).astype(np.float64)


class _Order:
    """Rows sorted once by origin and place: where equal customers end, where origins start and what room they have."""

    def __init__(self, origin: Ints, priority: Floats, rank: Floats, amounts: Floats, capacity: int) -> None:
        self.row = np.lexsort((-rank, -priority, origin))
        self.amounts = amounts[:, self.row]
        keys = np.stack([origin, priority, rank])[:, self.row]
        self.ends = np.flatnonzero(np.append((keys[:, 1:] != keys[:, :-1]).any(axis=0), True)) + 1
        self.group_of = np.searchsorted(self.ends, np.arange(len(origin)), side="right")
        _, self.starts, size = np.unique(keys[0], return_index=True, return_counts=True)
        self.groups = np.diff(np.append(self.group_of[self.starts], len(self.ends)))
        self.room = np.where(size <= capacity, np.inf, capacity)  # who can call all, can call all of every draw

    def held(self, weight: Floats) -> Floats:
        """One row per amount, one column per origin: what the places hold under the weights of a draw."""
        drawn = weight[self.row]
        until = np.append(0, np.cumsum(drawn))
        size = np.diff(until[self.ends], prepend=0)
        room = np.repeat(until[self.starts] + self.room, self.groups) - until[self.ends] + size
        share = np.clip(room, 0, size) / np.maximum(size, 1)
        return np.add.reduceat(drawn * share[self.group_of] * self.amounts, self.starts, axis=1)
