"""The stage `contacts`: who was chosen, what the log says of them, what contradicts what, whose labels were touched."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import contacts, measure
from pipeline.contacting.past_lists import past_lists
from pipeline.contacting.treated import TREATED, Treated, treated_days
from pipeline.errors import ConfigError, EventError

FIRST, SECOND, LAST = (little_shop.day(number) for number in (229, 243, 257))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with three lists two weeks apart, at the day of the last one."""
    folder = tmp_path_factory.mktemp("shop")
    settings(folder)
    little_shop.live(folder, (FIRST, SECOND, LAST), 400)
    return folder


@pytest.fixture
def copy(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in."""
    shutil.copytree(shop, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def settings(folder: Path, **changes: Any) -> None:
    """The settings of the shop: a large holdout, so that both arms have somebody."""
    little_shop.settings(
        folder, holdout__share=0.3, promote={"max_log_loss_increase": 1.0, "max_high_changed": 1.0},
        lists__most_band_change=1.0, campaign={"cool_down_days": 14}, **changes,
    )  # fmt: skip


def ran(folder: Path, log: str | None = None, csv: dict[str, str] | None = None, **section: Any) -> dict[str, Any]:
    """The report of a run, with this log of contacts as a CSV file, written in this way."""
    if log is not None:
        (folder / "data/raw/contacts.csv").write_text(log, encoding="utf-8")
        section["source"] = "data/raw/contacts.csv"
    settings(folder, contacts=section, **({"events__csv": csv} if csv else {}))
    with contextlib.chdir(folder):
        contacts.main()
    found: dict[str, Any] = json.loads((folder / "data/reports/contacts.json").read_text(encoding="utf-8"))
    return found


def table(folder: Path, name: str) -> pa.Table:
    return pq.ParquetFile(folder / f"data/contacts/{name}.parquet").read()


def chosen(folder: Path, arm: str) -> list[tuple[date, str]]:
    """(day of the list, customer) of an arm, as the lists themselves say."""
    found = []
    for day in past_lists(date.fromisoformat("2100-01-01")).lists[:-1]:
        rows = day.rows()
        column, value = ("why_not", "holdout") if arm == "holdout" else ("contact_this_week", "yes")
        found += [(day.as_of, name) for name in rows.filter(pc.equal(rows[column], value))["customer_id"].to_pylist()]
    return found


def log_of(made: list[tuple[date, str]], more: str = "") -> str:
    """A log in which these customers were contacted the day after their list."""
    lines = [f"{name},{day + timedelta(days=1)}T10:00:00,email,0.5" for day, name in made]
    return "customer_id,contact_time,channel,cost\n" + "\n".join(lines) + "\n" + more


def test_without_a_log_all_who_were_to_be_contacted_are_taken_to_have_been(copy: Path) -> None:
    report = ran(copy)
    rows = table(copy, "chosen")
    assert report["log"] is None
    assert report["chosen"] == {"contact": len(chosen(copy, "contact")), "holdout": len(chosen(copy, "holdout"))}
    assert rows["contacted"].null_count == len(rows)
    for arm, value in (("contact", 0.0), ("holdout", 1 / 0.3)):
        rows = table(copy, "closed/treated")
        touched = set(rows.filter(pc.equal(rows["stands_for"], value))["customer_id"].to_pylist())
        assert touched <= {name for _, name in chosen(copy, arm)}


def test_the_list_of_the_day_itself_is_no_past_list(copy: Path) -> None:
    days = {str(day) for day in table(copy, "chosen")["as_of"].to_pylist()} if ran(copy) else set()
    assert days == {little_shop.day(number + 1) for number in (229, 243)}


def test_a_log_that_fits_contradicts_nothing(copy: Path) -> None:
    report = ran(copy, log_of(chosen(copy, "contact"), "nobody,2024-10-20T10:00:00,email,0.5\n"))
    assert {name for name, number in report["contradictions"].items() if number} == set()
    assert report["log"]["after_as_of"] == 1
    rows = table(copy, "chosen")
    assert (
        rows.filter(pc.equal(rows["arm"], "contact"))["contacted"].to_pylist() == [True] * report["chosen"]["contact"]
    )
    first = rows.filter(
        pc.and_(pc.equal(rows["arm"], "holdout"), pc.equal(rows["as_of"], min(rows["as_of"].to_pylist())))
    )
    assert first["contacted"].to_pylist() == [False] * len(first)


def test_every_contradiction_is_counted(copy: Path) -> None:
    made, held = chosen(copy, "contact"), chosen(copy, "holdout")
    more = "ghost,2024-08-20T10:00:00,email,1\nearly,2024-01-05T10:00:00,phone,1\n"
    report = ran(copy, log_of([*made[1:], held[0]], more))
    found = report["contradictions"]
    assert found["holdout_contacted"] == 1
    assert found["not_asked_for"] == 1  # the same customer: listed, and held back
    assert found["not_on_the_list"] == 1
    assert found["before_first_list"] == 1
    assert found["not_contacted"] == 1
    assert found["drawn_otherwise"] == 0


def test_rows_that_are_no_contacts_are_kept_with_their_reason(copy: Path) -> None:
    made = chosen(copy, "contact")
    bad = ",2024-08-20T10:00:00,email,1\nx,someday,email,1\ny,2024-08-20T10:00:00,email,-3\n"
    copies = f"{made[0][1]},{made[0][0] + timedelta(days=1)}T10:00:00,email,0.5\n"
    report = ran(copy, log_of(made, bad + copies), max_rejected_share=0.5)
    log = report["log"]
    assert log["rows"] == len(made) + 4
    assert (log["duplicates"], log["rejected"]) == (1, 3)
    assert log["rows"] == log["duplicates"] + log["rejected"] + log["forgotten"] + log["contacts"]
    assert set(log["rejected_by_reason"]) == {
        "customer_id is missing", "contact_time is no ISO date or time", "cost is negative",
    }  # fmt: skip
    assert table(copy, "rejected")["row"].to_pylist() == [len(made) + 1, len(made) + 2, len(made) + 3]


def test_a_log_that_is_mostly_wrong_stops_the_run(copy: Path) -> None:
    with pytest.raises(EventError, match=r"2 of 2 rows are no contacts, more than contacts.max_rejected_share"):
        ran(copy, "customer_id,contact_time\n,2024-08-20\nx,yesterday\n")


def test_a_negative_cost_is_none_with_a_decimal_comma_either(copy: Path) -> None:
    rows = "customer_id;contact_time;cost\nx;2024-08-20;-0,5\ny;2024-08-20;0,5\n"
    report = ran(copy, rows, max_rejected_share=0.5, csv={"delimiter": ";", "decimal": ","})
    assert report["log"]["rejected_by_reason"] == {"cost is negative": 1}
    assert table(copy, "log")["cost"].to_pylist() == [Decimal("0.5")]


def test_what_is_said_of_offers_is_read_or_counted(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1.0: a whole number in a column with gaps, as pandas writes it."""
    words = ["1.0", "0.0", "Yes", "", "ja", "10% off"]
    lines = "".join(f"c{number},2024-08-20,{word}\n" for number, word in enumerate(words))
    report = ran(copy, f"customer_id,contact_time,offer\n{lines}")
    assert table(copy, "log")["offer"].to_pylist() == [True, False, True, None, None, None]
    assert report["log"]["offers_not_understood"] == 2
    assert "of 2 the column offer is neither yes nor no" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("time", ["45500", "20/08/2024"])
def test_times_that_nobody_can_read_get_a_remedy_for_a_log(copy: Path, time: str) -> None:
    """A log has no query, and events.time_unit is that of the events."""
    with pytest.raises(ConfigError, match=r"contacts\.source: 1 of 1 rows have a contact_time.*2024-06-03") as found:
        ran(copy, f"customer_id,contact_time\nx,{time}\n")
    assert "query" not in str(found.value)
    assert "time_unit" not in str(found.value)


def test_a_column_that_is_not_there_is_named(copy: Path) -> None:
    with pytest.raises(ConfigError, match=r"contacts.columns.contact_time names the column contact_time, which"):
        ran(copy, "customer_id,when\na,2024-08-20\n")


def test_a_log_without_a_row_says_that_nobody_was_contacted_yet(copy: Path) -> None:
    assert ran(copy, "customer_id,contact_time\n")["log"]["contacts"] == 0


def test_of_lists_from_before_the_log_began_nobody_knows(copy: Path) -> None:
    """A shop that takes up a log, or exports its last weeks alone: those chosen before were not passed over."""
    first, second = (date.fromisoformat(little_shop.day(number)) for number in (230, 244))
    report = ran(copy, log_of([(day, name) for day, name in chosen(copy, "contact") if day == second]), window_days=14)
    rows = table(copy, "chosen")
    before, after = (rows.filter(pc.equal(rows["as_of"], pa.scalar(day))) for day in (first, second))
    assert before["contacted"].null_count == len(before) > 0
    assert after["contacted"].null_count < len(after)
    assert report["contradictions"]["not_contacted"] == 0
    assert not any(table(copy, "rests")["overrules_to"].to_pylist())


def test_contacts_from_before_there_were_lists_are_told(copy: Path) -> None:
    for path in (copy / "data/lists").iterdir():
        shutil.rmtree(path)
    report = ran(copy, "customer_id,contact_time\nc0001,2024-08-20\n")
    assert report["contradictions"]["before_first_list"] == 1
    assert report["chosen"] == {"contact": 0, "holdout": 0}


def test_a_list_that_was_edited_by_hand_is_named_and_not_counted(copy: Path) -> None:
    before = ran(copy)["chosen"]
    path = copy / f"data/lists/{little_shop.day(230)}/risk_list.parquet"
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.slice(1), path)
    report = ran(copy)
    assert report["lists"]["edited"] == [little_shop.day(230)]
    assert report["chosen"]["contact"] < before["contact"]


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a list's manifest says."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_list_in_a_folder_of_another_day_is_named_and_not_counted(copy: Path) -> None:
    """Its customers would be measured over days that it never spoke of."""
    shutil.copytree(copy / f"data/lists/{little_shop.day(230)}", copy / f"data/lists/{little_shop.day(237)}")
    report = ran(copy)
    assert report["lists"]["edited"] == [little_shop.day(237)]
    assert report["lists"]["lists"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["made_from"]["settings"].pop("campaign"),  # as lists were made at first
        lambda manifest: manifest["made_from"]["settings"].pop("risk"),
        lambda manifest: manifest.pop("holdout"),
        lambda manifest: manifest.update(made_from=None),
    ],
)
def test_a_list_of_an_earlier_version_that_said_less_is_named_and_not_counted(
    copy: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    rewrite(copy / f"data/lists/{little_shop.day(230)}", change)
    report = ran(copy)
    assert report["lists"]["older_version"] == [little_shop.day(230)]
    assert report["lists"]["lists"] == 1
    measure.main()


def test_lists_less_than_a_week_apart_are_told(copy: Path) -> None:
    another = copy / f"data/lists/{little_shop.day(233)}"
    shutil.copytree(copy / f"data/lists/{little_shop.day(230)}", another)
    rewrite(another, lambda manifest: manifest.update(as_of=another.name))
    assert ran(copy)["lists"]["close"] == [[little_shop.day(230), little_shop.day(233)]]


def test_the_same_run_gives_the_same_bytes(copy: Path) -> None:
    log = log_of(chosen(copy, "contact"))
    files = [copy / f"data/contacts/{name}.parquet" for name in ("log", "chosen", "closed/treated", "rejected")]
    ran(copy, log)
    before = [path.read_bytes() for path in files]
    ran(copy, log)
    assert [path.read_bytes() for path in files] == before


def treated_of(days: list[tuple[str, str, float]]) -> Treated:
    """(customer, day, how many the customer stands for; 0: contacted)."""
    columns = [[name for name, *_ in days], [date.fromisoformat(day) for _, day, _ in days], [n for *_, n in days]]
    return Treated.of(pa.table(columns, schema=TREATED))


def days_of(asked: list[tuple[str, str]]) -> np.ndarray:
    return np.array([np.datetime64(day).astype("datetime64[D]").astype(int) for _, day in asked], np.int64)


def test_a_label_is_touched_by_a_contact_in_its_window_alone() -> None:
    treated = treated_of([("ann", "2024-03-01", 0), ("ann", "2024-06-01", 0), ("bob", "2024-03-10", 0)])
    asked = [("ann", "2024-02-29"), ("ann", "2024-03-01"), ("ann", "2024-03-02"), ("ann", "2024-01-30"),
             ("bob", "2024-02-10"), ("cid", "2024-03-01"), ("bob", "2024-02-09")]  # fmt: skip
    found = treated.copies(pa.array([name for name, _ in asked]), days_of(asked), 30)
    assert found.tolist() == [0, 0, 1, 1, 0, 1, 1]


def test_who_was_held_back_stands_for_those_contacted_in_their_place() -> None:
    treated = treated_of([("ann", "2024-03-01", 10), ("bob", "2024-03-01", 10), ("bob", "2024-03-20", 0)])
    asked = [("ann", "2024-02-20"), ("ann", "2024-03-02"), ("bob", "2024-02-20"), ("bob", "2024-03-25")]
    found = treated.copies(pa.array([name for name, _ in asked]), days_of(asked), 30)
    assert found.tolist() == [10, 1, 0, 1]


def test_shares_that_are_no_whole_number_are_drawn_so_that_all_stand_for_all() -> None:
    names = [f"c{number:05}" for number in range(20_000)]
    treated = treated_of([(name, "2024-03-01", 1 / 0.15) for name in names])
    found = treated.copies(pa.array(names), days_of([("", "2024-02-20")] * len(names)), 30)
    assert set(found.tolist()) == {6, 7}
    assert found.mean() == pytest.approx(1 / 0.15, abs=0.02)


def test_leaving_out_the_contacted_alone_would_hide_leavers_and_standing_for_them_does_not() -> None:
    """Half of all fall silent; of these a list chooses everybody, and a contact brings each of them back."""
    random, share, day = np.random.default_rng(5), 0.2, "2024-03-01"
    names = [f"c{number:05}" for number in range(50_000)]
    silent, held = random.random(len(names)) < 0.5, random.random(len(names)) < share
    left = silent & held  # whoever is contacted stays
    chosen = [(name, day, 1 / share if held[at] else 0.0) for at, name in enumerate(names) if silent[at]]
    copies = treated_of(chosen).copies(pa.array(names), days_of([("", "2024-02-20")] * len(names)), 30)
    assert left[copies > 0].mean() < 0.2
    assert np.average(left, weights=copies) == pytest.approx(0.5, abs=0.01)
    assert copies.sum() == pytest.approx(len(names), rel=0.02)


def chosen_on(days: list[tuple[str, str, str]], share: float = 0.1) -> pa.Table:
    """(customer, day, arm) as rows of data/contacts/chosen.parquet, as far as treated_days reads them."""
    return pa.table({
        "customer_id": pa.array([name for name, *_ in days], pa.string()),
        "as_of": pa.array([date.fromisoformat(day) for _, day, _ in days], pa.date32()),
        "arm": pa.array([arm for *_, arm in days], pa.string()),
        "holdout_share": pa.array([share] * len(days)),
    })  # fmt: skip


def contacts_on(days: list[tuple[str, str]]) -> pa.Table:
    return pa.table({
        "customer_id": pa.array([name for name, _ in days], pa.string()),
        "contact_day": pa.array([date.fromisoformat(day) for _, day in days], pa.date32()),
    })  # fmt: skip


def told(found: pa.Table) -> list[tuple[str, str, float]]:
    return [(row["customer_id"], str(row["day"]), row["stands_for"]) for row in found.to_pylist()]


def test_who_was_asked_for_counts_on_the_day_of_the_list_whatever_the_log_says_later() -> None:
    chosen = chosen_on([("ann", "2024-03-04", "contact"), ("bob", "2024-03-04", "holdout")])
    before = date(2024, 4, 1)
    first = treated_days(chosen, contacts_on([]), before, 14)
    later = treated_days(chosen, contacts_on([("ann", "2024-03-09")]), before, 14)
    assert told(first) == told(later) == [("ann", "2024-03-04", 0.0), ("bob", "2024-03-04", 10.0)]


def test_a_contact_that_no_list_asked_for_counts_on_its_own_day() -> None:
    chosen = chosen_on([("ann", "2024-03-04", "contact"), ("bob", "2024-03-04", "holdout")])
    log = contacts_on([("bob", "2024-03-06"), ("ann", "2024-03-18"), ("cid", "2024-03-31"), ("cid", "2024-04-01")])
    assert told(treated_days(chosen, log, date(2024, 4, 1), 14)) == [
        ("ann", "2024-03-04", 0.0), ("ann", "2024-03-18", 0.0), ("bob", "2024-03-04", 10.0), ("bob", "2024-03-06", 0.0),
        ("cid", "2024-03-31", 0.0),
    ]  # fmt: skip


def test_nobody_contacted_touches_nothing(tmp_path: Path) -> None:
    assert Treated.read(tmp_path / "none.parquet") is None
