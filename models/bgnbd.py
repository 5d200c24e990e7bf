"""BG/NBD by maximum likelihood: what recency, frequency and age alone say about leaving.

Source: P. Fader, B. Hardie, K. Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2). Purchases
are Poisson with a Gamma(r, alpha) rate; after each one the customer leaves with a Beta(a, b) probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

from models.table import Floats

START = np.log([1.0, 1.0, 1.0, 3.0])
CLOSE_TO_ONE = 1e-5
TINY = 1e-300


@dataclass(frozen=True)
class History:
    """One entry per customer: `repeats` after the first active day, its last one and the age, both in days since it.

    `weight` is how many customers share the entry. Raises ValueError if the inputs contradict each other.
    """

    repeats: Floats
    last: Floats
    age: Floats
    weight: Floats

    def __post_init__(self) -> None:
        known = (self.repeats >= 0) & (self.last >= 0) & (self.last <= self.age) & (self.weight >= 0)
        bad = ~(known & np.isfinite(self.repeats + self.age) & ((self.repeats > 0) | (self.last == 0)))
        if bad.any() or len(self.repeats) == 0:
            raise ValueError(
                f"BG/NBD needs 0 <= last <= age and last = 0 without repeats; {int(bad.sum())} entries differ"
            )


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float

    def churn_probability(self, history: History, horizon_days: Floats | int) -> Floats:
        """P(no purchase in the next `horizon_days`), one per entry.

        Alive customers have a Gamma(r + x, alpha + T) rate, so that with T' = T + horizon the probability is
        1 - P(alive) (1 - ((alpha + T) / (alpha + T'))^(r + x)). A lead time is ignored: rates do not change.
        """
        x, age = history.repeats, history.age
        silent = (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + age + horizon_days))
        return 1 - self.alive(history) * -np.expm1(silent)

    def expected_purchases(self, history: History, horizon_days: Floats | int) -> Floats:
        """Expected number of purchases in the next `horizon_days`, one per entry (equation 10 of the source)."""
        return self.alive(history) * self._if_alive(history, horizon_days)

    def purchases_of_stayers(self, history: History, horizon_days: Floats | int) -> Floats:
        """Expected number of purchases in the next `horizon_days` of those who make one, so at least 1; one per entry.

        Who purchases is alive, so that P(alive), which may be 0 in floating point, is not needed.
        """
        silent = (self.r + history.repeats) * np.log1p(-self._shrinks(history, horizon_days))
        comes = np.maximum(-np.expm1(silent), TINY)
        return np.maximum(self._if_alive(history, horizon_days) / comes, 1.0)

    def _if_alive(self, history: History, horizon_days: Floats | int) -> Floats:
        """Expected purchases of customers who are alive.

        Equation 10, (a + b + x - 1) / (a - 1) (1 - (1 - z)^(r + x) 2F1(r + x, b + x; a + b + x - 1; z)), and the same
        by Euler's transformation, (1 - z)^(a - 1) 2F1(a + b - 1 - r, a - 1; a + b + x - 1; z): the first overflows for
        busy customers, the second where nearly everybody leaves at once.
        """
        x, z = history.repeats, self._shrinks(history, horizon_days)
        a = self.a if abs(self.a - 1) > CLOSE_TO_ONE else 1 + CLOSE_TO_ONE  # 0 / 0 at a = 1
        whole = a + self.b + x - 1
        with np.errstate(over="ignore", invalid="ignore"):
            euler = (1 - z) ** (a - 1) * hyp2f1(a + self.b - 1 - self.r, a - 1, whole, z)
            plain = (1 - z) ** (self.r + x) * hyp2f1(self.r + x, self.b + x, whole, z)
        found = whole / (a - 1) * (1 - np.where(np.isfinite(euler), euler, plain))
        steady = (self.r + x) / (self.alpha + history.age) * horizon_days  # if nobody left: the most there can be
        return np.clip(np.where(np.isfinite(found), found, steady), 0.0, steady)

    def _shrinks(self, history: History, horizon_days: Floats | int) -> Floats:
        """The z of `_if_alive`: t / (alpha + T + t), where t is the horizon."""
        return horizon_days / (self.alpha + history.age + horizon_days)

    def log_likelihood(self, history: History) -> float:
        """Mean log likelihood of the histories, in days; comparable with Pareto/NBD's."""
        return -_loss(np.array([self.r, self.alpha, self.a, self.b]), history)

    def alive(self, history: History) -> Floats:
        """P(alive) at the end of each customer's history."""
        x = history.repeats
        odds = np.log(self.a) - np.log(np.maximum(self.b + x - 1, 1e-12))
        odds = odds + (self.r + x) * (np.log(self.alpha + history.age) - np.log(self.alpha + history.last))
        return np.where(x > 0, 0.5 * (1 - np.tanh(0.5 * odds)), 1.0)


def fit_bgnbd(history: History) -> BgNbd:
    """Maximum likelihood. Raises ValueError if the optimiser did not move or the result is not finite."""
    if not (history.repeats * history.weight).sum():
        raise ValueError("BG/NBD cannot be fitted: nobody has come back yet")
    scale = max(float(np.average(history.age, weights=history.weight)), 1.0) / 50  # ages of about 50 units, as weeks
    scaled = History(history.repeats, history.last / scale, history.age / scale, history.weight)
    found = minimize(lambda logs: _loss(np.exp(logs), scaled), START, method="L-BFGS-B", bounds=[(-12, 12)] * 4)
    r, alpha, a, b = np.exp(found.x)
    if not np.isfinite(found.fun) or np.allclose(found.x, START):
        raise ValueError(f"BG/NBD did not converge ({found.message}): too few repeat purchases?")
    return BgNbd(float(r), float(alpha * scale), float(a), float(b))


def _loss(params: Floats, history: History) -> float:
    r, alpha, a, b = params
    x, last, age = history.repeats, history.last, history.age
    purchases = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(np.maximum(b + x - 1, 1e-12)) - (r + x) * np.log(alpha + last)
    either = np.logaddexp(alive, np.where(x > 0, gone, -np.inf))
    return -float(np.average(purchases + stays + either, weights=history.weight))
