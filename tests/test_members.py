"""The members of a blend on a small seasonal shop: rule, logistic regression and trees, together and by themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from math import log

import numpy as np
import pytest

from models.bgnbd import History
from models.blend import BLENDS, Blend, mean_of
from models.booster import BoosterParams, booster_text
from models.calibration import Calibrator, sigmoid
from models.chosen import Chosen
from models.logistic import FARTHEST, Logistic, fit_logistic
from models.members import MEMBERS, NOT_LEARNT, Members, fit_members, reseeded
from models.promise import Spread
from models.season import YEAR, Activity
from models.table import Bools, Floats, TrainingTable, Window
from models.uncertain import ESTIMATES_DIFFER, KNOWN_FOR_DAYS, uncertain
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import uncertain_text

PARAMS = BoosterParams(20, 0.2, 6, 10, 1.0, 0.7, 63, 7, 1)
WINDOW = Window(lead_days=0, horizon_days=28)
HISTORY = ("days_since_last_activity", "active_days_lifetime", "tenure_days")
NAMES = (*HISTORY, "days_observed", "count_visits_28d", "noise")
ORIGIN = 2 * YEAR + 28  # the season is that of the 756 days before
SEASON: Floats = np.where(np.arange(52) % 26 < 9, 1.8, 0.6)  # two busy times a year


@cache
def shop(customers: int = 100) -> TrainingTable:
    """So many customers at each of fifteen snapshots; who leaves depends on silence, visits and the season ahead."""
    random, days = np.random.default_rng(11), np.arange(ORIGIN - 14 * 28, ORIGIN + 1, 28)
    snapshot = np.repeat(days, customers)
    tenure, active = random.integers(100, 600, len(snapshot)), random.geometric(0.15, len(snapshot))
    recency = np.where(active == 1, tenure, np.minimum(random.geometric(0.04, len(snapshot)), tenure - 1))
    visits = random.poisson(3.0, len(snapshot)) * 1.0
    ahead = SEASON[(snapshot[:, None] + np.arange(28)) // 7 % 52].mean(axis=1)
    odds = 0.8 * np.log1p(recency / (1 + tenure / active)) - 0.4 * visits + 1.0 - 2 * np.log(ahead)
    visits[random.random(len(snapshot)) < 0.1] = np.nan
    columns = (recency, active, tenure, snapshot - 300, visits, random.normal(size=len(snapshot)))
    values = np.column_stack(columns).astype(np.float32)
    churned = random.random(len(snapshot)) < sigmoid(odds)
    return TrainingTable(np.tile(np.arange(customers), len(days)), snapshot, churned, values, NAMES, 28)


def everybody() -> History:
    """600 customers with rhythms of their own, a third of whom left long ago."""
    random = np.random.default_rng(12)
    age: Floats = random.integers(100, 700, 600).astype(np.float64)
    repeats: Floats = random.geometric(0.1, 600) - np.ones(600)
    share = np.where(random.random(600) < 0.3, random.random(600), 1 - random.random(600) / (2 + repeats))
    return History(repeats, np.where(repeats > 0, np.floor(age * share), 0), age, np.ones(600))


@cache
def fitted() -> Members:
    """All four, fitted at the origin on the fourteen slices closed by then."""
    active = np.repeat(np.round(200 * np.tile(SEASON, 3)).astype(np.int64), 7)
    rows = shop().closed_by(ORIGIN)
    return fit_members(rows, everybody(), ORIGIN, Activity(0, active, active // 10), WINDOW, PARAMS)


def now() -> TrainingTable:
    """The rows to be scored: the newest slice and one of half a year before, of another season."""
    return shop().take((shop().snapshot == ORIGIN) | (shop().snapshot == ORIGIN - 5 * 28))


def chosen(name: str = "all three") -> Chosen:
    """A blend of the members with a calibration."""
    return Chosen(fitted(), Blend(name, BLENDS[name], Calibrator("sigmoid", 0.9, -0.1)), Spread(0.2, 3.0))


def test_every_member_is_finite_where_features_are_missing() -> None:
    """No feature but a customer's history, or infinite ones: every member still says something."""
    assert fitted().base.season.strength > 0  # or the tests of the season here would prove nothing
    for value in (np.nan, np.inf, -np.inf):
        rows = replace(now(), values=now().values.copy())
        rows.values[:, len(HISTORY) :] = value
        scores = fitted().scores(rows)
        assert tuple(scores) == MEMBERS
        assert all(np.isfinite(values).all() for values in scores.values())
        assert np.isfinite(fitted().contributions(rows, MEMBERS)).all()


@pytest.mark.parametrize("name", HISTORY)
def test_a_missing_history_is_refused(name: str) -> None:
    """Nobody is eligible without one: better no probability than one made of nothing."""
    rows = replace(now(), values=now().values.copy())
    rows.values[0, NAMES.index(name)] = np.nan
    with pytest.raises(ValueError, match="1 entries differ"):
        fitted().scores(rows)


