"""Each finding from events that have just that fault, and events without a fault that give none."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from workspace import BOOKENDS, Row, ingest, run_ingest, source_bytes, write_file, write_params

from pipeline.errors import EventError

FIRST = date(2024, 1, 1)
DAYS = 140
# Histories as long as the lookback, and nothing that could be said about returns.
PLAIN: dict[str, Any] = {
    "events.roles": {"activity": ["purchase"], "engagement": ["visit"]},
    "events.money": ["purchase"],
    "features": {"lookback_days": [7]},
    "snapshots.min_history_days": 14,
}
Found = list[dict[str, Any]]


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number))


def shop(skip: range = range(0), days: range = range(DAYS), kind: str = "purchase", customers: int = 60) -> list[Row]:
    """Thirty events on every day, of customers in turn, none on days that are skipped; amounts from 10 to 29."""
    return [
        (f"c{(30 * at + n) % customers:02}", day(at), kind, 10 + n % 20)
        for at in days
        if at not in skip
        for n in range(30)
    ]


def clean() -> list[Row]:
    return shop() + shop(kind="visit")


def findings(folder: Path, rows: list[Row], changes: dict[str, Any] | None = None) -> Found:
    """What the report says of these events; the same row twice is two events."""
    folder.mkdir(exist_ok=True)
    report = ingest(folder, rows, {"events.duplicates": "keep", **PLAIN, **(changes or {})}).report
    found: Found = report["findings"]
    return found


def only(found: Found) -> tuple[str, str, str]:
    """Name, severity and text of the one finding."""
    assert len(found) == 1, [item["what"] for item in found]
    return found[0]["name"], found[0]["severity"], found[0]["what"]


def test_events_without_a_fault_give_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, clean()) == []


def test_a_finding_says_name_step_severity_column_table_what_and_advice(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, shop(), {"events.roles": {"activity": ["purchase"]}})
    assert list(found) == ["name", "step", "severity", "column", "table", "what", "advice"]
    assert found["name"] == "single type"
    assert (found["step"], found["column"], found["table"]) == ("ingest", "event_type", "events")
    assert found["what"] == "there is one event type, purchase"


def test_a_week_without_events_is_a_warning(tmp_path: Path) -> None:
    gap = range(50, 57)
    rows = shop(gap) + shop(gap, kind="visit")
    assert only(findings(tmp_path, rows)) == (
        "outage",
        "warning",
        "nearly no events in 1 run of days: 2024-02-20 to 2024-02-26",
    )


def test_a_week_without_events_of_one_type_names_the_type(tmp_path: Path) -> None:
    rows = shop() + shop(range(50, 57), kind="visit")
    assert only(findings(tmp_path, rows)) == (
        "outage",
        "warning",
        "nearly no visit events in 1 run of days: 2024-02-20 to 2024-02-26",
    )


def test_two_months_without_events_are_one_outage(tmp_path: Path) -> None:
    """The days around the middle of it are silent too, and must not make silence usual."""
    gap = range(40, 100)
    name, severity, what = only(findings(tmp_path, shop(gap) + shop(gap, kind="visit")))
    assert (name, severity) == ("outage", "warning")
    assert what.endswith("1 run of days: 2024-02-10 to 2024-04-09")


def test_an_outage_of_half_the_newest_label_stops_the_run(tmp_path: Path) -> None:
    """The newest slice is 13 May, its label the week from then on."""
    gap = range(133, 138)
    with pytest.raises(EventError, match=r"nearly no events .* 2024-05-13 to 2024-05-17.* snapshots\.as_of"):
        findings(tmp_path, shop(gap) + shop(gap, kind="visit"))
    assert not (tmp_path / "data/events").exists()


def test_the_outage_is_a_warning_to_those_who_follow_the_advice(tmp_path: Path) -> None:
    gap = range(133, 138)
    found = findings(tmp_path, shop(gap) + shop(gap, kind="visit"), {"snapshots.as_of": day(133)})
    assert only(found)[:2] == ("outage", "warning")


def test_a_public_holiday_is_a_note(tmp_path: Path) -> None:
    holiday = range(50, 51)
    found = only(findings(tmp_path, shop(holiday) + shop(holiday, kind="visit")))
    assert found == ("outage", "info", "nearly no events in 1 run of days: 2024-02-20, such as public holidays")


def test_a_closure_at_the_same_time_of_two_years_is_a_note(tmp_path: Path) -> None:
    closed = [*range(60, 70), *range(424, 434)]
    days = range(500)
    open_days = [row for row in shop(days=days) + shop(days=days, kind="visit") if row[1] not in set(map(day, closed))]
    name, severity, what = only(findings(tmp_path, open_days))
    assert (name, severity) == ("outage", "info")
    assert what.endswith("2024-03-01 to 2024-03-10, 2025-02-28 to 2025-03-09, as at the same time of other years")


def test_a_weekly_day_of_rest_is_no_outage(tmp_path: Path) -> None:
    sundays = range(6, DAYS, 7)
    rows = [row for row in clean() if row[1] not in set(map(day, sundays))]
    assert findings(tmp_path, rows) == []


@pytest.mark.parametrize(
    ("days", "name", "what"),
    [
        (range(80), "type stops", "visit (2,400 events) ends on 2024-03-20, 60 days before the newest event"),
        (range(60, DAYS), "type starts", "visit (2,400 events) begins on 2024-03-01, 60 days after the oldest event"),
    ],
    ids=["stops", "starts"],
)
def test_a_type_that_stops_or_starts_midstream(tmp_path: Path, days: range, name: str, what: str) -> None:
    assert only(findings(tmp_path, shop() + shop(days=days, kind="visit"))) == (name, "warning", what)


@pytest.mark.parametrize("factor", [100, 1000])
def test_cents_after_euros_are_mixed_units(tmp_path: Path, factor: int) -> None:
    rows = [(who, when, kind, amount * factor if when >= "2024-03" else amount) for who, when, kind, amount in shop()]
    name, severity, what = only(findings(tmp_path, rows + shop(kind="visit")))
    assert (name, severity) == ("mixed units", "warning")
    assert what == f"the typical amount of purchase goes from 17.00 to {17 * factor:,.2f} from 2024-02 to 2024-03"


def test_a_price_rise_by_half_is_no_mixed_unit(tmp_path: Path) -> None:
    rows = [(who, when, kind, amount * 1.5 if when >= "2024-03" else amount) for who, when, kind, amount in shop()]
    assert findings(tmp_path, rows + shop(kind="visit")) == []


def test_one_id_with_a_tenth_of_all_events_is_seen_and_never_shown(tmp_path: Path) -> None:
    rows = [("till-7" if n % 10 == 0 else row[0], *row[1:]) for n, row in enumerate(clean())]
    found = findings(tmp_path, rows)
    assert only(found) == ("one id", "warning", "one customer id has 840 of 8,400 events (10%)")
    assert "till-7" not in str(found)


def test_rows_that_are_rejected_and_future_stamps_are_counted_by_reason(tmp_path: Path) -> None:
    until = {"events.known_until": day(DAYS - 1)}
    rows = [*clean(), *[("", day(5), "purchase", 1)] * 100, ("c01", day(900), "purchase", 1)]
    found = [(item["name"], item["severity"], item["column"], item["what"]) for item in findings(tmp_path, rows, until)]
    assert found == [
        ("rejected", "warning", "customer_id", "100 rows (1.2%) are rejected: customer_id is missing"),
        (
            "future stamps",
            "info",
            "event_time",
            "1 rows (0.0%) are rejected: event_time is after events.known_until 2024-05-19",
        ),
    ]


@pytest.mark.parametrize(("copies", "severity"), [(100, "info"), (1000, "warning")])
def test_many_exact_copies(tmp_path: Path, copies: int, severity: str) -> None:
    rows = [(*row, str(n)) for n, row in enumerate(clean())]
    write_params(tmp_path, {**PLAIN, "events.max_rejected_share": 1.0})
    columns = ("customer_id", "event_time", "event_type", "amount", "n")
    found = ingest(tmp_path, rows + rows[:copies], PLAIN, columns=columns).report["findings"]
    assert only(found)[:2] == ("duplicates", severity)


def test_dates_among_times_are_seen_per_type(tmp_path: Path) -> None:
    """Visits with a time of day beside purchases without one are no mixture; purchases of both kinds are."""
    timed = [(who, f"{when} 10:30:00", kind, amount) for who, when, kind, amount in shop(kind="visit")]
    assert findings(tmp_path / "kinds", shop() + timed) == []
    half = [(w, f"{t} 09:15:00" if n % 2 else t, k, a) for n, (w, t, k, a) in enumerate(shop())]
    name, severity, what = only(findings(tmp_path / "mixed", half + timed))
    assert (name, severity) == ("dates among times", "warning")
    assert "purchase 50% at midnight" in what


def test_a_population_that_halves(tmp_path: Path) -> None:
    rows = shop(customers=300) + shop(kind="visit")
    fewer = [(who if when < "2024-03" else f"c{int(who[1:]) % 120:02}", when, *rest) for who, when, *rest in rows]
    assert only(findings(tmp_path, fewer)) == (
        "population",
        "warning",
        "120 customers are active in 2024-03, 300 in the month before",
    )


def test_a_role_without_events_and_a_type_without_role(tmp_path: Path) -> None:
    roles = {"activity": ["purchase"], "friction": ["retrun"]}
    found = findings(tmp_path, [*clean(), ("c01", day(5), "return", 1)], {"events.roles": roles})
    told = [(item["severity"], item["what"]) for item in found]
    assert told == [
        ("warning", "retrun has a role but no event"),
        ("info", "kept but unused, without a role: visit (4,200), return (1)"),
    ]


def test_customers_with_one_event_each(tmp_path: Path) -> None:
    rows = [(f"g{n}", *row[1:]) if n < 100 else row for n, row in enumerate(clean())]
    name, severity, what = only(findings(tmp_path, rows))
    assert (name, severity, what) == ("one event only", "info", "62% of the customers have one event")


def test_stamps_that_clocks_skip_or_repeat(tmp_path: Path) -> None:
    """In Warsaw 02:30 of 31 March 2024 does not exist; 02:30 of 27 October 2024 exists twice."""
    timed = [(who, f"{when} 12:00:00", kind, amount) for who, when, kind, amount in clean()]
    odd = [("c01", "2024-03-31 02:30:00", "purchase", 1)] * 3
    name, severity, what = only(findings(tmp_path, timed + odd, {"events.timezone": "Europe/Warsaw"}))
    assert (name, severity) == ("clock changes", "info")
    assert what.startswith("3 stamps do not exist in Europe/Warsaw")
    assert "0 exist twice" in what


@pytest.mark.parametrize(("lookback", "severity"), [(100, "info"), (130, "warning")])
def test_a_lookback_beyond_the_history(tmp_path: Path, lookback: int, severity: str) -> None:
    """Four slices from 15 April on have 105, 112, 119 and 126 days before them."""
    changes = {"features": {"lookback_days": [7, lookback]}, "snapshots.train": 6}
    name, found, what = only(findings(tmp_path, clean(), changes))
    assert (name, found) == ("short history", severity)
    assert f"{lookback} days at " in what


def test_money_without_amounts_and_negative_purchases(tmp_path: Path) -> None:
    nothing = [(who, when, kind, None) for who, when, kind, _ in shop(kind="visit")]
    roles = {"activity": ["purchase", "order"], "engagement": ["visit"]}
    back = [("c01", day(9), "order", -5)] * 10 + shop(kind="order")
    changes = {"events.roles": roles, "events.money": ["purchase", "visit", "order"]}
    told = [(item["name"], item["what"]) for item in findings(tmp_path, shop() + nothing + back, changes)]
    assert told == [
        ("negative amounts", "10 of 4,210 order events (0.2%) have a negative amount"),
        ("no amounts", "visit is in events.money, but 4,200 of its 4,200 events have no amount"),
    ]


def in_files(folder: Path, files: dict[str, list[Row]]) -> Found:
    """The findings over a folder of files."""
    folder.mkdir(exist_ok=True)
    write_params(folder, {"events.duplicates": "keep", **PLAIN, "events.source": "data/raw"})
    for name, rows in files.items():
        write_file(folder, source_bytes(".csv", rows), name)
    found: Found = run_ingest(folder).report["findings"]
    return found


def test_a_file_that_stops_while_the_others_go_on(tmp_path: Path) -> None:
    name, severity, what = only(in_files(tmp_path, {"north.csv": clean(), "south.csv": shop(days=range(100))}))
    assert (name, severity) == ("file stops", "warning")
    assert what.startswith("1 of 2 files cover half of the time or more")
    assert what.endswith("the first on 2024-04-09")


def test_events_in_a_later_file_than_their_time_are_late(tmp_path: Path) -> None:
    months = [range(35), range(35, 70), range(70, 105), range(105, DAYS)]
    files = {f"{n}.csv": shop(days=days) + shop(days=days, kind="visit") for n, days in enumerate(months)}
    assert in_files(tmp_path / "in time", files) == []
    late = [(who, day(64), kind, amount) for who, _, kind, amount in shop(days=range(66, 67))]
    name, severity, what = only(in_files(tmp_path / "late", {**files, "2.csv": files["2.csv"] + late}))
    assert (name, severity) == ("late events", "warning")
    assert what.startswith("30 events (0.5%) came in a later file than their time")


def test_spaces_around_ids(tmp_path: Path) -> None:
    rows = [*clean(), (" c01", day(5), "purchase", 1)]
    assert only(findings(tmp_path, rows))[0] == "spaces around ids"


def test_bookends_alone_give_no_outage(tmp_path: Path) -> None:
    """Few events have no rhythm that could break."""
    names = [item["name"] for item in findings(tmp_path, list(BOOKENDS))]
    assert "outage" not in names
    assert "type stops" not in names
