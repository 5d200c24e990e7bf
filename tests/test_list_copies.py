"""lists.copy_to: what lies in the store after a publication, after one that failed, and while it goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import GONE, plant, run_forget
from s3 import Bucket, bucket
from workspace import params

from pipeline import forget, publish
from pipeline.errors import ConfigError, PublishError
from pipeline.folders import MANIFEST
from pipeline.published import publish_folder, refresh_latest, remove_dated
from pipeline.remote import copies
from pipeline.remote.copies import copy_lists
from pipeline.replays.remake import _settings
from pipeline.settings import parse_settings
from pipeline.tables import LISTS

WRITES = 7  # of the second list below: three objects of the dated folder, two files, one less and a manifest in latest
MONDAY, NEXT, LATER = date(2024, 6, 3), date(2024, 6, 10), date(2024, 8, 5)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket, and the test in an empty folder."""
    monkeypatch.chdir(tmp_path)
    with bucket() as made:
        yield made


def a_list(day: date, **files: str) -> None:
    """Publish a list of these files."""
    names = {f"{name}.csv": text for name, text in files.items()}

    def write(aside: Path) -> None:
        for name, text in names.items():
            (aside / name).write_text(text, encoding="utf-8")

    publish_folder(day, write, {"as_of": str(day)})
    refresh_latest()


def here() -> dict[str, bytes]:
    """Every file of the lists here, by its path below them."""
    found = [path for path in LISTS.rglob("*") if path.is_file()]
    return {path.relative_to(LISTS).as_posix(): path.read_bytes() for path in found}


def there(store: Bucket) -> dict[str, bytes]:
    """The same in the store."""
    return {name.removeprefix("lists/"): content for name, content in store.objects().items()}


def whole(objects: dict[str, bytes], folder: str) -> bool:
    """Whether a reader who checks takes a folder for a list."""
    if f"{folder}/{MANIFEST}" not in objects:
        return False
    files = json.loads(objects[f"{folder}/{MANIFEST}"])["files"]
    return all(hashlib.sha256(objects.get(f"{folder}/{one}", b"")).hexdigest() == sha for one, sha in files.items())


def test_every_list_is_there_and_is_written_once(store: Bucket) -> None:
    a_list(MONDAY, rows="a", mail="b")
    assert copy_lists(store.url("lists/"), None).written == ["2024-06-03", "latest"]
    assert there(store) == here()
    assert copy_lists(store.url("lists"), None).written == []
    a_list(NEXT, rows="c", mail="b")
    store.heard("PUT")
    assert copy_lists(store.url("lists"), None).written == ["2024-06-10", "latest"]
    dated, latest = "lists/2024-06-10/", "lists/latest/"
    assert store.heard("PUT") == [
        *(dated + name for name in ("mail.csv", MANIFEST, "rows.csv")),
        *(latest + name for name in (MANIFEST, "rows.csv")),  # mail.csv is there already
    ]
    assert there(store) == here()


def test_what_a_newer_list_does_not_have_goes_before_its_manifest_comes(store: Bucket) -> None:
    """A stale list has no contact files: nobody may find last week's beside it."""
    a_list(MONDAY, rows="a", contacts="anna")
    copy_lists(store.url("lists"), None)
    a_list(NEXT, rows="c")
    copy_lists(store.url("lists"), None)
    assert "latest/contacts.csv" not in there(store)
    assert there(store) == here()


def test_what_others_keep_beside_the_lists_stays(store: Bucket) -> None:
    a_list(MONDAY, rows="a")
    store.put("lists/README", "ours")
    store.put("lists/2023-01-02/rows.csv", "of another clone")
    assert copy_lists(store.url("lists"), None).left == ["2023-01-02"]
    assert {name for name in there(store) if name not in here()} == {"README", "2023-01-02/rows.csv"}


def test_what_expires_here_expires_there(store: Bucket) -> None:
    a_list(MONDAY, rows="a")
    copy_lists(store.url("lists"), 28)
    a_list(LATER, rows="b")
    remove_dated(LISTS / str(MONDAY))
    assert copy_lists(store.url("lists"), None).left == ["2024-06-03"]
    assert copy_lists(store.url("lists"), 28).removed == ["2024-06-03"]
    assert there(store) == here()


def test_a_damaged_list_is_not_copied_and_does_not_spoil_its_copy(store: Bucket) -> None:
    a_list(MONDAY, rows="a")
    a_list(NEXT, rows="b")
    copy_lists(store.url("lists"), None)
    before = there(store)
    (LISTS / str(MONDAY) / "rows.csv").write_text("x", encoding="utf-8")
    assert copy_lists(store.url("lists"), None).left == ["2024-06-03"]
    assert there(store) == before


