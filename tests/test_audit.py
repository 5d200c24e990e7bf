"""A feature that alone ranks as well as the model stops training and is named."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import little_shop
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from models.audit import audit
from models.table import TrainingTable
from pipeline import featurize_training, ingest, train
from pipeline.errors import ConfigError, LeakError

NAN = float("nan")


def table(churned: list[bool], **columns: list[float]) -> TrainingTable:
    """One slice with a row per customer."""
    n = len(churned)
    values = np.array(list(columns.values()), np.float32).T.reshape(n, len(columns))
    return TrainingTable(np.arange(n), np.zeros(n, np.int64), np.array(churned), values, tuple(columns), 28)


LEFT = [True, True, False, False, False]
ODDS = np.array([3.0, 1.0, 2.0, -1.0, -2.0])  # one stayer before a leaver: ROC AUC 5/6, average precision (1 + 2/3) / 2


def test_both_directions_and_both_places_for_the_unknown() -> None:
    """A twin may be high, low or missing for those who leave; the figures are those of its best reading."""
    found = audit(
        table(
            LEFT,
            high=[9, 8, 1, 2, 3],
            low=[1, 2, 7, 8, 9],
            missing=[NAN, NAN, 5, 6, 5],
            present=[5, 6, NAN, NAN, NAN],
            noise=[1, 1, 1, 1, 1],
        ),
        ODDS,
        0.98,
        0.95,
        allowed=(),
    )
    words = {item.name: (item.roc_auc, item.average_precision, item.leavers_have) for item in found.features}
    assert words == {
        "high": (1.0, 1.0, "high values"),
        "low": (1.0, 1.0, "low values"),
        "missing": (1.0, 1.0, "high values or none"),
        "present": (1.0, 1.0, "high values"),
        "noise": (0.5, 0.4, "high values"),
    }
    assert (found.model.roc_auc, found.model.average_precision) == (pytest.approx(5 / 6), pytest.approx(5 / 6))
    assert [item.name for item in found.twins] == ["high", "low", "missing", "present"]


@pytest.mark.parametrize(
    ("share", "auc", "allowed", "twins"),
    [
        (0.98, 0.95, (), ["good"]),
        (0.98, 0.95, ("good",), []),  # honest, says a person
        (0.98, 1.0, (), []),  # not nearly perfect
        (1.1, 0.5, (), []),  # not as good as the model
        (0.3, 0.5, (), ["good", "fair"]),
    ],
    ids=str,
)
def test_what_makes_a_twin(share: float, auc: float, allowed: tuple[str, ...], twins: list[str]) -> None:
    churned = [True] * 10 + [False] * 90
    good = [*range(100, 91, -1), 50.0, *([60.0] * 2), *([1.0] * 88)]  # nine leavers first, then two stayers
    fair = [*([3.0] * 5), *([1.0] * 5), *([2.0] * 45), *([0.0] * 45)]
    found = audit(table(churned, good=[float(value) for value in good], fair=fair), np.array(good), share, auc, allowed)
    assert [item.name for item in found.twins] == twins


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1.0, 2.0, 3.0])), min_size=2, max_size=30))
@examples(derandomize=True, deadline=None, max_examples=40)
def test_the_figures_are_scikit_learns(rows: list[tuple[bool, float]]) -> None:
    """Of the better direction; where there is one outcome only, nothing is ranked."""
    churned, values = [left for left, _ in rows], np.array([value for _, value in rows])
    slice_ = table(churned, some=values.tolist())
    if len(set(churned)) == 1:
        with pytest.raises(ValueError, match="one outcome only"):
            audit(slice_, values, 0.98, 0.95, ())
        return
    best = audit(slice_, values, 0.98, 0.95, ()).features[0]
    ways = [(average_precision_score(churned, way), roc_auc_score(churned, way)) for way in (values, -values)]
    assert (best.average_precision, best.roc_auc) == pytest.approx(max(ways))


CLOSED = "account closed"
ROLES = {"events__roles": {"activity": ["purchase"], "friction": [CLOSED]}, "events__money": ["purchase"]}


def with_twin(rows: list[little_shop.Row]) -> list[little_shop.Row]:
    """Who left gets a closed account, stamped the day of the last purchase, though nobody knew it on that day."""
    last = {row[0]: row[1] for row in sorted(rows, key=lambda row: row[1])}
    return rows + [(who, day, CLOSED, None) for who, day in last.items() if day < little_shop.day(250)]


@pytest.mark.slow
def test_a_backdated_closing_stops_training(tmp_path: Path) -> None:
    """It is named with its figures and the remedy; allowed by name, or without a role, training goes on."""
    little_shop.bring(tmp_path, with_twin(little_shop.shop()))
    little_shop.settings(tmp_path, **ROLES)
    with pytest.raises(
        LeakError, match=r"count_friction_56d alone ranks .*so do days_since_last_friction.*audit\.allowed"
    ) as caught:
        little_shop.run(tmp_path, (ingest, featurize_training, train))
    assert "Take the event type out of events.roles" in str(caught.value)
    assert not (tmp_path / "data/model").exists()
    twins = json.loads((tmp_path / "data/reports/audit.json").read_text())["twins"]
    assert any("friction" in name for name in twins)

    little_shop.settings(tmp_path, **ROLES, audit__allowed=twins)
    little_shop.run(tmp_path, (train,))
    little_shop.settings(tmp_path)
    little_shop.run(tmp_path, (ingest, featurize_training, train))
    assert json.loads((tmp_path / "data/reports/audit.json").read_text())["twins"] == []
    little_shop.settings(tmp_path, audit__allowed=["days_since_last_activty"])
    with contextlib.chdir(tmp_path), pytest.raises(ConfigError, match="days_since_last_activty, which is no feature"):
        train.main()
