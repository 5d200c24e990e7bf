"""May amounts be shown: the score of means, the top tenth, how far a sum may miss, and every verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.score_of_means import loss
from models.table import Floats
from models.value_backtest import ValueBacktest
from models.value_judge import RIVALS, Top, ValueJudgement, judge_value
from models.value_total import PRIOR_SPREAD, UNSEEN, TotalSpread, miss, total_spread

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
LABEL = 56
AMOUNTS = st.lists(st.floats(0, 10_000, allow_nan=False), min_size=2, max_size=30).map(np.array)


def test_the_score_by_hand() -> None:
    """Said 4, came 9: (27 - 8 - 3 x 5) / 0.75. Said 0, came 4: 8 / 0.75. Said 4, came 0: (-8 + 12) / 0.75."""
    found = loss(np.array([4.0, 0.0, 4.0, 9.0]), np.array([9.0, 4.0, 0.0, 9.0]))
    assert found == pytest.approx([16 / 3, 32 / 3, 16 / 3, 0.0])


@given(AMOUNTS, st.floats(0.1, 3))
@RANDOM
def test_nothing_scores_better_than_the_mean(paid: Floats, factor: float) -> None:
    """One forecast for all: its mean is best, whatever the tails."""
    mean = float(paid.mean())
    said = {factor: np.full(len(paid), factor * mean), 1.0: np.full(len(paid), mean)}
    assert loss(said[1.0], paid).sum() <= loss(said[factor], paid).sum() * (1 + 1e-9) + 1e-6


def test_the_absolute_error_rewards_a_forecast_that_is_too_low() -> None:
    """Why it does not decide: of one who pays 100 and two who pay nothing, 0 is nearer than the mean of 33."""
    paid = np.array([100.0, 0.0, 0.0])
    nothing, mean = np.zeros(3), np.full(3, 100 / 3)
    assert np.abs(paid - nothing).mean() < np.abs(paid - mean).mean()
    assert loss(mean, paid).mean() < loss(nothing, paid).mean()


@given(AMOUNTS, st.floats(0.01, 100))
@RANDOM
def test_the_unit_of_money_changes_no_order(paid: Floats, unit: float) -> None:
    """In another currency every score is larger by the same factor."""
    forecast = np.roll(paid, 1)
    assert loss(unit * forecast, unit * paid) == pytest.approx(unit**1.5 * loss(forecast, paid), rel=1e-6, abs=1e-3)


def test_the_top_tenth_by_hand() -> None:
    """Twenty customers, two in the tenth: those of forecasts 20 and 19 hold 40 of 100."""
    forecast, paid = np.arange(1.0, 21), np.full(20, 60 / 18)
    paid[-2:] = 20
    assert Top(forecast, paid).share(np.ones(20)) == pytest.approx(0.4)


def test_ties_come_in_by_the_fraction_there_is_room_for() -> None:
    """One forecast for all: any tenth of customers holds a tenth of the spend, in whatever order they stand."""
    paid = np.array([100.0, *[0.0] * 9])
    for shuffled in (paid, paid[::-1]):
        assert Top(np.ones(10), shuffled).share(np.ones(10)) == pytest.approx(0.1)


def test_a_weight_is_a_number_of_customers() -> None:
    """Drawn twice is there twice, drawn never is not there."""
    random = np.random.default_rng(6)
    forecast, paid, times = random.random(50), random.random(50), random.integers(0, 3, 50)
    repeated = Top(np.repeat(forecast, times), np.repeat(paid, times))
    assert Top(forecast, paid).share(times.astype(float)) == pytest.approx(repeated.share(np.ones(times.sum())))


def test_a_miss_by_hand() -> None:
    """30 + 10 forecast, 20 + 60 came: log 2, and by chance sqrt(10^2 + 50^2) / 40."""
    ratio, chance = miss(np.array([30.0, 10.0]), np.array([20.0, 60.0]))
    assert (ratio, chance) == pytest.approx((np.log(2), np.sqrt(2600) / 40))


def test_nothing_spent_is_a_far_miss_and_nothing_forecast_is_none() -> None:
    """Not infinity: 20 times too much is as far as a miss counts."""
    assert miss(np.ones(3), np.zeros(3))[0] == -3
    assert miss(np.zeros(3), np.zeros(3)) == (0.0, 0.0)


def test_without_past_origins_the_prior_speaks() -> None:
    """Two origins' worth of it, and a season of which nothing was ever seen."""
    none = np.zeros(0)
    assert total_spread(none, none, np.zeros(0, np.int64), LABEL) == TotalSpread(
        np.hypot(PRIOR_SPREAD, UNSEEN), 0.0, 0.0
    )


