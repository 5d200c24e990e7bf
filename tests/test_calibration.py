"""The trees' scores, and from scores to probabilities: what fits recover, a season's level, the simplest method."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from models.booster import BoosterParams, booster_from_text, booster_text, fit_booster, raw_scores
from models.calibration import METHODS, MOST_SHIFT, Calibrator, fit, level, log_losses, logit, sigmoid, simplest
from models.table import Bools, Floats, TrainingTable

SMALL = BoosterParams(20, 0.2, 6, 10, 1.0, 0.7, 63, seed=7, num_threads=1)
RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
SCORES = st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=1, max_size=30)


def simulated(slope: float, shift: float, n: int = 20_000, seed: int = 3) -> tuple[Floats, Bools]:
    """Scores, and outcomes whose true log odds are slope x score + shift."""
    random = np.random.default_rng(seed)
    scores = random.normal(-0.3, 1.3, n)
    return scores, random.random(n) < 1 / (1 + np.exp(-(slope * scores + shift)))


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


LOSSES = {  # three origins each: none, intercept, sigmoid
    "better by luck": (([0.50, 0.50, 0.50], [0.46, 0.50, 0.52], [0.60, 0.60, 0.60]), "none"),
    "better every time": (([0.50, 0.51, 0.52], [0.47, 0.48, 0.48], [0.60, 0.60, 0.60]), "intercept"),
    "better on the whole": (([0.49, 0.52, 0.54], [0.50, 0.50, 0.50], [0.60, 0.60, 0.60]), "intercept"),
    "sigmoid hardly better": (([0.60, 0.60, 0.60], [0.50, 0.50, 0.50], [0.46, 0.50, 0.52]), "intercept"),
    "sigmoid better every time": (([0.60, 0.60, 0.60], [0.50, 0.51, 0.52], [0.47, 0.48, 0.48]), "sigmoid"),
    "origins differ, methods do not": (([0.20, 0.50, 0.90], [0.18, 0.48, 0.87], [0.20, 0.50, 0.90]), "intercept"),
}


@pytest.mark.parametrize(("losses", "method"), LOSSES.values(), ids=LOSSES.keys())
def test_the_simplest_within_one_paired_standard_error(losses: tuple[list[float], ...], method: str) -> None:
    """The error is that of the differences: what all methods share at an origin does not blur the choice."""
    table = {name: np.array(values * 2) for name, values in zip(METHODS, losses, strict=True)}
    name, why = simplest(table)
    assert name == method
    assert f"mean log loss {table[method].mean():.4f} over 6; best is " in why
    assert simplest(table, np.full(6, 3.0)) == (name, why)  # equal weights are none


def test_the_paired_standard_error_by_hand() -> None:
    """Differences 0.1, 0.1 and 0.4: mean 0.2, squared deviations 0.06, over 3 (3 - 1): 0.1. Weights decide too."""
    losses = {"simple": np.array([0.6, 0.6, 0.9]), "better": np.array([0.5, 0.5, 0.5])}
    assert simplest(losses) == (
        "better",
        "mean log loss 0.5000 over 3; best is better 0.5000, paired standard error 0.0000",
    )
    closer = {"simple": np.array([0.5, 0.5, 0.8]), "better": np.array([0.5, 0.5, 0.5])}
    assert simplest(closer) == (
        "simple",
        "mean log loss 0.6000 over 3; best is better 0.5000, paired standard error 0.1000",
    )
    # Shares .4 .4 .2: mean 0.06, 2.78 effective origins, variance 0.0144 x 2.78 / 1.78, over 2.78: 0.0081.
    name, why = simplest(closer, np.array([2.0, 2.0, 1.0]))
    assert (name, why[-6:]) == ("simple", "0.0900")
    assert simplest(closer, np.array([1.0, 1.0, 2.0]))[0] == "better"  # mean 0.15, standard error 0.1162


@pytest.mark.parametrize("counts", [[1.0, 0.0, 0.0], [1.0, 1e-300, 0.0], [1.0, 1e-9, 1e-12]])
def test_one_origin_may_weigh_all(counts: list[float]) -> None:
    """Then it alone decides, and nothing is divided by zero; what has no weight cannot outvote it."""
    losses = {"simple": np.array([0.6, 0.1, 0.1]), "better": np.array([0.5, 0.9, 0.9])}
    assert simplest(losses, np.array(counts))[0] == "better"
    assert simplest(losses, np.array(counts[::-1]))[0] == "simple"


def test_one_origin_alone_takes_the_best() -> None:
    """Without a second there is no standard error; what ties goes to the simpler."""
    assert simplest({"simple": np.array([0.6]), "better": np.array([0.5])})[0] == "better"
    assert simplest({"simple": np.array([0.5]), "same": np.array([0.5])})[0] == "simple"


@given(st.lists(st.tuples(st.floats(-14, 14), st.booleans()), min_size=2, max_size=40))
@RANDOM
def test_a_level_makes_as_many_leave_as_promised(rows: list[tuple[float, bool]]) -> None:
    """For any log odds that a model may give; where all left or nobody, a bounded shift in their direction."""
    scores, churned = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    shift = level(scores, churned.sum())
    assert abs(shift) <= MOST_SHIFT + 1
    if 0 < churned.sum() < len(rows) and abs(shift) < MOST_SHIFT:
        assert sigmoid(scores + shift).sum() == pytest.approx(churned.sum(), abs=1e-6)
    elif churned.all() or not churned.any():
        assert np.sign(shift) == (1 if churned.all() else -1)


def test_a_level_by_hand() -> None:
    """Three of four leave of whom half were promised: ln 3, whatever was added to all of them; of nobody, 0."""
    churned = np.array([True, True, True, False])
    for added in (0.0, -2.0, 9.0):
        assert level(np.full(4, added), churned.sum()) == pytest.approx(np.log(3) - added)
    assert level(np.zeros(0), 0) == 0
    assert log_losses(np.array([np.log(3), np.log(3)]), np.array([True, False])) == pytest.approx(np.log([4 / 3, 4]))


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


def test_log_odds_and_back() -> None:
    """0.75 is ln 3; certainty is not believed, to about 13.8 on either side."""
    assert logit(np.array([0.75, 0.5])) == pytest.approx([np.log(3), 0.0])
    assert sigmoid(logit(np.array([0.0, 1.0]))) == pytest.approx([1e-6, 1 - 1e-6], rel=1e-9)


def simulated_rows() -> TrainingTable:
    """300 rows of four features, some null, of which the first decides."""
    random = np.random.default_rng(5)
    values = random.normal(size=(300, 4)).astype(np.float32)
    churned = random.random(300) < sigmoid(1.5 * values[:, 0].astype(np.float64))
    values[random.random((300, 4)) < 0.05] = np.nan
    rows = np.arange(300)
    return TrainingTable(rows, rows % 2, churned, values, ("silence", "größe", "Page_View", "d"), 56)


@pytest.mark.parametrize(("left", "who"), [(True, "everybody left"), (False, "nobody left")])
def test_one_outcome_is_refused(left: bool, who: str) -> None:
    """With the number of rows and the remedy."""
    two = simulated_rows().take(np.arange(2))
    with pytest.raises(ValueError, match=rf"in 2 training rows {who}.*change churn.horizon_days or"):
        fit_booster(replace(two, churned=np.full(2, left)), SMALL)


def test_text_brings_the_booster_back() -> None:
    """A refit gives the same bytes, so that DVC sees no change, another seed others; loaded, bit-equal scores."""
    table = simulated_rows()
    booster = fit_booster(table, SMALL)
    text = booster_text(booster)
    assert text == booster_text(fit_booster(table, SMALL)) != booster_text(fit_booster(table, replace(SMALL, seed=8)))
    assert raw_scores(booster_from_text(text), table.values).tobytes() == raw_scores(booster, table.values).tobytes()
    assert booster_from_text(text).feature_name() == ["silence", "größe", "Page_View", "d"]
