"""The stage `measure` on a little shop: outcomes, receipts, open lists, late events, what contacting achieved."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_contacts import settings

from models.interim import Pace, expected_back, fit_pace
from models.promise import Spread
from models.receipt import receipt
from pipeline import contacts, ingest, measure, train
from pipeline.contacting.chosen import CHOSEN
from pipeline.errors import ArtifactError, SplitError
from pipeline.measuring.asked import Asked, answers, bounds
from pipeline.measuring.effects import effects
from pipeline.measuring.outcomes import OUTCOME, Closed
from pipeline.settings import load_settings

DAYS = (205, 219, 233, 247, 261, 275)
HORIZON = 28


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with six lists two weeks apart; the four oldest have closed."""
    folder = tmp_path_factory.mktemp("shop")
    settings(folder)
    little_shop.live(folder, [little_shop.day(number) for number in DAYS], 500)
    return folder


@pytest.fixture
def copy(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in."""
    shutil.copytree(shop, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def measured(folder: Path) -> dict[str, Any]:
    """What a run of both stages finds out."""
    with contextlib.chdir(folder):
        contacts.main()
        measure.main()
    found: dict[str, Any] = json.loads((folder / "data/outcomes/measured.json").read_text(encoding="utf-8"))
    return found


def events(folder: Path) -> pd.DataFrame:
    """The source as it came."""
    with (folder / "data/raw/events.csv").open(encoding="utf-8") as handle:
        frame = pd.DataFrame(list(csv.DictReader(handle)))
    return frame.assign(day=pd.to_datetime(frame["event_time"]), amount=frame["amount"].astype(float))


def bring_more(folder: Path, more: list[tuple[str, str, str, float]]) -> None:
    """Events that come later than the rest."""
    with (folder / "data/raw/events.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(more)
    with contextlib.chdir(folder):
        ingest.main()


def list_rows(folder: Path, day: str) -> pd.DataFrame:
    return pq.ParquetFile(folder / f"data/lists/{day}/risk_list.parquet").read().to_pandas()


def test_outcomes_are_what_the_events_say(copy: Path) -> None:
    measured(copy)
    bought = events(copy)
    bought = bought[bought["event_type"] == "purchase"]
    for number in DAYS[:4]:
        day = pd.Timestamp(little_shop.day(number + 1))
        window = bought[(bought["day"] >= day) & (bought["day"] < day + pd.Timedelta(days=HORIZON))]
        spent = window.groupby("customer_id")["amount"].sum()
        listed = list_rows(copy, str(day.date())).set_index("customer_id").sort_index()
        found = pq.ParquetFile(copy / f"data/outcomes/{day.date()}.parquet").read().to_pandas().set_index("customer_id")
        assert found.index.tolist() == listed.index.tolist()
        assert found["left"].tolist() == [name not in spent.index for name in found.index]
        assert found["spend"].tolist() == [float(spent.get(name, 0)) for name in found.index]


def test_only_lists_whose_horizon_is_over_are_measured(copy: Path) -> None:
    found = measured(copy)
    closed = [str(little_shop.day(number + 1)) for number in DAYS[:3]]
    assert [item["list"] for item in found["receipts"] if item["kind"] == "list"][:3] == closed
    assert sorted(path.stem for path in (copy / "data/outcomes").glob("*.parquet"))[:3] == closed
    assert found["lists"]["closed"] + found["lists"]["open"] == len(DAYS) - 1
    assert len(found["one_question"]["lists"]) == len(DAYS) - 1
    assert found["one_question"]["closed"] == found["one_question"]["lists"][: found["lists"]["closed"]]
    last = date.fromisoformat(found["receipts"][-1]["as_of"]) + timedelta(days=HORIZON)
    assert last <= date.fromisoformat(found["as_of"])


def test_a_receipt_holds_what_the_list_said_against_what_came(copy: Path) -> None:
    item = next(item for item in measured(copy)["receipts"] if item["kind"] == "list")
    listed = list_rows(copy, item["list"])
    said = json.loads((copy / f"data/lists/{item['list']}/briefing.json").read_text(encoding="utf-8"))["promise"]
    assert item["groups"]["all"]["customers"] == len(listed)
    assert (
        sum(item["groups"][band]["left"] for band in ("high", "medium", "low") if band in item["groups"])
        == (item["groups"]["all"]["left"])
    )
    for name, group in item["groups"].items():
        assert group["promised"] == pytest.approx(said[name]["expected_leavers"] / said[name]["customers"], abs=1e-6)
        assert group["kept"] == (said[name]["low"] <= group["left"] <= said[name]["high"])
        assert group["low"] <= group["realised"] <= group["high"]


def test_the_first_list_carries_receipts_of_the_latest_closed_dates(copy: Path) -> None:
    for path in (copy / "data/lists").iterdir():
        shutil.rmtree(path)
    found = measured(copy)
    rows = json.loads((copy / "data/reports/backtest.json").read_text(encoding="utf-8"))["rows"]
    assert [(item["kind"], item["as_of"]) for item in found["receipts"]] == [("replay", r["origin"]) for r in rows[-4:]]
    newest = found["receipts"][-1]["groups"]
    assert {name: group["left"] for name, group in newest.items()} == {
        "all": rows[-1]["promise"]["left"],
        **{name: item["left"] for name, item in rows[-1]["promises"].items()},
    }
    assert found["effect"] is None


def test_an_open_list_tells_who_is_back_so_far(copy: Path) -> None:
    found = measured(copy)
    item = found["interim"][-1]
    day = pd.Timestamp(item["as_of"])
    bought = events(copy)
    until = pd.Timestamp(found["as_of"])
    back = set(
        bought[(bought["day"] >= day) & (bought["day"] < until) & (bought["event_type"] == "purchase")]["customer_id"]
    )
    listed = list_rows(copy, item["list"])
    for name, group in item["groups"].items():
        here = listed if name == "all" else listed[listed["risk_band"] == name]
        assert group["back"] == sum(one in back for one in here["customer_id"])
        assert 0 <= group["low"] <= group["expected"] <= group["high"] <= group["customers"]


def test_a_late_purchase_takes_a_leaver_back_and_is_told_from_then_on(copy: Path) -> None:
    measured(copy)
    day = little_shop.day(DAYS[0] + 1)
    outcome = pq.ParquetFile(copy / f"data/outcomes/{day}.parquet").read().to_pandas()
    leaver = outcome[outcome["left"]]["customer_id"].iloc[0]
    bring_more(copy, [(leaver, little_shop.day(DAYS[0] + 3), "purchase", 5.0)])
    for _ in range(2):
        found = measured(copy)
        assert found["revised"] == {day: 1}
    again = pq.ParquetFile(copy / f"data/outcomes/{day}.parquet").read().to_pandas().set_index("customer_id")
    assert again.loc[leaver, ["left", "left_at_first"]].tolist() == [False, True]


def test_damaged_outcomes_get_a_remedy_that_helps(copy: Path) -> None:
    """They are kept from run to run, so that running it again alone reads the same file."""
    measured(copy)
    path = copy / f"data/outcomes/{little_shop.day(DAYS[0] + 1)}.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    with pytest.raises(ArtifactError, match=r"dvc checkout --force data/outcomes`, or delete the file"):
        measured(copy)
    path.unlink()
    measured(copy)
    assert path.read_bytes() == whole


def test_outcomes_go_with_their_list(copy: Path) -> None:
    measured(copy)
    day = little_shop.day(DAYS[0] + 1)
    assert (copy / f"data/outcomes/{day}.parquet").exists()
    shutil.rmtree(copy / f"data/lists/{day}")
    measured(copy)
    assert not (copy / f"data/outcomes/{day}.parquet").exists()


def test_contacts_that_keep_customers_are_found_out(copy: Path) -> None:
    """Everybody contacted buys in time; of those held back only who did so anyway."""
    found = measured(copy)
    assert found["effect"]["claimed"] == "nothing shown"
    rows = pq.ParquetFile(copy / "data/contacts/chosen.parquet").read().to_pylist()
    saved = [(row["customer_id"], str(row["as_of"] + timedelta(days=4)), "purchase", 50.0) for row in rows
             if row["arm"] == "contact"]  # fmt: skip
    bring_more(copy, saved)
    effect = measured(copy)["effect"]
    assert effect["contacted_left"] == 0
    assert effect["claimed"] == "kept"
    assert effect["always"]["low"] > 0
    assert effect["money"]["saved_value"]["value"] > 0
    assert not effect["split"]["broken"]


def with_contacts(folder: Path) -> pd.DataFrame:
    """The chosen by list and customer, after a log in which two in three of those to be contacted were, for 0.70."""
    measured(folder)
    rows = pq.ParquetFile(folder / "data/contacts/chosen.parquet").read().to_pandas()
    rows["reached"] = (rows["arm"] == "contact") & (np.arange(len(rows)) % 3 > 0)
    rows["with_offer"] = rows["reached"] & (np.arange(len(rows)) % 2 > 0)
    lines = [f"{row.customer_id},{row.as_of + timedelta(days=1)},0.7,{int(row.with_offer)}\n"
             for row in rows[rows["reached"]].itertuples()]  # fmt: skip
    lines = ["customer_id,contact_time,cost,offer\n", *lines, f"stranger,{little_shop.day(275)},0.7,0\n"]
    (folder / "data/raw/contacts.csv").write_text("".join(lines))
    settings(folder, contacts={"source": "data/raw/contacts.csv"}, costs={"contact": 100.0, "offer": 5.0})
    return rows


def test_the_log_says_what_contacts_cost_and_which_offers_were_made(copy: Path) -> None:
    """All contacts within the horizon of a customer's first choice, those never made for nothing; in plain pandas."""
    rows = with_contacts(copy)
    found = measured(copy)
    money, closed = found["effect"]["money"], found["one_question"]["closed"]
    first = rows.groupby("customer_id")["as_of"].transform("min")
    counted = rows[first.astype(str).isin(closed) & ((rows["as_of"] - first) < timedelta(days=HORIZON))]
    asked = counted.groupby("customer_id").filter(lambda some: some["arm"].iloc[0] == "contact")
    assert money["contacts"] == len(asked)
    assert money["contact_cost"] == pytest.approx(0.7 * asked["reached"].sum())
    assert 0 < asked["reached"].sum() < len(asked)
    outcome = {day: pq.ParquetFile(copy / f"data/outcomes/{day}.parquet").read().to_pandas() for day in closed}
    stayed = {(day, name) for day, table in outcome.items() for name in table[~table["left"]]["customer_id"]}
    firsts = asked[asked["as_of"] == first[asked.index]]
    redeemed = sum((str(row.as_of), row.customer_id) in stayed for row in firsts[firsts["with_offer"]].itertuples())
    assert money["offers_redeemed"] == redeemed > 0
    assert money["from_log"] == ["cost", "redeemed"]


def test_contacts_that_the_log_does_not_reach_cost_what_params_say(copy: Path) -> None:
    rows = with_contacts(copy)
    last = rows["as_of"].min() + timedelta(days=20)
    log = copy / "data/raw/contacts.csv"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join([lines[0], *(line for line in lines[1:] if line.split(",")[1] <= str(last))]))
    found = measured(copy)
    chosen = pq.ParquetFile(copy / "data/contacts/chosen.parquet").read().to_pandas()
    cost = np.where(chosen["contacted"].isna(), 100.0, chosen["logged_cost"].fillna(0.0))
    first = chosen.groupby("customer_id")["as_of"].transform("min")
    counted = first.astype(str).isin(found["one_question"]["closed"]) & (
        (chosen["as_of"] - first) < timedelta(days=HORIZON)
    )
    expected = cost[counted & (chosen["arm"] == "contact")].sum()
    assert found["effect"]["money"]["contact_cost"] == pytest.approx(expected)
    assert expected > 100


