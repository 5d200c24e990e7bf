"""Exact SHAP values of trees, compared with LightGBM's own, which are slower."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import shap
from models.booster import raw_scores
from models.shap import contributions

MANY = {"num_leaves": 31, "min_data_in_leaf": 3}
FEW = {"num_leaves": 4, "min_data_in_leaf": 20}
ODD_ROWS = np.array([[np.nan] * 12, [np.inf] * 12, [-np.inf] * 12, [0.0] * 12, [1e-40] * 12, [3.4e38] * 12], np.float32)


def rows(nulls: bool, n: int = 400) -> np.ndarray:
    """Twelve columns, some of them counts with many ties; with nulls or without."""
    random = np.random.default_rng(7)
    values = random.normal(size=(n, 12)).astype(np.float32)
    values[:, ::3] = random.poisson(1.0, (n, 4))
    values[random.random(values.shape) < (0.15 if nulls else 0)] = np.nan
    return values


def trained(values: np.ndarray, shape: dict[str, int], rounds: int = 8) -> lgb.Booster:
    """Trees on an outcome that many columns make together."""
    odds = np.nan_to_num(values).sum(axis=1) + np.nan_to_num(values[:, 0] * values[:, 1])
    outcome = odds + np.random.default_rng(8).normal(size=len(values)) > 0
    params = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1, "deterministic": True, **shape}
    return lgb.train(params, lgb.Dataset(values, label=outcome), rounds)


@pytest.mark.parametrize("shape", [MANY, FEW], ids=["many leaves", "few leaves"])
@pytest.mark.parametrize("nulls", [True, False], ids=["nulls", "no null in training"])
@pytest.mark.parametrize("bits", [shap.TABLE_BITS, 2, 0], ids=["all patterns", "long paths by what occurs", "all so"])
def test_as_lightgbm_has_them(shape: dict[str, int], nulls: bool, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows it has seen, of others, and of odd ones; and they add up to the score."""
    monkeypatch.setattr(shap, "TABLE_BITS", bits)
    values = rows(nulls)
    booster = trained(values, shape)
    asked = np.vstack([values, rows(nulls=True, n=50), ODD_ROWS])
    found = contributions(booster, asked)
    assert found.shape == (len(asked), 13)
    np.testing.assert_allclose(found, booster.predict(asked, pred_contrib=True, num_threads=1), rtol=0, atol=1e-12)
    assert found.sum(axis=1) == pytest.approx(raw_scores(booster, asked), abs=1e-12)


def test_paths_are_long_enough_to_be_tested() -> None:
    """The trees above have leaves with more features than are worked out in a table of two."""
    sizes = []
    for tree in trained(rows(nulls=True), MANY).dump_model()["tree_info"]:
        start = shap.Path((), (), np.zeros(1, np.int64))
        sizes += [len(path.columns) for _, path in shap._leaves(tree["tree_structure"], start, np.zeros((12, 1)))]
    assert max(sizes) > 6


def test_a_stump_by_hand() -> None:
    """One split: who goes left gets the leaf less the mean of both, and the mean is the expectation."""
    values = np.repeat(np.array([[0.0], [1.0], [1.0], [1.0]], np.float32), 50, axis=0)
    booster = trained(np.hstack([values, np.zeros((200, 11), np.float32)]), {"num_leaves": 2, "min_data_in_leaf": 5}, 1)
    tree = booster.dump_model()["tree_info"][0]["tree_structure"]
    left, right = tree["left_child"]["leaf_value"], tree["right_child"]["leaf_value"]
    mean = left / 4 + right * 3 / 4
    found = contributions(booster, np.zeros((1, 12), np.float32))[0]
    assert found[[0, -1]] == pytest.approx([left - mean, mean], abs=1e-15)
    assert set(found[1:-1]) == {0.0}


@given(st.lists(st.integers(0, 399), min_size=1, max_size=30))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_rows_do_not_know_each_other(asked: list[int]) -> None:
    """The same bits alone, in company and in any order; chunks can be cut anywhere."""
    assert contributions(BOOSTER, VALUES[asked]).tobytes() == ALL[asked].tobytes()


VALUES = rows(nulls=True)
BOOSTER = trained(VALUES, MANY)
ALL = np.ascontiguousarray(contributions(BOOSTER, VALUES))


def test_splits_of_another_kind_are_refused() -> None:
    """Categories are split by equality: better no reason than a wrong one."""
    values = rows(nulls=False)
    data = lgb.Dataset(values, label=values[:, 0] > 1, categorical_feature=[0])
    booster = lgb.train({"objective": "binary", "verbosity": -1, "min_data_per_group": 1}, data, 2)
    with pytest.raises(ValueError, match="a split of the kind =="):
        contributions(booster, values)
