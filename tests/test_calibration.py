"""From scores to probabilities: what the fits recover, what they may see, and which method is taken."""

from __future__ import annotations

import json
from math import log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from models import calibration
from models.calibration import METHODS, Calibrator, Predictions, backtest_methods, choose, fit, sigmoid
from models.table import Bools, Floats

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
SCORES = st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=1, max_size=30)
MONTHS = (0, 28, 56, 84, 112)  # origins
LABEL_DAYS = 56


def simulated(slope: float, shift: float, n: int = 20_000, seed: int = 3) -> tuple[Floats, Bools]:
    """Scores, and outcomes whose true log odds are slope x score + shift."""
    random = np.random.default_rng(seed)
    scores = random.normal(-0.3, 1.3, n)
    return scores, random.random(n) < 1 / (1 + np.exp(-(slope * scores + shift)))


def origins_of(slope: float, shift: float, n: int = 400) -> Predictions:
    """Six origins, 28 days apart, whose scores all need the same correction."""
    scores, churned = simulated(slope, shift, 6 * n)
    return Predictions(np.repeat(np.arange(6) * 28, n), scores, churned)


def test_intercept_recovers_a_shift() -> None:
    """Outcomes are 0.7 log odds likelier than scored: found within 0.06, and the promised mean comes true."""
    scores, churned = simulated(1.0, 0.7)
    found = fit("intercept", scores, churned)
    assert (found.method, found.slope) == ("intercept", 1.0)
    assert found.intercept == pytest.approx(0.7, abs=0.06)
    assert found.probability(scores).mean() == pytest.approx(churned.mean(), abs=1e-5)


@pytest.mark.parametrize(("slope", "shift"), [(0.5, -0.4), (1.8, 0.3), (1.0, 0.0)])
def test_sigmoid_recovers_slope_and_shift(slope: float, shift: float) -> None:
    """Scores that are too bold, too timid and just right: found within 0.08."""
    found = fit("sigmoid", *simulated(slope, shift))
    assert (found.slope, found.intercept) == pytest.approx((slope, shift), abs=0.08)


def test_sigmoid_is_what_scikit_learn_finds() -> None:
    """Unpenalised logistic regression on the score is the same model by other means."""
    scores, churned = simulated(0.6, -0.5, 3000)
    other = LogisticRegression(C=1e9, tol=1e-8).fit(scores[:, None], churned)
    found = fit("sigmoid", scores, churned)
    assert (found.slope, found.intercept) == pytest.approx((other.coef_[0, 0], other.intercept_[0]), abs=1e-4)


@given(SCORES, st.sampled_from(METHODS))
@RANDOM
def test_ranks_never_turn_over(rows: list[tuple[float, bool]], method: str) -> None:
    """Whatever few or odd outcomes are fitted on: no slope below zero, all numbers finite, a riskier score no lower."""
    scores, churned = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = fit(method, scores, churned)
    assert found.slope >= 0
    assert np.isfinite([found.slope, found.intercept]).all()
    assert (np.diff(found.probability(np.sort(scores))) >= 0).all()


def test_scores_the_wrong_way_round_become_flat() -> None:
    """Where high scores stay and low ones leave, the best positive slope is none at all."""
    scores, churned = simulated(1.0, 0.0, 2000)
    assert fit("sigmoid", -scores, churned).slope == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("churned", [[], [True, True, True], [False, False, False]], ids=["none", "all", "nobody"])
def test_one_outcome_fits_nothing(method: str, churned: list[bool]) -> None:
    """A shift to certainty would be its best fit: scores stay as they are."""
    assert fit(method, np.array([-1.0, 0.0, 2.0])[: len(churned)], np.array(churned, bool)) == Calibrator("none")


def test_the_backtest_by_hand() -> None:
    """Origin 56 is the first with closed outcomes before it (origin 0's, which all left): nothing can be fitted."""
    predictions = Predictions(np.array([0, 28, 56]), np.array([0.0, 1.0, 2.0]), np.array([True, False, True]))
    loss = log1p(np.exp(-2.0))
    assert backtest_methods(predictions, LABEL_DAYS) == [
        {"origin": 56, "customers": 1, **{name: pytest.approx(loss) for name in METHODS}}
    ]


def test_labels_that_close_on_the_origin_are_known_there() -> None:
    """A label window is half-open: 56 days from origin 28 end where origin 84 begins, and one day later they do not."""
    predictions = Predictions(np.array([28, 84]), np.array([0.0, 0.5]), np.array([True, False]))
    assert [row["origin"] for row in backtest_methods(predictions, 56)] == [84]
    assert backtest_methods(predictions, 57) == []


ROWS = st.lists(st.tuples(st.sampled_from(MONTHS), st.floats(-3, 3), st.booleans()), min_size=3, max_size=12)


@given(ROWS, ROWS, st.sampled_from(MONTHS[2:]), st.booleans())
@settings(RANDOM, max_examples=30)
def test_an_origin_never_hears_of_what_was_not_closed(
    rows: list[tuple[int, float, bool]], others: list[tuple[int, float, bool]], origin: int, left: bool
) -> None:
    """Other scores and outcomes at later or unclosed origins, fewer rows or more: its line stays to the last digit."""
    rows = [(0, 0.4, True), (0, -0.6, False), *rows, (origin, 1.1, left)]
    seen = [row for row in rows if row[0] == origin or row[0] + LABEL_DAYS <= origin]
    unheard = [row for row in others if row[0] != origin and row[0] + LABEL_DAYS > origin]
    (here,) = [line for line in lines(rows) if line["origin"] == origin]
    (there,) = [line for line in lines(seen + unheard) if line["origin"] == origin]
    assert here == there


