"""Keyed pseudonyms in everything that leaves ingest; another key stops the run; forgotten people never come in."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import workspace
from hypothesis import given, settings
from hypothesis import strategies as st
from searcher import find
from workspace import BOOKENDS, Ingested, event_bytes, ingest, outputs, run_ingest, run_stage, write_params

from pipeline.errors import ArtifactError, ConfigError, EventError
from pipeline.protection.forgotten import FORGOTTEN, add_forgotten, read_forgotten
from pipeline.protection.keys import fingerprint, pseudonyms, tombstones
from pipeline.protection.protect import Protection, parts

KEY, OTHER = "correct horse battery staple, thirty-two and more", "another key of thirty-two characters or more"
ON = {"privacy.pseudonymise": True}
ROWS = [
    ("anna", "2024-01-10", "purchase", 5),
    ("anna", "2024-01-12", "purchase", 7),
    ("o'brien", "2024-01-11", "purchase", 2),
    ("wrong", "no date", "purchase", 3),
    *BOOKENDS,
]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)


def by_hand(name: str, key: str = KEY) -> str:
    """What RFC 2104 says, from SHA-256 alone."""
    padded = key.encode().ljust(64, b"\x00")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + name.encode()).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()[:32]


def forget_in(folder: Path, *names: str, key: str = KEY) -> None:
    """Write tombstones as `forget` does."""
    path = folder / FORGOTTEN
    path.parent.mkdir(parents=True, exist_ok=True)
    add_forgotten(key.encode(), tombstones(key.encode(), pseudonyms(key.encode(), names)), path)


def test_events_carry_pseudonyms_and_nothing_else_changes(tmp_path: Path) -> None:
    """Same events, other names; sorted by the new names, as everything downstream expects."""
    for name in "ab":
        (tmp_path / name).mkdir()
    plain, hidden = ingest(tmp_path / "a", ROWS), ingest(tmp_path / "b", ROWS, ON)
    renamed = sorted([by_hand(event.customer_id), *event[1:4]] for event in plain.events)
    assert [list(event[:4]) for event in hidden.events] == renamed
    assert [event.customer_id for event in hidden.closed] == sorted(event.customer_id for event in hidden.closed)
    assert hidden.report == plain.report
    key = json.loads((tmp_path / "b/data/events/key.json").read_text())
    assert key == {"pseudonyms_by_key": fingerprint(KEY.encode())}
    assert not (tmp_path / "a/data/events/key.json").exists()


def test_pseudonyms_leave_no_id_behind_and_no_row(tmp_path: Path) -> None:
    """Rejected rows keep their place and reason: the row itself is in the source."""
    hidden = ingest(tmp_path, ROWS, ON)
    assert hidden.rejected == [{"file": "data/raw/events.csv", "row": 4, "reason": "event_time is no ISO date or time"}]
    for name in ("anna", "o'brien", "wrong", "no date"):
        assert find(tmp_path, name) == ["data/raw/events.csv"]


def test_merged_lines_of_one_customer_stay_one_event(tmp_path: Path) -> None:
    columns = (*workspace.COLUMNS, "invoice")
    rows = [("anna", "2024-01-10", "purchase", 5, "A1"), ("anna", "2024-01-10", "purchase", 6, "A1")]
    rows += [(*row, None) for row in BOOKENDS]
    hidden = ingest(tmp_path, rows, {**ON, "events.collapse": "invoice"}, columns=columns)
    assert [(event.customer_id, event.amount) for event in hidden.of(by_hand("anna"))] == [(by_hand("anna"), 11)]


def refusal(folder: Path) -> str:
    """The message of an ingest that must be refused and change nothing."""
    before = outputs(folder)
    with pytest.raises((ConfigError, ArtifactError, EventError)) as caught:
        run_stage(folder)
    assert outputs(folder) == before
    return str(caught.value)


def test_a_key_is_needed_and_a_short_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(tmp_path, ROWS)
    write_params(tmp_path, ON)
    monkeypatch.delenv("EBB_PSEUDONYM_KEY")
    assert "privacy.pseudonymise is true, but EBB_PSEUDONYM_KEY is not set" in refusal(tmp_path)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", "too short")
    message = refusal(tmp_path)
    assert "has 9 characters, and a key under 32 can be guessed" in message
    assert "too short" not in message


def test_another_key_stops_the_run_by_its_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(tmp_path, ROWS, ON)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", OTHER)
    message = refusal(tmp_path)
    assert f"is the key {fingerprint(OTHER.encode())}, but the present pseudonyms" in message
    assert f"with the key {fingerprint(KEY.encode())}" in message
    assert KEY not in message
    assert OTHER not in message


def test_switching_is_said_once_and_undone_without_a_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On over raw events, and off again: the same bytes as before, no key file, and no word of it in the report."""
    plain = ingest(tmp_path, ROWS)
    before = event_bytes(tmp_path)
    write_params(tmp_path, ON)
    capsys.readouterr()
    assert run_ingest(tmp_path).report == plain.report
    assert "From this run on customers have pseudonyms" in " ".join(capsys.readouterr().out.split())
    run_stage(tmp_path)
    assert "From this run on" not in capsys.readouterr().out
    write_params(tmp_path)
    run_stage(tmp_path)
    assert "customers have ids as they came" in " ".join(capsys.readouterr().out.split())
    assert event_bytes(tmp_path) == before
    assert not (tmp_path / "data/events/key.json").exists()


