"""The judgement in figures and words, and the gate: what passes, what is refused, and where exactly the limits lie."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from math import inf, log, nextafter
from pathlib import Path

import numpy as np
import pytest

from models.baselines import Baseline
from models.gate import Check, Limits, absolute_checks, champion_checks, high_changed
from models.intervals import Estimate
from models.judge import Judgement, judge
from models.metrics import METRICS
from models.table import Bools, Floats, TrainingTable
from pipeline import promotion
from pipeline.settings import parse_settings
from pipeline.tables import REPORTS, write_json

DAY = "2024-06-03"
SHOP = parse_settings(
    {
        "events": {"source": "events.csv", "roles": {"activity": ["purchase"]}},
        "churn": {"horizon_days": 91, "active_within_days": 182},
    }
)
OPEN = Limits(9.0, 9.0, 9.0, 1.0, high=0.7, capacity=2)


def of_outcomes(churned: Bools, rows_per_customer: int = 1) -> TrainingTable:
    """A test slice of which only the outcomes matter."""
    n = len(churned)
    customer = np.arange(n) // rows_per_customer
    return TrainingTable(customer, np.zeros(n, np.int64), churned, np.zeros((n, 0), np.float32), (), 28)


@cache
def world() -> tuple[TrainingTable, Floats]:
    """1,000 customers and the probability by which each of them was drawn to leave."""
    random = np.random.default_rng(4)
    truth = random.beta(1.2, 1.8, 1000)
    return of_outcomes(random.random(1000) < truth), truth


def dulled(probability: Floats) -> Floats:
    """Half way between a probability and the mean."""
    return 0.5 * probability + 0.5 * probability.mean()


def baseline(name: str, probability: Floats) -> Baseline:
    """A baseline that says these probabilities."""
    return Baseline(name, "typed", probability, probability)


def judged(model: Floats, **others: Floats) -> Judgement:
    """The world's judgement of a model beside baselines, 200 customers to be contacted."""
    found = [baseline(name, probability) for name, probability in others.items()]
    return judge(world()[0], model, found, capacity=200, draws=200, seed=7)


def sentence(judgement: Judgement, begin: str) -> str:
    """The only sentence that begins so."""
    (found,) = [line for line in judgement.sentences() if line.startswith(begin)]
    return found


def test_words_say_which_one_is_better() -> None:
    """The truth beats half of it; half of it is beaten by the truth; neither differs from itself."""
    truth = world()[1]
    better = judged(truth, base_rate=np.full(1000, truth.mean()), rfm_logistic=truth)
    assert sentence(better, "Log loss against the base rate: -").endswith("). The model is better.")
    same = sentence(better, "Log loss against logistic regression on recency, frequency and money: ")
    assert "+0.0000 (+0.0000 to +0.0000). The interval includes zero" in same
    worse = judged(dulled(truth), bgnbd=truth)
    assert sentence(worse, "Log loss against BG/NBD: +").endswith("). The model is worse.")


def test_words_say_who_finds_more() -> None:
    """Leavers among the 200 customers of the capacity: by the truth, by chance, and the other way round."""
    truth, by_lot = world()[1], np.random.default_rng(5).permutation(world()[1])
    more, fewer, same = (
        judged(one, recency_rule=other) for one, other in ((truth, by_lot), (by_lot, truth), [truth] * 2)
    )
    begin = "Leavers found among 200 customers against the best recency rule: "
    assert sentence(more, f"{begin}+").endswith("). The model finds more.")
    assert sentence(fewer, f"{begin}-").endswith("). The model finds fewer.")
    assert sentence(same, begin) == f"{begin}+0 (+0 to +0). The interval includes zero: no difference is shown."


def test_differences_by_hand() -> None:
    """The model says 80% and 20% and is right, the baseline says 50%: ln 0.5 - ln 0.8."""
    test = of_outcomes(np.array([True, False] * 50))
    model = np.where(test.churned, 0.8, 0.2)
    found = judge(test, model, [baseline("base_rate", np.full(100, 0.5))], capacity=10, draws=100, seed=7)
    assert found.log_loss_difference["base_rate"].value == pytest.approx(log(0.5) - log(0.8))
    assert (found.found["model"].value, found.found["base_rate"].value) == pytest.approx((10, 5))
    assert found.found_difference["base_rate"].value == pytest.approx(5)
    assert (found.n, found.customers, found.capacity) == (100, 100, 10)


