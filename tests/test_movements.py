"""Since the list before: who is new, back, up, down or gone, why, and what lists of earlier versions do not say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.change import Steps, unchanged
from pipeline.listing.movements import COLUMNS, Movements, Today, compare
from pipeline.listing.previous import LIST, READ, Previous, last_times, read_previous, seen_before
from pipeline.listing.schema import SCHEMA
from pipeline.made_from import KEY
from pipeline.published import publish_folder
from pipeline.tables import LISTS, write_table

EARLY, BEFORE, TODAY = date(2024, 5, 20), date(2024, 5, 27), date(2024, 6, 3)
RISK = {"medium": 0.4, "high": 0.7, "leave_by": 0.05}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rows(*customers: tuple[str, float, str], **columns: list[Any]) -> pa.Table:
    """Customers as (id, probability, band), with columns of today's version by name."""
    ids, p, bands = ([row[at] for row in customers] for at in range(3))
    made: dict[str, Any] = {"customer_id": ids, "churn_probability": p, "risk_band": bands, **columns}
    kinds = {name: SCHEMA.field(name).type for name in made}
    return pa.table({name: pa.array(values, kinds[name]) for name, values in made.items()})


def content(day: date, **risk: float) -> dict[str, Any]:
    """A manifest with the settings of then."""
    roles = {"activity": ["purchase"], "cancel": []}
    made_from = {"settings": {"risk": {**RISK, **risk}, "churn": {"horizon_days": 91}, "events": {"roles": roles}}}
    return {"as_of": str(day), KEY: made_from}


def publish(day: date, table: pa.Table, **risk: float) -> Path:
    """A dated list with these rows."""
    return publish_folder(day, lambda folder: write_table([table], table.schema, folder / LIST), content(day, **risk))[
        0
    ]


def compared(now: list[tuple[str, float, str]], between: Steps | None = None) -> tuple[Movements, dict[str, Any]]:
    """Today's customers beside the newest list on the disk; the summary beside it."""
    ids, p, bands = (list(column) for column in zip(*now, strict=True))
    today = Today(pa.array(ids), np.array(p), np.array(bands, object))
    found = compare(today, read_previous(TODAY), between or unchanged(today.probability))
    return found, found.summary or {}


def column(found: Movements, name: str) -> list[Any]:
    values: list[Any] = found.columns[name].to_pylist()
    return values


def test_everybody_moves_in_their_own_way() -> None:
    """New, back after a week away, up, down by two, the same, and two who are gone; counted, and told apart."""
    publish(EARLY, rows(("back", 0.5, "medium")))
    publish(
        BEFORE,
        rows(
            ("up", 0.5, "medium"), ("down", 0.9, "high"), ("same", 0.2, "low"), ("gone", 0.9, "high"),
            ("left", 0.1, "low"), contact_this_week=["yes", "yes", "no", "yes", "no"],
        ),
    )  # fmt: skip
    now = [
        ("new", 0.8, "high"),
        ("back", 0.6, "medium"),
        ("up", 0.75, "high"),
        ("down", 0.3, "low"),
        ("same", 0.25, "low"),
    ]
    found, told = compared(now)
    assert column(found, "movement") == ["new", "back", "up", "down", "same"]
    assert column(found, "change") == [None, None, 0.25, -0.6, 0.05]
    assert column(found, "change_data") == column(found, "change")
    assert column(found, "change_model") == column(found, "change_calibration") == [None, None, 0, 0, 0]
    assert column(found, "change_cut") == [None, None, "no", "no", "no"]
    assert {name: told[name] for name in ("previous", "new", "back", "left", "up", "down", "same", "contacted")} == {
        "previous": "2024-05-27", "new": 1, "back": 1, "left": 2, "up": 1, "down": 1, "same": 1, "contacted": 3,
    }  # fmt: skip
    assert told["banded_up"] == {"data": 1, "model": 0, "calibration": 0, "cut": 0, "unknown": 0}
    assert (told["mean_change"], told["mean_data"], told["mean_model"]) == (-0.1, -0.1, 0)


def test_edges_that_moved_a_band() -> None:
    """0.65 was medium by the edges of then; that it is high now is the cut's doing, though the probability rose."""
    publish(BEFORE, rows(("edge", 0.6, "medium"), ("risen", 0.6, "medium"), ("still", 0.65, "medium")))
    found, told = compared([("edge", 0.65, "high"), ("risen", 0.75, "high"), ("still", 0.65, "medium")])
    assert column(found, "change_cut") == ["yes", "no", "no"]
    assert (told["banded_up"]["cut"], told["banded_up"]["data"]) == (1, 1)


def test_leaving_late_is_the_cut_of_a_list_that_left_at_once() -> None:
    """Then a band was left at its edge: 0.68 would have been medium, but today's list stays with high."""
    publish(BEFORE, rows(("late", 0.72, "high"), ("fallen", 0.72, "high")), leave_by=0.0)
    found, _ = compared([("late", 0.68, "high"), ("fallen", 0.6, "medium")])
    assert column(found, "movement") == ["same", "down"]
    assert column(found, "change_cut") == ["no", "no"]


def test_the_champion_of_then_cannot_be_asked() -> None:
    """The change is known, its parts and why bands moved are not."""
    publish(BEFORE, rows(("a", 0.5, "medium")))
    today = Today(pa.array(["a"]), np.array([0.75]), np.array(["high"], object))
    found = compare(today, read_previous(TODAY), None)
    assert [column(found, name) for name in COLUMNS] == [["up"], [0.25], [None], [None], [None], ["no"]]
    told = found.summary or {}
    assert told["banded_up"] == {"data": 0, "model": 0, "calibration": 0, "cut": 0, "unknown": 1}
    assert (told["mean_change"], told["mean_data"]) == (0.25, None)


