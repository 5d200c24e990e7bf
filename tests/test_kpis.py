"""Retention KPIs: by hand on a dozen events, by plain pandas on whole shops, and the promise beside them."""

from __future__ import annotations

import contextlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pandas as pd
import pytest
from kpi_pandas import Shop, clean_events
from workspace import REPOSITORY, read_ingested, source_bytes, write_file, write_params

from features.kpis import churn_rate, days_between, net_promoter_score, retention_rate
from features.months import months
from features.snapshots import day_number
from pipeline import ingest, kpis
from pipeline.errors import ConfigError
from pipeline.kpi_files import read_kpis
from pipeline.settings import parse_settings
from pipeline.streaming import events as streaming

EVENTS = [
    ("ann", "2024-01-05", "purchase", 10),
    ("bob", "2024-01-20", "purchase", 5),  # silent for 41 days on the first of March
    ("eve", "2024-02-01", "purchase", 7),  # on the day on which February begins: hers
    ("ann", "2024-02-05", "purchase", 20),
    ("ann", "2024-02-05", "purchase", 2),
    ("dan", "2024-02-10", "return", -1),  # was never a customer
    ("ann", "2024-03-05", "purchase", 30),
    ("cleo", "2024-03-10", "purchase", 100),
    ("cleo", "2024-03-12", "return", -20),
    ("ann", "2024-04-05", "purchase", 40),
    ("bob", "2024-04-30", "purchase", 15),
    *(("ann", f"2024-03-{day:02}", "nps", score) for day, score in ((6, 10), (7, 9), (8, 8), (9, 6), (10, 11))),
    *(("bob", f"2024-04-{day:02}", "csat", score) for day, score in ((6, 5), (7, 4), (8, 3), (9, 0))),
    ("late", "2024-05-10", "purchase", 1),  # the day of as_of, which is not over
]
SETTINGS: dict[str, Any] = {
    "churn": {"horizon_days": 28, "active_within_days": 40},
    "events.roles": {"activity": ["purchase"], "friction": ["return"], "feedback": ["nps", "csat"]},
    "events.timezone": "Europe/London",
    "snapshots": {"as_of": "2024-05-10", "every_days": 7, "train": 8, "min_history_days": 0},
    "kpis": {"nps": "nps", "csat": "csat"},
}


def made(folder: Path) -> dict[str, Any]:
    """What the stage writes, when it is run."""
    little_shop.run(folder, (kpis,))
    return read(folder)


def read(folder: Path) -> dict[str, Any]:
    """What the stage has written."""
    with contextlib.chdir(folder):
        return read_kpis()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("story")
    write_params(folder, SETTINGS)
    write_file(folder, source_bytes("events.csv", EVENTS))
    little_shop.run(folder, (ingest,))
    assert len(read_ingested(folder).events) == len(EVENTS)
    return made(folder)


def test_the_example_of_a_thousand_customers() -> None:
    """1,000 at the start, 900 at the end, 200 of them won since: 700 were kept."""
    assert retention_rate(1000, 900, 200) == 0.7
    assert churn_rate(1000, 300) == 0.3
    assert retention_rate(0, 900, 900) is None


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2024-02", {
            "complete": True, "settled": False, "customers_start": 2, "kept": 1, "lost": 1, "new": 1, "reactivated": 0,
            "customers_end": 2, "lapsed_start": 0, "retention_rate": 0.5, "churn_rate": 0.5, "reactivation_rate": None,
            "labelled_left": 1, "labelled_churn_rate": 0.5, "buyers": 2, "returning_buyers": 1, "purchases": 3,
            "purchase_frequency": 1.5, "spend": 29.0, "net": 28.0, "average_order_value": 9.666667,
            "lifetime_value": 14.666667, "days_between_purchases_mean": 31.0, "days_between_purchases_median": 31.0,
            "nps_answers": 0, "nps": None, "repeat_purchase_rate": None,
        }),
        ("2024-03", {
            "complete": True, "settled": True, "customers_start": 2, "kept": 1, "lost": 1, "new": 1, "reactivated": 0,
            "customers_end": 2, "lapsed_start": 1, "reactivation_rate": 0.0, "labelled_left": 1, "spend": 130.0,
            "net": 110.0, "average_order_value": 65.0, "lifetime_value": 43.5, "lifetime_value_net": 38.25,
            "returning_buyers_share": 0.5, "days_between_purchases_mean": 29.0, "nps_answers": 4, "nps_off_scale": 1,
            "nps": 25.0, "csat": None,
        }),
        ("2024-04", {
            "complete": True, "customers_start": 2, "kept": 1, "lost": 1, "new": 0, "reactivated": 1,
            "customers_end": 2, "lapsed_start": 2, "retention_rate": 0.5, "reactivation_rate": 0.5,
            "labelled_left": 1, "purchases": 2, "returning_buyers_share": 1.0, "days_between_purchases_mean": 66.0,
            "days_between_purchases_median": 66.0, "csat_answers": 3, "csat_off_scale": 1, "csat": 0.666667,
        }),
        ("2024-05", {
            "complete": False, "customers_start": 2, "purchases": 0, "purchase_frequency": None, "spend": 0.0,
            "labelled_left": None, "labelled_churn_rate": None, "average_order_value": None,
        }),
    ],
)  # fmt: skip
def test_a_dozen_events_by_hand(story: dict[str, Any], month: str, expected: dict[str, Any]) -> None:
    row = next(row for row in story["months"] if row["month"] == month)
    assert {name: row[name] for name in expected} == expected


