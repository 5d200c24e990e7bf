"""The customer base on simulated shops: a season believed only where there is one, nothing learnt from the future."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators import pareto_nbd_world

from models import customer_base
from models.bgnbd import BgNbd, History
from models.calibration import logit, sigmoid
from models.census import Lapsed, population
from models.customer_base import CustomerBase, fit_customer_base, histories, in_time
from models.pareto_nbd import ParetoNbd
from models.season import YEAR, Activity, Season
from models.table import Bools, Ints, TrainingTable, Window

pytestmark = pytest.mark.slow

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
NAMES = ("days_since_last_activity", "active_days_lifetime", "tenure_days")
WINDOW = Window(lead_days=7, horizon_days=56)
DAYS, BUSY = 1160, 280  # three years and a little; of each the last 84 days are busy
UP, DOWN = 2 * YEAR + BUSY - 7, 3 * YEAR - 7  # snapshots whose label windows open where the busy days begin and end
NEVER: Ints = np.zeros(0, np.int64)
UNKNOWN = Activity(0, NEVER, NEVER)


@cache
def shop(boost: float, entry: float = 1.0, seed: int = 0) -> Bools:
    """Who of 1,500 customers is active on which day: newcomers through a share `entry` of the days, `boost` when busy.

    Everybody has a Gamma rate and leaves at a Gamma rate, as Pareto/NBD has it, in seasonal time.
    """
    random, customers, day = np.random.default_rng(seed), 1500, np.arange(DAYS)
    first = np.floor(random.random(customers) * DAYS * entry).astype(np.int64)
    rate, stays = random.gamma(1.2, 1 / 25, customers), random.exponential(1 / random.gamma(1.5, 1 / 250, customers))
    alive = (day > first[:, None]) & (day <= (first + stays)[:, None])
    season = np.where(day % YEAR >= BUSY, boost, 1.0)
    active: Bools = alive & (random.random((customers, DAYS)) < -np.expm1(-rate[:, None] * season))
    active[np.arange(customers), first] = True
    return active


def known(active: Bools, snapshot: int) -> tuple[Ints, Ints]:
    """Who was active before a snapshot, and their recency, active days and tenure: a row each."""
    past = active[:, :snapshot]
    who = np.flatnonzero(past.any(axis=1))
    past = past[who]
    recency, tenure = past[:, ::-1].argmax(axis=1) + 1, snapshot - past.argmax(axis=1)
    return who, np.column_stack([recency, past.sum(axis=1), tenure])


def table(active: Bools, snapshots: Sequence[int]) -> TrainingTable:
    """A row per eligible customer and snapshot: who was active in the 182 days before."""
    parts: list[tuple[Any, ...]] = []
    for day in snapshots:
        who, values = known(active, day)
        who, values = who[values[:, 0] <= 182], values[values[:, 0] <= 182]
        opens = day + WINDOW.lead_days
        churned = ~active[who, opens : opens + WINDOW.horizon_days].any(axis=1)
        parts.append((who, np.full(len(who), day), churned, values))
    who, asked, churned, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return TrainingTable(who, asked, churned, values.astype(np.float32), NAMES, WINDOW.label_days)


def everybody(active: Bools, snapshot: int) -> History:
    """All who are known, by way of the census: at its day everybody is among the lapsed."""
    recency, count, tenure = known(active, snapshot)[1].T
    each = np.full(len(tenure), snapshot), count, recency, tenure, np.ones(len(tenure), np.int64)
    return population(table(active, [snapshot]).take(NEVER), Lapsed(*each), snapshot)


def activity(active: Bools) -> Activity:
    """The whole of it, days after any origin included."""
    return Activity(0, active.sum(axis=0), np.bincount(active.argmax(axis=1), minlength=DAYS))


def fitted(active: Bools, origin: int, slices: int = 20) -> CustomerBase:
    """Fit as at an origin, on slices every four weeks."""
    rows = table(active, range(origin - 28 * slices, origin + 1, 28)).closed_by(origin)
    return fit_customer_base(rows, everybody(active, origin), origin, activity(active), WINDOW)


@cache
def seasonal_base(origin: int = UP) -> CustomerBase:
    """Fit on a shop that is two and a half times as busy for 84 days of each year."""
    return fitted(shop(2.5), origin)


@pytest.mark.parametrize("origin", [UP, DOWN], ids=["before the busy days", "at their end"])
def test_a_season_is_believed_where_it_explains_churn(origin: int) -> None:
    """At both turns of the year the mean promise lies nearer to what came, by a third of the way and more."""
    base, here = seasonal_base(origin), table(shop(2.5), [origin])
    assert base.season.strength > 0
    left = here.churned.mean()
    timed, plain = sigmoid(base.score(here)).mean(), sigmoid(base.plain_score(here)).mean()
    assert abs(timed - left) < 0.7 * abs(plain - left)
    assert np.sign(timed - plain) == np.sign(left - plain)


def test_the_score_is_that_of_the_label_window() -> None:
    """Of the 56 days that open a week after the snapshot, on the season's clock; the plain score plus the shift."""
    base, here = seasonal_base(), table(shop(2.5), [UP])
    weeks = [base.season.weeks[(day - base.season.anchor) // 7 % 52] for day in range(UP + 7, UP + 63)]
    days = np.full(len(here), sum(weeks))
    told, whole = (in_time(part, UP, base.season) for part in (histories(here), everybody(shop(2.5), UP)))
    assert base.timed
    assert base.plain
    assert base.score(here) == pytest.approx(logit(base.timed.churn_probability(told, days)), abs=1e-9)
    assert base.plain_score(here) + base.shift(here) == pytest.approx(base.score(here), abs=1e-12)
    assert base.timed.log_likelihood(whole) > base.plain.log_likelihood(whole)  # each is fitted in its own time


NO_SEASON = {  # a boost of the busy days, the share of the days in which customers come, the origin, slices before it
    "every week alike": (1.0, 1.0, UP, 20),
    "a closed cohort": (2.5, 0.15, UP, 20),
    "too few slices": (2.5, 1.0, UP, 4),  # of five, two are closed
    "a year is not over": (2.5, 1.0, YEAR - 1, 10),
}


@pytest.mark.parametrize(("boost", "entry", "origin", "slices"), NO_SEASON.values(), ids=NO_SEASON.keys())
def test_no_season_is_believed_otherwise(boost: float, entry: float, origin: int, slices: int) -> None:
    """Then nothing moves, to the last bit."""
    active = shop(boost, entry)
    base, here = fitted(active, origin, slices), table(active, [origin])
    assert base.season == Season()
    assert base.timed == base.plain
    assert base.shift(here).tolist() == [0.0] * len(here)
    assert base.score(here).tobytes() == base.plain_score(here).tobytes()


def test_what_comes_after_the_origin_changes_nothing() -> None:
    """Other events from the origin on, and with them other labels, newcomers and activity: the same fit, by bytes."""
    active, other = shop(2.5).copy(), shop(2.5).copy()
    other[:, UP:] = np.random.default_rng(9).random((len(active), DAYS - UP)) < 0.2
    assert json.dumps(fitted(other, UP).to_json()) == json.dumps(seasonal_base().to_json())
    assert activity(other).newcomers[UP:].tolist() != activity(active).newcomers[UP:].tolist()
    active[:, UP - 1] |= other[:, UP]  # one day earlier it does change: the above proves something
    assert json.dumps(fitted(active, UP).to_json()) != json.dumps(seasonal_base().to_json())


def test_without_the_lapsed_everybody_looks_alive() -> None:
    """Fitted on the eligible alone, the promise is too good by far; on everybody it is close."""
    active = shop(1.0)
    rows = table(active, range(UP - 280, UP + 1, 28))
    here, days = rows.at(UP), activity(active)
    whole = fit_customer_base(rows.closed_by(UP), everybody(active, UP), UP, days, WINDOW)
    part = fit_customer_base(rows.closed_by(UP), histories(here), UP, days, WINDOW)
    left = here.churned.mean()
    assert sigmoid(whole.score(here)).mean() == pytest.approx(left, abs=0.05)
    assert sigmoid(part.score(here)).mean() < left - 0.1


def pareto_nbd_customers() -> History:
    """All who are known at the simulator's snapshot."""
    world = pareto_nbd_world(3000, 3)
    past = world.time < world.setting.snapshot
    who, time = world.customer[past], world.time[past]
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    ends = np.append(starts[1:], len(who)) - 1
    repeats = (ends - starts).astype(np.float64)
    return History(repeats, time[ends] - time[starts], world.setting.snapshot - time[starts], np.ones(len(starts)))


def bgnbd_customers() -> History:
    """Customers who toss a coin after each repeat purchase, none of whom can leave before the first one."""
    random, customers = np.random.default_rng(5), 3000
    age, rate = random.uniform(180, 720, customers), random.gamma(0.8, 20.0**-1, customers)
    gaps = np.cumsum(random.exponential(1 / np.maximum(rate, 1e-9)[:, None], (customers, 60)), axis=1)
    stays = random.random((customers, 60)) >= random.beta(0.8, 1.5, customers)[:, None]
    alive = np.cumprod(np.column_stack([np.ones(customers), stays[:, :-1]]), axis=1) > 0
    bought = alive & (gaps <= age[:, None])
    return History(bought.sum(axis=1) * 1.0, np.where(bought, gaps, 0).max(axis=1), age, np.ones(customers))


@pytest.mark.parametrize(
    ("customers", "kind"), [(bgnbd_customers, BgNbd), (pareto_nbd_customers, ParetoNbd)], ids=["BG/NBD", "Pareto/NBD"]
)
def test_the_likelier_model_is_kept(customers: Callable[[], History], kind: type) -> None:
    """The one that the customers were simulated from."""
    base = fit_customer_base(table(shop(1.0), [UP]).take(NEVER), customers(), UP, UNKNOWN, WINDOW)
    assert isinstance(base.plain, kind)
    assert base.timed is base.plain


@pytest.mark.parametrize(("share", "rate"), [(0.25, 0.25), (0.0, 0.01), (1.0, 0.99)], ids=["some", "nobody", "all"])
def test_where_nobody_comes_back_everybody_gets_the_rate(share: float, rate: float) -> None:
    """Neither model can be fitted: no exception, but the closed rows' share of leavers, open to one who differs."""
    rows = table(shop(1.0), [UP]).take(np.arange(400))
    rows = replace(rows, churned=np.arange(400) < share * 400)
    once = History(np.zeros(5), np.zeros(5), np.linspace(0, 360, 5), np.ones(5))
    base = fit_customer_base(rows, once, UP, UNKNOWN, WINDOW)
    assert (base.plain, base.timed, set(base.shift(rows))) == (None, None, {0.0})
    assert set(sigmoid(base.score(rows)).round(12)) == {rate}
    assert CustomerBase.from_json(json.loads(json.dumps(base.to_json()))) == base
    assert fit_customer_base(rows.take(NEVER), once, UP, UNKNOWN, WINDOW).fallback == 0.0  # no rows: as likely as not


def test_json_brings_the_same_scores_back() -> None:
    """Through text, in seasonal and in plain time, by bytes."""
    base, here = seasonal_base(), table(shop(2.5), [UP, DOWN])
    again = CustomerBase.from_json(json.loads(json.dumps(base.to_json(), allow_nan=False)))
    assert again == base
    assert again.shift(here).tobytes() == base.shift(here).tobytes()


STORIES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=20)
FACTORS = st.lists(st.floats(0.05, 20), min_size=52, max_size=52)


@RANDOM
@given(STORIES, FACTORS, st.integers(-2000, 2000), st.integers(0, 5000))
def test_the_clock_keeps_stories_in_order(
    stories: list[tuple[int, int, int]], factors: list[float], anchor: int, snapshot: int
) -> None:
    """Repeats stay; 0 <= last <= age; last counts from the first day to the last active one, age to the snapshot."""
    repeats, one, other = np.array(stories, np.float64).T
    last, age = np.where(repeats > 0, np.minimum(one, other), 0), np.maximum(one, other)
    season = Season(anchor, tuple((np.array(factors) / np.mean(factors)).tolist()), 1.0)
    found = in_time(History(repeats, last, age, np.ones(len(age))), snapshot, season)
    assert found.repeats.tolist() == repeats.tolist()
    assert ((found.last >= 0) & (found.last <= found.age)).all()
    first = snapshot - age
    assert found.last == pytest.approx(season.elapsed(first, first + last), abs=1e-9)
    assert found.age == pytest.approx(season.elapsed(first, np.full(len(age), float(snapshot))), abs=1e-6)


def test_nobody_known_is_refused() -> None:
    """A snapshot of which there are no rows, eligible or lapsed."""
    with pytest.raises(ValueError, match="BG/NBD needs"):
        population(table(shop(1.0), [UP]), Lapsed(*[NEVER] * 5), UP - 1)


def test_a_sample_of_many_customers_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third, from who never came back to who comes most often: nearly the same probabilities."""
    rows = table(shop(1.0), [UP])
    whole = everybody(shop(1.0)[np.argsort(shop(1.0)[:, :UP].sum(axis=1))], UP)
    every = fit_customer_base(rows.take(NEVER), whole, UP, UNKNOWN, WINDOW)
    monkeypatch.setattr(customer_base, "MOST_HISTORIES", len(whole.age) // 3 + 1)
    third = fit_customer_base(rows.take(NEVER), whole, UP, UNKNOWN, WINDOW)
    assert third.plain != every.plain
    assert np.abs(sigmoid(third.score(rows)) - sigmoid(every.score(rows))).mean() < 0.05