def test_a_contact_in_the_windows_of_two_lists_is_not_paid_twice(copy: Path) -> None:
    """Lists two weeks apart, and a window of four: what the log says of the first is the second's as well."""
    rows = with_contacts(copy)
    window = {"source": "data/raw/contacts.csv", "window_days": 28}
    settings(copy, contacts=window, costs={"contact": 0.7, "offer": 5.0})
    rows[rows["arm"] == "contact"][["customer_id", "as_of"]].assign(cost=0.7).rename(
        columns={"as_of": "contact_time"}
    ).to_csv(copy / "data/raw/contacts.csv", index=False)
    money = measured(copy)["effect"]["money"]
    assert money["from_log"] == ["cost"]
    assert money["contact_cost"] == pytest.approx(0.7 * money["contacts"])


def test_a_customer_counts_once_a_draw(copy: Path) -> None:
    effect = measured(copy)["effect"]
    rows = pq.ParquetFile(copy / "data/contacts/chosen.parquet").read().to_pandas()
    assert effect["customers"] + effect["again"] + effect["waiting"] == len(rows)
    assert effect["customers"] <= rows["customer_id"].nunique()


def test_the_same_run_gives_the_same_bytes(copy: Path) -> None:
    names = ["data/outcomes/measured.json", "data/reports/measurement.json", "data/reports/plots/receipts.csv"]
    measured(copy)
    before = [(copy / name).read_bytes() for name in names]
    measured(copy)
    assert [(copy / name).read_bytes() for name in names] == before


