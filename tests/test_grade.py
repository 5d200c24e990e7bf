"""Grades: every rule on its edge, the noise that a perfect model shows, and words that hold the figures."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from models.grade import Grade, grade, lift_quality, noise_floor
from models.intervals import Estimate
from models.metrics import Groups, all_metrics
from models.table import Bools, Floats

BETTER, LEVEL, WORSE = Estimate(-0.02, -0.03, -0.01), Estimate(-0.01, -0.03, 0.01), Estimate(0.02, 0.01, 0.03)
RULE = "the rule 'nothing for 45 days'"


def world(promised: float, real: float, rows: int = 2000) -> tuple[Floats, Bools]:
    """Half the rows are promised `promised`, and `real` of them leave; in the other half it is 1 less these.

    So the calibration error is the gap between the two, and the lift quality 2 real - 1.
    """
    half = rows // 2
    left = np.arange(half) < round(real * half)
    return np.repeat([promised, 1 - promised], half), np.concatenate([left, ~left])


def graded(
    promised: float = 0.8,
    real: float = 0.8,
    against: Estimate = BETTER,
    rows: int = 2000,
    customers: int = 2000,
    leavers: int = 1000,
) -> Grade:
    """The grade of a world; left alone, an A."""
    return grade(*world(promised, real, rows), against, RULE, customers, leavers)


EDGES = {
    "all holds": (0.8, 0.8, BETTER, "A"),
    "lift quality of .5": (0.75, 0.75, BETTER, "A"),
    "lift quality of .498": (0.749, 0.749, BETTER, "B"),
    "3 points": (0.78, 0.75, BETTER, "A"),
    "3.1 points": (0.781, 0.75, BETTER, "B"),
    "percentages hold, order does not": (0.6, 0.6, BETTER, "B"),
    "order holds at .4, percentages miss by 20": (0.9, 0.7, BETTER, "B"),
    "neither holds, within 10 points": (0.799, 0.699, BETTER, "C"),
    "neither holds, beyond 10 points": (0.8, 0.699, BETTER, "D"),
    "a better model promises too little": (0.75, 0.85, BETTER, "B"),
    "level, and otherwise an A": (0.8, 0.8, LEVEL, "C"),
    "the interval ends at zero": (0.8, 0.8, Estimate(-0.01, -0.02, 0.0), "C"),
    "the interval starts at zero": (0.8, 0.8, Estimate(0.01, 0.0, 0.02), "C"),
    "the interval starts above zero": (0.8, 0.8, Estimate(0.01, 0.0001, 0.02), "D"),
    "level, 10 points": (0.9, 0.8, LEVEL, "C"),
    "level, 10.1 points": (0.901, 0.8, LEVEL, "D"),
    "level, and no order at all": (0.5, 0.5, LEVEL, "C"),
    "worse, and otherwise an A": (0.8, 0.8, WORSE, "D"),
    "not comparable": (0.8, 0.8, Estimate(np.nan, np.nan, np.nan), "D"),
    "infinite, on draws that miss the miss": (0.8, 0.8, Estimate(np.inf, -0.02, -0.01), "D"),
}


@pytest.mark.parametrize(("promised", "real", "against", "letter"), EDGES.values(), ids=EDGES.keys())
def test_every_rule_on_its_edge(promised: float, real: float, against: Estimate, letter: str) -> None:
    """Enough was seen in each; chance alone explains less than 3 points here."""
    found = graded(promised, real, against)
    assert found.figures["calibration_noise_floor"] < 0.03
    assert found.letter == letter


def test_the_figures_are_those_of_the_world() -> None:
    """Calibration error, lift quality and the difference, by hand."""
    figures = graded(0.85, 0.8).figures
    assert figures["calibration_error"] == pytest.approx(0.05)
    assert figures["lift_quality"] == pytest.approx(0.6)
    assert [figures[f"log_loss_difference{end}"] for end in ("", "_low", "_high")] == [-0.02, -0.03, -0.01]
    assert figures["calibration_noise_floor"] == pytest.approx(noise_floor(world(0.85, 0.8)[0]), abs=1e-6)


def test_few_rows_are_forgiven_what_chance_explains() -> None:
    """The same 10 points: an error with 2,000 rows, chance with 40; and 15 points are not yet a D."""
    assert graded(0.8, 0.9).reasons[1].endswith("not passed.")
    few = graded(0.8, 0.9, rows=40)
    assert few.figures["calibration_noise_floor"] > few.figures["calibration_error"] == pytest.approx(0.1)
    assert (few.letter, few.reasons[1].endswith(": passed.")) == ("A", True)
    assert graded(0.65, 0.8, LEVEL, rows=40).letter == "C"
    assert graded(0.65, 0.8, LEVEL).letter == "D"


@pytest.mark.parametrize(
    ("customers", "leavers", "letter"), [(500, 100, "A"), (499, 100, "B"), (500, 99, "B"), (40, 10, "B")]
)
def test_too_few_to_be_sure_of_an_a(customers: int, leavers: int, letter: str) -> None:
    """People count, not rows; the sentence says how many there were, and the next step when to look again."""
    found = graded(customers=customers, leavers=leavers)
    assert found.letter == letter
    assert ("too few" in found.sentence) is ("Grade again" in found.next_step) is (letter == "B")
    assert (f"customers: {customers}, leavers: {leavers}" in found.sentence) is (letter == "B")
    assert found.reasons[3].endswith("not passed." if letter == "B" else ": passed.")


def test_few_people_never_raise_a_grade() -> None:
    """At most B is a ceiling: a C stays a C."""
    assert [graded(against=item, customers=40, leavers=10).letter for item in (LEVEL, WORSE)] == ["C", "D"]


@pytest.mark.parametrize(("everybody", "remedy"), [(True, "Lengthen"), (False, "Shorten")])
def test_one_outcome_is_a_d_with_a_plain_reason(everybody: bool, remedy: str) -> None:
    """Even where the percentages hold and the interval lies below zero."""
    probability = np.full(600, 0.99 if everybody else 0.01)
    found = grade(probability, np.full(600, everybody), BETTER, RULE, 600, 600)
    assert found.letter == "D"
    assert "everybody had the same outcome" in found.sentence
    assert found.next_step.startswith(f"{remedy} churn.horizon_days")
    assert found.next_key == "change_horizon"
    assert np.isnan(found.figures["lift_quality"])
    assert "nan" not in " ".join([found.sentence, found.next_step, *found.reasons])


def test_the_sentence_holds_the_figures() -> None:
    """The letter's grounds in numbers that marketing can repeat, and no term of the trade."""
    found = graded(0.85, 0.8)
    floor = f"{100 * found.figures['calibration_noise_floor']:.1f}"
    assert found.sentence == (
        f"The model predicts better than {RULE}; what the model promises and what happens differ by 5 points on "
        f"average (chance alone explains up to {floor} points); its list goes 60% of the way from a random order to a "
        "perfect one."
    )
    assert re.search("log loss|calibration|AUC|lift", found.sentence) is None


