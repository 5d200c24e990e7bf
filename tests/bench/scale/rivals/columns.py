"""The features that rivals compute, written once for pandas, Polars and DuckDB alike; standard library only.

A rival brings base columns, one entry per eligible (customer, snapshot), counted over `[snapshot - w, snapshot)` or,
where a name ends in `_all`, over everything before the snapshot:

    n_w d_w a_w v_w e_w    purchases, days with one, their amounts, visits, days with one
    first_w                first day with a purchase in the window
    first last second      first, newest and second day with a purchase ever; second null where there is none
    last_visit amount_last days squares newest longest of gaps between days with a purchase; returns: gaps over
    spell                  `active_within_days`, and the day on which the newest of them ended (first where none)
    early                  purchases in the 28 days from the first on
    snapshot               the day itself

What is made of them needs arithmetic that all three write alike, and the few functions of `Words` that they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.bench.scale.job import Job

FIRST_WEEKS = 28
Column = Any  # a Series of pandas, an expression of Polars or of DuckDB


@dataclass(frozen=True)
class Words:
    """`where`: the value where the condition holds, else null. `root`: square root.

    `least`, `most`: the smaller and the larger of a column and a number. `flag`: a condition as 0 or 1. `real`: any
    number as a floating point number.
    """

    where: Callable[[Column, Column], Column]
    root: Callable[[Column], Column]
    least: Callable[[Column, int], Column]
    most: Callable[[Column, int], Column]
    flag: Callable[[Column], Column]
    real: Callable[[Column], Column]


def gap_windows(asked: Job) -> tuple[int, ...]:
    """Lookbacks that are long enough to tell a usual gap."""
    return tuple(days for days in asked.lookbacks if days >= 2 * asked.lookbacks[0])


def features(of: Callable[[str], Column], words: Words, asked: Job) -> Iterator[tuple[str, Column]]:
    """Every feature of the job with its name: all that Ebb makes of these roles."""

    def ratio(above: Column, below: Column) -> Column:
        return words.where(below != 0, words.real(above) / words.real(below))

    yield from _windows(of, ratio, asked)
    yield "count_activity_lifetime", of("n_all")
    yield "active_days_lifetime", of("d_all")
    yield "amount_purchase_lifetime", of("a_all")
    yield "amount_mean_purchase", ratio(of("a_all"), of("n_all"))
    yield "amount_last_purchase", of("amount_last")
    yield from _gaps(of, words, ratio, asked)
    yield from _life(of, words, asked)


def _windows(of: Callable[[str], Column], ratio: Any, asked: Job) -> Iterator[tuple[str, Column]]:
    for days in asked.lookbacks:
        purchases, visits = of(f"n_{days}"), of(f"v_{days}")
        yield f"count_activity_{days}d", purchases
        yield f"active_days_{days}d", of(f"d_{days}")
        yield f"amount_purchase_{days}d", of(f"a_{days}")
        yield f"count_engagement_{days}d", visits
        yield f"engaged_days_{days}d", of(f"e_{days}")
        yield f"share_engagement_{days}d", ratio(visits, purchases + visits)
        yield f"share_activity_{days}d_of_{2 * days}d", ratio(purchases, of(f"n_{2 * days}"))
        yield f"share_engagement_{days}d_of_{2 * days}d", ratio(visits, of(f"v_{2 * days}"))


def _gaps(of: Callable[[str], Column], words: Words, ratio: Any, asked: Job) -> Iterator[tuple[str, Column]]:
    gaps, silent = of("d_all") - 1, of("snapshot") - of("last")
    usual = ratio(of("last") - of("first"), gaps)
    variance = words.real(of("squares")) / words.real(gaps) - usual * usual
    spread = words.where(gaps >= 2, words.root(words.most(variance, 0)))
    longest = words.where(gaps >= 1, of("longest"))
    yield "days_since_last_activity", silent
    yield "days_since_last_engagement", of("snapshot") - of("last_visit")
    yield "usual_gap_days", usual
    yield "gap_spread_days", spread
    yield "newest_gap_days", words.where(gaps >= 1, of("newest"))
    yield "longest_gap_days", longest
    yield "overdue_ratio", ratio(silent, usual)
    yield "overdue_spreads", ratio(silent - usual, spread)
    yield "overdue_of_longest", ratio(silent, longest)
    for days in gap_windows(asked):
        within = words.where(of(f"d_{days}") >= 2, of(f"d_{days}") - 1)
        yield f"usual_gap_{days}d", ratio(of("last") - of(f"first_{days}"), within)


def _life(of: Callable[[str], Column], words: Words, asked: Job) -> Iterator[tuple[str, Column]]:
    away, tenure = asked.active_within_days, of("snapshot") - of("first")
    yield "tenure_days", tenure
    yield "days_observed", words.least(of("snapshot") - asked.first_day, max(2 * asked.lookbacks[-1], away))
    yield "days_to_second_activity", of("second") - of("first")
    yield f"count_activity_first_{FIRST_WEEKS}d", of("early")
    yield "count_returns", of("returns")
    yield "spell_days", of("snapshot") - of("spell")
    yield "is_new", words.flag(tenure <= away)
    yield "is_reactivated", words.flag(of("returns") > 0)
