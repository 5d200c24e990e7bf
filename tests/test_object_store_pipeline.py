"""The whole pipeline with its events and its lists in a bucket: what DVC runs, what is fetched, what is mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cut import Checkout, make_checkout
from s3 import Bucket, bucket

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]
RAW = "data/raw/online_retail_ii.parquet"


@pytest.fixture(scope="module")
def store() -> Iterator[Bucket]:
    """A bucket of this module's own."""
    with bucket() as made:
        yield made


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, store: Bucket) -> Checkout:
    """A checkout whose events lie in the bucket only."""
    made = make_checkout(tmp_path_factory.mktemp("bucket"))
    made.cut_source(datetime(2011, 10, 10, 12))
    raw = made.root / RAW
    store.put("exports/2011/part 1.parquet", raw.read_bytes())
    raw.unlink()
    made.set_params(events={"source": store.url("exports/")}, lists={"copy_to": "s3://not-there-yet/lists"})
    return made


def repro(checkout: Checkout, store: Bucket, works: bool = True, *targets: str) -> tuple[list[str], str]:
    """Run `dvc repro`; the stages that ran, and all that was said."""
    done = checkout.run("dvc", "repro", *targets, check=False, **store.environment)
    assert (done.returncode == 0) == works, done.stdout + done.stderr
    return [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running")], done.stderr


def lists(checkout: Checkout) -> dict[str, bytes]:
    """The lists here, by path."""
    root = checkout.root / "data/lists"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_list_from_a_bucket_and_back(checkout: Checkout, store: Bucket) -> None:
    """One story in order, since each step lives on the one before."""
    stages, said = repro(checkout, store, works=False)
    assert stages[0] == "ingest"
    assert "lists.copy_to s3://not-there-yet/lists does not exist: check the bucket" in said
    assert "The lists here are whole, data/lists/latest is the newest" in said
    published = lists(checkout)
    assert "latest/risk_list.xlsx" in published
    the_next_run_copies(checkout, store, published)
    nothing_new_fetches_nothing(checkout, store)
    a_clone_goes_on_from_the_remote(checkout, store)
    a_new_object_is_noticed(checkout, store)
    no_key_is_left(checkout, store)


def the_next_run_copies(checkout: Checkout, store: Bucket, published: dict[str, bytes]) -> None:
    checkout.set_params(lists={"copy_to": store.url("lists")})
    assert repro(checkout, store)[0] == ["publish"]
    assert lists(checkout) == published
    there = store.objects()
    assert {f"lists/{name}": content for name, content in published.items()} == {
        name: content for name, content in there.items() if name.startswith("lists/")
    }


def nothing_new_fetches_nothing(checkout: Checkout, store: Bucket) -> None:
    store.heard("GET")
    assert repro(checkout, store)[0] == []
    store.put("exports/2011/part 1.parquet", store.objects()["exports/2011/part 1.parquet"])
    store.heard("GET")
    assert repro(checkout, store)[0] == []  # written again, but the same
    assert store.heard("GET") == []


def a_clone_goes_on_from_the_remote(checkout: Checkout, store: Bucket) -> None:
    """As docs/object-stores.md has it for a scheduled job: a fresh machine has nothing to do and nothing to fetch."""
    checkout.run("dvc", "remote", "add", "-d", "store", store.url("dvc"))
    checkout.commit()
    checkout.run("dvc", "push", **store.environment)
    clone = Checkout(checkout.root.with_name("clone"))
    checkout.run("git", "clone", "-q", str(checkout.root), str(clone.root))
    clone.run("dvc", "pull", **store.environment)
    assert lists(clone) == lists(checkout)
    store.heard("GET")
    assert repro(clone, store)[0] == []
    assert store.heard("GET") == []


def a_new_object_is_noticed(checkout: Checkout, store: Bucket) -> None:
    """The same rows once more, in an object beside the first: all are duplicates, so nothing after ingest runs."""
    first = store.objects()["exports/2011/part 1.parquet"]
    store.put("exports/2011/part=2.parquet", first)
    store.heard("GET")
    before = lists(checkout)
    assert repro(checkout, store, True, "featurize_current")[0] == ["ingest"]
    assert store.heard("GET") == ["exports/2011/part=2.parquet"]
    assert lists(checkout) == before


def no_key_is_left(checkout: Checkout, store: Bucket) -> None:
    keys = [store.environment["AWS_SECRET_ACCESS_KEY"].encode(), store.environment["AWS_ENDPOINT_URL"].encode()]
    for path in (path for path in Path(checkout.root).rglob("*") if path.is_file() and ".git/" not in str(path)):
        content = path.read_bytes()
        assert keys[1] not in content, path
    lock = (checkout.root / "dvc.lock").read_text(encoding="utf-8")
    assert f"path: {store.url('exports/')}" in lock
    assert keys[0].decode() not in lock