def test_a_rank_counts_at_capacity_only() -> None:
    """A rule with one probability for all finds the leavers by its rank, at no better log loss."""
    test = of_outcomes(np.array([True] * 10 + [False] * 90))
    half, silence = np.full(100, 0.1), np.arange(100, 0, -1.0)
    found = judge(test, half, [Baseline("recency_rule", "typed", half, silence)], capacity=10, draws=100, seed=7)
    assert (found.found["model"].value, found.found["recency_rule"].value) == pytest.approx((1, 10))
    assert found.metrics["recency_rule"] == found.metrics["model"]


def test_the_best_baseline_has_the_lowest_log_loss() -> None:
    """Not the highest lift, nor the first."""
    truth = world()[1]
    found = judged(truth, base_rate=np.full(1000, 0.4), bgnbd=dulled(truth), rfm_logistic=dulled(dulled(truth)))
    assert found.best_baseline == "bgnbd"


def test_capacity_is_at_most_everybody() -> None:
    """A team that can contact more than there are contacts all."""
    found = judge(of_outcomes(np.array([True, False])), np.array([0.6, 0.4]), [], capacity=300, draws=100, seed=7)
    assert (found.capacity, found.found["model"].value) == (2, 1)


def test_the_report_as_json() -> None:
    """Every predictor with n, customers and each metric as value, low, high; rows of a customer are one customer."""
    truth = world()[1]
    test = of_outcomes(world()[0].churned, rows_per_customer=4)
    found = judge(test, truth, [baseline("base_rate", np.full(1000, 0.4))], 200, 100, 7).to_json()
    assert set(found) == {"model", "baselines", "log_loss_difference", "capacity"}
    assert set(found["baselines"]) == set(found["log_loss_difference"]) == {"base_rate"}
    for figures in (found["model"], found["baselines"]["base_rate"]):
        assert (figures["n"], figures["customers"]) == (1000, 250)
        assert set(figures) - {"n", "customers"} == set(METRICS)
        assert all(set(figures[name]) == {"value", "low", "high"} for name in METRICS)
    assert set(found["capacity"]) == {"customers", "leavers_found", "leavers_found_difference"}
    assert set(found["capacity"]["leavers_found"]) == {"model", "base_rate"}
    assert set(found["capacity"]["leavers_found_difference"]) == {"base_rate"}


def absolute(judgement: Judgement) -> dict[str, bool]:
    """The answers of the absolute checks."""
    checks = absolute_checks(judgement.metrics["model"]["roc_auc"], judgement.log_loss_difference["base_rate"])
    return {check.name: check.passed for check in checks}


def test_an_honest_model_passes_the_absolute_checks() -> None:
    """Better than chance, and better than the base rate."""
    truth = world()[1]
    assert absolute(judged(truth, base_rate=np.full(1000, 0.4))) == {
        "ranks_better_than_chance": True,
        "beats_base_rate": True,
    }


def test_shuffled_labels_are_refused() -> None:
    """A model of nothing is not promoted, champion or not."""
    by_lot = np.random.default_rng(6).permutation(world()[1])
    assert absolute(judged(by_lot, base_rate=np.full(1000, 0.4))) == {
        "ranks_better_than_chance": False,
        "beats_base_rate": False,
    }


@pytest.mark.parametrize(
    ("low", "loss", "ranks", "beats"),
    [(0.5, -0.01, False, True), (0.501, 0.0, True, False), (0.49, 0.01, False, False), (np.nan, np.nan, False, False)],
)
def test_the_absolute_limits(low: float, loss: float, ranks: bool, beats: bool) -> None:
    """The interval lies above 0.5 and the log loss below the base rate's: on the limit, or unknown, is not enough."""
    checks = absolute_checks(Estimate(0.6, low, 0.7), Estimate(loss, -1, 1))
    assert [check.passed for check in checks] == [ranks, beats]


