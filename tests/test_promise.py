"""What a band promises: by hand, as properties, and whether simulated shops keep it; the model from its files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bands import BANDS, band
from models.blend import BLENDS, SAFE, Blend
from models.booster import BoosterParams, booster_text
from models.calibration import Calibrator, sigmoid
from models.customer_base import histories
from models.members import Members, fit_members
from models.promise import PRIOR_ORIGINS, PRIOR_SPREAD, UNSEEN, Promise, Spread, promise, promises, spread_of
from models.season import Activity
from models.table import Bools, Floats, TrainingTable, Window
from pipeline.chosen import load_chosen, probability
from pipeline.errors import ArtifactError
from pipeline.tables import write_json, write_text

CUTS = (0.35, 0.6)
FOREVER = 10**9  # days: no origin is old, and no season unseen
RANDOM = settings(max_examples=100, deadline=None, derandomize=True)
ODDS = st.lists(st.floats(-14, 14), max_size=60).map(lambda values: np.array(values, np.float64))
SPREADS = st.floats(0, 5)
ORIGINS = st.floats(0, 40)


def shop(random: np.random.Generator, origins: int, customers: int, spread: float) -> tuple[Floats, Bools]:
    """A row of odds and outcomes per origin; the true odds of an origin are all moved by one draw of N(0, spread)."""
    odds = random.normal(-0.2, 1.3, (origins, customers))
    season = random.normal(0, spread, (origins, 1))
    return odds, random.random(odds.shape) < sigmoid(odds + season)


def spread_over(odds: Floats, churned: Bools) -> Spread:
    """The spread of origins that all count the same."""
    origin = np.repeat(np.arange(len(odds)), odds.shape[1])
    return spread_of(odds.ravel(), churned.ravel(), origin, CUTS, FOREVER)


def half(customers: int, left: int) -> tuple[Floats, Bools]:
    """Customers with log odds of 0, that many of whom left: one band, promised to lose half."""
    return np.zeros(customers), np.arange(customers) < left


@given(ODDS, SPREADS, ORIGINS)
@RANDOM
def test_what_every_promise_is(odds: Floats, spread: float, origins: float) -> None:
    """Expected is the sum of the probabilities, inside its interval, which is inside 0 to all customers."""
    found = promise(odds, Spread(spread, origins))
    assert found.customers == len(odds)
    assert found.expected == pytest.approx(sum(1 / (1 + np.exp(-value)) for value in odds), abs=1e-9)
    assert 0 <= found.low <= found.expected <= found.high <= len(odds)


@given(ODDS, SPREADS, SPREADS, ORIGINS, ORIGINS)
@RANDOM
def test_more_spread_or_fewer_origins_promise_less(odds: Floats, one: float, two: float, k: float, m: float) -> None:
    """The interval holds the one of a smaller spread, and the one that more origins stand behind."""
    wide, narrow = (promise(odds, Spread(spread, min(k, m))) for spread in (max(one, two), min(one, two)))
    known = promise(odds, Spread(min(one, two), max(k, m)))
    for inner, outer in ((narrow, wide), (known, narrow)):
        assert outer.low <= inner.low + 1e-9
        assert inner.high <= outer.high + 1e-9


def test_a_promise_by_hand() -> None:
    """100 at 50%: chance 1.96 x 5, the season t(.975, 3) x 0.2 = 0.6365 log odds, which is 15.40 customers."""
    found = promise(np.zeros(100), Spread(0.2, 0))
    reach = np.hypot(9.8, 100 * (1 / (1 + np.exp(-0.63649)) - 0.5))
    assert (found.expected, found.low, found.high) == (50, np.floor(50 - reach), np.ceil(50 + reach))
    assert found.to_json() == {"customers": 100, "expected_leavers": 50.0, "low": 31.0, "high": 69.0}


def test_bands_promise_for_their_own_customers() -> None:
    """Every customer is in one band, on the cut in the higher; of an empty band nothing is promised."""
    odds = np.log(np.array([0.2, 0.5, 0.9]) / np.array([0.8, 0.5, 0.1]))
    found = promises(odds, Spread(0.2, 5), (0.5, 0.95))
    assert {name: item.customers for name, item in found.items()} == {"high": 0, "medium": 2, "low": 1}
    assert found["high"] == Promise(0, 0.0, 0.0, 0.0)
    assert [found[name].expected for name in ("medium", "low")] == pytest.approx([1.4, 0.2])


@pytest.mark.parametrize("customers", [150, 1000])
def test_outcomes_drawn_from_the_probabilities_keep_the_promise(customers: int) -> None:
    """No season at all: of 3,000 draws 93% to 99% lie inside, for each band and for everybody."""
    random = np.random.default_rng(1)
    odds = np.sort(random.normal(-0.2, 1.3, customers))
    left = random.random((3000, customers)) < sigmoid(odds)
    names = band(sigmoid(odds), *CUTS)
    for mask in (*(names == name for name in BANDS), names != ""):
        found, count = promise(odds[mask], Spread(1e-9, 15)), left[:, mask].sum(axis=1)
        assert 0.93 <= ((found.low <= count) & (count <= found.high)).mean() <= 0.99


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.5, 1.0])
def test_the_spread_of_seasons_is_recovered(spread: float) -> None:
    """Of 60 origins with 1,500 customers, the prior counting two: four standard errors, and 0.06 that chance adds."""
    found = spread_over(*shop(np.random.default_rng(2), 60, 1500, spread))
    known = np.sqrt((60 * spread**2 + PRIOR_ORIGINS * PRIOR_SPREAD**2) / (60 + PRIOR_ORIGINS))
    assert found.log_odds == pytest.approx(known, abs=4 * spread / np.sqrt(120) + 0.06)
    assert found.origins == pytest.approx(60)


@pytest.mark.parametrize("spread", [0.2, 0.6])
def test_shops_with_seasons_keep_their_promises(spread: float) -> None:
    """120 shops promise after six origins what the seventh will do: 90% to 99% of their bands keep it."""
    random, kept = np.random.default_rng(3), []
    for _ in range(120):
        odds, churned = shop(random, 7, 300, spread)
        names = band(sigmoid(odds[-1]), *CUTS)
        for name, item in promises(odds[-1], spread_over(odds[:-1], churned[:-1]), CUTS).items():
            kept.append(item.low <= churned[-1][names == name].sum() <= item.high)
    assert 0.90 <= np.mean(kept) <= 0.99


def test_no_origins_leave_the_prior() -> None:
    """Nothing is known of the shop yet, nor of its seasons."""
    empty = np.zeros(0)
    assert spread_of(empty, empty.astype(bool), empty.astype(np.int64), CUTS, 56) == Spread(
        np.sqrt(PRIOR_SPREAD**2 + UNSEEN**2), 0.0
    )


def test_a_half_life_by_hand() -> None:
    """The origin that missed by ln 3 is a year older: it counts half beside the new one, which missed nothing."""
    odds, churned = (np.concatenate(both) for both in zip(half(1000, 750), half(1000, 500), strict=True))
    origin = np.repeat([0, 364], 1000)
    miss = np.log(3) ** 2 - 1 / 250  # less what chance explains
    found = spread_of(odds, churned, origin, CUTS, 364)
    assert found.log_odds == pytest.approx(np.sqrt((0.5 * miss + 2 * PRIOR_SPREAD**2) / (1.5 + 2)))
    assert found.origins == pytest.approx(1.5**2 / 1.25)
    other = spread_of(odds, churned, 364 - origin, CUTS, 364)  # it is the newer that missed
    assert other.log_odds == pytest.approx(np.sqrt((miss + 2 * PRIOR_SPREAD**2) / (1.5 + 2)))
    assert spread_of(odds, churned, origin + 20_000, CUTS, 364) == found  # days count from any day


def test_an_unseen_season_adds_its_share() -> None:
    """Two origins without a miss whose labels cover half a year: the other half adds half of its square."""
    odds, churned = half(1000, 500)
    found = spread_of(np.tile(odds, 2), np.tile(churned, 2), np.repeat([0, 126], 1000), CUTS, 56)
    assert found.log_odds == pytest.approx(np.sqrt(2 * PRIOR_SPREAD**2 / (3 + 0.5**2.25) + 0.5 * UNSEEN**2))


def test_a_bias_that_lasts_is_spread() -> None:
    """All origins miss by ln 3 the same way: the next may miss by as much."""
    odds, churned = half(1000, 750)
    assert spread_over(np.tile(odds, (10, 1)), np.tile(churned, (10, 1))).log_odds == pytest.approx(np.log(3), abs=0.1)


def test_each_band_weighs_as_much_as_it_tells() -> None:
    """100 at 20% of whom 50 leave (ln 4) beside 900 at 50% of whom half leave: information 16 and 225."""
    odds = np.concatenate([np.full(100, -np.log(4)), np.zeros(900)])
    churned = np.concatenate([np.arange(100) < 50, np.arange(900) < 450])
    found = spread_of(odds, churned, np.zeros(1000, np.int64), CUTS, FOREVER)
    miss = (np.log(4) ** 2 - 1 / 16) * 16 / (16 + 225)
    assert found.log_odds == pytest.approx(np.sqrt((miss + 2 * PRIOR_SPREAD**2) / 3))


@pytest.mark.parametrize("left", [0, 500])
def test_a_large_band_of_one_outcome_missed(left: int) -> None:
    """Half of 500 were promised to leave and nobody (or everybody) did: no worse a miss was ever seen."""
    zeros = np.zeros(500, np.int64)
    one, nearly = (spread_of(*half(500, number), zeros, CUTS, FOREVER) for number in (left, abs(left - 5)))
    assert one.log_odds >= nearly.log_odds > 1


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.98, 1.0])
@pytest.mark.parametrize("customers", [1, 200])
def test_rare_outcomes_and_one_customer(rate: float, customers: int) -> None:
    """Finite spreads and promises, whatever was promised before and whether it came true."""
    random = np.random.default_rng(4)
    for mean in (-4.0, 0.0, 4.0, -40.0, 40.0):
        odds = random.normal(mean, 0.3, (6, customers))
        spread = spread_over(odds, random.random(odds.shape) < rate)
        assert 0 < spread.log_odds < np.inf
        for item in promises(odds[-1], spread, CUTS).values():
            assert np.isfinite([item.expected, item.low, item.high]).all()
            assert 0 <= item.low <= item.expected <= item.high <= item.customers


def test_a_tiny_band_of_one_outcome_is_no_miss() -> None:
    """One customer at 2% who stays, as promised: less spread than the prior, not more."""
    found = spread_of(np.array([-3.9]), np.array([False]), np.zeros(1, np.int64), CUTS, FOREVER)
    assert found.log_odds <= PRIOR_SPREAD


@given(SPREADS, ORIGINS)
@RANDOM
def test_json_brings_the_spread_back(spread: float, origins: float) -> None:
    """To the last digit."""
    made = Spread(spread, origins)
    assert Spread.from_json(json.loads(json.dumps(made.to_json()))) == made


NAMES = ("days_since_last_activity", "active_days_lifetime", "größe", "tenure_days", "days_observed")


SMALL = BoosterParams(6, 0.3, 6, 10, 1.0, 0.7, 63, seed=7, num_threads=1)
LABEL_DAYS, NONE = 56, np.zeros(0, np.int64)


def stored(folder: Path) -> tuple[Members, TrainingTable]:
    """A model as the stages write it, and the rows that it was fitted on."""
    random, n = np.random.default_rng(6), 300
    silence, active = random.integers(1, 90, n), random.integers(2, 20, n)
    values = np.column_stack([silence, active, random.normal(size=n), np.full(n, 200), np.full(n, 300)])
    values[:9, 2] = np.nan
    churned = random.random(n) < silence / 90
    table = TrainingTable(np.arange(n), np.full(n, 500), churned, values.astype(np.float32), NAMES, LABEL_DAYS)
    made = fit_members(table, histories(table), 556, Activity(0, NONE, NONE), Window(0, 56), SMALL)
    write_text(booster_text(made.booster), folder / "judged.txt")
    write_json(made.to_json(), folder / "judged_members.json")
    blend = Blend(SAFE, BLENDS[SAFE], Calibrator("sigmoid", 0.8, -0.3)).to_json()
    write_json({**blend, "spread": Spread(0.3, 4).to_json()}, folder / "judged_calibration.json")
    return made, table


def test_features_are_matched_by_name(tmp_path: Path) -> None:
    """From its files: columns in another order, and one that the model does not know: the same probabilities."""
    made, table = stored(tmp_path)
    model = load_chosen(tmp_path, tmp_path, "judged")
    moved = np.column_stack([table.values[:, [3, 1]], np.full(len(table), 9), table.values[:, [2, 0]]])
    names = ("tenure_days", "active_days_lifetime", "new", "größe", "days_since_last_activity")
    other = replace(table, values=moved.astype(np.float32), names=names)
    here = probability(model, table)
    assert probability(model, other).tobytes() == here.tobytes()
    scores = made.scores(table)
    odds = 0.8 * (scores["trees"] + scores["logistic"] + scores["customer_base"]) / 3 - 0.3
    assert here == pytest.approx(1 / (1 + np.exp(-odds)))
    each = np.array([scores[name] for name in ("trees", "logistic", "customer_base")])
    assert np.stack(model.disagreement(table)) == pytest.approx(1 / (1 + np.exp(-np.stack([each.min(0), each.max(0)]))))
    assert (model.spread, model.contributions(table).shape) == (Spread(0.3, 4), (300, len(NAMES) - 1))


@pytest.mark.parametrize("missing", ["größe", "tenure_days"])
def test_a_missing_feature_is_named(missing: str, tmp_path: Path) -> None:
    """And what to do about it."""
    _, table = stored(tmp_path)
    poorer = replace(table, names=tuple(name if name != missing else "other" for name in NAMES))
    with pytest.raises(ArtifactError, match=rf"needs the feature '{missing}', which the table lacks: run `make repro`"):
        probability(load_chosen(tmp_path, tmp_path, "judged"), poorer)
