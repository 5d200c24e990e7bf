"""Sources in an object store: what is fetched and when, and that a run is what it would be over files here."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from s3 import Bucket, bucket
from workspace import BOOKENDS, ingest, outputs, params, run_ingest, source_bytes, write_params

from pipeline import check, suggest
from pipeline.errors import ConfigError, EventError
from pipeline.remote import mirror as mirrors
from pipeline.remote.listing import Remote
from pipeline.settings import load_settings, parse_settings
from pipeline.sources.files import find_files, list_remote

CSV = source_bytes("a.csv", BOOKENDS)
MORE = source_bytes("b.csv", [("anna", "2024-01-10", "purchase", 5)])
MIRROR = Path("data/mirror/events")


def over(store: Bucket, folder: Path, name: str = "exports/", **changes: Any) -> Any:
    """Run ingest in a folder over a bucket."""
    write_params(folder, {"events.source": store.url(name), **changes})
    return run_ingest(folder)


def files(folder: Path) -> dict[str, bytes]:
    """The mirror as it lies."""
    root = folder / MIRROR
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_run_over_a_bucket_is_one_over_files(tmp_path: Path) -> None:
    """Every output byte for byte, but for what names the files."""
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "data/raw/exports").mkdir(parents=True)
    there.mkdir()
    for name, content in {"2024/a.csv": CSV, "b.csv": MORE}.items():
        path = here / "data/raw/exports" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    write_params(here, {"events.source": "data/raw/exports"})
    expected = run_ingest(here)
    with bucket({"exports/2024/a.csv": CSV, "exports/b.csv": MORE, "exports/": b"", "exports/note.txt": "x"}) as store:
        found = over(store, there)
    assert found.events == expected.events
    assert found.report == expected.report
    same = {name for name in outputs(here) if name.startswith("data/events")}
    assert same
    assert {name: outputs(there)[name] for name in same} == {name: outputs(here)[name] for name in same}
    assert files(there) == {"2024/a.csv": CSV, "b.csv": MORE}


def test_only_what_is_new_or_changed_is_fetched(tmp_path: Path) -> None:
    with bucket({"exports/a.csv": CSV, "exports/b.csv": MORE}) as store:
        over(store, tmp_path)
        assert store.heard("GET") == ["exports/a.csv", "exports/b.csv"]
        over(store, tmp_path)
        assert store.heard("GET") == []
        store.put("exports/b.csv", MORE.replace(b"anna", b"cleo"))  # as many bytes
        store.put("exports/c.csv", MORE.replace(b"anna", b"dora"))
        store.heard("PUT")
        assert over(store, tmp_path).ids() == ["cleo", "dora"]
        assert store.heard("GET") == ["exports/b.csv", "exports/c.csv"]


def test_what_is_deleted_there_is_deleted_here(tmp_path: Path) -> None:
    with bucket({"exports/a.csv": CSV, "exports/old/b.csv": MORE}) as store:
        assert over(store, tmp_path).ids() == ["anna"]
        store.delete("exports/old/b.csv")
        assert over(store, tmp_path).ids() == []
    assert list(files(tmp_path)) == ["a.csv"]
    assert not (tmp_path / MIRROR / "old").exists()


def test_a_pattern_chooses_before_anything_is_fetched(tmp_path: Path) -> None:
    with bucket(
        {"exports/orders_1.csv": CSV, "exports/stock.parquet": b"no", "exports/2024/orders_2.csv": MORE}
    ) as one:
        assert over(one, tmp_path, **{"events.pattern": "orders_*.csv"}).ids() == ["anna"]
        assert one.heard("GET") == ["exports/2024/orders_2.csv", "exports/orders_1.csv"]


def test_an_address_can_be_one_object(tmp_path: Path) -> None:
    with bucket({"exports/a.csv": CSV, "exports/a.csv.old": b"x", "exports/ab.csv": MORE}) as store:
        assert over(store, tmp_path, "exports/a.csv").ids() == []
    assert list(files(tmp_path)) == ["a.csv"]


def test_a_folder_is_not_what_begins_like_it(tmp_path: Path) -> None:
    with bucket({"exports/a.csv": CSV, "exports2/b.csv": MORE}) as store:
        assert over(store, tmp_path, "exports").ids() == []


def test_another_address_is_another_mirror(tmp_path: Path) -> None:
    """The same name, size and etag elsewhere is fetched all the same: nothing is taken on trust between addresses."""
    with bucket({"one/a.csv": CSV, "two/a.csv": CSV, "two/b.csv": MORE}) as store:
        over(store, tmp_path, "one/")
        store.heard("GET")
        assert over(store, tmp_path, "two/").ids() == ["anna"]
        assert store.heard("GET") == ["two/a.csv", "two/b.csv"]


def test_a_customers_table_comes_from_a_bucket_too(tmp_path: Path) -> None:
    people = "client,since,plan\nfirst,2023-01-01,gold\nlast,2023-01-01,basic\n"
    with bucket({"a.csv": CSV, "people.csv": people}) as store:
        changes = {
            "customers.source": store.url("people.csv"),
            "customers.columns": {"customer_id": "client", "known_since": "since"},
            "customers.categorical": {"plan": ["basic", "gold"]},
        }
        found = over(store, tmp_path, "a.csv", **changes)
    assert found.report["customers_table"]["customers_with_events"] == 2
    assert (tmp_path / "data/mirror/customers/people.csv").read_text() == people


def test_a_mirror_that_was_meddled_with_is_mended(tmp_path: Path) -> None:
    with bucket({"exports/a.csv": CSV, "exports/b.csv": MORE}) as store:
        over(store, tmp_path)
        (tmp_path / MIRROR / "a.csv").unlink()
        (tmp_path / MIRROR / "b.csv").write_bytes(b"short")
        (tmp_path / MIRROR / "c.csv").write_bytes(MORE)
        over(store, tmp_path)
        assert files(tmp_path) == {"a.csv": CSV, "b.csv": MORE}
        (tmp_path / "data/mirror/events.json").write_text("{", encoding="utf-8")
        over(store, tmp_path)
        assert files(tmp_path) == {"a.csv": CSV, "b.csv": MORE}


def test_a_failed_fetch_leaves_the_mirror_as_it_was_and_is_not_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two objects fails: the first waits, and is not fetched again."""
    with bucket({"exports/a.csv": CSV}) as store, contextlib.chdir(tmp_path):
        find_files(store.url("exports/"))
        before = files(tmp_path)
        store.put("exports/b.csv", MORE)
        store.put("exports/c.csv", MORE)
        fetch = mirrors._fetch_one

        def failing(place: Any, one: Remote, target: Path) -> None:
            if one.name == "c.csv":
                raise EventError("the line is cut")
            fetch(place, one, target)

        monkeypatch.setattr(mirrors, "_fetch_one", failing)
        with pytest.raises(EventError, match="the line is cut"):
            find_files(store.url("exports/"))
        assert files(tmp_path) == before
        monkeypatch.undo()
        with bucket_environment(store):
            store.heard("GET")
            find_files(store.url("exports/"))
            assert store.heard("GET") == ["exports/c.csv"]
    assert list(files(tmp_path)) == ["a.csv", "b.csv", "c.csv"]
    assert not (tmp_path / "data/mirror/.events.part").exists()