@settings(derandomize=True, deadline=None, max_examples=12)
@given(stop=st.integers(0, 9))
def test_at_no_moment_is_a_part_taken_for_a_list(tmp_path_factory: pytest.TempPathFactory, stop: int) -> None:
    """The copying is cut at every request: what says it is whole is one list; and the next copying mends all."""
    with bucket() as store, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("shop"))
        a_list(MONDAY, rows="a", mail="b", contacts="c")
        copy_lists(store.url("lists"), None)
        old = there(store)
        a_list(NEXT, rows="d", mail="e")
        with pytest.MonkeyPatch.context() as cut:
            cut.setattr(copies, "open_store", lambda url, setting: _Cut(url, setting, stop))
            if stop < WRITES:
                with pytest.raises(
                    PublishError, match=r"broke.*The lists here are whole, data/lists/latest is the new"
                ):
                    copy_lists(store.url("lists"), None)
            else:
                assert copy_lists(store.url("lists"), None).written == ["2024-06-10", "latest"]
        now = there(store)
        if whole(now, "latest"):
            seen = {name: now[name] for name in now if name.startswith("latest/")}
            olds = {name: old[name] for name in old if name.startswith("latest/")}
            news = {name: content for name, content in here().items() if name.startswith("latest/")}
            assert seen in (olds, news)
        assert not whole(now, str(NEXT)) or all(now[name] == here()[name] for name in here() if str(NEXT) in name)
        assert whole(now, str(MONDAY))
        copy_lists(store.url("lists"), None)
        assert there(store) == here()


def _Cut(url: str, setting: str, stop: int) -> Any:  # noqa: N802  it stands for a class
    """The store, whose connection breaks after so many writes."""
    store = OPEN(url, setting)
    writes = 0

    class Client:
        def __getattr__(self, name: str) -> Any:
            found = getattr(store.fs, name)

            def counted(*arguments: Any, **options: Any) -> Any:
                nonlocal writes
                writes += 1
                if writes > stop:
                    raise ConnectionResetError("the connection broke")
                return found(*arguments, **options)

            return counted if name in ("put_file", "pipe_file", "rm_file") else found

    return copies.Store(store.url, setting, Client())


OPEN = copies.open_store


def test_a_file_that_did_not_arrive_whole_is_an_error(store: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    a_list(MONDAY, rows="a")
    sizes = copies._sizes
    monkeypatch.setattr(
        copies,
        "_sizes",
        lambda *given: {name: size - name.endswith("rows.csv") for name, size in sizes(*given).items()},
    )
    with pytest.raises(PublishError, match=r"2024-06-03/rows\.csv did not arrive whole.*The lists here are whole"):
        copy_lists(store.url("lists"), None)


def test_a_replay_is_copied_nowhere() -> None:
    present = parse_settings(params({"lists.copy_to": "s3://shop/lists"}))
    assert _settings({name: {} for name in _sections()}, present)["lists"]["copy_to"] is None


def _sections() -> list[str]:
    from pipeline.made_from import SECTIONS  # noqa: PLC0415

    return list(SECTIONS)


def test_publish_says_what_it_lacks_before_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    content = params({"lists.copy_to": "s3://shop/lists"})
    (tmp_path / "params.yaml").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"lists\.copy_to s3://shop/lists needs the extra s3"):
        publish.main()


def forgetful(store: Bucket, monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    """Hand-made stores with a person in them, and copies of their lists in the bucket."""
    (path / "shop").mkdir()
    shop = plant(path / "shop", monkeypatch)
    settings_ = json.loads((shop / "params.yaml").read_text(encoding="utf-8"))
    settings_.setdefault("lists", {})["copy_to"] = store.url("lists")
    (shop / "params.yaml").write_text(json.dumps(settings_), encoding="utf-8")
    copy_lists(store.url("lists"), None)
    return shop


def test_who_is_forgotten_leaves_the_copies_too(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forgetful(store, monkeypatch, tmp_path)
    before = there(store)
    store.put("lists/2020-01-06/rows.csv", "of another clone")
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    store.delete("lists/2020-01-06/rows.csv")
    assert there(store) == here() != before  # and tests/test_forget.py says that nobody finds the person here
    words = " ".join(capsys.readouterr().out.split())
    assert "Out of reach: 2020-01-06 in s3://" in words
    assert "earlier versions and replicas" in words


def test_copies_out_of_reach_are_named(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forgetful(store, monkeypatch, tmp_path)

    def broken(*_: object) -> None:
        raise PublishError("the store does not answer.")

    monkeypatch.setattr(forget, "copy_lists", broken)
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    words = " ".join(capsys.readouterr().out.split())
    assert "Out of reach: the copies of the lists, which still hold them. the store does not answer." in words


def test_the_mirror_of_a_source_goes_with_who_is_forgotten(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = forgetful(store, monkeypatch, tmp_path)
    held = shop / "data/mirror/events/a.jsonl"
    held.parent.mkdir(parents=True)
    held.write_text(json.dumps({"customer_id": GONE}), encoding="utf-8")
    run_forget(monkeypatch, GONE)
    assert not (shop / "data/mirror").exists()
