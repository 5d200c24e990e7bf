"""The stage value, from the source to the scores, on a shop of a few hundred customers with all kinds of amounts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from little_shop import bring, day, run, settings, shop
from stages import STAGES
from workspace import Row

from pipeline import publish, value
from pipeline.challenger import challenger_version
from pipeline.champions import champion
from pipeline.errors import ArtifactError
from pipeline.scored import lifecycle_stages
from pipeline.settings import load_settings
from pipeline.tables import TRAINING, TRAINING_VALUE, VALUE, read_json, read_table, write_json, write_table
from pipeline.valued import BEFORE_VALUES, load_valued

pytestmark = pytest.mark.pipeline

SCORED = tuple(stage for stage in STAGES if stage is not publish)
ROLES = {"activity": ["purchase"], "friction": ["return"]}
REPORT, SCORING = Path("data/reports/value.json"), Path("data/reports/scoring.json")


def priced(make: Callable[[Row, np.random.Generator], float], customers: int = 260) -> list[Row]:
    """The little shop with other amounts of its purchases."""
    random = np.random.default_rng(3)
    return [(*row[:3], make(row, random)) if row[2] == "purchase" else row for row in shop(customers)]


def worth(row: Row, random: np.random.Generator) -> float:
    """Customers differ by what they pay, as they do."""
    own = np.random.default_rng(int.from_bytes(str(row[0]).encode()[-3:], "big")).lognormal(3, 1)
    return round(float(own * random.uniform(0.7, 1.3)), 2)


def scored(folder: Path, rows: list[Row], **changes: Any) -> dict[str, Any]:
    """Run all but publish; what scoring.json says of value."""
    settings(folder, **changes)
    bring(folder, rows)
    run(folder, SCORED)
    with contextlib.chdir(folder):
        found: dict[str, Any] = read_json(SCORING)["value"]
    return found


def moody(row: Row, random: np.random.Generator) -> float:
    """On a day of their own customers change for good what they pay: the mean of all their purchases misleads."""
    own = np.random.default_rng(int.from_bytes(str(row[0]).encode()[-3:], "big"))
    before, after, turn = own.lognormal(3, 1.2), own.lognormal(3, 1.2), day(int(own.integers(60, 240)))
    return round(float((before if str(row[1]) < turn else after) * random.uniform(0.7, 1.3)), 2)


@pytest.fixture(scope="module")
def priced_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A larger shop whose customers change what they pay, which trees can know and gamma-gamma cannot; scored."""
    folder = tmp_path_factory.mktemp("priced")
    scored(folder, priced(moody, 900), events__money=["purchase", "return"], snapshots__train=10)
    return folder