@contextlib.contextmanager
def bucket_environment(store: Bucket) -> Any:
    """The bucket's environment again, after `undo` took it away with everything else."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in store.environment.items():
            patch.setenv(name, value)
        yield


def test_a_kill_while_the_mirror_changes_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two moves: the manifest then names only what had not moved."""
    with bucket({"exports/a.csv": CSV, "exports/b.csv": CSV}) as store, contextlib.chdir(tmp_path):
        find_files(store.url("exports/"))
        store.put("exports/a.csv", MORE)
        store.put("exports/b.csv", MORE.replace(b"anna", b"cleo"))
        with pytest.MonkeyPatch.context() as patch:
            note, calls = mirrors._note, []

            def once(*arguments: Any) -> None:
                calls.append(1)
                if len(calls) > 1:
                    raise KeyboardInterrupt
                note(*arguments)

            patch.setattr(mirrors, "_note", once)
            with pytest.raises(KeyboardInterrupt):
                find_files(store.url("exports/"))
        store.put("exports/a.csv", CSV)  # and now it is as it was before the kill
        find_files(store.url("exports/"))
    assert files(tmp_path) == {"a.csv": CSV, "b.csv": MORE.replace(b"anna", b"cleo")}


def test_a_repeated_run_is_done_again_where_an_object_came_while_it_ran(tmp_path: Path) -> None:
    """DVC would take it for read: `check` removes the report, so that DVC runs ingest again."""
    report = tmp_path / "data/reports/ingest.json"
    with bucket({"exports/a.csv": CSV}) as store:
        over(store, tmp_path)
        with contextlib.chdir(tmp_path):
            check.main()
            assert report.exists()
            store.put("exports/b.csv", MORE)
            check.main()
            assert not report.exists()
        assert over(store, tmp_path).ids() == ["anna"]
        shutil.rmtree(tmp_path / "data/mirror")  # a clone has none, and nothing to do again
        with contextlib.chdir(tmp_path):
            check.main()
        assert report.exists()


def test_listing_reads_no_object(tmp_path: Path) -> None:
    with bucket({"exports/b.csv": MORE, "exports/a.csv": CSV, "exports/_temporary/0/c.csv": b"half"}) as store:
        found = list_remote(store.url("exports"))
        assert [(one.name, one.size, one.path) for one in found] == [
            ("a.csv", len(CSV), f"{store.name}/exports/a.csv"),
            ("b.csv", len(MORE), f"{store.name}/exports/b.csv"),
        ]
        assert store.heard("GET") == []


