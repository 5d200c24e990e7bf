"""Facts that the list shows of each customer: counted before as_of only, by hand-made events and by properties."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from little_shop import run
from workspace import BOOKENDS, COLUMNS, ingest

from features.rows import Rows
from features.snapshots import day_number
from features.timeline import Timeline
from pipeline import featurize_current
from pipeline.facts import MOST_A_WEEK, YEAR, FactsSpec, all_facts, counted_facts
from pipeline.habits import usual_values
from pipeline.sections.machine import Engine
from pipeline.streaming.events import chunks
from pipeline.tables import CURRENT, FACTS

AS_OF = date(2024, 6, 3)  # a Monday
EARLIEST = AS_OF - timedelta(days=364)
SPEC = FactsSpec(("purchase",), ("visit",), ("purchase", "gift"), ("store", "channel"), "channel")
SCHEMA = pa.schema(
    [("customer_id", pa.string()), ("event_time", pa.timestamp("us", "UTC")), ("event_day", pa.date32()),
     ("event_type", pa.string()), ("amount", pa.decimal128(18, 6))]
)  # fmt: skip
Event = tuple[str, date, str, Any]
Kept = tuple[str, date, str, str | None, str | None]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour)


def facts_of(
    ids: list[str], events: list[Event], kept: list[Kept] | None = None, spec: FactsSpec = SPEC, as_of: date = AS_OF
) -> list[dict[str, Any]]:
    """The facts of some customers, by hand-made events; the kept ones lie in two files, as they come."""
    beside = [
        {"customer_id": who, "event_time": at(day), "event_day": day, "event_type": kind, "store": s, "channel": c}
        for who, day, kind, s, c in kept or []
    ]
    fields = [SCHEMA.field(at) for at in range(4)]
    beside_schema = pa.schema([*fields, ("store", pa.string()), ("channel", pa.string())])
    others: list[Event] = [(who, as_of, "visit", None) for who in ids]  # so that nobody is unknown
    counted = counted_table([*events, *others], spec, as_of)
    places = [counted.column("customer_id").to_pylist().index(who) for who in ids]
    counted = counted.take(pa.array(places, pa.int64()))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for part in (0, 1):
            files.append(Path(folder, f"kept{part}.parquet"))
            pq.write_table(pa.Table.from_pylist(beside[part::2], beside_schema), files[-1])
        usual = usual_values(counted.column("customer_id"), files, as_of, spec, Engine(threads=1))
    table = all_facts(counted, usual, spec)
    assert table.schema == spec.schema
    return list(table.to_pylist())


def events_table(events: list[Event]) -> pa.Table:
    """Hand-made events in the order of ingest."""
    columns = [
        (who, at(day), day, kind, None if amount is None else Decimal(amount)) for who, day, kind, amount in events
    ]
    columns.sort(key=lambda row: (row[0], row[1], row[3], row[4] is None, row[4] or 0))
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in columns], SCHEMA)


def counted_table(events: list[Event], spec: FactsSpec, as_of: date) -> pa.Table:
    """What is counted of every customer, in order."""
    types = tuple(sorted({*spec.activity, *spec.engagement, *spec.spend}))
    found = []
    for ids, chunk in chunks(events_table(events).to_batches(), types):
        today = day_number(as_of)
        timeline = Timeline(chunk, np.array([today - YEAR, today]))
        customers = np.arange(chunk.customers)
        facts = counted_facts(Rows(timeline, customers, np.full(len(customers), today), 0), spec)
        found.append(facts.add_column(0, "customer_id", ids))
    return pa.concat_tables(found)


def test_the_edges_of_the_year_and_of_today() -> None:
    """364 days: the first of them counts, the day before it and as_of itself do not."""
    bought = [EARLIEST - timedelta(days=1), EARLIEST, AS_OF - timedelta(days=1), AS_OF, AS_OF + timedelta(days=9)]
    (anna,) = facts_of(["anna"], [("anna", day, "purchase", "10.10") for day in bought])
    assert (anna["last_activity"], anna["activities_12m"], anna["spend_12m"]) == (AS_OF - timedelta(days=1), 2, 20.2)
    assert anna["activity"] == [1, *[0] * 50, 1]


def test_a_week_ends_with_the_day_before_as_of() -> None:
    days = {0: 51, 1: 51, 6: 51, 7: 50, 13: 50, 14: 49, 363: 0}
    for ago, week in days.items():
        (anna,) = facts_of(["anna"], [("anna", AS_OF - timedelta(days=ago + 1), "purchase", None)])
        expected = [0] * 52
        expected[week if ago < 363 else 0] = 1
        assert anna["activity"] == expected, ago


def test_only_activity_is_activity_and_only_money_is_spend() -> None:
    day = AS_OF - timedelta(days=3)
    kinds = [("purchase", "5"), ("visit", "99"), ("return", "-3"), ("gift", "7"), ("unknown", "50")]
    (anna,) = facts_of(["anna"], [("anna", day, kind, amount) for kind, amount in kinds])
    assert (anna["activities_12m"], anna["spend_12m"]) == (1, 12.0)


def test_nothing_known_is_null_and_nothing_done_is_nought() -> None:
    """A customer without events, one whose only purchase is years ago, one without an amount."""
    day = AS_OF - timedelta(days=3)
    rows = facts_of(["none", "long_ago", "unpriced"], [
        ("long_ago", date(2020, 1, 1), "purchase", "5"), ("unpriced", day, "purchase", None)])  # fmt: skip
    told = [(row["customer_id"], row["last_activity"], row["activities_12m"], row["spend_12m"]) for row in rows]
    assert told == [("none", None, 0, None), ("long_ago", date(2020, 1, 1), 0, None), ("unpriced", day, 1, None)]
    assert {row["preferred_channel"] for row in rows} == {None}
    assert [sum(row["activity"]) for row in rows] == [0, 0, 1]


def test_customers_come_in_the_order_asked_for_and_others_do_not() -> None:
    events: list[Event] = [(who, EARLIEST, "purchase", "1") for who in ("anna", "bert", "cleo")]
    assert [row["customer_id"] for row in facts_of(["cleo", "anna"], events)] == ["cleo", "anna"]


USUAL = {
    "the most frequent": ([(9, "York"), (8, "Bath"), (7, "York"), (1, "Ely")], "York"),
    "ties: the one seen last": ([(9, "York"), (8, "Bath"), (3, "Bath"), (2, "York")], "York"),
    "ties of the same moment: by letters": ([(2, "York"), (2, "Bath"), (2, "a")], "Bath"),
    "nothing is no value": ([(9, None), (8, None), (7, "Bath")], "Bath"),
    "older than a year is no habit": ([(400, "York"), (399, "York"), (7, "Bath")], "Bath"),
    "on the day and later is the future": ([(0, "York"), (-1, "York"), (7, "Bath")], "Bath"),
    "never known": ([(9, None)], None),
}


@pytest.mark.parametrize(("seen", "expected"), USUAL.values(), ids=USUAL.keys())
def test_the_usual_value(seen: list[tuple[int, str | None]], expected: str | None) -> None:
    kept = [("anna", AS_OF - timedelta(days=ago), "visit", value, None) for ago, value in seen]
    (anna,) = facts_of(["anna"], [], kept)
    assert anna["usual_store"] == expected


def test_returns_say_nothing_about_habits_and_the_channel_has_its_own_column() -> None:
    day = AS_OF - timedelta(days=3)
    kept: list[Kept] = [("anna", day, "return", "Bath", "post")] * 3
    kept += [("anna", day, "purchase", "York", "app"), ("anna", day, "visit", "York", None)]
    (anna,) = facts_of(["anna"], [], kept)
    assert (anna["usual_store"], anna["usual_channel"], anna["preferred_channel"]) == ("York", "app", "app")


def test_a_kept_column_may_be_named_like_anything(tmp_path: Path) -> None:
    """Also like what we call things on the way."""
    names = ["place", "value", "n", "last", "kept_1", "_kept_0", 'a "quoted" name', "select", "étage", "wanted"]
    rows = [("anna", f"2024-02-2{at}", "purchase", 5, *[f"{name} {at}" for name in names]) for at in (0, 1, 1)]
    ends = [(*row, *[None] * len(names)) for row in BOOKENDS]
    ingest(tmp_path, [*rows, *ends], {"events.keep": names, "events.duplicates": "keep"}, columns=(*COLUMNS, *names))
    run(tmp_path, [featurize_current])
    (anna,) = [row for row in pq.read_table(tmp_path / FACTS).to_pylist() if row["customer_id"] == "anna"]
    assert {name: anna[f"usual_{name}"] for name in names} == {name: f"{name} 1" for name in names}


def test_more_events_a_week_than_the_column_holds_are_its_largest_number() -> None:
    many: list[Event] = [("anna", AS_OF - timedelta(days=1), "purchase", None)] * (MOST_A_WEEK + 5)
    (anna,) = facts_of(["anna"], many)
    assert (anna["activity"][-1], anna["activities_12m"]) == (MOST_A_WEEK, MOST_A_WEEK + 5)


def asked_of_the_engine(events: pa.Table, spec: FactsSpec, as_of: date) -> list[tuple[Any, ...]]:
    """The same facts as SQL says them: customer, last activity, activities, spend, weeks."""
    types = ", ".join(f"'{name}'" for name in spec.activity)
    money = ", ".join(f"'{name}'" for name in spec.spend)
    year = f"event_day < DATE '{as_of}' AND event_day >= DATE '{as_of - timedelta(days=YEAR)}'"
    with duckdb.connect() as connection:
        connection.register("events", events)
        found = connection.execute(
            f"SELECT customer_id, max(event_day) FILTER (event_type IN ({types}) AND event_day < DATE '{as_of}'), "
            f"count(*) FILTER (event_type IN ({types}) AND {year}), "
            f"CAST(sum(amount) FILTER (event_type IN ({money}) AND {year}) AS DOUBLE), "
            f"list((event_day - DATE '{as_of}' + {YEAR}) // 7) FILTER (event_type IN ({types}) AND {year}) "
            "FROM events GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return [(*row[:4], [(row[4] or []).count(week) for week in range(52)]) for row in found]


HUGE = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda millionths: Decimal(millionths).scaleb(-6))
MANY = st.lists(
    st.tuples(
        st.sampled_from(["anna", "bert", "Zoë"]),
        st.integers(-20, 400).map(lambda ago: AS_OF - timedelta(days=ago)),
        st.sampled_from(["purchase", "visit", "return", "gift"]),
        st.one_of(st.none(), HUGE, st.sampled_from([Decimal("0.1"), Decimal("999999999999.999999")])),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(MANY)
def test_the_facts_are_those_of_sql_to_the_last_bit(events: list[Any]) -> None:
    """However large the amounts are: sums beyond 2^53 millionths, and beyond 2^63."""
    counted = counted_table(events, SPEC, AS_OF)
    told = [tuple(row.values()) for row in counted.to_pylist()]
    assert told == asked_of_the_engine(events_table(events), SPEC, AS_OF)


def test_sums_that_no_float_holds_are_rounded_once() -> None:
    """Ten amounts of a trillion wrap a 64-bit sum of millionths around, and 2^53 + 1 millionths are no float."""
    day = AS_OF - timedelta(days=3)
    large = [("anna", day, "purchase", "999999999999.999999")] * 10 + [("anna", day, "purchase", "0.000001")]
    odd = [("bert", day, "purchase", "9007199254.740993")]
    around = [("cleo", day, "purchase", "999999999999.999999")] * 18  # 2^64 + 5 millionths in all
    around += [("cleo", day, "purchase", "446744073709.551639")]
    told = [row["spend_12m"] for row in facts_of(["anna", "bert", "cleo"], [*large, *odd, *around])]
    assert told == [10_000_000_000_000.0, 9007199254.740993, 18446744073709.55]


DAYS = st.integers(-20, 400).map(lambda ago: AS_OF - timedelta(days=ago))
WORDS = st.sampled_from(["York", "Bath", None])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["anna", "bert"]), DAYS, st.sampled_from(["purchase", "visit", "return"]),
        st.sampled_from(["1.5", "2", None]), WORDS, WORDS,
    ),
    max_size=12,
)  # fmt: skip


def whole(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return facts_of(["anna", "bert"], [row[:4] for row in rows], [(*row[:3], row[4], row[5]) for row in rows])


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS)
def test_what_happens_on_the_day_or_later_changes_nothing(rows: list[Any], future: list[Any]) -> None:
    past = [row for row in rows if row[1] < AS_OF]
    assert whole(past) == whole([*past, *(row for row in future if row[1] >= AS_OF)])


@settings(max_examples=15, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference_and_weeks_add_up(rows: list[Any], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    found = whole(rows)
    assert whole(shuffled) == found
    for row in found:
        assert (sum(row["activity"]), len(row["activity"])) == (row["activities_12m"], 52)


def test_the_stage_writes_them_for_the_customers_of_its_table(tmp_path: Path) -> None:
    """In the same order, the same bytes twice, and without kept columns, too."""
    rows = [(f"c{n}", f"2024-02-{10 + n}", "purchase", 5, f"s{n % 2}") for n in range(9)]
    ends = [(*row, None) for row in BOOKENDS]
    changes = {"events.keep": ["store"], "campaign": {"channel_from": "store"}}
    ingest(tmp_path, [*rows, *ends], changes, columns=(*COLUMNS, "store"))
    run(tmp_path, [featurize_current])
    first = (tmp_path / FACTS).read_bytes()
    facts, current = pq.read_table(tmp_path / FACTS), pq.read_table(tmp_path / CURRENT)
    assert facts.column("customer_id").to_pylist() == current.column("customer_id").to_pylist()
    assert facts.column("preferred_channel").to_pylist() == facts.column("usual_store").to_pylist()
    assert "s1" in facts.column("usual_store").to_pylist()
    assert not [name for name in current.column_names if "store" in name]
    run(tmp_path, [featurize_current])
    assert (tmp_path / FACTS).read_bytes() == first
    ingest(tmp_path, [*rows, *ends], {}, columns=(*COLUMNS, "store"))
    with contextlib.chdir(tmp_path):
        featurize_current.main()
    assert "usual_store" not in pq.read_schema(tmp_path / FACTS).names
