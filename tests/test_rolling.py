"""The table of the rolling origins by hand, and the limits: enough customers, the gate's new questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log

import numpy as np
import pytest

from models.backtest import Backtest, recent_value
from models.baselines import BASELINES
from models.blend import SAFE
from models.gate import rule_check, seed_check, top_changed
from models.intervals import Estimate
from models.members import MEMBERS
from models.minimum import few, too_few
from models.rolling import Rolling, roll
from models.table import Bools, Floats, TrainingTable

CUTS = (0.35, 0.6)
NAMES = {day: f"day {day}" for day in range(0, 400, 28)}
Row = tuple[int, float, bool]  # origin, every member's log odds, whether the customer left


def typed(*rows: Row, baselines: Mapping[str, Floats] | None = None) -> Backtest:
    """A customer per row; baselines that are not typed could not be fitted."""
    origin, odds, churned = (np.array(column) for column in zip(*rows, strict=True))
    missing = {name: np.full(len(rows), np.nan) for name in BASELINES}
    zeros = np.zeros(len(rows))
    scores = dict.fromkeys(MEMBERS, odds.astype(np.float64))
    return Backtest(origin, np.arange(len(rows)), churned, zeros, scores, missing | dict(baselines or {}), zeros)


def rolled(backtest: Backtest, method: str = "none", blend: str = "trees") -> Rolling:
    """The table of a backtest whose labels take 56 days."""
    return roll(backtest, 56, CUTS, NAMES, method, blend)


FOUR: tuple[Row, ...] = ((0, log(3), True), (0, log(3), True), (0, 0.0, False), (0, -log(3), False))


def test_a_row_by_hand() -> None:
    """Promised .75 .75 .5 .25, two left: bias 1/16, each loss a quarter of ln 4/3 three times and ln 2 once."""
    rate = np.full(4, 0.25)
    (row,) = rolled(typed(*FOUR, baselines={"base_rate": rate})).rows
    assert (row["origin"], row["customers"], row["blend"]) == ("day 0", 4, "trees")
    assert (row["base_rate"], row["mean_probability"], row["bias"]) == (0.5, 0.5625, 0.0625)
    assert row["roc_auc"] == 1
    model, base = (3 * log(4 / 3) + log(2)) / 4, (log(4) + log(4 / 3)) / 2
    assert row["log_loss"] == {"model": pytest.approx(model, abs=1e-6), "base_rate": pytest.approx(base, abs=1e-6)}
    found = {
        name: (item["customers"], item["expected_leavers"], item["left"]) for name, item in row["promises"].items()
    }
    assert found == {"high": (2, 1.5, 2), "medium": (1, 0.5, 0), "low": (1, 0.2, 0)}
    assert all(item["kept"] for item in row["promises"].values())


def half(origin: int, left: int) -> list[Row]:
    """100 customers promised at 50%, of whom that many left; the prior's interval is 24 to 76."""
    return [(origin, 0.0, number < left) for number in range(100)]


@pytest.mark.parametrize(("left", "kept"), [(23, False), (24, True), (76, True), (77, False), (0, False)])
def test_a_promise_is_kept_inside_its_interval(left: int, kept: bool) -> None:
    """Both ends belong to the interval; bands without customers promise nothing."""
    (row,) = rolled(typed(*half(0, left))).rows
    promised = {"customers": 100, "expected_leavers": 50.0, "low": 24.0, "high": 76.0}
    assert row["promises"] == {"medium": {**promised, "left": left, "kept": kept}}


def test_a_promise_knows_past_misses_once_they_are_closed() -> None:
    """90 of 100 left at day 0: day 28 does not know yet, day 56 does and promises less."""
    rows = rolled(typed(*half(0, 90), *half(28, 50), *half(56, 50))).rows
    highs = [row["promises"]["medium"]["high"] for row in rows]
    assert highs[:2] == [76.0, 76.0]
    assert highs[2] > 90


