"""When the order by saved value may be used: enough history, a sound split, and evidence; else which of them lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from uplift_world import World, uplift_world

from models.campaign import Prices
from models.intervals import Estimate
from models.qini import Arms, compare, money_of
from models.saveable import History, Rules, Verdict, enough, saved_value, verdict
from models.split import check_split
from models.uplift import DEFAULT, UpliftParams, cross_fitted

RULES = Rules(min_contact=1000, min_holdout=300, min_leavers=100)
PLENTY = History(contact=1000, holdout=300, left_contact=100, left_holdout=100)
CLEAR = Estimate(2.0, 0.5, 3.5)


def test_just_enough_is_enough_and_one_less_is_not() -> None:
    assert enough(PLENTY, RULES)
    for name in ("contact", "holdout", "left_contact", "left_holdout"):
        assert not enough(replace(PLENTY, **{name: getattr(PLENTY, name) - 1}), RULES), name


def test_history_is_counted_by_arm() -> None:
    treated, left = np.array([1, 1, 1, 0, 0], bool), np.array([1, 0, 0, 1, 1], bool)
    assert History.of(treated, left) == History(contact=3, holdout=2, left_contact=1, left_holdout=2)


@pytest.mark.parametrize(
    ("broken", "history", "better", "expected"),
    [
        (False, PLENTY, CLEAR, Verdict(True, None)),
        (False, PLENTY, Estimate(2.0, 0.0, 4.0), Verdict(False, "no_better")),
        (False, PLENTY, Estimate(-2.0, -3.0, -1.0), Verdict(False, "no_better")),
        (False, PLENTY, Estimate(2.0, np.nan, np.nan), Verdict(False, "no_better")),
        (False, PLENTY, None, Verdict(False, "no_better")),
        (False, replace(PLENTY, holdout=299), CLEAR, Verdict(False, "too_few")),
        (True, PLENTY, CLEAR, Verdict(False, "split_broken")),
        (True, replace(PLENTY, holdout=0), CLEAR, Verdict(False, "split_broken")),
    ],
)
def test_the_verdict(broken: bool, history: History, better: Estimate | None, expected: Verdict) -> None:
    assert verdict(history, broken, better, RULES) == expected


def test_saved_value() -> None:
    found = saved_value(np.array([0.1, -0.05, 0.2]), np.array([50.0, 100.0, np.nan]))
    np.testing.assert_allclose(found, [5, -5, np.nan])


def judged(world: World, draws: int = 200) -> Verdict:
    """As the stage judges: out-of-fold predictions, profit at three tenths, beside the value at risk."""
    trial = world.trial
    saved = cross_fitted(trial, DEFAULT, UpliftParams(), 5)
    money = money_of(~world.left, trial.treated, world.value, np.zeros(len(trial), bool), Prices(0.01, 0))
    orders = {"saved": saved_value(saved, world.value), "risk": world.risk * world.value}
    found = compare(orders, {"money": money}, Arms(trial.customer, trial.treated, trial.propensity), 0.3, draws)
    history = History.of(trial.treated, world.left)
    broken = check_split(trial.treated, 1 - trial.propensity).broken
    return verdict(history, broken, found["saved-risk.money.at"], RULES)


def test_evidence_where_the_effect_is_not_ordered_like_risk() -> None:
    """Four thousand customers, a fifth left alone: seen in each of three draws."""
    assert [judged(uplift_world(4000, seed, "persuadable")).usable for seed in range(3)] == [True] * 3


@pytest.mark.slow
@pytest.mark.parametrize("effect", ["like_risk", "same", "zero"])
def test_hardly_ever_where_there_is_nothing_to_find(effect: str) -> None:
    """Nominal: one draw in forty. Of twelve, two would come in 3.4% of such tests; three in 0.3%."""
    found = [judged(uplift_world(2500, 100 + seed, effect), draws=100) for seed in range(12)]  # type: ignore[arg-type]
    assert sum(each.usable for each in found) <= 2
    assert {each.why_not for each in found} <= {None, "no_better"}


def test_a_split_that_lost_contacted_leavers_claims_nothing() -> None:
    """Every fourth contacted customer who left is lost from the log: contacts would look better than they were."""
    world = uplift_world(6000, 2, "zero")
    stays = ~(world.trial.treated & world.left & (np.arange(6000) % 4 == 0))
    parts = (world.left[stays], world.risk[stays], world.effect[stays], world.value[stays])
    assert judged(World(world.trial.take(stays), *parts)) == Verdict(False, "split_broken")