@pytest.mark.parametrize(
    ("real", "words"), [(0.81, "by 1 point on"), (0.812, "by 1.2 points on"), (0.8, "by 0 points")]
)
def test_one_point_is_singular(real: float, words: str) -> None:
    """A decimal only where there is one; 11 points are many, too."""
    assert words in graded(0.8, real).sentence
    assert "by 11 points on" in graded(0.91, 0.8).sentence


def test_who_would_do_as_well_is_named() -> None:
    """A model that beats nothing earns no more than a C, and its sentence starts with the rule that it did not beat."""
    assert graded(against=LEVEL).sentence.startswith("The rule 'nothing for 45 days' would do as well as the model;")
    assert graded(against=WORSE).sentence.startswith("The rule 'nothing for 45 days' predicts better than the model;")
    unknown = graded(against=Estimate(np.nan, np.nan, np.nan))
    assert unknown.sentence.startswith(f"The model cannot be compared with {RULE};")
    assert "nan" not in " ".join(unknown.reasons)


def test_a_reason_per_question() -> None:
    """What was measured, the limit, and the answer; here the second and third question fail."""
    beats, holds, ranks, enough = graded(0.78, 0.65).reasons
    assert "-0.0200 (-0.0300 to -0.0100)" in beats
    assert "13 points" in holds
    assert "at most 3 points" in holds
    assert "30% of the way" in ranks
    assert "at least 40%" in ranks
    assert "customers: 2,000, leavers: 1,000" in enough
    assert [item.endswith("not passed.") for item in (beats, holds, ranks, enough)] == [False, True, True, False]


STEPS = {
    "A": (0.8, 0.8, BETTER, "Use the list from the top", "use_all"),
    "B, percentages off": (
        0.9,
        0.8,
        BETTER,
        "Use the order of the list, not the percentages, until a season was seen",
        "use_order",
    ),
    "B, order weak": (0.6, 0.6, BETTER, "Plan with the percentages", "use_percentages"),
    "B, order fair": (0.72, 0.72, BETTER, "Use the list and its percentages", "use_and_sharpen"),
    "C, better than the rule": (0.75, 0.66, BETTER, "Show no percentages", "expect_little"),
    "C, level": (
        0.8,
        0.8,
        LEVEL,
        "The rule 'nothing for 45 days' would do as well: use it where it is simpler",
        "rule_as_well",
    ),
    "D, level and off": (
        0.95,
        0.8,
        LEVEL,
        "The rule 'nothing for 45 days' would do as well: use it, and show no perc",
        "rule_no_percentages",
    ),
    "D, worse": (0.8, 0.8, WORSE, "Use the rule 'nothing for 45 days', not the model", "use_rule"),
    "D, unknown": (0.8, 0.8, Estimate(np.inf, np.inf, np.inf), "Clip the predictions", "clip"),
}


