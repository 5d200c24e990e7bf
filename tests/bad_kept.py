"""Bad inputs: columns kept beside the events, and contact data for an export. A helper of test_bad_inputs.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bad_cases import Case, Check, Seen, accepted, accepts, error, stops, table, warns
from exported import AS_OF, contacts, exported, run_export, shop
from workspace import COLUMNS, Row

from pipeline.errors import EbbError

HEAD = (*COLUMNS, "store")
SPREAD = [(f"c{n}", f"2024-0{1 + n % 2}-{10 + n % 19}", "purchase", 1, f"s{n}") for n in range(1_000)]


def kept(values: Sequence[Any], keep: Sequence[str] = ("store",), check: Check | None = None) -> Callable[[Path], Seen]:
    """Ingest a purchase of anna for each value of a column that is kept."""
    rows: list[Row] = [("anna", f"2024-01-{at + 10}", "purchase", 1, value) for at, value in enumerate(values)]
    return table(rows, {"events.keep": list(keep)}, columns=HEAD, check=check)


def stores(*values: str) -> Check:
    """A check of the values that were kept, by day."""
    return lambda result: found_stores(result.folder) == list(values)


def found_stores(folder: Path) -> list[str]:
    """The kept values of both partitions."""
    paths = sorted((folder / "data/events/kept").glob("*.parquet"))
    return [value for path in paths for value in pq.read_table(path).column("store").to_pylist()]


def exporting(rows: Sequence[Sequence[Any]]) -> Callable[[Path], Seen]:
    """Export with these rows of contact data; {0} is the first customer to contact."""

    def run(folder: Path) -> Seen:
        ids = shop(folder)
        contacts(folder, [[str(cell).format(*ids) for cell in row] for row in rows])
        with pytest.MonkeyPatch.context() as patch:
            try:
                run_export(folder, patch, "--today", str(AS_OF))
            except EbbError as stopped:
                assert not (folder / "exports").exists(), "an error left an export"
                return error(stopped)
        first = next(row for row in exported(folder) if row["customer_id"] == ids[0])
        return accepted(f"exported: {first['name']}, {first['email']}, {first['phone']}")

    return run


CASES: tuple[Case, ...] = (
    stops("165", "events.keep names no column", kept(["York"], ["stor"]), "events.keep names the column stor.*store"),
    stops("165a", "events.keep names a column of ours", kept(["York"], ["Amount"]), "a name of ours"),
    stops("165b", "events.keep names a column twice, but for its case", kept(["York"], ["store", "Store"]), "twice"),
    accepts(
        "166",
        "kept values with formulas, markup and turned writing: as they came",
        kept(["=1+1", "<b>", "\u202egnp"], check=stores("=1+1", "<b>", "\u202egnp")),
        "5 events",
    ),
    accepts("166a", "kept values that stand for nothing", kept(["", "NaN", "York"], check=stores("York")), "5 events"),
    warns("166b", "a kept value of 100,000 signs", kept(["x" * 100_000]), "1 values of store are cut to 256"),
    warns(
        "166c",
        "a kept column with another value for every customer",
        table(SPREAD, {"events.keep": ["store"]}, columns=HEAD),
        "names people rather than kinds",
    ),
    warns("166d", "a kept column of e-mail addresses", kept(["a@b.example"]), "look like e-mail addresses"),
    stops("167", "a customer twice in the contact data", exporting([("{0}",) + ("x",) * 4] * 2), "Keep one row"),
    stops("167a", "contact data of other customers", exporting([("x",) * 5]), "knows none of the"),
    accepts(
        "167b",
        "a formula as a name, as an address and as a number",
        exporting([("{0}", "=1+1", "=HYPERLINK(1)", "@SUM(1)", "x")]),
        "exported: '=1\\+1, '=HYPERLINK\\(1\\), '@SUM\\(1\\)",
    ),
)
