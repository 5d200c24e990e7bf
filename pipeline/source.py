"""The source as it lies: which files, which columns, how many rows, and a numbered view of all of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.engine import Connection, DuckError, identifier, literal
from pipeline.errors import EventError

ENDINGS = (".parquet", ".csv", ".csv.gz", ".json", ".jsonl")
ROW_BITS = 40  # a row is known by (file << 40) + its number in the file
ROW_KEY = "_ebb_row"


@dataclass(frozen=True)
class Source:
    """Files of one kind with the same columns; `rows` is counted from the files' bytes, not from a parser."""

    files: tuple[Path, ...]
    columns: dict[str, str]  # name: DuckDB type
    rows: int

    def where(self, key: int) -> tuple[str, int]:
        """File and row (from 1, the header of a CSV not counted) of a row key."""
        return str(self.files[key >> ROW_BITS]), (key & ((1 << ROW_BITS) - 1)) + 1


def find_files(source: str) -> tuple[Path, ...]:
    """The files of a source, sorted. Raises EventError if there is none or their kinds differ."""
    path = Path(source)
    if not path.exists():
        raise EventError(f"events.source {source} does not exist: put the events there or name another file or folder.")
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and _ending(p))
    if not found:
        raise EventError(f"events.source {source} holds no file that ends in {', '.join(ENDINGS)}: add one.")
    if not _ending(found[0]):
        raise EventError(f"events.source {source} must end in one of {', '.join(ENDINGS)}.")
    kinds = sorted({_ending(p) for p in found})
    if len(kinds) > 1:
        raise EventError(f"events.source {source} mixes {' and '.join(kinds)} files: keep one kind in the folder.")
    return tuple(found)


def _ending(path: Path) -> str:
    return next((ending for ending in sorted(ENDINGS, key=len, reverse=True) if path.name.endswith(ending)), "")


def open_source(connection: Connection, source: str) -> Source:
    """Create the view or table `numbered` (all source columns as they came, and the row key) and describe it.

    Raises EventError if a file is empty, damaged, or has other columns than the first.
    """
    files = find_files(source)
    read = _number_parquet if _ending(files[0]) == ".parquet" else _number_text
    try:
        rows = read(connection, files)
        described = connection.execute("DESCRIBE numbered").fetchall()
    except (DuckError, pa.ArrowInvalid, OSError, EOFError) as error:
        if isinstance(error, EventError):
            raise
        raise EventError(f"events.source {source} cannot be read: {_first_line(error)}. Export it again.") from None
    columns = {name: kind for name, kind, *_ in described if name != ROW_KEY}
    if rows == 0:
        raise EventError(f"events.source {source} has no rows: export the events again.")
    parsed = connection.execute("SELECT count(*) FROM numbered").fetchone()
    if parsed is None or parsed[0] != rows:
        raise EventError(
            f"events.source {source} has {rows:,} rows by its bytes, but {parsed and parsed[0]:,} were read: "
            "a quote or line break inside a field is likely; quote fields properly or export as Parquet."
        )
    return Source(files, columns, rows)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


def _same_columns(files: tuple[Path, ...], names: Iterator[tuple[str, ...]]) -> None:
    first: tuple[str, ...] | None = None
    for path, found in zip(files, names, strict=True):
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise EventError(f"{path} has the column {twice[0]} twice: export it again with one of each.")
        if first is None:
            first = found
        elif set(found) != set(first):
            missing, more = sorted(set(first) - set(found)), sorted(set(found) - set(first))
            detail = f"lacks {', '.join(missing)}" if missing else f"adds {', '.join(more)}"
            raise EventError(f"{path} {detail}, unlike {files[0]}: give every file the same columns.")


def _number_parquet(connection: Connection, files: tuple[Path, ...]) -> int:
    footers = [pq.ParquetFile(path) for path in files]
    _same_columns(files, (tuple(footer.schema_arrow.names) for footer in footers))
    parts = [
        f"SELECT *, ({number} << {ROW_BITS}) + file_row_number AS {ROW_KEY} FROM (SELECT * FROM "
        f"read_parquet({literal(str(path))}, file_row_number = true))"
        for number, path in enumerate(files)
    ]
    wide = [part.replace("SELECT *,", "SELECT * EXCLUDE (file_row_number),", 1) for part in parts]
    connection.execute(f"CREATE VIEW numbered AS {' UNION ALL BY NAME '.join(wide)}")
    return sum(footer.metadata.num_rows for footer in footers)


def _number_text(connection: Connection, files: tuple[Path, ...]) -> int:
    is_csv = ".csv" in files[0].name
    if is_csv:
        _same_columns(files, (tuple(_header(path)) for path in files))
    for number, path in enumerate(files):
        reader = (
            f"read_csv({literal(str(path))}, all_varchar = true, header = true, delim = ',', quote = '\"', "
            "escape = '\"', null_padding = false, strict_mode = true)"
            if is_csv
            else f"read_json({literal(str(path))}, format = 'newline_delimited')"
        )
        numbered = f"SELECT *, ({number} << {ROW_BITS}) + row_number() OVER () - 1 AS {ROW_KEY} FROM {reader}"
        verb = "CREATE TEMP TABLE numbered AS" if number == 0 else "INSERT INTO numbered BY NAME"
        connection.execute(f"{verb} {numbered}")
    return sum(_lines(path) - (1 if is_csv else 0) for path in files)


def _opened(path: Path) -> gzip.GzipFile:
    return gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _header(path: Path) -> list[str]:
    with _opened(path) as handle:
        line = handle.readline(1 << 20).decode("utf-8-sig", errors="replace").rstrip("\r\n")
    if not line:
        raise EventError(f"{path} is empty: export it again.")
    if "," not in line and (";" in line or "\t" in line):
        raise EventError(f"{path} separates columns by {';' if ';' in line else 'tabs'}: export it with commas.")
    return [name.strip('"') for name in line.split(",")]


def _lines(path: Path) -> int:
    """Lines that hold anything, counted from the bytes; the last may lack its newline."""
    lines = 0
    with _opened(path) as handle:
        for line in handle:
            lines += bool(line.strip())
    return lines


def columns_in_words(source: Source) -> str:
    """The source's columns for an error message."""
    return ", ".join(identifier(name).strip('"') for name in source.columns)
