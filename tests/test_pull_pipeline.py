"""The whole pipeline with its events in PostgreSQL: the same list as from files, and no secret left anywhere."""

from __future__ import annotations

import csv
import gzip
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cut import Checkout, make_checkout
from postgres import ENVIRONMENT, SENTINELS, Server, server

pytestmark = pytest.mark.postgres

PARQUET = "data/raw/online_retail_ii.parquet"
COLUMNS = (
    '"Invoice" text, "StockCode" text, "Quantity" integer, "InvoiceDate" timestamp, '
    '"Price" numeric(12, 4), "Customer ID" text, "Country" text'
)
# The demo's query, with its numbers and times spelt out, since CSV knows text only.
QUERY = """
SELECT "Customer ID" AS customer_id, CAST(InvoiceDate AS TIMESTAMP) AS event_time,
       CASE WHEN Invoice LIKE 'C%' THEN 'return' ELSE 'purchase' END AS event_type,
       CAST(CAST(Quantity AS INTEGER) * CAST(Price AS DECIMAL(12, 4)) AS DECIMAL(18, 6)) AS amount, Invoice
FROM raw
WHERE regexp_matches(StockCode, '^[0-9]{5}') AND CAST(Price AS DECIMAL(12, 4)) > 0
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    """A server of this module's own."""
    with server() as started:
        yield started


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with a cut of the demo's data."""
    made = make_checkout(tmp_path_factory.mktemp("database"))
    made.cut_source(datetime(2011, 10, 10, 12))
    return made


class Story:
    """Runs in the checkout, with everything that they said."""

    def __init__(self, checkout: Checkout, shop: Server) -> None:
        self.checkout, self.shop, self.said = checkout, shop, ""

    def repro(self, works: bool = True, **environment: str) -> list[str]:
        """Run `dvc repro` with the secrets in the environment; the stages that ran."""
        done = self.checkout.run("dvc", "repro", "-v", check=False, **(ENVIRONMENT | environment))
        self.said += done.stdout + done.stderr
        assert (done.returncode == 0) == works, done.stdout + done.stderr
        return [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running stage")]

    def read(self, *folders: str) -> dict[str, bytes]:
        """The files below folders with their bytes."""
        found = [path for folder in folders for path in sorted((self.checkout.root / folder).rglob("*"))]
        return {str(path): path.read_bytes() for path in found if path.is_file()}


def test_a_list_from_a_database(checkout: Checkout, shop: Server) -> None:
    """One story in order, since each step lives on the one before."""
    rows = pq.read_table(checkout.root / PARQUET)
    shop.fill("lines", COLUMNS, [tuple(row.values()) for row in rows.to_pylist()])
    checkout.set_params(
        database={"url": shop.url, "table": "public.lines"}, events={"source": "data/pulled", "query": QUERY}
    )
    story = Story(checkout, shop)
    stages = story.repro()
    assert [name.split(":")[-1] for name in stages[:2]] == ["pull", "ingest"]
    assert stages[-1] == "publish"
    no_new_rows_change_nothing(story)
    files_give_the_same_list(story, rows)
    a_new_row_is_a_new_list(story)
    a_failed_pull_changes_nothing(story)
    no_secret_is_left(story)


def no_new_rows_change_nothing(story: Story) -> None:
    before = story.read("data")
    assert [name.split(":")[-1] for name in story.repro()] == ["pull"]
    assert story.read("data") == before


def files_give_the_same_list(story: Story, rows: pa.Table) -> None:
    """Parquet, and forty CSV files: ingest runs, and what it writes is what was there, so nothing after it runs."""
    before = story.read("data/events", "data/lists")
    folder = story.checkout.root / "data/raw/forty"
    write_csv(rows, folder)
    for source in (PARQUET, "data/raw/forty", "data/pulled/events.parquet"):
        story.checkout.set_params(events={"source": source})
        assert "ingest" in (stages := [name.split(":")[-1] for name in story.repro()])
        assert set(stages) <= {"ingest", "pull"}
        assert story.read("data/events", "data/lists") == before


def write_csv(rows: pa.Table, folder: Path) -> None:
    """Forty files of as many rows each, numbers and times as they are."""
    folder.mkdir()
    size = -(-rows.num_rows // 40)
    for number in range(40):
        with (folder / f"part_{number:02}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(rows.column_names)
            part = rows.slice(number * size, size)
            writer.writerows(zip(*(column.to_pylist() for column in part.columns), strict=True))


def a_new_row_is_a_new_list(story: Story) -> None:
    line = ("999999", "22423", 1, "2011-10-09 12:30:00", "12.75", "99999", "France")
    with story.shop.connect() as connection:
        connection.execute(f"INSERT INTO lines VALUES ({', '.join(['%s'] * len(line))})".encode(), line)
    stages = story.repro()
    assert {"ingest", "featurize_current", "score", "publish"} <= set(stages)
    assert "train" not in stages
    assert b'"99999"' in (story.checkout.root / "data/lists/latest/risk_list.csv").read_bytes()


def a_failed_pull_changes_nothing(story: Story) -> None:
    before = story.read("data")
    assert len(story.repro(works=False, SHOP_PASSWORD=f"{SENTINELS[1]}?")) <= 1
    story.shop.stop()
    story.repro(works=False)
    assert "password authentication failed for user" in story.said
    assert "Connection refused" in story.said
    assert story.said.count("data/pulled and the last list stay as they are") == 2
    assert story.read("data") == before


def no_secret_is_left(story: Story) -> None:
    """Neither in a file, however it is packed, nor in anything that was said; params.yaml's own words are."""
    lock = (story.checkout.root / "pipeline/database/dvc.lock").read_text(encoding="utf-8")
    assert "${SHOP_USER}:${SHOP_PASSWORD}@127.0.0.1" in lock
    assert (story.checkout.root / "mlflow.db").is_file()
    assert not any(word in story.said for word in SENTINELS)
    searched = 0
    for path in story.checkout.root.rglob("*"):
        if path.is_file():
            searched += 1
            for content in unpacked(path):
                assert not any(word.encode() in content for word in SENTINELS), path
    assert searched > 100


def test_the_search_for_secrets_would_find_one(tmp_path: Path) -> None:
    """In plain text, gz, zip (xlsx), zlib (git), Parquet and SQLite."""
    word = SENTINELS[1]
    (tmp_path / "plain").write_text(word)
    (tmp_path / "gz").write_bytes(gzip.compress(word.encode()))
    (tmp_path / "zlib").write_bytes(zlib.compress(word.encode()))
    with zipfile.ZipFile(tmp_path / "zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", word)
    pq.write_table(pa.table({"a": ["x", word]}), tmp_path / "parquet", compression="zstd")
    with closing(sqlite3.connect(tmp_path / "sqlite")) as connection, connection:
        connection.execute("CREATE TABLE a (b TEXT)")
        connection.execute("INSERT INTO a VALUES (?)", [f"{'x' * 4090}{word}"])  # across the edge of a page
    for path in tmp_path.iterdir():
        assert any(word.encode() in content for content in unpacked(path)), path


def unpacked(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what they hold where they are packed."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content.startswith(b"\x78"):
        try:
            yield zlib.decompress(content)
        except zlib.error:
            return  # a text that starts with x
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif content.startswith(b"PAR1"):
        yield str(pq.ParquetFile(path).metadata.metadata).encode()
        for batch in pq.ParquetFile(path).iter_batches():
            texts = [column for column in batch.columns if pa.types.is_string(column.type)]
            yield "\n".join(text for column in texts for text in column.to_pylist() if text).encode()
    elif content.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as connection:
            yield "\n".join(connection.iterdump()).encode()
