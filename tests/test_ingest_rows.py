"""Rows on their way through ingest: why one is rejected, what counts as a duplicate, how lines become one event."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from workspace import (
    BOOKENDS,
    COLUMNS,
    command,
    event_paths,
    ingest,
    outputs,
    run_ingest,
    source_bytes,
    write_file,
    write_params,
)

from pipeline.errors import EventError

LINES = (*COLUMNS, "invoice")
BOOKEND_LINES = [(*row, str(number)) for number, row in enumerate(BOOKENDS)]
DAY = "2024-01-10"


MISSING, NO_TIME = "customer_id is missing", "event_time is no ISO date or time"
NO_NUMBER = "amount is no number below a million million"
REJECTED = [
    (("", DAY, "purchase", 1), MISSING),
    (("NULL", DAY, "purchase", 1), MISSING),
    ((" nan ", DAY, "purchase", 1), MISSING),
    (("   ", DAY, "purchase", 1), MISSING),
    (("x" * 257, DAY, "purchase", 1), "customer_id is longer than 256 characters"),
    (("line\tbreak", DAY, "purchase", 1), "customer_id holds a control character"),
    (("no_time", "", "purchase", 1), "event_time is missing"),
    (("february", "2024-02-30", "purchase", 1), NO_TIME),
    (("day_first", "03/04/2024", "purchase", 1), NO_TIME),
    (("unix", "1704844800", "purchase", 1), NO_TIME),
    (("old", "1989-12-31 23:59:59", "purchase", 1), "event_time is before 1990-01-01"),
    (("no_type", DAY, "", 1), "event_type is missing"),
    (("words", DAY, "purchase", "five"), NO_NUMBER),
    (("huge", DAY, "purchase", "1e400"), NO_NUMBER),
    (("nan_paid", DAY, "purchase", "NaN"), NO_NUMBER),
    (("decimal_comma", DAY, "purchase", "1,5"), NO_NUMBER),
]


def test_every_reason_for_which_a_row_is_rejected(tmp_path: Path) -> None:
    """Each row by itself, as it came, with its file and number; everything else goes on."""
    result = ingest(tmp_path, [*(row for row, _ in REJECTED), *BOOKENDS])
    assert result.reasons() == {number: reason for number, (_, reason) in enumerate(REJECTED, start=1)}
    cells = {"customer_id": "day_first", "event_time": "03/04/2024", "event_type": "purchase", "amount": "1"}
    assert result.rejected[8] == {"file": "data/raw/events.csv", "row": 9, "reason": NO_TIME, "line": None, **cells}
    assert result.report["rejected_by_reason"][MISSING] == 4
    assert result.ids() == []
    assert result.counts("source_rows", "rows_in", "rejected", "kept_events") == (18, 18, 16, 2)


def test_what_is_just_inside_the_rules(tmp_path: Path) -> None:
    """The longest id, the oldest day, the largest amount, and an amount that nobody knows."""
    rows = [
        ("x" * 256, DAY, "purchase", 1),
        ("old", "1990-01-01", "purchase", "1e3"),
        ("rich", DAY, "purchase", "999999999999.999999"),
        ("silent", DAY, "purchase", ""),
        ("refunded", DAY, "return", "-2.5"),
    ]
    result = ingest(tmp_path, [*rows, *BOOKENDS])
    assert result.rejected == []
    amounts = {event.customer_id: event.amount for event in result.of("old", "rich", "silent", "refunded")}
    assert amounts["old"] == 1000
    assert amounts["rich"] == Decimal("999999999999.999999")
    assert amounts["silent"] is None
    assert amounts["refunded"] == Decimal("-2.5")


@pytest.mark.parametrize(
    ("rule", "kept", "warning"), [("keep", ["gossip"], "gossip has no role: 1 events kept, unused"), ("reject", [], "")]
)
def test_a_type_without_a_role(tmp_path: Path, rule: str, kept: list[str], warning: str) -> None:
    rows = [("anna", DAY, "gossip", 1), *BOOKENDS]
    result = ingest(tmp_path, rows, {"events.unknown_types": rule})
    assert [event.event_type for event in result.of("anna")] == kept
    assert result.reasons() == ({} if kept else {1: "event_type has no role"})
    assert (warning in result.report["warnings"]) == bool(kept)


def test_types_may_look_like_the_markup_of_a_terminal(tmp_path: Path) -> None:
    result = ingest(tmp_path, [("anna", DAY, "[/red]", 1), *BOOKENDS])
    assert "[/red] has no role: 1 events kept, unused" in result.report["warnings"]


IDS = [
    "007",
    "7",
    "=1+1",
    "+49",
    "-",
    "@x",
    "🙂",
    "\u202eabc",
    'say "hi"',
    "it's",
    "a,b",
    "9007199254740993",
    "NaNcy",
    "é",
]


@pytest.mark.parametrize("name", ["events.csv", "events.csv.gz", "events.parquet", "events.jsonl"])
def test_ids_keep_their_text(tmp_path: Path, name: str) -> None:
    """Whatever the file: leading zeros, formulas, quotes, right-to-left marks."""
    result = ingest(tmp_path, [*((id_, DAY, "purchase", 1) for id_ in IDS), *BOOKENDS], name=name)
    assert result.ids() == sorted(IDS)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([13085.0, 7.0], ["13085", "7"]),
        ([2**53 + 1, 2**63 - 1], ["9007199254740993", "9223372036854775807"]),
    ],
    ids=["float", "int64"],
)
def test_ids_from_a_column_of_numbers(tmp_path: Path, ids: list[Any], expected: list[str]) -> None:
    """A float column is what an id column with gaps becomes on its way through pandas; its gaps are rejected."""
    times = [DAY, "2024-02-10", "2024-01-01"]
    rows = [(id_, time, "purchase", 1) for id_, time in zip([*ids, None], times, strict=True)]
    result = ingest(tmp_path, rows, name="events.parquet")
    assert result.ids() == expected
    assert result.reasons() == {3: "customer_id is missing"}


def test_a_float_that_is_no_whole_number_is_no_id(tmp_path: Path) -> None:
    """Nor is one so large that its last digits are lost."""
    rows = [(id_, DAY, "purchase", 1) for id_ in (1.5, float("inf"), 2.0**53 * 1.5)]
    ends = [(1.0, "2024-01-01", "purchase", 1), (8e15, "2024-02-10", "purchase", 1)]
    result = ingest(tmp_path, [*rows, *ends], name="events.parquet")
    assert result.ids() == ["1", "8000000000000000"]
    assert sorted(result.reasons()) == [1, 2, 3]


@pytest.mark.parametrize(("rule", "counts"), [("drop", (7, 2, 5, 4, 1)), ("keep", (7, 0, 7, 5, 2))])
def test_duplicates_are_judged_over_all_columns_of_the_source(
    tmp_path: Path, rule: str, counts: tuple[int, ...]
) -> None:
    """Two lines of an invoice may agree in all that we use; only a line that agrees in everything is the same line."""
    rows = [
        ("anna", DAY, "purchase", 5, "line 1"),
        ("anna", DAY, "purchase", 5, "line 2"),
        ("anna", DAY, "purchase", 5, "line 1"),
        ("", DAY, "purchase", 5, ""),
        ("", DAY, "purchase", 5, ""),
    ]
    changes = {"events.duplicates": rule, "events.query": "SELECT customer_id, event_time, event_type, amount FROM raw"}
    result = ingest(tmp_path, [*rows, *BOOKEND_LINES], changes, columns=(*COLUMNS, "line"))
    assert result.counts("source_rows", "duplicates", "rows_in", "kept_events", "rejected") == counts
    assert result.reasons() == dict.fromkeys([4] if rule == "drop" else [4, 5], "customer_id is missing")


def test_collapse_takes_the_earliest_time_and_adds_the_amounts(tmp_path: Path) -> None:
    """Per customer, type and value; lines without a value stay alone, rejected lines stay out."""
    rows = [
        ("anna", "2024-01-10 12:05", "purchase", "0.10", "A1"),
        ("anna", "2024-01-10 11:55", "purchase", "0.20", "A1"),
        ("anna", "2024-01-10 12:30", "purchase", "", "A1"),
        ("anna", "2024-01-10 12:30", "return", "-1", "A1"),
        ("bert", "2024-01-10 12:30", "purchase", "4", "A1"),
        ("anna", "2024-01-11", "purchase", "oops", "A1"),
        ("cleo", "2024-01-12", "purchase", "7", None),
        ("cleo", "2024-01-12", "purchase", "7", None),
        ("dora", "2024-01-12", "purchase", "", "A2"),
        ("dora", "2024-01-13", "purchase", "", "A2"),
    ]
    changes = {"events.collapse": "invoice", "events.duplicates": "keep"}
    result = ingest(tmp_path, [*rows, *BOOKEND_LINES], changes, columns=LINES)
    assert [tuple(event) for event in result.of("anna", "bert", "cleo", "dora")] == [
        ("anna", "2024-01-10 11:55:00", "2024-01-10", "purchase", Decimal("0.3")),
        ("anna", "2024-01-10 12:30:00", "2024-01-10", "return", Decimal(-1)),
        ("bert", "2024-01-10 12:30:00", "2024-01-10", "purchase", Decimal(4)),
        ("cleo", "2024-01-12 00:00:00", "2024-01-12", "purchase", Decimal(7)),
        ("cleo", "2024-01-12 00:00:00", "2024-01-12", "purchase", Decimal(7)),
        ("dora", "2024-01-12 00:00:00", "2024-01-12", "purchase", None),
    ]
    assert result.counts("rows_in", "rejected", "collapsed_away", "kept_events") == (12, 1, 3, 8)


def test_amounts_that_add_up_to_more_than_fits_are_an_error(tmp_path: Path) -> None:
    rows = [("anna", DAY, "purchase", f"999999999999.{cents}", "A1") for cents in (1, 2, 3)]
    with pytest.raises(EventError, match="amount"):
        ingest(tmp_path, [*rows, *BOOKEND_LINES], {"events.collapse": "invoice"}, columns=LINES)


def test_events_lie_sorted_by_customer_and_time(tmp_path: Path) -> None:
    """In both partitions, whatever the order of the source; the types of the columns are those of the contract."""
    rows = [("b", "2024-02-02 10:00", "purchase", 1), ("b", "2024-02-02 09:00", "purchase", 1)]
    rows += [("a", "2024-02-03", "return", 1), ("B", "2024-02-04", "purchase", 1), ("é", "2024-02-01", "purchase", 1)]
    result = ingest(tmp_path, [*rows, *BOOKENDS])
    assert [(event.customer_id, event.event_time[8:13]) for event in result.closed] == [
        ("B", "04 00"),
        ("a", "03 00"),
        ("b", "02 09"),
        ("b", "02 10"),
        ("first", "01 00"),
        ("é", "01 00"),
    ]
    assert [event.customer_id for event in result.open] == ["last"]
    schema = pq.ParquetFile(event_paths(tmp_path, "open")[0]).schema_arrow
    kinds = ["string", "timestamp[us, tz=UTC]", "date32[day]", "string", "decimal128(18, 6)"]
    assert [str(kind) for kind in schema.types] == kinds


@pytest.mark.parametrize(("share", "stops"), [(0.25, False), (0.24, True)])
def test_too_many_rejected_rows_stop_the_run(tmp_path: Path, share: float, stops: bool) -> None:
    """One of four is 25%: allowed where it is the limit; otherwise nothing that an earlier run wrote changes."""
    before = outputs(ingest(tmp_path, BOOKENDS).folder)
    write_params(tmp_path, {"events.max_rejected_share": share})
    write_file(
        tmp_path, source_bytes("events.csv", [("nan", DAY, "purchase", 1), ("a", DAY, "purchase", 1), *BOOKENDS])
    )
    if not stops:
        assert run_ingest(tmp_path).counts("rejected", "rejected_share") == (1, 0.25)
        return
    wording = r"1 of 4 rows \(25\.0%\) are rejected, more than .* 24\.0% allows \(customer_id is missing: 1\)"
    with pytest.raises(EventError, match=wording):
        run_ingest(tmp_path)
    assert outputs(tmp_path) == before


def test_no_activity_names_the_types_that_there_are(tmp_path: Path) -> None:
    rows = [("anna", DAY, "order", 1), ("bert", DAY, "order", 1), ("cleo", DAY, "return", 1)]
    with pytest.raises(EventError, match=r"\['purchase'\], but the types found are order \(2\), return \(1\)"):
        ingest(tmp_path, rows)


def test_no_row_that_is_any_good(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r"no event is left: 1 of 1 rows are rejected \(customer_id is missing: 1\)"):
        ingest(tmp_path, [("", DAY, "purchase", 1)])


def test_a_refusal_is_one_sentence_of_the_command(tmp_path: Path) -> None:
    write_params(tmp_path, {"events.max_rejected_share": 0})
    write_file(tmp_path, source_bytes("events.csv", [("", DAY, "purchase", 1), *BOOKENDS]))
    run = command(tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("\nebb: 1 of 3 rows (33.3%) are rejected")
    assert run.stderr.count("\n") == 2
    assert outputs(tmp_path) == {}
