"""The calendar: which day is `as_of`, which labelled slices exist, and where closed events end."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from workspace import event_paths, ingest, params

from features.snapshots import as_date
from pipeline.errors import ConfigError, SplitError
from pipeline.horizon import Calendar, resolve_calendar
from pipeline.settings import parse_settings

WEEKLY = {"churn.horizon_days": 14, "churn.active_within_days": 28, "snapshots.every_days": 7, "snapshots.train": 26}
JANUARY, MAY = date(2024, 1, 1), date(2024, 5, 1)
DEMO = {
    "churn.horizon_days": 91,
    "churn.active_within_days": 182,
    "snapshots.every_days": 28,
    "snapshots.train": 26,
    "snapshots.min_history_days": None,
}
DEMO_DAYS = date(2009, 12, 1), date(2011, 12, 9)


def resolve(
    changes: dict[str, Any] | None = None, first: date = JANUARY, last: date = MAY, only_dates: bool = False
) -> Calendar:
    """The calendar of weekly slices, with these settings changed."""
    return resolve_calendar(first, last, only_dates, parse_settings(params({**WEEKLY, **(changes or {})})))


def slices(calendar: Calendar) -> list[str]:
    """The labelled snapshots as text."""
    return [str(as_date(day)) for day in calendar.slices.days]


def test_latest_is_the_midnight_that_opens_the_newest_day() -> None:
    """Since that day may still be running; of a table of dates it is over."""
    assert resolve().as_of == MAY
    assert resolve(only_dates=True).as_of == date(2024, 5, 2)
    assert resolve().warnings == ()


@pytest.mark.parametrize(
    ("as_of", "warnings"),
    [
        ("2024-04-10", ()),
        ("2024-05-01", ()),
        ("2024-05-02", ()),
        (
            "2024-05-03",
            ("snapshots.as_of 2024-05-03 is 2 days after the newest event (2024-05-01): is an export missing?",),
        ),
        (
            "2024-05-08",
            ("snapshots.as_of 2024-05-08 is 7 days after the newest event (2024-05-01): is an export missing?",),
        ),
    ],
)
@pytest.mark.parametrize("only_dates", [True, False])
def test_a_given_date_up_to_a_week_ahead(as_of: str, warnings: tuple[str, ...], only_dates: bool) -> None:
    """The next morning is usual; later than that is worth a warning. Earlier dates are what a look back is made of."""
    calendar = resolve({"snapshots.as_of": as_of}, only_dates=only_dates)
    assert str(calendar.as_of) == as_of
    assert calendar.warnings == warnings


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("2024-05-09", r"as_of 2024-05-09 is 8 days after the newest event \(2024-05-01\); at most 7 are allowed"),
        ("2024-01-01", r"as_of 2024-01-01 is not after the first event \(2024-01-01\)"),
        ("2023-12-31", r"as_of 2023-12-31 is not after the first event \(2024-01-01\)"),
    ],
)
def test_a_given_date_that_the_events_cannot_carry(as_of: str, message: str) -> None:
    """Silence after the newest event would read as churn."""
    with pytest.raises(ConfigError, match=message):
        resolve({"snapshots.as_of": as_of})


def test_slices_are_mondays_with_a_closed_label_and_enough_history() -> None:
    """14 days before 2024-05-01 is Wednesday 04-17, so Monday 04-15 is the newest; history starts on 01-29."""
    calendar = resolve({"snapshots.min_history_days": 28})
    assert slices(calendar)[0] == "2024-01-29"
    assert slices(calendar)[-1] == "2024-04-15"
    assert (len(calendar.slices.days), calendar.slices.asked) == (12, 26)
    assert {as_date(day).weekday() for day in calendar.slices.days} == {0}


@pytest.mark.parametrize(
    ("last", "newest"),
    [(date(2024, 4, 28), "2024-04-08"), (date(2024, 4, 29), "2024-04-15"), (date(2024, 5, 6), "2024-04-22")],
)
def test_a_label_is_closed_when_its_last_day_is_over(last: date, newest: str) -> None:
    """The 14 days from Monday 04-15 end with Sunday 04-28, whose midnight is 04-29."""
    assert slices(resolve(last=last))[-1] == newest


@pytest.mark.parametrize(
    ("change", "newest", "closed_before"),
    [
        ({}, "2024-04-15", "2024-04-29"),
        ({"events.lateness_days": 2}, "2024-04-15", "2024-04-29"),
        ({"events.lateness_days": 3}, "2024-04-08", "2024-04-22"),
        ({"churn.lead_days": 2}, "2024-04-15", "2024-05-01"),
        ({"churn.lead_days": 3}, "2024-04-08", "2024-04-25"),
        ({"churn.lead_days": 2, "events.lateness_days": 1}, "2024-04-08", "2024-04-24"),
        ({"snapshots.as_of": "2024-04-22"}, "2024-04-08", "2024-04-22"),
    ],
    ids=str,
)
def test_lateness_lead_and_as_of_move_the_newest_slice(change: dict[str, Any], newest: str, closed_before: str) -> None:
    """Two days are to spare between the end of the label of 04-15 and 05-01; `as_of` itself stays."""
    calendar = resolve(change)
    assert slices(calendar)[-1] == newest
    assert str(calendar.closed_before) == closed_before
    assert str(calendar.as_of) == change.get("snapshots.as_of", "2024-05-01")


@pytest.mark.parametrize(
    ("history", "oldest"),
    [(None, "2024-01-29"), (28, "2024-01-29"), (29, "2024-02-05"), (0, "2024-01-01"), (1, "2024-01-08")],
)
def test_history_before_the_oldest_slice(history: int | None, oldest: str) -> None:
    """Null means as many days as make a customer eligible: 28 here."""
    assert slices(resolve({"snapshots.min_history_days": history}))[0] == oldest


def test_no_more_slices_than_asked_for_the_newest_ones() -> None:
    calendar = resolve({"snapshots.train": 3})
    assert slices(calendar) == ["2024-04-01", "2024-04-08", "2024-04-15"]


def test_the_slices_of_the_demo() -> None:
    """16 of 26, the newest on 2011-08-22, whose 91 days end before 2011-11-21."""
    calendar = resolve(DEMO, *DEMO_DAYS)
    assert (len(calendar.slices.days), calendar.slices.asked) == (16, 26)
    assert (slices(calendar)[0], slices(calendar)[-1]) == ("2010-06-28", "2011-08-22")
    assert str(calendar.closed_before) == "2011-11-21"
    assert calendar.labelled()["data_start"] == "2009-12-01"
    assert calendar.current()["as_of"] == "2011-12-09"


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (
            400,
            r"churn\.horizon_days 400 is too long: the events reach from 2024-01-01 to 2024-05-01, a snapshot needs 28 "
            r"days .*no label of 400 days closes by 2024-05-01\. Lower churn\.horizon_days",
        ),
        (91, r"only 1 labelled slices?, 2024-01-29 to 2024-01-29, and none closes 91 days before the newest"),
        (63, r"only 5 labelled slices, 2024-01-29 to 2024-02-26, .* reach from 2024-01-01 to 2024-05-01"),
    ],
)
def test_a_horizon_that_the_data_cannot_close_names_both_dates(days: int, message: str) -> None:
    """And one that leaves no earlier slice to learn from, for the newest to be judged out of time."""
    with pytest.raises(SplitError, match=message):
        resolve({"churn.horizon_days": days, "snapshots.min_history_days": None})


def test_the_shortest_history_that_can_be_judged() -> None:
    """Two slices a horizon apart: the older label ends as the newest slice begins. A day less is too short."""
    enough = {"churn.horizon_days": 14, "snapshots.min_history_days": 0, "snapshots.train": 26}
    assert slices(resolve(enough, last=date(2024, 1, 29))) == ["2024-01-01", "2024-01-08", "2024-01-15"]
    with pytest.raises(SplitError, match=r"only 2 labelled slices, 2024-01-01 to 2024-01-08"):
        resolve(enough, last=date(2024, 1, 28))


def test_too_few_slices_asked_for_names_the_setting_that_asks() -> None:
    """Two weekly slices cannot be 14 days apart, however long the history is."""
    with pytest.raises(SplitError, match=r"snapshots\.train"):
        resolve({"snapshots.train": 2})


def test_events_are_split_where_closed_labels_end(tmp_path: Path) -> None:
    """The label of 2024-02-12 covers up to 02-18: that day is closed, midnight of 02-19 is not, by local time."""
    rows = [
        ("first", "2024-01-01 10:00", "purchase", 1),
        ("last_closed", "2024-02-18 23:59:59", "purchase", 1),
        ("first_open", "2024-02-19 00:00:00", "purchase", 1),
        ("open_by_utc_only", "2024-02-18T22:30:00Z", "purchase", 1),
        ("closed_by_utc_only", "2024-02-18T23:30:00Z", "purchase", 1),
        ("last", "2024-02-21 10:00", "purchase", 1),
    ]
    result = ingest(tmp_path, rows, {"events.timezone": "Europe/Berlin"})
    assert sorted(event.customer_id for event in result.closed) == ["first", "last_closed", "open_by_utc_only"]
    assert sorted(event.customer_id for event in result.open) == ["closed_by_utc_only", "first_open", "last"]


def test_ingest_writes_the_calendar_for_the_stages_after_it(tmp_path: Path) -> None:
    """Of what training reads, nothing changes with the newest days until the next slice closes."""
    written = {}
    for last in ("2024-02-19", "2024-02-25", "2024-02-26"):
        result = ingest(
            tmp_path, [("first", "2024-01-01 10:00", "purchase", 1), ("last", f"{last} 10:00", "purchase", 1)]
        )
        slices_text = (tmp_path / "data/events/closed/slices.json").read_text(encoding="utf-8")
        closed = [path.read_bytes() for path in event_paths(tmp_path, "closed")]
        written[last] = (slices_text, closed)
        as_of = json.loads((tmp_path / "data/events/open/as_of.json").read_text(encoding="utf-8"))
        assert as_of == {"data_start": "2024-01-01", "newest_event_day": last, "as_of": last}
        assert result.counts("as_of", "slices_asked", "slices") == (last, 4, 4)
    assert written["2024-02-19"] == written["2024-02-25"] != written["2024-02-26"]
    assert json.loads(written["2024-02-19"][0]) == {
        "data_start": "2024-01-01",
        "slices": ["2024-01-22", "2024-01-29", "2024-02-05", "2024-02-12"],
        "slices_asked": 4,
    }