def test_forgotten_people_do_not_come_in(tmp_path: Path) -> None:
    """Nothing else counts their rows; 12 is not 123; all sums hold."""
    rows = [("12", "2024-01-10", "purchase", 5), ("123", "2024-01-11", "purchase", 6), *ROWS]
    forget_in(tmp_path, "12", "anna", "wrong")
    found = ingest(tmp_path, rows)
    assert found.ids() == ["123", "o'brien"]
    assert found.rejected == []
    assert found.counts("source_rows", "forgotten", "duplicates", "rows_in", "kept_events") == (8, 4, 0, 4, 4)


@pytest.mark.parametrize("pseudonymise", [False, True])
def test_forgetting_works_with_and_without_pseudonyms(tmp_path: Path, pseudonymise: bool) -> None:
    forget_in(tmp_path, "anna")
    found = ingest(tmp_path, ROWS, {"privacy.pseudonymise": pseudonymise})
    assert len(found.of("anna", by_hand("anna"))) == 0
    assert len(found.events) == 3


def test_a_rejected_row_that_names_a_forgotten_person_loses_its_content(tmp_path: Path) -> None:
    """Where no rule could tell whose the row is: the id stands in another column."""
    columns = (*workspace.COLUMNS, "note")
    rows = [(None, "2024-01-10", "purchase", 5, 'anna;"x"'), (None, "2024-01-10", "purchase", 6, "annabel")]
    rows += [(*row, None) for row in BOOKENDS]
    forget_in(tmp_path, "anna")
    kept = ingest(tmp_path, rows, columns=columns).rejected
    assert [(row["row"], row["reason"], row["note"], row["amount"]) for row in kept] == [
        (1, "customer_id is missing", None, None),
        (2, "customer_id is missing", "annabel", "6"),
    ]


def test_tombstones_need_the_key_that_made_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(tmp_path, ROWS)
    forget_in(tmp_path, "anna", key=OTHER)
    assert "forgotten people would come back. Set the key that made it" in refusal(tmp_path)
    monkeypatch.delenv("EBB_PSEUDONYM_KEY")
    assert "data/forgotten.csv holds 1 people, but EBB_PSEUDONYM_KEY is not set" in refusal(tmp_path)


def test_damaged_tombstones_stop_the_run(tmp_path: Path) -> None:
    ingest(tmp_path, ROWS)
    forget_in(tmp_path, "anna")
    (tmp_path / FORGOTTEN).write_text("key_fingerprint,tombstone\n327552aea893\n")
    assert "it was damaged, and forgotten people would come back" in refusal(tmp_path)


