"""The whole pipeline in a temporary checkout with four tenths of the demo's customers: a year in the life of a list."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cut import Checkout, make_checkout

from pipeline.tables import USABILITY_REFUSED

pytestmark = pytest.mark.pipeline

FIRST, NEXT, MATURED = datetime(2011, 10, 10, 12), datetime(2011, 10, 17, 12), datetime(2011, 10, 24, 12)
TRAINING = ("train", "backtest", "calibrate", "evaluate", "promote")


def report(checkout: Checkout, name: str) -> dict[str, Any]:
    """A JSON report."""
    content: dict[str, Any] = json.loads((checkout.root / "data/reports" / name).read_text(encoding="utf-8"))
    return content


def risk_list(checkout: Checkout, folder: str = "latest") -> list[dict[str, str]]:
    """The rows of a list."""
    with (checkout.root / "data/lists" / folder / "risk_list.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def ran(output: str) -> set[str]:
    """Stages that a repro ran."""
    return {line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")}


def eligible_by_hand(checkout: Checkout, as_of: date, within: int = 182) -> set[str]:
    """Customers with a purchase of a product in the days before `as_of`, in plain Python from the raw file."""
    found = set()
    for row in pq.read_table(checkout.root / "data/raw/online_retail_ii.parquet").to_pylist():
        days_ago = (as_of - row["InvoiceDate"].date()).days
        product = row["StockCode"][:5].isdigit() and len(row["StockCode"]) >= 5 and row["Price"] > 0
        if row["Customer ID"] and product and not row["Invoice"].startswith("C") and 1 <= days_ago <= within:
            found.add(row["Customer ID"])
    return found


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout after its first run, with its state committed."""
    checkout = make_checkout(tmp_path_factory.mktemp("year"))
    checkout.cut_source(FIRST)
    checkout.commit()
    checkout.repro()
    checkout.commit()
    return checkout


@pytest.mark.slow  # two minutes; the fast suite runs the stages on smaller shops
def test_a_year_of_lists(year: Checkout) -> None:
    """One story in order, since each step lives on the one before; each step is a function of its own."""
    first_list_is_complete(year)
    promises_are_told(year)
    served_model_says_the_same(year)
    nothing_to_do_is_said(year)
    experiment_neither_promotes_nor_publishes(year)
    next_week_is_scored_without_training(year)
    matured_slice_retrains(year)
    bad_input_touches_nothing(year)
    broken_challenger_is_refused(year)
    rollback_holds(year)


def first_list_is_complete(year: Checkout) -> None:
    rows = risk_list(year)
    assert {row["customer_id"] for row in rows} == eligible_by_hand(year, date(2011, 10, 10))
    assert [int(row["priority"]) for row in rows] == list(range(1, len(rows) + 1))
    answers = [row["contact_this_week"] for row in rows]
    assert answers == sorted(answers, reverse=True)  # yes before no
    assert all((row["why_not"] == "") == (row["contact_this_week"] == "yes") for row in rows)
    assert {row["group"] for row in rows} == {"contact", "holdout"}
    assert {row["previous_band"] for row in rows} == {""}
    assert all(row["horizon_end"] == "2012-01-09" and row["valid_until"] == "2011-10-17" for row in rows)
    found = report(year, "ingest.json")
    assert found["source_rows"] == found["duplicates"] + found["left_out_by_query"] + found["rows_in"]
    assert found["rows_in"] == found["kept_events"] + found["rejected"] + found["collapsed_away"]


def promises_are_told(year: Checkout) -> None:
    """The list's manifest says what is expected of each band, and the card how it would have done at past dates."""
    manifest = json.loads((year.root / "data/lists/latest/manifest.json").read_text(encoding="utf-8"))
    rows = risk_list(year)
    for band, item in manifest["bands"].items():
        chances = [float(row["churn_probability"]) for row in rows if row["risk_band"] == band]
        assert (item["customers"], item["expected_leavers"]) == (len(chances), pytest.approx(sum(chances), abs=0.06))
        assert item["low"] <= item["expected_leavers"] <= item["high"]
    assert manifest["grade"]["letter"] in "ABCD"
    assert manifest["uncertain"] == sum(bool(row["uncertain"]) for row in rows)
    found = report(year, "backtest.json")
    assert [row["origin"] for row in found["rows"]] == sorted(row["origin"] for row in found["rows"])
    card = (year.root / "data/reports/model_card.md").read_text(encoding="utf-8")
    assert f"## Grade {manifest['grade']['letter']}" in card
    assert all(sentence in card for sentence in report(year, "evaluation.json")["past_dates"]["sentences"])


SERVED = """
import mlflow, pandas
mlflow.set_tracking_uri("sqlite:///mlflow.db")
rows = pandas.read_parquet("data/features/current.parquet")
rows["snapshot"] = pandas.to_datetime(rows["snapshot"])
served = mlflow.pyfunc.load_model("models:/ebb-churn@champion").predict(rows.drop(columns="customer_id"))
scored = pandas.read_parquet("data/scores/scores.parquet")
assert (served["churn_probability"].to_numpy() == scored["churn_probability"].to_numpy()).all()
"""