def test_the_summary_by_hand() -> None:
    """Three origins, two of them the later half; one baseline is missing at one origin and so from the means."""
    days = ((0, 50), (28, 90), (56, 60))
    rate = np.repeat([0.5, 0.9, 0.5], 100)
    partial = np.where(np.arange(300) < 100, np.nan, 0.5)
    backtest = typed(*(row for pair in days for row in half(*pair)), baselines={"base_rate": rate, "bgnbd": partial})
    found = rolled(backtest)
    assert ["bgnbd" in row["log_loss"] for row in found.rows] == [False, True, True]
    summary = found.summary()
    entropy = -(0.9 * log(0.9) + 0.1 * log(0.1))
    assert summary["origins"] == 3
    assert summary["log_loss"] == {
        "model": pytest.approx(log(2), abs=1e-6),
        "base_rate": pytest.approx((2 * log(2) + entropy) / 3, abs=1e-6),
    }
    assert summary["log_loss_later_half"]["base_rate"] == pytest.approx((log(2) + entropy) / 2, abs=1e-6)
    assert summary["differences"]["base_rate"]["value"] == pytest.approx((log(2) - entropy) / 3, abs=2e-6)
    assert summary["differences"]["base_rate"]["low"] == 0
    assert summary["differences"]["base_rate"]["high"] == pytest.approx(log(2) - entropy, abs=2e-6)
    assert summary["mean_absolute_bias"] == pytest.approx((0 + 0.4 + 0.1) / 3, abs=1e-6)
    assert summary["worst_bias"] == {"origin": "day 28", "bias": -0.4}
    assert summary["promises_kept_later_half"] == 0.5  # 90 of 100 is outside, 60 inside


