"""Columns of events.keep: kept as text beside the events, merged with their lines, and out of training's sight."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace import BOOKENDS, COLUMNS, Ingested, event_bytes, ingest, params, run_ingest, write_file, write_params

from pipeline import featurize_training
from pipeline.errors import ArtifactError, ConfigError
from pipeline.event_files import KEPT, kept_files
from pipeline.leaks.copies import event_tables
from pipeline.settings import parse_settings
from pipeline.tables import EVENTS_CLOSED

HEAD = (*COLUMNS, "store", "channel", "invoice")
ENDS = [(*row, None, None, None) for row in BOOKENDS]
ANNA = [
    ("anna", "2024-01-10 09:00", "purchase", 5, "York", "web", "i1"),
    ("anna", "2024-02-28 09:00", "purchase", 5, " Bath ", None, "i2"),
]


def keep(folder: Path, rows: list[tuple[Any, ...]], *names: str, **changes: Any) -> Ingested:
    """Ingest rows with a store, a channel and an invoice, and keep the named columns."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return ingest(folder, [*rows, *ENDS], {"events.keep": list(names), **dotted}, columns=HEAD)


def kept(folder: Path) -> list[dict[str, Any]]:
    """The rows of the kept files without the instant, by file and row."""
    rows: list[dict[str, Any]] = []
    for path in sorted((folder / KEPT).glob("*.parquet")):
        rows += pq.ParquetFile(path).read().drop_columns(["event_time"]).to_pylist()
    return [{**row, "event_day": str(row["event_day"])} for row in rows]


def test_kept_as_text_beside_its_event(tmp_path: Path) -> None:
    keep(tmp_path, ANNA, "store", "channel")
    first = {"customer_id": "anna", "event_day": "2024-01-10", "event_type": "purchase", "store": "York"}
    second = {"customer_id": "anna", "event_day": "2024-02-28", "event_type": "purchase", "store": "Bath"}
    assert kept(tmp_path) == [{**first, "channel": "web"}, {**second, "channel": None}]


def test_events_are_the_same_bytes_with_and_without(tmp_path: Path) -> None:
    """Nothing else of data/events changes, so that training is not run again."""
    keep(tmp_path, ANNA)
    before = event_bytes(tmp_path)
    assert not (tmp_path / KEPT).exists()
    keep(tmp_path, ANNA, "store")
    assert event_bytes(tmp_path) == before
    names = {path.name for path in (tmp_path / EVENTS_CLOSED).iterdir()}
    assert names == {"events-2024-01-01.parquet", "slices.json"}
    keep(tmp_path, ANNA)
    assert event_bytes(tmp_path) == before
    assert not (tmp_path / KEPT).exists()


def test_no_feature_is_made_of_them_and_no_leak_check_reads_them(tmp_path: Path) -> None:
    made = []
    weekly = [
        ("bert", f"2024-0{month}-{day:02}", "purchase", 1, "Ely", None, None) for month in (1, 2) for day in (3, 9, 17)
    ]
    for names in ((), ("store",)):
        keep(tmp_path, [*ANNA, *weekly], *names)
        with contextlib.chdir(tmp_path):
            featurize_training.main()
        made.append((tmp_path / "data/features/training.parquet").read_bytes())
    assert made[0] == made[1]
    tables = event_tables(tmp_path / "data/events")
    assert [path.parent.name for path in tables] == ["closed", "open"]


LINES = {
    "the earliest line": (["08:00 York", "07:00 Bath"], "Bath"),
    "ties: the smallest": (["08:00 York", "08:00 Bath", "08:00 bath"], "Bath"),
    "the earliest that has one": (["07:00 ", "08:00 York", "09:00 Bath"], "York"),
    "nobody has one": (["07:00 ", "08:00 nan"], None),
}


