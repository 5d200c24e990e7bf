"""A database as source, without a server: addresses, secrets, and the stage over an SQLite file."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace import REPOSITORY, params, write_params

from pipeline import check, pull
from pipeline.errors import ConfigError, EventError
from pipeline.settings import load_settings, parse_settings
from pipeline.sources.secrets import filled_address

PULLED = Path("data/pulled/events.parquet")
TABLE = "CREATE TABLE events (customer_id TEXT, event_time TIMESTAMP, event_type TEXT, amount DECIMAL(10, 2))"
ROWS = [
    ("bob", "2024-01-02 08:00:00", "purchase", "2.50"),
    ("anna", "2024-01-01 08:00:00", "purchase", "10.00"),
    ("anna", "2024-01-01 08:00:00", "purchase", None),
]


def address(url: str, **more: str) -> dict[str, Any]:
    """The section `database` as params.yaml has it."""
    return {"url": url, **(more or {"table": "events"})}


def parse(database: Mapping[str, Any]) -> None:
    parse_settings({**params(), "database": dict(database)})


def shop(folder: Path, rows: list[tuple[Any, ...]], create: str = TABLE) -> Path:
    """An SQLite file with a table of events, rows in this order."""
    path = folder / "shop.db"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(create)
        connection.executemany(f"INSERT INTO events VALUES ({', '.join('?' * len(rows[0]))})", rows)
    return path


def pulled(folder: Path, **more: str) -> list[dict[str, Any]]:
    """Run the stage over shop.db in this process and return what it wrote."""
    database = address(f"sqlite://{folder}/shop.db", **more)
    write_params(folder, {"events.source": "data/pulled", "database": database})
    with contextlib.chdir(folder):
        pull.main()
    rows: list[dict[str, Any]] = pq.read_table(folder / PULLED).to_pylist()
    return rows


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://${SHOP_USER}:${SHOP_PASSWORD}@db.example.org:5432/shop",
        "postgres://reader:${SHOP_PASSWORD}@db.example.org/shop?sslmode=require&sslkey=/etc/shop.key",
        "postgresql://db1:5432,db2:5433/shop",
        "postgresql://[::1]:5432/shop",
        "postgresql://${SHOP_USER}@/shop?host=/var/run/postgresql",
        "postgresql://${HOST}:${PORT}/shop?password=${SHOP_PASSWORD}",
        "bigquery://project/dataset",
        "snowflake://me:${WORD}@account/db/schema?warehouse=small",
        "sqlite:///srv/shop.db",
    ],
)
def test_an_address_without_secrets_is_accepted(url: str) -> None:
    parse(address(url))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://shop:hush@db/shop", r"database\.url: holds a password: write \$\{NAME\} there and set NAME"),
        ("postgresql://shop:${A}hush@db/shop", "holds a password"),
        ("postgresql://shop:$hush@db/shop", "holds a password"),
        ("postgresql://shop:hu/sh@db/shop", "is no address of the form postgresql://user:password@host"),
        ("postgresql://shop:12/hush@db/shop", "is no address of the form"),
        ("postgresql://shop:hu?sh@db/shop", "is no address of the form"),
        ("postgresql://shop:12?hush@db/shop", "has an option without a value"),
        ("postgresql://shop:hu#sh@db/shop", "is no address of the form"),
        ("postgresql://shop:hu@sh@db/shop", "is no address of the form"),
        ("postgresql://db/shop?user=me&password=hush", "holds a secret in its option password"),
        ("postgresql://db/shop?sslpassword=hush", "holds a secret in its option sslpassword"),
        ("bigquery://project/set?access_token=hush", "holds a secret in its option access_token"),
        ("snowflake://me@account/db?private_key=hush", "holds a secret in its option private_key"),
        ("snowflake://me@account/db?key=hush", "holds a secret in its option key"),
        ("mssql://db/shop?odbc_connect=UID%3Dme%3BPWD%3Dhush", "holds a secret in its option odbc_connect"),
        ("oracle://shop:hush@db/shop", "must start with one of postgres://, postgresql://"),
        ("${SHOP_URL}", "must start with one of"),
        ("host=db password=hush", "must start with one of"),
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse(address(url))
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '{database: {url: "postgresql://shop:hush@db/shop", table: a, url: "postgresql://shop:hush@db/shop"}}',
        'database: {url: "postgresql://shop:hush@db/shop", table: a]',
        "database: postgresql://shop:hush@db/shop",
        'events: {source: "postgresql://shop:hush@db/shop", roles: {activity: [a]}}',
    ],
)
def test_no_fault_of_the_file_repeats_a_password(tmp_path: Path, text: str) -> None:
    """Messages end up in the logs of schedulers."""
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / "params.yaml")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ({"url": "sqlite://a.db"}, "give exactly one of table .* and query"),
        ({"url": "sqlite://a.db", "table": "a", "query": "SELECT 1"}, "give exactly one of table .* and query"),
        ({"table": "events"}, "table and query need url"),
        ({"url": "sqlite://a.db", "tabel": "a"}, "unknown key database.tabel; did you mean table"),
    ],
)
def test_a_database_is_an_address_and_a_table_or_a_query(database: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(database)


def test_what_the_environment_lacks_is_named() -> None:
    with pytest.raises(ConfigError, match=r"needs SHOP_USER and SHOP_PASSWORD from the environment, where they are"):
        filled_address("postgresql://${SHOP_USER}:${SHOP_PASSWORD}@${HOST}/shop", {"HOST": "db", "SHOP_USER": ""})


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    password=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=5),
    user=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=5),
)
def test_a_password_arrives_whole_and_leaves_every_message(password: str, user: str) -> None:
    values = {"U": user, "P": password}
    found = filled_address("postgresql://${U}:${P}@db/shop", values)
    parts = urlsplit(found.filled)
    assert (unquote(parts.username or ""), unquote(parts.password or ""), parts.hostname) == (user, password, "db")
    message = found.cleaned(f"cannot reach {found.filled}, said {password!r}: FATAL {password}")
    assert all(secret not in message for secret in (password, parts.password, repr(password)[1:-1]))
    assert password not in repr(found)


def test_rows_come_sorted_with_their_types(tmp_path: Path) -> None:
    shop(tmp_path, ROWS)
    assert pulled(tmp_path) == [
        {"customer_id": name, "event_time": datetime.fromisoformat(time), "event_type": kind, "amount": amount}
        for name, time, kind, amount in [
            ("anna", "2024-01-01 08:00:00", "purchase", Decimal("10.00")),
            ("anna", "2024-01-01 08:00:00", "purchase", None),
            ("bob", "2024-01-02 08:00:00", "purchase", Decimal("2.50")),
        ]
    ]


@settings(derandomize=True, deadline=None, max_examples=4)
@given(order=st.permutations(range(4)))
def test_the_same_rows_give_the_same_bytes_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    """Zeros of both signs, which sort alike, twins and nulls among them."""
    folder = tmp_path_factory.mktemp("order")
    rows = [("anna", -0.0), ("anna", 0.0), ("anna", float("inf")), (None, None)]
    contents = []
    for one in (rows, [rows[place] for place in order]):
        shop(folder, one, "CREATE TABLE events (customer_id TEXT, amount REAL)")
        pulled(folder)
        contents.append((folder / PULLED).read_bytes())
    assert contents[0] == contents[1]


def test_a_query_picks_rows_and_exact_numbers_come_as_text(tmp_path: Path) -> None:
    shop(
        tmp_path, [("anna", 17, 5), ("bob", 18, 1)], "CREATE TABLE events (customer_id TEXT, n NUMERIC, amount INTEGER)"
    )
    assert pulled(tmp_path, query="SELECT customer_id, n, amount FROM events WHERE amount > 1;") == [
        {"customer_id": "anna", "n": "17", "amount": 5}
    ]


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"table": "evnts"}, ConfigError, r"evnts does not exist in the database; did you mean events\?"),
        ({"table": "a.b.c.events"}, ConfigError, "is no name such as events or public.events"),
        ({"query": "DELETE FROM events"}, ConfigError, "must be a SELECT, but has DELETE: Ebb only reads"),
        ({"query": "SELECT 1; SELECT 2"}, ConfigError, "must be one SELECT, got 2 statements"),
        ({"query": "DROP TABLE events"}, ConfigError, "must be a SELECT, but has DROP"),
        ({"query": "SELEC ( x"}, ConfigError, "no SQL that sqlite could read"),
        ({"query": "SELECT nothing FROM events"}, EventError, "database.query cannot be read: .*nothing"),
        ({"query": "SELECT * FROM events WHERE amount > 1e6"}, EventError, "has no rows in database.query"),
    ],
)
def test_a_pull_that_fails_leaves_the_last_rows(
    tmp_path: Path, more: dict[str, str], error: type[Exception], message: str
) -> None:
    shop(tmp_path, ROWS)
    pulled(tmp_path)
    before = (tmp_path / PULLED).read_bytes()
    with pytest.raises(error, match=message):
        pulled(tmp_path, **more)
    assert (tmp_path / PULLED).read_bytes() == before
    assert [path.name for path in (tmp_path / "data/pulled").iterdir()] == ["events.parquet"]


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r"sqlite://.*shop\.db cannot be reached: .*data/pulled and the last list"):
        pulled(tmp_path)


def test_a_missing_driver_names_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "MySQLdb", None)  # as where it is not installed
    write_params(tmp_path, {"database": address("mysql://db.example.invalid/shop")})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r'driver is not installed .*install "ibis-framework\[mysql\]=='):
        pull.main()


def test_a_source_in_a_database_needs_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path, {"events.source": "data/pulled"})
    for stage in (pull.main, check.main):
        with pytest.raises(ConfigError, match=r"database\.url is null, but events\.source names data/pulled"):
            stage()


def test_make_repro_asks_for_secrets_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOP_WORD", raising=False)
    database = address("postgresql://reader:${SHOP_WORD}@db.example.invalid/shop")
    write_params(tmp_path, {"events.source": "data/pulled/events.parquet", "database": database})
    with pytest.raises(ConfigError, match="needs SHOP_WORD from the environment"):
        check.main()
    monkeypatch.setenv("SHOP_WORD", "hush")
    check.main()  # data/pulled need not be there yet


def test_who_reads_files_does_not_pay_for_ibis() -> None:
    code = "import sys, pipeline.ingest, pipeline.pull, pipeline.check; print({'ibis', 'psycopg'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
