"""The Hillstrom e-mail test, one split: the known effects, an order that beats random, and a split that is broken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hillstrom import NAMES, datasets_folder, email_frame, email_test

from models.qini import Arms, compare
from models.split import check_split
from models.uplift import UpliftParams, fit_uplift

FOLDER = datasets_folder()
pytestmark = [
    pytest.mark.datasets,
    pytest.mark.skipif(FOLDER is None, reason="EBB_DATASETS names no folder with hillstrom_email_test.parquet"),
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    assert FOLDER is not None
    return email_frame(FOLDER)


def test_the_average_effect_is_the_difference_of_means(frame: pd.DataFrame) -> None:
    """Published and typed out: visits 10.6% without, 18.3% and 15.1% with; spend 0.65, 1.42 and 1.08 dollars."""
    means = frame.groupby("treatment")[["visit", "spend"]].mean()
    assert means["visit"].round(3).to_dict() == {"Mens E-Mail": 0.183, "No E-Mail": 0.106, "Womens E-Mail": 0.151}
    for emails, arm in (("women's", "Womens E-Mail"), ("men's", "Mens E-Mail")):
        test = email_test(frame, emails)
        arms = Arms(test.trial.customer, test.trial.treated, test.trial.propensity)
        outcomes = {"visit": test.trial.kept, "spend": test.spend}
        found = compare({"none": np.zeros(len(test.trial))}, outcomes, arms, 1.0, draws=100)
        plain = means.loc[arm] - means.loc["No E-Mail"]
        for name in ("visit", "spend"):
            assert found[f"all.{name}"].value == pytest.approx(plain[name], abs=1e-12)
            assert found[f"all.{name}"].low < plain[name] < found[f"all.{name}"].high
            assert found[f"all.{name}"].low > 0


def test_the_uplift_order_beats_random_and_response_on_the_other_half(frame: pd.DataFrame) -> None:
    """The women's e-mail works on those who bought women's wear; who visits most is another matter."""
    learnt, unseen = email_test(frame, "women's").halves(seed=0)
    saved = fit_uplift(learnt.trial, "x", UpliftParams()).saved(unseen.trial.values, unseen.trial.names)
    arms = Arms(unseen.trial.customer, unseen.trial.treated, unseen.trial.propensity)
    orders = {"saved": saved, "history": unseen.trial.values[:, NAMES.index("history")].astype(np.float64)}
    found = compare(orders, {"visit": unseen.trial.kept}, arms, 0.3, draws=100)
    assert found["saved.visit.area"].low > 0
    assert found["saved-history.visit.area"].low > 0
    assert found["saved-random.visit.at"].low > 0


def test_a_split_that_was_broken_is_seen(frame: pd.DataFrame) -> None:
    """The test's own split is sound. Without the contacted who last bought eleven or twelve months ago it is not."""
    trial = email_test(frame, "women's").trial
    assert not check_split(trial.treated, 1 - trial.propensity).broken
    fewer = trial.take(~(trial.treated & (trial.values[:, NAMES.index("recency")] >= 11)))
    assert 0.94 < len(fewer) / len(trial) < 0.96
    assert check_split(fewer.treated, 1 - fewer.propensity).broken