def test_the_procedure_is_what_is_judged() -> None:
    """With labels of two steps, day 7 is the first with six closed origins to choose on, day 9 to calibrate on."""
    random = np.random.default_rng(8)
    odds = np.round(8 * random.normal(size=11 * 80)) / 8  # eighths: the mean of three alike is exactly the one
    found = rolled(
        typed(*((28 * (at // 80), odds[at], random.random() < 0.8) for at in range(11 * 80))), "auto", "auto"
    )
    assert found.blends == [SAFE] * 7 + ["customer_base"] * 4
    assert [row["blend"] for row in found.rows] == found.blends
    biases = [row["bias"] for row in found.rows]
    assert max(biases[:9]) < -0.15
    assert max(map(abs, biases[9:])) < 0.12


def test_no_origin_no_rows() -> None:
    """An empty backtest is judged by nobody."""
    found = rolled(typed((0, 0.0, True)).up_to(-1), "auto", "auto")
    assert (len(found.odds), found.rows, found.summary()) == (0, [], {"origins": 0})


@pytest.mark.parametrize("customers", [1, 60])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.98, 1.0])
def test_rare_outcomes_and_one_customer(share: float, customers: int) -> None:
    """Figures that need both outcomes are NaN where there is one; whatever can be known is finite."""
    random = np.random.default_rng(9)
    rows = [
        (28 * at, float(random.normal()), bool(random.random() < share)) for at in range(9) for _ in range(customers)
    ]
    found = rolled(typed(*rows, baselines={"base_rate": np.full(len(rows), 0.5)}), "auto", "auto")
    assert np.isfinite(found.odds).all()
    summary = found.summary()
    assert np.isfinite([*summary["log_loss"].values(), summary["mean_absolute_bias"]]).all()
    assert 0 <= summary["promises_kept_later_half"] <= 1
    for row in found.rows:
        assert sum(item["customers"] for item in row["promises"].values()) == customers
        assert all(np.isfinite(list(item.values())).all() for item in row["promises"].values())


def of(churned: Bools) -> TrainingTable:
    """A slice of which only the outcomes matter."""
    n = len(churned)
    return TrainingTable(np.arange(n), np.zeros(n, np.int64), churned, np.zeros((n, 0), np.float32), (), 56)


ONE = of(np.array([True]))


def test_value_is_the_longest_look_back_net_of_returns() -> None:
    """Null spend is no spend; without money there is no value."""
    table = replace(ONE, values=np.array([[1, 2, 3, 4]], np.float32))
    names = ("amount_sale_28d", "amount_sale_84d", "amount_sale_lifetime", "amount_mean_sale")
    assert recent_value(replace(table, names=names)).tolist() == [2.0]
    assert recent_value(replace(table, names=("amount_net_28d", "amount_net_84d", *names[:2]))).tolist() == [2.0]
    assert recent_value(replace(table, values=table.values * np.nan, names=names)).tolist() == [0.0]
    assert recent_value(ONE).tolist() == [0.0]


def test_an_event_type_that_ends_in_d_is_no_look_back() -> None:
    """`order_paid` is: its 84 days count, not its mean or its last amount."""
    names = ("amount_order_paid_28d", "amount_order_paid_84d", "amount_mean_order_paid", "amount_last_order_paid")
    table = replace(ONE, values=np.array([[1, 2, 3, 4]], np.float32), names=names)
    assert recent_value(table).tolist() == [2.0]


def outcomes(customers: int, leavers: int) -> TrainingTable:
    """A newest slice of so many."""
    return of(np.arange(customers) < leavers)


@pytest.mark.parametrize(
    ("customers", "leavers", "refused"),
    [
        (100, 20, False),
        (99, 40, True),
        (100, 19, True),
        (100, 80, False),
        (100, 81, True),
        (5000, 0, True),
        (1, 1, True),
    ],
)
def test_too_few_for_a_model(customers: int, leavers: int, refused: bool) -> None:
    """From 100 customers and 20 of the rarer outcome on, leavers or stayers."""
    assert (too_few(outcomes(customers, leavers)) is not None) == refused


def test_too_few_says_what_is_missing() -> None:
    """With 98% churn it is the stayers; with 2% the leavers; and what happens instead."""
    most = too_few(outcomes(500, 490))
    assert most is not None
    assert most.startswith(
        "500 eligible customers with 10 stayers in the newest slice are too few for a model (at least"
    )
    assert most.endswith("so the best rule by days of silence makes the list")
    assert "500 eligible customers with 10 leavers" in str(too_few(outcomes(500, 10)))


@pytest.mark.parametrize(
    ("customers", "leavers", "warned"),
    [(500, 100, False), (499, 200, True), (500, 99, True), (500, 400, False), (500, 401, True), (0, 0, True)],
)
def test_few_enough_to_warn(customers: int, leavers: int, warned: bool) -> None:
    """From 500 customers and 100 of the rarer outcome on, nothing is said."""
    said = few(outcomes(customers, leavers))
    assert (said is not None) == warned
    assert said is None or said.startswith(f"Few customers: {customers} eligible in the newest slice, ")


@pytest.mark.parametrize(
    ("loss", "passed"), [(-0.1, True), (0.0, True), (0.01, True), (np.nextafter(0.01, 1), False), (np.nan, False)]
)
def test_a_rule_may_lose_a_hundredth(loss: float, passed: bool) -> None:
    """To the base rate, in log loss; what is unknown does not pass. Its interval does not matter."""
    check = rule_check(Estimate(loss, -9, 9))
    assert (check.name, check.passed) == ("rule_holds", passed)


@pytest.mark.parametrize(
    ("one", "other", "capacity", "share"),
    [
        ([0.9, 0.8, 0.1, 0.0], [0.8, 0.9, 0.0, 0.1], 2, 0.0),
        ([0.9, 0.8, 0.1, 0.0], [0.9, 0.1, 0.8, 0.0], 2, 0.5),
        ([0.9, 0.8, 0.1, 0.0], [0.0, 0.1, 0.8, 0.9], 2, 1.0),
        ([0.9, 0.8, 0.1, 0.0], [0.0, 0.1, 0.8, 0.9], 3, 1 / 3),
        ([0.9, 0.1], [0.1, 0.9], 300, 0.0),
        ([0.5, 0.5, 0.5], [0.2, 0.2, 0.2], 2, 0.0),
        ([], [], 10, 0.0),
        ([0.9, 0.1], [0.1, 0.9], 0, 0.0),
    ],
    ids=["order within", "one of two", "all", "one of three", "room for all", "all tie", "nobody", "no room"],
)
def test_how_much_of_the_top_changes(one: list[float], other: list[float], capacity: int, share: float) -> None:
    """Of those who would be contacted; it does not matter which model came first."""
    pair = np.array(one), np.array(other)
    assert top_changed(*pair, capacity) == top_changed(*pair[::-1], capacity) == pytest.approx(share)


@pytest.mark.parametrize(("changed", "passed"), [(0.35, True), (np.nextafter(0.35, 1), False), (0.0, True)])
def test_another_seed_may_change_so_much(changed: float, passed: bool) -> None:
    """The limit is the last that passes."""
    check = seed_check(changed, 1500, 0.35)
    assert (check.name, check.value, check.limit, check.passed) == ("stable_under_reseeding", changed, 0.35, passed)
    assert check.sentence.startswith(
        f"with another seed {changed:.0%} of the 1,500 at the top would be others; at most"
    )
