"""Weeks in a row on a cut of the demo: movements add up, who was contacted rests, a bad week leaves the last list."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq
import pytest
from cut import Checkout, make_checkout

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]

FIRST, SECOND, THIRD, MATURED = (datetime(2011, 10, day, 12) for day in (10, 17, 21, 24))
PARTS = ("change_data", "change_model", "change_calibration")
MONDAY, NEXT, FRIDAY, LATER = "2011-10-10", "2011-10-17", "2011-10-21", "2011-10-24"
Rows = dict[str, dict[str, Any]]


def rows(checkout: Checkout, folder: str) -> Rows:
    """The rows of a list by customer."""
    table = pq.read_table(checkout.root / "data/lists" / folder / "risk_list.parquet")
    return {row["customer_id"]: row for row in table.drop_columns(["activity"]).to_pylist()}


def told(checkout: Checkout, folder: str = "latest", name: str = "briefing.json") -> dict[str, Any]:
    """The figures of a list."""
    found: dict[str, Any] = json.loads((checkout.root / "data/lists" / folder / name).read_text(encoding="utf-8"))
    return found


def files(checkout: Checkout, folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (checkout.root / "data/lists" / folder).iterdir()}


def test_weeks_in_a_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One story in order, each step on the one before."""
    shop = make_checkout(tmp_path_factory.mktemp("weeks"))
    shop.cut_source(FIRST)
    shop.commit()
    shop.repro()
    the_first_list_moves_nobody(shop)
    shop.cut_source(SECOND)
    shop.repro()
    movements_add_up(shop)
    who_was_chosen_rests(shop)
    bands_are_left_late_and_the_draw_stays(shop)
    a_bad_week_leaves_the_last_list_stale(shop)
    the_next_good_list_clears_it(shop)
    a_new_champion_is_a_part_of_the_change(shop)


def the_first_list_moves_nobody(shop: Checkout) -> None:
    found, figures = rows(shop, MONDAY), told(shop)
    assert figures["movements"] is None
    assert {row["movement"] for row in found.values()} == {None}
    assert {row["why_not"] for row in found.values()} <= {None, "low", "over_capacity", "holdout"}
    assert figures["contact"]["yes"] == sum(row["contact_this_week"] == "yes" for row in found.values()) > 0
    at_risk = [row for row in found.values() if row["contact_this_week"] == "yes" and row["risk_band"] == "high"]
    assert at_risk
    assert all(row["reason_1"] for row in at_risk)
    assert figures["last_promise"]["as_of"] == "2011-06-27"
    said = shop.run("python", "-m", "pipeline.where").stdout
    assert f"{figures['contact']['yes']:,} to contact" in said
    assert f"{figures['holdout']['held_back']:,} held back" in said


def movements_add_up(shop: Checkout) -> None:
    """Counted from the rows of both lists; the champion is the same, so the data have done it all."""
    before, now, moved = rows(shop, MONDAY), rows(shop, NEXT), told(shop)["movements"]
    both = before.keys() & now.keys()
    level = {"low": 0, "medium": 1, "high": 2}
    ways = Counter(
        (level[now[name]["risk_band"]] > level[before[name]["risk_band"]])
        - (level[now[name]["risk_band"]] < level[before[name]["risk_band"]])
        for name in both
    )
    assert [moved[name] for name in ("up", "down", "same")] == [ways[1], ways[-1], ways[0]]
    assert (moved["new"], moved["back"], moved["left"]) == (
        len(now.keys() - before.keys()),
        0,
        len(before.keys() - now.keys()),
    )
    assert moved["up"] > 0
    assert moved["down"] > 0
    for name, row in now.items():
        assert row["previous_band"] == (before[name]["risk_band"] if name in before else None)
        if name in before:
            change = row["churn_probability"] - before[name]["churn_probability"]
            assert row["change"] == pytest.approx(change, abs=1.01e-6)
            assert round(sum(row[part] for part in PARTS), 6) == row["change"] == row["change_data"]
    assert sum(moved["banded_up"].values()) == moved["banded_up"]["data"] == moved["up"]
    assert moved["contacted"] == told(shop, MONDAY)["contact"]["yes"]


