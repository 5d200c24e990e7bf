"""By which score forecasts of a mean are compared where a few customers spend most of the money.

A score for means must be lowest, on average, for the true mean: a Bregman divergence (T. Gneiting 2011, Making and
Evaluating Point Forecasts, Journal of the American Statistical Association 106, section 3.2). The absolute error is
none: it is lowest for the median, which is 0 where half of the customers buy nothing, so that a forecast which is 20%
too low everywhere can have the smaller absolute error. Of the homogeneous Bregman divergences,

    (y^b - f^b - b f^(b - 1) (y - f)) / (b (b - 1)),

which rank forecasts alike in pounds and in cents, b = 2 is the squared error, where a handful of wholesalers decides
alone, and b towards 1 the Poisson deviance, which never forgives a forecast of 0, as "same as last period" makes for
everybody who paused. b = 1.5 lies between: it takes both kinds of forecasts, and errors of large customers count more,
but not by their square.
"""

from __future__ import annotations

import numpy as np

from models.table import Floats

B = 1.5


def loss(forecast: Floats, paid: Floats) -> Floats:
    """The divergence of each forecast, in money to the power 1.5; 0 where it is exact. Amounts below 0 count as 0."""
    f, y = np.maximum(forecast, 0), np.maximum(paid, 0)
    found = (y**B - f**B - B * f ** (B - 1) * (y - f)) / (B * (B - 1))
    return np.maximum(found, 0.0)  # rounding
