"""Which models are blended, how that is calibrated, and what the choice may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from math import log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import blend
from models.backtest import Backtest
from models.blend import BLENDS, FEWEST_ORIGINS, RULE, SAFE, Blend, blend_losses, choose, mean_of, procedure
from models.calibration import METHODS, Calibrator, fit
from models.table import Bools, Floats, Ints

LABEL_DAYS, STEP = 56, 28
EQUAL = {"trees": 0.0, "logistic": 0.0, "customer_base": 0.0}


def typed(origin: Ints, churned: Bools, scores: Mapping[str, Floats]) -> Backtest:
    """Predictions of which only origin, outcome and the members' log odds matter; the rule says 50% of everybody."""
    nothing = np.zeros(len(origin))
    return Backtest(origin, np.arange(len(origin)), churned, nothing, {RULE: nothing, **scores}, {}, nothing)


def told(
    noise: Mapping[str, float], origins: int = 8, customers: int = 400, slope: float = 1.0, shift: float = 0.0
) -> Backtest:
    """Members who know the true log odds up to their own noise; outcomes whose odds are slope x truth + shift."""
    random, n = np.random.default_rng(11), origins * customers
    truth = np.round(8 * random.normal(-0.3, 1.3, n)) / 8  # eighths: the mean of three alike is exactly the one
    churned = random.random(n) < 1 / (1 + np.exp(-(slope * truth + shift)))
    scores = {name: truth + far * random.normal(size=n) for name, far in noise.items()}
    return typed(np.repeat(np.arange(origins) * STEP, customers), churned, scores)


def test_the_mean_of_log_odds_by_hand() -> None:
    """Of the members named, and of no other."""
    scores = {"a": np.array([1.0, -2.0]), "b": np.array([3.0, 0.0]), "c": np.array([99.0, 99.0])}
    assert mean_of(scores, ("a", "b")).tolist() == [2.0, -1.0]
    assert mean_of(scores, ("a",)).tolist() == [1.0, -2.0]
    made = Blend("a+b", ("a", "b"), Calibrator("sigmoid", 0.5, 1.0))
    assert made.odds(scores).tolist() == [2.0, 0.5]
    assert made.probability(scores) == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-0.5))])


NOISE = {  # how far each member errs by itself
    "customer_base": {"trees": 2.0, "logistic": 2.0, "customer_base": 0.1},
    "trees": {"trees": 0.1, "logistic": 2.0, "customer_base": 2.0},
    "trees+customer_base": {"trees": 1.2, "logistic": 9.0, "customer_base": 1.2},
    "trees+logistic": {"trees": 1.2, "logistic": 1.2, "customer_base": 9.0},
    "all three": {"trees": 1.5, "logistic": 1.5, "customer_base": 1.5},
}


@pytest.mark.parametrize("name", BLENDS)
def test_who_knows_best_is_chosen(name: str) -> None:
    """Each of the blends, where its members know most and err apart."""
    choice = choose(told(NOISE[name]), LABEL_DAYS)
    assert (choice.blend.name, choice.blend.members) == (name, BLENDS[name])
    assert f"best is {name}" in choice.why
    assert [row["origin"] for row in choice.table] == [STEP * number for number in range(8)]


def test_what_ties_goes_to_the_simpler() -> None:
    """All members alike: the customer base alone. Trees alike with logistic and blind customer base: trees alone."""
    assert choose(told(EQUAL), LABEL_DAYS).blend.name == "customer_base"
    assert choose(told({**EQUAL, "customer_base": 9.0}), LABEL_DAYS).blend.name == "trees"


def many(origins: int) -> str:
    """As the reasons count them."""
    return "1 origin" if origins == 1 else f"{origins} origins"


