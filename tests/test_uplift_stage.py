"""The stage `uplift` on a little shop: too little history, evidence, one verdict a draw, and the order of the list."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_past import DAY, OFTEN, bring_past, judged, move, settings, with_a_list
from workspace import outputs

from features.snapshots import day_number
from models.holdout import next_draw, programme_of
from models.pooling import Choices
from models.saveable import History, Rules
from pipeline import publish, replay, uplift
from pipeline.errors import ArtifactError
from pipeline.uplifting import judging
from pipeline.uplifting.columns import feature_names, features_at
from pipeline.uplifting.history import Past, missing


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


def published(folder: Path) -> Path:
    """The newest list after a run of publish."""
    with contextlib.chdir(folder):
        publish.main()
    return max((folder / "data/lists").glob(f"{DAY}*"), key=lambda path: (len(path.name), path.name))


def files(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in outputs(folder).items() if name.startswith("data/uplift")}


def no_features(*_: Any) -> Any:
    raise AssertionError("a feature was made")


def test_without_history_it_ends_at_once_and_says_what_is_missing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "features_at", no_features)
    settings(copy, "saved_value")
    found = judged(copy)
    assert (found["why_not"], found["decided"], found["order"]) == ("too_few", None, "value_at_risk")
    assert found["history"] == {"contact": 0, "holdout": 0, "left_contact": 0, "left_holdout": 0}
    assert found["needed"] == {"min_contact": 1000, "min_holdout": 300, "min_leavers": 100}
    assert sorted(files(copy)) == ["data/uplift/judged.json"]


def test_some_history_that_is_not_enough_makes_no_feature_either(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "features_at", no_features)
    bring_past(copy, "good")
    found = judged(copy)
    assert found["why_not"] == "too_few"
    assert 0 < found["history"]["holdout"] < 300


def test_features_are_those_of_the_day_of_the_list(copy: Path) -> None:
    """The same numbers as training has for the customer and day; nobody else has any."""
    made = settings(copy)
    names = feature_names(made)
    assert {"days_since_last_activity", "usual_gap_days", "count_activity_14d", "count_activity_56d"} <= set(names)
    training = pq.ParquetFile("data/features/training.parquet").read(["customer_id", "snapshot", *names])
    rows = np.random.default_rng(1).permutation(len(training))[:300]
    some = training.take(rows)
    days = np.array([day_number(day) for day in some.column("snapshot").to_pylist()])
    values, known = features_at(some.column("customer_id").combine_chunks(), days, names, made)
    assert known.all()
    for number, name in enumerate(names):
        np.testing.assert_array_equal(values[:, number], some.column(name).to_numpy())
    _, known = features_at(some.column("customer_id").combine_chunks(), days - 4000, names, made)
    assert not known.any()


def test_by_default_the_list_is_the_same_whatever_is_proven(copy: Path) -> None:
    """To the byte, but for what the page tells of it."""
    before = {path.name: path.read_bytes() for path in (copy / f"data/lists/{DAY}").iterdir()}
    bring_past(copy, "good")
    settings(copy, few=True)
    found = judged(copy)
    assert (found["usable"], found["order"]) == (True, "value_at_risk")
    assert found["decided"]["figures"]["saved-risk.money.at"]["low"] > 0
    assert not (copy / "data/uplift/saved.parquet").exists()
    again = published(copy)
    assert again.name == f"{DAY}.r2"
    for name in ("risk_list.parquet", "risk_list.csv", "data_dictionary.csv"):
        assert (again / name).read_bytes() == before[name], name
    assert "the data team can switch it" in (again / "report.html").read_text(encoding="utf-8")


def test_on_evidence_the_list_is_ordered_by_saved_value_and_can_be_made_again(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True, risk__cut="capacity", risk__capacity=15)
    assert judged(copy)["order"] == "saved_value"
    folder = published(copy)
    table = pq.ParquetFile(folder / "risk_list.parquet").read().to_pandas()
    assert table["saved_value"].tolist() == (table["saved_probability"] * table["expected_value"]).round(2).tolist()
    asked = table[(table["contact_this_week"] == "yes") & (table["risk_band"] != "low")]
    assert len(asked) == 15
    assert asked["saved_value"].is_monotonic_decreasing
    assert not asked["value_at_risk"].is_monotonic_decreasing
    waiting = table[table["why_not"] == "over_capacity"]
    assert waiting["saved_value"].max() <= asked["saved_value"].min()
    often = table["usual_gap_days"] < OFTEN
    assert table[often]["saved_probability"].mean() > table[~often]["saved_probability"].mean() + 0.2
    assert "puts first the customers with whom a contact" in (folder / "report.html").read_text(encoding="utf-8")
    # A later verdict, another order and no data/uplift: the list holds what it was ordered by.
    shutil.rmtree(copy / "data/uplift")
    settings(copy, few=True)
    monkeypatch.setattr(sys, "argv", ["replay", folder.name])
    replay.main()
    assert "same bytes" in capsys.readouterr().out


def test_without_evidence_the_order_stays_and_the_page_says_why(copy: Path) -> None:
    before = (copy / f"data/lists/{DAY}/risk_list.parquet").read_bytes()
    bring_past(copy, "none")
    settings(copy, "saved_value", few=True)
    found = judged(copy)
    assert (found["why_not"], found["order"]) == ("no_better", "value_at_risk")
    assert not (copy / "data/uplift/model").exists()
    folder = published(copy)
    assert (folder / "risk_list.parquet").read_bytes() == before
    told = json.loads((folder / "briefing.json").read_text(encoding="utf-8"))
    assert {"key": "warning-uplift-order", "values": {}} in told["warnings"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "is not proven to earn more" in page
    assert "This list was to be ordered by whom contacts keep" in page


def test_a_verdict_stays_for_its_draw_and_is_made_anew_in_the_next(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_past(copy, "good")
    made = settings(copy, few=True)
    first, today = judged(copy), date.fromisoformat(DAY)
    rotate = made.holdout.rotate_days
    later = next_draw(today, rotate)
    assert later is not None
    assert first["decided"]["period"] == programme_of(made.holdout.programme, today, rotate)
    bring_past(copy, "none")
    with monkeypatch.context() as patched:
        patched.setattr(judging, "features_at", no_features)
        move(copy, date.fromordinal(later.toordinal() - 1))
        kept = judged(copy)
        assert kept["decided"] == first["decided"]
        assert kept["usable"]
    move(copy, later)
    anew = judged(copy)
    assert (anew["usable"], anew["decided"]["as_of"]) == (False, str(later))
    move(copy, today)  # an earlier list made again knows nothing of a later verdict
    assert judged(copy)["decided"]["as_of"] == DAY


def test_another_question_or_a_draw_for_ever(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, few=True, holdout__rotate_days=None)
    first = judged(copy)["decided"]
    assert first["period"] == programme_of("programme-1", date.fromisoformat(DAY), 182)
    bring_past(copy, "none")
    settings(copy, few=True, holdout__rotate_days=None, churn__active_within_days=63)
    assert judged(copy)["decided"]["question"] != first["question"]


def test_a_draw_that_was_not_followed_stops_everything_and_uses_no_look_up(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True)
    first = judged(copy)
    bring_past(copy, "broken")
    found = judged(copy)
    assert (found["why_not"], found["order"]) == ("split_broken", "value_at_risk")
    assert any(split["broken"] for split in found["splits"])
    assert not (copy / "data/uplift/saved.parquet").exists()
    bring_past(copy, "good")
    again = judged(copy)
    assert (again["order"], again["decided"]) == ("saved_value", first["decided"])
    shutil.rmtree(copy / "data/uplift")
    bring_past(copy, "broken")
    assert judged(copy)["decided"] is None


def test_a_contact_costs_what_params_say_and_an_offer_goes_to_all_who_stay(copy: Path) -> None:
    """Seven more a contact is seven less profit; an offer's price counts where the action brings one."""
    bring_past(copy, "good")
    profits = []
    for costs in ({"contact": 0.0}, {"contact": 7.0}, {"contact": 0.0, "offer": 50.0}):
        settings(copy, few=True, costs=costs, holdout__programme=f"{costs}")
        profits.append(judged(copy)["decided"]["figures"]["all.money"]["value"])
    assert profits[1] == pytest.approx(profits[0] - 7)
    assert profits[2] == pytest.approx(profits[0])
    path = copy / "data/contacts/chosen.parquet"
    table = pq.ParquetFile(path).read()
    at = table.column_names.index("offer")
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array([True] * len(table))), path)
    settings(copy, few=True, costs={"contact": 0.0, "offer": 50.0}, holdout__programme="again")
    stayed = 1 - judged(copy)["history"]["left_contact"] / judged(copy)["history"]["contact"]
    assert judged(copy)["decided"]["figures"]["all.money"]["value"] == pytest.approx(profits[0] - 50 * stayed, abs=3)


