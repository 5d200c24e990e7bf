"""Bad inputs: Parquet and JSON lines. A helper of test_bad_inputs.py."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from bad_cases import DAY, ENDS, REJECT, Case, Seen, accepts, at, files, only, paid, rejects, stops, text
from bad_files import ANNA, GOOD, PAGE, PARQUET
from workspace import BOOKENDS, COLUMNS, run_stage, source_bytes, write_file, write_params

from pipeline.tables import read_json

ROWS = [("anna", DAY, "purchase", 1), *BOOKENDS]
LINES = source_bytes("x.jsonl", ROWS).decode()
STAMPS = [datetime(2024, 1, 10, 1, 2, 3, 456789), datetime(2024, 1, 1), datetime(2024, 3, 1)]
NANOS = pa.array([1704848523456789999, 1704067200000000000, 1709251200000000000], pa.timestamp("ns"))


def parquet(**columns: Any) -> bytes:
    """The good rows as Parquet, some columns replaced or added."""
    content: dict[str, Any] = {name: [row[place] for row in ROWS] for place, name in enumerate(COLUMNS)}
    return written(pa.table(content | columns))


def written(table: pa.Table) -> bytes:
    """A table as Parquet."""
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def twice() -> bytes:
    """The good rows with a column twice."""
    rows = pq.read_table(io.BytesIO(PARQUET))
    return written(pa.Table.from_arrays([*rows.columns, rows.column(3)], names=[*COLUMNS, "amount"]))


def with_empty_group() -> bytes:
    """The good rows behind a row group that holds none."""
    rows, sink = pq.read_table(io.BytesIO(PARQUET)), io.BytesIO()
    with pq.ParquetWriter(sink, rows.schema) as writer:
        writer.write_table(rows.slice(0, 0))
        writer.write_table(rows)
    return sink.getvalue()


def damaged() -> bytes:
    """A Parquet file whose pages are overwritten, its footer whole."""
    return PARQUET[:40] + b"\xff" * 60 + PARQUET[100:]


def line(**cells: Any) -> str:
    """One more JSON line."""
    return json.dumps(dict(zip(COLUMNS, ("bert", DAY, "purchase", 1), strict=True)) | cells) + "\n"


def absurd_date(folder: Path) -> Seen:
    """Ingest a date that neither a timestamp nor Python can hold; the report alone is read."""
    write_params(folder, {"events.source": "data/raw/e.parquet"})
    write_file(folder, parquet(event_time=pa.array([2**30, 19723, 19783], pa.date32())), "e.parquet")
    run_stage(folder)
    report = read_json(folder / "data/reports/ingest.json")
    assert (report["kept_events"], report["rejected"]) == (2, 1)
    return Seen({REJECT: "; ".join(report["rejected_by_reason"])})


def p(content: bytes, **more: Any) -> Any:
    """Ingest these bytes as Parquet; three rows unless said otherwise."""
    return text(content, name="events.parquet", **({"rows": 3, "check": ANNA} | more))


def j(extra: str, **more: Any) -> Any:
    """Ingest the good JSON lines and another."""
    return text(LINES + extra, name="events.jsonl", **more)


CASES: tuple[Case, ...] = (
    stops(
        "21", "a truncated Parquet file", p(PARQUET[: len(PARQUET) // 2]), r"\.parquet cannot be read.*xport it again"
    ),
    stops("21a", "a Parquet file of no bytes", p(b""), r"events\.parquet cannot be read.*xport it again"),
    stops("21b", "a web page named .parquet", p(PAGE.encode()), r"events\.parquet cannot be read.*xport it again"),
    stops("21c", "a Parquet file damaged inside", p(damaged()), r"events\.parquet cannot be read"),
    stops("21d", "a CSV file named .parquet", p(GOOD.encode()), r"events\.parquet cannot be read.*xport it again"),
    stops(
        "64a",
        "a Parquet file with more rows than events.max_rows",
        p(source_bytes("x.parquet", BOOKENDS * 2_000), changes={"events.max_rows": 1_000}),
        r"events\.parquet.*events\.max_rows.*1,000",
    ),
    accepts("94", "a row group without rows", p(with_empty_group())),
    stops("94a", "a Parquet column twice", p(twice()), r"events\.parquet has the column amount twice"),
    accepts("95", "ids that went through a float column", p(parquet(customer_id=[12345.0, 1.0, 2.0]), check=None)),
    rejects(
        "95a", "an id of 1.5", p(parquet(customer_id=[1.5, 1.0, 2.0]), check=only("1", "2")), "customer_id is missing"
    ),
    accepts(
        "96",
        "booleans as event types",
        p(parquet(event_type=[True, True, True]), changes={"events.roles": {"activity": ["true"]}, "events.money": []}),
    ),
    accepts(
        "97", "dictionary-encoded texts", p(parquet(customer_id=pa.array([r[0] for r in ROWS]).dictionary_encode()))
    ),
    accepts("98", "nested columns beside the four", p(parquet(tags=[["a"], [], None], at=[{"x": 1}, None, {"x": 2}]))),
    stops(
        "98a", "a list as the customer", p(parquet(customer_id=[["anna"], ["b"], ["c"]])), "customer_id.*(type|list)"
    ),
    accepts(
        "99", "amounts of DECIMAL(38, 9)", p(parquet(amount=[Decimal("1.500000000")] * 3), check=paid(Decimal("1.5")))
    ),
    accepts(
        "99a",
        "amounts of 256 bits",
        p(parquet(amount=pa.array([Decimal("1.5")] * 3, pa.decimal256(50, 2))), check=paid(Decimal("1.5"))),
    ),
    accepts("100", "stamps in nanoseconds", p(parquet(event_time=NANOS), check=at("2024-01-10 01:02:03.456789"))),
    accepts(
        "100a",
        "stamps with a zone",
        p(
            parquet(
                event_time=pa.array([stamp.replace(tzinfo=UTC) for stamp in STAMPS], pa.timestamp("us", "Asia/Tokyo"))
            ),
            check=at("2024-01-10 01:02:03.456789"),
        ),
    ),
    rejects(
        "100d",
        "one date in the year 2,941,775",
        absurd_date,
        "stands for never|no ISO",
    ),
    accepts("100b", "dates", p(parquet(event_time=[date(2024, 1, 10), date(2024, 1, 1), date(2024, 3, 1)]))),
    stops(
        "100c",
        "times without a date",
        p(parquet(event_time=[time(1), time(2), time(3)])),
        "event_time has the type TIME",
    ),
    accepts("101", "ids as bytes", p(parquet(customer_id=[b"anna", b"first", b"last"]))),
    stops("102", "a column of nulls for the customer", p(parquet(customer_id=pa.nulls(3))), "customer_id"),
    stops(
        "103",
        "ids as floats here, as text there",
        files({"a.parquet": PARQUET, "b.parquet": parquet(customer_id=[1.0, 2.0, 3.0])}, 6),
        r"data/raw/b\.parquet has customer_id as DOUBLE, unlike data/raw/a\.parquet",
    ),
    accepts(
        "103a",
        "ids as whole numbers here, as text there",
        files(
            {"a.parquet": PARQUET, "b.parquet": parquet(customer_id=[1, 2, 3])}, 6, check=only("1", "2", "3", "anna")
        ),
        "6 events",
    ),
    accepts(
        "104",
        "a JSON object inside an object",
        j(line(device={"os": "x", "n": [1]}), check=only("anna", "bert")),
        "4 events",
    ),
    accepts(
        "104a",
        "a number as a JSON id, beyond 2^53",
        j(line(customer_id=9007199254740993), check=only("9007199254740993", "anna")),
        "4 events",
    ),
    rejects(
        "105",
        "a key twice in a JSON object",
        j(
            f'{{"customer_id": "bert", "customer_id": "carl", "event_time": "{DAY}", "event_type": "purchase"}}\n',
            check=ANNA,
        ),
        "twice",
    ),
    rejects("106", "NaN in a JSON line", j(line(amount=float("nan")), check=ANNA), "."),
    rejects("106a", "a JSON line that breaks off", j(line()[:30] + "\n", check=ANNA), "JSON"),
    rejects("106b", "a JSON array among objects", j('["bert"]\n', check=ANNA), "(?i)object"),
    rejects(
        "106c",
        "half a surrogate pair in a JSON id",
        j('{"customer_id": "b\\ud800", "event_time": "2024-01-10", "event_type": "purchase"}\n', check=ANNA),
        ".",
    ),
    stops(
        "107",
        "one JSON array instead of lines",
        text(f"[{LINES.strip().replace(chr(10), ',')}]", name="e.json"),
        "(?i)object.*line",
    ),
    stops(
        "107a",
        "a JSON array over many lines",
        text(json.dumps([{"customer_id": "anna"}] * 3, indent=2), name="e.json"),
        "(?i)e.json",
    ),
    accepts("108", "a byte order mark before JSON lines", text("\ufeff" + LINES, name="e.jsonl", check=ANNA)),
    stops("108a", "CSV named .jsonl", text(GOOD + ENDS, name="e.jsonl"), "(?i)e.jsonl"),
    rejects("109", "JSON that is 100,000 levels deep", j(f'{{"x": {"[" * 100_000}\n', check=ANNA), "."),
)
