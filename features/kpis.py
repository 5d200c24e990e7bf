"""Retention KPIs: each a formula with its source, from whole numbers. A rate of nothing is null, never 0.

*Customer* at a day is who the model would be asked about on that day (features/labels.eligible), so that the figures
and the forecasts speak of the same people. Marketing Metrics: P. Farris, N. Bendle, P. Pfeifer, D. Reibstein,
Marketing Metrics: The Definitive Guide to Measuring Marketing Performance, 2nd edition, 2010.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.timeline import MICRO

Figure = float | None


def retention_rate(customers_start: int, customers_end: int, won: int) -> Figure:
    """(E - N) / S: the share of the customers at the start (S) who are customers at the end (E, less N won since).

    N are all who were no customers at the start: the new, and the lapsed who came back. Would those who came back be
    left in E, they would pass for kept. Who left and came back within the period counts as kept. Null if S is 0.
    Source: Marketing Metrics, chapter 5 (retention rate: customers retained to customers at risk).

    >>> retention_rate(1000, 900, 200)
    0.7
    """
    return ratio(customers_end - won, customers_start)


def churn_rate(customers_start: int, lost: int) -> Figure:
    """Lost / S = 1 - retention rate: the share of the customers at the start who are none at the end. Null if S is 0.

    Source: Marketing Metrics, chapter 5.
    """
    return ratio(lost, customers_start)


def labelled_churn_rate(customers_start: int, left: int) -> Figure:
    """The share of the customers at the start who left within the horizon, by the label that the model learns.

    It looks past the period, so the caller asks where the label has closed only. Null without customers.
    """
    return ratio(left, customers_start)


def reactivation_rate(lapsed_start: int, reactivated: int) -> Figure:
    """The share of those lapsed at the start who are customers again at the end. Null if nobody had lapsed.

    Source: B. Stauss, C. Friege, Regaining Service Customers, Journal of Service Research 1(4), 1999, who call the
    share of lost customers that is regained the success of a win-back.
    """
    return ratio(reactivated, lapsed_start)


def repeat_purchase_rate(buyers: int, repeaters: int) -> Figure:
    """The share of the buyers of the last 365 days who bought twice or more in them. Null without buyers.

    Source: customary in retail, as the "returning customer rate" of shop systems; repeat rate in Marketing Metrics,
    chapter 4. Two purchases on one day are two.
    """
    return ratio(repeaters, buyers)


def returning_buyers_share(buyers: int, returning: int) -> Figure:
    """The share of a period's buyers who had bought before it. Null without buyers."""
    return ratio(returning, buyers)


def purchase_frequency(purchases: int, buyers: int) -> Figure:
    """Purchases per customer who bought in the period: orders / unique customers. Null without buyers."""
    return ratio(purchases, buyers)


def average_order_value(spend: int, purchases: int) -> Figure:
    """Money per purchase that has an amount; `spend` in millionths. Returns are not taken off. Null without such.

    Source: revenue / orders, as web analytics define it.
    """
    return ratio(spend, MICRO * purchases)


def lifetime_value(spend: int, customers: int) -> Figure:
    """What customers have spent so far, per customer, whether still there or not; `spend` in millionths.

    The realised part of the lifetime value, undiscounted (Marketing Metrics, chapter 5, customer lifetime value). Null
    without customers.
    """
    return ratio(spend, MICRO * customers)


def expected_lifetime_value(realised: Figure, forecast: Figure) -> Figure:
    """What today's customers have spent so far plus what is forecast for the horizon, per customer.

    It covers the horizon and nothing after it, so it is a lower bound of a lifetime. Null if either is not known.
    """
    return None if realised is None or forecast is None else realised + forecast


def net_promoter_score(answers: int, promoters: int, detractors: int) -> Figure:
    """100 x (share of 9 and 10 - share of 0 to 6), from -100 to 100. Null without answers.

    Source: F. Reichheld, The One Number You Need to Grow, Harvard Business Review, December 2003.
    """
    share = ratio(promoters - detractors, answers)
    return None if share is None else 100 * share


def satisfied_share(answers: int, satisfied: int) -> Figure:
    """CSAT: the share of answers 4 and 5 on a scale of 1 to 5, the top two boxes. Null without answers.

    Source: Marketing Metrics, chapter 2 (customer satisfaction, "top two boxes").
    """
    return ratio(satisfied, answers)


def days_between(gaps: NDArray[Any]) -> tuple[Figure, Figure]:
    """Mean and median days between a customer's consecutive purchase days; `gaps[d]`: how often it was d days.

    Of an even number of gaps the median is the mean of the middle two. A gap counts where it ends, so short histories
    and late months hold longer gaps; who never came back has none. Null without gaps.
    """
    number = int(gaps.sum())
    if number == 0:
        return None, None
    below = np.cumsum(gaps)
    middle = [int(np.searchsorted(below, place, side="right")) for place in ((number - 1) // 2, number // 2)]
    total = int((np.arange(len(gaps)) * gaps).sum())
    return total / number, sum(middle) / 2


def ratio(top: int, bottom: int) -> Figure:
    """A quotient of whole numbers; null if the divisor is 0.

    Python divides whole numbers of any size with one rounding, so the same everywhere.
    """
    return int(top) / int(bottom) if bottom else None


def period_figures(counts: Mapping[str, int], gaps: NDArray[Any], with_money: bool) -> dict[str, Figure]:
    """Every rate of one period by name; `counts` as features/kpi_counts.py names them, without `period_`."""
    mean, median = days_between(gaps)
    start, end = counts["customers_start"], counts["customers_end"]
    money = {
        "average_order_value": average_order_value(counts["spend"], counts["priced_purchases"]),
        "lifetime_value": lifetime_value(counts["spend_so_far"], counts["known_end"]),
        "lifetime_value_net": lifetime_value(counts["net_so_far"], counts["known_end"]),
    }
    return {
        "retention_rate": retention_rate(start, end, counts["new"] + counts["reactivated"]),
        "churn_rate": churn_rate(start, start - counts["kept"]),
        "reactivation_rate": reactivation_rate(counts["lapsed_start"], counts["reactivated"]),
        "labelled_churn_rate": labelled_churn_rate(start, counts["labelled_left"]),
        "repeat_purchase_rate": repeat_purchase_rate(counts["window_buyers"], counts["window_repeaters"]),
        "returning_buyers_share": returning_buyers_share(counts["buyers"], counts["returning_buyers"]),
        "purchase_frequency": purchase_frequency(counts["purchases"], counts["buyers"]),
        **{name: figure if with_money else None for name, figure in money.items()},
        "days_between_purchases_mean": mean,
        "days_between_purchases_median": median,
    }


def score_figures(counts: Mapping[str, int]) -> dict[str, Figure]:
    """NPS and CSAT of one period; null where nobody answered or no event type is named for it."""
    return {
        "nps": net_promoter_score(counts["nps_answers"], counts["nps_promoters"], counts["nps_detractors"]),
        "csat": satisfied_share(counts["csat_answers"], counts["csat_satisfied"]),
    }