def test_sums_that_missed_more_promise_less() -> None:
    """A year of sums that came true, or were off by half: the interval says so, around the forecast.

    Of exact sums the prior is left: sqrt(2 x 0.15^2 / (3.37 + 2)) = 0.092, times Student's 2.27 with 8.8 degrees.
    """
    origin = np.repeat(np.arange(13) * 28, 400)
    forecast = np.full(len(origin), 10.0)
    exact = total_spread(forecast, forecast, origin, LABEL)
    off = total_spread(forecast, np.where(origin // 28 % 2, 15.0, 10 / 1.5), origin, LABEL)
    (low, high), (lower, higher) = exact.interval(), off.interval()
    assert lower < low < 1 < high < higher
    assert (low, high) == pytest.approx((0.81, 1.23), abs=0.01)
    assert higher > 1.5


def test_what_chance_explains_is_no_spread() -> None:
    """Four customers a time, a fifth more came than was forecast because one bought: as if the sums had come true."""
    origin = np.repeat(np.arange(13) * 28, 4)
    forecast, paid = np.full(52, 10.0), np.tile([0.0, 0.0, 0.0, 48.0], 13)
    found = total_spread(forecast, paid, origin, LABEL)
    assert found.log_ratio == total_spread(forecast, forecast, origin, LABEL).log_ratio
    assert found.chance == pytest.approx(np.sqrt(3 * 100 + 38**2) / 40)


def past(origins: int = 8, customers: int = 300, seed: int = 8) -> ValueBacktest:
    """The same customers at every origin, each with a mean of their own that `base` knows; half of them leave.

    Last period's spend is another draw around the mean, and the classic forecast knows it up to a third.
    """
    random = np.random.default_rng(seed)
    n = origins * customers
    mean = np.tile(random.lognormal(4, 1, customers), origins)
    churned = random.random(n) < 0.5
    paid = np.where(churned, 0, random.gamma(2, mean / 2))
    last = np.where(random.random(n) < 0.5, 0, random.gamma(2, mean / 2))
    classic = 0.5 * mean * np.tile(random.lognormal(0, 0.33, customers), origins)
    same = (np.repeat(np.arange(origins) * 28, customers), np.tile(np.arange(customers), origins))
    return ValueBacktest(*same, churned, paid, np.full(n, 0.5), np.log(mean), np.zeros(n), np.zeros(n), last, classic)


def verdict(found: ValueBacktest, forecast: Floats | None = None) -> ValueJudgement:
    """Judge the true means, or another forecast."""
    said = 0.5 * np.exp(found.base) if forecast is None else forecast
    return judge_value(found, said, LABEL, {day: f"day {day}" for day in found.origins()}, draws=100)


def test_who_knows_the_means_may_show_them() -> None:
    """Both rivals beaten, the sum where it should be, every figure in place."""
    judged = verdict(past())
    assert judged.why_not_known is None
    assert judged.known
    assert judged.figures["judged_origins"] == 4
    for rival in RIVALS:
        differences = judged.figures[rival]["differences"]
        assert differences["loss"]["value"] <= differences["loss"]["high"] < 0
        assert set(differences) == {"loss", "mean_absolute_error", "top_tenth"}
    assert judged.figures["newest_total"]["within"]
    assert [row["origin"] for row in judged.figures["rows"]] == [f"day {28 * at}" for at in range(8)]
    assert judged.figures["model"]["total_ratio"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("forecast", "why"),
    [
        (lambda found: found.last_period, "not_better_than_last_period"),
        (lambda found: found.classic, "not_better_than_bgnbd_gamma_gamma"),
        (lambda found: np.full(len(found), 40.0), "not_better_than_bgnbd_gamma_gamma"),
        (lambda found: np.zeros(len(found)), "not_better_than_last_period"),
    ],
    ids=["last period itself", "the classic itself", "one amount for all", "nothing"],
)
def test_who_is_no_better_shows_nothing(forecast, why: str) -> None:  # type: ignore[no-untyped-def]
    """A tie is not better: the whole interval must lie below zero."""
    assert verdict(past(), forecast(past())).why_not_known == why


def test_better_by_one_customer_is_not_better() -> None:
    """The forecast is the classic's but for one customer: in every third draw they are not there."""
    found = past()
    biggest = found.customer == found.customer[np.argmax(found.spend)]
    judged = verdict(found, np.where(biggest, found.spend, found.classic))
    difference = judged.figures["bgnbd_gamma_gamma"]["differences"]["loss"]
    assert difference["value"] < 0 <= difference["high"]
    assert judged.why_not_known == "not_better_than_bgnbd_gamma_gamma"


def test_a_sum_that_is_off_at_the_newest_origin_withholds() -> None:
    """A good order all the same, but three times as much came true as was said, which nothing before explains."""
    found = past()
    newest = found.origin == found.origins()[-1]
    odd = replace(
        found, spend=np.where(newest, 3 * found.spend, found.spend), classic=np.where(newest, 0, found.classic)
    )
    judged = verdict(odd)
    assert judged.why_not_known == "total_off"
    assert judged.figures["newest_total"]["ratio"] > judged.figures["newest_total"]["high"]


def test_a_classic_that_could_not_be_fitted_is_no_rival() -> None:
    """Nowhere: last period alone is to be beaten. At some origins: it is judged at the others."""
    found = past()
    nowhere = verdict(replace(found, classic=np.full(len(found), np.nan)))
    assert nowhere.why_not_known is None
    assert "bgnbd_gamma_gamma" not in nowhere.figures
    some = replace(found, classic=np.where(found.origin == found.origins()[-1], np.nan, found.classic))
    assert verdict(some).figures["bgnbd_gamma_gamma"]["loss"] != verdict(found).figures["bgnbd_gamma_gamma"]["loss"]
    assert verdict(some, some.last_period).why_not_known == "not_better_than_last_period"


@pytest.mark.parametrize(
    "few",
    [past(2), past(1), past(8, 90), replace(past(), spend=np.where(past().customer < 20, past().spend, 0))],
    ids=["two origins", "one origin", "90 customers", "20 customers who pay"],
)
def test_too_few_to_be_tested(few: ValueBacktest) -> None:
    """Figures of each origin are written, amounts are not shown."""
    judged = verdict(few)
    assert judged.why_not_known == "too_few"
    assert len(judged.figures["rows"]) == len(few.origins())


def test_no_origin_at_all_is_too_few() -> None:
    """An empty backtest has a verdict, too."""
    whole = past()
    assert verdict(whole.take(np.zeros(len(whole), bool))).why_not_known == "too_few"


def test_the_order_of_rows_and_the_currency_change_no_verdict() -> None:
    """Pounds or cents: the same shares and ratios."""
    found = past()
    cents = replace(found, spend=100 * found.spend, base=found.base + np.log(100), last_period=100 * found.last_period)
    one, other = verdict(found), verdict(replace(cents, classic=100 * found.classic))
    for rival in RIVALS:
        for key in ("loss", "top_tenth"):
            assert one.figures[rival]["differences"][key] == pytest.approx(
                other.figures[rival]["differences"][key], abs=2e-6
            )
    assert one.figures["newest_total"] == other.figures["newest_total"]