def test_a_list_that_asked_another_question_is_named(copy: Path) -> None:
    settings(copy, events__roles={"activity": ["purchase", "return"]})
    found = measured(copy)
    assert len(found["other_question"]) == len(DAYS) - 1
    assert found["lists"]["closed"] == 0
    assert found["one_question"] == {"lists": [], "closed": []}


def test_labels_that_contacts_touched_are_left_out_or_refused(copy: Path) -> None:
    measured(copy)
    labels = pq.ParquetFile(copy / "data/features/training.parquet").read(["customer_id", "snapshot"])
    everybody = labels.group_by(["customer_id", "snapshot"]).aggregate([]).rename_columns(["customer_id", "day"])
    half = everybody.filter(pc.less(everybody["customer_id"], "c0200"))
    half = half.append_column("stands_for", pa.array([0.0] * len(half))).sort_by(
        [("customer_id", "ascending"), ("day", "ascending")]
    )
    pq.write_table(half, copy / "data/contacts/closed/treated.parquet")
    settings(copy, contacts={"most_treated_share": 0.1})
    with pytest.raises(SplitError, match=r"labels .* may have been changed by a contact, more than contacts.most"):
        train.main()
    settings(copy, contacts={"most_treated_share": 0.9})
    train.main()
    slices = [json.loads((copy / "data/model/manifest.json").read_text(encoding="utf-8"))["rows"]]
    settings(copy, contacts={"learn_from": "everybody"})
    train.main()
    slices.append(json.loads((copy / "data/model/manifest.json").read_text(encoding="utf-8"))["rows"])
    assert slices[0] < slices[1]


