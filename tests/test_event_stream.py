"""Events of many sorted files as chunks of whole customers: as if all had been sorted, however they lie."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from event_layouts import SCHEMA, TYPES, Event, blocks, expected, told, write
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine import SORT_KEY
from pipeline.errors import ArtifactError
from pipeline.streaming import events as streaming
from pipeline.streaming import sources
from pipeline.streaming.events import chunks, stream_events

IDS = ["", " ", "C1", "C10", "C2", "Zoë", "a", "z", "é", "\uffff", "\U0001f600"]  # the last two: UTF-16 differs


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of events is many: chunks of about 5, files read by 3."""
    monkeypatch.setattr(streaming, "BATCH", 5)
    monkeypatch.setattr(sources, "READ", 3)


EVENTS = [
    Event("bob", 5, "visit"),
    Event("ann", 1, "purchase", 5),
    Event("ann", 30, "gossip", 7),
    Event("ann", 2000, "purchase", -3),
    Event("cleo", 1999, "visit", 0),
    Event("bob", 2001),
    Event("bob", 6, "purchase", 1),
    Event("dan", 700, "purchase", 9),
]


def test_one_file_is_streamed_as_it_lies(tmp_path: Path) -> None:
    path = write(tmp_path / "events-2024-01-01.parquet", EVENTS)
    found = list(stream_events([path], TYPES))
    assert [ids.to_pylist() for ids, _ in found] == [["ann", "bob"], ["cleo", "dan"]]
    assert [chunk.starts.tolist() for _, chunk in found] == [[0, 3, 6], [0, 1, 2]]
    assert found[0][1].kind.tolist() == [0, -1, 0, 1, 0, 0]
    assert found[0][1].types == TYPES
    assert told(found) == expected(EVENTS)


def test_blocks_of_days_are_one_after_the_other(tmp_path: Path) -> None:
    """Somebody in one block only, somebody in all; the times are not read."""
    files = blocks(tmp_path, EVENTS, days=28)
    assert len(files) == 3
    for path in files:
        pq.write_table(pq.read_table(path).drop_columns(["event_time"]), path)
    assert told(stream_events(files, TYPES)) == expected(EVENTS)


def test_attributes_are_merged_by_time_within_the_customer(tmp_path: Path) -> None:
    """They lie in a file of their own, with any times; at the time of an event the name of the type decides."""
    files = blocks(tmp_path, EVENTS, days=28)
    known = [Event("ann", 0, "customer:age", 30), Event("ann", 30, "customer:age", 31), Event("bob", 6, "zip", 4)]
    known += [Event("ann", 2001, "customer:age", 32), Event("nobody", 3, "customer:age", 9)]
    files.append(write(tmp_path / "attributes.parquet", known))
    types = ("customer:age", "purchase", "visit")
    assert told(stream_events(files, types)) == expected([*EVENTS, *known], types)


def test_ties_are_settled_within_a_customer_only(tmp_path: Path) -> None:
    """Two customers end and begin at one moment, each with events that are tied but for amount and term."""
    tied = [Event(who, 9, "purchase", amount) for who in ("ann", "bob") for amount in (None, 7, 5)]
    tied += [Event("ann", 9, kind, 1) for kind in ("visit", "gossip", "apple")]
    files = [write(tmp_path / f"{place}.parquet", tied[place::3]) for place in range(3)]
    assert told(stream_events(files, TYPES)) == expected(tied)


def test_terms_come_where_they_are_asked_for(tmp_path: Path) -> None:
    """Attributes have none; files of events must."""
    paid = [Event("ann", hour, "purchase", 5, term) for hour, term in ((1, 30), (1, 7), (2000, None))]
    files = [write(tmp_path / "a.parquet", paid[:2], with_term=True), write(tmp_path / "b.parquet", paid[2:], True)]
    age = Event("ann", 1, "customer:age", 30)
    files.append(write(tmp_path / "attributes.parquet", [age]))
    assert [event.term for event in told(stream_events(files, TYPES, with_term=True))] == [0, 7, 30, 0]
    assert told(stream_events(files, TYPES, with_term=True)) == expected([*paid, age])
    bare = write(tmp_path / "bare.parquet", paid)
    with pytest.raises(ArtifactError, match=r"events without terms, so they were made for another churn\.definition"):
        list(stream_events([bare], TYPES, with_term=True))