def test_spend_lies_beside_the_training_table(priced_shop: Path) -> None:
    """The same rows in the same order, and sums that a loop over the source finds."""
    with contextlib.chdir(priced_shop):
        training, spend = read_table(TRAINING, ["customer_id", "snapshot"]), read_table(TRAINING_VALUE)
        assert spend.select(["customer_id", "snapshot"]).equals(training)
        rows = spend.to_pylist()
    source = [row for row in priced(moody, 900) if row[2] == "purchase"]
    for row in rows[:: len(rows) // 25]:
        snapshot = np.datetime64(row["snapshot"])
        for name, first in (("spend", snapshot), ("spend_before", snapshot - 28)):
            window = {str(first + offset) for offset in range(28)}
            paid = sum(float(each[3]) for each in source if each[0] == row["customer_id"] and each[1] in window)
            assert row[name] == pytest.approx(paid)


def test_the_champion_holds_the_forecast(priced_shop: Path) -> None:
    """Its files are those of the stage, and its version covers them."""
    with contextlib.chdir(priced_shop):
        now = champion()
        assert now is not None
        for name in ("value.json", "value.txt"):
            assert (now.folder / name).read_bytes() == (VALUE / name).read_bytes()
        assert now.version == challenger_version()
        assert now.manifest["shipped_label_end"] <= read_json(SCORING)["as_of"]


def test_scores_hold_what_the_report_says(priced_shop: Path) -> None:
    """Amounts for everybody, in hundredths; frequency and lifecycle stage for everybody."""
    with contextlib.chdir(priced_shop):
        found, report = read_table(Path("data/scores/scores.parquet")), read_json(SCORING)
        judged = read_json(REPORT)
        current = read_table(Path("data/features/current.parquet"))
    about = report["value"]
    assert (judged["known"], about["known"], about["why_not_known"]) == (True, True, None)
    values = found.column("expected_value").to_pylist()
    assert all(amount > 0 and round(amount, 2) == amount for amount in values)
    assert about["expected_value"] == pytest.approx(sum(values), abs=0.01)
    assert 0 < about["total_ratio"]["low"] < 1 < about["total_ratio"]["high"]
    assert found.column("frequency").to_pylist() == current.column("active_days_56d").to_pylist()
    assert set(found.column("lifecycle_stage").to_pylist()) <= {"new", "active", "reactivated"}
    assert set(report["spread"]) == {"log_odds", "origins"}
    assert sum(item["customers"] for item in report["raw_bands"].values()) == found.num_rows


def test_the_same_inputs_make_the_same_bytes(priced_shop: Path) -> None:
    """The stage run twice: every file of its folder and its report."""
    names = ("data/value/value.json", "data/value/value.txt", "data/value/manifest.json", "data/reports/value.json")
    before = [(priced_shop / name).read_bytes() for name in names]
    run(priced_shop, [value])
    assert [(priced_shop / name).read_bytes() for name in names] == before


def test_an_older_champion_scores_without_amounts(priced_shop: Path) -> None:
    """Made before there were forecasts of spend: its list has probabilities, and says why it has no amounts."""
    with contextlib.chdir(priced_shop):
        now = champion()
        assert now is not None
        older = {**now.manifest, "files": {k: v for k, v in now.manifest["files"].items() if not k.startswith("value")}}
        found = load_valued(now.folder, older)
    assert (found.known, found.why_not_known, found.about()["known"]) == (False, BEFORE_VALUES, False)


def test_tables_of_two_runs_are_refused(priced_shop: Path) -> None:
    """A spend table with a row less would give everybody a neighbour's spend."""
    with contextlib.chdir(priced_shop):
        whole = read_table(TRAINING_VALUE)
        try:
            write_table([whole.slice(1)], whole.schema, TRAINING_VALUE)
            with pytest.raises(ArtifactError, match="they are not of one run"):
                value.main()
        finally:
            write_table([whole], whole.schema, TRAINING_VALUE)


def test_folders_of_two_runs_make_no_challenger(priced_shop: Path) -> None:
    """A forecast of another test snapshot is none of this model's."""
    with contextlib.chdir(priced_shop):
        path = VALUE / "manifest.json"
        manifest = read_json(path)
        try:
            write_json({**manifest, "test_snapshot": "2020-01-06"}, path)
            with pytest.raises(ArtifactError, match="is of 2020-01-06 and data/model of"):
                challenger_version()
        finally:
            write_json(manifest, path)


def flat(row: Row, random: np.random.Generator) -> float:
    """Everybody pays nothing."""
    return 0


def credited() -> list[Row]:
    """Purchases without money, and a credit of 5 for each tenth of them."""
    rows = shop()
    return [*rows, *((row[0], row[1], "credit", -5) for row in rows[::10])]


WITHHELD: dict[str, tuple[list[Row], dict[str, Any], str]] = {
    "no type has amounts": (shop(), {"events__money": []}, "no_amounts"),
    "only returns have amounts": (shop(), {"events__money": ["return"]}, "no_amounts"),
    "all amounts are zero": (priced(flat), {"events__money": ["purchase"]}, "no_amounts"),
    "all amounts are negative": (
        credited(),
        {"events__money": ["credit"], "events__roles": {**ROLES, "engagement": ["credit"]}},
        "no_amounts",
    ),
    "one origin only": (priced(worth), {"events__money": ["purchase"], "snapshots__train": 2}, "too_few"),
}


@pytest.mark.parametrize(("rows", "changes", "why"), WITHHELD.values(), ids=WITHHELD.keys())
def test_amounts_are_withheld_for_a_reason(tmp_path: Path, rows: list[Row], changes: dict[str, Any], why: str) -> None:
    """The list is made all the same, with frequency in their place."""
    about = scored(tmp_path, rows, **changes)
    assert (about["known"], about["why_not_known"], about["expected_value"]) == (False, why, None)
    found = pq.read_table(tmp_path / "data/scores/scores.parquet")
    assert set(found.column("expected_value").to_pylist()) == {None}
    assert min(found.column("frequency").to_pylist()) > 0
    assert found.num_rows > 0


def test_one_wholesaler_with_nearly_all_of_the_spend(tmp_path: Path) -> None:
    """A verdict and a list, whatever it is; if amounts are shown, nobody else is forecast a wholesaler's."""
    rows = priced(lambda row, random: 100_000 if row[0] == "daily" else worth(row, random))
    about = scored(tmp_path, rows, events__money=["purchase"], snapshots__train=10)
    found = pq.read_table(tmp_path / "data/scores/scores.parquet").to_pylist()
    if about["known"]:
        assert all(row["expected_value"] < 50_000 for row in found if row["customer_id"] != "daily")
    else:
        assert about["why_not_known"] in (
            "total_off",
            "not_better_than_last_period",
            "not_better_than_bgnbd_gamma_gamma",
        )


def test_who_cancels_has_spent_before(tmp_path: Path) -> None:
    """Leaving is a cancellation here, so that leavers spend, too, until they cancel: less than those who stay."""
    last: dict[str, str] = {}
    rows = priced(worth, 400)
    for row in rows:
        last[str(row[0])] = max(last.get(str(row[0]), ""), str(row[1]))
    cancels: list[Row] = [(who, when, "cancel", None) for who, when in last.items() if when < day(285)]
    moved = [(row[0], str(np.datetime64(str(row[1])) + 10), *row[2:]) for row in cancels]
    changes = {"definition": "cancellation", "horizon_days": 28, "active_within_days": 56}
    roles = {**ROLES, "cancel": ["cancel"]}
    settings(tmp_path, churn=changes, events__roles=roles, events__money=["purchase"])
    bring(tmp_path, [*rows, *moved])
    run(tmp_path, STAGES[: STAGES.index(value) + 1])
    content = json.loads((tmp_path / "data/value/value.json").read_text(encoding="utf-8"))
    assert content["model"]["base"]["silence"] is False
    assert 0 < content["model"]["leavers"] < 1
    assert json.loads((tmp_path / REPORT).read_text(encoding="utf-8"))["origins"] > 0


def test_lifecycle_stages(tmp_path: Path) -> None:
    """New wins; back after a break counts for as long as a customer may be silent, then they are active again."""
    settings(tmp_path)
    table = pa.table(
        {
            "is_new": [1.0, 0.0, 0.0, 0.0],
            "is_reactivated": [1.0, 1.0, 1.0, 0.0],
            "spell_days": [10.0, 56.0, 57.0, 10.0],
        }
    )
    with contextlib.chdir(tmp_path):
        found = lifecycle_stages(table, load_settings())
    assert found.tolist() == ["new", "reactivated", "active", "active"]