@pytest.mark.parametrize("name", ["rule", "logistic", *BLENDS])
def test_contributions_add_up(name: str) -> None:
    """A blend's mean log odds without the season's shift, up to a constant; reasons are not made of the season."""
    rows, members = now(), BLENDS.get(name, (name,))
    shift = 0.0 if name == "rule" else fitted().base.shift(rows)  # the rule knows no season
    rest = mean_of(fitted().scores(rows), members) - shift - fitted().contributions(rows, members).sum(axis=1)
    assert fitted().contributions(rows, members).shape == (len(rows), len(fitted().names))
    assert rest == pytest.approx(np.full(len(rows), rest[0]), abs=1e-6)


@pytest.mark.parametrize("name", ["rule", "customer_base"])
def test_what_rule_and_customer_base_say_is_the_recencys(name: str) -> None:
    """All of it, and nothing of another feature."""
    parts = fitted().contributions(now(), [name])
    assert np.flatnonzero(np.ptp(parts, axis=0)).tolist() == [fitted().names.index(HISTORY[0])]
    assert set(np.delete(parts, fitted().names.index(HISTORY[0]), axis=1).ravel()) == {0.0}


def test_the_season_moves_trees_and_logistic_as_it_moves_the_base() -> None:
    """Without the season all three differ by the same shift, and the rule by nothing."""
    base = fitted().base
    flat = replace(fitted(), base=replace(base, season=replace(base.season, weeks=()), timed=base.plain))
    with_season, without = fitted().scores(now()), flat.scores(now())
    for name in ("customer_base", "logistic", "trees"):
        assert with_season[name] - without[name] == pytest.approx(base.shift(now()), abs=1e-9)
    assert with_season["rule"].tolist() == without["rule"].tolist()


def test_the_season_was_known_to_the_fits() -> None:
    """Learnt beside the shift, so many leave on the rows learnt from as left; by trees, nearly so."""
    rows = shop().closed_by(ORIGIN)
    scores = fitted().scores(rows)
    assert sigmoid(scores["logistic"]).mean() == pytest.approx(rows.churned.mean(), abs=1e-4)
    assert sigmoid(scores["trees"]).mean() == pytest.approx(rows.churned.mean(), abs=0.02)


def test_text_and_json_bring_the_model_back() -> None:
    """The same bytes: probabilities, the scores of every member and contributions."""
    one = chosen()
    told = json.loads(json.dumps(one.members.to_json(), allow_nan=False))
    calibration = json.loads(json.dumps({**one.blend.to_json(), "spread": one.spread.to_json()}))
    again = Chosen.from_data(told, booster_text(one.members.booster), calibration)
    assert again.probability(now()).tobytes() == one.probability(now()).tobytes()
    for name, score in one.members.scores(now()).items():
        assert again.members.scores(now())[name].tobytes() == score.tobytes()
    assert again.contributions(now()).tobytes() == one.contributions(now()).tobytes()
    assert (again.blend, again.spread, again.members.rule) == (one.blend, one.spread, one.members.rule)


@pytest.mark.parametrize("name", BLENDS)
def test_members_disagree_from_the_lowest_to_the_highest(name: str) -> None:
    """Of the blend's members only."""
    low, high = chosen(name).disagreement(now())
    each = [sigmoid(fitted().scores(now())[member]) for member in BLENDS[name]]
    assert low.tolist() == np.min(each, axis=0).tolist()
    assert high.tolist() == np.max(each, axis=0).tolist()


def test_features_are_matched_by_name() -> None:
    """Columns in another order, and one that no member knows: the same bytes. A missing one is named."""
    order = [4, 2, 0, 5, 1, 3]
    values = np.column_stack([now().values[:, order], np.full(len(now()), 9)]).astype(np.float32)
    moved = replace(now(), values=values, names=(*(NAMES[column] for column in order), "new"))
    assert chosen().probability(moved).tobytes() == chosen().probability(now()).tobytes()
    assert chosen().contributions(moved).tobytes() == chosen().contributions(now()).tobytes()
    with pytest.raises(KeyError, match="noise"):
        chosen().probability(replace(now(), values=now().values[:, :5], names=NAMES[:5]))


def test_another_seed_changes_the_trees_only() -> None:
    """And the same seed nothing at all: the trees are learnt on the same rows, features and offset."""
    rows = shop().closed_by(ORIGIN)
    same, other = (reseeded(fitted(), rows, PARAMS, seed) for seed in (PARAMS.seed, 8))
    assert booster_text(same.booster) == booster_text(fitted().booster) != booster_text(other.booster)
    assert other.to_json() == fitted().to_json()


