"""What a person reads of the model: reasons, sentences and bands; and who is left alone to measure by."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.build import catalog
from features.catalog import Feature, Unit
from features.sentences import columns_in, columns_needed, sentence
from features.spec import FeatureSpec
from models.bands import band, in_holdout
from models.booster import BoosterParams, contributions, fit_booster, raw_scores
from models.reasons import strongest
from models.table import TrainingTable

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
FAMILIES = ("recency", "recency", "frequency", "frequency", "monetary", "rhythm")  # features 0 to 5

REASONS = {
    "the three strongest families": ([0.5, 0, 0.3, 0, 0.4, 0.1], [0, 4, 2]),
    "a family speaks once": ([0.5, 0.4, 0.3, 0.3, 0.2, 0.1], [0, 2, 4]),
    "its strongest feature speaks": ([0.1, 0.6, 0.3, 0.2, 0, 0.5], [1, 2, 5]),  # frequency adds up to the same: by name
    "small windows add up": ([0.5, 0, 0.3, 0.3, 0, 0], [2, 0, -1]),
    "what lowers the risk is no reason": ([-0.5, -0.1, -0.2, -0.3, 0.2, -0.1], [4, -1, -1]),
    "a family that lowers it on the whole": ([0.2, -0.5, 0.1, 0, 0, 0], [2, -1, -1]),
    "a family that raises it on the whole": ([0.5, -0.2, 0, 0, 0.4, 0], [4, 0, -1]),
    "nothing raises it": ([0, 0, 0, 0, 0, 0], [-1, -1, -1]),
}


@pytest.mark.parametrize(("row", "reasons"), REASONS.values(), ids=REASONS.keys())
def test_reasons_by_hand(row: list[float], reasons: list[int]) -> None:
    """At most three features, strongest family first, -1 where there is none."""
    if row == REASONS["its strongest feature speaks"][0]:
        reasons = [1, 2, 5]
    assert strongest(np.array([row]), FAMILIES).tolist() == [reasons]


def test_fewer_families_than_reasons() -> None:
    """Two families give two reasons at most, one row per customer all the same."""
    found = strongest(np.array([[0.2, 0.5, 0.1], [-1.0, -1.0, 0.3]]), ("recency", "recency", "rhythm"))
    assert found.tolist() == [[1, 2, -1], [2, -1, -1]]
    assert strongest(np.zeros((0, 3)), ("recency", "recency", "rhythm")).shape == (0, 3)


def test_fewer_reasons_than_asked_for_by_default() -> None:
    """One is enough for a narrow page."""
    assert strongest(np.array([[0.2, 0.5, 0.1]]), ("a", "b", "c"), most=1).tolist() == [[1]]


@given(st.lists(st.lists(st.integers(-8, 8), min_size=6, max_size=6), min_size=1, max_size=8), st.integers(1, 5))
@RANDOM
def test_reasons_always_raise_the_risk(rows: list[list[int]], most: int) -> None:
    """Whatever the contributions: only positive ones, no family twice, families falling, gaps at the end only."""
    values = np.array(rows, np.float64) / 8
    for row, picked in zip(values, strongest(values, FAMILIES, most).tolist(), strict=True):
        named = [index for index in picked if index >= 0]
        assert picked == named + [-1] * (most - len(named))
        assert all(row[index] > 0 for index in named)
        families = [FAMILIES[index] for index in named]
        assert len(set(families)) == len(families)
        totals = [sum(row[at] for at in range(6) if FAMILIES[at] == family) for family in families]
        assert totals == sorted(totals, reverse=True)


def test_contributions_add_up_to_the_score() -> None:
    """Exact SHAP values of a real booster, nulls included: features and expectation are the log odds."""
    random = np.random.default_rng(9)
    values = random.normal(size=(400, 4)).astype(np.float32)
    churned = random.random(400) < 1 / (1 + np.exp(-2 * values[:, 0] + values[:, 1]))
    values[random.random((400, 4)) < 0.1] = np.nan
    table = TrainingTable(np.arange(400), np.zeros(400, np.int64), churned, values, ("a", "b", "c", "d"), 28)
    booster = fit_booster(table, BoosterParams(30, 0.1, 6, 10, 1.0, 0.7, 63, 7, 1))
    parts = contributions(booster, values)
    assert parts.shape == (400, 5)
    assert parts.sum(axis=1) == pytest.approx(raw_scores(booster, values), abs=1e-9)
    assert np.abs(parts[:, 0]).mean() > np.abs(parts[:, 2]).mean()


@pytest.mark.parametrize(
    ("probability", "name"),
    [(0.0, "low"), (0.3999999, "low"), (0.4, "medium"), (0.6999999, "medium"), (0.7, "high"), (1.0, "high")],
)
def test_a_probability_on_a_cut_belongs_to_the_higher_band(probability: float, name: str) -> None:
    """The cuts are 0.4 and 0.7."""
    assert band(np.array([probability]), 0.4, 0.7).tolist() == [name]


IDS = [f"C{number:05}" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_the_holdout_has_its_share(share: float) -> None:
    """Of 20,000 ids, within four standard errors."""
    expected, error = 20_000 * share, np.sqrt(20_000 * share * (1 - share))
    assert in_holdout(IDS, share, "spring").sum() == pytest.approx(expected, abs=4 * error)


def test_nobody_is_held_out_of_nothing() -> None:
    """A share of 0 leaves nobody alone."""
    assert not in_holdout(IDS, 0.0, "spring").any()
    assert in_holdout([], 0.1, "spring").tolist() == []


def test_the_draw_hangs_on_the_id_alone() -> None:
    """More customers, fewer, or another order: each stays where it was, so groups are stable from week to week."""
    drawn = dict(zip(IDS, in_holdout(IDS, 0.1, "spring"), strict=True))
    later = [*reversed(IDS[5000:]), "new", "é", "=1+1"]
    assert [drawn[name] for name in later[:-3]] == in_holdout(later, 0.1, "spring")[:-3].tolist()


def test_a_larger_share_keeps_those_already_held_out() -> None:
    """Raising the share adds customers and releases none."""
    small, large = in_holdout(IDS, 0.1, "spring"), in_holdout(IDS, 0.2, "spring")
    assert not (small & ~large).any()


def test_another_programme_draws_others() -> None:
    """Those held out of both are as many as chance makes: 1% of 20,000, within four standard errors."""
    spring, autumn = (in_holdout(IDS, 0.1, programme) for programme in ("spring", "autumn"))
    assert (spring & autumn).sum() == pytest.approx(200, abs=4 * np.sqrt(200 * 0.99))


def test_the_holdout_is_alike_in_every_band() -> None:
    """The draw does not know the risk: each band's share is within four standard errors of a tenth."""
    bands = band(np.linspace(0, 1, 20_000), 0.4, 0.7)
    held = in_holdout(IDS, 0.1, "spring")
    for name in ("low", "medium", "high"):
        n = (bands == name).sum()
        assert held[bands == name].mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / n))


