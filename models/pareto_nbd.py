"""Pareto/NBD by maximum likelihood: leaving at any moment, also before the first repeat purchase.

Source: D. Schmittlein, D. Morrison, R. Colombo (1987), Counting Your Customers: Who Are They and What Will They Do
Next?, Management Science 33(1); derived step by step in P. Fader, B. Hardie (2005), A Note on Deriving the Pareto/NBD
Model. Purchases are Poisson with a Gamma(r, alpha) rate; the customer leaves at a Gamma(s, beta) rate, come what may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import chain

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from models.bgnbd import History
from models.table import Floats

START = np.log([1.0, 10.0, 1.0, 10.0])
NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)  # on -1..1
FAR = 40.0  # where the chance has fallen to exp(-40) of its start, float64 ends


@dataclass(frozen=True)
class ParetoNbd:
    """Fitted parameters, one set for everybody; alpha and beta in days, r and s without unit."""

    r: float
    alpha: float
    s: float
    beta: float

    def churn_probability(self, history: History, horizon_days: Floats | int) -> Floats:
        """P(no purchase in the next `horizon_days`), one per entry.

        The ratio of the likelihoods of the same purchases by the ages T + horizon and T, written as
        1 - P(alive) (1 - P(silent | alive)), in which nothing cancels: whoever is alive at T has a
        Gamma(r + x, alpha + T) and a Gamma(s, beta + T) rate. A lead time is ignored: rates do not change.
        """
        later = history.age + horizon_days
        silent = sum(end.mass for end in _ends(astuple(self), history.repeats, history.age, later))
        return 1 - self.alive(history) * (1 - np.minimum(silent, 1.0))

    def log_likelihood(self, history: History) -> float:
        """Mean log likelihood of the histories, in days; comparable with BG/NBD's."""
        return -_loss(np.log(astuple(self)), history)[0]

    def alive(self, history: History) -> Floats:
        """P(alive) at the end of each customer's history."""
        ends = _ends(astuple(self), history.repeats, history.last, history.age)
        alive = next(ends).mass
        return alive / (alive + sum(end.mass for end in ends))


def fit_pareto_nbd(history: History) -> ParetoNbd:
    """One set of parameters for all customers, by maximum likelihood; alpha and beta in the unit of the history.

    Raises ValueError if nobody has come back, if the optimiser did not move or if the likelihood is not finite.
    """
    if not (history.repeats * history.weight).sum():
        raise ValueError("Pareto/NBD cannot be fitted: nobody has come back yet")
    scale = max(float(np.average(history.age, weights=history.weight)), 1.0) / 50  # ages of about 50 units, as weeks
    found = minimize(
        _loss,
        START,
        (_grouped(history, scale),),
        method="L-BFGS-B",
        jac=True,
        bounds=[(-12, 12)] * 4,
        options={"ftol": 1e-13, "gtol": 1e-7},  # s and beta lie on a ridge: the usual stop is early by 1e-3
    )
    if np.allclose(found.x, START):
        raise ValueError(f"Pareto/NBD did not converge ({found.message}): too few repeat purchases?")
    r, alpha, s, beta = np.exp(found.x)
    return ParetoNbd(float(r), float(alpha * scale), float(s), float(beta * scale))


@dataclass(frozen=True)
class _End:
    """One way the story may end after the last purchase: its mass, its time, and how far the two rates' sums grew."""

    mass: Floats
    delay: Floats
    buying: Floats
    leaving: Floats


def _ends(params: tuple[float, ...], repeats: Floats, start: Floats, stop: Floats) -> Iterator[_End]:
    """Being alive at `stop`, then Gauss-Legendre nodes of the moment of leaving between `start` and `stop`.

    Masses are relative to Gamma(r + x) / Gamma(r) alpha^r beta^s / ((alpha + start)^(r + x) (beta + start)^s), so that
    none exceeds 1 and the two 2F1 functions of the source, which overflow for large counts, are not needed. The
    integral runs over log(min(alpha, beta) + time): the integrand is smooth there, whatever the parameters.
    """
    r, alpha, s, beta = params
    near = min(alpha, beta) + start
    reach = np.minimum((alpha + start) * np.expm1(np.minimum(FAR / (r + repeats), FAR)), stop - start)
    reach = np.minimum((beta + start) * np.expm1(min(FAR / s, FAR)), reach)
    width = np.log1p(reach / near)

    def end(delay: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        buying, leaving = np.log1p(delay / (alpha + start)), np.log1p(delay / (beta + start))
        return np.exp(-(r + repeats) * buying - s * leaving), delay, buying, leaving

    yield _End(*end(stop - start))
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        mass, delay, *grown = end(near * np.expm1(0.5 * (1 + node) * width))
        density = s * (near + delay) / (beta + start + delay)
        yield _End(0.5 * weight * width * density * mass, delay, *grown)


def _grouped(history: History, scale: float) -> History:
    """Customers with the same story once, in order, with their weights added; time divided by `scale`."""
    stories = np.column_stack([history.repeats, history.last, history.age])
    once, which = np.unique(stories, axis=0, return_inverse=True)
    weight = np.bincount(which.reshape(-1), weights=history.weight).astype(np.float64)
    return History(once[:, 0], once[:, 1] / scale, once[:, 2] / scale, weight)


def _loss(logs: Floats, history: History) -> tuple[float, Floats]:
    """Minus the mean log likelihood, and its gradient by the logs of the parameters.

    The gradient is the mean, over the ends of each story, of the gradient with a known end (Fisher's identity).
    Raises ValueError if either is not finite.
    """
    r, alpha, s, beta = params = np.exp(logs)
    x, last, age = history.repeats, history.last, history.age
    total, buying, leaving, by_alpha, by_beta = np.zeros((5, len(x)))
    ends = _ends(tuple(params), x, last, age)
    alive = next(ends)
    for end in chain([alive], ends):
        total += end.mass
        buying += end.mass * end.buying
        leaving += end.mass * end.leaving
        by_alpha += end.mass / (alpha + last + end.delay)
        by_beta += (s + 1) * end.mass / (beta + last + end.delay)
    by_beta -= alive.mass / (beta + age)
    likelihood = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(total)
    likelihood -= (r + x) * np.log(alpha + last) + s * np.log(beta + last)
    slopes = [
        digamma(r + x) - digamma(r) + np.log(alpha) - np.log(alpha + last) - buying / total,
        r / alpha - (r + x) * by_alpha / total,
        np.log(beta) + (1 - alive.mass / total) / s - np.log(beta + last) - leaving / total,
        s / beta - by_beta / total,
    ]
    loss, *gradient = -np.average([likelihood, *slopes], axis=1, weights=history.weight)
    if not np.isfinite([loss, *gradient]).all():  # here, because the optimiser would go on for 15,000 rounds
        raise ValueError(f"Pareto/NBD has no finite likelihood ({-loss}): impossible counts?")
    return float(loss), params * gradient