def test_how_long_the_shop_was_observed_is_not_learnt() -> None:
    """It numbers the slices. The rest is, and by the trees and logistic regression also the customer base's score."""
    assert NOT_LEARNT == ("days_observed",)
    assert fitted().names == (*HISTORY, "count_visits_28d", "noise")
    assert fitted().booster.feature_name() == [*fitted().names, "customer_base_score"]
    assert len(fitted().logistic.mean) == 2 * len(fitted().booster.feature_name())


def two_traits(customers: int) -> tuple[np.ndarray, Floats, Bools]:
    """Two features whose logarithms are standard normal, log odds known beforehand that go with the first, outcomes."""
    random = np.random.default_rng(3)
    z = random.normal(size=(customers, 2))
    offset: Floats = 1.5 * z[:, 0] + random.normal(size=customers)
    churned: Bools = random.random(customers) < sigmoid(0.7 * z[:, 0] - 0.5 * z[:, 1] - 0.3 + offset)
    return np.column_stack([np.sign(z) * np.expm1(np.abs(z)), np.full(customers, 4.0)]), offset, churned


def test_logistic_learns_what_the_offset_does_not_say() -> None:
    """The coefficients of 20,000 customers within .06; without the offset the first takes its part as well."""
    values, offset, churned = two_traits(20_000)
    found, bare = fit_logistic(values, churned, offset), fit_logistic(values, churned, np.zeros(20_000))
    assert found.coefficient[:2] == pytest.approx([0.7, -0.5], abs=0.06)
    assert found.intercept == pytest.approx(-0.3, abs=0.06)
    assert bare.coefficient[0] > 1.5
    assert found.coefficient[2:].tolist() == [0.0] * 4  # a constant column, and flags of what was never missing


def test_logistic_by_hand() -> None:
    """One feature: (ln(1 + 3) - 1) / 0.5 standard deviations at 2 each; missing counts as 0 and by its flag."""
    model = Logistic(np.array([1.0, 0.25]), np.array([0.5, 0.25]), np.array([2.0, 1.0]), 0.5)
    low, high, none = 2 * (-log(4) - 1) / 0.5 - 1, 2 * (log(4) - 1) / 0.5 - 1, 2 * (0 - 1) / 0.5 + 3
    rows = np.array([[-3], [3], [np.nan], [np.inf], [-np.inf]], np.float32)
    assert model.contributions(rows)[:, 0] == pytest.approx([low, high, none, none, none])
    assert model.score(rows, np.arange(5.0)) == pytest.approx(
        [low + 0.5, high + 1.5, none + 2.5, none + 3.5, none + 4.5]
    )
    for absurd in (1e3, 3e38):  # (ln(1001) - 1) / 0.5 is 11.8 already
        assert model.contributions(np.array([[absurd]], np.float32))[0, 0] == 2 * FARTHEST - 1


UNCERTAIN = {  # active days, tenure, lowest and highest probability, horizon, why
    "sure": (9, 200, 0.30, 0.54, 28, None),
    "far apart": (9, 200, 0.25, 0.5, 28, "Hard to tell: the estimates range from 25% to 50%"),
    "new": (1, 6, 0.4, 0.4, 28, "Known for 6 days only, active on one"),
    "since yesterday": (1, 1, 0.4, 0.4, 28, "Known for 1 day only, active on one"),
    "since today": (1, 0, 0.4, 0.4, 28, "Known since today only, active on one day"),
    "a quarter of the horizon": (1, 7, 0.4, 0.4, 28, None),
    "new and back already": (2, 6, 0.4, 0.4, 28, None),
    "new comes first": (1, 6, 0.1, 0.9, 28, "Known for 6 days only, active on one"),
    "old and far apart": (1, 7, 0.1, 0.9, 28, "Hard to tell: the estimates range from 10% to 90%"),
    "a horizon of two days, today": (1, 0, 0.4, 0.4, 2, "Known since today only, active on one day"),
    "a horizon of two days, yesterday": (1, 1, 0.4, 0.4, 2, None),
}


@pytest.mark.parametrize(("active", "tenure", "low", "high", "horizon", "why"), UNCERTAIN.values(), ids=UNCERTAIN)
def test_what_rests_on_little(active: int, tenure: int, low: float, high: float, horizon: int, why: str | None) -> None:
    """Of two customers, the second of whom is beyond doubt."""
    told = [np.array(pair, np.float64) for pair in ((active, 50), (tenure, 400), (low, 0.5), (high, 0.6))]
    found = uncertain(told[0], told[1], told[2], told[3], horizon)
    numbers = [None if np.isnan(column[0]) else float(column[0]) for column in (found.days, found.low, found.high)]
    assert found.key[1] is None
    asked = {None: [], KNOWN_FOR_DAYS: [0], ESTIMATES_DIFFER: [1, 2]}[found.key[0]]
    assert [at for at, number in enumerate(numbers) if number is not None] == asked
    assert np.isnan([found.days[1], found.low[1], found.high[1]]).all()
    assert (None if found.key[0] is None else uncertain_text(Texts("en"), found.key[0], *numbers)) == why
