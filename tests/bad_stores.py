"""Bad inputs: object stores that lack something, refuse, lose an object or send half of it. A helper."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bad_cases import Case, Seen, accepts, error, ingested, only, stops
from bad_files import GOOD, PARQUET
from s3 import Bucket, bucket, nobody_may
from workspace import params, write_params

from pipeline.errors import EbbError
from pipeline.remote.copies import copy_lists
from pipeline.remote.store import Store, open_store
from pipeline.settings import parse_settings

Around = Callable[[Bucket], contextlib.AbstractContextManager[Any]]
ELSEWHERE = "shop"  # what messages call the bucket: each test has another one


def stored(
    objects: Mapping[str, str | bytes],
    source: str = "exports/",
    rows: int = 3,
    changes: Mapping[str, Any] | None = None,
    around: Around = lambda _: contextlib.nullcontext(),
    **environment: str,
) -> Callable[[Path], Seen]:
    """Ingest a bucket of these objects, over the outputs of a good run over files."""

    def run(folder: Path) -> Seen:
        with bucket(objects, **environment) as store:

            def prepare(root: Path) -> int:
                write_params(root, {"events.source": store.url(source), **(changes or {})})
                return rows

            with around(store):
                seen = ingested(prepare, only("anna"))(folder)
            return Seen({kind: said.replace(store.name, ELSEWHERE) for kind, said in seen.words.items()})

    return run


def no_bucket(folder: Path) -> Seen:
    """An address whose bucket nobody made."""
    with bucket():
        write = {"events.source": "s3://nobody-made-this/exports/"}
        return ingested(lambda root: write_params(root, write) or 0)(folder)


@contextlib.contextmanager
def without_credentials(_: Bucket) -> Any:
    """An environment without any key."""
    with patch.dict(os.environ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del os.environ[name]
        yield


@contextlib.contextmanager
def during_the_fetch(do: Callable[[Bucket, str], None], store: Bucket) -> Any:
    """Do something to the store just before, and to the file just after, an object is read."""
    fetch = Store.get

    def get(self: Store, path: str, target: Path) -> None:
        do(store, "before")
        fetch(self, path, target)
        if do is cut_short:
            target.write_bytes(target.read_bytes()[:-5])

    with patch.object(Store, "get", get):
        yield


def vanish(store: Bucket, _: str) -> None:
    """Somebody deletes the object."""
    store.delete("exports/a.csv")


def change(store: Bucket, _: str) -> None:
    """Somebody writes the object again, with as many bytes."""
    store.put("exports/a.csv", GOOD.replace("anna", "cleo"))


def cut_short(store: Bucket, _: str) -> None:
    """The connection ends early: see `during_the_fetch`."""


def while_fetching(do: Callable[[Bucket, str], None]) -> Around:
    """`during_the_fetch` of this deed."""
    return lambda store: during_the_fetch(do, store)


def refused(changes: Mapping[str, Any]) -> Callable[[Path], Seen]:
    """Settings that are refused as they are read."""

    def run(_: Path) -> Seen:
        try:
            parse_settings(params(changes))
        except EbbError as stopped:
            return error(stopped)
        return Seen()

    return run


def no_extra(_: Path) -> Seen:
    """A store whose libraries are not installed."""
    try:
        with patch.dict("sys.modules", {"gcsfs": None}):
            open_store("gs://shop/exports", "events.source")
    except EbbError as stopped:
        return error(stopped)
    return Seen()


def copies_nowhere(folder: Path) -> Seen:
    """Lists that are to be copied into a bucket that is not there."""
    from test_list_copies import MONDAY, a_list  # noqa: PLC0415  a test's own helper

    with bucket(), contextlib.chdir(folder):
        a_list(MONDAY, rows="a")
        try:
            copy_lists("s3://nobody-made-this/lists", None)
        except EbbError as stopped:
            return error(stopped)
    return Seen()


ONE = {"exports/a.csv": GOOD}
CASES: tuple[Case, ...] = (
    stops("180", "a bucket that is not there", no_bucket, r"s3://nobody-made-this/exports/? does not exist: check the"),
    stops("180a", "a prefix with nothing below it", stored(ONE, "export/"), r"s3://shop/export holds no object whose"),
    stops(
        "180b", "a prefix of other kinds of objects", stored({"exports/a.txt": "x"}), "holds no object whose name ends"
    ),
    stops(
        "181",
        "a bucket that may not be read (403)",
        stored(ONE, around=lambda _: nobody_may()),
        "may not be read with these credentials",
    ),
    stops(
        "181a",
        "no credentials in the environment",
        stored(ONE, around=without_credentials),
        "cannot be read without credentials, and none were found: credentials come from the environment",
    ),
    stops(
        "181b",
        "a store that does not answer",
        stored(ONE, AWS_ENDPOINT_URL="http://127.0.0.1:9"),
        "cannot be read .*see that the store answers, and run again",
    ),
    stops(
        "182",
        "an object that vanishes between listing and reading",
        stored(ONE, around=while_fetching(vanish)),
        r"a\.csv is gone since it was listed: run again",
    ),
    stops(
        "182a",
        "an object that is written again while it is read",
        stored(ONE, around=while_fetching(change)),
        r"a\.csv has changed since it was listed: run again",
    ),
    stops(
        "182b",
        "an object of which a part arrives",
        stored(ONE, around=while_fetching(cut_short)),
        r"a\.csv came with [\d,]+ of its [\d,]+ bytes: run again",
    ),
    stops(
        "183", "two kinds of objects", stored({**ONE, "exports/b.parquet": PARQUET}), r"mixes \.csv and \.parquet files"
    ),
    stops(
        "183a",
        "an object whose name is a folder of others",
        stored({"exports/a.csv": GOOD, "exports/a.csv/b.csv": GOOD}),
        "has other objects below it, as if it were a folder",
    ),
    stops(
        "183b", "an object whose name leaves its folder", stored({"exports/../a.csv": GOOD}), "dots alone in its path"
    ),
    stops("183c", "an object without a name in its path", stored({"exports//a.csv": GOOD}), "an empty part"),
    stops(
        "183d",
        "an object with a name that no disk takes",
        stored({f"exports/{'a' * 300}.csv": GOOD}),
        "a part of more than 255 bytes",
    ),
    stops(
        "183e",
        "a pattern that fits no object",
        stored(ONE, changes={"events.pattern": "b*.csv"}),
        r"events\.pattern 'b\*\.csv' fits no object in s3://shop/exports, which holds a\.csv",
    ),
    accepts(
        "184",
        "an object name with spaces, signs and letters of another alphabet",
        stored({"exports/é 1/ю=a+b%20&'c.csv": GOOD}),
    ),
    accepts(
        "184a",
        "markers of folders, and what Spark has not finished",
        stored({**ONE, "exports/": "", "exports/b/": "", "exports/_temporary/0/c.csv": "x"}),
    ),
    stops(
        "185",
        "a key in the address",
        refused({"events.source": "s3://KEY:hush@shop/exports"}),
        "holds more than a bucket before its first /",
    ),
    stops(
        "185a",
        "a signed address",
        refused({"events.source": "s3://shop/a.csv?X-Amz-Signature=hush"}),
        "has a question mark",
    ),
    stops(
        "185b", "abfs:// as a source", refused({"events.source": "abfs://box/exports"}), "write azure://container/name"
    ),
    stops(
        "186",
        "a store whose libraries are not installed",
        no_extra,
        r"needs the extra gs, which is not installed: .*pip install gcsfs dvc-gs",
    ),
    stops(
        "187", "lists that are to be copied to a bucket that is not there", copies_nowhere, "The lists here are whole"
    ),
)
