"""The baselines: fitted on the training rows only, never certain, and BG/NBD on everybody who is known."""

from __future__ import annotations

import logging
from dataclasses import astuple, replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from models.baselines import BASELINES, Baseline, fit_baselines
from models.census import Lapsed, population
from models.customer_base import histories
from models.rule import Rule, fit_rule
from models.table import TrainingTable

NAMES = ("days_since_last_activity", "active_days_lifetime", "count_activity_lifetime", "tenure_days")
MONEY = ("amount_mean_purchase", "amount_purchase_28d", "amount_purchase_lifetime", "amount_net_lifetime")
NOBODY = Lapsed(*(np.zeros(0, np.int64) for _ in range(5)))
Row = tuple[int, int, int, bool]  # days since the last activity, active days, tenure in days, churned


def typed(*rows: Row, snapshot: int = 500) -> TrainingTable:
    """One row per customer of one snapshot; as many events as active days, no money."""
    recency, active, tenure, churned = zip(*rows, strict=True)
    return TrainingTable(
        customer=np.arange(len(rows)),
        snapshot=np.full(len(rows), snapshot),
        churned=np.array(churned, bool),
        values=np.column_stack([recency, active, active, tenure]).astype(np.float32),
        names=NAMES,
        label_days=28,
    )


def silent_for(*days: int, churned: str) -> TrainingTable:
    """Customers who differ in their silence only; `x` in `churned` marks who leaves."""
    return typed(*((day, 5, 200, mark == "x") for day, mark in zip(days, churned, strict=True)))


def shop(snapshot: int, seed: int, customers: int = 300) -> TrainingTable:
    """A random shop: the longer silent for their number of active days, the likelier gone."""
    random = np.random.default_rng(seed)
    tenure = random.integers(100, 600, customers)
    active = random.geometric(0.15, customers)
    recency = np.where(active == 1, tenure, np.minimum(random.geometric(0.04, customers), tenure - 1))
    spend = random.normal(30, 20, (customers, len(MONEY))) * active[:, None]
    return TrainingTable(
        customer=np.arange(customers),
        snapshot=np.full(customers, snapshot),
        churned=random.random(customers) < recency / (recency + 20 + 2 * active),
        values=np.column_stack([recency, active, 2 * active, tenure, spend]).astype(np.float32),
        names=NAMES + MONEY,
        label_days=28,
    )


def gone(snapshot: int) -> Lapsed:
    """60 lapsed customers at a snapshot, in three groups."""
    return Lapsed(
        snapshot=np.full(3, snapshot),
        active_days=np.array([1, 2, 4]),
        recency_days=np.array([400, 300, 250]),
        tenure_days=np.array([400, 360, 500]),
        customers=np.array([40, 15, 5]),
    )


def fitted(train: TrainingTable, test: TrainingTable, lapsed: Lapsed = NOBODY, days: int = 28) -> dict[str, Baseline]:
    """Every baseline by name."""
    return {item.name: item for item in fit_baselines(train, test, lapsed, days)}


def test_all_four_are_there() -> None:
    """In the order of the report, a prediction and a rank for every test row."""
    found = fitted(shop(500, 1), shop(528, 2, customers=90), gone(528))
    assert tuple(found) == BASELINES
    assert {(len(item.probability), len(item.rank)) for item in found.values()} == {(90, 90)}
    assert found["base_rate"].about.startswith("everybody leaves with ")


def test_test_labels_change_nothing() -> None:
    """Flip them all: the same predictions and ranks to the last bit."""
    train, test = shop(500, 1), shop(528, 2)
    here = fitted(train, test, gone(528))
    there = fitted(train, replace(test, churned=~test.churned), gone(528))
    for name in BASELINES:
        assert here[name].probability.tobytes() == there[name].probability.tobytes()
        assert here[name].rank.tobytes() == there[name].rank.tobytes()


def test_training_labels_do_change_the_fitted_ones() -> None:
    """So the test above proves something; BG/NBD alone needs no label."""
    train, test = shop(500, 1), shop(528, 2)
    here, there = fitted(train, test), fitted(replace(train, churned=~train.churned), test)
    same = {name for name in BASELINES if (here[name].probability == there[name].probability).all()}
    assert same == {"bgnbd"}