@pytest.mark.parametrize(("lines", "expected"), LINES.values(), ids=LINES.keys())
def test_lines_of_one_event_give_one_value(tmp_path: Path, lines: list[str], expected: str | None) -> None:
    rows = [("anna", f"2024-01-10 {line[:5]}", "purchase", 5, line[6:], None, "i1") for line in lines]
    result = keep(tmp_path, rows, "store", events__collapse="invoice")
    assert [row["store"] for row in kept(tmp_path)] == ([] if expected is None else [expected])
    assert len(result.of("anna")) == 1
    assert result.counts("rows_in", "collapsed_away", "kept_events") == (len(lines) + 2, len(lines) - 1, 3)


def test_accounts_are_the_same_with_and_without(tmp_path: Path) -> None:
    rows = [*ANNA, *ANNA, ("", "2024-01-10", "purchase", 1, "York", "web", "i9")]
    without = keep(tmp_path, rows).report
    beside = keep(tmp_path, rows, "store", "channel").report
    about = beside.pop("kept_columns")
    assert {**beside, "warnings": []} == {**without, "warnings": []}
    assert about["store"] == {"events_with_a_value": 2, "values": 2, "cut": 0, "like_email": 0, "customers": 1}


def test_an_unknown_column_is_refused_with_the_nearest_name_before_anything_changes(tmp_path: Path) -> None:
    keep(tmp_path, ANNA, "store")
    before = kept(tmp_path)
    with pytest.raises(ConfigError, match=r"events\.keep names the column stor, .* did you mean store\?"):
        keep(tmp_path, ANNA, "stor")
    with pytest.raises(ConfigError, match=r"events\.keep names the column weather, .* leave it out, or give it in"):
        keep(tmp_path, ANNA, "weather")
    assert kept(tmp_path) == before


def test_a_query_decides_what_there_is_to_keep(tmp_path: Path) -> None:
    query = "SELECT customer_id, event_time, event_type, amount, upper(store) AS place FROM raw"
    keep(tmp_path, ANNA, "place", events__query=query)
    assert [row["place"] for row in kept(tmp_path)] == ["YORK", "BATH"]
    with pytest.raises(ConfigError, match=r"events\.keep names the column store, which the events do not have"):
        keep(tmp_path, ANNA, "store", events__query=query)


@pytest.mark.parametrize("name", ["customer_id", "Event_Time", "event_day", "event_type", "AMOUNT", "term_days"])
def test_a_name_of_ours_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"events\.keep: keep names '{name}', which is a name of ours"):
        parse_settings(params({"events.keep": [name]}))


def test_two_of_one_name_and_names_of_other_columns_of_the_list_are_refused() -> None:
    with pytest.raises(ConfigError, match="names 'Store' twice"):
        parse_settings(params({"events.keep": ["store", "Store"]}))
    with pytest.raises(ConfigError, match=r"events\.keep names 'last_activity', which is also a fact"):
        parse_settings(params({"events.keep": ["last_activity"]}))
    with pytest.raises(ConfigError, match=r"events\.keep names 'city', which is also customers\.display"):
        parse_settings(params({"events.keep": ["city"], "customers.display": ["city"]}))


HOSTILE = ["=1+1", "<script>alert(1)</script>", "'; DROP TABLE events; --", '"q"', "{{ 7*7 }}", "\u202egnp.exe", "é😀",
           "a\tb", "x" * 256]  # fmt: skip


def test_hostile_values_are_kept_as_they_came(tmp_path: Path) -> None:
    """To be made harmless where they are shown, by what shows them."""
    rows = [("anna", f"2024-01-1{at}", "purchase", 1, value, None, None) for at, value in enumerate(HOSTILE)]
    keep(tmp_path, rows, "store")
    assert [row["store"] for row in kept(tmp_path)] == HOSTILE