def test_the_first_list_moves_nobody() -> None:
    found, told = compared([("a", 0.5, "medium"), ("b", 0.8, "high")])
    assert all(found.columns[name].null_count == 2 for name in COLUMNS)
    assert found.summary is None
    assert told == {}


def test_nobody_was_on_both() -> None:
    """All are gone and one is new: nothing has changed, so no mean is told."""
    publish(BEFORE, rows(("gone", 0.5, "medium")))
    found, told = compared([("new", 0.8, "high")])
    assert (column(found, "movement"), told["left"], told["mean_change"]) == (["new"], 1, None)


@settings(deadline=None)
@given(st.data())
def test_movements_add_up(data: st.DataObject) -> None:
    """Who is here is new, back, up, down or the same; who was there is here or gone; the parts are the change."""
    names, probability = [str(n) for n in range(8)], st.floats(0, 1)
    bands = st.sampled_from(["low", "medium", "high"])
    then = data.draw(st.lists(st.sampled_from(names), unique=True))
    now = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    table = rows(*((name, data.draw(probability), data.draw(bands)) for name in then))
    columns = [pa.nulls(len(table), SCHEMA.field(name).type) for name in READ if name not in table.column_names]
    for name, values in zip([name for name in READ if name not in table.column_names], columns, strict=True):
        table = table.append_column(name, values)
    previous = Previous(Path("x"), content(BEFORE), table)
    p = np.array([data.draw(probability) for _ in now])
    steps = Steps(*(np.array([data.draw(probability) for _ in now]) for _ in range(2)))
    found = compare(Today(pa.array(now), p, np.array([data.draw(bands) for _ in now], object)), previous, steps)
    told = found.summary or {}
    assert sum(told[name] for name in ("new", "back", "up", "down", "same")) == len(now)
    assert len(then) - told["left"] == told["up"] + told["down"] + told["same"] == len(set(then) & set(now))
    assert (sum(told["banded_up"].values()), sum(told["banded_down"].values())) == (told["up"], told["down"])
    parts = [column(found, f"change_{name}") for name in ("data", "model", "calibration")]
    for change, *each in zip(column(found, "change"), *parts, strict=True):
        assert (change is None) == all(part is None for part in each)
        assert change is None or round(sum(each), 6) == change


OLD = rows(("a", 0.9, "high"), ("b", 0.2, "low"))  # as lists were before they said whom to contact


def test_a_list_of_an_earlier_version() -> None:
    """What it did not say is unknown: no contact, no date; bands and probabilities are compared."""
    publish(BEFORE, OLD)
    previous = read_previous(TODAY)
    assert previous is not None
    assert all(previous.table.column(name).null_count == 2 for name in READ[3:])
    then = previous.of(pa.array(["b", "x", "a"]))
    assert then.column("risk_band").to_pylist() == ["low", None, "high"]
    assert [np.isnat(times).all() for times in last_times(then, BEFORE)] == [True, True]
    _, told = compared([("a", 0.9, "high"), ("b", 0.3, "low")])
    assert told["contacted"] is None


def test_a_column_of_another_type_is_unknown() -> None:
    publish(BEFORE, OLD.append_column("last_contact", pa.array(["2024-05-01", "2024-05-02"])))
    previous = read_previous(TODAY)
    assert previous is not None
    assert previous.table.column("last_contact").null_count == 2


@pytest.mark.parametrize(
    ("damage", "name"), [("edited", "20"), ("no rows", "20"), ("a revision that is no list", "27")]
)
def test_a_damaged_list_is_no_basis(damage: str, name: str) -> None:
    """Then the one before it is compared with, a revision of the same day first."""
    publish(EARLY, rows(("early", 0.5, "medium")))
    folder = publish(BEFORE, OLD)
    if damage == "edited":
        (folder / LIST).write_bytes(b"PAR1")
    elif damage == "no rows":
        (folder / LIST).unlink()
    else:
        publish(BEFORE, pa.table({"x": [1]}))
    previous = read_previous(TODAY)
    assert previous is not None
    assert (previous.folder.name, str(previous.as_of)) == (f"2024-05-{name}", f"2024-05-{name}")


def test_who_was_on_an_earlier_list() -> None:
    """The newest list that has a customer says when they were contacted; a year back, no further; revisions count."""
    day = date(2024, 5, 1)
    publish(date(2023, 5, 1), rows(("long ago", 0.9, "high"), contact_this_week=["yes"]))
    publish(day, rows(("yes", 0.9, "high"), ("rests", 0.9, "high"), contact_this_week=["no", "yes"]))
    publish(EARLY, rows(("revised", 0.9, "high"), contact_this_week=["yes"]))
    publish(
        EARLY,
        rows(
            ("yes", 0.9, "high"), ("held", 0.9, "high"), ("rests", 0.9, "high"), contact_this_week=["yes", "no", "no"],
            why_not=[None, "holdout", "cool_down"], last_contact=[day, day, None], last_chosen=[day, day, None],
        ),
    )  # fmt: skip
    publish(BEFORE, rows(("not looked at", 0.9, "high")))
    ids = pa.array(["yes", "held", "rests", "revised", "long ago", "not looked at", "never"])
    found = seen_before(ids, BEFORE)
    assert found.found.tolist() == [True, True, True, False, False, False, False]
    assert found.last_contact[:3].tolist() == [EARLY, day, None]
    assert found.last_chosen[:3].tolist() == [EARLY, EARLY, None]
    assert np.isnat(found.last_contact[3:]).all()
    (LISTS / "2024-05-20.r2" / LIST).write_bytes(b"PAR1")
    assert seen_before(ids, BEFORE).found.tolist() == [True, False, True, True, False, False, False]
