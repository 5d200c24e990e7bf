"""The spend forecast on a small shop of its own: what it learns from, what it may not see, and odd amounts."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.backtest import Material
from models.booster import BoosterParams, booster_text
from models.census import Lapsed
from models.season import Activity
from models.spend import Spend, SpendBase, fit_spend_base
from models.table import Floats, TrainingTable, Window
from models.value import Parts, Shape, ValueModel, choose_shape, fit_value, level_of, unconditional
from models.value_backtest import fit_at, known_at, rolling_values, value_procedure

PARAMS = BoosterParams(20, 0.2, 6, 10, 1.0, 0.7, 63, 7, 1)
EVERY, HORIZON, SLICES = 28, 56, 9
NAMES = (
    "days_since_last_activity",
    "active_days_lifetime",
    "tenure_days",
    "amount_buy_lifetime",
    "days_observed",
    "campaign",
)
COLUMN = ("amount_buy_lifetime",)
DAYS = [EVERY * number for number in range(20, 20 + SLICES)]
ORIGIN = DAYS[-3]  # six slices are closed by then but for the last two


@cache
def shop(customers: int = 240) -> tuple[TrainingTable, Spend]:
    """Customers with a rhythm and a worth of their own; who is in the campaign spends half as much again."""
    random = np.random.default_rng(21)
    snapshot = np.repeat(DAYS, customers)
    n = len(snapshot)
    tenure = random.integers(100, 500, n).astype(np.float64)
    rate, worth = random.gamma(1.5, 0.02, n), random.lognormal(3.5, 0.7, n)
    active = 1.0 + random.poisson(rate * tenure)
    recency = np.where(active == 1, tenure, np.minimum(random.geometric(0.05, n), tenure - 1))
    campaign = random.integers(0, 2, n)
    came = random.poisson(rate * HORIZON) * (random.random(n) > 0.2)
    spend = came * worth * (1 + 0.5 * campaign) * random.uniform(0.8, 1.2, n)
    lifetime = active * worth
    columns = (recency, active, tenure, lifetime, snapshot - 400.0, campaign)
    values = np.column_stack(columns).astype(np.float32)
    table = TrainingTable(np.tile(np.arange(customers), SLICES), snapshot, came == 0, values, NAMES, HORIZON)
    return table, Spend(spend, lifetime * HORIZON / tenure, COLUMN)


def lapsed() -> Lapsed:
    """At every snapshot, and at the census, 60 customers who left long ago."""
    days = np.repeat([*DAYS, DAYS[-1] + HORIZON], 60)
    repeats = np.tile(np.arange(60) % 5, SLICES + 1)
    recency = np.tile(200 + np.arange(60), SLICES + 1)
    return Lapsed(days, repeats + 1, recency, recency + 30 * repeats, np.ones(len(days), np.int64))


def material(table: TrainingTable | None = None, silence: bool = True) -> Material:
    """What fits are made of; a year of activity is not known, so there is no season."""
    activity = Activity(0, np.full(300, 20), np.full(300, 2))
    return Material(table or shop()[0], lapsed(), activity, Window(0, HORIZON), PARAMS, 26, silence)


def said(table: TrainingTable | None = None) -> dict[int, Floats]:
    """The same chance of leaving for everybody, at every origin."""
    rows = table or shop()[0]
    return {day: np.full(len(rows.at(day)), 0.4) for day in rows.origins()}


@cache
def fitted() -> ValueModel:
    """The forecast at the origin."""
    return fit_at(material(), shop()[1], ORIGIN)[0]


def staying(model: ValueModel, strength: float = 1.0) -> Floats:
    """Expected spend of the rows of the origin."""
    return Shape(strength).expected(model.parts(shop()[0].at(ORIGIN)))


def test_it_orders_and_sums_up_those_who_stay() -> None:
    """Out of time, of stayers: the sum within 15%, and the better half by forecast spends three times the other's."""
    table, spend = shop()
    stayed = ~table.at(ORIGIN).churned
    forecast, paid = staying(fitted())[stayed], spend.within[table.snapshot == ORIGIN][stayed]
    assert forecast.sum() == pytest.approx(paid.sum(), rel=0.15)
    better = forecast > np.median(forecast)
    assert paid[better].sum() > 3 * paid[~better].sum()


