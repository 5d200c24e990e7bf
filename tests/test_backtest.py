"""The rules of time on typed dates, and what a rolling origin may learn from; the booster that it refits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from features.snapshots import day_number
from models import backtest
from models.backtest import rolling_predictions
from models.booster import BoosterParams, booster_from_text, booster_text, contributions, fit_booster, raw_scores
from models.calibration import Calibrator, Predictions
from models.table import TrainingTable
from pipeline.errors import ArtifactError
from pipeline.judged import judged_probability
from pipeline.tables import write_json, write_text

SMALL = BoosterParams(
    num_rounds=20,
    learning_rate=0.2,
    num_leaves=6,
    min_data_in_leaf=10,
    lambda_l2=1.0,
    feature_fraction=0.7,
    max_bin=63,
    seed=7,
    num_threads=1,
)
JAN_1, JAN_29, FEB_26, MAR_25, APR_22 = "2024-01-01", "2024-01-29", "2024-02-26", "2024-03-25", "2024-04-22"
FIVE = (JAN_1, JAN_29, FEB_26, MAR_25, APR_22)  # every four weeks; labels look eight weeks ahead


def number(day: str) -> int:
    """The day number of a date as text."""
    return day_number(date.fromisoformat(day))


def typed(*rows: tuple[str, bool], label_days: int = 56) -> TrainingTable:
    """One row per (snapshot, churned), each of its own customer, with one feature that counts the rows."""
    snapshots, churned = zip(*rows, strict=True)
    return TrainingTable(
        customer=np.arange(len(rows)),
        snapshot=np.array([number(day) for day in snapshots], np.int64),
        churned=np.array(churned, bool),
        values=np.arange(len(rows), dtype=np.float32)[:, None],
        names=("row",),
        label_days=label_days,
    )


def simulated(customers: int = 150, days: Sequence[str] = FIVE, signal: float = 1.5, seed: int = 5) -> TrainingTable:
    """Each customer at each snapshot; the outcome depends on the first of four features, some of which are null."""
    random, n = np.random.default_rng(seed), customers * len(days)
    values = random.normal(size=(n, 4)).astype(np.float32)
    churned = random.random(n) < 1 / (1 + np.exp(-signal * values[:, 0]))
    values[random.random((n, 4)) < 0.05] = np.nan
    return TrainingTable(
        customer=np.repeat(np.arange(customers), len(days)),
        snapshot=np.tile([number(day) for day in days], customers),
        churned=churned,
        values=values,
        names=("silence", "größe", "Page_View", "d"),
        label_days=56,
    )


def scores_at(predictions: Predictions, day: str) -> bytes:
    """The scores of one origin as raw bytes."""
    return predictions.score[predictions.origin == number(day)].tobytes()


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
    """All of its columns stay together, in order."""
    table = typed((JAN_1, True), (JAN_29, False), (JAN_1, False), (JAN_29, True))
    part = table.at(number(JAN_29))
    assert (len(part), part.customer.tolist(), part.churned.tolist()) == (2, [1, 3], [False, True])
    assert part.column("row").tolist() == [1.0, 3.0]
    assert part.slices() == [number(JAN_29)]


def test_an_unknown_column_is_refused() -> None:
    """By name."""
    with pytest.raises(KeyError, match="spend"):
        typed((JAN_1, True)).column("spend")


@pytest.mark.parametrize("origin", [FEB_26, MAR_25, APR_22])
def test_what_was_not_closed_never_reaches_an_origin(origin: str) -> None:
    """Flip every label that closes later, and garble all features of other unclosed rows: the same scores, by bytes."""
    table, day = simulated(), number(origin)
    unclosed = table.snapshot + table.label_days > day
    values = table.values.copy()
    values[unclosed & (table.snapshot != day)] *= -3
    other = replace(table, churned=table.churned ^ unclosed, values=values)
    here, there = rolling_predictions(table, SMALL), rolling_predictions(other, SMALL)
    assert scores_at(here, origin) == scores_at(there, origin) != b""


def test_what_was_closed_does() -> None:
    """Flip the labels of the slice that closes on the origin's day: other scores: the test above proves something."""
    table = simulated()
    flipped = replace(table, churned=table.churned ^ (table.snapshot == number(JAN_29)))
    here, there = rolling_predictions(table, SMALL), rolling_predictions(flipped, SMALL)
    assert scores_at(here, FEB_26) == scores_at(there, FEB_26)
    assert scores_at(here, MAR_25) != scores_at(there, MAR_25)


def test_outcomes_stand_beside_their_scores() -> None:
    """One entry per (customer, origin), origins rising, each the booster's of that day."""
    table = simulated()
    found = rolling_predictions(table, SMALL)
    assert np.unique(found.origin).tolist() == [number(day) for day in (FEB_26, MAR_25, APR_22)]
    assert (np.diff(found.origin) >= 0).all()
    at = found.origin == number(MAR_25)
    test, past = table.at(number(MAR_25)), table.take(table.snapshot <= number(JAN_29))
    assert found.churned[at].tolist() == test.churned.tolist()
    assert found.score[at].tobytes() == raw_scores(fit_booster(past, SMALL), test.values).tobytes()


