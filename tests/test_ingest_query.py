"""From the donor's columns to ours: the map, the constants, the query, and the queries that are refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from workspace import BOOKENDS, Ingested, command, ingest, outputs, source_bytes, write_file, write_params

from pipeline.errors import ConfigError

SHOP = ("Customer ID", 'the "when" there', "Quantity", "unit price", "Invoice")
ORDERS = [
    ("anna", "2024-01-10 10:00", "2", "1.50", "100"),
    ("anna", "2024-01-10 10:01", "1", "4.00", "100"),
    ("bert", "2024-01-11 10:00", "-1", "2.00", "C101"),
    ("test", "2024-01-12 10:00", "1", "1.00", "102"),
    ("", "2024-01-13 10:00", "1", "1.00", "103"),
    ("cleo", "2024-01-14 10:00", "1", "0.00", "104"),
    ("first", "2024-01-01 10:00", "1", "1.00", "1"),
    ("last", "2024-03-01 10:00", "1", "1.00", "2"),
]
QUERY = """
    SELECT "Customer ID" AS customer_id, "the ""when"" there" AS event_time,
           CASE WHEN Invoice LIKE 'C%' THEN 'return' ELSE 'purchase' END AS event_type,
           CAST(Quantity AS INTEGER) * CAST("unit price" AS DECIMAL(9, 2)) AS amount,
           Invoice,
           CASE WHEN "Customer ID" = 'test' THEN 'an account for tests' END AS reject_reason
    FROM raw
    WHERE "unit price" <> '0.00'  -- gifts