def test_trees_learn_what_the_base_cannot_know() -> None:
    """The campaign, in which half as much again is spent: nothing in the base, most of it in the trees."""
    table = shop()[0].at(ORIGIN)
    parts, campaign = fitted().parts(table), table.column("campaign") == 1
    assert abs(parts.base[campaign].mean() - parts.base[~campaign].mean()) < 0.15
    assert 0.2 < parts.trees[campaign].mean() - parts.trees[~campaign].mean() < 0.6


def test_leavers_teach_nothing_but_their_share() -> None:
    """Other spend of those who left: the same forecast of stayers, byte for byte, and another `leavers`."""
    table, spend = shop()
    more = replace(spend, within=np.where(table.churned, 30.0, spend.within))
    other = fit_at(material(), more, ORIGIN)[0]
    assert staying(other).tobytes() == staying(fitted()).tobytes()
    assert fitted().leavers == 0
    assert other.leavers > 0


def test_open_labels_are_not_learnt_from() -> None:
    """Spend and outcomes of every slice that is not closed by the origin, changed: the same model, byte for byte."""
    table, spend = shop()
    still_open = table.snapshot + HORIZON > ORIGIN
    assert still_open.any()
    later = replace(spend, within=np.where(still_open, 9999.0, spend.within))
    flipped = replace(table, churned=table.churned ^ still_open)
    other = fit_at(material(flipped), later, ORIGIN)[0]
    assert booster_text(other.booster) == booster_text(fitted().booster)
    assert json.dumps(other.to_json()) == json.dumps(fitted().to_json())


def test_the_newest_closed_label_is_learnt_from() -> None:
    """So the test before would notice a wall that stands too early."""
    table, spend = shop()
    edge = table.snapshot + HORIZON == ORIGIN
    other = fit_at(material(), replace(spend, within=np.where(edge, 2 * spend.within, spend.within)), ORIGIN)[0]
    assert booster_text(other.booster) != booster_text(fitted().booster)


def test_the_procedure_knows_no_outcome_of_its_origin() -> None:
    """What came true at the newest origins, changed: forecasts of all origins stay."""
    past = rolling_values(material(), shop()[1], said())
    newest = replace(past, spend=np.where(past.origin + HORIZON > past.origins()[-1], 1e6, past.spend))
    assert value_procedure(newest, HORIZON).tobytes() == value_procedure(past, HORIZON).tobytes()


def test_two_workers_change_no_number() -> None:
    """One after the other or two at a time."""
    one, two = (rolling_values(material(), shop()[1], said(), workers=workers) for workers in (1, 2))
    assert (one.base.tobytes(), one.trees.tobytes()) == (two.base.tobytes(), two.trees.tobytes())


def test_text_and_json_bring_the_model_back() -> None:
    """The same bytes of both parts."""
    told = json.loads(json.dumps(fitted().to_json(), allow_nan=False))
    again = ValueModel.from_data(told, booster_text(fitted().booster))
    table = shop()[0].at(ORIGIN)
    assert again.parts(table).base.tobytes() == fitted().parts(table).base.tobytes()
    assert again.parts(table).trees.tobytes() == fitted().parts(table).trees.tobytes()


def test_a_missing_feature_is_named() -> None:
    """Better no forecast than one without it."""
    table = shop()[0].at(ORIGIN)
    short = replace(table, values=table.values[:, :-1], names=NAMES[:-1])
    with pytest.raises(KeyError, match="campaign"):
        fitted().parts(short)


def test_cents_are_a_hundred_times_as_many() -> None:
    """All amounts times a hundred: so is every forecast, but for the rounding of features to float32."""
    table, spend = shop()
    values = table.values.copy()
    values[:, NAMES.index(COLUMN[0])] *= 100
    cents = replace(table, values=values)
    model = fit_at(material(cents), replace(spend, within=100 * spend.within), ORIGIN)[0]
    forecast = Shape(1.0).expected(model.parts(cents.at(ORIGIN)))
    assert forecast == pytest.approx(100 * staying(fitted()), rel=0.02)


