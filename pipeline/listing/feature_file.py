"""Today's features as publish asks for them: a column of all customers, or all columns of a few, never the whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError


class FeatureFile:
    """A Parquet file of one row per customer, read when asked; the last row group is kept: questions come in order.

    Raises ArtifactError if it is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            metadata = pq.read_metadata(path)
            self.column_names: list[str] = pq.read_schema(path).names
        except FileNotFoundError:
            raise ArtifactError(f"{path} is missing: run `make repro`.") from None
        except (pa.ArrowInvalid, OSError) as error:
            raise self._damaged(error) from None
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        self._ends = np.cumsum(sizes, dtype=np.int64)
        self._last: tuple[int, pa.Table] | None = None

    def column(self, name: str) -> pa.ChunkedArray:
        """One column of all customers. Raises KeyError if there is none of this name."""
        if name not in self.column_names:
            raise KeyError(name)
        return self._read(None, [name]).column(0)

    def take(self, rows: pa.Array) -> pa.Table:
        """All columns of these rows, whose numbers rise. Raises ValueError if they do not."""
        wanted = np.asarray(rows, np.int64)
        if (np.diff(wanted) < 0).any():
            raise ValueError("row numbers must rise, so that no row group is read twice")
        group_of = np.searchsorted(self._ends, wanted, side="right")
        parts = []
        for group in np.unique(group_of).tolist():
            start = self._ends[group - 1] if group else 0
            parts.append(self._group(group).take(pa.array(wanted[group_of == group] - start)))
        return pa.concat_tables(parts) if parts else self._group(0).slice(0, 0)

    def tables(self) -> Iterator[pa.Table]:
        """All columns of all customers, one table per row group."""
        for group in range(len(self._ends)):
            yield self._group(group)

    def _group(self, group: int) -> pa.Table:
        if self._last is None or self._last[0] != group:
            self._last = (group, self._read(group, None))
        return self._last[1]

    def _read(self, group: int | None, columns: list[str] | None) -> pa.Table:
        try:
            with pq.ParquetFile(self.path) as file:
                return file.read(columns) if group is None else file.read_row_group(group, columns)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> ArtifactError:
        return ArtifactError(f"{self.path} cannot be read, so it was damaged ({error}): run `make repro`.")
