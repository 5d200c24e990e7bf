"""Spend forecasts at past origins: at each, everything is refitted on what was closed then, and met by what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np

from models.backtest import Material
from models.census import population
from models.spend import Fitted, Known, Spend
from models.table import Bools, Floats, Ints
from models.threads import one_thread
from models.value import Parts, Shape, ValueModel, choose_shape, fit_value, unconditional


@dataclass(frozen=True)
class ValueBacktest:
    """Out-of-time forecasts, one entry per (customer, origin), origins rising; amounts in the source's unit.

    `spend` is what came true, `probability` what was said of leaving, `base` and `trees` the model's parts, `leavers`
    the model's ratio of its origin. The rivals: `last_period` is spend in a horizon before the origin, `classic` BG/NBD
    with gamma-gamma, NaN at origins where it could not be fitted.
    """

    origin: Ints
    customer: Ints
    churned: Bools
    spend: Floats
    probability: Floats
    base: Floats
    trees: Floats
    leavers: Floats
    last_period: Floats
    classic: Floats

    def __len__(self) -> int:
        return len(self.origin)

    def origins(self) -> list[int]:
        """The origins, oldest first."""
        return [int(day) for day in np.unique(self.origin)]

    def take(self, mask: Bools) -> ValueBacktest:
        """The entries of a mask."""
        return ValueBacktest(*(getattr(self, field.name)[mask] for field in fields(self)))

    def shape_for(self, origin: int, label_days: int) -> Shape:
        """The shape that outcomes known at an origin speak for, of those who stayed."""
        known = self.take((self.origin + label_days <= origin) & ~self.churned)
        return choose_shape(Parts(known.base, known.trees), known.spend, known.origin, label_days)


def known_at(material: Material, origin: int) -> Known:
    """What fits at an origin may look at beside labels."""
    slices = [day for day in material.table.slices() if day <= origin]
    newest = material.table.at(slices[-1])
    everybody = material.everybody(origin) or population(newest, material.lapsed, slices[-1])
    return Known(origin, newest, everybody, material.activity, material.window, material.silence)


def fit_at(material: Material, spend: Spend, origin: int) -> tuple[ValueModel, Fitted]:
    """The forecast as it would have been fitted at an origin. Raises ValueError where nobody stayed and spent."""
    closed, table = material.closed_by(origin), material.table
    if len(closed) == 0:
        raise ValueError("no labelled row was closed by the origin")
    mask = (table.snapshot >= closed.snapshot.min()) & (table.snapshot + table.label_days <= origin)
    return fit_value(closed, spend.take(mask), known_at(material, origin), material.params)


def rolling_values(
    material: Material,
    spend: Spend,
    probability: Mapping[int, Floats],
    workers: int = 2,
    watch: Callable[[Sequence[int]], Iterable[int]] = lambda origins: origins,
) -> ValueBacktest:
    """Forecasts at the origins of `probability`, which holds what was said of leaving for each row of an origin.

    Origins by which nobody had stayed and spent are left out. Two fits run at a time, one thread each, which changes
    no number.
    """
    days = sorted(probability)
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_at, material, spend, day, probability[day]) for day in days]
        found = [future.result() for future, _ in zip(futures, watch(days), strict=True)]
    parts = [part for part in found if part is not None]
    if not parts:
        empty = np.zeros(0)
        return ValueBacktest(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool), *[empty] * 7)
    return ValueBacktest(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(ValueBacktest))
    )


def _at(material: Material, spend: Spend, origin: int, probability: Floats) -> ValueBacktest | None:
    try:
        model, fitted = fit_at(material, spend, origin)
    except ValueError:
        return None
    test, here = material.table.at(origin), material.table.snapshot == origin
    parts, classic = model.parts(test), fitted.classic(test)
    return ValueBacktest(
        test.snapshot,
        test.customer,
        test.churned,
        spend.within[here],
        probability,
        parts.base,
        parts.trees,
        np.full(len(test), model.leavers),
        spend.before[here],
        np.full(len(test), np.nan) if classic is None else classic,
    )


def value_procedure(past: ValueBacktest, label_days: int) -> Floats:
    """Unconditional forecasts of the whole procedure, one per entry: at each origin shaped by what was known then."""
    found = np.zeros(len(past))
    for origin in past.origins():
        here = past.take(past.origin == origin)
        staying = past.shape_for(origin, label_days).expected(Parts(here.base, here.trees))
        found[past.origin == origin] = unconditional(staying, here.probability, here.leavers)
    return found
