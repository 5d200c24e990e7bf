"""Where every table and report lies, and how it is written: whole or not at all, equal content as equal bytes."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError

DATA = Path("data")
PULLED = DATA / "pulled"  # a database's rows, as of the last run
MIRROR = DATA / "mirror"  # sources in object stores, as of the last run
EVENTS_CLOSED = DATA / "events/closed"  # everything that closed labels and their features can see
EVENTS_OPEN = DATA / "events/open"  # what came after
REJECTED = DATA / "rejected"
TRAINING = DATA / "features/training.parquet"
TRAINING_VALUE = DATA / "features/training_value.parquet"
TRAINING_LAPSED = DATA / "features/training_lapsed.parquet"
TRAINING_ACTIVITY = DATA / "features/training_activity.parquet"
CURRENT = DATA / "features/current.parquet"
FACTS = DATA / "features/facts.parquet"  # what the list shows of each customer; no feature
CURRENT_SUMMARY = DATA / "features/current.json"
CATALOG = DATA / "features/catalog.json"
MODEL = DATA / "model"
CALIBRATION = DATA / "calibration"
VALUE = DATA / "value"
BACKTEST = DATA / "backtest"
CHAMPION = DATA / "champion"
SCORES = DATA / "scores"
LISTS = DATA / "lists"
CONTACTS = DATA / "contacts"
CHOSEN_TABLE = CONTACTS / "chosen.parquet"
TREATED_TABLE = CONTACTS / "closed/treated.parquet"  # what closed labels can see of the contacts
RESTS_TABLE = CONTACTS / "rests.parquet"  # what the log says of who rests
OUTCOMES = DATA / "outcomes"
MEASURED = OUTCOMES / "measured.json"
UPLIFT = DATA / "uplift"
JUDGED = UPLIFT / "judged.json"
SAVED = UPLIFT / "saved.parquet"  # there only where the list is ordered by it
REPORTS = DATA / "reports"
PLOTS = REPORTS / "plots"
USABILITY = REPORTS / "usability.html"
USABILITY_REFUSED = REPORTS / "usability_refused.html"  # what a refused run found; gone after the next good one

ROW_GROUP = 131_072
PAGE = 1 << 20  # Parquet's default size of a page, in bytes


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes the place of `path` if nothing is raised, and vanishes otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_left(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        os.replace(aside, path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk does not say which file it was
        raise
    finally:
        aside.unlink(missing_ok=True)


def _clear_left(path: Path) -> None:
    """Remove what a killed process left beside `path`: in a folder that DVC follows it would change the hash."""
    for left in path.parent.glob(f".{path.name}.*.part"):
        owner = left.name.removesuffix(".part").rpartition(".")[2]
        if not (owner.isdecimal() and alive(int(owner))):
            left.unlink(missing_ok=True)


def alive(process: int) -> bool:
    """Whether a process of this machine exists and runs; a zombie, killed but not yet waited for, does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    about = Path(f"/proc/{process}/stat")  # "1234 (name) Z ...", where the system has it
    return not (about.exists() and about.read_text(errors="replace").rpartition(")")[2].split()[0] == "Z")


def write_table(batches: Iterable[pa.Table], schema: pa.Schema, path: Path) -> int:
    """Write tables one after the other as Parquet and return the number of rows."""
    with table_writer(schema, path) as writer:
        for table in batches:
            writer.add(table)
    return writer.rows


@contextmanager
def table_writer(schema: pa.Schema, path: Path) -> Iterator[TableWriter]:
    """A Parquet file to add tables to; it takes the place of `path` if nothing is raised.

    Row groups have a fixed size, whatever the sizes of the tables, so that bytes do not depend on chunk edges.
    Text columns are dictionary-encoded; numbers are not, which costs more time than it saves space.
    """
    texts = [item.name for item in schema if pa.types.is_string(item.type)]
    with atomic(path) as aside, pq.ParquetWriter(aside, schema, compression="snappy", use_dictionary=texts) as file:
        writer = TableWriter(file, schema)
        yield writer
        writer.finish()


class TableWriter:
    """Tables in, row groups of ROW_GROUP rows out, the last one smaller; one empty group where there are no rows."""

    def __init__(self, file: pq.ParquetWriter, schema: pa.Schema) -> None:
        self.rows = 0
        self._file, self._schema = file, schema
        self._held: list[pa.Table] = [schema.empty_table()]

    def add(self, table: pa.Table) -> None:
        """Take rows; what fills a row group is written."""
        self._held.append(table if table.schema == self._schema else table.cast(self._schema))
        self.rows += table.num_rows
        waiting = sum(held.num_rows for held in self._held)
        while waiting >= ROW_GROUP:
            rest = pa.concat_tables(self._held)
            self._held, waiting = [rest.slice(ROW_GROUP)], waiting - ROW_GROUP
            self._write(rest.slice(0, ROW_GROUP))

    def finish(self) -> None:
        """Write what is left."""
        rest = pa.concat_tables(self._held)
        if rest.num_rows or not self.rows:
            self._write(rest)

    def _write(self, group: pa.Table) -> None:
        for place, item in enumerate(self._schema):
            if not _in_one_page(item.type):
                group = group.set_column(place, item, group.column(place).combine_chunks())
        self._file.write_table(group, row_group_size=ROW_GROUP)


def _in_one_page(kind: pa.DataType) -> bool:
    """Whether a row group of the type fits a page, so that where its pieces join leaves no trace in the bytes.

    A page ends at a megabyte, but some versions of Arrow look only where a piece ends or after 1,024 values. Others
    are copied into one piece first; most columns are float32, and copying them all costs a tenth of writing them.
    """
    return bool(pa.types.is_primitive(kind)) and kind.bit_width * ROW_GROUP <= 8 * PAGE


def write_json(content: Any, path: Path) -> None:
    """Write JSON that reads the same everywhere: in the caller's order, NaN as null, one final newline."""
    text = json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(text + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write text as UTF-8, whole or not at all."""
    with atomic(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def read_json(path: Path) -> Any:
    """Read JSON. Raises ArtifactError if the file is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing: run `make repro`.") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ArtifactError(f"{path} is not readable JSON, so it was damaged: run `make repro`.") from None


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet table. Raises ArtifactError if the file is missing or damaged."""
    try:
        return pq.read_table(path, columns=columns)
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing: run `make repro`.") from None
    except pa.ArrowInvalid as error:
        raise ArtifactError(f"{path} cannot be read, so it was damaged ({error}): run `make repro`.") from None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
