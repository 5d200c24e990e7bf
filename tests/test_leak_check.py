"""`make leak-check`: an honest catalog passes, every leak is named, and a blind check says so."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import build
from features.rows import Rows
from features.snapshots import day_number
from pipeline import featurize_current, featurize_training, ingest, leak_check, matrix
from pipeline.errors import EventError, LeakError
from pipeline.leaks.copies import FUTURES, World, load_events, midnight, the_day_before
from pipeline.leaks.planted import LEAKS, planted
from pipeline.leaks.rebuild import WHO, differing

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("event_time", pa.timestamp("us", "UTC")),
        ("event_day", pa.date32()),
        ("event_type", pa.string()),
        ("amount", pa.decimal128(18, 6)),
    ]
)
SNAPSHOT = day_number(date(2024, 6, 3))
EVENTS = [
    ("ann", "2024-06-02", "purchase", 5),
    ("ann", "2024-06-03", "visit", None),
    ("bob", "2024-06-10", "gossip", 7),
]


def world(timezone: str = "UTC") -> World:
    """Three events: the last before the snapshot, one on its day, one later of a type without a role."""
    rows = [
        {
            "customer_id": who,
            "event_time": datetime.fromisoformat(day).replace(tzinfo=UTC),
            "event_day": date.fromisoformat(day),
            "event_type": kind,
            "amount": None if amount is None else Decimal(amount),
        }
        for who, day, kind, amount in EVENTS
    ]
    return World(pa.Table.from_pylist(rows, SCHEMA), ("purchase", "visit"), timezone, 28)


def told(events: pa.Table) -> list[tuple[str, str, str, str, float | None]]:
    """Events as (customer, time, day, type, amount)."""
    return [
        (
            row["customer_id"],
            f"{row['event_time']:%m-%d %H:%M:%S.%f}".removesuffix(" 00:00:00.000000"),
            f"{row['event_day']:%m-%d}",
            row["event_type"],
            None if row["amount"] is None else float(row["amount"]),
        )
        for row in events.to_pylist()
    ]


def test_edited() -> None:
    """Types and amounts of what is not before the snapshot; types without a role stay."""
    assert told(FUTURES["edited"](world(), SNAPSHOT)) == [
        ("ann", "06-02", "06-02", "purchase", 5.0),
        ("ann", "06-03", "06-03", "purchase", 99.5),
        ("bob", "06-10", "06-10", "gossip", 14.31),
    ]


def test_deleted() -> None:
    assert told(FUTURES["deleted"](world(), SNAPSHOT)) == [("ann", "06-02", "06-02", "purchase", 5.0)]


def test_added() -> None:
    """At midnight to the microsecond, a microsecond later, a day later, half a horizon later; in order."""
    found = told(FUTURES["added"](world(), SNAPSHOT))
    assert [row[1:4] for row in found if row[0] == "ann"] == [
        ("06-02", "06-02", "purchase"),
        ("06-03", "06-03", "purchase"),
        ("06-03", "06-03", "visit"),
        ("06-03", "06-03", "visit"),
        ("06-03 00:00:00.000001", "06-03", "purchase"),
        ("06-03 00:00:00.000001", "06-03", "visit"),
        ("06-04", "06-04", "purchase"),
        ("06-04", "06-04", "visit"),
        ("06-17", "06-17", "purchase"),
        ("06-17", "06-17", "visit"),
    ]
    assert len(found) == 3 + 2 * 4 * 2


def test_newcomers() -> None:
    """They come between those who are there, on the day of the snapshot."""
    found = told(FUTURES["newcomers"](world(), SNAPSHOT))
    assert [row[0] for row in found] == ["ann", "ann", "ann~new", "ann~new", "bob", "bob~new", "bob~new"]
    assert {row[1] for row in found if "~" in row[0]} == {"06-03"}


def test_the_day_before_is_before() -> None:
    """The last microsecond of the day before the snapshot, and that day."""
    found = [row for row in told(the_day_before(world(), SNAPSHOT)) if row[4] == 99.5]
    assert {row[1:3] for row in found} == {("06-02 23:59:59.999999", "06-02")}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("UTC", "2024-06-03", "06-03 00:00"),
        ("Asia/Tokyo", "2024-06-03", "06-02 15:00"),
        ("Europe/London", "2024-06-03", "06-02 23:00"),
        ("America/New_York", "2024-12-02", "12-02 05:00"),
    ],
)
def test_midnight_is_the_business_time_zones(zone: str, day: str, expected: str) -> None:
    assert f"{midnight(date.fromisoformat(day), zone).astimezone(UTC):%m-%d %H:%M}" == expected


def test_a_large_run_is_sampled_by_customer(tmp_path: Path) -> None:
    """Whole customers, the same every time, in order, and it is known of how many."""
    rows = [(f"c{n % 40:02}", datetime(2024, 1, 1 + n % 28, tzinfo=UTC), "purchase") for n in range(400)]
    table = pa.table(
        {name: [row[at] for row in rows] for at, name in enumerate(("customer_id", "event_time", "event_type"))}
    )
    table = table.append_column("amount", pa.nulls(400, pa.decimal128(18, 6))).sort_by("customer_id")
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(table.slice(0, 0), tmp_path / "b.parquet")
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    whole, of = load_events(files)
    assert (whole.num_rows, of) == (400, None)
    some, of = load_events(files, most=100)
    kept = set(some["customer_id"].to_pylist())
    assert of == 40
    assert 1 < len(kept) < 25
    assert some.num_rows == 10 * len(kept)
    assert some.equals(load_events(files, most=100)[0])


def test_differing_counts_bits() -> None:
    """Nulls are values of their own, a negative zero is no zero, and who is missing is named like a column."""
    one = pa.table(
        {"customer_id": ["a", "b", "c"], "churned": [True] * 3, "x": pa.array([0.0, None, 1.0], pa.float32())}
    )
    zero = pa.table(
        {"customer_id": ["a", "b", "c"], "churned": [False] * 3, "x": pa.array([-0.0, None, 1.0], pa.float32())}
    )
    null = pa.table(
        {"customer_id": ["a", "b", "d"], "churned": [True] * 3, "x": pa.array([0.0, np.nan, 1.0], pa.float32())}
    )
    assert differing(one, one) == {}
    assert differing(one, zero) == {"x": 1}
    assert differing(one, null) == {WHO: 2, "x": 1}


def test_planting_ends(tmp_path: Path) -> None:
    """Whatever happens inside, the catalog is honest afterwards."""
    honest = build.FAMILIES
    with contextlib.suppress(ZeroDivisionError), planted():
        assert len(build.FAMILIES) == len(honest) + 1
        raise ZeroDivisionError
    assert build.FAMILIES is honest


@pytest.fixture(scope="module")
def featurized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose events and features are made."""
    folder = tmp_path_factory.mktemp("featurized")
    little_shop.settings(folder, snapshots__train=3, events__timezone="Europe/Warsaw")
    little_shop.bring(folder, little_shop.shop(120))
    little_shop.run(folder, (ingest, featurize_training, featurize_current))
    return folder


