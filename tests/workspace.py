"""A workspace as a data team has one: params.yaml, a source, one run of ingest, and what came of it. A helper.

Typical use, with pytest's `tmp_path` as the folder:

    result = ingest(tmp_path, [("anna", "2024-01-10", "purchase", 5), *BOOKENDS], {"events.duplicates": "keep"})
    assert [event.customer_id for event in result.events] == ["anna", "first", "last"]
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import ingest as ingest_stage

REPOSITORY = Path(__file__).resolve().parent.parent
COLUMNS = ("customer_id", "event_time", "event_type", "amount")
# Two customers whose purchases open and close two months, long enough for the calendar of `params`.
BOOKENDS = [("first", "2024-01-01", "purchase", 1), ("last", "2024-03-01", "purchase", 1)]

Row = Sequence[Any]


def params(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fewest settings that ingest runs with, changed by dotted path: {"events.collapse": "invoice"}."""
    content: dict[str, Any] = {
        "events": {
            "source": "data/raw/events.csv",
            "max_rejected_share": 1.0,
            "roles": {"activity": ["purchase"], "friction": ["return"]},
            "money": ["purchase", "return"],
        },
        "churn": {"horizon_days": 7, "active_within_days": 14},
        "snapshots": {"every_days": 7, "train": 4, "min_history_days": 0},
        "engine": {"threads": 1},
    }
    for path, value in (changes or {}).items():
        *sections, key = path.split(".")
        section = content
        for name in sections:
            section = section.setdefault(name, {})
        section[key] = value
    return content


def write_params(folder: Path, changes: Mapping[str, Any] | None = None) -> None:
    """Write params.yaml; as JSON, which is YAML too."""
    text = json.dumps(params(changes), ensure_ascii=False, indent=2)
    (folder / "params.yaml").write_text(text, encoding="utf-8")


def source_bytes(name: str, rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> bytes:
    """Rows as a file of the kind that the name ends in. None is a null, in CSV an empty cell."""
    if name.endswith(".parquet"):
        sink = io.BytesIO()
        pq.write_table(pa.table({column: [row[at] for row in rows] for at, column in enumerate(columns)}), sink)
        return sink.getvalue()
    if name.endswith((".json", ".jsonl")):
        lines = [json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str) for row in rows]
        return "".join(f"{line}\n" for line in lines).encode()
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    content = text.getvalue().encode()
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


def write_file(folder: Path, content: str | bytes, name: str = "events.csv") -> Path:
    """Put a file into data/raw as it is."""
    path = folder / "data/raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class Event(NamedTuple):
    """One row of data/events: the time in UTC and the business day as text."""

    customer_id: str
    event_time: str
    event_day: str
    event_type: str
    amount: Decimal | None


@dataclass(frozen=True)
class Ingested:
    """What one run of ingest left: the events of both partitions, closed first, the rejected rows, the report."""

    folder: Path
    closed: list[Event]
    open: list[Event]
    rejected: list[dict[str, Any]]
    report: dict[str, Any]

    @property
    def events(self) -> list[Event]:
        """Every event, by customer and time."""
        return sorted(self.closed + self.open, key=lambda event: event[:4])

    def of(self, *customer_ids: str) -> list[Event]:
        """The events of these customers."""
        return [event for event in self.events if event.customer_id in customer_ids]

    def ids(self) -> list[str]:
        """The customers who have events, without the two of BOOKENDS."""
        return sorted({event.customer_id for event in self.events} - {"first", "last"})

    def reasons(self) -> dict[int, str]:
        """Why a row of a single file was rejected, by its number."""
        return {row["row"]: row["reason"] for row in self.rejected}

    def counts(self, *names: str) -> tuple[int, ...]:
        """Figures of the report by name."""
        return tuple(self.report[name] for name in names)


def run_stage(folder: Path) -> None:
    """Run ingest in this process, over the settings and the source that lie in the folder."""
    with contextlib.chdir(folder):
        ingest_stage.main()


def run_ingest(folder: Path) -> Ingested:
    """Run ingest in this process and read what it wrote."""
    run_stage(folder)
    return read_ingested(folder)


def read_ingested(folder: Path) -> Ingested:
    """What the last run wrote."""
    rejected = pq.ParquetFile(folder / "data/rejected/rejected.parquet").read().to_pylist()
    report = json.loads((folder / "data/reports/ingest.json").read_text(encoding="utf-8"))
    return Ingested(folder, _events(folder, "closed"), _events(folder, "open"), rejected, report)


def ingest(
    folder: Path,
    rows: Sequence[Row],
    changes: Mapping[str, Any] | None = None,
    name: str = "events.csv",
    columns: Sequence[str] = COLUMNS,
) -> Ingested:
    """Write settings and rows, as a file of the kind that the name ends in, and ingest them."""
    write_params(folder, {"events.source": f"data/raw/{name}", **(changes or {})})
    write_file(folder, source_bytes(name, rows, columns), name)
    return run_ingest(folder)


def _events(folder: Path, part: str) -> list[Event]:
    table = [row for path in event_paths(folder, part) for row in pq.ParquetFile(path).read().to_pylist()]
    table.sort(key=lambda row: (row["customer_id"], row["event_time"]))  # blocks follow one another in time
    return [
        Event(
            row["customer_id"],
            row["event_time"].replace(tzinfo=None).isoformat(sep=" "),
            row["event_day"].isoformat(),
            row["event_type"],
            row["amount"],
        )
        for row in table
    ]


def event_paths(folder: Path, part: str = "*") -> list[Path]:
    """The blocks of events, closed or open, in the order of time."""
    return sorted(folder.glob(f"data/events/{part}/events-*.parquet"), key=lambda path: path.name)


def event_bytes(folder: Path) -> dict[str, bytes]:
    """The blocks of events, closed and open, as they lie."""
    paths = [path for path in event_paths(folder) if path.parent.name != "kept"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def outputs(folder: Path) -> dict[str, bytes]:
    """Every file below data/ but the source and its mirror, with its bytes; not the page of a refused run."""
    files = [path for path in sorted((folder / "data").rglob("*")) if path.is_file()]
    files = [path for path in files if path.name != "usability_refused.html"]
    files = [path for path in files if path.relative_to(folder).parts[1] not in ("raw", "mirror")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def command(folder: Path, stage: str = "pipeline.ingest") -> subprocess.CompletedProcess[str]:
    """Run a stage as DVC does, in its own process, with the folder as the working directory."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", stage],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
