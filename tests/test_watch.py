"""The stage watch on a little shop: what it writes, what it compares with, and what it says when things go wrong."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.snapshots import day_number
from models.advice import Closed
from models.calibration import logit
from models.promise import Spread
from models.table import TrainingTable
from pipeline import watch
from pipeline.champions import champion
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError
from pipeline.settings import load_settings
from pipeline.tables import CURRENT, CURRENT_SUMMARY, TRAINING, TREATED_TABLE, read_json, write_json
from pipeline.watching.closed import Outcome, outcomes
from pipeline.watching.slices import Census, census, learnt_newest, load_slices, season_twin
from pipeline.watching.twin import told

pytestmark = pytest.mark.pipeline
FIRST, SECOND = "2024-08-05", "2024-09-02"  # the newest dates with an outcome


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watch")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.shop())
    little_shop.run(folder)
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shop, in which the test runs."""
    folder = tmp_path / "shop"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def report() -> dict[str, Any]:
    """What the stage says now."""
    watch.main()
    found: dict[str, Any] = json.loads(Path("data/reports/watch.json").read_text(encoding="utf-8"))
    return found


def drift() -> list[dict[str, str]]:
    with Path("data/reports/drift.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def change(path: Path, name: str, values: Callable[[np.ndarray], Any]) -> None:
    """Replace a column of a table."""
    table = pq.read_table(path)
    at = table.column_names.index(name)
    new = pa.array(values(table.column(name).to_numpy()), table.schema.field(name).type, from_pandas=True)
    pq.write_table(table.set_column(at, table.schema.field(name), new), path)


def test_what_is_written(shop: Path) -> None:
    """Figures that are counted here again, one row per feature of the champion, equal bytes on a second run."""
    found = report()
    now, current, training = champion(), pq.read_table(CURRENT), pq.read_table(TRAINING)
    assert now is not None
    newest = training.filter(pa.compute.equal(training.column("snapshot"), date.fromisoformat(SECOND)))
    assert found["population"] == len(current)
    assert (found["last_closed"], found["population_last_closed"]) == (SECOND, len(newest))
    assert found["population_change"] == pytest.approx(len(current) / len(newest) - 1, abs=1e-6)
    left = newest.column("churned").to_numpy(zero_copy_only=False)
    assert found["left_newest_slice"] == found["left_last_closed"] == pytest.approx(left.mean(), abs=1e-6)
    earlier = training.filter(pa.compute.less(training.column("snapshot"), date.fromisoformat(SECOND)))
    before = earlier.column("churned").to_numpy(zero_copy_only=False)
    assert found["left_slices_before"] == pytest.approx(before.mean(), abs=1e-6)
    assert found["days_silent"] == 1
    assert found["correcting_helps"] is False
    rows = drift()
    assert {row["feature"] for row in rows} == set(now.manifest["features"])
    assert [float(row["psi"]) for row in rows] == sorted((float(row["psi"]) for row in rows), reverse=True)
    assert sum(int(row["drifted"]) for row in rows) == found["features_drifted"]
    assert found["twin"] == {"known": False, "horizon_days": 28, "silence": True}
    bytes_then = [Path(f"data/reports/{name}").read_bytes() for name in ("watch.json", "drift.csv")]
    report()
    assert [Path(f"data/reports/{name}").read_bytes() for name in ("watch.json", "drift.csv")] == bytes_then


def test_the_champion_is_judged_on_what_it_has_not_seen(shop: Path) -> None:
    """The newest date by the champion's judged model, the one before by what was refitted then."""
    now = champion()
    assert now is not None
    found = outcomes(load_settings(), now, census())
    assert [(item.day, item.by) for item in found] == [
        (day_number(date.fromisoformat(FIRST)), "past"),
        (day_number(date.fromisoformat(SECOND)), "champion"),
    ]
    judged = load_chosen(now.folder, now.folder, "judged")
    table = load_slices(load_settings(), judged.members.names, {found[1].day}, left_alone=True)
    assert np.array_equal(found[1].odds, judged.odds(table))


def test_a_champion_of_another_question_is_held_against_nothing(shop: Path) -> None:
    little_shop.settings(shop, churn__horizon_days=14)
    now = champion()
    assert now is not None
    assert outcomes(load_settings(), now, census()) == []


def test_who_was_contacted_is_not_judged(shop: Path) -> None:
    """Ten customers were contacted on the day after the newest date: their outcome says nothing of the promise."""
    day = day_number(date.fromisoformat(SECOND))
    everybody = load_slices(load_settings(), (), {day}, left_alone=True)
    ids = sorted(pq.read_table(TRAINING).filter(
        pa.compute.equal(pq.read_table(TRAINING).column("snapshot"), date.fromisoformat(SECOND))
    ).column("customer_id").to_pylist())[:10]  # fmt: skip
    TREATED_TABLE.parent.mkdir(parents=True, exist_ok=True)
    days = pa.array([date(2024, 9, 3)] * 10, pa.date32())
    pq.write_table(pa.table({"customer_id": ids, "day": days, "stands_for": pa.array([0.0] * len(ids))}), TREATED_TABLE)
    assert len(load_slices(load_settings(), (), {day}, left_alone=True)) == len(everybody) - 10
    assert len(load_slices(load_settings(), (), {day}, left_alone=False)) == len(everybody)
    now = champion()
    assert now is not None
    assert len(outcomes(load_settings(), now, census())[-1].odds) == len(everybody) - 10


def test_a_feature_that_is_suddenly_missing(shop: Path) -> None:
    change(CURRENT, "count_activity_14d", lambda values: np.where(np.arange(len(values)) % 4 == 0, np.nan, values))
    found = report()
    assert (found["verdict"], found["reason"]) == ("look_at_data", "missing")
    assert found["advice"]["values"]["feature"] == "count_activity_14d"
    assert found["advice"]["values"]["share"] == pytest.approx(0.25, abs=0.01)
    row = next(row for row in drift() if row["feature"] == "count_activity_14d")
    assert (row["missing_before"], float(row["missing_now"])) == ("0.0", pytest.approx(0.25, abs=0.01))


def test_returns_are_no_longer_delivered(shop: Path) -> None:
    """Before, somebody's last return was always days ago; now nobody's is within the month."""
    change(CURRENT, "days_since_last_friction", lambda values: values + 40)
    found = report()
    assert (found["verdict"], found["reason"], found["advice"]["values"]["kind"]) == ("look_at_data", "gone", "return")
    assert found["advice"]["values"]["days"] >= 40
    change(CURRENT, "days_since_last_friction", lambda values: values * np.nan)
    assert report()["reason"] == "gone_for_ever"


def test_the_export_stopped(shop: Path) -> None:
    about = read_json(CURRENT_SUMMARY)
    write_json({**about, "newest_event_day": "2024-10-20"}, CURRENT_SUMMARY)
    found = report()
    assert (found["reason"], found["days_silent"]) == ("silent", 7)


def test_as_many_customers_as_never_before(shop: Path) -> None:
    write_json({**read_json(CURRENT_SUMMARY), "eligible": 400}, CURRENT_SUMMARY)
    assert (report()["verdict"], report()["reason"]) == ("look_at_data", "more")


def test_drift_without_outcomes(shop: Path) -> None:
    """A shop without new customers: they are older than those learnt from; nothing newer is known yet."""
    found = report()
    assert found["features_drifted"] > 0.2 * found["features"]
    assert (found["verdict"], found["reason"]) == ("hold", "drifted_no_outcomes")


def test_an_old_champion_drifts_and_there_is_something_to_learn(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its successors had been refused; what the manifest says is changed in memory only."""
    now = champion()
    assert now is not None
    now.manifest["shipped_slices"] = [name for name in now.manifest["shipped_slices"] if name < SECOND]
    monkeypatch.setattr(watch, "champion", lambda: now)
    found = report()
    assert (found["verdict"], found["reason"]) == ("retrain", "drifted")
    assert found["compared_with"]["newest"] == FIRST


def test_a_season_that_comes_every_year_is_no_drift(shop: Path) -> None:
    """A year ago there were the same customers as today, in the same state: so nothing has drifted."""
    before = report()
    table, current = pq.read_table(TRAINING), pq.read_table(CURRENT)
    year_ago = date(2023, 10, 30)  # 2024-10-27 less 52 weeks is 2023-10-29, a Sunday; the grid has Mondays
    twin = pa.table({
        **{name: current.column(name) for name in current.column_names},
        "snapshot": pa.array([year_ago] * len(current), pa.date32()),
        "churned": pa.array(np.arange(len(current)) % 3 == 0),
    })  # fmt: skip
    pq.write_table(pa.concat_tables([table, twin.select(table.column_names).cast(table.schema)]), TRAINING)
    found = report()
    assert (found["compared_with"]["year_ago"], found["population_year_ago"]) == (str(year_ago), len(current))
    assert before["features_drifted"] > 0 == found["features_drifted"]
    assert before["score_psi_newest"] == found["score_psi_newest"] > found["score_psi"] == 0
    assert before["population_change"] < -0.3 < found["population_change"] == 0
    rows = {row["feature"]: row for row in drift()}
    assert float(rows["tenure_days"]["psi_newest"]) > 1 > float(rows["tenure_days"]["psi"]) == 0
    count, late = len(current), current.column("overdue_ratio").to_numpy() > 1
    stayed = np.arange(count) % 3 != 0
    assert found["twin"]["eligible"]["customers"] == count
    assert found["twin"]["eligible"]["stayed"] == int(stayed.sum())
    assert found["twin"]["overdue"]["customers"] == int(late.sum())
    assert found["twin"]["overdue"]["stayed"] == int((late & stayed).sum())


def test_what_cannot_be_read_is_said(shop: Path) -> None:
    TRAINING.write_bytes(b"half a file")
    with pytest.raises(ArtifactError, match="damaged"):
        watch.main()
    TRAINING.unlink()
    with pytest.raises(ArtifactError, match=r"training\.parquet is missing"):
        watch.main()
    shutil.rmtree("data/champion")
    with pytest.raises(ArtifactError, match="no champion to watch"):
        watch.main()


# ---- parts


def days(*names: str) -> Census:
    """A census of a hundred customers at each of these dates."""
    counts = {day_number(date.fromisoformat(name)): 100 for name in names}
    return Census(counts, dict.fromkeys(counts, 40))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-12-30", "2024-01-01"),  # 52 weeks to the day
        ("2025-01-13", "2024-01-01"),  # half a step later, as near to the next slice: the earlier one
        ("2025-01-14", "2024-01-29"),
        ("2024-12-16", "2024-01-01"),  # half a step before the oldest
        ("2024-12-15", None),
        ("2025-02-11", None),  # a day beyond half a step after the newest
    ],
)
def test_the_season_twin(as_of: str, expected: str | None) -> None:
    found = season_twin(as_of, 28, days("2024-01-01", "2024-01-29"))
    assert found == (None if expected is None else day_number(date.fromisoformat(expected)))


def test_what_the_twin_tells() -> None:
    """Four customers, two silent longer than usual; a draw of half of all customers stands for twice as many."""
    overdue = np.array([[0.5], [1.5], [np.nan], [2.0]], np.float32)
    churned = np.array([False, True, True, False])
    day = day_number(date(2024, 1, 1))
    table = TrainingTable(np.arange(4), np.full(4, day), churned, overdue, ("overdue_ratio",), 91, 0.5)
    assert told(table) == {
        "known": True,
        "as_of": "2024-01-01",
        "eligible": {"customers": 8, "stayed": 4, "stayed_share": 0.5},
        "overdue": {"customers": 4, "stayed": 2, "stayed_share": 0.5},
    }
    assert told(None) == {"known": False}
    nobody = TrainingTable(np.arange(4), np.full(4, day), churned, overdue * 0, ("overdue_ratio",), 91)
    assert told(nobody)["overdue"] is None


def test_an_outcome_as_it_is_told() -> None:
    """Ten customers of 50%, four of whom left: promised five, with chance alone 1.96 sqrt(2.5) = 3.1 to either side."""
    outcome = Outcome(day_number(date(2024, 1, 1)), np.zeros(10), np.arange(10) < 4, "champion")
    assert outcome.told(Spread(0.0, 8), 20) == Closed("2024-01-01", 20, 0.4, 0.5, 0.1, 0.9, 0.5)
    likely = Outcome(0, logit(np.array([0.9, 0.8, 0.3])), np.array([True, True, True]), "champion")
    assert likely.told(Spread(0.1, 8), 3).auc is None


def test_a_champion_older_than_the_table(shop: Path) -> None:
    """Its slices have left the table: the oldest that is left stands in."""
    now = champion()
    assert now is not None
    known = days("2030-01-07", "2030-02-04")
    assert learnt_newest(now, known) == known.days()[0]
    assert learnt_newest(now, days(FIRST, SECOND)) == day_number(date.fromisoformat(SECOND))
