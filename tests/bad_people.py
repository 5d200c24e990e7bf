"""Bad inputs: the customers table. A helper of test_bad_inputs.py."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from bad_cases import Case, Check, Seen, accepts, ingested, stops, warns
from workspace import BOOKENDS, Ingested, Row, source_bytes, write_file, write_params

from pipeline import featurize_current

HEAD = ("customer_id", "since", "age", "plan", "objects")
ANNA = ("anna", "2024-01-01", 30, "gold", "no")
SECTION = {
    "source": "data/raw/people.csv",
    "columns": {"known_since": "since", "objection": "objects"},
    "numeric": ["age"],
    "categorical": {"plan": ["basic", "gold"]},
}
BUYERS = [("anna", "2024-02-25", "purchase", 1), *BOOKENDS]


def people(
    rows: list[Row], changes: dict[str, Any] | None = None, check: Check | None = None, head: tuple[str, ...] = HEAD
) -> Callable[[Path], Seen]:
    """Ingest the buyers beside this customers table."""
    return beside(source_bytes("people.csv", rows, head), changes, check)


def beside(content: bytes, changes: dict[str, Any] | None = None, check: Check | None = None) -> Callable[[Path], Seen]:
    """Ingest the buyers beside a customers table of these bytes."""

    def prepare(folder: Path) -> int:
        write_params(folder, {"customers": SECTION | (changes or {}), "churn.active_within_days": 70})
        write_file(folder, source_bytes("events.csv", BUYERS))
        write_file(folder, content, "people.csv")
        return len(BUYERS)

    return ingested(prepare, check)


def objecting(*ids: str) -> Check:
    """A check of who is not scored."""

    def check(result: Ingested) -> bool:
        with contextlib.chdir(result.folder):
            featurize_current.main()
        found = pq.read_table(result.folder / "data/features/current.parquet", columns=["customer_id"])
        return sorted({"anna", "first", "last"} - set(found.column(0).to_pylist())) == sorted(ids)

    return check


def ages(*values: float) -> Check:
    """A check of the ages that were written."""
    return lambda result: found_ages(result) == list(values)


def found_ages(result: Ingested) -> list[float]:
    """The attribute events of `age`, by customer and day."""
    return [
        row["amount"]
        for part in ("closed", "open")
        for row in pq.read_table(result.folder / f"data/events/{part}/attributes.parquet").to_pylist()
        if row["event_type"] == "customer:age"
    ]


CASES: tuple[Case, ...] = (
    stops(
        "140",
        "a customers table without rows",
        beside(b"customer_id,since,age,plan,objects\n"),
        r"customers\.source data/raw/people\.csv has no rows",
    ),
    stops(
        "140a",
        "a customers table that is not there",
        people([ANNA], {"source": "data/raw/peple.csv"}),
        r"customers\.source data/raw/peple\.csv does not exist",
    ),
    stops(
        "140b",
        "a customers table without a column that is named",
        people([ANNA], {"numeric": ["aeg"]}),
        "names the column aeg, which data/raw/people.csv does not have",
    ),
    stops(
        "141",
        "two rows of a customer and day that differ",
        people([ANNA, ("anna", "2024-01-01", 31, "gold", "no")]),
        "1 customers with several rows and the same known_since.*Keep one row",
    ),
    accepts("141a", "the same row of a customer twice", people([ANNA, ANNA], check=ages(30)), "3 events"),
    warns(
        "142",
        "a customer's row without known_since",
        people([("anna", "", 30, "gold", "no")], check=ages()),
        "known_since is missing",
    ),
    warns(
        "142a",
        "a customer's row without an id",
        people([ANNA, ("", "2024-01-01", 30, "gold", "no")]),
        "customer_id is missing",
    ),
    accepts(
        "143",
        "a row known since after as_of: no feature sees it",
        people([("anna", "2024-03-09", 30, "gold", "no")], check=objecting()),
        "3 events",
    ),
    accepts(
        "143b",
        "a row known since long after 2,000 others",
        people(
            [(f"c{n}", "2023-01-01", 30, "gold", "no") for n in range(2_000)]
            + [("anna", "2024-02-01", 31, "gold", "no")],
            check=lambda result: 31 in found_ages(result),
        ),
    ),
    warns(
        "143a",
        "a row known since the year 9999",
        people([ANNA, ("bert", "9999-12-31", 30, "gold", "no")]),
        "rows not used",
    ),
    accepts(
        "144",
        "a customer without any event: not scored",
        people([ANNA, ("zoe", "2024-01-01", 30, "gold", "no")], check=objecting()),
        "3 events",
    ),
    warns(
        "144a",
        "a customers table whose ids meet no event",
        people([("x-anna", "2024-01-01", 30, "gold", "no")]),
        "(?i)none|no customer|0 of",
    ),
    warns(
        "145",
        "an age that is no number",
        people([("anna", "2024-01-01", "old", "gold", "no")], check=ages()),
        "1 values of age are not understood",
    ),
    warns(
        "145a",
        "an age of NaN",
        people([("anna", "2024-01-01", "NaN", "gold", "no")], check=ages()),
        "1 values of age are not understood",
    ),
    warns(
        "145b",
        "a category that params.yaml does not list",
        people([("anna", "2024-01-01", 30, "platinum", "no")]),
        "1 values of plan are not understood",
    ),
    accepts(
        "146",
        "an objection that is not understood: it is heard",
        people([(*ANNA[:4], "perhaps")], check=objecting("anna")),
        "3 events",
    ),
    accepts(
        "146a",
        "an objection without a day: it is heard",
        people([("anna", "", 30, "gold", "yes")], check=objecting("anna")),
        "3 events",
    ),
    accepts(
        "146b",
        "an objection of an id with spaces around it: it is heard",
        people([(" anna ", "2024-01-01", 30, "gold", "yes")], check=objecting("anna")),
        "3 events",
    ),
    accepts(
        "147",
        "an attribute with braces and quotes in its name",
        people(
            [("anna", "2024-01-01", 30, "gold", "no")],
            {"numeric": ["{a} '%s"], "categorical": {}},
            objecting(),
            ("customer_id", "since", "{a} '%s", "plan", "objects"),
        ),
        "3 events",
    ),
)
