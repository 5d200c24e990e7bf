"""Lists that change under the server: never a mixed folder, never a damaged list, and the erased are forgotten."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from samples import AS_OF
from web import Answer, app, ask, publish_sample

from pipeline.folders import MANIFEST, verify
from pipeline.published import LATEST, refresh_latest
from pipeline.serving.shelf import Shelf, read_published
from pipeline.tables import LISTS

NEXT = AS_OF + timedelta(days=7)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty `data/` of its own."""
    monkeypatch.chdir(tmp_path)


def one_list(answer: Answer) -> str:
    """The date of an answer whose head and rows tell of one list; fails where they do not."""
    assert answer.status == 200, answer.body
    told = answer.json
    assert {row["as_of"] for row in told["rows"]} == {told["as_of"]}
    assert len(told["rows"]) == told["customers"] == told["matched"]
    return str(told["as_of"])


def damage(path: Path) -> None:
    """One byte otherwise."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_new_list_is_served_as_soon_as_it_is_published() -> None:
    """Without a restart."""
    served = app()
    assert ask(served, "/lists/latest").status == 503
    publish_sample(5)
    assert one_list(ask(served, "/lists/latest")) == "2024-06-03"
    publish_sample(6, NEXT)
    assert one_list(ask(served, "/lists/latest")) == "2024-06-10"
    assert b"2024-06-10" in ask(served, "/").body


FAULTS: dict[str, tuple[Callable[[], object], str]] = {
    "no list": (lambda: shutil.rmtree(LISTS), r"manifest.json cannot be read (No such file or directory)"),
    "no latest": (lambda: shutil.rmtree(LATEST), r"manifest.json cannot be read (No such file or directory)"),
    "rows": (lambda: damage(LATEST / "risk_list.parquet"), "risk_list.parquet is not what"),
    "another file": (lambda: damage(LATEST / "summary.html"), "summary.html is not what"),
    "a file is missing": ((LATEST / "report.html").unlink, "report.html is missing"),
    "half a manifest": (lambda: (LATEST / MANIFEST).write_text("{"), "not readable JSON"),
    "an empty manifest": (lambda: (LATEST / MANIFEST).write_text("{}"), "lists no files"),
}


@pytest.mark.parametrize(("spoil", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_a_damaged_list_is_not_handed_out(spoil: Callable[[], object], sentence: str) -> None:
    """503 that says what is wrong, for rows and pages; health says that there is none. Dated ones are damaged alike."""
    publish_sample(5)
    shutil.rmtree(LISTS / "2024-06-03")
    spoil()
    served = app()
    for target in ("/lists/latest", "/", "/lists/latest?format=csv&band=high"):
        answer = ask(served, target)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "there is no whole list to hand out" in answer.error
        assert sentence in answer.error
    assert ask(served, "/health", headers={}).json == {"status": "no list"}


def test_damage_of_a_dated_list_is_seen_and_the_newest_is_served() -> None:
    """Each is judged by its own manifest."""
    publish_sample(5)
    publish_sample(6, NEXT)
    damage(LISTS / "2024-06-03" / "risk_list.parquet")
    served = app()
    assert ask(served, "/lists/2024-06-03").status == 503
    assert one_list(ask(served, "/lists/latest")) == "2024-06-10"


def test_mended_lists_are_served_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found damaged is not read again until a file changes: nobody can keep the server busy with it."""
    publish_sample(5)
    shutil.copytree(LISTS / "2024-06-03", "copy")
    damage(LISTS / "2024-06-03" / "risk_list.parquet")
    reads: list[Path] = []

    def counted(folder: Path) -> Any:
        reads.append(folder)
        return read_published(folder)

    monkeypatch.setattr("pipeline.serving.shelf.read_published", counted)
    served = app()
    shutil.rmtree(LATEST)
    assert [ask(served, "/lists/2024-06-03").status for _ in range(5)] == [503] * 5
    assert len(reads) == 1
    shutil.copy("copy/risk_list.parquet", LISTS / "2024-06-03")
    assert ask(served, "/lists/2024-06-03").status == 200


def test_a_mixed_latest_is_answered_from_the_dated_list() -> None:
    """Publish replaces the files of `latest/` one by one, its manifest last: in between the list before is served."""
    publish_sample(5)
    publish_sample(6, NEXT)
    (LATEST / MANIFEST).write_bytes((LISTS / "2024-06-03" / MANIFEST).read_bytes())  # the new files, the old manifest
    served = app()
    assert one_list(ask(served, "/lists/latest")) == "2024-06-03"
    assert b"Report 2024-06-03" in ask(served, "/").body
    shutil.rmtree(LISTS / "2024-06-03")
    assert ask(app(), "/lists/latest").status == 503
    refresh_latest()
    assert one_list(ask(served, "/lists/latest")) == "2024-06-10"