def check(folder: Path) -> dict[str, Any]:
    """Run the command and read its report."""
    with contextlib.chdir(folder):
        try:
            leak_check.main()
        finally:
            report: dict[str, Any] = json.loads((folder / "data/reports/leak_check.json").read_text())
    return report


@pytest.mark.slow
def test_an_honest_catalog_passes(featurized: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every planted leak is named with the snapshot and the future; nothing of the run is touched."""
    events = {path: path.read_bytes() for path in (featurized / "data").rglob("*.parquet")}
    found = check(featurized)
    assert found["leaks"] == []
    assert {item["column"] for item in found["planted_and_caught"]} == set(LEAKS)
    assert len(found["snapshots"]) == 4
    assert min(found["features_changed_by_the_day_before"].values()) > 10
    shown = capsys.readouterr().out
    assert all(f"caught: {name} at 2024-" in shown for name in LEAKS)
    assert {path: path.read_bytes() for path in (featurized / "data").rglob("*.parquet")} == events


def patched_recency(rows: Rows, types: tuple[str, ...]) -> np.ndarray:
    """Recency with the boundary an off-by-one moves: the day of the snapshot counts."""
    chunk = rows.timeline.chunk
    keys = chunk.customer_of_event() * 1_000_000 + chunk.day
    last = np.searchsorted(keys, rows.customer * 1_000_000 + rows.snapshot + 1) - 1
    return (rows.snapshot - chunk.day[last]).astype(float)


def everybody_who_comes_back(*arguments: Any, **names: Any) -> build.Population:
    """Eligibility that knows who will buy again."""
    found = build.eligible_rows(*arguments, **names)
    rows = found.rows
    later = rows.timeline.chunk.starts[rows.customer + 1] - rows.timeline.chunk.starts[rows.customer] > 12
    kept = Rows(rows.timeline, rows.customer[later], rows.snapshot[later], rows.data_start)
    return build.Population(kept, found.lapsed, found.active_on, found.first_on)


LEAKY: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "a moved boundary": (
        lambda patch: patch.setattr(Rows, "days_since_last", patched_recency),
        r"days_since_last_activity at 2024-\d\d-\d\d by (edited|deleted|added) \(\d+ rows\)",
    ),
    "a cohort that knows the future": (
        lambda patch: patch.setattr(matrix, "eligible_rows", everybody_who_comes_back),
        r"\(who is eligible\) at 2024",
    ),
    "blindness": (
        lambda patch: patch.setattr(leak_check, "the_day_before", lambda world, _: world.events),
        r"the check is blind \(an event the day before 2024-\d\d-\d\d changes no feature\)",
    ),
    "a leak that is missed": (
        lambda patch: patch.setattr(leak_check, "planted_findings", lambda *_: []),
        r"the check is blind \(planted_count_scaled_by_all_rows was not caught\)",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "says"), LEAKY.values(), ids=LEAKY.keys())
def test_a_real_leak_is_named(
    featurized: Path, monkeypatch: pytest.MonkeyPatch, leak: Callable[[pytest.MonkeyPatch], None], says: str
) -> None:
    """By feature, snapshot and future; and a check that cannot fail is a failure."""
    leak(monkeypatch)
    with pytest.raises(LeakError, match=says):
        check(featurized)


def test_without_events_there_is_nothing_to_check(tmp_path: Path) -> None:
    little_shop.settings(tmp_path)
    with contextlib.chdir(tmp_path), pytest.raises(EventError, match="no events in data/events yet: run `make repro`"):
        leak_check.main()