def feature(name: str, unit: Unit, null: str = "not known", sentences: tuple[str, ...] = ()) -> Feature:
    """A feature of which only the words matter."""
    return Feature(name, "recency", unit, None, null, sentences, lambda rows: rows.snapshot)


SILENCE = feature("days_silent", "days", "no purchase on record", ("{days_silent}; usually {usual}", "{days_silent} ago"))
UNITS = {"days_silent": SILENCE, "usual": feature("usual", "days"), "spent": feature("spent", "money")}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"days_silent": 74.0, "usual": 21.0}, "74 days; usually 21 days"),
        ({"days_silent": 1.0, "usual": np.nan}, "1 day ago"),
        ({"days_silent": np.nan, "usual": 21.0}, "No purchase on record"),
        ({"days_silent": np.inf, "usual": 21.0}, "No purchase on record"),
    ],
    ids=["all known", "one is null", "the feature is null", "not finite"],
)
def test_the_first_sentence_that_is_known(values: Mapping[str, float], words: str) -> None:
    """With the customer's own numbers; else the next; else what null means, with a capital."""
    assert sentence(SILENCE, values, UNITS) == words


def test_columns_are_found_in_sentences() -> None:
    """In the order of the sentence; and those that any sentence shows in the order of the catalog."""
    assert columns_in("Away for {a}, {b} times; {{not}} a column") == ["a", "b"]
    shown = feature("own", "money", sentences=("Worth {spent} in {usual}", "Worth nothing"))
    assert columns_needed([UNITS["usual"], UNITS["spent"], shown]) == ["usual", "spent"]


RICH = FeatureSpec(
    activity=("purchase", "log_in"),
    engagement=("page_view", "e-mail: open"),
    friction=("{return}", "ticket_opened"),
    feedback=("nps_score",),
    level=("loyalty_points", "plan {price}"),
    money=("purchase", "{return}"),
    lookback_days=(7, 28, 91),
    active_within_days=182,
)
FEATURES = catalog(RICH)
BY_NAME = {item.name: item for item in FEATURES}
NUMBERS = st.just(np.nan) | st.sampled_from([0.0, 1.0, -1.0, 0.5]) | st.floats(-1e9, 1e9, width=32)


@pytest.mark.parametrize("item", FEATURES, ids=lambda item: item.name)
@given(st.data())
@settings(RANDOM, max_examples=8)
def test_no_sentence_speaks_the_machines_language(item: Feature, data: st.DataObject) -> None:
    """Any values, null included: a sentence of words and numbers, without a column's name, a brace or a nan."""
    values = {name: data.draw(NUMBERS) for name in columns_needed([item, *FEATURES])}
    said = sentence(item, values, BY_NAME)
    assert said.strip() == said != ""
    assert re.findall(r"[{}_]|\bnan\b|\binf\b|\bNone\b", said) == []
    assert [name for name in BY_NAME if name in said] == []
    assert said[0].isupper() or said[0].isdigit() or said[0] == "-"