def test_a_file_replaced_after_it_was_verified_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed out is judged again as it was read: a byte changes in between, and the dated list answers."""
    table = publish_sample(30)

    def verify_then_damage(folder: Path) -> dict[str, Any]:
        manifest = verify(folder)
        if folder == LATEST:
            damage(folder / "summary.html")
        return manifest

    monkeypatch.setattr("pipeline.serving.shelf.verify", verify_then_damage)
    answer = ask(app(), "/summary.html")
    assert answer.body == (LISTS / "2024-06-03" / "summary.html").read_bytes()
    assert len(ask(app(), "/lists/latest").rows) == table.num_rows


def test_a_list_replaced_before_it_was_verified_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ETag is of the list that is handed out, not of the one whose manifest was read first."""
    publish_sample(5)
    replaced: list[Path] = []

    def publish_then_verify(folder: Path) -> dict[str, Any]:
        if not replaced:
            replaced.append(folder)
            publish_sample(6, NEXT)
        return verify(folder)

    monkeypatch.setattr("pipeline.serving.shelf.verify", publish_then_verify)
    answer = ask(app(), "/lists/latest")
    assert one_list(answer) == "2024-06-10"
    assert answer.headers["etag"] == ask(app(), "/lists/latest").headers["etag"]


def test_a_list_marked_stale_while_it_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then `latest/` has another manifest than every dated list: only a second look finds it whole."""
    publish_sample(5)
    marked: list[Path] = []

    def mark_then_verify(folder: Path) -> dict[str, Any]:
        if not marked:
            marked.append(folder)
            manifest = (LATEST / MANIFEST).read_text()
            (LATEST / MANIFEST).write_text(manifest.replace('"customers"', '"stale": 1, "customers"'))
        return verify(folder)

    monkeypatch.setattr("pipeline.serving.shelf.verify", mark_then_verify)
    assert one_list(ask(app(), "/lists/latest")) == "2024-06-03"


def test_the_list_in_memory_is_served_while_files_are_replaced() -> None:
    """It is what the manifest that still stands there says."""
    publish_sample(5)
    served = app()
    assert one_list(ask(served, "/lists/latest")) == "2024-06-03"
    shutil.rmtree(LISTS / "2024-06-03")
    damage(LATEST / "risk_list.parquet")
    assert one_list(ask(served, "/lists/latest")) == "2024-06-03"
    assert ask(app(), "/lists/latest").status == 503  # another server has nothing to go by


def test_replaced_lists_leave_the_memory() -> None:
    """After an erasure the manifest is another one: the rows with the erased person are not kept, whoever asks next."""
    publish_sample(5)
    shelf = Shelf()
    served = app(shelf=shelf)
    ask(served, "/lists/2024-06-03")
    table = weakref.ref(shelf.published(LISTS / "2024-06-03").table)
    assert table() is not None
    manifest = LISTS / "2024-06-03" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"customers": 5', '"amended": 1, "customers": 5'))
    shutil.rmtree(LATEST)
    ask(served, "/health", headers={})
    gc.collect()
    assert table() is None


def test_two_lists_at_most_are_in_memory() -> None:
    """The newest, and the older one that was asked for last; the newest by its date is the same as `latest`."""
    days = [AS_OF + timedelta(days=7 * week) for week in range(4)]
    for day in days:
        publish_sample(5, day)
    shelf = Shelf()
    served = app(shelf=shelf)
    for name in ("latest", *days, "latest", *days):
        assert ask(served, f"/lists/{name}").status == 200
        assert len(shelf._kept) <= 2
    assert LATEST in shelf._kept
    assert shelf.published(LISTS / str(days[-1])) is shelf.published(LATEST)


def test_readers_never_see_two_lists_in_one() -> None:
    """While lists are published one after the other, a server with memory and one without ask for the newest.

    Every answer is one whole list, and the dates never go back.
    """
    publish_sample(40)
    done, faults = threading.Event(), []
    seen: dict[str, list[str]] = {"with memory": [], "without": []}

    def read(name: str) -> None:
        served = app()
        try:
            while not done.is_set() or len(seen[name]) < 3:
                served = served if name == "with memory" else app()
                seen[name].append(one_list(ask(served, "/lists/latest")))
        except BaseException as error:  # noqa: BLE001  (a thread's failure must reach the test)
            faults.append(repr(error))

    readers = [threading.Thread(target=read, args=(name,)) for name in seen]
    for reader in readers:
        reader.start()
    for week in range(1, 13):
        publish_sample(40 + week, AS_OF + timedelta(days=7 * week), seed=week)
    done.set()
    for reader in readers:
        reader.join(60)
    assert faults == []
    for dates in seen.values():
        assert dates == sorted(dates)
        assert len(set(dates)) > 1
    assert one_list(ask(app(), "/lists/latest")) == str(AS_OF + timedelta(days=84))