def test_amounts_of_today_are_those_that_lists_tell(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a margin a past list told the earned part; the model is asked in the same amounts."""
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True, money_unit__margin=0.4)
    seen: list[pa.Table] = []

    def watched(model: Any, features: pa.Table, scores: pa.Table) -> Any:
        seen.append(scores)
        return judging.columns_today(model, features, scores)

    monkeypatch.setattr(uplift, "columns_today", watched)
    judged(copy)
    spent = pq.ParquetFile("data/scores/scores.parquet").read().column("expected_value").to_numpy()
    np.testing.assert_allclose(seen[0].column("expected_value").to_numpy(), spent * 0.4, atol=0.0051)


def past_of(held: int, of: int, draws: int) -> Past:
    """So many draws of so many customers, of whom as many were held back where three tenths were to be."""
    n = of * draws
    code, place = np.divmod(np.arange(n), of)
    rows = Choices(
        customer=np.arange(n), programme=code, day=code * 7, contact=place >= held, share=np.full(n, 0.3),
        closed=np.ones(n, bool), left=np.zeros(n, bool), spend=np.zeros(n), groups={},
    )  # fmt: skip
    amounts = pa.table({name: np.ones(n) for name in ("expected_value", "value_at_risk")})
    return Past(rows, amounts, tuple(f"draw {number:02}" for number in range(draws)))


def test_a_fault_too_small_for_one_draw_shows_in_all_of_them() -> None:
    """24 of 60 where 18 were to be is chance; 240 of 600 is not."""
    assert missing(past_of(24, 60, 1), Rules(1, 1, 0)) is None
    ten = past_of(24, 60, 10)
    assert [split["programme"] for split in ten.splits() if split["broken"]] == [None]
    assert missing(ten, Rules(1, 1, 0)) == "split_broken"


def test_a_customer_of_several_draws_is_counted_once_as_history() -> None:
    """In the oldest draw: three customers in two draws, contacted in the newer one and held back in the older."""
    rows = Choices(
        customer=np.array([0, 1, 2, 0, 1, 2]), programme=np.array([0, 0, 0, 1, 1, 1]),
        day=np.array([9, 9, 9, 2, 2, 2]), contact=np.array([1, 1, 1, 0, 0, 1], bool), share=np.full(6, 0.3),
        closed=np.ones(6, bool), left=np.array([0, 0, 0, 1, 1, 0], bool), spend=np.zeros(6), groups={},
    )  # fmt: skip
    assert Past(rows, pa.table({"x": np.zeros(6)}), ("a", "b")).history() == History(1, 2, 0, 2)


def test_past_lists_without_amounts_are_not_judged(copy: Path) -> None:
    bring_past(copy, "good")
    path = copy / "data/contacts/chosen.parquet"
    table = pq.ParquetFile(path).read()
    at = table.column_names.index("expected_value")
    pq.write_table(table.set_column(at, table.schema.field(at), pa.nulls(len(table), pa.float64())), path)
    settings(copy, few=True)
    assert judged(copy)["why_not"] == "no_money"


def test_the_same_run_gives_the_same_bytes(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True)
    judged(copy)
    once = files(copy)
    assert {"data/uplift/judged.json", "data/uplift/saved.parquet", "data/uplift/model/model.json"} < set(once)
    judged(copy)
    assert files(copy) == once
    shutil.rmtree(copy / "data/uplift")
    judged(copy)
    assert files(copy) == once


def test_a_model_that_was_edited_is_not_used(copy: Path) -> None:
    bring_past(copy, "good")
    settings(copy, "saved_value", few=True)
    judged(copy)
    path = copy / "data/uplift/model/model.json"
    path.write_text(path.read_text(encoding="utf-8").replace("tree", "treb", 1), encoding="utf-8")
    with pytest.raises(ArtifactError, match="sha256 differs"):
        judged(copy)
