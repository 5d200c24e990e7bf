"""Ingest on Spark against ingest on one machine: the same report, rejected rows, calendar, events, or error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sparks import needs_spark, spark
from workspace import BOOKENDS, Row, outputs, run_stage, source_bytes, write_file, write_params

from pipeline.engines.session import spark_session
from pipeline.errors import EbbError, EngineError

pytestmark = [pytest.mark.spark, needs_spark]
COLUMNS = ("customer_id", "event_time", "event_type", "amount", "invoice", "event_key", "store", "plan")
ENGINE = {"name": "spark", "spark": {"master": "local[2,4]", "partitions": 3}}
Files = Mapping[str, Sequence[Row] | bytes]


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[Any]:
    """One session for the module; stages find it there and leave it."""
    with spark_session(spark()) as started:
        yield started


def rows_of(*rows: Row) -> list[Row]:
    """Rows with nulls for the columns that they leave out, between the bookends."""
    return [(*row, *[None] * (len(COLUMNS) - len(row))) for row in (*rows, *BOOKENDS)]


def made(folder: Path, files: Files, changes: Mapping[str, Any], engine: Mapping[str, Any]) -> dict[str, Any]:
    """What ingest leaves of these files on an engine: files as bytes, events and kept columns as rows in order."""
    write_params(folder, {"events.source": "data/raw", **changes, "engine": dict(engine)})
    for name, rows in files.items():
        write_file(folder, rows if isinstance(rows, bytes) else source_bytes(name, rows, COLUMNS), name)
    try:
        run_stage(folder)
    except EbbError as error:
        return {"error": (type(error).__name__, str(error))}
    found: dict[str, Any] = {
        name: content
        for name, content in outputs(folder).items()
        if "/store/" not in name and not Path(name).name.startswith("events-")
    }
    for part in ("closed", "open", "kept"):
        tables = [pq.ParquetFile(path).read() for path in (folder / "data/events" / part).glob("events-*.parquet")]
        kinds = [tuple(zip(table.schema.names, map(str, table.schema.types), strict=True)) for table in tables]
        found[f"columns of {part}"] = set(kinds)
        found[f"rows of {part}"] = sorted(
            (tuple(map(str, row.values())) for table in tables for row in table.to_pylist()),
        )
    return found


def same(folder: Path, files: Files, **changes: Any) -> dict[str, Any]:
    """What both engines make of it."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    for name in ("here", "there"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    here = made(folder / "here", files, dotted, {"threads": 1})
    there = made(folder / "there", files, dotted, ENGINE)
    assert there.get("error") == here.get("error"), there.get("error")
    assert there.keys() == here.keys()
    for name in here:
        assert there[name] == here[name], name
    return here


def report(found: Mapping[str, Any]) -> dict[str, Any]:
    """What ingest.json says."""
    content: dict[str, Any] = json.loads(found["data/reports/ingest.json"])
    return content


ANNA = ("anna", "2024-01-10", "purchase", 5, "i1", "k1", "York")
ODD = [
    ANNA,
    ANNA,  # a copy
    (" anna ", "2024-01-11", "purchase", 5, "i2"),
    (None, "2024-01-11", "purchase", 5, "i3"),
    (None, "2024-01-11", "purchase", 5, "i3"),  # a copy without a customer
    ("bob", "2024-01-12", "purchase", -4),
    ("bob", "soon", "purchase", 4),
    ("bob", "2099-01-12", "purchase", 4),
    ("bob", "2024-01-12", "", 4),
    ("carl", "2024-02-01 12:30:00", "visit", None),
]


def test_copies_bad_rows_and_bad_lines_in_several_files(tmp_path: Path) -> None:
    """Copies lie in two files, and a line has too many cells."""
    spoilt = source_bytes("b.csv", rows_of(*ODD[:6]), COLUMNS) + b"dora,2024-01-03,purchase,1,,,,,too,many\n"
    found = report(
        same(
            tmp_path, {"a.csv": rows_of(*ODD), "b.csv": spoilt, "c.csv": rows_of(("eve", "2024-01-05", "purchase", 1))}
        )
    )
    assert (found["duplicates"], found["lines_without_a_row"], found["ids_trimmed"]) == (12, 1, 1)
    assert found["rejected_by_reason"]["customer_id is missing"] == 1


def test_copies_kept(tmp_path: Path) -> None:
    found = report(same(tmp_path, {"a.jsonl": rows_of(*ODD), "b.jsonl": rows_of(*ODD)}, events__duplicates="keep"))
    assert found["duplicates"] == 0


