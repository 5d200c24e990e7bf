"""Customers drawn into two arms with a truth that is known: one table of customers, or many programmes week by week.

Helper, not a test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.effect import FEWEST_EXPECTED
from models.proportions import newcombe
from models.returns import Ledger
from models.sequential import radius
from models.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Truth:
    """What is true: leaving shares without contact and what the draw keeps, a share each; amounts of those who stay.

    Of the contact arm `reached` are contacted, of the holdout `anyway`, the same customers first. Contact keeps nobody
    who would have stayed.
    """

    leaving: float
    kept: float
    share: float = 0.1
    reached: float = 1.0
    anyway: float = 0.0
    mean: float = 60.0
    sigma: float = 1.0  # of the logarithm of amounts: with 1 the top tenth of baskets holds 39% of the money

    @property
    def kept_of_reached(self) -> float:
        """The share kept more among those whom the draw made be contacted."""
        return self.kept / (self.reached - self.anyway)


@dataclass(frozen=True)
class Drawn:
    """One entry per customer: what the account takes, and who was really contacted."""

    ledger: Ledger
    reached: Bools


def drawn(truth: Truth, customers: int, random: np.random.Generator) -> Drawn:
    """So many customers of one draw: potential outcomes first, then the arms, then what is seen."""
    would_leave = random.random(customers) < truth.leaving
    can_be_kept = would_leave & (random.random(customers) < truth.kept_of_reached / truth.leaving)
    contact = random.random(customers) >= truth.share
    reached = random.random(customers) < np.where(contact, truth.reached, truth.anyway)
    left = would_leave & ~(can_be_kept & reached)
    amounts = random.lognormal(np.log(truth.mean) - truth.sigma**2 / 2, truth.sigma, customers)
    share, times = np.full(customers, truth.share), np.ones(customers, np.int64)
    offer = random.random(customers) < 0.3
    return Drawn(Ledger(contact, share, left, np.where(left, 0.0, amounts), times, offer), reached)


@dataclass(frozen=True)
class Weekly:
    """A row per programme, a column per week: all customers so far and those of them who left, in each arm."""

    left_contact: Ints
    n_contact: Ints
    left_holdout: Ints
    n_holdout: Ints

    def at(self, programme: int, week: int) -> NDArray[np.int64]:
        """The four counts of one programme after one week, as models.sequential.Counts takes them."""
        counts = (self.left_contact, self.n_contact, self.left_holdout, self.n_holdout)
        return np.array([each[programme, week] for each in counts])

    def claimed(self, fewest: int = FEWEST_EXPECTED) -> NDArray[np.int64]:
        """1 kept, -1 lost, 0 nothing shown: the rule of models.effect, all readings at once (a test compares them)."""
        n, m = np.maximum(self.n_contact, 1), np.maximum(self.n_holdout, 1)
        difference = self.left_holdout / m - self.left_contact / n
        left, everybody = self.left_contact + self.left_holdout, self.n_contact + self.n_holdout
        mean = (left + 1) / (everybody + 2)
        shown = np.abs(difference) > radius(mean * (1 - mean) * (1 / n + 1 / m))
        rarer = np.minimum(left, everybody - left) * np.minimum(self.n_contact, self.n_holdout)
        return np.where(shown & (rarer >= fewest * everybody), np.sign(difference), 0).astype(np.int64)

    def claimed_by_one_look(self) -> Bools:
        """Whether Newcombe's interval lies off zero: what nobody may read every week."""
        low, high = newcombe(self.left_holdout, self.n_holdout, self.left_contact, self.n_contact)
        return (low > 0) | (high < 0)


def weekly(
    leaving: Floats, kept: float, chosen: int, programmes: int, random: np.random.Generator, share: float = 0.1
) -> Weekly:
    """So many programmes that choose so many new customers a week; `leaving`: of the held back, one per week."""
    shape = (programmes, len(leaving))
    held = random.binomial(chosen, share, shape)
    left_held, left = random.binomial(held, leaving), random.binomial(chosen - held, leaving - kept)
    return Weekly(*(each.cumsum(axis=1) for each in (left, chosen - held, left_held, held)))
