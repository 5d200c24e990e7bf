"""What programs get: all rows once, in the list's order, ids as they came, numbers in full; pages as published."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import AS_OF, hostile_ids, sample
from web import BEARER, app, ask, publish_sample, publish_table

from pipeline.published import refresh_latest
from pipeline.serving import rows as rows_module
from pipeline.serving.rows import csv_rows, json_rows
from pipeline.serving.shelf import Shelf
from pipeline.tables import LISTS

NEXT = AS_OF + timedelta(days=7)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty `data/` of its own."""
    monkeypatch.chdir(tmp_path)


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as JSON would say them: days as text, without the drawing."""
    found = []
    for row in table.drop_columns(["activity"]).to_pylist():
        found.append({name: str(value) if isinstance(value, date) else value for name, value in row.items()})
    return found


def test_json_has_all_rows_as_they_are() -> None:
    """Ids that no spreadsheet may see too; floats to the last bit; the head says what list it is."""
    table = publish_sample(60, ids=hostile_ids())
    answer = ask(app(), "/lists/latest")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.rows == plain(table)
    assert {name: value for name, value in answer.json.items() if name != "rows"} == {
        "as_of": "2024-06-03",
        "valid_until": "2024-06-10",
        "horizon_end": "2024-09-02",
        "model_version": "0123456789ab",
        "customers": 60,
        "stale": None,
        "matched": 60,
        "offset": 0,
        "limit": None,
    }


def test_filters_of_the_issue() -> None:
    """`/lists/latest?band=high`, and several filters at once; `matched` counts all, the rows are the part."""
    table = publish_sample(300)
    high = [row for row in plain(table) if row["risk_band"] == "high"]
    assert ask(app(), "/lists/latest?band=high").rows == high
    part = ask(app(), "/lists/latest?band=high&limit=2&offset=1").json
    assert (part["matched"], part["rows"]) == (len(high), high[1:3])
    wanted = [row for row in plain(table) if row["contact_this_week"] == "yes" and row["recommended_action"] == "offer"]
    assert ask(app(), "/lists/latest?contact=yes&action=offer").rows == wanted
    assert ask(app(), "/lists/latest?action=welcome").json["matched"] == 0  # of the playbook, nobody this week
    assert ask(app(), "/lists/latest?limit=0").rows == ask(app(), "/lists/latest?offset=999").rows == []


def test_csv_is_harmless_unless_raw_ids_are_asked_for() -> None:
    """By `format` or Accept. Raw concerns the ids alone: programs compare them, nobody compares reasons."""
    table, briefing = sample(60, ids=hostile_ids())
    evil = pa.array(["=cmd()", *[None] * 59], pa.string())
    table = table.set_column(table.column_names.index("reason_2"), "reason_2", evil)
    publish_table(table.append_column("=shown", pa.array(["@x"] * 60)), briefing)
    safe, raw = ask(app(), "/lists/latest?format=csv"), ask(app(), "/lists/latest?format=csv&ids=raw")
    assert safe.headers["content-type"] == "text/csv; charset=utf-8"
    assert safe.headers["content-disposition"] == 'attachment; filename="risk_list_2024-06-03.csv"'
    cells = [list(csv.DictReader(io.StringIO(answer.body.decode(), newline=""))) for answer in (safe, raw)]
    ids = table.column("customer_id").to_pylist()
    assert [row["customer_id"] for row in cells[1]] == ids
    assert len(cells[0]) == 60
    first = [row["customer_id"].lstrip()[:1] for row in cells[0]]
    assert not set(first) & set("=+-@＝")
    for rows in cells:
        assert [rows[0]["reason_2"], rows[1]["reason_2"], rows[0]["'=shown"]] == ["'=cmd()", "", "'@x"]
        assert [float(row["churn_probability"]) for row in rows] == table.column("churn_probability").to_pylist()
        assert [row["act_by"] for row in rows] == ["2024-06-10"] * 60
        assert [row["change"] for row in rows] == ["" if x is None else repr(x) for x in _floats(table, "change")]
    by_header = ask(app(), "/lists/latest", headers={"accept": "text/csv", **BEARER})
    assert by_header.body == safe.body
    assert by_header.headers["etag"] == safe.headers["etag"]


def _floats(table: pa.Table, name: str) -> list[float | None]:
    return [value and float(value) for value in table.column(name).to_pylist()]


ODD_FLOATS = [0.1, 1.0, -0.0, 1e-300, 1.7976931348623157e308, 5e-324, 1 / 3, 123456789012345680.0, None]
texts = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


@given(st.lists(st.tuples(texts, st.one_of(st.none(), st.floats(), st.sampled_from(ODD_FLOATS)), texts), max_size=30))
@settings(deadline=None)
def test_whatever_the_cells_both_forms_can_be_read_back(
    cells: list[tuple[str | None, float | None, str | None]],
) -> None:
    """Any text and any number, null included; what is no number is null. Python's own readers read it back."""
    names = ["customer_id", "value", 'a "named", column']
    columns = list(zip(*cells, strict=True)) if cells else [[], [], []]
    types = [pa.string(), pa.float64(), pa.string()]
    table = pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=names)
    everyone = np.arange(len(cells))
    known = [None if value is None or not np.isfinite(value) else value for _, value, _ in cells]
    read = _json(json_rows(table, everyone, {"as_of": "2024-06-03"}))
    assert read["as_of"] == "2024-06-03"
    assert [(row["customer_id"], row["value"], row[names[2]]) for row in read["rows"]] == [
        (one, value, other) for (one, _, other), value in zip(cells, known, strict=True)
    ]
    text = b"".join(csv_rows(table, everyone, raw_ids=True)).decode()
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == names
    assert [line[0] for line in lines] == [one or "" for one, _, _ in cells]
    assert [line[1] and float(line[1]) for line in lines] == ["" if value is None else value for value in known]


