"""The page data/reports/usability.html, and the one that a refused run leaves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workspace import BOOKENDS, ingest, outputs, run_stage, write_file, write_params

from pipeline.cleaning.findings import Finding
from pipeline.cleaning.usability import in_words, worst_first, write_page
from pipeline.errors import EventError

PAGE = Path("data/reports/usability.html")
REFUSED = Path("data/reports/usability_refused.html")


def test_the_page_tells_each_finding_and_where_every_row_went(tmp_path: Path) -> None:
    result = ingest(tmp_path, [*BOOKENDS, ("anna", "2024-01-10", "gossip", 5), ("", "2024-01-11", "purchase", 5)])
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    for finding in result.report["findings"]:
        assert finding["name"] in page
        assert finding["advice"].split(";")[0] in page
    assert "As of 2024-03-02" in page
    assert re.search(r"rows in the source</td><td class=\"number\">4<", page)


def test_the_page_has_no_script_no_customer_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    ingest(tmp_path, [*BOOKENDS, ("anna", "2024-01-10", "purchase", 5), ("bert", "never", "purchase", 5)])
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert not re.search(r"<script|http|src=|url\(|javascript", page)
    assert not re.search("anna|bert", page)


def test_names_that_would_be_markup_are_escaped(tmp_path: Path) -> None:
    ingest(tmp_path, [*BOOKENDS, ("anna", "2024-01-10", "<script>alert(1)</script>", 5)])
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_refused_run_leaves_a_page_that_says_why_and_nothing_else(tmp_path: Path) -> None:
    before = outputs(ingest(tmp_path, BOOKENDS).folder)
    bad = [("", "2024-01-10", "purchase", 5)] * 3
    with pytest.raises(EventError, match="are rejected"):
        ingest(tmp_path, [*BOOKENDS, *bad], {"events.max_rejected_share": 0.1, "events.duplicates": "keep"})
    page = (tmp_path / REFUSED).read_text(encoding="utf-8")
    assert "3 of 5 rows (60.0%) are rejected" in page
    assert "no event, list or report was changed" in page
    assert outputs(tmp_path) == before


def test_a_source_that_cannot_be_read_leaves_the_page_too(tmp_path: Path) -> None:
    write_params(tmp_path)
    write_file(tmp_path, "")
    with pytest.raises(EventError, match="is empty"):
        run_stage(tmp_path)
    assert "is empty" in (tmp_path / REFUSED).read_text(encoding="utf-8")
    assert not (tmp_path / PAGE).exists()


def test_the_next_good_run_removes_the_page_of_the_refused_one(tmp_path: Path) -> None:
    write_params(tmp_path)
    write_file(tmp_path, "")
    with pytest.raises(EventError):
        run_stage(tmp_path)
    ingest(tmp_path, BOOKENDS)
    assert not (tmp_path / REFUSED).exists()
    assert (tmp_path / PAGE).exists()


def test_equal_findings_give_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = ingest(tmp_path, BOOKENDS).report
    before = (tmp_path / PAGE).read_bytes()
    monkeypatch.chdir(tmp_path)
    write_page(report, [Finding(**finding) for finding in report["findings"]])
    assert (tmp_path / PAGE).read_bytes() == before


def test_the_worst_comes_first_and_is_counted_in_words() -> None:
    said = [Finding(name, severity, "", "events", "", "") for name, severity in (("a", "info"), ("b", "error"))]  # type: ignore[arg-type]
    said += [Finding(name, "warning", "", "events", "", "") for name in ("c", "d")]
    assert [finding.name for finding in worst_first(said)] == ["b", "c", "d", "a"]
    assert in_words(said) == "1 error, 2 warnings, 1 note"
    assert in_words([]) == "nothing to say"
