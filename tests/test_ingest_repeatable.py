"""What events.query may not ask: clocks, chance, other tables, an order of rows; nor may it be a statement."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace import BOOKENDS, COLUMNS, Ingested, ingest, outputs

from pipeline.errors import ConfigError

BOT = [("bot", "2024-01-10", "purchase", 1), ("bot", "2024-01-11", "purchase", 1)]


def asked(folder: Path, query: str) -> Ingested:
    """Ingest two purchases by this query."""
    return ingest(folder, BOOKENDS, {"events.query": query})


UNREPEATABLE = {
    "today": "SELECT * FROM raw WHERE CAST(event_time AS DATE) < today()",
    "now": "SELECT *, CAST(now() AS VARCHAR) AS reject_reason FROM raw",
    "current_date": "SELECT * FROM raw WHERE CAST(event_time AS DATE) < current_date",
    "current_timestamp": "SELECT *, CAST(current_timestamp AS VARCHAR) AS x FROM raw",
    "get_current_timestamp": "SELECT *, CAST(get_current_timestamp() AS VARCHAR) AS x FROM raw",
    "current_localtimestamp": "SELECT *, CAST(current_localtimestamp() AS VARCHAR) AS x FROM raw",
    "localtime": "SELECT *, localtime AS x FROM raw",
    "age": "SELECT * FROM raw WHERE age(CAST(event_time AS TIMESTAMP)) < INTERVAL 1 YEAR",
    "random": "SELECT * FROM raw WHERE RANDOM() < 0.5",
    "setseed": "SELECT *, setseed(0.5) AS x FROM raw",
    "uuid": "SELECT *, uuid() AS x FROM raw",
    "current_setting": "SELECT *, current_setting('threads') AS x FROM raw",
    "current_user": "SELECT *, current_user AS x FROM raw",
    "version": "SELECT *, version() AS x FROM raw",
    "pg_sleep": "SELECT *, pg_sleep(1) AS x FROM raw",
    "txid_current": "SELECT *, txid_current() AS x FROM raw",
    "nextval": "SELECT *, nextval('x') AS x FROM raw",
}


@pytest.mark.parametrize(("name", "query"), UNREPEATABLE.items(), ids=UNREPEATABLE)
def test_a_query_whose_answer_changes_from_run_to_run_is_refused(tmp_path: Path, name: str, query: str) -> None:
    """Clocks, chance, the session and the machine."""
    with pytest.raises(ConfigError, match=rf"events\.query calls {name}, whose answer changes"):
        asked(tmp_path, query)
    assert outputs(tmp_path) == {}


IN_DATA = ["read_csv('data/raw/events.csv')", "read_text('data/raw/*')", "glob('**')", "'data/raw/events.csv'"]
IN_DATA += ["duckdb_settings()", "range(3)", "part_0", "information_schema.tables", "query('SELECT 1')"]


@pytest.mark.parametrize("table", IN_DATA)
def test_a_query_reads_no_other_table_even_below_data(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigError, match=r"events\.query must be .* reads another table or a file"):
        asked(tmp_path, f"SELECT * FROM raw WHERE EXISTS (SELECT 1 FROM {table})")


@pytest.mark.parametrize(
    "expression",
    [
        "row_number() OVER (ORDER BY event_time)",
        "(SELECT customer_id FROM raw LIMIT 1)",
        "(SELECT first(customer_id) FROM raw)",
        "(SELECT string_agg(customer_id) FROM raw)",
    ],
)
def test_a_query_asks_for_no_order_of_rows(tmp_path: Path, expression: str) -> None:
    with pytest.raises(ConfigError, match=r"events\.query must be .* asks for an order of rows"):
        asked(tmp_path, f"SELECT * FROM raw WHERE CAST({expression} AS VARCHAR) <> ''")


STATEMENTS = ["COPY (SELECT 1) TO 'data/x.csv'", "ATTACH ':memory:' AS x", "INSTALL httpfs", "LOAD httpfs"]
STATEMENTS += ["SET threads = 1", "RESET threads", "PRAGMA database_list", "CALL pragma_version()", "VACUUM"]
STATEMENTS += ["CREATE TABLE x AS SELECT 1", "INSERT INTO raw SELECT * FROM raw", "DELETE FROM raw"]
STATEMENTS += ["EXPORT DATABASE 'data'", "EXPLAIN SELECT * FROM raw"]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_query_changes_nothing(tmp_path: Path, statement: str) -> None:
    with pytest.raises(ConfigError, match=r"events\.query is not one SELECT"):
        asked(tmp_path, statement)


def test_a_query_may_ask_what_else_the_source_holds(tmp_path: Path) -> None:
    """Of the table itself, and about its own column that is called like a clock."""
    columns = (*COLUMNS, "current_date")
    rows = [(*row, "2024-01-01") for row in [*BOOKENDS, *BOT] * 2]
    query = (
        "SELECT *, age(TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01') AS x FROM raw WHERE current_date = '2024-01-01' "
        "AND customer_id NOT IN (SELECT customer_id FROM raw GROUP BY ALL HAVING count(*) > 2)"
    )
    changes = {"events.query": query, "events.duplicates": "keep"}
    assert ingest(tmp_path, rows, changes, columns=columns).counts("left_out_by_query", "kept_events") == (4, 4)