@pytest.mark.parametrize(("promised", "real", "against", "start", "key"), STEPS.values(), ids=STEPS.keys())
def test_the_next_step_answers_the_failure(
    promised: float, real: float, against: Estimate, start: str, key: str
) -> None:
    """Each failure has its own remedy; no step asks to grade again where enough was seen."""
    found = graded(promised, real, against)
    step = found.next_step
    assert found.next_key == key
    assert step.startswith(start)
    assert step.endswith(".")
    assert "Grade again" not in step


def test_as_a_report_holds_it() -> None:
    """Six decimals, and a list of four reasons."""
    found = graded(against=Estimate(-0.12345678, -0.2, -0.1))
    report = found.to_json()
    assert list(report) == ["letter", "sentence", "reasons", "next_step", "next_key", "figures"]
    assert report["figures"]["log_loss_difference"] == -0.123457
    assert report["reasons"] == list(found.reasons)
    assert len(report["reasons"]) == 4


def test_the_order_of_rows_is_irrelevant() -> None:
    """And a grade repeats itself."""
    random = np.random.default_rng(3)
    probability = random.random(800).round(2)
    churned, mixed = random.random(800) < probability, random.permutation(800)
    here = grade(probability, churned, BETTER, RULE, 800, 400)
    assert grade(probability[mixed], churned[mixed], BETTER, RULE, 800, 400) == here


@pytest.mark.parametrize(
    ("probability", "churned", "message"),
    [
        ([], [], "0 probabilities"),
        ([0.2, 1.2], [True, False], "of them 1 from 0 to 1"),
        ([0.2], [True, False], "2 outc"),
    ],
)
def test_what_cannot_be_graded_is_refused(probability: list[float], churned: list[bool], message: str) -> None:
    """With the numbers and the remedy."""
    with pytest.raises(ValueError, match=rf"{message}.*give one of each for every row"):
        grade(np.array(probability), np.array(churned, bool), BETTER, RULE, 600, 300)
    with pytest.raises(ValueError, match="of them 0 from 0 to 1"):
        noise_floor(np.array([np.nan]))


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_lift_quality_agrees_with_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    """2 AUC - 1, ties half."""
    tenths, churned = zip(*rows, strict=True)
    assume(len(set(churned)) == 2)
    here = lift_quality(np.array(tenths) / 10, np.array(churned))
    assert here == pytest.approx(2 * roc_auc_score(churned, tenths) - 1)


def test_lift_quality_is_a_share_of_the_area_between_the_curves() -> None:
    """By the definition: areas under the gain curves of model, perfect order and chance."""
    probability, churned = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([True, False, True, False, False])
    steps = np.arange(6) / 5
    model, perfect = np.trapezoid([0, 0.5, 0.5, 1, 1, 1], steps), np.trapezoid([0, 0.5, 1, 1, 1, 1], steps)
    assert lift_quality(probability, churned) == pytest.approx((model - 0.5) / (perfect - 0.5))
    assert lift_quality(1 - probability, ~churned) == pytest.approx(lift_quality(probability, churned))
    assert np.isnan(lift_quality(probability, np.ones(5, bool)))


PERFECT = np.random.default_rng(5).beta(2, 3, 400).round(2)


def calibration_error(probability: Floats, churned: Bools) -> float:
    """As models.metrics measures it."""
    return all_metrics(Groups.of(probability, churned), np.ones(len(churned)))["ece"]


def test_a_perfect_model_lies_below_its_noise_95_times_of_100() -> None:
    """600 worlds that do what was promised, ties included; four standard errors are allowed."""
    random, floor = np.random.default_rng(9), noise_floor(PERFECT, draws=2000)
    errors = [calibration_error(PERFECT, random.random(len(PERFECT)) < PERFECT) for _ in range(600)]
    assert np.mean(np.array(errors) <= floor) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 600))
    assert floor == pytest.approx(np.quantile(errors, 0.95), rel=0.05)


def test_noise_falls_with_the_root_of_the_rows() -> None:
    """Four times the rows, half the noise."""
    one, four = noise_floor(PERFECT, 1000), noise_floor(np.repeat(PERFECT, 4), 1000)
    assert one / four == pytest.approx(2, rel=0.1)


def test_noise_by_hand() -> None:
    """One bin of 100 coins: heads differ from 50 by 10 or more in 5.7% of throws, by 11 or more in 3.5%."""
    assert noise_floor(np.full(100, 0.5), 20_000, bins=1) == pytest.approx(0.1)
    assert noise_floor(np.array([0.0, 1.0])) == 0


def test_a_seed_repeats_the_noise() -> None:
    """The same bytes in the report; the order of rows is irrelevant, another seed draws other outcomes."""
    assert noise_floor(PERFECT) == noise_floor(PERFECT[::-1])
    assert noise_floor(PERFECT) != noise_floor(PERFECT, seed=8)