def _json(chunks: Any) -> Any:
    return json.loads(b"".join(chunks))


@given(st.integers(0, 25), st.lists(st.integers(0, 24), unique=True).map(sorted), st.integers(1, 9))
@settings(deadline=None)
def test_blocks_lose_no_row_and_double_none(size: int, picked: list[int], block: int) -> None:
    """Whatever the size of a block and the chunks of the table."""
    names = [f"c{number}" for number in range(size)]
    chunks = [names[at : at + 4] for at in range(0, size, 4)]
    table = pa.table({"customer_id": pa.chunked_array(chunks, pa.string())})
    wanted = [number for number in picked if number < size]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "BLOCK", block)
        read = _json(json_rows(table, np.array(wanted, np.int64), {}))
        lines = b"".join(csv_rows(table, np.array(wanted, np.int64))).decode().split("\r\n")
    assert [row["customer_id"] for row in read["rows"]] == [names[number] for number in wanted]
    assert lines == ['"customer_id"', *(f'"{names[number]}"' for number in wanted), ""]


@pytest.mark.parametrize("n", [0, 1])
def test_a_list_of_nobody_and_of_one(n: int) -> None:
    """Well-formed all the same."""
    publish_sample(n)
    assert len(ask(app(), "/lists/latest").rows) == n
    assert ask(app(), "/lists/latest?format=csv").body.count(b"\r\n") == n + 1
    assert ask(app(), "/lists/latest?contact=yes").status == 200


def test_all_lists_newest_first_and_each_by_its_name() -> None:
    """A date alone is its newest revision: an old one is only given to who asks for it by number."""
    publish_sample(5, AS_OF)
    publish_sample(6, NEXT)
    publish_sample(7, AS_OF, seed=8)  # the earlier list once more, otherwise
    assert ask(app(), "/lists").json == {
        "lists": [
            {"as_of": "2024-06-10", "revision": 1, "path": "/lists/2024-06-10.r1"},
            {"as_of": "2024-06-03", "revision": 2, "path": "/lists/2024-06-03.r2"},
            {"as_of": "2024-06-03", "revision": 1, "path": "/lists/2024-06-03.r1"},
        ]
    }
    served = app()
    names = ("latest", "2024-06-10", "2024-06-03", "2024-06-03.r2", "2024-06-03.r1")
    assert [ask(served, f"/lists/{name}").json["customers"] for name in names] == [6, 6, 7, 7, 5]
    missing = ask(served, "/lists/2024-06-03.r3")
    assert (missing.status, missing.error) == (
        404,
        "there is no list 2024-06-03.r3: GET /lists names those that there are.",
    )


def test_pages_are_served_as_they_were_published() -> None:
    """Byte for byte, the newest at the top; a header keeps others from framing them."""
    publish_sample(5, AS_OF)
    publish_sample(6, NEXT)
    for target, file in {
        "/": "latest/report.html",
        "/report.html": "latest/report.html",
        "/summary.html": "latest/summary.html",
        "/lists/latest/report.html": "latest/report.html",
        "/lists/latest/summary.html": "latest/summary.html",
        "/lists/2024-06-03/report.html": "2024-06-03/report.html",
    }.items():
        answer = ask(app(), target)
        assert answer.body == (LISTS / file).read_bytes(), target
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"] == (
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )


def test_a_list_without_a_page_says_so() -> None:
    """Lists of earlier versions have none."""
    table, briefing = sample(3)
    folder = publish_table(table, briefing)
    manifest = folder / "manifest.json"
    for at in (folder, LISTS / "latest"):
        text = manifest.read_text().replace("report.html", "other.html")
        (at / "report.html").rename(at / "other.html")
        (at / "manifest.json").write_text(text)
    answer = ask(app(), "/")
    assert (answer.status, answer.error) == (404, "the list of 2024-06-03 has no report.html.")


