"""Erasure on hand-made stores: the person is gone, everybody else is as before, and a kill changes nothing of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from dvc_deps import ROOT, stages
from planted import (
    DAYS,
    GONE,
    KEY,
    OTHERS,
    YOURS,
    a_list,
    holding_the_id_itself,
    light,
    plant,
    run_forget,
    settings,
)
from samples import briefing
from searcher import find
from workspace import outputs

from pipeline.errors import ArtifactError, ConfigError
from pipeline.facts import WEEKLY
from pipeline.folders import MANIFEST, verify
from pipeline.listing.render import render
from pipeline.measuring.outcomes import write_outcomes
from pipeline.privacy import amended, cache
from pipeline.privacy.dvc_cache import hashes
from pipeline.privacy.expiry import expire_lists
from pipeline.privacy.holds import Person, holds
from pipeline.privacy.stores import STORES
from pipeline.protection.keys import pseudonyms
from pipeline.settings import Settings
from pipeline.stale import mark_stale
from pipeline.tables import LISTS, OUTCOMES


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hand-made stores, and the test in their folder."""
    return plant(tmp_path, monkeypatch)


def ids(path: str) -> list[str]:
    """The customers of a table."""
    return pq.ParquetFile(path).read(columns=["customer_id"]).column(0).to_pylist()


def test_planted_everywhere_and_found_nowhere_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = plant(tmp_path, monkeypatch, render)
    before = find(shop, GONE)
    folders = {name.rsplit("/", 1)[0] for name in before}
    assert {"data/events/closed", "data/events/open", "data/rejected", "data/features", "data/scores"} <= folders
    assert {f"data/lists/{name}" for name in (DAYS[0], DAYS[1], f"{DAYS[1]}.r2", "latest")} <= folders
    assert {"exports", "data/outcomes", f"data/replay/{DAYS[0]}", ".dvc/tmp"} <= folders
    assert {"data/events/kept/events-2024-01-01.parquet", "data/events/open/no_contact.parquet"} <= set(before)
    assert "data/features/facts.parquet" in before
    held = [name for name in holding_the_id_itself(shop) if name.startswith(f"data/lists/{DAYS[0]}/")]
    listed = {name.rsplit("/", 1)[1] for name in held}
    assert listed == {
        "risk_list.parquet", "risk_list.csv", "risk_list.xlsx", "risk_list_2024-02-19.xlsx", "report.html",
        "contact_personal_call.csv", "preset_klaviyo.csv", "preset_braze.csv", "preset_hubspot.csv",
    }  # fmt: skip
    assert any(name.startswith(".dvc/cache") for name in folders)
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    said = capsys.readouterr()
    # "=zoé o'neil 777" is somebody else: the searcher finds texts, so it must find exactly that one now.
    assert holding_the_id_itself(shop) == YOURS
    assert GONE not in said.out + said.err
    words = " ".join(said.out.split())
    assert "contacts.csv still holds 1 of their rows" in words
    assert "data/raw/people.csv still holds 1 of their rows" in words
    assert "data/raw/events.csv still holds 4 of their rows" in words
    assert f"data/lists/{DAYS[0]} 1 rows removed" in words
    assert "DVC's cache: recorded runs deleted 1" in words


def test_others_keep_their_rows_their_order_and_their_priority(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, GONE)
    for path in ("data/features/training.parquet", "data/scores/scores.parquet", "data/outcomes/outcomes.parquet"):
        assert ids(path) == OTHERS
    for name in (str(DAYS[0]), str(DAYS[1]), f"{DAYS[1]}.r2", "latest"):
        manifest = verify(LISTS / name)
        assert manifest["amended"] == {"reason": "forget", "rows_removed": 1}
        table = pq.ParquetFile(LISTS / name / "risk_list.parquet").read()
        assert table.column("customer_id").to_pylist() == OTHERS
        assert table.column("priority").to_pylist() == [2, 3, 4]
    assert Path("exports/others.csv").exists()
    assert not Path("exports/mail.csv").exists()
    assert not Path("data/replay", str(DAYS[0])).exists()
    assert (Path(".dvc/cache/runs/ab/fresh").exists(), Path(".dvc/cache/runs/ab/stale").exists()) == (True, False)