def closed_list(arms: list[str], left: list[bool]) -> tuple[pa.Table, list[Closed]]:
    """One list on which all were chosen, with their outcomes."""
    names = [f"c{number:05}" for number in range(len(arms))]
    day = date(2024, 1, 1)
    row = {"list": "2024-01-01", "as_of": day, "closes": day + timedelta(days=28), "programme": "p",
           "holdout_share": 0.3, "risk_band": "high", "value_tier": "vip", "recommended_action": "offer", "offer": True,
           "churn_probability": 0.5, "expected_value": 10.0, "value_at_risk": 5.0, "contacted": None,
           "logged_cost": None, "logged_offer": None}  # fmt: skip
    rows = [{**row, "customer_id": name, "arm": arm} for name, arm in zip(names, arms, strict=True)]
    chosen = pa.Table.from_pylist(rows, schema=CHOSEN)
    outcome = [{"customer_id": name, "churn_probability": 0.5, "risk_band": "high", "left": gone, "left_at_first": gone,
                "spend": 0.0 if gone else 10.0} for name, gone in zip(names, left, strict=True)]  # fmt: skip

    class Past:
        name, as_of = "2024-01-01", day

    return chosen, [Closed(Past(), pa.Table.from_pylist(outcome, schema=OUTCOME))]  # type: ignore[arg-type]