def who_was_chosen_rests(shop: Checkout) -> None:
    """Contacted or held back a week ago: neither is chosen again before the cool-down of 28 days is over."""
    before, now = rows(shop, MONDAY), rows(shop, NEXT)
    chosen = {name for name, row in before.items() if row["contact_this_week"] == "yes" or row["why_not"] == "holdout"}
    rested = [now[name] for name in chosen & now.keys()]
    assert len(rested) > 100
    assert {row["contact_this_week"] for row in rested} == {"no"}
    assert {row["why_not"] for row in rested} <= {"cool_down", "low"}
    assert {str(row["last_chosen"]) for row in rested} == {MONDAY}
    for name in before.keys() & now.keys():
        contacted = before[name]["contact_this_week"] == "yes"
        assert str(now[name]["last_contact"]) == (MONDAY if contacted else "None")
    assert any(row["contact_this_week"] == "yes" for row in now.values())


def bands_are_left_late_and_the_draw_stays(shop: Checkout) -> None:
    """Who was high and is above 0.65 stays so; the programme and everybody's group are those of last week."""
    before, now = rows(shop, MONDAY), rows(shop, NEXT)
    late = 0
    for name in before.keys() & now.keys():
        p, was = now[name]["churn_probability"], before[name]["risk_band"]
        assert (was, now[name]["risk_band"]) != ("high", "medium") or p < 0.65
        late += now[name]["risk_band"] != now[name]["raw_band"]
        assert now[name]["group"] == before[name]["group"]
        assert now[name]["listed_since"] is None or str(now[name]["listed_since"]) in (MONDAY, NEXT)
    assert late > 0
    assert {row["programme"] for row in (*before.values(), *now.values())} == {told(shop)["holdout"]["programme"]}


def a_bad_week_leaves_the_last_list_stale(shop: Checkout) -> None:
    """Hardly a customer may come or go: nothing is published, `latest` says so, and once more changes nothing."""
    dated, keys = files(shop, NEXT), set(rows(shop, NEXT))
    shop.cut_source(THIRD)
    shop.set_params(lists={"most_population_change": 0.0001})
    done = shop.run("dvc", "repro", check=False)
    assert done.returncode != 0
    assert "the list of 2011-10-21 is not published, 1 of its checks failed: population is 0." in done.stderr
    assert "data/lists/latest is 2011-10-17, marked stale" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert sorted(path.name for path in (shop.root / "data/lists").iterdir()) == [MONDAY, NEXT, "latest"]
    assert files(shop, NEXT) == dated
    assert set(rows(shop, "latest")) == keys
    stale, manifest = told(shop)["stale"], told(shop, name="manifest.json")
    assert (stale["since"], [check["name"] for check in stale["failed"]]) == ("2011-10-24", ["population"])
    assert (manifest["stale"], manifest["of"]) == (stale, NEXT)
    names = set(files(shop, "latest"))
    assert not [name for name in names if name.startswith(("contact_", "preset_"))]
    assert {"risk_list_STALE_2011-10-17.csv", "risk_list_STALE_2011-10-17.xlsx", "risk_list.xlsx"} <= names
    before = files(shop, "latest")
    assert shop.run("dvc", "repro", check=False).returncode != 0
    assert files(shop, "latest") == before
    said = shop.run("python", "-m", "pipeline.where").stdout
    assert "STALE: it held until 2011-10-24; the list of 2011-10-21 did not pass its gate (population)." in said


def the_next_good_list_clears_it(shop: Checkout) -> None:
    shop.set_params(lists={"most_population_change": 0.5})
    shop.repro()
    assert files(shop, "latest") == files(shop, FRIDAY)
    assert (told(shop)["stale"], told(shop, name="manifest.json")["previous_list"]) == (None, NEXT)
    assert any(name.startswith("contact_") for name in files(shop, "latest"))
    assert "STALE" not in shop.run("python", "-m", "pipeline.where").stdout
    assert "up to date" in shop.repro()
    shop.commit()


def a_new_champion_is_a_part_of_the_change(shop: Checkout) -> None:
    """A slice has matured: the model has learnt anew, and its part and the data's add up to the change."""
    shop.cut_source(MATURED)
    shop.repro()
    before, now, moved = rows(shop, FRIDAY), rows(shop, LATER), told(shop)["movements"]
    assert {row["model_version"] for row in before.values()} != {row["model_version"] for row in now.values()}
    both = [(row, before[name]["churn_probability"]) for name, row in now.items() if name in before]
    for row, was in both:
        assert row["change"] == pytest.approx(row["churn_probability"] - was, abs=1.01e-6)
        assert round(sum(row[part] for part in PARTS), 6) == row["change"]
    assert any(row["change_model"] for row, _ in both)
    assert any(row["change_data"] for row, _ in both)
    means = [moved[f"mean_{name}"] for name in ("data", "model", "calibration")]
    assert round(sum(means), 6) == moved["mean_change"]
    assert moved["mean_model"] == pytest.approx(sum(row["change_model"] for row, _ in both) / len(both), abs=2e-6)