def test_an_amended_list_is_what_is_rendered_from_the_rows_that_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all its forms, to the byte: nothing is copied from what held the person; figures stay as published."""
    plant(tmp_path, monkeypatch, render)
    figures = (LISTS / str(DAYS[0]) / "briefing.json").read_bytes()
    run_forget(monkeypatch, GONE)
    table = a_list([GONE, *OTHERS], DAYS[0], "one")
    place = table.schema.get_field_index("activity")
    table = table.set_column(place, "activity", table.column("activity").cast(WEEKLY))
    Path("expected").mkdir()
    render(Path("expected"), table.slice(1), {**briefing(table), "as_of": str(DAYS[0])}, settings())
    expected = {path.name: path.read_bytes() for path in Path("expected").iterdir()}
    found = {path.name: path.read_bytes() for path in (LISTS / str(DAYS[0])).iterdir() if path.name != MANIFEST}
    assert found == expected
    assert found["briefing.json"] == figures
    assert "contact_personal_call.csv" not in found  # who alone stood in it is gone


def test_a_list_is_rendered_with_the_settings_it_was_made_with(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polish then, English now: its CSV keeps its semicolons. Settings that are none any more do not stop erasure."""
    languages = []

    def told(folder: Path, table: Any, figures: dict[str, Any], how: Settings) -> None:
        languages.append((folder.name, how.report.language))
        light(folder, table, figures, how)

    monkeypatch.setattr(amended, "render", told)
    for name, past in ((f"{DAYS[0]}", {"report": {"language": "pl"}}), (f"{DAYS[1]}", {"report": {"colour": "red"}})):
        manifest = json.loads((LISTS / name / MANIFEST).read_text())
        (LISTS / name / MANIFEST).write_text(json.dumps({**manifest, "made_from": {"settings": past}}))
    run_forget(monkeypatch, GONE)
    assert languages == [(f".{DAYS[0]}.part", "pl"), (f".{DAYS[1]}.part", "en"), (f".{DAYS[1]}.r2.part", "en")]


@pytest.mark.parametrize("figures", [True, False], ids=["figures of another version", "none at all"])
def test_a_list_that_cannot_be_rendered_keeps_rows_and_csv(
    shop: Path, monkeypatch: pytest.MonkeyPatch, figures: bool
) -> None:
    """Erasure must not fail on what an earlier version published; no page or workbook that held them stays."""
    folder = LISTS / str(DAYS[0])
    (folder / "briefing.json").write_text("{}") if figures else (folder / "briefing.json").unlink()
    (folder / "report.html").write_text(f"<!doctype html>{GONE}")

    def fails(aside: Path, *_: Any) -> None:
        (aside / "half").write_text(GONE)
        raise KeyError("stale")

    monkeypatch.setattr(amended, "render", fails if figures else light)
    run_forget(monkeypatch, GONE)
    names = {path.name for path in folder.iterdir()}
    assert names == {MANIFEST, "risk_list.csv", "risk_list.parquet", *(["briefing.json"] if figures else [])}
    assert ids(str(folder / "risk_list.parquet")) == OTHERS
    verify(folder)