def test_the_same_is_not_sent_twice() -> None:
    """304 without a body and without a row read; another question, form or list is another ETag."""
    publish_sample(20)
    served = app()
    first = ask(served, "/lists/latest?band=high&tier=vip")
    etag = first.headers["etag"]
    for asked in (etag, f"W/{etag}", f'"other", {etag}'):
        again = ask(app(), "/lists/latest?tier=vip&band=high", headers={"if-none-match": asked, **BEARER})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
        assert "content-type" not in again.headers
    targets = ["/lists/latest", "/lists/latest?band=low", "/lists/latest?format=csv", "/lists", "/", "/summary.html"]
    etags = [ask(served, target).headers["etag"] for target in targets]
    assert len({etag, *etags}) == len(targets) + 1
    publish_sample(20, NEXT)
    changed = ask(served, "/lists/latest?band=high&tier=vip", headers={"if-none-match": etag, **BEARER})
    assert (changed.status, changed.json["as_of"]) == (200, "2024-06-10")
    for target in ("/lists", "/"):
        fresh = ask(served, target)
        assert ask(served, target, headers={"if-none-match": fresh.headers["etag"], **BEARER}).status == 304


def test_no_row_is_loaded_when_the_asker_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was just started answers 304 from the manifest alone."""
    publish_sample(20)
    etag = ask(app(), "/lists/latest").headers["etag"]

    def never(*_: object) -> None:
        raise AssertionError("a list was read")

    monkeypatch.setattr(Shelf, "published", never)
    assert ask(app(), "/lists/latest", headers={"if-none-match": etag, **BEARER}).status == 304


def test_nothing_tells_when_the_list_was_written() -> None:
    """No clock in data: neither Last-Modified nor a date that is not the list's."""
    publish_sample(5)
    for target in ("/", "/lists", "/lists/latest", "/lists/latest?format=csv"):
        assert "last-modified" not in ask(app(), target).headers


def test_head_is_get_without_a_body() -> None:
    """Same status, same headers, for rows, pages, errors and health."""
    publish_sample(5)
    for target in (
        "/",
        "/lists",
        "/lists/latest",
        "/lists/latest?format=csv",
        "/lists/latest?band=x",
        "/health",
        "/no",
    ):
        got, head = ask(app(), target), ask(app(), target, "HEAD")
        assert (head.status, head.headers, head.body) == (got.status, got.headers, b""), target
        assert got.body


def test_nobody_is_contacted_from_a_stale_list() -> None:
    """The gate stopped a newer list: who asks whom to contact is refused, who wants to read, or names it, is not."""
    stale = {"since": "2024-06-10", "as_of": "2024-06-17", "failed": [{"name": "freshness"}]}
    publish_sample(30, stale=stale)
    for query in ("contact=yes", "action=offer", "contact=yes&format=csv"):
        answer = ask(app(), f"/lists/latest?{query}")
        assert answer.status == 409
        assert "nobody is to be contacted from the list of 2024-06-03: it is stale" in answer.error
    everybody = ask(app(), "/lists/latest")
    assert (everybody.json["stale"], len(everybody.rows)) == (stale, 30)
    assert ask(app(), "/lists/latest?contact=no").status == 200
    assert ask(app(), "/lists/2024-06-03?contact=yes").json["stale"] is None  # a date is asked for on purpose
    publish_sample(31, NEXT)
    assert ask(app(), "/lists/latest?contact=yes").status == 200


def test_mistakes_are_named() -> None:
    """As JSON, with the status 400, whatever form was asked for."""
    publish_sample(5)
    for query, sentence in {
        "band=red": "band cannot be 'red': known are high, medium, low.",
        "colour=red": "there is no parameter 'colour': known are band,",
        "action=offers": "action cannot be 'offers': this list knows",
        "band=high&band=low": "band is given twice",
        "format=csv&band=%3Cscript%3E": "band cannot be '<script>'",
    }.items():
        answer = ask(app(), f"/lists/latest?{query}")
        assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
        assert sentence in answer.error
    assert ask(app(), "/?band=high").status == ask(app(), "/lists?limit=3").status == 400


def test_a_stale_list_of_an_earlier_version_is_found_by_its_other_name() -> None:
    """Its files say STALE in their names, since it has no briefing that pages could be made of."""
    publish_sample(5)

    def renamed(folder: Path, aside: Path) -> None:
        shutil.copyfile(folder / "risk_list.parquet", aside / "risk_list_STALE_2024-06-03.r2.parquet")

    refresh_latest(renamed, {"since": "2024-06-10"})
    answer = ask(app(), "/lists/latest")
    assert (answer.json["stale"], len(answer.rows)) == ({"since": "2024-06-10"}, 5)
    assert ask(app(), "/").status == 404


@pytest.mark.parametrize(
    ("today", "stale", "status"),
    [
        (date(2024, 6, 3), None, "ok"),
        (date(2024, 6, 10), None, "ok"),
        (date(2024, 6, 11), None, "stale"),
        (date(2024, 6, 3), {"since": "2024-06-10", "failed": []}, "stale"),
    ],
)
def test_health_says_one_word_to_everybody(today: date, stale: dict[str, Any] | None, status: str) -> None:
    """From valid_until and the server's clock, or from the gate; without a token, and without a figure."""
    publish_sample(5, stale=stale)
    answer = ask(app(today=lambda: today), "/health", headers={})
    assert (answer.status, answer.json) == (200, {"status": status})


def test_health_without_a_list() -> None:
    """503, so that a monitor that reads no body sees it."""
    answer = ask(app(), "/health", headers={})
    assert (answer.status, answer.json) == (503, {"status": "no list"})