NAMES = st.lists(
    st.text(st.sampled_from("ab= é%+#~'&ю"), min_size=1, max_size=4).filter(lambda text: text.strip(" ") == text),
    min_size=1,
    max_size=2,
)


@settings(derandomize=True, deadline=None, max_examples=8)
@given(
    steps=st.lists(
        st.dictionaries(NAMES.map(lambda parts: "/".join(parts) + ".csv"), st.binary(max_size=6), min_size=1),
        min_size=2,
        max_size=3,
    )
)
def test_whatever_changes_there_the_mirror_is_what_lies_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, bytes]]
) -> None:
    """Objects that come, go and change, with odd names; a name that is a folder too is refused."""
    folder = tmp_path_factory.mktemp("steps")
    with bucket() as store, contextlib.chdir(folder):
        for objects in steps:
            for name in store.objects():
                store.delete(name)
            for name, content in objects.items():
                store.put(f"exports/{name}", content)
            if any(other.startswith(f"{name}/") for name in objects for other in objects):
                with pytest.raises(EventError, match="as if it were a folder"):
                    find_files(store.url("exports/"))
                continue
            found = find_files(store.url("exports/"))
            assert {path.relative_to(MIRROR).as_posix(): path.read_bytes() for path in found} == objects


@pytest.mark.parametrize("url", ["s3://shop/exports/", "s3://shop", "gs://shop/a b/é=1.csv", "azure://box/exports"])
def test_an_address_without_secrets_is_a_source(url: str) -> None:
    assert parse_settings(params({"events.source": url})).events.source == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://KEY:hush@shop/exports", r"events\.source: holds more than a bucket before its first /.*environment"),
        ("s3://hush@shop/exports", "holds more than a bucket"),
        ("s3://shop/exports?X-Amz-Signature=hush", "has a question mark, after which a credential could stand"),
        ("abfs://box/exports", "starts with abfs://, which DVC does not follow: write azure://container/name"),
        ("s3://shop/a/../b", "is no address of the form s3://bucket/name"),
        ("s3://shop//b", "is no address of the form s3://bucket/name"),
        ("s3:///exports", "is no address of the form s3://bucket/name"),
        ("s3://shop/*.csv", r"is a pattern.*write source: s3://shop, pattern: \"\*\.csv\""),
        ("ftp://shop/hush", "is an address, and DVC follows files, folders and s3://, gs://, azure:// only"),
    ],
)
def test_an_address_that_cannot_be_a_source_is_refused_without_its_secret(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse_settings(params({"events.source": url}))
    assert "hush" not in str(caught.value)


def test_addresses_elsewhere_in_params_are_checked_too() -> None:
    for changes, message in [
        ({"customers.source": "s3://KEY:hush@shop/people.csv"}, "customers.source: holds more than a bucket"),
        ({"lists.copy_to": "s3://KEY:hush@shop/lists"}, "lists.copy_to: holds more than a bucket"),
        ({"lists.copy_to": "/mnt/lists"}, "lists.copy_to: must start with one of s3://, gs://, azure://, abfs://"),
        ({"export.contacts": "s3://shop/people.csv"}, "export.contacts: is an address, and contact data are read from"),
    ]:
        with pytest.raises(ConfigError, match=message) as caught:
            parse_settings(params(changes))
        assert "hush" not in str(caught.value)


def test_suggest_looks_into_a_bucket_and_proposes_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"c{n % 40}", f"2024-{1 + n % 12:02}-{1 + n % 28:02}", "purchase", n % 90) for n in range(1_500)]
    monkeypatch.chdir(tmp_path)
    with bucket({"exports/shop=1/a.csv": source_bytes("a.csv", rows, ("client", "day", "what", "paid"))}) as store:
        monkeypatch.setattr("sys.argv", ["suggest", store.url("exports/shop=1/"), "customer_id=client"])
        suggest.main()
        proposed = load_settings(Path("params.suggested.yaml")).events
        assert (proposed.source, proposed.columns["customer_id"]) == (store.url("exports/shop=1/"), "client")
    with pytest.raises(ConfigError, match="the source holds more than a bucket") as caught:
        suggest.read_arguments(["s3://KEY:hush@shop/a"])
    assert "hush" not in str(caught.value)


def test_a_missing_extra_is_named_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dvc_s3", None)
    for changes in ({"events.source": "s3://shop/exports"}, {"lists.copy_to": "s3://shop/lists"}):
        ingest(tmp_path, BOOKENDS)
        write_params(tmp_path, changes)
        with (
            contextlib.chdir(tmp_path),
            pytest.raises(ConfigError, match=r"s3://shop/\w+ needs the extra s3.*pip install s3fs dvc-s3"),
        ):
            check.main()
