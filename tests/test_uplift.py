"""The uplift learners where the truth is known: unseen customers, no order of rows, no effect where none is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from uplift_world import uplift_world

from models.qini import Arms, Line
from models.uplift import LEARNERS, Learner, Trial, UpliftModel, UpliftParams, codes_of, cross_fitted, fit_uplift

PARAMS = UpliftParams()
each_learner = pytest.mark.parametrize("learner", LEARNERS)


def small(n: int = 1500, seed: int = 1) -> Trial:
    return uplift_world(n, seed, "persuadable").trial


def test_codes_hang_on_the_id_alone() -> None:
    """Typed out: if these change, every fold of every past trial changes with them."""
    assert codes_of(["C1", "Ümit"]).tolist() == [3847965876133691403, 673016080678465580]
    many = codes_of(f"C{number}" for number in range(20_000))
    assert len(set(many.tolist())) == 20_000
    assert many.min() >= 0
    share = np.bincount(many % 5) / 20_000
    assert_allclose(share, 0.2, atol=0.012)


@each_learner
def test_it_finds_whom_contacts_keep(learner: Learner) -> None:
    """Of the three tenths put first, more are truly saved than by risk, and than by chance."""
    world = uplift_world(6000, 3, "persuadable")
    saved = cross_fitted(world.trial, learner, PARAMS, 5)
    found = world.truth_at(saved, 0.3)
    assert found > world.truth_at(world.risk, 0.3) + 0.05
    assert found > world.effect.mean() + 0.05
    kept, treated = world.trial.kept, world.trial.treated
    assert saved.mean() == pytest.approx(kept[treated].mean() - kept[~treated].mean(), abs=0.02)


@each_learner
def test_a_customer_is_judged_by_models_that_have_not_seen_them(learner: Learner) -> None:
    """Turning a fold's outcomes over moves its customers' predictions together, and none against another."""
    trial = small()
    fold = trial.customer % 5 == 2
    turned = replace(trial, kept=np.where(fold, 1 - trial.kept, trial.kept))
    before, after = cross_fitted(trial, learner, PARAMS, 5), cross_fitted(turned, learner, PARAMS, 5)
    assert np.ptp(before[fold]) > 0.01
    assert_allclose(before[fold] - before[fold].mean(), after[fold] - after[fold].mean(), atol=1e-12)
    assert np.abs(before - after)[~fold].max() > 0.01


@each_learner
def test_all_rows_of_a_customer_lie_in_one_fold(learner: Learner) -> None:
    """In two programmes, contacted in one of them: neither row is predicted by what the other taught."""
    trial = small(800)
    twice = trial.take(np.repeat(np.arange(800), 2))
    twice = replace(twice, treated=np.where(np.arange(1600) % 2 == 0, twice.treated, ~twice.treated))
    fold = twice.customer % 5 == 0
    turned = replace(twice, kept=np.where(fold, 1 - twice.kept, twice.kept))
    before, after = cross_fitted(twice, learner, PARAMS, 5)[fold], cross_fitted(turned, learner, PARAMS, 5)[fold]
    assert_allclose(before - before.mean(), after - after.mean(), atol=1e-12)


@each_learner
def test_columns_that_say_nothing_give_everybody_the_same(learner: Learner) -> None:
    """No fold comes last because contacts worked in it: the average effect of the others is its level."""
    trial = small()
    saved = cross_fitted(replace(trial, values=np.zeros_like(trial.values)), learner, PARAMS, 5)
    assert_allclose(saved, saved[0], atol=1e-9)
    assert saved[0] == pytest.approx(trial.kept[trial.treated].mean() - trial.kept[~trial.treated].mean(), abs=0.01)


@each_learner
def test_the_order_of_rows_changes_no_byte(learner: Learner) -> None:
    trial = small(1500)
    random = np.random.default_rng(4)
    # Money, and weights of many sizes: sums of ones would be exact in any order.
    trial = replace(
        trial, kept=trial.kept * random.lognormal(3, 1, 1500), propensity=random.choice([0.6, 0.75, 0.9], 1500)
    )
    mixed = random.permutation(1500)
    saved = cross_fitted(trial, learner, PARAMS, 4)
    assert_array_equal(cross_fitted(trial.take(mixed), learner, PARAMS, 4), saved[mixed])
    texts = [json.dumps(fit_uplift(each, learner, PARAMS).to_json()) for each in (trial, trial.take(mixed))]
    assert texts[0] == texts[1]


@each_learner
def test_stored_as_plain_data(learner: Learner) -> None:
    trial = small(900)
    model = fit_uplift(trial, learner, PARAMS)
    again = UpliftModel.from_json(json.loads(json.dumps(model.to_json())))
    assert (again.learner, again.names, again.share) == (learner, trial.names, 0.8)
    assert_array_equal(again.saved(trial.values, trial.names), model.saved(trial.values, trial.names))


def test_the_x_learner_trusts_the_larger_arm() -> None:
    """Contacts and holdout swapped, and the outcome turned over, is the same question: the same answer."""
    trial = small()
    mirrored = replace(trial, treated=~trial.treated, kept=1 - trial.kept, propensity=1 - trial.propensity)
    here, there = (fit_uplift(each, "x", PARAMS).saved(trial.values, trial.names) for each in (trial, mirrored))
    assert_allclose(here, there, atol=1e-6)


@each_learner
def test_a_share_that_changed_is_no_effect(learner: Learner) -> None:
    """Nine in ten were contacted while few left, half while many did; contacts did nothing."""
    random = np.random.default_rng(8)
    n = 12_000
    calm = np.arange(n) < n // 2
    chance = np.where(calm, 0.9, 0.5)
    treated, kept = random.random(n) < chance, (random.random(n) < np.where(calm, 0.8, 0.4)).astype(np.float64)
    codes = codes_of(str(number) for number in range(n))
    trial = Trial(codes, random.normal(size=(n, 1)).astype(np.float32), ("x",), treated, kept, chance)
    one = np.ones(n)
    weighted = Line(one, Arms(codes, treated, chance)).sums(kept, one).effect_at(1.0)
    assert kept[treated].mean() - kept[~treated].mean() > weighted + 0.05
    assert abs(weighted) < 0.03
    assert cross_fitted(trial, learner, PARAMS, 5).mean() == pytest.approx(weighted, abs=0.005)


@each_learner
def test_nulls_and_few_rows(learner: Learner) -> None:
    """Sixty customers support no tree: everybody is given the average effect."""
    trial = small(60)
    trial.values[::3, 0] = np.nan
    saved = cross_fitted(trial, learner, PARAMS, 3)
    assert np.isfinite(saved).all()
    assert np.ptp(saved) < 1e-9


def test_the_weights_are_the_rows_or_the_other_way_round() -> None:
    """A holdout of a fifth weighs a fifth; as published it weighs four fifths. Together they are both effects' sum."""
    trial = small()
    ours, published = (fit_uplift(trial, learner, PARAMS) for learner in ("x", "x_published"))
    effects = {arm: np.asarray(ours.trees[arm].predict(trial.values)) for arm in ("contacted", "alone")}
    found = ours.saved(trial.values, trial.names)
    assert_allclose(found, 0.8 * effects["contacted"] + 0.2 * effects["alone"], rtol=1e-9)
    assert_allclose(published.saved(trial.values, trial.names), effects["contacted"] + effects["alone"] - found)


@each_learner
def test_money_is_learnt_as_money(learner: Learner) -> None:
    world = uplift_world(6000, 5, "persuadable")
    spend = replace(world.trial, kept=40 * world.trial.kept)
    plain, money = cross_fitted(world.trial, learner, PARAMS, 5), cross_fitted(spend, learner, PARAMS, 5)
    assert_allclose(money, 40 * plain, rtol=0.02, atol=0.05)


def test_what_cannot_be_learnt_is_refused() -> None:
    trial = small(300)
    with pytest.raises(ValueError, match="in 300 rows nobody was left alone"):
        fit_uplift(replace(trial, treated=np.ones(300, bool)), "x", PARAMS)
    with pytest.raises(ValueError, match="nobody was contacted"):
        fit_uplift(replace(trial, treated=np.zeros(300, bool)), "t", PARAMS)
    model = fit_uplift(trial, "t", PARAMS)
    with pytest.raises(ValueError, match=r"learnt from the columns days_silent, reads.*but is given reads"):
        model.saved(trial.values, trial.names[1:])
    with pytest.raises(ValueError, match="learner is 's', known are x, x_published, t"):
        UpliftModel.from_json({**model.to_json(), "learner": "s"})
