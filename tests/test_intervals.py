"""Intervals by drawing customers: what they repeat, what they draw, and how often they hold the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from models import intervals
from models.intervals import Estimate, bootstrap
from models.table import Floats, Ints

Measure = Callable[[Floats], Mapping[str, float]]


def mean_of(values: Floats) -> Measure:
    """A measure: the weighted mean of one value per row."""
    return lambda weight: {"mean": float((weight * values).sum() / weight.sum())}


def interval(customer: Ints, values: Floats, draws: int = 400, seed: int = 7) -> Estimate:
    """The mean's estimate."""
    return bootstrap(customer, mean_of(values), draws, seed)["mean"]


def width(estimate: Estimate) -> float:
    """From one end of the interval to the other."""
    return estimate.high - estimate.low


SIXTY = np.arange(60, dtype=np.int64)
VALUES = np.random.default_rng(11).normal(2, 1, 60)


def test_the_value_is_that_of_all_rows() -> None:
    """Every row once; the draws only make the interval."""
    estimate = interval(SIXTY, VALUES)
    assert estimate.value == pytest.approx(VALUES.mean())
    assert estimate.low < estimate.value < estimate.high


def test_a_seed_repeats_the_interval() -> None:
    """The same bytes in the report each week; another seed draws other customers."""
    assert interval(SIXTY, VALUES, seed=7) == interval(SIXTY, VALUES, seed=7)
    assert interval(SIXTY, VALUES, seed=7) != interval(SIXTY, VALUES, seed=8)


def test_the_width_is_that_of_the_theory() -> None:
    """Two times 1.96 standard errors of the mean, within the noise of 2,000 draws."""
    theory = 2 * 1.96 * VALUES.std() / np.sqrt(60)
    assert width(interval(SIXTY, VALUES, draws=2000)) == pytest.approx(theory, rel=0.08)


def test_more_rows_of_the_same_customers_are_no_more_evidence() -> None:
    """Every customer's row four times: the interval is what it was."""
    once, four = interval(SIXTY, VALUES), interval(np.repeat(SIXTY, 4), np.repeat(VALUES, 4))
    assert (four.low, four.high) == pytest.approx((once.low, once.high))


def test_more_customers_are_more_evidence() -> None:
    """The same rows under four times as many ids: half the width."""
    once, four = interval(SIXTY, VALUES, 2000), interval(np.arange(240), np.repeat(VALUES, 4), 2000)
    assert width(four) / width(once) == pytest.approx(0.5, abs=0.05)


def test_customer_ids_are_only_names() -> None:
    """Codes need not be consecutive, and rows of a customer need not be neighbours."""
    customer, values = np.array([0, 0, 1, 2, 2]), np.array([1.0, 2.0, 5.0, 3.0, 9.0])
    mixed = np.array([3, 2, 0, 4, 1])
    other = np.array([-5, -5, 40, 977, 977])[mixed]
    here, there = interval(customer, values), interval(other, values[mixed])
    assert (there.low, there.high) == pytest.approx((here.low, here.high))


def simulated(seed: int) -> tuple[Ints, Floats]:
    """80 customers with one to five rows each around their own mean; the truth over all customers is 0."""
    random = np.random.default_rng(seed)
    rows = random.integers(1, 6, 80)
    own = random.normal(0, 1, 80)
    return np.repeat(np.arange(80), rows), np.repeat(own, rows) + random.normal(0, 0.5, rows.sum())


def test_the_truth_lies_inside_about_95_times_of_100() -> None:
    """300 worlds whose rows hang together by customer; four standard errors are allowed."""
    estimates = [interval(*simulated(seed), draws=150) for seed in range(300)]
    share = np.mean([item.low <= 0 <= item.high for item in estimates])
    assert share == pytest.approx(0.94, abs=4 * np.sqrt(0.94 * 0.06 / 300))


def test_drawing_rows_would_promise_too_much() -> None:
    """Were every row its own customer, the interval would be far too narrow: the worlds above prove something."""
    estimates = [interval(np.arange(len(values)), values, 100) for _, values in map(simulated, range(300))]
    assert np.mean([item.low <= 0 <= item.high for item in estimates]) < 0.85


def test_equal_models_differ_by_exactly_nothing() -> None:
    """Models are compared on the same draws."""

    def measure(weight: Floats) -> Mapping[str, float]:
        figures = {name: float((weight * VALUES).sum() / weight.sum()) for name in ("one", "other")}
        return {**figures, "difference": figures["one"] - figures["other"]}

    estimate = bootstrap(SIXTY, measure, 200, 7)["difference"]
    assert (estimate.value, estimate.low, estimate.high) == (0, 0, 0)
    assert estimate.includes_zero


def test_a_constant_difference_has_no_width() -> None:
    """Each model's own interval is wide, the difference's is a point: the draws are paired."""

    def measure(weight: Floats) -> Mapping[str, float]:
        mean = float((weight * VALUES).sum() / weight.sum())
        return {"one": mean, "difference": (mean + 0.25) - mean}

    found = bootstrap(SIXTY, measure, 200, 7)
    assert width(found["one"]) > 0.3
    assert found["difference"] == Estimate(0.25, pytest.approx(0.25), pytest.approx(0.25))
    assert not found["difference"].includes_zero


@pytest.mark.parametrize(("asked", "drawn"), [(1, 100), (150, 150), (5000, 200)])
def test_the_number_of_draws_has_a_floor_and_a_budget(asked: int, drawn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least 100; at most what the budget of rows times draws allows, here 1,000 for five rows."""
    monkeypatch.setattr(intervals, "MOST_WORK", 1000)
    seen: list[float] = []

    def measure(weight: Floats) -> Mapping[str, float]:
        seen.append(weight.sum())
        return {"rows": weight.sum()}

    bootstrap(np.arange(5), measure, asked, 7)
    assert len(seen) == drawn + 1
    assert set(seen) == {5}


def test_draws_without_a_figure_are_left_out() -> None:
    """The only leaver is missing from a third of the draws, and a rank has no meaning there."""

    def measure(weight: Floats) -> Mapping[str, float]:
        return {"sometimes": 1.0 if weight[0] else np.nan, "never": np.nan}

    found = bootstrap(np.arange(10), measure, 100, 7)
    assert found["sometimes"] == Estimate(1.0, 1.0, 1.0)
    assert np.isnan([found["never"].value, found["never"].low, found["never"].high]).all()


@pytest.mark.parametrize(
    ("low", "high", "zero"),
    [(-0.2, 0.1, True), (0.0, 0.1, True), (-0.1, 0.0, True), (0.01, 0.1, False), (-0.2, -0.01, False)],
)
def test_an_interval_that_touches_zero_includes_it(low: float, high: float, zero: bool) -> None:
    """Nothing is claimed on the edge."""
    assert Estimate(0.0, low, high).includes_zero is zero


def test_nothing_is_claimed_of_the_unknown() -> None:
    """NaN on both ends says nothing about the sign."""
    assert Estimate(np.nan, np.nan, np.nan).includes_zero


def test_six_decimals_in_reports() -> None:
    """More would be noise in the diff of two reports."""
    estimate = Estimate(0.12345678, -0.1, 1 / 3)
    assert estimate.to_json() == {"value": 0.123457, "low": -0.1, "high": 0.333333}