SHARED = [
    ("anna", "2024-01-10", "purchase", 5, None, "k1"),
    ("bob", "2024-01-11", "purchase", 6, None, "k1"),  # of another customer, who lies in another place
    ("carl", "2024-01-12", "purchase", 7, None, "k2"),
    ("dora", "2024-01-13", "purchase", 7, None, " "),
    ("eve", "2024-01-13", "purchase", 7, None, " "),
    ("bob", "late", "purchase", 6, None, "k2"),  # is rejected anyway, so carl's stays
]


@pytest.mark.parametrize(("same_id", "kept"), [("reject", 5), ("last", 6)])
def test_events_that_share_an_id(tmp_path: Path, same_id: str, kept: int) -> None:
    files = {"a.csv": rows_of(*SHARED[:3]), "b.csv": rows_of(*SHARED[3:])}
    found = same(tmp_path, files, events__event_id="event_key", events__same_id=same_id)
    assert report(found)["kept_events"] == kept


def test_lines_become_events_with_kept_columns_by_a_query(tmp_path: Path) -> None:
    lines = [
        ("anna", "2024-01-10 09:00", "purchase", 5, "i1", None, "York"),
        ("anna", "2024-01-10 08:00", "purchase", 6, "i1", None, "Bath"),
        ("bob", "2024-01-10 08:00", "purchase", 6, "i1", None, None),
        ("bob", "2024-01-10 08:00", "postage", 6, "i1", None, None),
        ("bob", "2024-01-10 08:00", "purchase", 1000, "i1", None, None),
    ]
    query = (
        "SELECT *, CASE WHEN CAST(amount AS DOUBLE) > 999 THEN 'too dear' END AS reject_reason FROM raw "
        "WHERE event_type <> 'postage'"
    )
    files = {"a.csv": rows_of(*lines[:2]), "b.csv": rows_of(*lines[2:])}
    found = same(tmp_path, files, events__query=query, events__collapse="invoice", events__keep=["store"])
    counts = report(found)
    assert (counts["left_out_by_query"], counts["rejected"], counts["collapsed_away"]) == (1, 1, 1)
    assert [row[-1] for row in found["rows of kept"]] == ["Bath"]


def test_plans_without_a_term(tmp_path: Path) -> None:
    """More of them than reasons name: the most frequent of all files."""
    paid = [
        (f"c{n}", f"2024-01-{1 + n % 28:02}", "purchase", 5, f"i{n}", None, None, f"p{n % 30:02}") for n in range(90)
    ]
    paid += [(f"d{n}", f"2024-02-{1 + n % 28:02}", "purchase", 5, f"i{n}", None, None, "p29") for n in range(9)]
    known = [(f"e{n}", f"2024-01-{n + 1:02}", "purchase", 5, None, None, None, "p00") for n in range(28)]
    files = {"a.csv": rows_of(*paid[:40], *known), "b.csv": rows_of(*paid[40:])}
    term = {"plan_column": "plan", "days_by_plan": {"p00": 7}}
    found = same(tmp_path, files, churn__definition="lapse", churn__term=term, churn__grace_days=3)
    reasons = report(found)["rejected_by_reason"]
    assert reasons["its plan is not in churn.term.days_by_plan"] == 27
    assert next(iter(reasons)).startswith("its plan") or "plan p29 is not in churn.term.days_by_plan" in reasons


def test_cancellations(tmp_path: Path) -> None:
    lives = [(f"c{n}", "2024-01-03", "purchase", 5) for n in range(9)] + [
        (f"c{n}", "2024-01-03", "stop") for n in range(4)
    ]
    roles = {"activity": ["purchase"], "cancel": ["stop"]}
    files = {"a.csv": rows_of(*lives)}
    found = same(tmp_path, files, churn__definition="cancellation", events__roles=roles, events__money=["purchase"])
    assert any(warning.startswith("4 cancel events carry the very time") for warning in report(found)["warnings"])


def test_pseudonyms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", "correct horse battery staple, thirty-two and more")
    found = same(tmp_path, {"a.csv": rows_of(*ODD), "b.csv": rows_of(*ODD)}, privacy__pseudonymise=True)
    assert b"anna" not in b"".join(value for value in found.values() if isinstance(value, bytes))