"""
STAR = "SELECT * FROM raw"


def asked(folder: Path, query: str) -> Ingested:
    """Ingest two purchases by this query."""
    return ingest(folder, BOOKENDS, {"events.query": query})


def test_a_query_renames_computes_filters_and_rejects(tmp_path: Path) -> None:
    """With names that need quotes, a comment, and lines that become orders."""
    result = ingest(tmp_path, ORDERS, {"events.query": QUERY, "events.collapse": "Invoice"}, columns=SHOP)
    assert [tuple(event) for event in result.of("anna", "bert", "cleo", "test")] == [
        ("anna", "2024-01-10 10:00:00", "2024-01-10", "purchase", Decimal(7)),
        ("bert", "2024-01-11 10:00:00", "2024-01-11", "return", Decimal(-2)),
    ]
    assert result.reasons() == {4: "an account for tests", 5: "customer_id is missing"}
    assert result.rejected[0]['the "when" there'] == "2024-01-12 10:00"
    assert result.counts("source_rows", "left_out_by_query", "rows_in", "rejected", "collapsed_away") == (8, 1, 7, 2, 1)


def test_a_map_of_columns_and_constants(tmp_path: Path) -> None:
    """Without any SQL: their names on the right, and what the source does not say as a constant."""
    columns = {"customer_id": "Customer ID", "event_time": 'the "when" there', "amount": "unit price"}
    changes = {"events.columns": columns, "events.constants": {"event_type": "purchase"}}
    result = ingest(tmp_path, ORDERS, changes, columns=SHOP)
    assert [(event.event_type, event.amount) for event in result.of("bert")] == [("purchase", 2)]


@pytest.mark.parametrize(("amount", "expected"), [(1, "1"), (2.5, "2.5"), ("3", "3"), (-0.01, "-0.01")])
def test_a_constant_amount(tmp_path: Path, amount: object, expected: str) -> None:
    rows = [row[:3] for row in BOOKENDS]
    columns = ("customer_id", "event_time", "event_type")
    result = ingest(tmp_path, rows, {"events.constants": {"amount": amount}}, columns=columns)
    assert {event.amount for event in result.events} == {Decimal(expected)}


def test_a_constant_with_a_quote_is_text_and_no_sql(tmp_path: Path) -> None:
    kind = "o'clock', now(), '"
    changes = {"events.constants": {"event_type": kind}, "events.roles.activity": [kind], "events.money": []}
    assert ingest(tmp_path, BOOKENDS, changes).report["events_by_type"] == {kind: 2}


def test_a_source_without_amounts(tmp_path: Path) -> None:
    """Only the amount may be missing, and then it is unknown, not nought."""
    rows = [row[:3] for row in BOOKENDS]
    result = ingest(tmp_path, rows, columns=("customer_id", "event_time", "event_type"))
    assert [event.amount for event in result.events] == [None, None]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"events.columns": {"customer_id": "customer"}},
            r"columns\.customer_id names .* customer, .*mean customer_id\?",
        ),
        ({"events.columns": {"amount": "amnt"}}, r"columns\.amount names the column amnt, .* did you mean amount\?"),
        (
            {"events.columns": {"event_time": "x; DROP"}},
            r"they have customer_id, event_time, event_type, amount; map it",
        ),
        ({"events.columns": {"customer_id": "CUSTOMER_ID"}}, r"did you mean customer_id\?"),
        ({"events.collapse": "event_tipe"}, r"events\.collapse names .* event_tipe, .* did you mean event_type\?"),
        ({"events.query": "SELECT customer_id AS cust_id, event_time, event_type FROM raw"}, r"did you mean cust_id\?"),
        (
            {"events.query": "SELECT custmer_id FROM raw"},
            r'"custmer_id" not found.*has the columns customer_id, event_time',
        ),
    ],
)
def test_a_missing_column_names_the_nearest(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ingest(tmp_path, BOOKENDS, changes)


def test_a_header_in_capitals_is_named(tmp_path: Path) -> None:
    """Nothing is guessed, but the reader is told which column is meant."""
    columns = ("CUSTOMER_ID", "event_time", "event_type", "amount")
    with pytest.raises(ConfigError, match=r"did you mean CUSTOMER_ID\?"):
        ingest(tmp_path, BOOKENDS, columns=columns)


REFUSED = {
    "group by": "SELECT customer_id, event_time, event_type FROM raw GROUP BY ALL",
    "having": "SELECT customer_id, event_time, event_type FROM raw HAVING true",
    "distinct": "SELECT DISTINCT * FROM raw",
    "aggregate": "SELECT customer_id, event_type, max(event_time) AS event_time FROM raw",
    "aggregate in an expression": "SELECT customer_id, event_time, event_type, 1 + count(*) AS amount FROM raw",
    "aggregate over a window": "SELECT *, sum(1) OVER () AS n FROM raw",
    "qualify": "SELECT * FROM raw QUALIFY row_number() OVER (PARTITION BY customer_id) = 1",
    "join": "SELECT raw.* FROM raw JOIN raw AS other USING (customer_id)",
    "comma join": "SELECT raw.* FROM raw, raw AS other",
    "limit": "SELECT * FROM raw LIMIT 1",
    "order": "SELECT * FROM raw ORDER BY customer_id",
    "with": "WITH raw AS (SELECT 1 AS customer_id) SELECT * FROM raw",
    "union": "SELECT * FROM raw UNION ALL SELECT * FROM raw",
    "except": "SELECT * FROM raw EXCEPT SELECT * FROM raw",
    "table in a table": "SELECT * FROM (SELECT * FROM raw)",
    "another table": "SELECT * FROM numbered",
    "no table": "SELECT 'anna' AS customer_id, '2024-01-01' AS event_time, 'purchase' AS event_type",
    "values": "VALUES ('anna', '2024-01-01', 'purchase')",
    "sample of the query": "SELECT * FROM raw USING SAMPLE 50%",
    "sample of the table": "SELECT * FROM raw TABLESAMPLE 50%",
    "one row becomes two": "SELECT *, unnest(['a', 'b']) AS twin FROM raw",
}
MULTIPLIED = [
    "SELECT *, unlist(['a', 'b']) AS twin FROM raw",
    "SELECT *, regexp_split_to_table(event_time, '-') AS part FROM raw",
    "SELECT *, generate_subscripts(['a', 'b'], 1) AS number FROM raw",
]


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_a_query_whose_rows_cannot_be_accounted_for_is_refused(tmp_path: Path, query: str) -> None:
    """Each row out must be one row in."""
    with pytest.raises(ConfigError, match=r"events\.query must be SELECT \.\.\. FROM raw"):
        asked(tmp_path, query)


@pytest.mark.parametrize("query", MULTIPLIED)
def test_a_query_that_makes_rows_is_refused_by_whatever_name(tmp_path: Path, query: str) -> None:
    """More rows than the source has would be left out less than nought times."""
    with pytest.raises(ConfigError, match=r"events\.query"):
        asked(tmp_path, query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM raw; SELECT * FROM raw", "one SELECT, got 2 statements"),
        ("SELECT * FROM raw; DROP TABLE raw", "not one SELECT"),
        ("COPY raw TO 'data/stolen.csv'", "not one SELECT"),
        ("ATTACH 'data/x.db'", "not one SELECT"),
        ("SET threads = 64", "not one SELECT"),
        ("please give me all events", "can be parsed"),
        ("SELECT * FROM raw WHERE", "can be parsed"),
        ("SELECT no_such_function(customer_id) FROM raw", "no_such_function"),
    ],
)
def test_what_is_not_one_select(tmp_path: Path, query: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"events\.query.*{message}"):
        asked(tmp_path, query)


@pytest.mark.parametrize(
    "reading",
    ["read_text('{}')", "read_csv('{}', header = false, all_varchar = true)", "read_json('{}')", "'{}'", "glob('{}*')"],
)
@pytest.mark.parametrize("place", ["in the list", "in the condition", "instead of raw"])
def test_a_query_reads_no_other_file(tmp_path: Path, reading: str, place: str) -> None:
    """Neither its content nor its name gets into an output or a message."""
    secret = tmp_path / "elsewhere/secret.csv"
    secret.parent.mkdir()
    secret.write_text("hush\n", encoding="utf-8")
    table = reading.format(secret.with_suffix("") if reading.startswith("glob") else secret)
    query = {
        "in the list": f"SELECT *, CAST((FROM {table}) AS VARCHAR) AS reject_reason FROM raw",
        "in the condition": f"SELECT * FROM raw WHERE customer_id NOT IN (SELECT CAST(t AS VARCHAR) FROM {table} AS t)",
        "instead of raw": f"SELECT * FROM {table}",
    }[place]
    with pytest.raises(ConfigError, match=r"events\.query") as caught:
        asked(tmp_path, query)
    assert "hush" not in str(caught.value)
    assert outputs(tmp_path) == {}


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        (STAR, [1, 1]),
        ("SELECT raw.* FROM raw;", [1, 1]),
        ("SELECT r.* FROM raw AS r", [1, 1]),
        ("SELECT * EXCLUDE (amount) FROM raw", [None, None]),
        ("SELECT * REPLACE (amount::DECIMAL(9, 2) / 2 AS amount) FROM raw", [Decimal("0.5"), Decimal("0.5")]),
        ("SELECT * EXCLUDE (amount), amount::DECIMAL(9, 2) * 3 AS amount FROM raw", [3, 3]),
        ("SELECT COLUMNS('customer_id|event_.*') FROM raw", [None, None]),
    ],
)
def test_a_star_keeps_each_row_and_what_it_excludes_is_gone(
    tmp_path: Path, query: str, amounts: list[Decimal | None]
) -> None:
    assert [event.amount for event in asked(tmp_path, query).events] == amounts


@pytest.mark.parametrize(
    "query",
    [
        "SELECT *, _ebb_row AS amount FROM raw",
        "SELECT * EXCLUDE (_ebb_row) FROM raw",
        "SELECT * REPLACE (0 AS _ebb_row) FROM raw",
        "SELECT customer_id, event_time, event_type, 0 AS _ebb_row FROM raw",
    ],
)
def test_the_hidden_column_that_numbers_the_rows_is_out_of_reach(tmp_path: Path, query: str) -> None:
    """Changing it would give the wrong rows as the rejected ones."""
    with pytest.raises(ConfigError, match="_ebb_row"):
        asked(tmp_path, query)


def test_a_value_that_the_query_cannot_convert_is_an_error_that_shows_it(tmp_path: Path) -> None:
    """The query is well formed, and one of its rows is not."""
    write_file(tmp_path, source_bytes("events.csv", [("anna", "oops", "purchase", 1), *BOOKENDS]))
    write_params(tmp_path, {"events.query": "SELECT * REPLACE (CAST(event_time AS TIMESTAMP) AS event_time) FROM raw"})
    run = command(tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("\nebb: events.query ")
    assert '"oops"' in run.stderr


def test_a_reason_may_look_like_the_markup_of_a_terminal(tmp_path: Path) -> None:
    query = "SELECT *, CASE WHEN customer_id = 'anna' THEN '[/no]' END AS reject_reason FROM raw"
    result = ingest(tmp_path, [("anna", "2024-01-10", "purchase", 1), *BOOKENDS], {"events.query": query})
    assert result.reasons() == {1: "[/no]"}


def test_an_empty_reason_rejects_nothing(tmp_path: Path) -> None:
    result = asked(tmp_path, "SELECT *, CASE WHEN customer_id = 'first' THEN '' END AS reject_reason FROM raw")
    assert result.rejected == []
