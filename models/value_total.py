"""By how much the sum of spend may miss its forecast: chance, and how far past sums missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import stdtrit

from models.table import Floats, Ints

LEVEL = 0.95
YEAR = 364
PRIOR_SPREAD = 0.15  # of the logarithm of a sum, before anything is known of the shop at hand
PRIOR_ORIGINS = 2.0  # how many past origins the prior counts for
UNSEEN = 0.2  # what a season may add of which no outcome was ever seen
FARTHEST = 3.0  # of a logarithm, a factor of 20: nothing at all spent is a miss, not infinity


@dataclass(frozen=True)
class TotalSpread:
    """How far sums missed, as a standard deviation of log (realised / forecast); `origins` is what past ones weigh.

    Around 0: a bias that lasts is part of what the next sum may miss by. `chance` is what customers add by themselves.
    """

    log_ratio: float
    origins: float
    chance: float

    def interval(self) -> tuple[float, float]:
        """Between which multiples of the forecast the sum comes true, 95%."""
        far = float(stdtrit(self.origins + PRIOR_ORIGINS + 1, (1 + LEVEL) / 2)) * self.log_ratio
        half = min(float(np.hypot(far, 1.96 * self.chance)), FARTHEST)
        return float(np.exp(-half)), float(np.exp(half))

    def to_json(self) -> dict[str, float]:
        """The spread as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, float]) -> TotalSpread:
        """The spread from plain data."""
        return TotalSpread(float(content["log_ratio"]), float(content["origins"]), float(content["chance"]))


def total_spread(forecast: Floats, paid: Floats, origin: Ints, label_days: int) -> TotalSpread:
    """The misses of the sums at every origin, less what chance explains, with a prior.

    Newer origins weigh more: one older by `label_days` counts half. The part of a year in which no outcome was ever
    seen adds that of an unseen season. Without origins the prior alone.
    """
    days = np.unique(origin)
    weight = 0.5 ** ((days.max(initial=0) - days) / label_days)
    sums = [miss(forecast[origin == day], paid[origin == day]) for day in days]
    squares = np.array([max(ratio**2 - chance**2, 0.0) for ratio, chance in sums])
    found = (float(weight @ squares) + PRIOR_ORIGINS * PRIOR_SPREAD**2) / (float(weight.sum()) + PRIOR_ORIGINS)
    seen = min((int(days[-1] - days[0]) + label_days) / YEAR, 1.0) if len(days) else 0.0
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if len(days) else 0.0
    return TotalSpread(float(np.sqrt(found + (1 - seen) * UNSEEN**2)), effective, sums[-1][1] if sums else 0.0)


def miss(forecast: Floats, paid: Floats) -> tuple[float, float]:
    """Log (realised / forecast) of a sum, and its standard deviation by chance: customers err independently."""
    total, came = float(forecast.sum()), float(paid.sum())
    chance = float(np.sqrt(((paid - forecast) ** 2).sum())) / max(total, 1e-12)
    if total <= 0 or came <= 0:
        return (0.0 if total <= 0 and came <= 0 else float(np.copysign(FARTHEST, came - total))), chance
    return float(np.clip(np.log(came / total), -FARTHEST, FARTHEST)), chance
