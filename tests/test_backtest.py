"""The rules of time on typed dates, and what a rolling origin may learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from features.snapshots import day_number
from models import backtest
from models.backtest import Backtest, Material, rolling_backtest
from models.baselines import BASELINES, fit_baselines
from models.booster import BoosterParams, fit_booster, raw_scores
from models.calibration import sigmoid
from models.census import Lapsed, population
from models.members import MEMBERS, fit_members
from models.season import Activity
from models.table import TrainingTable, Window

SMALL = BoosterParams(6, 0.3, 6, 10, 1.0, 0.7, 63, seed=7, num_threads=1)
GRID = tuple(str(np.datetime64("2024-01-01") + 28 * step) for step in range(7))
JAN_1, JAN_29, FEB_26, MAR_25, APR_22, MAY_20, JUN_17 = GRID  # every four weeks; labels look eight weeks ahead
FIVE = GRID[:5]
SILENCE, TENURE, SPEND = "days_since_last_activity", "tenure_days", "amount_größe_84d"
NAMES = (SILENCE, "active_days_lifetime", "count_activity_lifetime", TENURE, SPEND, "days_observed")


def number(day: str) -> int:
    """The day number of a date as text."""
    return day_number(date.fromisoformat(day))


def typed(*rows: tuple[str, bool], label_days: int = 56) -> TrainingTable:
    """One row per (snapshot, churned), each of its own customer; the feature counts the rows."""
    snapshots, churned = zip(*rows, strict=True)
    days = np.array([number(day) for day in snapshots], np.int64)
    values = np.arange(len(rows), dtype=np.float32)[:, None]
    return TrainingTable(np.arange(len(rows)), days, np.array(churned, bool), values, ("row",), label_days)


def simulated(customers: int = 100, days: Sequence[str] = FIVE, signal: float = 0.05, seed: int = 5) -> TrainingTable:
    """Each customer at each snapshot: the longer silent, the likelier gone; some spend is null."""
    random, n = np.random.default_rng(seed), customers * len(days)
    snapshot = np.tile([number(day) for day in days], customers)
    tenure = np.repeat(random.integers(60, 400, customers), len(days)) + snapshot - number(days[0])
    active = random.geometric(0.15, n)
    silence = np.where(active == 1, tenure, np.minimum(random.geometric(0.03, n), tenure - 1))
    spend = np.where(random.random(n) < 0.05, np.nan, random.normal(30, 20, n) * active)
    churned = random.random(n) < 1 / (1 + np.exp(-signal * (silence - 30)))
    values = np.column_stack([silence, active, 2 * active, tenure, spend, snapshot]).astype(np.float32)
    return TrainingTable(np.repeat(np.arange(customers), len(days)), snapshot, churned, values, NAMES, 56)


def material(table: TrainingTable, most_slices: int = 26) -> Material:
    """Eight lapsed customers in two histories at every snapshot, and two years of activity with a strong season."""
    days, start = np.repeat(table.slices(), 2), number("2022-10-03")
    lapsed = Lapsed(days, *(np.resize(pair, len(days)) for pair in ([1, 4], [300, 200], [300, 350], [5, 3])))
    active = np.round(30 + 20 * np.sin(np.arange(728) * 2 * np.pi / 364)).astype(np.int64)
    return Material(table, lapsed, Activity(start, active, active // 5 + 1), Window(7, 49), SMALL, most_slices)


def all_bytes(found: Backtest) -> dict[str, bytes]:
    """Every column of a backtest as raw bytes."""
    columns = {name: getattr(found, name) for name in ("origin", "customer", "churned", "value", "recency")}
    return {name: values.tobytes() for name, values in (columns | found.scores | found.baselines).items()}


def test_closed_is_closed_on_the_day_itself() -> None:
    """Eight weeks from 1 January end where 26 February begins; one day earlier the outcome is not known."""
    table = typed((JAN_1, True), (JAN_29, False), (FEB_26, False), (MAR_25, True))
    assert table.closed_by(number("2024-02-25")).slices() == []
    assert table.closed_by(number(FEB_26)).slices() == [number(JAN_1)]
    assert table.closed_by(number(MAR_25)).slices() == [number(JAN_1), number(JAN_29)]


def test_a_slice_is_an_origin_once_another_is_closed() -> None:
    """With a label of 57 days, 26 February is a day too early."""
    rows = [(day, False) for day in FIVE]
    assert typed(*rows).origins() == [number(day) for day in (FEB_26, MAR_25, APR_22)]
    assert typed(*rows, label_days=57).origins() == [number(day) for day in (MAR_25, APR_22)]
    assert typed((JAN_1, True)).origins() == []


def test_rows_of_a_slice() -> None:
    """All of its columns stay together, in order; one that is not there is refused by name."""
    table = typed((JAN_1, True), (JAN_29, False), (JAN_1, False), (JAN_29, True))
    part = table.at(number(JAN_29))
    assert (len(part), part.customer.tolist(), part.churned.tolist()) == (2, [1, 3], [False, True])
    assert part.column("row").tolist() == [1.0, 3.0]
    assert part.slices() == [number(JAN_29)]
    with pytest.raises(KeyError, match="spend"):
        part.column("spend")


@pytest.mark.parametrize("origin", [FEB_26, MAY_20, JUN_17])
def test_what_was_not_closed_never_reaches_an_origin(origin: str) -> None:
    """Flip every outcome that closes later, garble what else was not there yet: the same bytes, outcomes aside."""
    table, day = simulated(days=GRID), number(origin)
    here = material(table)
    unclosed = table.snapshot + table.label_days > day
    values = table.values.copy()
    values[unclosed & (table.snapshot != day)] *= 3
    rows = ~((table.snapshot > day) & (table.customer % 2 == 0))  # and half of the later rows are gone
    active, later = here.activity.active.copy(), here.lapsed.snapshot > day
    active[day - here.activity.start :] = 999
    there = replace(
        here,
        table=replace(table, churned=table.churned ^ unclosed, values=values).take(rows),
        lapsed=replace(here.lapsed, customers=np.where(later, 50, here.lapsed.customers)),
        activity=Activity(here.activity.start, active, active),
    )
    one, other = (all_bytes(rolling_backtest(each, [day])) for each in (here, there))
    assert one.pop("churned") != other.pop("churned")
    assert one == other
    assert b"" not in one.values()
    assert set(MEMBERS + BASELINES) < set(one)


def test_what_was_closed_does() -> None:
    """Labels that close on the day itself and activity of the day before change scores: the test above can fail."""
    here, day = material(simulated(days=GRID)), number(MAY_20)
    labels = replace(here.table, churned=here.table.churned ^ (here.table.snapshot == number(MAR_25)))
    active = here.activity.active.copy()
    active[day - here.activity.start - 100 : day - here.activity.start] *= 9
    plain, flipped, busy = (
        rolling_backtest(each, [day]).scores
        for each in (here, replace(here, table=labels), replace(here, activity=replace(here.activity, active=active)))
    )
    assert {name for name in MEMBERS if (plain[name] != flipped[name]).any()} >= {"rule", "logistic", "trees"}
    assert {name for name in MEMBERS if (plain[name] != busy[name]).any()} == {"customer_base", "logistic", "trees"}


def test_outcomes_stand_beside_their_scores() -> None:
    """One entry per (customer, origin), origins rising, each what the fits of that day say."""
    here, day = material(simulated()), number(MAR_25)
    found = rolling_backtest(here)
    assert found.origins() == [number(day) for day in (FEB_26, MAR_25, APR_22)]
    assert (np.diff(found.origin) >= 0).all()
    at, test, past = found.at(day), here.table.at(day), here.table.take(here.table.snapshot <= number(JAN_29))
    everybody = population(test, here.lapsed, day)
    assert everybody.weight.sum() == 100 + 8
    scores = fit_members(past, everybody, day, here.activity, here.window, SMALL).scores(test)
    assert {name: values.tolist() for name, values in at.scores.items()} == {k: v.tolist() for k, v in scores.items()}
    for item in fit_baselines(past, test, here.lapsed, 49):
        assert at.baselines[item.name].tolist() == item.probability.tolist()
    assert (at.churned.tolist(), at.customer.tolist()) == (test.churned.tolist(), test.customer.tolist())
    assert at.recency.tolist() == test.column(SILENCE).tolist()
    assert at.value.tolist() == np.nan_to_num(test.column(SPEND)).tolist()
    assert found.up_to(day).origins() == [number(FEB_26), day]  # the day itself included


def test_workers_change_no_number() -> None:
    """One fit at a time or two: the same bytes."""
    one, two = (all_bytes(rolling_backtest(material(simulated()), workers=workers)) for workers in (1, 2))
    assert one == two


def test_only_the_newest_slices_are_learnt_from() -> None:
    """Flipping the oldest closed labels matters where three slices may be learnt from, and not where two may."""
    table = simulated()
    flipped = replace(table, churned=table.churned ^ (table.snapshot == number(JAN_1)))
    day = number(APR_22)  # JAN_1, JAN_29 and FEB_26 are closed
    assert material(table, 2).closed_by(day).slices() == [number(JAN_29), number(FEB_26)]
    same = {
        most: len(
            {rolling_backtest(material(each, most), [day]).scores["trees"].tobytes() for each in (table, flipped)}
        )
        for most in (2, 3)
    }
    assert same == {2: 1, 3: 2}


def test_noise_is_not_predicted() -> None:
    """Labels by lot: out of time every AUC is .5 within four standard errors; the rows learnt from look splendid."""
    table = simulated(customers=700, signal=0.0)
    found = rolling_backtest(material(table), [number(MAR_25), number(APR_22)])
    for scores in found.scores.values():
        assert roc_auc_score(found.churned, scores) == pytest.approx(0.5, abs=4 * 0.29 / np.sqrt(350))
    many = replace(SMALL, num_rounds=30)
    assert roc_auc_score(table.churned, raw_scores(fit_booster(table, many), table.values)) > 0.6


def test_an_origin_with_one_closed_outcome_is_left_out() -> None:
    """Before 25 March everybody had stayed; there was nothing to learn."""
    table = simulated()
    table = replace(table, churned=table.churned & (table.snapshot >= number(JAN_29)))
    assert rolling_backtest(material(table)).origins() == [number(MAR_25), number(APR_22)]
    assert len(rolling_backtest(material(replace(table, churned=np.zeros(len(table), bool))))) == 0


def test_an_origin_is_left_out_if_the_newest_slices_hold_one_outcome() -> None:
    """Both outcomes are closed by then, but only the newest slice may be learnt from, and there everybody stayed."""
    table = simulated()
    table = replace(table, churned=table.churned & (table.snapshot != number(JAN_29)))
    assert rolling_backtest(material(table, most_slices=1)).origins() == [number(FEB_26), number(APR_22)]


@pytest.mark.parametrize("customers", [1, 3])
def test_so_few_customers_still_give_numbers(customers: int) -> None:
    """Where `models.minimum` has a rule make the list, the backtest must not fail before."""
    found = rolling_backtest(material(simulated(customers, seed=27)))
    assert len(found) == customers * len(found.origins()) > 0
    assert np.isfinite([*found.scores.values(), found.baselines["base_rate"]]).all()


def test_trees_promise_the_rate_where_nearly_everybody_leaves() -> None:
    """No split pays while the level is wrong: they stopped at once and said 50% of everybody."""
    table, day = simulated(300), number(APR_22)
    table = replace(table, churned=table.churned | (np.random.default_rng(1).random(len(table)) < 0.95))
    here = replace(material(table), params=BoosterParams(100, 0.1, None, 50, 20.0, 0.3, 255, seed=7, num_threads=1))
    everybody = population(table.at(day), here.lapsed, day)
    trees = fit_members(table, everybody, day, here.activity, here.window, here.params).scores(table)["trees"]
    assert sigmoid(trees).mean() == pytest.approx(table.churned.mean(), abs=0.01)


def test_no_origin_no_predictions() -> None:
    """Two slices whose labels overlap: every column is there and empty."""
    found = rolling_backtest(material(simulated(days=(JAN_1, JAN_29))))
    assert set(all_bytes(found).values()) == {b""}
    assert (len(found), tuple(found.scores), tuple(found.baselines)) == (0, MEMBERS, BASELINES)


def test_only_the_newest_origins_are_refitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two where two are allowed, and the one who waits is told which."""
    monkeypatch.setattr(backtest, "MOST_ORIGINS", 2)
    told: list[int] = []

    def watch(origins: Sequence[int]) -> Sequence[int]:
        told.extend(origins)
        return origins

    found = rolling_backtest(material(simulated()), watch=watch)
    assert told == found.origins() == [number(MAR_25), number(APR_22)]