def test_workers_change_no_number() -> None:
    """One fit at a time or two: the same bytes."""
    one, two = (rolling_predictions(simulated(), SMALL, workers=workers) for workers in (1, 2))
    assert one.score.tobytes() == two.score.tobytes()
    assert one.origin.tobytes() == two.origin.tobytes()


def test_noise_is_not_predicted() -> None:
    """Labels by lot: out of time the AUC is .5 within four standard errors; the rows learnt from look splendid."""
    table = simulated(customers=1000, signal=0.0)
    found = rolling_predictions(table, SMALL)
    assert roc_auc_score(found.churned, found.score) == pytest.approx(0.5, abs=4 * 0.29 / np.sqrt(750))
    assert roc_auc_score(table.churned, raw_scores(fit_booster(table, SMALL), table.values)) > 0.6


def test_an_origin_with_one_closed_outcome_is_left_out() -> None:
    """Before 25 March everybody had stayed; there was nothing to learn."""
    table = simulated()
    table = replace(table, churned=table.churned & (table.snapshot >= number(JAN_29)))
    assert np.unique(rolling_predictions(table, SMALL).origin).tolist() == [number(MAR_25), number(APR_22)]


def test_no_origin_no_predictions() -> None:
    """Two slices whose labels overlap."""
    found = rolling_predictions(simulated(days=(JAN_1, JAN_29)), SMALL)
    assert (len(found.origin), len(found.score), len(found.churned)) == (0, 0, 0)


def test_only_the_newest_origins_are_refitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two where two are allowed, and the one who waits is told which."""
    monkeypatch.setattr(backtest, "MOST_ORIGINS", 2)
    told: list[int] = []

    def watch(origins: Sequence[int]) -> Sequence[int]:
        told.extend(origins)
        return origins

    found = rolling_predictions(simulated(), SMALL, watch=watch)
    assert told == np.unique(found.origin).tolist() == [number(MAR_25), number(APR_22)]


@pytest.mark.parametrize(("left", "who"), [(True, "everybody left"), (False, "nobody left")])
def test_one_outcome_is_refused(left: bool, who: str) -> None:
    """With the number of rows and the remedy."""
    with pytest.raises(ValueError, match=rf"in 2 training rows {who}.*change churn.horizon_days or"):
        fit_booster(typed((JAN_1, left), (JAN_29, left)), SMALL)


def test_a_refit_gives_the_same_bytes() -> None:
    """So that DVC sees that nothing has changed; another seed is another model."""
    one, again = (booster_text(fit_booster(simulated(), SMALL)) for _ in range(2))
    assert one == again
    assert one != booster_text(fit_booster(simulated(), replace(SMALL, seed=8)))


def test_text_brings_the_booster_back() -> None:
    """Bit-equal scores, nulls included, and the feature names, whatever letters they have."""
    table = simulated()
    booster = fit_booster(table, SMALL)
    again = booster_from_text(booster_text(booster))
    assert raw_scores(again, table.values).tobytes() == raw_scores(booster, table.values).tobytes()
    assert again.feature_name() == ["silence", "größe", "Page_View", "d"]


def test_contributions_add_up_to_the_score() -> None:
    """Exact SHAP values, nulls included: features and expectation are the log odds; the feature that counts, most."""
    table = simulated()
    booster = fit_booster(table, SMALL)
    parts = contributions(booster, table.values)
    assert parts.shape == (len(table), 5)
    assert parts.sum(axis=1) == pytest.approx(raw_scores(booster, table.values), abs=1e-9)
    assert np.abs(parts[:, :4]).mean(axis=0).argmax() == 0


def stored(folder: Path, table: TrainingTable) -> tuple[Path, Path]:
    """A booster and a calibrator as the stages write them."""
    write_text(booster_text(fit_booster(table, SMALL)), folder / "judged.txt")
    write_json(Calibrator("sigmoid", 0.8, -0.3).to_json(), folder / "judged_calibration.json")
    return folder / "judged.txt", folder / "judged_calibration.json"


def test_features_are_matched_by_name(tmp_path: Path) -> None:
    """Columns in another order, and one that the model does not know: the same probabilities."""
    table = simulated()
    files = stored(tmp_path, table)
    moved = np.column_stack([table.values[:, [3, 1]], np.full(len(table), 9), table.values[:, [0, 2]]])
    names = ("d", "größe", "new", "silence", "Page_View")
    other = replace(table, values=moved.astype(np.float32), names=names)
    here = judged_probability(*files, table)
    assert judged_probability(*files, other).tobytes() == here.tobytes()
    odds = 0.8 * raw_scores(fit_booster(table, SMALL), table.values) - 0.3
    assert here == pytest.approx(1 / (1 + np.exp(-odds)))


def test_a_missing_feature_is_named(tmp_path: Path) -> None:
    """And which file needs it."""
    files = stored(tmp_path, simulated())
    poorer = replace(simulated(), values=simulated().values[:, :3], names=("silence", "d", "Page_View"))
    with pytest.raises(ArtifactError, match=r"judged.txt needs the feature größe, which the table does not have"):
        judged_probability(*files, poorer)