def test_centuries_of_many_customers_are_put_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By stretches of customers: customer and microsecond of them all would not fit one 64-bit number."""
    monkeypatch.setattr(streaming, "BATCH", 1 << 14)
    monkeypatch.setattr(sources, "READ", 1 << 14)
    hours = 24 * 365 * 150
    events = [Event(f"{number:04}", hour) for number in range(5000) for hour in (hours - number, 0)]
    files = [write(tmp_path / f"{part}.parquet", events[part::2], group=1000) for part in (0, 1)]
    found = [int(day) for _, chunk in stream_events(files, TYPES) for day in chunk.day]
    assert found[::2] == [19_723] * 5000
    assert min(found[1::2]) > 19_723 + 365 * 149


ROWS = st.lists(
    st.builds(
        Event,
        st.sampled_from(IDS),
        st.integers(0, 24 * 300),
        st.sampled_from(["purchase", "visit", "gossip", "Purchase", "ämne", *IDS[-2:]]),
        st.sampled_from([None, 0, 1, -5, 10**17]),
        st.none(),
    ),
    max_size=60,
)
TIED = st.lists(
    st.builds(
        Event,
        st.sampled_from(["", "a"]),
        st.integers(0, 2),
        st.sampled_from(["a", *IDS[-2:]]),
        st.sampled_from([None, 0, 1]),
        st.integers(1, 3),
    ),
    max_size=30,
)


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(1, 120), st.integers(1, 4))
def test_any_blocks_give_what_sorting_everything_gives(events: list[Event], days: int, group: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = blocks(Path(folder), events, days)
        for path in files:
            pq.write_table(pq.read_table(path), path, row_group_size=group, use_dictionary=group % 2 == 0)
        assert told(stream_events(files, TYPES)) == expected(events)


@settings(max_examples=80, deadline=None)
@given(ROWS | TIED, st.integers(1, 5))
def test_files_that_overlap_in_time_give_it_too(events: list[Event], files: int) -> None:
    """Down to the term, by which events are put in order last."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder, f"{place}.parquet"), events[place::files], True) for place in range(files)]
        assert told(stream_events(paths, TYPES, with_term=True)) == expected(events)


def test_the_order_is_that_of_the_engine(tmp_path: Path) -> None:
    """DuckDB writes the files: texts by bytes, unknown amounts last."""
    events = [Event(who, hour, kind, amount) for who in IDS for hour, kind, amount in
              ((3, "b", 1), (3, "b", None), (3, "a", 2), (1, "é", 0), (3, "b", -1))]  # fmt: skip
    loose = write(tmp_path / "loose.parquet", events[::-1], sort=False)
    path = tmp_path / "events.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{loose}' ORDER BY {SORT_KEY}) TO '{path}' (ROW_GROUP_SIZE 2048)")
    assert told(stream_events([path], TYPES)) == expected(events)
    assert told(stream_events([path, write(tmp_path / "more.parquet", events)], TYPES)) == expected([*events, *events])


def test_a_customer_is_never_split_however_many_events_it_has(tmp_path: Path) -> None:
    """Many times the size of a chunk, over several reads of several files, between two others."""
    events = [Event("b", hour, "visit", hour) for hour in range(0, 24 * 100, 7)]
    events += [Event(who, hour) for who in ("a", "c") for hour in (3, 900)]
    files = blocks(tmp_path, events, days=28)
    found = list(stream_events(files, TYPES))
    assert [name for ids, _ in found for name in ids.to_pylist()] == ["a", "b", "c"]
    assert told(found) == expected(events)


def test_chunks_are_about_as_large_as_they_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most half more events than BATCH where no customer has many; fewer customers where that is asked for."""
    monkeypatch.setattr(streaming, "BATCH", 100)
    monkeypatch.setattr(sources, "READ", 64)
    events = [Event(f"{number:04}", 24 * day) for number in range(700) for day in (number % 50, 60)]
    files = blocks(tmp_path, events, days=10)
    sizes = [len(chunk.day) for _, chunk in stream_events(files, TYPES)]
    assert sum(sizes) == 1400
    assert max(sizes) <= 150
    assert len(sizes) <= 28
    few = [chunk.customers for _, chunk in stream_events(files, TYPES, most_customers=9)]
    assert (sum(few), max(few)) == (700, 9)


def test_little_is_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held does not grow with the events: of 20 files never more than two reads of each and a chunk."""
    monkeypatch.setattr(streaming, "BATCH", 50)
    monkeypatch.setattr(sources, "READ", 10)
    events = [Event(f"{number:04}", 24 * day) for number in range(200) for day in range(20)]
    files = blocks(tmp_path, events, days=1)
    read = 0
    honest = sources.pq.ParquetFile.iter_batches

    def counted(self: pq.ParquetFile, *args: object, **names: object) -> Iterator[pa.RecordBatch]:
        nonlocal read
        for batch in honest(self, *args, **names):
            read += batch.num_rows
            yield batch

    monkeypatch.setattr(sources.pq.ParquetFile, "iter_batches", counted)
    given_back = most = 0
    for _, chunk in stream_events(files, TYPES):
        most = max(most, read - given_back)
        given_back += len(chunk.day)
    assert given_back == 4000
    assert most <= 2 * 20 * 10 + 50 + 20