@pytest.mark.parametrize("origins", [0, 1, FEWEST_ORIGINS - 1, FEWEST_ORIGINS])
def test_few_origins_choose_nothing(origins: int) -> None:
    """Under six the three are averaged as they are, however good one is and however wrong the level looks."""
    past = told(NOISE["trees"], origins, shift=2.0)
    choice = choose(past, LABEL_DAYS)
    assert choice.blend.calibrator == Calibrator("none")
    assert len(choice.table) == origins
    if origins < FEWEST_ORIGINS:
        assert choice.blend == Blend(SAFE, ("trees", "logistic", "customer_base"), Calibrator("none"))
        assert choice.why.startswith(f"{many(origins)} to compare on, and under 6 a season passes for a rule, so all")
    else:
        assert choice.blend.name == "trees"
    assert f"none: {many(max(origins - 2, 0))} to compare on" in choice.why  # two wait for the first closed labels


@given(st.lists(st.floats(-4, 4), min_size=8, max_size=8), st.sampled_from(sorted(NOISE)))
@settings(max_examples=5, deadline=None, derandomize=True)
def test_a_common_level_changes_no_choice(levels: list[float], name: str) -> None:
    """What a season adds to all members alike at an origin is not what tells them apart."""
    past = told(NOISE[name], customers=60)
    moved = np.repeat(levels, 60)
    there = replace(past, scores={key: values + moved for key, values in past.scores.items()})
    assert choose(there, LABEL_DAYS).blend.name == choose(past, LABEL_DAYS).blend.name
    for row, other in zip(blend_losses(past), blend_losses(there), strict=True):
        assert row == pytest.approx(other, abs=1e-7)


def test_newer_origins_count_more() -> None:
    """Trees knew best at five old origins, the customer base at three new ones: it depends on how fast one forgets."""
    old, new = told(NOISE["trees"]), told(NOISE["customer_base"])
    late = old.origin >= 5 * STEP
    scores = {name: np.where(late, new.scores[name], old.scores[name]) for name in EQUAL}
    past = typed(old.origin, old.churned, scores)
    chosen = {days: choose(past, days, "none").blend.name for days in (STEP, 100 * STEP)}
    assert chosen[STEP] == "customer_base"
    assert chosen[100 * STEP] in {"trees", "trees+customer_base"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*BLENDS, RULE])
def test_what_is_forced_is_taken(name: str, method: str) -> None:
    """Whatever the origins say, which are still compared; the calibration is fitted to that blend."""
    past = told(NOISE["trees"], customers=50, slope=0.5, shift=1.0)
    choice = choose(past, LABEL_DAYS, method, name)
    members = BLENDS.get(name, (RULE,))
    assert choice.blend == Blend(name, members, fit(method, mean_of(past.scores, members), past.churned))
    assert (choice.why, len(choice.table)) == (f"set by blend; {method}: set by calibration.method", 8)


@pytest.mark.parametrize(
    ("slope", "shift", "method"), [(1.0, 0.0, "none"), (1.0, 1.0, "intercept"), (0.4, 0.8, "sigmoid")]
)
def test_calibration_is_what_the_scores_need(slope: float, shift: float, method: str) -> None:
    """Fitted on all predictions, unclosed ones included: those are closed by the time it is used; ranks stay."""
    past = told(EQUAL, slope=slope, shift=shift)
    made = choose(past, LABEL_DAYS).blend
    assert made.calibrator == fit(method, past.scores["customer_base"], past.churned)
    order = np.argsort(mean_of(past.scores, made.members), kind="stable")
    assert (np.diff(made.odds(past.scores)[order]) >= 0).all()


def test_calibration_is_chosen_from_six_comparable_origins_on() -> None:
    """Of eight origins six have closed labels behind them: on the day itself 56 days are over, 57 are not."""
    past = told(EQUAL, shift=1.0)
    assert choose(past, 56).blend.calibrator.method == "intercept"
    assert choose(past.up_to(6 * STEP), 56).why.endswith(
        "none: 5 origins to compare on, and under 6 a season passes for a rule, so nothing is calibrated"
    )
    assert "none: 5 origins" in choose(past, 57).why