def test_very_long_values_are_cut_and_counted(tmp_path: Path) -> None:
    rows = [
        ("anna", "2024-01-10", "purchase", 1, "é" * 100_000, None, None),
        ("anna", "2024-01-11", "purchase", 1, "b" * 257, None, None),
    ]
    report = keep(tmp_path, rows, "store").report
    assert [row["store"] for row in kept(tmp_path)] == ["é" * 255 + "…", "b" * 255 + "…"]
    assert report["kept_columns"]["store"]["cut"] == 2
    assert "events.keep: 2 values of store are cut to 256 characters" in report["warnings"]


@pytest.mark.parametrize("word", ["", "  ", "NaN", "null", "None", "N/A", None])
def test_what_stands_for_nothing_is_nothing(tmp_path: Path, word: str | None) -> None:
    report = keep(tmp_path, [("anna", "2024-01-10", "purchase", 1, word, None, None)], "store").report
    assert kept(tmp_path) == []
    assert "events.keep: store is empty in every event" in report["warnings"]


def test_ten_thousand_values_and_names_of_people_are_said(tmp_path: Path) -> None:
    rows = [
        (f"c{n}", f"2024-0{1 + n % 2}-{10 + n % 19}", "purchase", 1, f"s{n}", f"c{n}@shop.example", None)
        for n in range(10_000)
    ]
    rows += [("c1", "2024-03-01", "purchase", 1, None, None, None)] * 20
    report = keep(tmp_path, rows, "store", "channel", events__duplicates="keep").report
    assert report["kept_columns"]["store"]["values"] == 10_000
    told = " ".join(report["warnings"])
    assert "store has 10,000 values for 10,000 customers: a column that names people" in told
    assert "10,000 values of channel look like e-mail addresses" in told
    assert "c1@shop.example" not in told


def test_numbers_that_went_through_floats_and_types_that_are_no_text(tmp_path: Path) -> None:
    """As pandas exports whole numbers with gaps."""
    made = {
        "customer_id": ["anna", "bert", "first", "last"],
        "event_time": ["2024-01-10", "2024-01-11", "2024-01-01", "2024-03-01"],
        "event_type": ["purchase"] * 4,
        "store": [7.0, 7.5, float("nan"), None],
        "where": [{"city": "Bath"}] * 4,
    }
    write_params(tmp_path, {"events.source": "data/raw/events.parquet", "events.keep": ["store"]})
    pq.write_table(pa.table(made), write_file(tmp_path, b"", "events.parquet"))
    run_ingest(tmp_path)
    assert [row["store"] for row in kept(tmp_path)] == ["7", "7.5"]
    write_params(tmp_path, {"events.source": "data/raw/events.parquet", "events.keep": ["where"]})
    with pytest.raises(ConfigError, match=r"events\.keep: where has the type STRUCT.*, which is no text"):
        run_ingest(tmp_path)


def test_who_is_renamed_is_renamed_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", "correct horse battery staple, thirty-two and more")
    result = keep(tmp_path, ANNA, "store", privacy__pseudonymise=True)
    names = {row["customer_id"] for row in kept(tmp_path)}
    assert len(names) == 1
    assert names < {event.customer_id for event in result.events}


def test_files_of_other_columns_are_no_files_of_these(tmp_path: Path) -> None:
    keep(tmp_path, ANNA, "store")
    with contextlib.chdir(tmp_path):
        assert len(kept_files(["store"])) == 1
        assert kept_files([]) == []
        with pytest.raises(ArtifactError, match=r"does not hold the columns of events\.keep \(channel\): run"):
            kept_files(["channel"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(8)))
def test_the_order_of_lines_makes_no_difference(tmp_path: Path, order: list[int]) -> None:
    lines = [
        ("anna", f"2024-01-{10 + at // 4} 0{at % 4 // 2}:00", "purchase", at % 2, f"s{at % 3}", None, f"i{at // 4}")
        for at in range(8)
    ]
    keep(tmp_path, [lines[at] for at in order], "store", events__collapse="invoice", events__duplicates="keep")
    assert [row["store"] for row in kept(tmp_path)] == ["s0", "s1"]