BY_SLASHES = [(f"c{n}", "3/4/2024", "purchase", 5) for n in range(8)]
ERRORS: dict[str, tuple[Files, dict[str, Any], str]] = {
    "ids that name a person, in two places": (
        {name: rows_of((f"{name}@shop.org", "2024-01-03", "purchase", 1)) for name in ("a.csv", "b.csv")},
        {},
        "2 rows have a customer_id that looks like an e-mail address, the first in data/raw/a.csv row 1",
    ),
    "times of another form in most rows": (
        {"a.csv": rows_of(*BY_SLASHES), "b.csv": rows_of(("anna", "2024-01-03", "purchase", 1))},
        {},
        "8 of 13 rows have an event_time like 3/4/2024",
    ),
    "other columns": ({"a.csv": rows_of(ANNA), "b.csv": b"customer_id\nanna\n"}, {}, "b.csv lacks amount"),
    "too many rows": (
        {"a.csv": rows_of(ANNA), "b.csv": rows_of(ANNA)},
        {"events.max_rows": 4},
        "more than events.max_rows 4",
    ),
    "no rows": ({"a.csv": b",".join(map(str.encode, COLUMNS)) + b"\n"}, {}, "has no rows"),
    "too many rejected": ({"a.csv": rows_of(*ODD)}, {"events.max_rejected_share": 0.01}, "rejected"),
    "a value that the query cannot take": (
        {"a.csv": rows_of(ANNA)},
        {"events.query": "SELECT * REPLACE (CAST(store AS INTEGER) AS amount) FROM raw"},
        "events.query or events.columns meets a value that it cannot handle",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "changes", "words"), ERRORS.values(), ids=ERRORS)
def test_what_is_refused_is_refused_in_the_same_words(
    tmp_path: Path, files: Files, changes: dict[str, Any], words: str
) -> None:
    found = same(tmp_path, files, **changes)
    assert words in found["error"][1]


def test_one_file_of_other_times_spoils_not_the_whole(tmp_path: Path) -> None:
    """All of its rows are rejected, and all rows of most places; but they are few among all."""
    good = [(f"g{n}", f"2024-01-{n + 1:02}", "purchase", 5) for n in range(28)]
    found = same(
        tmp_path,
        {"a.csv": rows_of(*good), "b.csv": source_bytes("b.csv", [(*r, *[None] * 4) for r in BY_SLASHES], COLUMNS)},
    )
    assert report(found)["rejected_by_reason"] == {"event_time is no ISO date or time": 8}


CELLS = st.tuples(
    st.sampled_from(["a", "ab", "b ", "é", None, "z"]),
    st.sampled_from(
        [f"2024-01-{day:02}" for day in range(1, 29)] + ["2024-02-03 10:00", "2024-03-31 01:30", "?", None]
    ),
    st.sampled_from(["purchase", "purchase", "return", "visit", None]),
    st.sampled_from([None, 1, -2, "3.5", "x", "1e3"]),
    st.sampled_from([None, "i1", "i2"]),
    st.sampled_from([None, "k1", "k2", "k3"]),
    st.sampled_from([None, "York", "Bath"]),
    st.none(),
)
RULES = st.fixed_dictionaries(
    {
        "events.duplicates": st.sampled_from(["keep", "drop"]),
        "events.event_id": st.sampled_from([None, "event_key"]),
        "events.same_id": st.sampled_from(["reject", "last"]),
        "events.collapse": st.sampled_from([None, "invoice"]),
        "events.keep": st.sampled_from([[], ["store"]]),
        "events.timezone": st.sampled_from(["UTC", "Europe/London"]),
        "events.unknown_types": st.sampled_from(["keep", "reject"]),
    }
)


@given(st.lists(CELLS, min_size=1, max_size=40), RULES, st.integers(1, 3))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_by_any_rules(tmp_path: Path, rows: list[Row], rules: dict[str, Any], files: int) -> None:
    same(tmp_path, {f"{number}.csv": rows_of(*rows[number::files]) for number in range(files)}, **rules)


def test_files_that_cannot_be_written_leave_the_events_as_they_were(tmp_path: Path) -> None:
    files = {"a.csv": rows_of(*ODD)}
    made(tmp_path, files, {}, ENGINE)
    before = {name: content for name, content in outputs(tmp_path).items() if "/events/" in name}
    (tmp_path / "data/events/.incoming").write_text("in the way")
    write_file(tmp_path, source_bytes("b.csv", rows_of(("new", "2024-01-20", "purchase", 5)), COLUMNS), "b.csv")
    with pytest.raises(EngineError, match=r"gave up: .*incoming"):
        run_stage(tmp_path)
    after = {name: content for name, content in outputs(tmp_path).items() if "/events/" in name}
    assert after.pop("data/events/.incoming") == b"in the way"
    assert after == before


def test_to_spark_and_back(tmp_path: Path) -> None:
    """The next engine reads everything, and leaves nothing of the one before."""
    files = {"a.csv": rows_of(*ODD)}
    made(tmp_path, files, {}, {"threads": 1})
    first = outputs(tmp_path)
    made(tmp_path, files, {}, ENGINE)
    assert not list((tmp_path / "data/store").iterdir())
    made(tmp_path, files, {}, {"threads": 1})
    assert outputs(tmp_path) == first
