"""The difference of two means of money, most customers of which spend nothing and a few a lot.

Welch's interval holds the truth in 85 to 93 of 100 cases instead of 95 if one in ten is held back and baskets differ as
they do in shops (docs/bench/effect.md): the few held back mostly lack the large baskets, and then their mean and their
variance are too small together. So an arm's variance is put together from what is known well: the share that spent,
from the arm; the typical amount, the median of its spenders, from the arm, hardly moved by large baskets; and how
amounts are spread around it, from the spenders of both arms together. With s the share and c the median,

    variance = c^2 s (v + (1 - s) m^2),   m and v mean and variance of amount / median over both arms

(a share of zeros and a distribution beside it: the law of total variance). It supposes that a contact makes amounts
larger or smaller, not more unequal. The estimate supposes nothing and is the difference of the means. Degrees of
freedom are those of the smaller number of spenders, whose median is known worst. With fewer than ten there both arms
share one scale, and all spenders count.
"""

from __future__ import annotations

import numpy as np

from models.means import Means, mean_difference, strata
from models.table import Bools, Floats

WINSOR = 0.995
FEWEST_SPENDERS = 5  # to be expected in the smaller arm: with fewer nothing is told of money
FEWEST_FOR_MEDIAN = 10  # of an arm: with fewer its median is noise


def difference_of_amounts(amounts: Floats, contact: Bools, share: Floats) -> Means | None:
    """One difference from one amount per customer, 0 for no spend; strata of one share weighed by those contacted.

    None if no share has two customers in both arms, or so few spend that fewer than `FEWEST_SPENDERS` of them are to be
    expected in the smaller arm.
    """
    arms = strata(amounts, contact, share)
    if not arms:
        return None
    everybody = [np.concatenate([getattr(each, arm) for each in arms]) for arm in ("contacted", "held")]
    spenders = [values[values != 0] for values in everybody]
    sizes, spending = [len(values) for values in everybody], [len(values) for values in spenders]
    if sum(spending) * min(sizes) < FEWEST_SPENDERS * sum(sizes):
        return None
    scales, freedom = _scales(spenders), min(spending) - 1
    if scales is None:
        scales, freedom = (1.0, 1.0), sum(spending) - 1
    relative = np.concatenate([each / scale for each, scale in zip(spenders, scales, strict=True)])
    mean, spread = float(relative.mean()), float(relative.var(ddof=1))
    variance = 0.0
    for stratum in arms:
        for values, scale in zip(stratum.both, scales, strict=True):
            spent = (np.count_nonzero(values) + 1) / (len(values) + 2)  # one more of each: no variance of zero
            of_one = scale**2 * spent * (spread + (1 - spent) * mean**2)
            variance += stratum.weight**2 * of_one / len(values)
    return Means(mean_difference(arms), float(np.sqrt(variance)), freedom)


def winsorised(amounts: Floats, quantile: float = WINSOR) -> Floats:
    """One amount per customer, none above the quantile of all: to compare with, since what is cut off is real money."""
    return amounts.clip(max=float(np.quantile(amounts, quantile))) if len(amounts) else amounts


def _scales(spenders: list[Floats]) -> tuple[float, float] | None:
    """The typical amount of each arm; None where one is not known, or is none: refunds that outweigh are no scale."""
    if min(len(each) for each in spenders) < FEWEST_FOR_MEDIAN:
        return None
    contacted, held = (float(np.median(each)) for each in spenders)
    return (contacted, held) if min(contacted, held) > 0 else None