def test_the_cohorts_by_hand(story: dict[str, Any]) -> None:
    """Ann and Bob joined in January, with whom nobody knows what was before; Eve in February."""
    rows = {(row["cohort"], row["months_since"]): row for row in story["cohorts"]}
    january = [rows["2024-01", since] for since in range(5)]
    assert [row["active"] for row in january] == [2, 1, 1, 2, 0]
    assert [row["still"] for row in january] == [2, 1, 1, 2, 2]  # on the tenth of May Ann has been silent for 35 days
    assert [row["spend"] for row in january] == [15.0, 22.0, 30.0, 55.0, 0.0]
    assert january[3]["lifetime_value"] == 61.0
    assert [row["cohort_complete"] for row in january] == [False] * 5
    assert [row["complete"] for row in january] == [True, True, True, True, False]
    assert [rows["2024-02", since]["active_share"] for since in range(4)] == [1.0, 0.0, 0.0, 0.0]
    assert {row["cohort"] for row in story["cohorts"]} == {"2024-01", "2024-02", "2024-03"}


def test_the_headline_is_the_newest_month_that_is_over(story: dict[str, Any]) -> None:
    assert story["month"] == "2024-04"
    assert story["retention_rate"] == 0.5
    assert (story["last_12_months"], story["same_month_last_year"], story["reconciled"]) == (None, None, None)
    assert story["today"] == {
        "as_of": "2024-05-10", "customers": 2, "lifetime_value": 61.0, "lifetime_value_net": 61.0, "forecast": None,
        "forecast_days": 28, "expected_lifetime_value": None,
    }  # fmt: skip


def test_months_that_are_not_over_are_no_headline(tmp_path: Path) -> None:
    """Ten days late: May ends on the first of June, and all is known on the eleventh."""
    first, as_of = day_number(date(2024, 1, 1)), day_number(date(2024, 6, 10))
    for lateness, newest in ((0, "2024-05"), (9, "2024-05"), (10, "2024-04")):
        found = months(first, as_of, as_of - lateness, 40)
        assert found.name(found.newest() or 0) == newest
    one = months(first, first + 17, first + 17, 40)
    assert (len(one), one.newest(), one.year(), one.ends) == (1, None, None, (first + 17,))


@pytest.mark.parametrize("gaps", [[], [3], [1, 2], [5, 1, 9], [2, 2, 8, 4]])
def test_the_median_of_a_histogram_is_the_median(gaps: list[int]) -> None:
    mean, median = days_between(np.bincount(gaps, minlength=12))
    assert (mean, median) == ((pd.Series(gaps).mean(), pd.Series(gaps).median()) if gaps else (None, None))


def test_scores_at_the_edges_of_the_scale() -> None:
    assert net_promoter_score(10, 10, 0) == 100
    assert net_promoter_score(10, 0, 10) == -100
    assert net_promoter_score(0, 0, 0) is None


@pytest.mark.parametrize(
    ("kpi", "said"),
    [({"nps": "purchase"}, "kpis.nps names 'purchase', which is no event type of role feedback"),
     ({"nps": "csat", "csat": "csat"}, "nps and csat are both 'csat'")],
)  # fmt: skip
def test_a_scale_that_cannot_be_is_refused(kpi: dict[str, str], said: str) -> None:
    content = {"events": {"source": "x", "roles": {"activity": ["purchase"], "feedback": ["nps", "csat"]}},
               "churn": {"horizon_days": 7, "active_within_days": 14}, "kpis": kpi}  # fmt: skip
    with pytest.raises(ConfigError, match=said):
        parse_settings(content)


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
