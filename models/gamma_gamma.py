"""Gamma-gamma by maximum likelihood: what a purchase of a customer is worth, shrunken towards everybody's.

Source: P. Fader, B. Hardie (2013), The Gamma-Gamma Model of Monetary Value, note at brucehardie.com. A customer's
purchases are Gamma(p, nu) with a nu of their own, nu being Gamma(q, gamma) over customers; how much is spent has
nothing to do with how often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from models.table import Floats

FEWEST = 10  # customers with a purchase of some worth: three parameters want more than a handful
LARGEST = 12.0  # of a parameter's logarithm


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters; gamma in units of money."""

    p: float
    q: float
    gamma: float

    def mean_value(self, purchases: Floats, mean: Floats) -> Floats:
        """Expected worth of a customer's purchase, given how many there were and their mean (equation 5).

        It is a weighted mean of everybody's, p gamma / (q - 1), and the customer's own.
        """
        return self.p * (self.gamma + np.maximum(mean, 0) * purchases) / (self.p * purchases + self.q - 1)


def fit_gamma_gamma(purchases: Floats, mean: Floats) -> GammaGamma:
    """Fit on customers whose mean is above 0 (equation 1a), q kept above 1 so that a mean exists.

    Raises ValueError if they are too few or the optimiser did not end at a finite value.
    """
    some = (mean > 0) & (purchases > 0)
    x, m = purchases[some], mean[some]
    if len(m) < FEWEST:
        raise ValueError(f"gamma-gamma needs {FEWEST} customers with amounts above 0, and {len(m)} have some")
    unit = float(np.exp(np.log(m).mean()))  # the likelihood's shape does not depend on the currency
    found = minimize(
        lambda v: _loss(np.exp(v[0]), 1 + np.exp(v[1]), np.exp(v[2]), x, m / unit),
        np.zeros(3),
        method="L-BFGS-B",
        bounds=[(-LARGEST, LARGEST)] * 3,
    )
    if not np.isfinite(found.fun):
        raise ValueError(f"gamma-gamma did not converge ({found.message})")
    p, q, gamma = np.exp(found.x[0]), 1 + np.exp(found.x[1]), np.exp(found.x[2]) * unit
    return GammaGamma(float(p), float(q), float(gamma))


def _loss(p: float, q: float, gamma: float, x: Floats, m: Floats) -> float:
    """Mean negative log likelihood of the means (equation 1a), less what no parameter moves."""
    own = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    spread = (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + m * x)
    return -float(np.mean(own + spread))