def test_one_wholesaler_does_not_make_everybody_rich() -> None:
    """One customer spends nine times what all others do: forecasts of the others stay within a factor of two."""
    table, spend = shop()
    whale = table.customer == 7
    rest = float(spend.within[~whale].sum() / SLICES)
    within = np.where(whale, 9 * rest, spend.within)
    values = table.values.copy()
    values[whale, NAMES.index(COLUMN[0])] = 9 * rest * 5
    changed = replace(table, values=values, churned=table.churned & ~whale)
    model = fit_at(material(changed), replace(spend, within=within), ORIGIN)[0]
    here = changed.at(ORIGIN)
    forecast, others = Shape().expected(model.parts(here)), here.customer != 7
    ratio = forecast[others].sum() / staying(fitted(), 0.5)[others].sum()
    assert 0.5 < ratio < 2
    assert forecast[~others][0] > 20 * np.median(forecast[others])


def test_corrections_do_not_break_the_fit() -> None:
    """Windows whose sum is negative count as nothing; forecasts stay above 0 and finite."""
    table, spend = shop()
    odd = replace(spend, within=np.where(np.arange(len(table)) % 9 == 0, -50.0, spend.within))
    values = table.values.copy()
    values[::5, NAMES.index(COLUMN[0])] = -10
    forecast = staying(fit_at(material(replace(table, values=values)), odd, ORIGIN)[0])
    assert np.isfinite(forecast).all()
    assert (forecast > 0).all()


@pytest.mark.parametrize("what", ["all amounts zero", "no stayers", "nothing closed"])
def test_nothing_to_learn_is_refused(what: str) -> None:
    """No forecast is made of nothing."""
    table, spend = shop()
    if what == "all amounts zero":
        spend = replace(spend, within=np.zeros(len(table)))
    if what == "no stayers":
        table = replace(table, churned=np.ones(len(table), bool))
    origin = DAYS[0] if what == "nothing closed" else ORIGIN
    with pytest.raises(ValueError, match=r"no spend can be forecast|no labelled row was closed"):
        fit_at(material(table), spend, origin)


def test_origins_without_a_forecast_are_left_out() -> None:
    """Nobody had spent anything by the first origins."""
    table, spend = shop()
    late = replace(spend, within=np.where(table.snapshot < DAYS[3], 0.0, spend.within))
    past = rolling_values(material(), late, said())
    assert past.origins() == [day for day in said() if day >= DAYS[3] + HORIZON]
    assert len(rolling_values(material(), replace(spend, within=np.zeros(len(table))), said())) == 0


def test_without_a_rhythm_everybody_gets_the_mean() -> None:
    """Where nobody ever came back, BG/NBD cannot be fitted: the base is the stayers' mean, there is no rival."""
    table = shop()[0]
    values = table.values.copy()
    values[:, NAMES.index("active_days_lifetime")] = 1
    values[:, NAMES.index("days_since_last_activity")] = values[:, NAMES.index("tenure_days")]
    once = replace(table, values=values)
    known = known_at(material(once), ORIGIN)
    nobody = np.zeros(len(known.everybody.age))
    known = replace(known, everybody=replace(known.everybody, repeats=nobody, last=nobody))
    found = fit_spend_base(known, once.closed_by(ORIGIN), COLUMN, 12.5)
    assert set(found.base.staying(once.at(ORIGIN))) == {12.5}
    assert found.classic(once.at(ORIGIN)) is None


def test_where_leaving_is_not_silence_stayers_may_be_idle() -> None:
    """The base then expects fewer active days than of somebody who is sure to come."""
    table, spend = shop()
    sure, idle = (fit_at(material(silence=silence), spend, ORIGIN)[0].base for silence in (True, False))
    here = table.at(ORIGIN)
    assert (idle.staying(here) < sure.staying(here)).all()
    assert SpendBase.from_json(json.loads(json.dumps(idle.to_json()))).silence is False


