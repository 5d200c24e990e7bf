"""Metrics against scikit-learn, against repeated rows, and against tables typed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from models.metrics import METRICS, Groups, all_metrics, leavers_found

Row = tuple[float, bool]  # probability, churned
RANDOM = settings(max_examples=100, deadline=None, derandomize=True)

TIED = st.integers(1, 9).map(lambda tenths: tenths / 10)
FINE = st.floats(0.001, 0.999)
TABLES = st.lists(st.tuples(TIED, st.booleans()), min_size=2, max_size=40) | st.lists(
    st.tuples(FINE, st.booleans()), min_size=2, max_size=40, unique_by=lambda row: row[0]
)


def grouped(rows: list[Row], rank: list[float] | None = None) -> Groups:
    """Rows of (probability, churned) as groups."""
    probability, churned = zip(*rows, strict=True)
    order = None if rank is None else np.array(rank, np.float64)
    return Groups.of(np.array(probability, np.float64), np.array(churned, bool), order)


def figures(rows: list[Row], weight: list[int] | None = None) -> dict[str, float]:
    """All metrics of the rows; without weights every row counts once."""
    return all_metrics(grouped(rows), np.array(weight or [1] * len(rows), np.float64))


def found(rows: list[Row], capacity: int, rank: list[float] | None = None) -> float:
    """Leavers among the `capacity` highest."""
    return leavers_found(grouped(rows, rank), np.ones(len(rows)), capacity)


@given(TABLES)
@RANDOM
def test_metrics_agree_with_scikit_learn(rows: list[Row]) -> None:
    """With ties and without: an independent source says the same."""
    probability, churned = zip(*rows, strict=True)
    assume(len(set(churned)) == 2)
    here = figures(rows)
    assert here["log_loss"] == pytest.approx(log_loss(churned, probability))
    assert here["brier"] == pytest.approx(brier_score_loss(churned, probability))
    assert here["roc_auc"] == pytest.approx(roc_auc_score(churned, probability))
    assert here["pr_auc"] == pytest.approx(average_precision_score(churned, probability))
    assert here["base_rate"] == pytest.approx(sum(churned) / len(churned))
    assert here["mean_probability"] == pytest.approx(sum(probability) / len(probability))


@given(TABLES, st.data())
@RANDOM
def test_a_weight_is_a_number_of_rows(rows: list[Row], data: st.DataObject) -> None:
    """A bootstrap draw as weights says what the same draw as repeated rows would say, left-out rows included."""
    weight = data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows)))
    repeated = [row for row, times in zip(rows, weight, strict=True) for _ in range(times)]
    assume(repeated)
    assert figures(rows, weight) == pytest.approx(figures(repeated), nan_ok=True)
    for capacity in (0, 1, 7):
        here = leavers_found(grouped(rows), np.array(weight, np.float64), capacity)
        assert here == pytest.approx(found(repeated, capacity))


@given(TABLES, st.data())
@RANDOM
def test_the_order_of_rows_is_irrelevant(rows: list[Row], data: st.DataObject) -> None:
    """Ties are never broken by where a row stands."""
    shuffled = data.draw(st.permutations(rows))
    assert figures(shuffled) == pytest.approx(figures(rows), nan_ok=True)


def test_every_metric_is_there() -> None:
    """As the report lists them, in that order."""
    assert tuple(figures([(0.2, False), (0.6, True)])) == METRICS


PROMISED = [  # probability, leavers among its four customers, gap between promised and realised rate
    (0.02, 0, 0.02),
    (0.05, 0, 0.05),
    (0.10, 1, 0.15),
    (0.15, 0, 0.15),
    (0.20, 1, 0.05),
    (0.25, 1, 0.00),
    (0.30, 2, 0.20),
    (0.35, 1, 0.10),
    (0.40, 2, 0.10),
    (0.50, 2, 0.00),
    (0.60, 3, 0.15),
    (0.70, 2, 0.20),
    (0.80, 4, 0.20),
    (0.90, 3, 0.15),
    (0.95, 4, 0.05),
]


def test_calibration_error_by_hand() -> None:
    """Fifteen bins of four customers; the gaps in the table add up to 1.57."""
    rows = [(p, number < leavers) for p, leavers, _ in PROMISED for number in range(4)]
    assert sum(gap for *_, gap in PROMISED) == pytest.approx(1.57)
    assert figures(rows)["ece"] == pytest.approx(1.57 / 15)


def test_bins_hold_equal_numbers_of_customers_not_equal_ranges() -> None:
    """All thirty are promised less than 10%, and the two lowest leave: bins of equal range would hide it.

    Two customers a bin. The lowest bin promises 1/300 and all leave; the others promise 3/300, 5/300 ... 29/300 and
    nobody leaves: 299/300 + 224/300 over fifteen bins.
    """
    rows = [((number + 0.5) / 300, number < 2) for number in range(30)]
    assert figures(rows)["ece"] == pytest.approx(523 / 300 / 15)


def test_customers_with_one_probability_share_a_bin() -> None:
    """Everybody is promised 30% and half of them leave: the error is 20 points, whoever they are."""
    assert figures([(0.3, True), (0.3, False)] * 20)["ece"] == pytest.approx(0.2)


TOP = {
    "both of the top two leave": ([(0.9, True), (0.8, True), (0.2, True), (0.2, True)], 5.0),
    "one of the top two leaves": ([(0.9, True), (0.8, False), (0.2, True), (0.3, True), (0.2, True)], 2.5),
    "none of the top two leaves": ([(0.9, False), (0.8, False), *[(0.2, True)] * 4], 0.0),
    # The second seat goes to four customers with equal probability, half of them leavers.
    "a tie on the edge": ([(0.9, True), *[(0.8, True), (0.8, False)] * 2, (0.2, True)], 3.75),
    "everybody tied": ([(0.1, True)] * 4, 1.0),
}


@pytest.mark.parametrize(("top", "lift"), TOP.values(), ids=TOP.keys())
def test_lift_in_the_top_decile(top: list[Row], lift: float) -> None:
    """Twenty customers of whom four leave, so two are in the top decile and chance would find 0.4."""
    rows = [*top, *[(0.1, False)] * (20 - len(top))]
    assert sum(churned for _, churned in rows) == 4
    assert figures(rows)["lift_top_decile"] == pytest.approx(lift)


def test_a_decile_may_end_within_a_customer() -> None:
    """Of fifteen customers 1.5 are in the top decile: the first, a leaver, and half of the second, a stayer."""
    rows = [(0.9, True), (0.8, False), *[(0.1, True)] * 2, *[(0.1, False)] * 11]
    assert figures(rows)["lift_top_decile"] == pytest.approx((1 / 1.5) / (3 / 15))


LIST: list[Row] = [(0.9, True), (0.8, False), (0.5, True), (0.5, True), (0.5, False), (0.2, True)]


@pytest.mark.parametrize(
    ("capacity", "leavers"), [(0, 0), (1, 1), (2, 1), (3, 1 + 2 / 3), (4, 1 + 4 / 3), (5, 3), (6, 4), (99, 4)]
)
def test_leavers_found_at_capacity(capacity: int, leavers: float) -> None:
    """Three customers share 50%, two of them leavers: each place among them finds two thirds of a leaver."""
    assert found(LIST, capacity) == pytest.approx(leavers)


def test_a_rank_orders_customers_of_one_probability() -> None:
    """A rule gives everybody 50%, but knows who has been silent for longest: only ranks use that."""
    rows, silent = [(0.5, False), (0.5, True), (0.5, True), (0.5, False)], [1.0, 40.0, 9.0, 3.0]
    assert found(rows, 1) == pytest.approx(0.5)
    assert found(rows, 1, silent) == 1
    assert found(rows, 2, silent) == 2
    plain, ranked = figures(rows), all_metrics(grouped(rows, silent), np.ones(4))
    assert (plain["roc_auc"], ranked["roc_auc"]) == (0.5, 1.0)
    assert [ranked[name] for name in ("log_loss", "brier")] == [plain[name] for name in ("log_loss", "brier")]


def test_a_rank_never_overrules_the_probability() -> None:
    """It orders customers where probabilities tie; a list never starts with the less probable leaver."""
    assert found([(0.9, True), (0.1, False)], 1, rank=[1.0, 2.0]) == 1


def test_nobody_leaves() -> None:
    """Ranks mean nothing then, the others still do."""
    here = figures([(0.2, False), (0.4, False)])
    assert {name for name, value in here.items() if np.isnan(value)} == {"roc_auc", "pr_auc", "lift_top_decile"}
    assert here["log_loss"] == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert (here["base_rate"], here["ece"]) == (0, pytest.approx(0.3))


def test_everybody_leaves() -> None:
    """There is nobody to rank a leaver above; every choice is right and no better than chance."""
    here = figures([(0.2, True), (0.4, True)])
    assert {name for name, value in here.items() if np.isnan(value)} == {"roc_auc"}
    assert (here["pr_auc"], here["lift_top_decile"], here["base_rate"]) == (1, 1, 1)


def test_certain_and_right_costs_nothing() -> None:
    """0 log 0 is 0: a promise of 0% or 100% that comes true is perfect, not unknown."""
    here = figures([(1.0, True), (0.0, False), (1.0, True)])
    assert (here["log_loss"], here["brier"], here["ece"]) == (pytest.approx(0), 0, 0)
