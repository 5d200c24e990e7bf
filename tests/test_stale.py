"""A list that fails its gate leaves the last good one, marked stale, until the next good one; kills change nothing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from samples import sample
from workspace import params

from pipeline.folders import MANIFEST, verify
from pipeline.listing.render import render
from pipeline.listing.schema import FIGURES, ROWS
from pipeline.published import LATEST, publish_folder, refresh_latest
from pipeline.settings import parse_settings
from pipeline.stale import mark_stale, refresh, stale_mark
from pipeline.tables import LISTS, read_json, read_table, write_text

SETTINGS = parse_settings(params())
MONDAY, NEXT = date(2024, 6, 3), date(2024, 6, 10)
FAILED = [{"name": "freshness", "passed": False, "value": 9, "limit": 3, "key": "check-freshness"}]
MARK = {"since": "2024-06-10", "as_of": "2024-06-10", "failed": FAILED}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def good(day: date = MONDAY, customers: int = 12) -> Path:
    """A good list of a day, as publish leaves it."""
    table, told = sample(customers)
    content = {"as_of": str(day), "valid_until": "2024-06-10"}
    folder, _ = publish_folder(day, lambda aside: render(aside, table, told, SETTINGS), content)
    refresh_latest()
    return folder


def stale() -> Path | None:
    return mark_stale(SETTINGS, "2024-06-10", FAILED)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def latest_figures() -> dict[str, Any]:
    found: dict[str, Any] = read_json(LATEST / FIGURES)
    return found


def test_the_last_good_list_is_marked() -> None:
    """Rows and figures are its own, the mark is in the figures and the manifest; the dated folder is untouched."""
    folder = good()
    before = files(folder)
    assert stale_mark() is None
    assert stale() == folder
    manifest = verify(LATEST)
    assert (manifest["stale"], manifest["of"], manifest["as_of"]) == (MARK, "2024-06-03", "2024-06-03")
    assert latest_figures()["stale"] == stale_mark() == MARK
    assert {**latest_figures(), "stale": None} == read_json(folder / FIGURES)
    assert read_table(LATEST / ROWS).equals(read_table(folder / ROWS))
    assert files(folder) == before
    assert sorted(path.name for path in LISTS.iterdir()) == ["2024-06-03", "latest"]


def test_marking_again_changes_no_byte() -> None:
    good()
    stale()
    first = files(LATEST)
    stale()
    assert files(LATEST) == first


def test_the_mark_is_newer_than_the_reason() -> None:
    """Another failure another day is told instead of the first."""
    good()
    stale()
    mark_stale(SETTINGS, "2024-06-17", FAILED)
    assert (stale_mark() or {})["as_of"] == "2024-06-17"


@pytest.mark.parametrize("same_day", [True, False])
def test_the_next_good_list_clears_the_mark(same_day: bool) -> None:
    """Whether it is a new list or the same one again, after the limit was raised or the source mended."""
    good()
    stale()
    (LATEST / "risk_list_STALE.txt").write_text("whatever a stale list had beside")
    folder = good() if same_day else good(NEXT, 14)
    assert stale_mark() is None
    assert files(LATEST) == files(folder)


def test_whoever_renders_it_again_keeps_the_mark() -> None:
    """After an erasure the rows are fewer, and the list is as stale as before; a good list stays good."""
    folder = good()
    refresh(SETTINGS)
    assert files(LATEST) == files(folder)
    stale()
    table, told = sample(11)
    shutil.rmtree(folder)
    publish_folder(MONDAY, lambda aside: render(aside, table, told, SETTINGS), {"as_of": "2024-06-03"})
    assert refresh(SETTINGS) == folder
    assert (len(read_table(LATEST / ROWS)), latest_figures()["stale"], stale_mark()) == (11, MARK, MARK)


def test_the_mark_is_of_one_list() -> None:
    """A newer list that is there, though `latest` was not replaced yet, is not stale."""
    good()
    stale()
    table, told = sample(14)
    publish_folder(NEXT, lambda aside: render(aside, table, told, SETTINGS), {"as_of": "2024-06-10"})
    refresh(SETTINGS)
    assert (stale_mark(), len(read_table(LATEST / ROWS))) == (None, 14)


def test_a_list_of_an_earlier_version() -> None:
    """It has no figures to render from, so its own files say in their names that they are old."""

    def write(folder: Path) -> None:
        write_text("x", folder / "risk_list.csv")

    publish_folder(MONDAY, write, {"as_of": "2024-06-03"})
    refresh_latest()
    stale()
    assert sorted(files(LATEST)) == [MANIFEST, "risk_list_STALE_2024-06-03.csv"]
    assert verify(LATEST)["stale"]["since"] is None


def test_there_is_nothing_to_mark() -> None:
    """No list yet: nothing appears. A damaged list is passed over for the one before it."""
    assert stale() is None
    assert not LISTS.exists() or not list(LISTS.iterdir())
    good()
    folder = good(NEXT, 14)
    (folder / ROWS).write_bytes(b"x")
    assert stale() == LISTS / "2024-06-03"
    assert verify(LATEST)["of"] == "2024-06-03"


def test_a_damaged_manifest_of_latest_is_no_mark() -> None:
    good()
    stale()
    (LATEST / MANIFEST).write_text("[1]")
    assert stale_mark() is None
    refresh(SETTINGS)
    assert files(LATEST) == files(LISTS / "2024-06-03")