def test_the_shipped_model_needs_no_slice_of_its_own_day() -> None:
    """Today is no slice: worth is fitted on the newest one, rhythm on the census."""
    today = DAYS[-1] + HORIZON
    known = known_at(material(), today)
    assert (known.origin, known.newest.slices()) == (today, [DAYS[-1]])
    assert len(known.everybody.repeats) == 60
    model, _ = fit_at(material(), shop()[1], today)
    assert np.isfinite(staying(model)).all()


def test_unconditional_spend_by_hand() -> None:
    """100 if they stay, 30% leave and then spend a tenth: 70 + 3."""
    assert unconditional(np.array([100.0]), np.array([0.3]), 0.1) == pytest.approx([73.0])


def parts_of(trees: float, noise: float, bias: float, seed: int = 4) -> tuple[Parts, Floats, np.ndarray]:
    """Ten origins of 300 stayers whose spend has the base's, a share of the trees' factor, noise and a bias."""
    random, n = np.random.default_rng(seed), 3000
    base, factor = random.normal(4, 1, n), random.normal(0, 0.5, n)
    spend = np.exp(base + trees * factor + random.normal(0, noise, n) - noise**2 / 2) * bias
    return Parts(base, factor), spend, np.repeat(np.arange(10) * 28, 300)


@pytest.mark.parametrize(("trees", "strength"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_trees_count_for_what_they_are_worth(trees: float, strength: float) -> None:
    """None, half or all of their factor, by what held at the origins."""
    assert choose_shape(*parts_of(trees, 0.3, 1.0), 56).strength == strength


@pytest.mark.parametrize("bias", [0.5, 2.0])
def test_a_lasting_bias_is_taken_out(bias: float) -> None:
    """Spend was half, or twice, what was forecast, at every origin."""
    parts, spend, origin = parts_of(1.0, 0.3, bias)
    shape = choose_shape(parts, spend, origin, 56)
    assert shape.level == pytest.approx(bias, rel=0.05)
    assert shape.expected(parts).sum() == pytest.approx(spend.sum())


def test_without_a_bias_the_level_stays_near_one() -> None:
    """Chosen or not, it does no harm."""
    assert choose_shape(*parts_of(1.0, 0.3, 1.0), 56).level == pytest.approx(1.0, abs=0.03)


def test_a_level_that_nobody_could_have_known_is_not_fitted() -> None:
    """Each month's level is its own: only who looks at a month's outcome could have set it."""
    parts, spend, origin = parts_of(1.0, 0.1, 1.0)
    month = np.array([0.3, 4.5, 3.8, 2.2, 1.3, 0.7, 4.3, 7.1, 6.1, 3.7])[origin // 28]
    assert choose_shape(parts, spend * month, origin, 28).level == 1.0


def test_five_origins_are_too_few_to_choose_on() -> None:
    """Half of the trees, as they are."""
    parts, spend, origin = parts_of(0.0, 0.3, 3.0)
    few = origin < 5 * 28
    assert choose_shape(Parts(parts.base[few], parts.trees[few]), spend[few], origin[few], 56) == Shape(0.5, 1.0)
    assert choose_shape(Parts(np.zeros(0), np.zeros(0)), np.zeros(0), np.zeros(0, np.int64), 56) == Shape(0.5, 1.0)


def test_a_level_of_nothing_is_one() -> None:
    """No spend at all says nothing of the level."""
    assert level_of(np.array([1.0, 2.0]), np.zeros(2)) == 1.0
    assert level_of(np.zeros(2), np.ones(2)) == 1.0


def test_fit_value_refuses_what_it_cannot_learn_from() -> None:
    """Said before LightGBM is asked."""
    table, spend = shop()
    with pytest.raises(ValueError, match="nobody among the labelled rows stayed and spent"):
        fit_value(table.take(table.churned), spend.take(table.churned), known_at(material(), ORIGIN), PARAMS)