def test_the_comparison_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Origin 56 is the first with closed outcomes behind it (origin 0's, who all left): nothing can be fitted."""
    monkeypatch.setattr(blend, "FEWEST_ORIGINS", 1)
    scores = dict.fromkeys(EQUAL, np.array([0.0, 1.0, 2.0]))
    choice = choose(typed(np.array([0, 28, 56]), np.array([True, False, True]), scores), LABEL_DAYS)
    assert choice.why.endswith(
        f"none: mean log loss {log1p(np.exp(-2.0)):.4f} over 1; best is none 0.1269, paired standard error 0.0000"
    )


PAST = told(NOISE["all three"], origins=10, customers=12, slope=0.5, shift=0.8)


@given(st.integers(0, 9), st.integers(0, 99), st.sampled_from(["auto", *METHODS]), st.sampled_from(["auto", *BLENDS]))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_the_procedure_never_hears_of_what_was_not_closed(at: int, seed: int, method: str, name: str) -> None:
    """Other outcomes and scores at origins not closed yet: up to that origin the same odds, to the last bit."""
    origin, random = at * STEP, np.random.default_rng(seed)
    unheard, later = PAST.origin > origin - LABEL_DAYS, PAST.origin > origin
    churned = np.where(unheard, random.random(len(PAST)) < 0.5, PAST.churned)
    other = {key: np.where(later, random.normal(size=len(PAST)), values) for key, values in PAST.scores.items()}
    here, there = (
        procedure(past, LABEL_DAYS, method, name) for past in (PAST, replace(PAST, churned=churned, scores=other))
    )
    assert here[0][~later].tobytes() == there[0][~later].tobytes()
    assert here[1][: at + 1] == there[1][: at + 1]


def test_the_procedure_hears_of_what_was() -> None:
    """Flip the outcomes that close on an origin's day: that origin's odds move, and none before it."""
    flipped = replace(PAST, churned=PAST.churned ^ (PAST.origin == 4 * STEP))
    (here, names), (there, _) = (procedure(past, LABEL_DAYS, "sigmoid", "trees") for past in (PAST, flipped))
    assert names == ["trees"] * 10
    moved = [bool((here[PAST.origin == day] != there[PAST.origin == day]).all()) for day in PAST.origins()]
    assert moved == [False] * 6 + [True] * 4


BAD: dict[str, Floats] = {  # share that leaves, origin by origin
    "all leave at one": np.array([*[0.4] * 6, 1.0, 0.4, 0.4, 0.4]),
    "nobody leaves at one": np.array([*[0.4] * 6, 0.0, 0.4, 0.4, 0.4]),
    "everybody always leaves": np.ones(10),
    "nobody ever leaves": np.zeros(10),
    "2% leave": np.full(10, 0.02),
    "98% leave": np.full(10, 0.98),
}


@pytest.mark.parametrize("customers", [1, 30])
@pytest.mark.parametrize("share", BAD.values(), ids=BAD.keys())
def test_rare_outcomes_and_one_customer_give_finite_numbers(share: Floats, customers: int) -> None:
    """Chosen or forced, at every origin and for all of them."""
    past = told(NOISE["all three"], 10, customers)
    churned = np.random.default_rng(2).random(len(past)) < np.repeat(share, customers)
    past = replace(past, churned=churned)
    for method in ("auto", "sigmoid"):
        odds, names = procedure(past, LABEL_DAYS, method)
        assert np.isfinite(odds).all()
        assert len(names) == 10
        made = choose(past, LABEL_DAYS, method).blend
        assert made.calibrator.slope >= 0
        assert np.isfinite(made.odds(past.scores)).all()
        assert ((made.probability(past.scores) > 0) & (made.probability(past.scores) < 1)).all()


def test_json_brings_the_blend_back() -> None:
    """To the last digit."""
    for name, members in BLENDS.items():
        made = Blend(name, members, Calibrator("sigmoid", 1 / 3, -0.1))
        assert Blend.from_json(json.loads(json.dumps(made.to_json()))) == made