def test_other_test_rows_change_nothing() -> None:
    """What is said of a customer does not hang on who else is judged; BG/NBD sees the whole snapshot by design."""
    train, test = shop(500, 1), shop(528, 2)
    few = test.take(np.arange(len(test)) < 30)
    here, there = fitted(train, test), fitted(train, few)
    for name in ("base_rate", "recency_rule", "rfm_logistic"):
        assert there[name].probability == pytest.approx(here[name].probability[:30], rel=1e-12)


def test_nobody_is_certain() -> None:
    """All baselines on the easiest rows, where all the silent leave: strictly between 0 and 1."""
    train = silent_for(*[1] * 400, *[90] * 400, churned="." * 400 + "x" * 400)
    for item in fit_baselines(train, silent_for(1, 90, 1, churned=".x."), NOBODY, 28):
        assert (item.probability > 0).all()
        assert (item.probability < 1).all()


@pytest.mark.parametrize(("left", "rate"), [(True, 0.9999), (False, 0.0001)])
def test_one_outcome_leaves_out_what_cannot_be_fitted(
    left: bool, rate: float, caplog: pytest.LogCaptureFixture
) -> None:
    """Logistic regression needs two; the base rate still stands, open to the one customer who does otherwise."""
    train = replace(shop(500, 1), churned=np.full(300, left))
    with caplog.at_level(logging.WARNING):
        found = fitted(train, shop(528, 2), gone(528))
    assert tuple(found) == ("base_rate", "recency_rule", "bgnbd")
    assert set(found["base_rate"].probability) == {rate}
    assert "baseline rfm_logistic is left out" in caplog.text


RULES = {  # silence in days, who leaves, the rule, its probabilities for the silent and the others
    "two weeks": ((1, 2, 5, 10, 14, 20, 30, 40), "....xxxx", 14, 4.5 / 5, 0.5 / 5),
    "a whole horizon": ((1, 10, 20, 27, 28, 30, 40, 60), "....xxxx", 28, 4.5 / 5, 0.5 / 5),
    "one week, one exception": ((1, 2, 3, 6, 7, 8, 15, 30), "....x.xx", 7, 3.5 / 5, 0.5 / 5),
    "a day": ((0, 0, 0, 1, 2, 2), "...xxx", 1, 3.5 / 4, 0.5 / 4),
    "all silent alike": ((90, 90, 91), "x..", 28, 1.5 / 4, 1.5 / 4),
}


@pytest.mark.parametrize(("days", "churned", "rule", "high", "low"), RULES.values(), ids=RULES.keys())
def test_the_best_recency_rule(days: tuple[int, ...], churned: str, rule: int, high: float, low: float) -> None:
    """Of 28, 14, 7, 3 and 1 days the one that explains the training rows; half a customer is added to both outcomes."""
    item = fitted(silent_for(*days, churned=churned), silent_for(rule - 1, rule, churned=".x"))["recency_rule"]
    assert item.about == f"nothing for {rule} days"
    assert item.probability == pytest.approx([low, high])


def test_the_rule_ranks_by_silence() -> None:
    """Among customers of one probability, who has been away for longest comes first."""
    item = fitted(silent_for(1, 40, churned=".x"), silent_for(3, 50, 29, churned="..."))["recency_rule"]
    assert item.rank.tolist() == [3, 50, 29]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 70), st.booleans()), min_size=1, max_size=40), st.integers(1, 60))
def test_no_rule_explains_the_rows_better(rows: list[tuple[int, bool]], horizon: int) -> None:
    """Of all halvings of the horizon that divide the rows; undivided, everybody gets one rate; nobody is certain."""
    halvings = [horizon >> times for times in range(6) if horizon >> times]
    dividing = [days for days in halvings if len({recency >= days for recency, _ in rows}) == 2]
    rules = []
    for days in dividing or [horizon]:
        groups = [[left for recency, left in rows if recency >= days or not dividing]]
        groups.append([left for recency, left in rows if recency < days or not dividing])
        rates = [(sum(group) + 0.5) / (len(group) + 1) for group in groups]
        loss = -sum(log(rates[recency < days] if left else 1 - rates[recency < days]) for recency, left in rows)
        rules.append((loss, Rule(days, *rates)))
    table = silent_for(*(days for days, _ in rows), churned="".join(".x"[left] for _, left in rows))
    assert fit_rule(table, horizon) in [rule for loss, rule in rules if loss <= min(loss for loss, _ in rules) + 1e-9]


