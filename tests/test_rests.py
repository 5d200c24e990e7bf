"""Who rests, once a log of contacts says what was really done: others' contacts count, and those never made do not."""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import contacts, measure, publish, replay, uplift
from pipeline.contacting.rests import RESTS, rests_of
from pipeline.listing.logged import Logged

FIRST, SECOND, LAST = (little_shop.day(number) for number in (229, 243, 257))
ASKED, TODAY = little_shop.day(244), little_shop.day(258)  # the days of the second list and of the last


def chosen_on(rows: list[tuple[str, str, str, bool | None]]) -> pa.Table:
    """(customer, day, arm, contacted as the log says) as rows of data/contacts/chosen.parquet."""
    return pa.table({
        "customer_id": pa.array([name for name, *_ in rows], pa.string()),
        "as_of": pa.array([date.fromisoformat(day) for _, day, *_ in rows], pa.date32()),
        "arm": pa.array([arm for _, _, arm, _ in rows], pa.string()),
        "contacted": pa.array([said for *_, said in rows], pa.bool_()),
    })  # fmt: skip


def log_on(rows: list[tuple[str, str]]) -> pa.Table:
    return pa.table({
        "customer_id": pa.array([name for name, _ in rows], pa.string()),
        "contact_day": pa.array([date.fromisoformat(day) for _, day in rows], pa.date32()),
    })  # fmt: skip


def told(found: pa.Table) -> dict[str, tuple[str, str, str]]:
    """Per customer the days in the order of RESTS; "" for null."""
    return {
        row["customer_id"]: tuple("" if row[name] is None else str(row[name]) for name in RESTS.names[1:])  # type: ignore[misc]
        for row in found.to_pylist()
    }


def test_without_a_log_lists_alone_say_who_rests() -> None:
    assert len(rests_of(chosen_on([("ann", "2024-03-04", "contact", None)]), None)) == 0


def test_who_was_never_reached_does_not_rest_for_that_list() -> None:
    chosen = chosen_on([("ann", "2024-03-04", "contact", False), ("bob", "2024-03-04", "contact", None)])
    assert told(rests_of(chosen, log_on([]))) == {"ann": ("2024-03-04", "", "")}


def test_what_was_chosen_before_still_counts() -> None:
    chosen = chosen_on([("ann", "2024-03-04", "contact", True), ("ann", "2024-04-01", "contact", False)])
    found = told(rests_of(chosen, log_on([("ann", "2024-03-06")])))
    assert found == {"ann": ("2024-04-01", "2024-03-06", "2024-03-04")}


def test_who_was_held_back_rests_whatever_the_log_says() -> None:
    chosen = chosen_on([("ann", "2024-03-04", "holdout", False)])
    assert told(rests_of(chosen, log_on([]))) == {}
    assert told(rests_of(chosen, log_on([("ann", "2024-03-10")]))) == {"ann": ("", "2024-03-10", "2024-03-04")}


def test_a_contact_that_no_list_made_counts_on_its_day() -> None:
    found = told(rests_of(chosen_on([]), log_on([("zoe", "2024-03-09"), ("zoe", "2024-03-02")])))
    assert found == {"zoe": ("", "2024-03-09", "")}


def test_the_log_is_laid_over_what_lists_say() -> None:
    def days(*texts: str) -> Any:
        return np.array([text or "NaT" for text in texts], "datetime64[D]")

    logged = Logged(
        overrules_to=days("", "2024-03-04", "2024-03-04", ""),
        last_contact=days("", "", "2024-02-01", "2024-03-20"),
        last_chosen=days("", "", "2024-02-01", ""),
    )
    said = days("2024-03-04", "2024-03-04", "2024-03-18", "2024-03-04")
    contact, chosen = logged.over(said, said)
    assert contact.tolist() == days("2024-03-04", "", "2024-03-18", "2024-03-20").tolist()
    assert chosen.tolist() == days("2024-03-04", "", "2024-03-18", "2024-03-04").tolist()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with three lists two weeks apart, at the day of the last one; who was chosen rests for four weeks."""
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
    little_shop.settings(
        folder, holdout__share=0.3, promote={"max_log_loss_increase": 1.0, "max_high_changed": 1.0},
        lists__most_band_change=1.0, campaign={"cool_down_days": 28}, **changes,
    )  # fmt: skip


def rows_of(folder: Path, name: str) -> pa.Table:
    return pq.ParquetFile(folder / "data/lists" / name / "risk_list.parquet").read()


def published(folder: Path, log: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The newest list by customer, made again with this log of contacts."""
    lines = "".join(f"{name},{day}T10:00:00\n" for name, day in log)
    (folder / "data/raw/contacts.csv").write_text(f"customer_id,contact_time\n{lines}", encoding="utf-8")
    settings(folder, contacts={"source": "data/raw/contacts.csv", "window_days": 7})
    for stage in (contacts, measure, uplift, publish):
        stage.main()
    return {row["customer_id"]: row for row in rows_of(folder, "latest").to_pylist()}


def test_a_list_asks_again_for_who_was_not_reached_and_leaves_alone_whom_others_reached(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = rows_of(copy, ASKED)
    before = {row["customer_id"]: row for row in rows_of(copy, TODAY).to_pylist()}
    made = asked.filter(pc.equal(asked["contact_this_week"], "yes"))["customer_id"].to_pylist()
    rest = [name for name in made if name in before and before[name]["why_not"] == "cool_down"]
    now = [name for name, row in before.items() if row["contact_this_week"] == "yes"]
    assert len(rest) > 1
    assert now
    log = [(name, little_shop.day(245)) for name in made if name != rest[0]]
    after = published(copy, [*log, (now[0], little_shop.day(256))])
    assert after[rest[0]]["why_not"] != "cool_down"
    assert after[rest[0]]["last_contact"] is None
    assert {after[name]["why_not"] for name in rest[1:]} == {"cool_down"}
    assert str(after[rest[1]]["last_contact"]) == little_shop.day(245)
    assert after[now[0]]["why_not"] == "cool_down"
    assert str(after[now[0]]["last_contact"]) == little_shop.day(256)
    replayed(copy, monkeypatch, f"{TODAY}.r2")


def replayed(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A list comes out to the byte though the log says something else by now."""
    published(folder, [])
    monkeypatch.setattr(sys, "argv", ["replay", name])
    replay.main()
    assert pq.ParquetFile(folder / "data/replay" / name / "risk_list.parquet").read().equals(rows_of(folder, name))