def served_model_says_the_same(year: Checkout) -> None:
    """Whoever loads the champion from MLflow gets the list's probabilities, season and all."""
    year.run("python", "-c", SERVED)


def nothing_to_do_is_said(year: Checkout) -> None:
    assert "Data and pipelines are up to date." in year.repro()


def experiment_neither_promotes_nor_publishes(year: Checkout) -> None:
    before = (year.root / "data/champion/current.json").read_bytes()
    year.run("dvc", "exp", "run", "-S", "model.num_leaves=5")
    assert report(year, "promotion.json")["decision"] == "experiment"
    assert (year.root / "data/champion/current.json").read_bytes() == before
    assert sorted(path.name for path in (year.root / "data/lists").iterdir()) == ["2011-10-10", "latest"]
    year.run("git", "checkout", "-q", "--", "params.yaml", "dvc.lock")
    year.run("dvc", "checkout", "-q", "--force")


def next_week_is_scored_without_training(year: Checkout) -> None:
    year.cut_source(NEXT)
    stages = ran(year.repro())
    assert stages.isdisjoint(TRAINING)
    assert {"ingest", "featurize_current", "score", "publish"} <= stages
    rows, before = risk_list(year), {row["customer_id"]: row["risk_band"] for row in risk_list(year, "2011-10-10")}
    assert {row["as_of"] for row in rows} == {"2011-10-17"}
    assert all(row["previous_band"] == before.get(row["customer_id"], "") for row in rows)
    assert any(row["previous_band"] for row in rows)


def matured_slice_retrains(year: Checkout) -> None:
    year.cut_source(MATURED)
    assert set(TRAINING) <= ran(year.repro())
    assert report(year, "promotion.json")["decision"] == "promoted"
    assert report(year, "evaluation.json")["test_snapshot"] == "2011-07-25"
    year.commit()


def bad_input_touches_nothing(year: Checkout) -> None:
    source = year.root / "data/raw/online_retail_ii.parquet"
    kept, before = source.read_bytes(), state(year)
    source.write_bytes(kept[: len(kept) // 2])
    done = year.run("dvc", "repro", check=False)
    assert done.returncode != 0
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    source.unlink()
    done = year.run("python", "-m", "pipeline.check", check=False)
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert state(year) == before
    source.write_bytes(kept)
    assert "up to date" in year.repro()


def state(year: Checkout) -> dict[str, bytes]:
    """Bytes of every output but the page that a refused run writes."""
    return {
        str(path): path.read_bytes()
        for path in sorted((year.root / "data").rglob("*"))
        if path.is_file() and "raw" not in path.parts and path != year.root / USABILITY_REFUSED
    }


def broken_challenger_is_refused(year: Checkout) -> None:
    champion = (year.root / "data/champion/current.json").read_bytes()
    shuffle_labels(year.root / "data/features/training.parquet")
    for stage in TRAINING:
        year.run("python", "-m", f"pipeline.{stage}")
    found = report(year, "promotion.json")
    assert found["decision"] == "refused"
    assert "log loss" in found["why"]
    assert (year.root / "data/champion/current.json").read_bytes() == champion
    assert found["why"] in (year.root / "data/reports/model_card.md").read_text(encoding="utf-8")
    year.run("dvc", "checkout", "-q", "--force")


def shuffle_labels(path: Path) -> None:
    """Reverse the outcomes of all slices but the newest: what a join on the wrong key would do."""
    table = pq.read_table(path)
    days = table.column("snapshot").to_numpy()
    labels = table.column("churned").to_numpy().copy()
    old = np.flatnonzero(days < days.max())
    labels[old] = np.random.default_rng(0).permutation(labels[old])
    index = table.column_names.index("churned")
    pq.write_table(table.set_column(index, "churned", pa.array(labels)), path)


def rollback_holds(year: Checkout) -> None:
    now = json.loads((year.root / "data/champion/current.json").read_text(encoding="utf-8"))
    earlier, later = now["previous"], now["version"]
    assert earlier
    assert earlier != later
    year.run("python", "-m", "pipeline.rollback", earlier)
    year.repro()
    assert {row["model_version"] for row in risk_list(year)} == {earlier}
    manifest = json.loads((year.root / "data/lists/latest/manifest.json").read_text(encoding="utf-8"))
    assert manifest["rolled_back_from"] == later
    assert (year.root / "data/lists/2011-10-24.r2").is_dir()
    assert {row["model_version"] for row in risk_list(year, "2011-10-24")} == {later}
    assert "up to date" in year.repro()
    assert year.run("python", "-m", "pipeline.rollback", "nonesuch", check=False).returncode == 1
    year.run("python", "-m", "pipeline.confirm")
    year.repro()
    assert {row["model_version"] for row in risk_list(year)} == {later}