def test_the_horizon_sets_the_rules() -> None:
    """A horizon of 90 days asks for 90, 45, 22 ... days."""
    item = fitted(silent_for(1, 30, 44, 45, 80, 85, churned="...xxx"), silent_for(1, churned="."), days=90)
    assert item["recency_rule"].about == "nothing for 45 days"


def test_logistic_regression_on_the_logarithms() -> None:
    """The same as logistic regression on standardised logarithms, built here from its parts, on the test rows."""
    train, test = shop(500, 1), shop(528, 2)

    def logs(table: TrainingTable) -> np.ndarray:
        columns = [table.column(name) for name in ("days_since_last_activity", *NAMES[1:3], "amount_purchase_lifetime")]
        return np.log(1 + np.maximum(np.column_stack(columns), 0))

    mean, spread = logs(train).mean(axis=0), logs(train).std(axis=0)
    model = LogisticRegression().fit((logs(train) - mean) / spread, train.churned)
    expected = model.predict_proba((logs(test) - mean) / spread)[:, 1]
    assert fitted(train, test)["rfm_logistic"].probability == pytest.approx(expected, abs=1e-4)


def test_logistic_regression_without_money() -> None:
    """Where no type is money, recency and frequency alone."""
    train, test = (replace(shop(day, 3), names=NAMES, values=shop(day, 3).values[:, :4]) for day in (500, 528))
    found = fitted(train, test)["rfm_logistic"].probability
    assert np.corrcoef(found, test.column("days_since_last_activity"))[0, 1] > 0.3


STORY = typed((5, 3, 105, False), (90, 1, 90, True), (10, 12, 400, False), snapshot=528)


def test_histories_by_hand() -> None:
    """Three active days are two repeats; the last was 100 days after the first; one active day has none."""
    found = histories(STORY)
    assert found.repeats.tolist() == [2, 0, 11]
    assert found.last.tolist() == [100, 0, 390]
    assert found.age.tolist() == [105, 90, 400]
    assert found.weight.tolist() == [1, 1, 1]


def test_population_is_the_eligible_and_the_lapsed() -> None:
    """Of one snapshot only: other snapshots' rows and lapsed customers stay out."""
    both = Lapsed(*(np.concatenate([*pair]) for pair in zip(*map(astuple, map(gone, (500, 528))), strict=True)))
    found = population(joined(typed((7, 2, 50, True), snapshot=500), STORY), both, 528)
    assert found.repeats.tolist() == [2, 0, 11, 0, 1, 3]
    assert found.last.tolist() == [100, 0, 390, 0, 60, 250]
    assert found.age.tolist() == [105, 90, 400, 400, 360, 500]
    assert found.weight.tolist() == [1, 1, 1, 40, 15, 5]


def joined(one: TrainingTable, other: TrainingTable) -> TrainingTable:
    """The rows of both."""
    columns = ("customer", "snapshot", "churned", "values")
    customer, snapshot, churned, values = (np.concatenate([getattr(one, n), getattr(other, n)]) for n in columns)
    return TrainingTable(customer, snapshot, churned, values, one.names, one.label_days)


def test_the_lapsed_make_the_others_look_less_alive() -> None:
    """BG/NBD hears of them: with 60 customers who left, everybody is likelier to stay away."""
    train, test = shop(500, 1), shop(528, 2)
    without, along = (fitted(train, test, lapsed)["bgnbd"].probability for lapsed in (NOBODY, gone(528)))
    assert along.mean() > without.mean()


def test_bgnbd_is_left_out_where_it_is_impossible(caplog: pytest.LogCaptureFixture) -> None:
    """A last activity before the first contradicts itself: three baselines remain, and a warning says why."""
    test = typed((120, 3, 100, False), (5, 3, 100, True), snapshot=528)
    with caplog.at_level(logging.WARNING):
        found = fitted(silent_for(1, 40, churned=".x"), test)
    assert tuple(found) == ("base_rate", "recency_rule", "rfm_logistic")
    assert "baseline bgnbd is left out: BG/NBD needs 0 <= last <= age" in caplog.text


def test_bgnbd_is_kept_without_a_word_otherwise(caplog: pytest.LogCaptureFixture) -> None:
    """No warning where all is well."""
    with caplog.at_level(logging.WARNING):
        assert "bgnbd" in fitted(shop(500, 1), shop(528, 2), gone(528))
    assert caplog.text == ""