def test_of_a_broken_split_nothing_is_claimed(copy: Path) -> None:
    """Three in ten were to be held back, and hardly anybody was: whatever the difference, nothing is said of it."""
    arms = ["holdout"] * 60 + ["contact"] * 940
    chosen, closed = closed_list(arms, [True] * 60 + [False] * 940)
    found = effects(chosen, closed, load_settings())
    assert found is not None
    assert found["split"]["broken"]
    assert found["claimed"] == "nothing shown"
    assert found["why_not"] == "split broken"
    assert (found["by"], found["money"], found["compliance"]) == ({}, None, None)


def test_the_promise_of_a_list_from_which_somebody_was_erased_shrinks_with_it() -> None:
    whole = receipt({"customers": 100, "expected_leavers": 62.0, "low": 50.0, "high": 74.0}, 58, 100)
    part = receipt({"customers": 100, "expected_leavers": 62.0, "low": 50.0, "high": 74.0}, 29, 50)
    assert whole is not None
    assert part is not None
    assert (whole.promised, part.promised) == (0.62, 0.62)
    assert (part.promised_low, part.promised_high) == (25.0, 37.0)
    assert receipt({"customers": 0, "expected_leavers": 0.0, "low": 0.0, "high": 0.0}, 0, 0) is None


def test_a_pace_tells_early_returns_and_ends_at_the_whole_horizon() -> None:
    """Customers with a steady rate: at half the horizon the chance of silence is the root of that at its end."""
    random = np.random.default_rng(3)
    p = random.uniform(0.05, 0.95, 40_000)
    first = random.exponential(1 / -np.log(p))  # in horizons: P(first > 1) = p
    silent = np.stack([first > 0.25, first > 0.5, first > 1.0], axis=1)
    pace = fit_pace(p, silent, (7, 14, 28))
    assert pace.powers == pytest.approx([0.25, 0.5, 1.0], abs=0.03)
    expected, low, high = expected_back(p, 14, pace, Spread(0.0, 5.0))
    assert low <= int((first <= 0.5).sum()) <= high
    assert low < expected < high


def test_a_missed_level_is_no_pace() -> None:
    """Where twice as many left as was said, those who stay still come back at their own pace."""
    random = np.random.default_rng(4)
    p = random.uniform(0.2, 0.6, 40_000)
    true = p**0.4
    first = random.exponential(1 / -np.log(true))
    pace = fit_pace(p, np.stack([first > 0.5, first > 1.0], axis=1), (14, 28))
    assert pace.powers[-1] == pytest.approx(1.0, abs=1e-6)
    assert pace.powers[0] == pytest.approx(0.5, abs=0.03)


def test_without_past_dates_the_pace_is_steady() -> None:
    pace = fit_pace(np.zeros(0), np.zeros((0, 2), bool), (7, 28))
    assert pace == Pace((7, 28), pace.powers)
    assert pace.powers.tolist() == [0.25, 1.0]


def test_ids_are_looked_up_by_bytes_as_events_are_sorted() -> None:
    ids = pa.array(["A", "Z", "a", "ä", "б"])
    assert bounds(ids, "a", "ä") == (2, 4)
    assert bounds(ids, "B", "Y") == (1, 1)
    assert bounds(ids, "0", "zz") == (0, 3)


def test_nobody_asked_about_is_nobody_answered(copy: Path) -> None:
    spec = load_settings().feature_spec()
    (found,) = answers([Asked(pa.array([], pa.string()), 19_950, 0, (28,))], spec)
    assert found.left.shape == (0, 1)
    assert answers([], spec) == []
