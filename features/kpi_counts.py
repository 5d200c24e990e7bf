"""What retention KPIs are made of: whole numbers that add up over chunks of customers, in any order and exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from features.kpi_asked import Asked
from features.kpi_seen import Seen, Sums, exact
from features.labels import eligible, left_within
from features.timeline import MICRO, Bools, EventChunk, Ints

NPS_TOP, NPS_PROMOTER, NPS_DETRACTOR = 10, 9, 6  # of 0 to 10: promoters give 9 or 10, detractors 0 to 6
CSAT_LOW, CSAT_TOP, CSAT_SATISFIED = 1, 5, 4  # of 1 to 5: the satisfied give 4 or 5


def count(chunk: EventChunk, asked: Asked, unasked: Bools | None = None) -> Sums:
    """The sums of a chunk; `added` over all chunks they are those of all customers.

    Shapes: one entry per period (names that begin with `period_`), per month (`month_`), per (month, days between
    purchases) (`gaps`), per (month of first activity, month) (`cohort_`); single numbers as one entry. Money is in
    millionths and never overflows. `unasked`: customers that the model was not asked about at `label_date`.
    """
    seen = Seen(chunk, asked)
    return {
        **seen.at_periods(),
        **_by_cohort(seen),
        **_between_purchases(seen),
        **_scores(seen),
        **_today(seen),
        **_at_label_date(seen, unasked),
    }


def added(left: Sums, right: Sums) -> Sums:
    """The sums of both."""
    return {name: values + right[name] for name, values in left.items()}


def _by_cohort(seen: Seen) -> Sums:
    """One entry per (month of first activity, month): who is active and who still a customer at its end, and money."""
    asked, size = seen.asked, len(seen.asked.months)
    joined = seen.known.argmax(axis=1) - 1  # the first edge behind the first activity ends the cohort's month
    ever = seen.known[:, -1]
    active = np.diff(seen.so_far(seen.rows.number, asked.spec.activity)) > 0
    measures = {
        "active": active.astype(np.int64),
        "still": seen.here[:, 1:].astype(np.int64),
        "purchases": np.diff(seen.bought),
        "spend": np.diff(seen.spend),
        "net": np.diff(seen.net),
    }
    sums = {f"cohort_{name}": np.zeros((size, size), np.int64) for name in measures}
    for cohort in range(size):
        who = ever & (joined == cohort)
        for name, values in measures.items():
            sums[f"cohort_{name}"][cohort] = values[who].sum(axis=0)
    money = ("cohort_spend", "cohort_net")
    return {name: exact(values) if name in money else values for name, values in sums.items()}


def _between_purchases(seen: Seen) -> Sums:
    """`gaps[m, d]`: how often a purchase day in month m is the customer's next one, d days after the one before."""
    asked, starts = seen.asked, seen.asked.days
    entries = seen.timeline.days(asked.purchases)
    same = entries.customer[1:] == entries.customer[:-1]
    later, gap = entries.day[1:][same], np.diff(entries.day)[same]
    within = (later >= starts[0]) & (later < starts[-1])
    month = np.searchsorted(starts, later[within], side="right") - 1
    width = int(starts[-1] - starts[0])
    cells = np.bincount(month * width + gap[within], minlength=len(asked.months) * width)
    return {"gaps": cells.reshape(len(asked.months), width)}


def _scores(seen: Seen) -> Sums:
    """Answers per month on each scale: all, the best and the worst; beside them those that are not on the scale."""
    asked = seen.asked
    nps = _answers(seen, asked.nps, (0, NPS_TOP))
    csat = _answers(seen, asked.csat, (CSAT_LOW, CSAT_TOP))
    return {
        "month_nps_answers": nps(0, NPS_TOP),
        "month_nps_promoters": nps(NPS_PROMOTER, NPS_TOP),
        "month_nps_detractors": nps(0, NPS_DETRACTOR),
        "month_nps_off_scale": nps(None, None),
        "month_csat_answers": csat(CSAT_LOW, CSAT_TOP),
        "month_csat_satisfied": csat(CSAT_SATISFIED, CSAT_TOP),
        "month_csat_off_scale": csat(None, None),
    }


def _answers(seen: Seen, kind: str | None, scale: tuple[int, int]) -> Callable[[int | None, int | None], Ints]:
    """A function that counts, per month, answers between two values; None: those outside of the scale."""
    chunk, starts = seen.chunk, seen.asked.days
    index = seen.timeline.index((kind,) if kind else (), True)
    day, amount = chunk.day.take(index), chunk.amount.take(index)
    within = (day >= starts[0]) & (day < starts[-1])
    month = np.searchsorted(starts, day, side="right") - 1

    def between(low: int | None, high: int | None) -> Ints:
        least, most = scale if low is None or high is None else (low, high)
        inside = (amount >= least * MICRO) & (amount <= most * MICRO)
        wanted = within & (~inside if low is None else inside)
        return np.bincount(month[wanted], minlength=len(seen.asked.months))

    return between


def _today(seen: Seen) -> Sums:
    """Customers at the end of the last month, and what these have spent so far."""
    here = seen.here[:, -1]
    return {
        "today_customers": np.array([np.count_nonzero(here)]),
        "today_spend": exact(np.array([seen.spend[here, -1].sum()])),
        "today_net": exact(np.array([seen.net[here, -1].sum()])),
    }


def _at_label_date(seen: Seen, unasked: Bools | None) -> Sums:
    """Who was a customer at the date of the label, and who of them left, by the functions that made the label."""
    asked = seen.asked
    if asked.label_date is None:
        return {"label_customers": np.zeros(1, np.int64), "label_left": np.zeros(1, np.int64)}
    rows = seen.at(np.array([asked.label_date], np.int64))
    there = eligible(rows, asked.spec)
    if unasked is not None:
        there = there & ~unasked
    left = left_within(rows, asked.spec, asked.lead_days, asked.horizon_days)
    return {
        "label_customers": np.array([np.count_nonzero(there)]),
        "label_left": np.array([np.count_nonzero(there & left)]),
    }