def lines(rows: list[tuple[int, float, bool]]) -> list[dict[str, float | str]]:
    """The backtest's table for rows of (origin, score, churned), in order of origin."""
    ordered = sorted(rows, key=lambda row: row[0])
    origin, score, churned = ([row[part] for row in ordered] for part in range(3))
    return backtest_methods(Predictions(np.array(origin, np.int64), np.array(score), np.array(churned, bool)), 56)


@pytest.mark.parametrize(
    ("slope", "shift", "method"), [(1.0, 0.0, "none"), (1.0, 1.0, "intercept"), (0.4, 0.8, "sigmoid")]
)
def test_choose_takes_what_the_scores_need(
    slope: float, shift: float, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And fits it on all predictions, unclosed ones included: those are closed by the time it is used."""
    monkeypatch.setattr(calibration, "FEWEST_ORIGINS", 4)
    predictions = origins_of(slope, shift)
    choice = choose(predictions, LABEL_DAYS)
    assert choice.calibrator == fit(method, predictions.score, predictions.churned)
    assert [row["origin"] for row in choice.table] == [56, 84, 112, 140]
    assert "over 4 origins" in choice.why


LOSSES = {  # three origins each: none, intercept, sigmoid
    "better by luck": (([0.50, 0.50, 0.50], [0.46, 0.50, 0.52], [0.60, 0.60, 0.60]), "none"),
    "better every time": (([0.50, 0.51, 0.52], [0.47, 0.48, 0.48], [0.60, 0.60, 0.60]), "intercept"),
    "better on the whole": (([0.49, 0.52, 0.54], [0.50, 0.50, 0.50], [0.60, 0.60, 0.60]), "intercept"),
    "sigmoid hardly better": (([0.60, 0.60, 0.60], [0.50, 0.50, 0.50], [0.46, 0.50, 0.52]), "intercept"),
    "sigmoid better every time": (([0.60, 0.60, 0.60], [0.50, 0.51, 0.52], [0.47, 0.48, 0.48]), "sigmoid"),
    "origins differ, methods do not": (([0.20, 0.50, 0.90], [0.18, 0.48, 0.87], [0.20, 0.50, 0.90]), "intercept"),
}


@pytest.mark.parametrize(("losses", "method"), LOSSES.values(), ids=LOSSES.keys())
def test_the_simplest_within_one_paired_standard_error(
    losses: tuple[list[float], ...], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is that of the differences: what all methods share at an origin does not blur the choice."""
    table = [dict(zip(METHODS, row, strict=True)) for row in zip(*losses, strict=True)]
    monkeypatch.setattr(calibration, "backtest_methods", lambda *_: table * 2)
    assert choose(origins_of(0.8, 0.2, 50), LABEL_DAYS).calibrator.method == method


def test_too_few_origins_choose_nothing() -> None:
    """Under six origins cannot tell a season from a rule, however large the shift looks."""
    choice = choose(origins_of(1.0, 2.0), LABEL_DAYS)
    assert (choice.calibrator, len(choice.table)) == (Calibrator("none"), 4)
    assert choice.why.startswith("4 origins to compare on, and under 6")


@pytest.mark.parametrize("method", METHODS)
def test_a_forced_method_is_taken(method: str) -> None:
    """Whatever the backtest says, which is still written."""
    predictions = origins_of(0.4, 1.0)
    choice = choose(predictions, LABEL_DAYS, method)
    assert choice.calibrator == fit(method, predictions.score, predictions.churned)
    assert (choice.why, len(choice.table)) == ("set by calibration.method", 4)


def test_predictions_up_to_an_origin() -> None:
    """The day itself included."""
    kept = Predictions(np.array([0, 28, 56]), np.array([1.0, 2.0, 3.0]), np.array([True, False, True])).up_to(28)
    assert (kept.origin.tolist(), kept.score.tolist(), kept.churned.tolist()) == ([0, 28], [1.0, 2.0], [True, False])


@given(st.sampled_from(METHODS), st.floats(0, 1e6), st.floats(-1e6, 1e6))
@RANDOM
def test_json_brings_every_digit_back(method: str, slope: float, intercept: float) -> None:
    """What is stored is what was judged."""
    calibrator = Calibrator(method, slope, intercept)
    assert Calibrator.from_json(json.loads(json.dumps(calibrator.to_json()))) == calibrator


def test_probabilities_by_hand() -> None:
    """Log odds of 0, ln 3 and -ln 3; and a score of 2 with slope 0.5 and intercept -1."""
    assert sigmoid(np.array([0.0, np.log(3), -np.log(3)])) == pytest.approx([0.5, 0.75, 0.25])
    assert Calibrator("sigmoid", 0.5, -1.0).probability(np.array([2.0, 0.0])) == pytest.approx([0.5, 1 / (1 + np.e)])


def test_no_probability_is_certain() -> None:
    """However extreme a score: above 0, below 1, rising, and without an overflow; one miss would cost everything."""
    extreme = np.array([-1e6, -1000, -40, -30, -5, 0, 5, 30, 40, 1000, 1e6])
    probability = Calibrator("none").probability(extreme)
    assert (np.diff(probability) >= 0).all()
    assert probability[0] > 0
    assert probability[-1] < 1
