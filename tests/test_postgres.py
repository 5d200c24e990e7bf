"""A PostgreSQL server as source, really started: types, order, bytes, rights, failures, and secrets nowhere."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import ENVIRONMENT, PASSWORD, URL, Server, server
from workspace import BOOKENDS, REPOSITORY, read_ingested, run_stage, write_params

from pipeline import pull
from pipeline.errors import ConfigError, EbbError, EventError

pytestmark = pytest.mark.postgres

PULLED = Path("data/pulled/events.parquet")
COLUMNS = "customer_id text, event_time timestamptz, event_type text, amount numeric(10, 2)"
SMALL = [
    ("anna", "2024-01-01 08:00:00+01", "purchase", "10.00"),
    ("Żaneta 🌸", "2024-01-02 08:00:00+01", "purchase", None),
    ("bob", "2024-01-03 08:00:00+01", "return", "-2.50"),
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Server]:
    """A server of this module's own."""
    with server() as started:
        yield started


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """User and password in the environment, where they belong."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def pulled(folder: Path, shop: Server, **more: Any) -> pa.Table:
    """Run the stage in this process and return what it wrote."""
    database = {"url": shop.url, **(more or {"table": "events"})}
    write_params(folder, {"events.source": "data/pulled", "database": database})
    with contextlib.chdir(folder):
        pull.main()
    return pq.read_table(folder / PULLED)


def test_types_come_as_ingest_knows_them_from_parquet(tmp_path: Path, shop: Server) -> None:
    shop.run(
        "DROP TYPE IF EXISTS mood CASCADE",
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "DROP TABLE IF EXISTS types",
        """CREATE TABLE types (small smallint, whole bigint, half real, double double precision, price numeric(10, 2),
        free numeric, wide numeric(50, 3), flag boolean, name varchar(9), padded char(5), day date, clock timestamp,
        rough timestamp(0), instant timestamptz, id uuid, doc jsonb, items int[], mood mood, address inet,
        span int4range, length interval)""",
        """INSERT INTO types VALUES (1, 9000000000, 0.5, 0.1, 12.5, 17, 3, true, 'ann', 'a', '2024-02-29',
        '2024-02-29 10:00:00.000001', '2024-02-29 10:00', '2024-02-29 10:00+02', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11',
        '{"b": 1, "a": null}', '{1,2}', 'ok', '10.0.0.1', '[1,3)', '1 day')""",
    )
    table = pulled(tmp_path, shop, table="types")
    assert table.to_pylist() == [
        {
            "small": 1,
            "whole": 9_000_000_000,
            "half": 0.5,
            "double": 0.1,
            "price": Decimal("12.50"),
            "free": "17",  # exact, and an id stays an id
            "wide": "3.000",
            "flag": True,
            "name": "ann",
            "padded": "a",
            "day": date(2024, 2, 29),
            "clock": datetime(2024, 2, 29, 10, 0, 0, 1),
            "rough": datetime(2024, 2, 29, 10),
            "instant": datetime(2024, 2, 29, 8, tzinfo=UTC),
            "id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "doc": '{"a": null, "b": 1}',
            "items": "{1,2}",
            "mood": "ok",
            "address": "10.0.0.1/32",
            "span": "[1,3)",
            "length": "1 day",
        }
    ]
    assert table.schema.field("price").type == pa.decimal128(10, 2)
    assert table.schema.field("rough").type == pa.timestamp("us")
    assert table.schema.field("instant").type == pa.timestamp("us", tz="UTC")


def test_what_no_file_can_hold_is_rejected_by_a_rule_and_not_lost(tmp_path: Path, shop: Server) -> None:
    """Infinite times and amounts that are no numbers are rows of the source like others."""
    rows = [(*row[:3], str(row[3])) for row in BOOKENDS]
    rows += [("anna", "infinity", "purchase", "1"), ("anna", "-infinity", "purchase", "1")]
    rows += [("anna", "2024-02-01", "purchase", "NaN"), ("anna", "0044-03-15 BC", "purchase", "2")]
    shop.fill("odd", "customer_id text, event_time timestamp, event_type text, amount numeric", rows)
    pulled(tmp_path, shop, table="odd")
    run_stage(tmp_path)
    found = read_ingested(tmp_path)
    assert sorted((row["amount"], row["event_time"].year, row["reason"]) for row in found.rejected) == [
        ("1", 1, "event_time is before 1990-01-01"),
        ("1", 9999, "event_time is 2100-01-01 or later, which stands for never"),
        ("2", 1, "event_time is before 1990-01-01"),
        ("NaN", 2024, "amount is no number below a million million"),
    ]
    assert found.counts("source_rows", "rejected") == (6, 4)


def test_a_number_that_a_decimal_cannot_hold_says_what_to_do(tmp_path: Path, shop: Server) -> None:
    shop.fill("nan", "customer_id text, amount numeric(10, 2)", [("anna", "NaN")])
    with pytest.raises(
        EventError, match=r"rows cannot be read; where a value is the reason, cast .* in database\.query"
    ):
        pulled(tmp_path, shop, table="nan")
    table = pulled(tmp_path, shop, query="SELECT customer_id, amount::text AS amount FROM nan")
    assert table.to_pylist() == [{"customer_id": "anna", "amount": "NaN"}]


@settings(derandomize=True, deadline=None, max_examples=5)
@given(order=st.permutations(range(6)))
def test_the_same_rows_give_the_same_bytes_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory, shop: Server, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    rows = [*SMALL, SMALL[0], (None, None, None, None), ("anna", "2024-01-01 07:00:00+00", "purchase", "9.99")]
    shop.fill("events", COLUMNS, rows)
    pulled(folder, shop)
    before = (folder / PULLED).read_bytes()
    shop.fill("events", COLUMNS, [rows[place] for place in order])
    pulled(folder, shop)
    assert (folder / PULLED).read_bytes() == before


def test_a_new_row_is_a_new_file_and_no_new_row_is_not(
    tmp_path: Path, shop: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.fill("events", COLUMNS, SMALL)
    assert pulled(tmp_path, shop).column("customer_id").to_pylist() == ["anna", "bob", "Żaneta 🌸"]
    before = (tmp_path / PULLED).read_bytes()
    pulled(tmp_path, shop)
    assert (tmp_path / PULLED).read_bytes() == before
    assert "nothing new" in capsys.readouterr().out
    shop.run("INSERT INTO events VALUES ('carl', now(), 'purchase', 1)")
    assert pulled(tmp_path, shop).num_rows == 4
    assert (tmp_path / PULLED).read_bytes() != before
    assert "changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "column"), [('"Odd.Schema"."My ""Events"', "Customer ID"), ("recent", "n"), ("kept", "n")]
)
def test_names_are_quoted_and_views_are_tables(tmp_path: Path, shop: Server, table: str, column: str) -> None:
    shop.run(
        'DROP SCHEMA IF EXISTS "Odd.Schema" CASCADE',
        'CREATE SCHEMA "Odd.Schema"',
        'CREATE TABLE "Odd.Schema"."My ""Events" ("Customer ID" text)',
        """INSERT INTO "Odd.Schema"."My ""Events" VALUES ('; DROP TABLE events')""",
        "CREATE OR REPLACE VIEW recent AS SELECT 1 AS n",
        "DROP MATERIALIZED VIEW IF EXISTS kept",
        "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS n",
    )
    assert pulled(tmp_path, shop, table=table).column_names == [column]


def test_a_query_is_the_databases_own_sql(tmp_path: Path, shop: Server) -> None:
    shop.fill("documents", "id int, doc jsonb", [(1, '{"who": "anna", "at": "2024-01-01"}'), (2, "{}")])
    query = "WITH d AS (SELECT doc FROM documents WHERE doc ? 'who')\nSELECT doc ->> 'who' AS who FROM d -- of these;"
    assert pulled(tmp_path, shop, query=query).to_pylist() == [{"who": "anna"}]


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"table": "publc.events"}, ConfigError, r"which has no schema publc; did you mean public\?"),
        ({"table": "public.Events"}, ConfigError, r"public\.Events does not exist .*did you mean public\.events\?"),
        ({"table": "zzz"}, ConfigError, r"zzz does not exist in the database, where it could be .*events"),
        ({"query": "SELECT customer_id, amount AS customer_id FROM events"}, ConfigError, "column customer_id twice"),
        ({"query": 'SELECT 1 AS a, 2 AS "A"'}, ConfigError, "gives the column a twice"),
        ({"query": "SELECT nothing FROM events"}, EventError, 'column "nothing" does not exist'),
        ({"query": "SELECT 1 / amount - 1 / amount AS x, 1 / 0 AS y FROM events"}, EventError, "division by zero"),
        ({"query": "SELECT * INTO thieves FROM events"}, ConfigError, "must be a SELECT, but has INTO"),
        ({"query": "WITH d AS (DELETE FROM events RETURNING 1) SELECT * FROM d"}, ConfigError, "but has DELETE"),
        ({"query": "SELECT nextval('tickets')"}, EventError, "cannot execute nextval.. in a read-only transaction"),
        ({"query": "SELECT empty_events()"}, EventError, "cannot execute DELETE in a read-only transaction"),
        ({"query": "SELECT * FROM events FOR UPDATE"}, EventError, "in a read-only transaction"),
    ],
)
def test_a_pull_that_fails_changes_nothing_here_or_there(
    tmp_path: Path, shop: Server, more: dict[str, str], error: type[EbbError], message: str
) -> None:
    shop.fill("events", COLUMNS, SMALL)
    shop.run(
        "CREATE SEQUENCE IF NOT EXISTS tickets",
        "CREATE OR REPLACE FUNCTION empty_events() RETURNS int LANGUAGE sql AS 'DELETE FROM events; SELECT 1'",
    )
    pulled(tmp_path, shop)
    before = (tmp_path / PULLED).read_bytes()
    with pytest.raises(error, match=message):
        pulled(tmp_path, shop, **more)
    assert pulled(tmp_path, shop).num_rows == 3
    assert (tmp_path / PULLED).read_bytes() == before


@pytest.mark.parametrize("sql", ["INSERT INTO events VALUES ('x')", "CREATE TABLE mine (a int)", "DROP TABLE events"])
def test_the_connection_itself_cannot_write(shop: Server, sql: str) -> None:
    """Whatever a query smuggles past its check."""
    from pipeline.sources.postgres import connect  # noqa: PLC0415
    from pipeline.sources.secrets import filled_address  # noqa: PLC0415

    shop.fill("events", COLUMNS, SMALL)
    connection = connect(filled_address(shop.url, ENVIRONMENT).filled)
    try:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.raw_sql(sql)
    finally:
        connection.disconnect()


def test_wrong_passwords_and_silent_servers_are_said_without_secrets(
    tmp_path: Path, shop: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.fill("events", COLUMNS, SMALL)
    pulled(tmp_path, shop)
    before = (tmp_path / PULLED).read_bytes()
    monkeypatch.setenv("SHOP_PASSWORD", "s3ntinel-wrong")
    with pytest.raises(EventError, match=r"cannot be reached: .*password authentication failed for user") as caught:
        pulled(tmp_path, shop)
    assert "${SHOP_USER}" in str(caught.value)
    assert "s3ntinel" not in str(caught.value)
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    shop.stop()
    try:
        with pytest.raises(EventError, match=r"cannot be reached: .*Connection refused.* the last list stay as they"):
            pulled(tmp_path, shop)
    finally:
        shop.start()
    write_params(tmp_path, {"database": {"url": f"{URL}127.0.0.1:{shop.port}/nope", "table": "events"}})
    with contextlib.chdir(tmp_path), pytest.raises(EventError, match='database "nope" does not exist'):
        pull.main()
    assert (tmp_path / PULLED).read_bytes() == before


MEASURED = "import resource; from pipeline import pull; pull.main(); print(resource.getrusage(resource.RUSAGE_SELF)[2])"


def test_a_million_rows_come_in_bounded_memory(tmp_path: Path, shop: Server) -> None:
    """Measured: 463 MB, 260 of them the interpreter with Ibis, and up to 605 MB on a busy machine.

    The rows as Python objects would be 600 beside the interpreter's 260.
    """
    shop.run(
        "DROP TABLE IF EXISTS big",
        """CREATE TABLE big AS SELECT 'customer ' || i * 7919 % 50000 AS customer_id,
        timestamptz '2024-01-01' + i * 37 % 10000000 * interval '1 second' AS event_time, 'purchase' AS event_type,
        (i * 31 % 100000 / 100.0)::numeric(10, 2) AS amount, md5(i::text) AS line
        FROM generate_series(1::bigint, 1000000) AS i""",
    )
    write_params(tmp_path, {"database": {"url": shop.url, "table": "big"}, "engine.memory_limit": "256MB"})
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert pq.read_metadata(tmp_path / PULLED).num_rows == 1_000_000
    assert int(done.stdout.split()[-1]) / 1024 < 750
    shop.run("DROP TABLE big")
