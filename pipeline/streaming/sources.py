"""Sorted files as streams of pieces, read a little ahead of what is needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError
from pipeline.event_files import TERM
from pipeline.streaming.pieces import EVENT_COLUMNS, TIME, Piece

READ = 1 << 15  # events at a time from each file: ten years in 65 files are 100 MB, and smaller batches cost more CPU
REMEDY = "restore it from DVC's cache (`dvc checkout --force`) or make it anew (`dvc repro --force ingest`)."


class Source:
    """One sorted stream of events: what has been read of it and not been taken yet."""

    def __init__(self, name: str, pieces: Iterator[Piece]) -> None:
        self.done = False
        self._name, self._pieces = name, pieces
        self._held: deque[Piece] = deque()
        self.read()

    @property
    def last(self) -> str:
        """The last customer that has been read, whose events may go on."""
        return self._held[-1].last

    def read(self) -> None:
        """Read one piece more. Raises ArtifactError if it begins with a customer of before."""
        found = next(self._pieces, None)
        if found is None:
            self.done = True
            return
        if self._held and found.first < self.last:
            raise unsorted(self._name)
        self._held.append(found)

    def take(self, bound: str | None) -> Iterator[Piece]:
        """All that is held of the customers before an id; None: all that is held."""
        while self._held:
            held = self._held[0]
            if bound is not None and held.last >= bound:
                cut = held.before(bound)
                if cut:
                    self._held[0] = held.part(cut, len(held))
                    yield held.part(0, cut)
                return
            yield self._held.popleft()


def unsorted(name: str = "a file of events") -> ArtifactError:
    """What is said of a file that is not in order: read on, customers would be torn apart."""
    return ArtifactError(f"{name} is not sorted by customer and time as ingest writes it, so it was edited: {REMEDY}")


def read_batches(path: Path, with_term: bool, with_time: bool) -> Iterator[pa.RecordBatch]:
    """The rows of a file that are needed, in the order of the file.

    Raises ArtifactError if it is missing or damaged.
    """
    more = [TERM] if with_term and TERM in read_names(path) else []  # attributes have none
    columns = [*EVENT_COLUMNS, *more, *([TIME] if with_time else [])]
    try:
        with pq.ParquetFile(path, read_dictionary=_dictionaries(path)) as source:
            yield from source.iter_batches(batch_size=READ, columns=columns, use_threads=False)
    except pa.ArrowInvalid as error:
        raise ArtifactError(f"{path} cannot be read, so it was damaged ({error}): {REMEDY}") from None


def read_names(path: Path) -> list[str]:
    """The columns of a file. Raises ArtifactError if it is missing or damaged."""
    return list(_footer(path).schema.names)


def _footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing: run `make repro`.") from None
    except pa.ArrowInvalid as error:
        raise ArtifactError(f"{path} cannot be read, so it was damaged ({error}): {REMEDY}") from None


def _dictionaries(path: Path) -> list[str]:
    """Which texts to read as codes: those that the file holds as codes. To make them costs more than they save."""
    about = _footer(path)
    if not about.num_row_groups:
        return []
    group = about.row_group(0)
    chunks = [group.column(place) for place in range(group.num_columns)]
    coded = {chunk.path_in_schema for chunk in chunks if any("DICTIONARY" in name for name in chunk.encodings)}
    return [name for name in ("customer_id", "event_type") if name in coded]


def in_turn(files: Sequence[Path]) -> bool:
    """Whether every file begins on a later day than all files before it end: then nobody need compare times."""
    newest: Any = None
    for path in files:
        days = _days(path)
        if days is None:
            continue
        first, last = days
        if first is None or (newest is not None and first <= newest):
            return False
        newest = last
    return True


def _days(path: Path) -> tuple[Any, Any] | None:
    """The first and the last day of a file by its footer, (None, None) where that does not say; None without rows."""
    about = _footer(path)
    if not about.num_rows:
        return None
    place = about.schema.names.index("event_day")
    groups = [about.row_group(number).column(place).statistics for number in range(about.num_row_groups)]
    if any(group is None or not group.has_min_max for group in groups):
        return None, None
    return min(group.min for group in groups), max(group.max for group in groups)