def test_a_list_that_is_marked_stale_stays_so(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark_stale(settings(), "2024-03-04", [])
    before = verify(LISTS / "latest")
    run_forget(monkeypatch, GONE)
    after = verify(LISTS / "latest")
    assert after["stale"] == before["stale"]
    assert after["amended"] == {"reason": "forget", "rows_removed": 1}
    assert holding_the_id_itself(shop) == YOURS


def test_a_second_time_nothing_is_found_and_nothing_changes(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_forget(monkeypatch, GONE)
    before = outputs(shop)
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    assert outputs(shop) == before
    assert "Nothing was removed: only the source holds them." in " ".join(capsys.readouterr().out.split())
    run_forget(monkeypatch, "never a customer")
    assert "Nothing was removed: nothing held them." in " ".join(capsys.readouterr().out.split())


def test_two_at_once_add_up_in_the_manifest(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, GONE)
    run_forget(monkeypatch, OTHERS[0], OTHERS[1])
    assert verify(LISTS / "latest")["amended"]["rows_removed"] == 3
    run_forget(monkeypatch, OTHERS[2])
    assert pq.ParquetFile(LISTS / "latest/risk_list.parquet").metadata.num_rows == 0
    presets = [f"preset_{tool}.csv" for tool in ("braze", "hubspot", "klaviyo")]
    rest = ["risk_list.csv", "risk_list.parquet"]
    assert sorted(verify(LISTS / "latest")["files"]) == ["briefing.json", *presets, *rest]


def test_an_edited_list_loses_what_holds_the_person_and_stays_untrusted(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = a_list([GONE, "forged"], DAYS[0], "x")
    light(LISTS / str(DAYS[0]), table, briefing(table), settings())
    run_forget(monkeypatch, GONE)
    left = {path.name for path in (LISTS / str(DAYS[0])).iterdir()}
    assert left == {MANIFEST, "briefing.json", "contact_offer.csv"}  # those of others and of nobody
    with pytest.raises(ArtifactError, match=r"is missing, though|is not what"):
        verify(LISTS / str(DAYS[0]))


def test_your_own_data_stays_where_it_is(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that was added to DVC is cached too: its object is yours, and named by its .dvc file."""
    content = Path("data/features/current.parquet").read_bytes()
    (md5,) = hashes([Path("data/features/current.parquet")])
    Path("data/mine.parquet").write_bytes(content)
    Path("data/mine.parquet.dvc").write_text(f"outs:\n- md5: {md5}\n  path: mine.parquet\n")
    run_forget(monkeypatch, GONE)
    assert Path(".dvc/cache/files/md5", md5[:2], md5[2:]).read_bytes() == content
    assert Path("data/mine.parquet").read_bytes() == content


def test_a_pseudonym_finds_its_person_through_the_source(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, *pseudonyms(KEY.encode(), [GONE]), arguments=("--pseudonym",))
    assert holding_the_id_itself(shop) == YOURS


def test_what_cannot_be_done_is_said_before_anything_changes(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outputs(shop)
    with pytest.raises(ConfigError, match="an id comes on standard input") as caught:
        run_forget(monkeypatch, arguments=("zoe@example.org",))
    assert "zoe@example.org" not in str(caught.value)
    with pytest.raises(ConfigError, match="standard input holds no id"):
        run_forget(monkeypatch, " ", "")
    Path(".dvc/tmp/rwlock").write_text(json.dumps({"/data/x": {"write": {"pid": os.getpid(), "cmd": "dvc repro"}}}))
    with pytest.raises(ArtifactError, match=rf"a run of DVC is going on \(PID {os.getpid()}\)"):
        run_forget(monkeypatch, GONE)
    monkeypatch.delenv("EBB_PSEUDONYM_KEY")
    with pytest.raises(ConfigError, match="forgetting leaves a keyed tombstone, but EBB_PSEUDONYM_KEY is not set"):
        run_forget(monkeypatch, GONE)
    assert outputs(shop) == before


def test_a_stale_lock_of_a_dead_process_is_no_run(shop: Path) -> None:
    Path(".dvc/tmp/rwlock").write_text(json.dumps({"/data/x": {"read": [{"pid": 2**22 + 1, "cmd": "dvc"}]}}))
    cache.refuse_running()


def test_every_output_of_a_stage_is_looked_into_and_named_in_the_docs() -> None:
    """A new output must be cleared, too, and stand in docs/privacy.md."""
    docs = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    for stage in stages().values():
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]:
            path = Path(out if isinstance(out, str) else next(iter(out)))
            assert any(path.is_relative_to(store) for store in STORES), path
            assert "/".join(path.parts[:2]) in docs, path


PAGE = b'<!doctype html><td>12</td><script type="application/json" id="data">%s</script>'
KINDS = {
    "a figure in JSON": (b'{"customers": "12"}', False),
    "a model's figure": (b"tree\nleaf_count=12\n", False),
    "a plot's point": (b"contacted,found\n12,3\n", False),
    "a list": (b'"customer_id","band"\n"12","high"\n', True),
    "a longer id": (b'"customer_id","band"\n"123","high"\n', False),
    "another column": (b'"customer_id","days"\n"7","12"\n', False),
    "a list for a Polish spreadsheet": (b'\xef\xbb\xbf"priority";"customer_id"\r\n1;"12"\r\n', True),
    "Klaviyo's preset": (b'"External ID","ebb_action"\r\n"12","offer"\r\n', True),
    "HubSpot's preset": (b'"ebb_customer_id","ebb_action"\r\n"12","offer"\r\n', True),
    "an id with separators": (b'"customer_id","band"\n"1;2,3","high"\n', False),
    "a page of customers": (PAGE % b'{"id": ["7", "12"], "chance": [0.1, 0.2]}', True),
    "a page of others": (PAGE % b'{"id": ["7"], "chance_text": ["12"], "priority": [12]}', False),
    "a page without customers": (b"<!doctype html><td>12</td>", False),
    "a page that was cut off": (PAGE % b'{"id": ["7", "12"', False),
    "a dictionary": (b'"column","meaning"\n"customer_id","12"\n', False),
}


@pytest.mark.parametrize(("content", "expected"), KINDS.values(), ids=KINDS.keys())
def test_a_figure_is_nobody(tmp_path: Path, content: bytes, expected: bool) -> None:
    """An id that reads like a figure must not cost a model or a report."""
    (tmp_path / "object").write_bytes(content)
    assert holds(tmp_path / "object", Person(frozenset({"12"}))) is expected


def test_lists_expire_by_their_own_dates(shop: Path) -> None:
    """More than the days, counted from the newest list; the newest and its revisions stay, whatever the number."""
    old = hashes((LISTS / str(DAYS[0])).glob("risk_list.*"))
    root = Path(".dvc/cache/files/md5")
    assert all((root / name[:2] / name[2:]).exists() for name in old)
    assert expire_lists(None) == []
    assert expire_lists(7) == []
    assert expire_lists(6) == [LISTS / str(DAYS[0])]
    assert sorted(path.name for path in LISTS.iterdir()) == [str(DAYS[1]), f"{DAYS[1]}.r2", "latest"]
    assert not any((root / name[:2] / name[2:]).exists() for name in old)
    assert expire_lists(1) == []


def test_outcomes_of_lists_that_are_gone_go_from_the_cache_too(shop: Path) -> None:
    """Who left is no less personal than who was to leave; what another list's outcomes share is kept."""
    root = Path(".dvc/cache/files/md5")
    OUTCOMES.mkdir(parents=True, exist_ok=True)
    contents = {"2001-01-01": b"gone", "2001-01-08": b"the same", str(DAYS[1]): b"the same"}
    for name, content in contents.items():
        (OUTCOMES / f"{name}.parquet").write_bytes(content)
    named = {content: hashes([OUTCOMES / f"{name}.parquet"]).pop() for name, content in contents.items()}
    for content, name in named.items():
        (root / name[:2]).mkdir(parents=True, exist_ok=True)
        (root / name[:2] / name[2:]).write_bytes(content)
    write_outcomes([])
    assert [path.stem for path in OUTCOMES.glob("*.parquet")] == [str(DAYS[1])]
    assert [(root / name[:2] / name[2:]).exists() for name in (named[b"gone"], named[b"the same"])] == [False, True]