def test_a_test_slice_of_one_outcome_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody left, so there is no AUC: `promote` reads null from evaluation.json and says no, without a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(promotion, "challenger_manifest", lambda: {"judged_label_end": DAY, "test_snapshot": DAY})
    nobody, rates = of_outcomes(np.zeros(50, bool)), [baseline("base_rate", np.full(50, 0.1))]
    report = judge(nobody, np.full(50, 0.2), rates, 10, 100, 7).to_json()
    report["reseeded"], answers = {"top_changed": 0.36}, {}
    for blend in ("trees", "rule"):
        write_json({**report, "blend": blend}, REPORTS / "evaluation.json")
        answers[blend] = [check.name for check in promotion.gate_checks(SHOP, None) if not check.passed]
    model = ["ranks_better_than_chance", "beats_base_rate", "stable_under_reseeding"]
    assert answers == {"trees": model, "rule": ["rule_holds"]}


FOUR = of_outcomes(np.array([True, False, True, False]))
CHAMPION = np.array([0.9, 0.1, 0.8, 0.2])
BESIDE = {  # limit's name in Limits, check's name, the challenger, challenger less champion
    "log loss": ("max_log_loss_increase", "log_loss", [0.9, 0.1, 0.8, 0.4], (log(0.8) - log(0.6)) / 4),
    "calibration": ("max_calibration_increase", "calibration", [0.9, 0.1, 0.8, 0.4], 0.05),
    "lift": ("max_lift_decrease", "lift_at_capacity", [0.9, 0.1, 0.2, 0.8], 1.0),
    "high list": ("max_high_changed", "high_changed", [0.9, 0.1, 0.6, 0.2], 0.5),
}


def check_of(challenger: Floats, limits: Limits, name: str) -> Check:
    """One check of the challenger beside CHAMPION."""
    (found,) = [check for check in champion_checks(FOUR, challenger, CHAMPION, limits) if check.name == name]
    return found


@pytest.mark.parametrize(("limit", "name", "challenger", "worse"), BESIDE.values(), ids=BESIDE.keys())
def test_each_limit_is_the_last_that_passes(limit: str, name: str, challenger: list[float], worse: float) -> None:
    """The difference by hand; a limit of exactly that passes, the next smaller number fails that check and no other."""
    new = np.array(challenger)
    value = check_of(new, OPEN, name).value
    assert value == pytest.approx(worse)
    assert check_of(new, Limits(**asdict(OPEN) | {limit: value}), name).passed
    stricter = Limits(**asdict(OPEN) | {limit: nextafter(value, -inf)})
    assert [check.name for check in champion_checks(FOUR, new, CHAMPION, stricter) if not check.passed] == [name]


def test_the_champion_passes_beside_itself() -> None:
    """Even where nothing may be worse."""
    strict = Limits(0.0, 0.0, 0.0, 0.0, high=0.7, capacity=2)
    checks = champion_checks(FOUR, CHAMPION, CHAMPION, strict)
    assert [(check.name, check.value, check.passed) for check in checks] == [
        ("log_loss", 0, True),
        ("calibration", 0, True),
        ("lift_at_capacity", 0, True),
        ("high_changed", 0, True),
    ]


def test_a_check_says_its_figures() -> None:
    """In words for the report, and rounded for its JSON."""
    check = check_of(np.array([0.9, 0.1, 0.2, 0.8]), replace(OPEN, max_lift_decrease=0.1), "lift_at_capacity")
    assert check.sentence == "lift among 2 customers 1.00, champion 2.00; the difference may be at most 0.1"
    assert (check.to_json()["value"], check.to_json()["passed"]) == (1.0, False)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ([0.1, 0.2], [0.3, 0.4], 0.0),
        ([0.7, 0.2], [0.7, 0.2], 0.0),
        ([0.7, 0.2], [0.6999, 0.2], 1.0),
        ([0.9, 0.9, 0.1], [0.9, 0.1, 0.9], 2 / 3),
        ([0.9, 0.9, 0.9, 0.1], [0.9, 0.9, 0.9, 0.8], 0.25),
    ],
    ids=["nobody is High", "the same", "everybody else", "one stays, two change", "one comes in"],
)
def test_how_much_of_the_high_list_changes(one: list[float], other: list[float], share: float) -> None:
    """Of those whom either model calls High, from 0.7 on; it does not matter which of the two came first."""
    pair = np.array(one), np.array(other)
    assert high_changed(*pair, 0.7) == high_changed(*pair[::-1], 0.7) == pytest.approx(share)
