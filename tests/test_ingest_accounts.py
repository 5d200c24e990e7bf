"""Every source row ends up in exactly one place, recounted in plain Python; and equal rows give equal bytes."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import (
    COLUMNS,
    Ingested,
    Row,
    event_bytes,
    event_paths,
    ingest,
    run_stage,
    source_bytes,
    write_file,
    write_params,
)

LINES = (*COLUMNS, "invoice")
FIRST = ("first", "2024-01-01", "purchase", "1", None)
LAST = ("last", "2024-03-01", "purchase", "1", None)
RANDOM = settings(max_examples=30, deadline=None, derandomize=True)

# What each cell is worth, typed out: None where the row must be rejected for it.
IDS = {"anna": "anna", "007": "007", "=1+1": "=1+1", "NULL": None, "": None, None: None}
TIMES = {
    "2024-01-10": "2024-01-10 00:00:00",
    "2024-01-10T10:30": "2024-01-10 10:30:00",
    "2024-01-11 00:30+01:00": "2024-01-10 23:30:00",
    "2024-02-30": None,
    "1980-01-01": None,
    "": None,
    None: None,
}
TYPES = {"purchase": True, "return": True, "gossip": False, "": None, None: None}  # whether it has a role
AMOUNTS = {"1": Decimal(1), "2.50": Decimal("2.5"), "-1e1": Decimal(-10), "": "none", None: "none", "much": None}


@dataclass(frozen=True)
class Rules:
    """The settings that decide where a row goes."""

    drop_duplicates: bool
    collapse: bool
    reject_unknown: bool
    leave_out: bool  # by a query: the rows of invoice A2

    def changes(self) -> dict[str, object]:
        """As params.yaml says it."""
        query = "SELECT * FROM raw WHERE invoice IS DISTINCT FROM 'A2'"
        return {
            "events.duplicates": "drop" if self.drop_duplicates else "keep",
            "events.collapse": "invoice" if self.collapse else None,
            "events.unknown_types": "reject" if self.reject_unknown else "keep",
            "events.query": query if self.leave_out else None,
        }


@dataclass
class Places:
    """Where the rows went: numbers of rows, and events as text."""

    duplicates: list[int]
    left_out: list[int]
    rejected: list[int]
    events: Counter[tuple[str, str, str, Decimal | None]]
    collapsed_away: int


@st.composite
def cells(draw: st.DrawFn) -> Row:
    """A row, most of its cells good."""
    good = draw(st.sampled_from([True, True, True, False]))
    pools = [IDS, TIMES, TYPES, AMOUNTS]
    values = [draw(st.sampled_from([key for key in pool if not good or pool[key] is not None])) for pool in pools]
    return (*values, draw(st.sampled_from(["A1", "A1", "A2", None])))


def recount(rows: list[Row], rules: Rules) -> Places:
    """The contract of DESIGN section 4, row by row."""
    places = Places([], [], [], Counter(), 0)
    seen: set[tuple[object, ...]] = set()
    groups: dict[object, list[tuple[str, Decimal | None]]] = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        customer_id, time, event_type, amount, invoice = row
        if rules.drop_duplicates and tuple(row) in seen:
            places.duplicates.append(number)
        elif rules.leave_out and invoice == "A2":
            places.left_out.append(number)
        elif is_bad(row, rules):
            places.rejected.append(number)
        else:
            merged = (invoice, 0) if rules.collapse and invoice else ("alone", number)
            known = None if AMOUNTS[amount] == "none" else AMOUNTS[amount]
            groups[customer_id, event_type, merged].append((TIMES[time] or "", known))
        seen.add(tuple(row))
    for (customer_id, event_type, _), lines in groups.items():  # type: ignore[misc]
        known_amounts = [amount for _, amount in lines if amount is not None]
        total = sum(known_amounts, Decimal(0)) if known_amounts else None
        places.events[customer_id, min(time for time, _ in lines), event_type, total] += 1
        places.collapsed_away += len(lines) - 1
    return places


def is_bad(row: Row, rules: Rules) -> bool:
    """Whether any cell is worth nothing, or the type is not wanted."""
    customer_id, time, event_type, amount, _ = row
    values = (IDS.get(customer_id, customer_id), TIMES.get(time, time), TYPES[event_type], AMOUNTS[amount])
    return None in values or (rules.reject_unknown and not TYPES[event_type])


TIMES |= {"2024-01-01": "2024-01-01 00:00:00", "2024-03-01": "2024-03-01 00:00:00"}
TABLES = st.integers(0, 25).flatmap(lambda size: st.lists(cells(), min_size=size, max_size=size))
RULES = st.builds(Rules, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(TABLES, st.data(), RULES)
@RANDOM
def test_every_row_is_in_exactly_one_place(drawn: list[Row], data: st.DataObject, rules: Rules) -> None:
    """The report adds up, twice, and agrees with a recount; rejected rows and events are the very ones expected."""
    again = data.draw(st.lists(st.sampled_from(drawn), max_size=5)) if drawn else []
    rows = data.draw(st.permutations([*drawn, *again, FIRST, LAST]))
    with tempfile.TemporaryDirectory() as folder:
        result = ingest(Path(folder), rows, rules.changes(), "events.parquet", LINES)
    expected, report = recount(rows, rules), result.report
    assert report["source_rows"] == len(rows)
    assert report["source_rows"] == report["duplicates"] + report["left_out_by_query"] + report["rows_in"]
    assert report["rows_in"] == report["kept_events"] + report["rejected"] + report["collapsed_away"]
    assert report["duplicates"] == len(expected.duplicates)
    assert report["left_out_by_query"] == len(expected.left_out)
    assert report["collapsed_away"] == expected.collapsed_away
    assert Counter((*event[:2], *event[3:]) for event in result.events) == expected.events
    assert sum(report["rejected_by_reason"].values()) == len(expected.rejected)
    came = [tuple(row[name] for name in LINES) for row in result.rejected]
    assert list(result.reasons()) == expected.rejected
    assert came == [tuple(rows[number - 1]) for number in expected.rejected]


def test_the_random_tables_prove_something() -> None:
    """They hold duplicates, rows left out, rejected and merged ones, and events that were kept."""
    found: Counter[str] = Counter()

    @given(TABLES)
    @settings(RANDOM, max_examples=100)
    def look(rows: list[Row]) -> None:
        places = recount([*rows, *rows[:3]], Rules(True, True, True, True))
        found.update(duplicates=len(places.duplicates), left_out=len(places.left_out), rejected=len(places.rejected))
        found.update(events=places.events.total(), merged=places.collapsed_away)

    look()
    assert min(found[name] for name in ("duplicates", "left_out", "rejected", "events", "merged")) > 20, found


STORY: list[Row] = [
    ("007", "2024-01-10 10:30:00", "purchase", 1.5, "A1"),
    ("007", "2024-01-10 09:30:00", "purchase", 2.25, "A1"),
    ("007", "2024-01-10 09:30:00", "return", -0.1, "A1"),
    ("anna", "2024-01-10 10:30:00", "purchase", None, "A2"),
    ("anna", "2024-01-10 10:30:00", "gossip", 0.07, None),
    ("anna", "2024-01-10 10:30:00", "gossip", 0.07, None),
    ("anna", "2024-01-10 10:30:00", "purchase", 1000000.01, None),
    (None, "2024-01-10 10:30:00", "purchase", 3.0, "A3"),
    ("bert", "2024-02-29 23:59:59", "purchase", 0.3, "A4"),
    ("bert", "2024-03-01 00:00:00", "purchase", 0.2, "A5"),
    ("first", "2024-01-01 08:00:00", "purchase", 1.0, None),
]
COLLAPSE = {"events.collapse": "invoice", "events.duplicates": "keep"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """The story from one Parquet file, in the order above, on one thread."""
    return ingest(tmp_path_factory.mktemp("story"), STORY, COLLAPSE, "events.parquet", LINES)


@pytest.mark.parametrize("name", ["events.csv", "events.csv.gz", "events.json", "events.jsonl"])
def test_the_same_rows_give_the_same_bytes_from_any_kind_of_file(told: Ingested, tmp_path: Path, name: str) -> None:
    other = ingest(tmp_path, STORY, COLLAPSE, name, LINES)
    assert event_bytes(tmp_path) == event_bytes(told.folder)
    assert other.report == told.report


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_order_of_rows_and_the_number_of_threads_change_no_byte(told: Ingested, tmp_path: Path, seed: int) -> None:
    rows = Random(seed).sample(STORY, len(STORY))
    ingest(tmp_path, rows, {**COLLAPSE, "engine.threads": 1 + seed % 2}, "events.parquet", LINES)
    assert event_bytes(tmp_path) == event_bytes(told.folder)


def test_more_rows_than_a_row_group_give_the_same_bytes(tmp_path: Path) -> None:
    """150,000 rows, shuffled, and shared by two threads; rejected rows stay in the order of the source."""
    rows = [(f"c{n % 15}", f"2024-01-{n % 28 + 1:02} {n % 24:02}:00", "purchase", n // 10, n) for n in range(150_000)]
    rows.append(("last", "2024-02-03 10:00", "purchase", 1, 0))
    rows += [("", "2024-01-01", "purchase", 1, n) for n in range(5_000)]
    found = []
    for threads, order in ((1, rows), (2, Random(7).sample(rows, len(rows)))):
        write_params(tmp_path, {"events.source": "data/raw/events.parquet", "engine.threads": threads})
        write_file(tmp_path, source_bytes("events.parquet", order, LINES), "events.parquet")
        run_stage(tmp_path)
        found.append(event_bytes(tmp_path))
    assert pq.ParquetFile(event_paths(tmp_path, "closed")[0]).num_row_groups == 2
    assert found[0] == found[1]
    numbers = pq.ParquetFile(tmp_path / "data/rejected/rejected.parquet").read().column("row").to_pylist()
    assert numbers == [number for number, row in enumerate(order, start=1) if not row[0]]


def test_the_second_run_writes_the_same_bytes(told: Ingested) -> None:
    """Report and rejected rows too."""
    before = {path: path.read_bytes() for path in told.folder.rglob("*") if path.is_file()}
    ingest(told.folder, STORY, COLLAPSE, "events.parquet", LINES)
    assert {path: path.read_bytes() for path in told.folder.rglob("*") if path.is_file()} == before
    assert len(before) == 19