def test_tombstones_are_sorted_and_written_once(tmp_path: Path) -> None:
    """Not in the order of leaving, and no id, nor its pseudonym, in the file."""
    names = [f"person {number}" for number in range(20)]
    for name in names:
        forget_in(tmp_path, name)
    before = (tmp_path / FORGOTTEN).read_bytes()
    forget_in(tmp_path, *names)
    assert (tmp_path / FORGOTTEN).read_bytes() == before
    rows = read_forgotten(tmp_path / FORGOTTEN)
    assert rows == sorted(rows)
    assert len(rows) == 20
    text = before.decode()
    assert not [name for name in names if name in text or by_hand(name) in text]


def test_the_projects_own_list_is_empty_and_readable() -> None:
    path = workspace.REPOSITORY / FORGOTTEN
    assert path.read_text(encoding="utf-8") == "key_fingerprint,tombstone\n"
    assert read_forgotten(path) == []


def test_an_engine_message_repeats_no_value(tmp_path: Path) -> None:
    """A cast in the user's query fails on an id: the sentence names the problem, not the person."""
    query = "SELECT CAST(customer_id AS INTEGER) AS customer_id, event_time, event_type, amount FROM raw"
    ingest(tmp_path, ROWS)
    write_params(tmp_path, {"events.query": query})
    message = refusal(tmp_path)
    assert "Could not convert string '...' to INT32" in message
    assert not [name for name in ("anna", "brien") if name in message]


@dataclass(frozen=True)
class Tables:
    """As the customers table comes in: tables beside other values."""

    ids: pa.Table
    report: dict[str, int]


def test_other_tables_of_people_get_the_same_names() -> None:
    key = KEY.encode()
    marks = frozenset(tombstones(key, pseudonyms(key, ["anna"])))
    people = Tables(
        pa.table({"customer_id": ["anna", "bob", "bob", "cleo"], "plan": ["x", "1", "2", "y"]}), {"rows": 4}
    )
    hidden = Protection(key, True, marks).people(people)
    expected = sorted([(by_hand("bob"), "1"), (by_hand("bob"), "2"), (by_hand("cleo"), "y")])
    assert [tuple(row.values()) for row in hidden.ids.to_pylist()] == expected
    assert hidden.report == {"rows": 4}
    assert Protection(key, False, marks).people(people).ids.column("plan").to_pylist() == ["1", "2", "y"]
    assert Protection().people(people) is not None
    assert Protection().people(None) is None


def test_a_float_column_of_ids_is_pseudonymised_as_what_it_means(tmp_path: Path) -> None:
    """13085.0 is customer 13085, and so is its pseudonym."""
    (tmp_path / "data/raw").mkdir(parents=True)
    write_params(tmp_path, {**ON, "events.source": "data/raw/events.parquet"})
    table = pa.table(
        {"customer_id": [13085.0, 1.0, 2.0], "event_time": ["2024-01-10", "2024-01-01", "2024-03-01"]}
        | {"event_type": ["purchase"] * 3, "amount": ["1", "1", "1"]}
    )
    pq.write_table(table, tmp_path / "data/raw/events.parquet")
    found: Ingested = run_ingest(tmp_path)
    assert {event.customer_id for event in found.events} == {by_hand("13085"), by_hand("1"), by_hand("2")}


@given(st.lists(st.text(min_size=1), unique=True, max_size=30))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_pseudonyms_are_hmac_of_any_text(names: list[str]) -> None:
    """Whatever the signs: as the standard library says, none twice, and parts of a broken line find each id."""
    plain = [name for name in names if name.encode("utf-8", "ignore").decode() == name]
    made = pseudonyms(KEY.encode(), plain)
    assert made == [hmac.new(KEY.encode(), name.encode(), "sha256").hexdigest()[:32] for name in plain]
    assert len(set(made)) == len(plain)
    simple = [name.strip() for name in plain if name.strip() and not set(name) & set(',;\t|"')]
    assert all(name in parts(f'"x",{name};y') for name in simple)
