"""The stage `uplift` at its edges: an earlier list again, lost features, lists without a draw, amounts withheld."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_past import DAY, SHARE, bring_past, judged, move, settings, with_a_list

from models.uplift import Trial
from pipeline.errors import ArtifactError
from pipeline.listing.saved import read_saved
from pipeline.uplifting import judging
from pipeline.uplifting.columns import features_at
from pipeline.uplifting.history import read_history


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with its first list."""
    return with_a_list(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def copy(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in."""
    shutil.copytree(shop, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def changed(path: Path, name: str, values: pa.Array) -> None:
    """Write a table again with another column."""
    table = pq.ParquetFile(path).read()
    at = table.column_names.index(name)
    pq.write_table(table.set_column(at, table.schema.field(at), values), path)


def test_an_earlier_list_of_the_same_draw_does_not_know_a_later_verdict(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, few=True)
    later = date.fromisoformat(DAY) + timedelta(days=21)
    move(copy, later)
    first = judged(copy)["decided"]
    assert first["as_of"] == str(later)
    move(copy, date.fromisoformat(DAY))
    again = judged(copy)["decided"]
    assert (again["as_of"], again["period"]) == (DAY, first["period"])


def test_rows_without_features_are_left_out_and_too_few_is_no_verdict(
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that the look of this draw is not used up by what was no evidence."""
    bring_past(copy, "good")
    settings(copy, few=True)

    def lost(*arguments: Any) -> Any:
        values, known = features_at(*arguments)
        return values, known & (np.arange(len(known)) % 20 == 0)

    with monkeypatch.context() as patched:
        patched.setattr(judging, "features_at", lost)
        found = judged(copy)
    assert (found["why_not"], found["decided"], found["usable"]) == ("too_few", None, False)
    assert judged(copy)["usable"]


def test_what_is_learnt_from_is_who_was_drawn_and_who_stayed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_past(copy, "good")
    made = settings(copy, few=True)
    seen: list[Trial] = []

    def watched(trial: Trial, *others: Any) -> Any:
        seen.append(trial)
        return np.zeros(len(trial))

    monkeypatch.setattr(judging, "cross_fitted", watched)
    judged(copy)
    past, (trial,) = read_history(made), seen
    assert past is not None
    np.testing.assert_allclose(trial.propensity, 1 - SHARE)
    np.testing.assert_array_equal(trial.treated, past.rows.contact)
    np.testing.assert_array_equal(trial.kept, ~past.rows.left)
    assert trial.names[:2] == ("churn_probability", "expected_value")
    np.testing.assert_allclose(trial.values[:, 0], past.amount("churn_probability"), rtol=1e-6)
    np.testing.assert_array_equal(trial.values[:, 1], past.amount("expected_value"))


def test_lists_that_drew_nobody_prove_nothing(copy: Path) -> None:
    bring_past(copy, "good")
    made, path = settings(copy, few=True), copy / "data/contacts/chosen.parquet"
    before = read_history(made)
    table = pq.ParquetFile(path).read()
    first = [name == table.column("list")[0].as_py() for name in table.column("list").to_pylist()]
    changed(path, "holdout_share", pa.array(np.where(first, 0.0, SHARE)))
    after = read_history(made)
    assert before is not None
    assert after is not None
    assert len(before) - len(after) == sum(first)


def test_where_todays_amounts_are_withheld_the_order_stays(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True)
    path = copy / "data/scores/scores.parquet"
    changed(path, "expected_value", pa.nulls(pq.read_metadata(path).num_rows, pa.float64()))
    found = judged(copy)
    assert (found["usable"], found["order"]) == (True, "value_at_risk")
    assert not (copy / "data/uplift/saved.parquet").exists()


def test_publish_takes_what_is_of_its_day_and_was_asked_for(copy: Path) -> None:
    bring_past(copy, "good")
    asked = settings(copy, "saved_value", few=True)
    loop = {"uplift": judged(copy)}
    ids = pa.array([*pq.ParquetFile("data/uplift/saved.parquet").read().column("customer_id").to_pylist()[:2], "new"])
    found = read_saved(loop, ids, DAY, asked)
    assert found is not None
    assert np.isfinite(found).tolist() == [True, True, False]
    with pytest.raises(ArtifactError, match=rf"is of {DAY}, the scores are of 2024-10-10"):
        read_saved(loop, ids, "2024-10-10", asked)
    assert read_saved(loop, ids, DAY, settings(copy, few=True)) is None
    assert read_saved(None, ids, DAY, asked) is None
    assert read_saved(json.loads('{"uplift": null}'), ids, DAY, asked) is None
