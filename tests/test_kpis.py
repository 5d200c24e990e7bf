"""Retention KPIs of whole shops: equal to plain pandas, on any number of threads, and the promise beside them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import little_shop
import pandas as pd
import pytest
from kpi_pandas import Shop, clean_events, made, read
from workspace import REPOSITORY, source_bytes, write_file, write_params

from pipeline import ingest, kpis
from pipeline.streaming import events as streaming


def compared(folder: Path, active_within: int, horizon: int) -> dict[str, Any]:
    """Assert that every figure of every month and cohort equals the plain one; what the stage wrote."""
    found = made(folder)
    shop = Shop(clean_events(folder), found["today"]["as_of"], active_within, horizon)
    plain = shop.by_month()
    assert [row["month"] for row in found["months"]] == list(plain)
    late = shop.as_of - pd.Timedelta(days=horizon)
    for row in found["months"]:
        expected, start = plain[row["month"]], pd.Timestamp(f"{row['month']}-01")
        if start > late:
            assert row["labelled_churn_rate"] is None
            del expected["labelled_churn_rate"]
        end = min(start + pd.offsets.MonthBegin(1), shop.as_of)
        if end - pd.Timedelta(days=365) < shop.events["day"].min():
            assert row["repeat_purchase_rate"] is None
            del expected["repeat_purchase_rate"]
        agree(row, expected)
    cohorts = shop.by_cohort()
    assert [(row["cohort"], row["month"]) for row in found["cohorts"]] == list(cohorts)
    for row in found["cohorts"]:
        agree(row, cohorts[row["cohort"], row["month"]])
    year = found["last_12_months"]
    if year:
        end = pd.Timestamp(f"{year['to']}-01") + pd.offsets.MonthBegin(1)
        expected = shop.period(end - pd.DateOffset(years=1), end)
        agree(year, {name: value for name, value in expected.items() if name != "labelled_churn_rate"})
    return found


def agree(row: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        assert row[name] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-6)), (row, name)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.shop(120))
    little_shop.run(folder, (ingest,))
    return folder


def test_a_little_shop_equals_plain_pandas(shop: Path) -> None:
    found = compared(shop, 56, 28)
    assert found["month"] == "2024-09"
    assert found["reactivated"] + found["lost"] > 0


@pytest.mark.pipeline
def test_the_demo_equals_plain_pandas(tmp_path: Path) -> None:
    """Two years of Online Retail II."""
    for name in ("params.yaml", "data/no_customers.csv", "data/forgotten.csv", "data/raw/online_retail_ii.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, tmp_path / name)
    little_shop.run(tmp_path, (ingest,))
    found = compared(tmp_path, 182, 91)
    assert (found["month"], found["customers_start"], found["customers_end"]) == ("2011-11", 3200, 3459)
    assert found["retention_rate"] == pytest.approx((3459 - 191 - 245) / 3200, abs=1e-6)


def outputs(folder: Path) -> dict[str, bytes]:
    made(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("data/reports/**/kpis*"))}


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_bytes_do_not_depend_on_threads_and_chunks(shop: Path, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = outputs(shop)
    assert len(expected) == 5
    little_shop.settings(shop, engine={"threads": threads})
    monkeypatch.setattr(streaming, "BATCH", 50)
    monkeypatch.setattr(kpis, "MOST_CELLS", 100)
    assert outputs(shop) == expected
    little_shop.settings(shop)


def promise(folder: Path, day: str) -> None:
    """What evaluate would write of a model that said 40% of 100 customers."""
    said = {"test_snapshot": day, "share_of_customers": 1.0,
            "model": {"n": 100, "mean_probability": {"value": 0.4}, "base_rate": {"value": 0.41}}}  # fmt: skip
    path = folder / "data/reports/evaluation.json"
    path.write_text(json.dumps(said))


def test_the_promise_beside_the_same_label(shop: Path) -> None:
    promise(shop, "2024-08-19")
    both = made(shop)["reconciled"]
    (shop / "data/reports/evaluation.json").unlink()
    plain = Shop(clean_events(shop), "2024-10-26", 56, 28)
    customers, left = plain.leavers(pd.Timestamp("2024-08-19"))
    assert left > 0
    assert (both["realised_customers"], both["realised_leavers"]) == (customers, left)
    assert both["realised_rate"] == pytest.approx(left / customers, abs=1e-6)
    assert (both["promised_rate"], both["promised_leavers"], both["same_customers"]) == (0.4, 40.0, False)
    assert (both["month"], both["month_churn_rate"] is not None) == ("2024-08", True)


def test_who_was_not_learnt_from_is_left_out_beside_the_promise_alone(tmp_path: Path) -> None:
    """Those who object are customers; where the model was not asked about them, the promise is compared without."""
    (tmp_path / "data").mkdir()
    people = [f"c{number:04},2024-01-03,true" for number in range(0, 60, 2)]
    (tmp_path / "data/people.csv").write_text("\n".join(["customer_id,since,objects", *people]) + "\n")
    source = {"source": "data/people.csv", "columns": {"known_since": "since", "objection": "objects"}}
    counted = []
    for learn in (True, False):
        little_shop.settings(tmp_path, customers=source, privacy={"train_on_objectors": learn})
        little_shop.bring(tmp_path, little_shop.shop(60))
        little_shop.run(tmp_path, (ingest,))
        promise(tmp_path, "2024-08-19")
        found = made(tmp_path)
        counted.append((found["reconciled"]["realised_customers"], found["customers_start"]))
    assert 0 < counted[1][0] < counted[0][0]
    assert counted[1][1] == counted[0][1]


def test_without_amounts_activity_stands_for_purchases_and_money_is_null(tmp_path: Path) -> None:
    rows = [("a", f"2024-0{month}-{day:02}", "login", None) for month in (1, 2, 3, 4) for day in (2, 9, 20)]
    changes = {"events.roles": {"activity": ["login"]}, "events.money": []}
    write_params(tmp_path, changes)
    write_file(tmp_path, source_bytes("events.csv", rows))
    little_shop.run(tmp_path, (ingest,))
    found = made(tmp_path)
    assert (found["month"], found["purchases_are"], found["purchases"]) == ("2024-03", ["login"], 3)
    money = ("spend", "net", "average_order_value", "lifetime_value", "lifetime_value_net")
    assert [found[name] for name in money] == [None] * 5
    assert {row["spend"] for row in found["cohorts"]} == {None}


def test_before_a_month_is_over_there_is_no_headline(tmp_path: Path) -> None:
    rows = [("a", f"2024-01-{day:02}", "purchase", 1) for day in range(2, 28)]
    write_params(tmp_path, {"churn": {"horizon_days": 3, "active_within_days": 5}})
    write_file(tmp_path, source_bytes("events.csv", rows))
    little_shop.run(tmp_path, (ingest,))
    found = made(tmp_path)
    assert {found[name] for name in ("month", "retention_rate", "purchases", "last_12_months")} == {None}
    assert [(row["month"], row["complete"], row["purchases"]) for row in found["months"]] == [("2024-01", False, 26)]


@pytest.mark.pipeline
def test_after_a_whole_run_the_model_and_the_kpi_speak_of_the_same_customers(tmp_path: Path) -> None:
    little_shop.settings(tmp_path)
    little_shop.bring(tmp_path, little_shop.shop())
    little_shop.run(tmp_path)
    found = read(tmp_path)
    both, now = found["reconciled"], found["today"]
    assert both["same_customers"]
    assert both["realised_rate"] == pytest.approx(both["model_realised_rate"], abs=1e-6)
    scoring = json.loads((tmp_path / "data/reports/scoring.json").read_text())
    assert now["customers"] == scoring["eligible"]
    assert (now["expected_lifetime_value"] is not None) == scoring["value"]["known"]
