"""Times on their way through ingest: which instant, which business day, and what is too far ahead to be true."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workspace import BOOKENDS, Row, command, ingest, outputs, run_ingest, write_file, write_params

from pipeline.cleaning.clock_changes import changes

LONDON = {"events.timezone": "Europe/London"}
SUMMER_ENDS = [("first", "2024-03-01", "purchase", 1), ("last", "2024-11-30", "purchase", 1)]


def bought(*times: Any) -> list[Row]:
    """A purchase at each time, by a customer whose id is the time as it was typed."""
    return [(str(time), time, "purchase", 1) for time in times]


def test_zoneless_times_are_in_the_business_time_zone(tmp_path: Path) -> None:
    """London leaves UTC on 31 March 2024 at one in the night and comes back on 27 October at two."""
    expected = {
        "2024-03-30 23:59:59": ("2024-03-30 23:59:59", "2024-03-30"),
        "2024-03-31": ("2024-03-31 00:00:00", "2024-03-31"),
        "2024-03-31 00:59": ("2024-03-31 00:59:00", "2024-03-31"),
        "2024-03-31 02:00": ("2024-03-31 01:00:00", "2024-03-31"),
        "2024-03-31T23:30": ("2024-03-31 22:30:00", "2024-03-31"),
        "2024-04-01": ("2024-03-31 23:00:00", "2024-04-01"),
        "2024-06-30 00:30": ("2024-06-29 23:30:00", "2024-06-30"),
        "2024-10-27 00:30": ("2024-10-26 23:30:00", "2024-10-27"),
        "2024-10-27 02:00": ("2024-10-27 02:00:00", "2024-10-27"),
        "2024-10-27 23:59:59.999999": ("2024-10-27 23:59:59.999999", "2024-10-27"),
    }
    result = ingest(tmp_path, [*bought(*expected), *SUMMER_ENDS], LONDON)
    assert {event.customer_id: event[1:3] for event in result.of(*expected)} == expected


@pytest.mark.parametrize("time", ["2024-03-31 01:30", "2024-10-27 01:30"], ids=["skipped", "twice"])
def test_an_hour_that_the_clock_skips_or_repeats_stays_on_its_day(tmp_path: Path, time: str) -> None:
    """The row is kept, once, as an instant of that hour in one of the two offsets."""
    result = ingest(tmp_path, [*bought(time), *SUMMER_ENDS], LONDON)
    (event,) = result.of(time)
    assert event.event_day == time[:10]
    assert event.event_time in (f"{time[:10]} 00:30:00", f"{time[:10]} 01:30:00")


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "America/New_York"])
def test_times_with_an_offset_are_that_instant(tmp_path: Path, zone: str) -> None:
    """Whatever the business time zone: it decides the day only. Both half past one in London, an hour apart."""
    expected = {
        "2024-06-30T23:30:00Z": "2024-06-30 23:30:00",
        "2024-07-01 00:30:00+02:00": "2024-06-30 22:30:00",
        "2024-07-01T00:30:00.5-0500": "2024-07-01 05:30:00.500000",
        "2024-07-01 00:30+05": "2024-06-30 19:30:00",
        "2024-10-27T00:30:00Z": "2024-10-27 00:30:00",
        "2024-10-27T01:30:00Z": "2024-10-27 01:30:00",
        "2024-11-03T05:30:00Z": "2024-11-03 05:30:00",
    }
    result = ingest(tmp_path, [*bought(*expected), *SUMMER_ENDS], {"events.timezone": zone})
    assert {event.customer_id: event.event_time for event in result.of(*expected)} == expected


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Europe/London", ["2024-06-30", "2024-07-01", "2024-07-01"]),
        ("UTC", ["2024-06-30", "2024-06-30", "2024-07-01"]),
        ("America/New_York", ["2024-06-30", "2024-06-30", "2024-06-30"]),
        ("Pacific/Auckland", ["2024-07-01", "2024-07-01", "2024-07-01"]),
    ],
)
@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_the_business_time_zone_decides_the_day(tmp_path: Path, zone: str, days: list[str], name: str) -> None:
    """As text with an offset, or as a timestamp with a time zone."""
    times = [datetime(2024, 6, 30, 22, 59, tzinfo=UTC), datetime(2024, 6, 30, 23, 1, tzinfo=UTC)]
    times.append(datetime(2024, 7, 1, 0, 30, tzinfo=UTC))
    ends = [datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 8, 1, tzinfo=UTC)]
    result = ingest(tmp_path, bought(*times, *ends), {"events.timezone": zone}, name)
    assert [event.event_day for event in result.of(*map(str, times))] == days


def test_a_timestamp_without_zone_is_in_the_business_time_zone_too(tmp_path: Path) -> None:
    """From Parquet as from text, in whole seconds as in billionths."""
    seconds = ["2024-06-29T22:00:00", "2024-06-30T23:30:00", "2024-08-01T10:00:00"]
    for unit in ("s", "ms", "us", "ns"):
        table = {"event_time": pa.array(seconds, pa.string()).cast(pa.timestamp(unit)), "customer_id": ["a", "b", "c"]}
        path = write_file(tmp_path, b"", "events.parquet")
        pq.write_table(pa.table({**table, "event_type": ["purchase"] * 3}), path)
        write_params(tmp_path, {"events.source": "data/raw/events.parquet", **LONDON})
        (event,) = run_ingest(tmp_path).of("b")
        assert event[1:3] == ("2024-06-30 22:30:00", "2024-06-30")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_an_instant_of_parquet_is_that_instant_in_every_unit(tmp_path: Path, unit: str, zone: str) -> None:
    """Billionths with a zone are what pandas wrote for years."""
    times = pa.array(["2024-06-01T12:00:00Z", "2024-06-30T23:30:00Z", "2024-08-01T12:00:00Z"])
    table = {"event_time": times.cast(pa.timestamp(unit, zone)), "customer_id": ["a", "b", "c"]}
    path = write_file(tmp_path, b"", "events.parquet")
    pq.write_table(pa.table({**table, "event_type": ["purchase"] * 3}), path)
    write_params(tmp_path, {"events.source": "data/raw/events.parquet", **LONDON})
    (event,) = run_ingest(tmp_path).of("b")
    assert event[1:3] == ("2024-06-30 23:30:00", "2024-07-01")


@pytest.mark.parametrize("clock", ["timestamp", "date"])
@pytest.mark.parametrize("unit", ["us", "ns"])
def test_times_with_and_without_zone_in_two_files_do_not_mix(tmp_path: Path, clock: str, unit: str) -> None:
    """An error that names the file, since the zoneless ones would become times of UTC: 23:30 in London the next day."""
    kind = pa.timestamp("us") if clock == "timestamp" else pa.date32()
    tables = {
        "a": pa.array(["2024-06-01", "2024-06-30", "2024-08-01"]).cast(kind),
        "b": pa.array([datetime(2024, 6, 30, 23, 30, tzinfo=UTC)] * 3, pa.timestamp(unit, "UTC")),
    }
    for name, times in tables.items():
        path = write_file(tmp_path, b"", f"{name}.parquet")
        who = {"customer_id": [f"{name}{n}" for n in range(3)], "event_type": ["purchase"] * 3}
        pq.write_table(pa.table({**who, "event_time": times}), path)
    write_params(tmp_path, {"events.source": "data/raw", **LONDON})
    with pytest.raises(ValueError, match=r"data/raw/b\.parquet .*event_time"):
        run_ingest(tmp_path)


@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_a_table_of_dates_has_a_whole_newest_day(tmp_path: Path, name: str) -> None:
    """Dates arrive when a day is over, so scoring may see it; with any time of day it may still be running."""
    days = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]
    result = ingest(tmp_path, bought(*days), LONDON, name)
    assert result.counts("data_start", "newest_event_day", "as_of") == ("2024-01-01", "2024-03-01", "2024-03-02")


def test_one_time_of_day_makes_the_newest_day_a_running_one(tmp_path: Path) -> None:
    rows = [*bought("2024-01-10 00:00:01"), *BOOKENDS]
    assert ingest(tmp_path, rows).report["as_of"] == "2024-03-01"


def test_a_rejected_time_of_day_does_not(tmp_path: Path) -> None:
    rows = [("", "2024-01-10 10:00", "purchase", 1), *BOOKENDS]
    assert ingest(tmp_path, rows).report["as_of"] == "2024-03-02"


def test_forms_of_time_that_are_read_and_that_are_not(tmp_path: Path) -> None:
    """ISO only: what could be read in two ways is rejected, not guessed."""
    read = [
        "2024-01-10",
        "2024-01-10 10:30",
        "2024-01-10T10:30:15",
        "2024-01-10 10:30:15.123456789",
        "2024-01-10T10:30Z",
    ]
    refused = ["2024-1-10", "20240110", "10.01.2024", "01/10/2024", "2024-01-10 25:00", "2024-01-10 10", "yesterday"]
    refused += ["0000-00-00", "2024-13-01", "1704844800", "2023-02-29", "2024-01-10 10:30:60", "45301.5"]
    result = ingest(tmp_path, [*bought(*read, *refused), *BOOKENDS])
    assert result.ids() == sorted(read)
    assert result.reasons() == dict.fromkeys(range(6, 19), "event_time is no ISO date or time")


def test_a_number_as_time_is_an_error_that_says_how_to_convert_it(tmp_path: Path) -> None:
    rows = bought(1704067200, 1709251200)
    with pytest.raises(ValueError, match=r"event_time has the type BIGINT, .* set events\.time_unit to seconds"):
        ingest(tmp_path, rows, name="events.parquet")


def test_unix_seconds_by_the_query_that_the_error_proposes(tmp_path: Path) -> None:
    query = "SELECT customer_id, make_timestamp(event_time * 1000000) AS event_time, event_type FROM raw"
    result = ingest(tmp_path, bought(1704067200, 1709251200), {"events.query": query}, "events.parquet")
    assert [event.event_time for event in result.events] == ["2024-01-01 00:00:00", "2024-03-01 00:00:00"]


def test_known_until_is_the_last_day_that_counts(tmp_path: Path) -> None:
    """In the business time zone: its last second is in, the next midnight is not, and `as_of` follows."""
    times = ["2024-02-20 23:59:59", "2024-02-20T22:59:59Z", "2024-02-21 00:00", "2024-02-20T23:00:00Z"]
    rows = [*bought(*times), *BOOKENDS]
    result = ingest(tmp_path, rows, {"events.timezone": "Europe/Berlin", "events.known_until": "2024-02-20"})
    assert result.ids() == sorted(times[:2])
    assert result.reasons() == dict.fromkeys([3, 4, 6], "event_time is after events.known_until 2024-02-20")
    assert result.report["as_of"] == "2024-02-20"


@pytest.mark.parametrize(("time", "rejected"), [("2024-03-09 23:59:59", 0), ("2024-03-10", 1), ("2099-12-31", 1)])
def test_a_stamp_far_beyond_almost_all_others_is_of_the_future(tmp_path: Path, time: str, rejected: int) -> None:
    """Without known_until: beyond the seventh day after 2024-03-02, up to which nearly all of 10,002 stamps lie."""
    many = pa.table({"customer_id": [f"c{n}" for n in range(10_002)], "event_type": ["purchase"] * 10_002})
    times = ["2024-01-01"] * 5_000 + ["2024-03-02"] * 5_001 + [time]
    path = write_file(tmp_path, b"", "events.parquet")
    pq.write_table(many.append_column("event_time", pa.array(times)), path)
    write_params(tmp_path, {"events.source": "data/raw/events.parquet"})
    result = run_ingest(tmp_path)
    reason = "event_time is more than 7 days after nearly all other events"
    assert result.reasons() == ({10_002: reason} if rejected else {})


@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_the_end_of_time_is_no_time_of_an_event(tmp_path: Path, name: str) -> None:
    """What databases write for `never`, in a table too small for a quantile to tell; the others go on."""
    result = ingest(tmp_path, [*bought("9999-12-31"), *BOOKENDS], name=name)
    assert list(result.reasons()) == [1]
    assert result.report["newest_event_day"] == "2024-03-01"


def test_the_time_zone_of_the_machine_has_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor has its clock: nothing reads it."""
    here = ingest(tmp_path, [*bought("2024-01-10 00:30", "2024-01-10T00:30:00+09:00"), *BOOKENDS])
    before = outputs(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert command(tmp_path).returncode == 0
    assert outputs(tmp_path) == before
    assert [event.event_day for event in here.events] == ["2024-01-10", "2024-01-09", "2024-01-01", "2024-03-01"]


UNITS = {"seconds": 1, "milliseconds": 1000, "microseconds": 1_000_000}


@pytest.mark.parametrize("name", ["events.csv", "events.parquet", "events.jsonl"])
@pytest.mark.parametrize("unit", UNITS)
def test_numbers_since_1970_by_their_unit(tmp_path: Path, name: str, unit: str) -> None:
    """Instants, so that the business time zone decides the day: 1704063600 is 2023-12-31 23:00 in UTC."""
    rows = bought(*(seconds * UNITS[unit] for seconds in (1704063600, 1709251200)))
    result = ingest(tmp_path, rows, {"events.time_unit": unit, "events.timezone": "Europe/Berlin"}, name)
    assert [event[1:3] for event in result.events] == [
        ("2023-12-31 23:00:00", "2024-01-01"),
        ("2024-03-01 00:00:00", "2024-03-01"),
    ]


def test_parts_of_a_second_and_numbers_that_are_none(tmp_path: Path) -> None:
    times = ["1704844800.25", "1.7048448e9", " 1704844800 ", "2024-01-10", "1e99", "-1704844800", "4102444800"]
    rows = [*bought(*times), *((id_, time, "purchase", 1) for id_, time in (("a", 1704063600), ("z", 1709251200)))]
    result = ingest(tmp_path, rows, {"events.time_unit": "seconds"})
    kept = {event.customer_id: event.event_time for event in result.of("1704844800.25", "1.7048448e9", "1704844800")}
    assert kept == {
        "1704844800.25": "2024-01-10 00:00:00.250000",
        "1.7048448e9": "2024-01-10 00:00:00",
        "1704844800": "2024-01-10 00:00:00",
    }
    none = "event_time is no number of seconds since 1970"
    assert list(result.reasons().items()) == [
        (4, none),
        (5, none),
        (6, "event_time is before 1990-01-01"),
        (7, "event_time is 2100-01-01 or later, which stands for never"),
    ]


@pytest.mark.parametrize(
    ("times", "unit", "message"),
    [
        (["03/04/2024", "13/04/2024"], "iso", r"2 of 3 rows .* like 03/04/2024, .* strptime\(event_time, '%d/%m/%Y'\)"),
        (["2024.04.03", "3.4.2024"], "iso", r"2 of 3 rows have an event_time like 2024\.04\.03"),
        (["1704063600", "1704063601"], "iso", r"a number, like 1704063600: set events\.time_unit to seconds"),
        (["2024-01-10", "2024-01-11"], "seconds", r"an ISO time, like 2024-01-10: set events\.time_unit: iso"),
        (["1704063600000000"] * 2, "seconds", r"2 of 3 rows .* beyond the year 2200, .*: mend events\.time_unit"),
    ],
    ids=["slashed", "dotted", "numbers", "iso", "another unit"],
)
@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_a_column_of_times_in_another_form_names_the_setting(
    tmp_path: Path, times: list[str], unit: str, message: str, name: str
) -> None:
    """Where most rows are such; a single one is rejected."""
    rows = [(f"c{number}", time, "purchase", 1) for number, time in enumerate([*times, "2024-03-01"])]
    with pytest.raises(ValueError, match=message):
        ingest(tmp_path, rows, {"events.time_unit": unit}, name)
    assert outputs(tmp_path) == {}


def test_hours_that_the_clock_skips_or_repeats_are_counted(tmp_path: Path) -> None:
    """Times without an offset only, each side of an edge; a skipped hour counts as one later, the other as its last."""
    skipped = ["2024-03-31 01:00", "2024-03-31 01:59:59.999999"]
    repeated = ["2024-10-27 01:00", "2024-10-27T01:30", "2024-10-27 01:59:59"]
    others = ["2024-03-31 00:59:59", "2024-03-31 02:00", "2024-10-27 00:59", "2024-10-27 02:00", "2024-10-27T01:30Z"]
    others += ["2024-10-27T01:30+01:00", "2024-03-31T01:30Z"]
    result = ingest(tmp_path, [*bought(*skipped, *repeated, *others), *SUMMER_ENDS], LONDON)
    assert result.counts("times_skipped_by_the_clock", "times_repeated_by_the_clock") == (2, 3)
    told = [sentence for sentence in result.report["warnings"] if "daylight saving" in sentence]
    assert [sentence.split()[0] for sentence in told] == ["2", "3"]
    (first,), (second,) = result.of(skipped[0]), result.of(repeated[0])
    assert (first.event_time, second.event_time) == ("2024-03-31 01:00:00", "2024-10-27 01:00:00")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", []),
        ("Asia/Kolkata", []),
        ("America/New_York", [("03-10 02:00", "03-10 03:00", True), ("11-03 01:00", "11-03 02:00", False)]),
        ("Australia/Lord_Howe", [("04-07 01:30", "04-07 02:00", False), ("10-06 02:00", "10-06 02:30", True)]),
    ],
)
def test_the_changes_of_a_clock_in_a_year(zone: str, expected: list[tuple[str, str, bool]]) -> None:
    """As almanacs have them for 2024."""
    found = changes(zone, datetime(2024, 1, 1), datetime(2024, 12, 31))
    assert [(f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}", skipped) for start, end, skipped in found] == expected