def test_no_file_and_empty_files_are_no_events(tmp_path: Path) -> None:
    """A file without row groups, one with an empty one, and one that begins with an empty batch."""
    empty = tmp_path / "empty.parquet"
    pq.write_table(SCHEMA.empty_table(), empty)
    with pq.ParquetWriter(tmp_path / "none.parquet", SCHEMA):
        pass
    assert list(stream_events([empty, tmp_path / "none.parquet"], TYPES)) == []
    assert list(stream_events([], TYPES)) == []
    files = [empty, write(tmp_path / "some.parquet", EVENTS), tmp_path / "none.parquet"]
    assert told(stream_events(files, TYPES)) == expected(EVENTS)


def in_any_order(path: Path, events: list[Event]) -> list[Path]:
    return [write(path / "x.parquet", events, sort=False)]


UNSORTED = {
    "by customer, in one read": [Event("b", 1), Event("a", 1)],
    "a customer twice, in one read": [Event("a", 1), Event("b", 1), Event("a", 2)],
    "by customer, in another read": [*(Event("b", hour) for hour in range(5)), Event("a", 1)],
    "a customer twice, far apart": [Event("a", 1), *(Event("b", hour) for hour in range(9)), Event("a", 99)],
    "by time": [Event("a", 99), Event("a", 1)],
    "by time, somewhere": [*(Event("a", 24 * day) for day in range(8)), Event("a", 1), Event("b", 1)],
}


@pytest.mark.parametrize("events", UNSORTED.values(), ids=UNSORTED.keys())
def test_a_file_that_is_not_sorted_is_refused(tmp_path: Path, events: list[Event]) -> None:
    with pytest.raises(ArtifactError, match="is not sorted by customer and time as ingest writes it"):
        list(stream_events(in_any_order(tmp_path, events), TYPES))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=20))
def test_no_order_but_the_right_one_passes(rows: list[tuple[str, int]]) -> None:
    """Whatever a single file holds: it comes out in its own order, by customer and day, or not at all."""
    events = [Event(who, 24 * day) for who, day in rows]
    with tempfile.TemporaryDirectory() as folder:
        files = in_any_order(Path(folder), events)
        if rows == sorted(rows):
            assert told(stream_events(files, TYPES)) == expected(events)
        else:
            with pytest.raises(ArtifactError, match="is not sorted"):
                list(stream_events(files, TYPES))


def test_a_missing_and_a_damaged_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"gone\.parquet is missing: run `make repro`"):
        list(stream_events([tmp_path / "gone.parquet"], TYPES))
    path = write(tmp_path / "cut.parquet", EVENTS)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArtifactError, match=r"cut\.parquet cannot be read, so it was damaged .*dvc checkout --force"):
        list(stream_events([path], TYPES))


def test_a_stream_of_batches_from_elsewhere_is_cut_likewise() -> None:
    """As Spark hands them over: texts as texts, some batches empty, customers torn apart between them."""
    rows = sorted(EVENTS, key=lambda event: event.order)
    with tempfile.TemporaryDirectory() as folder:
        table = pq.read_table(write(Path(folder, "x.parquet"), rows))
    cuts = [0, 1, 1, 2, 5, len(rows)]
    batches = [batch for a, b in pairwise(cuts) for batch in table.slice(a, b - a).combine_chunks().to_batches()]
    batches.insert(
        2, SCHEMA.empty_table().to_batches()[0] if SCHEMA.empty_table().to_batches() else batches[0].slice(0, 0)
    )
    assert told(chunks(batches, TYPES)) == expected(EVENTS)


def test_what_lies_under_a_null_is_not_read() -> None:
    """Arrow leaves open which bytes stand where an amount is not known."""
    amounts = np.array([5, 0, 7, -1], np.int64)  # low and high halves of two decimals
    amount = pa.Array.from_buffers(pa.decimal128(18, 6), 2, [pa.py_buffer(b"\x01"), pa.py_buffer(amounts)])
    days = pa.array([3, 4], pa.int32()).cast(pa.date32())
    columns = {"customer_id": ["a", "a"], "event_day": days, "event_type": ["visit", "visit"], "amount": amount}
    ((_, chunk),) = chunks([pa.record_batch(columns)], TYPES)
    assert (chunk.amount.tolist(), chunk.has_amount.tolist()) == ([5, 0], [True, False])


def test_many_customers_with_one_event_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BATCH", 1 << 12)
    monkeypatch.setattr(sources, "READ", 1 << 11)
    days = np.random.default_rng(7).integers(0, 300, 20_000)
    files = blocks(tmp_path, [Event(f"C{number}", 24 * int(day)) for number, day in enumerate(days)], days=90)
    found = list(stream_events(files, TYPES, most_customers=1000))
    ids = [name for names, _ in found for name in names.to_pylist()]
    assert ids == sorted(f"C{number}" for number in range(20_000))
    assert max(chunk.customers for _, chunk in found) == 1000
    first = {name: int(day) for names, chunk in found for name, day in zip(names.to_pylist(), chunk.day, strict=True)}
    assert first["C7"] - first["C8"] == int(days[7]) - int(days[8])
