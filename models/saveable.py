"""May the list be ordered by whom contacts keep? Only after enough randomised history, and only on evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.intervals import Estimate
from models.table import Bools, Floats

Why = Literal["split_broken", "too_few", "no_better"]


@dataclass(frozen=True)
class Rules:
    """How much randomised history is enough: customers per arm, and leavers in each."""

    min_contact: int = 1000
    min_holdout: int = 300
    min_leavers: int = 100


@dataclass(frozen=True)
class History:
    """What there is, in customers: contacted and left alone by the draw, and those of them who left."""

    contact: int
    holdout: int
    left_contact: int
    left_holdout: int

    @staticmethod
    def of(treated: Bools, left: Bools) -> History:
        """Counted from one entry per customer."""
        n, t = len(treated), int(treated.sum())
        both = int((treated & left).sum())
        return History(t, n - t, both, int(left.sum()) - both)


@dataclass(frozen=True)
class Verdict:
    """Whether the order by saved value may be used; if not, why: the first reason that holds."""

    usable: bool
    why_not: Why | None


def enough(history: History, rules: Rules) -> bool:
    """Whether an effect that differs between customers could be seen at all: each arm and its leavers are many."""
    return (
        history.contact >= rules.min_contact
        and history.holdout >= rules.min_holdout
        and min(history.left_contact, history.left_holdout) >= rules.min_leavers
    )


def verdict(history: History, broken: bool, better: Estimate | None, rules: Rules) -> Verdict:
    """Whether the list may be ordered by saved value.

    `better` is the profit at capacity of that order minus that of the order in use, paired, on customers whom the
    model has not seen; None where it was not computed. The lower end must be above zero: not equal, not unknown.
    """
    if broken:
        return Verdict(False, "split_broken")
    if not enough(history, rules):
        return Verdict(False, "too_few")
    if better is None or not better.low > 0:
        return Verdict(False, "no_better")
    return Verdict(True, None)


def saved_value(saved: Floats, value: Floats) -> Floats:
    """The expected saved value: the probability that a contact keeps the customer, times what who stays is worth.

    Below zero where a contact drives away. NaN where the value is unknown.
    """
    result: Floats = np.asarray(saved * value, np.float64)
    return result
