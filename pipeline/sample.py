"""Which customers are learnt from where the training table is too long for the machine: a stable draw by their ids."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.table import Bools, Ints
from pipeline.contacting.treated import Treated
from pipeline.errors import ArtifactError

DRAW = b"ebb-training"  # makes the draw another than the holdout's
STEPS = 4  # of the share, per halving: a few new rows must not draw other customers every week


@dataclass(frozen=True)
class LeftAlone:
    """Who was contacted and who was held back instead, and how many days from its snapshot on a label looks."""

    treated: Treated
    label_days: int

    def copies(self, keys: pa.Table) -> Ints:
        """How often each row is to be learnt from; the table has customer_id and snapshot."""
        snapshot = keys.column("snapshot").cast(pa.int32()).to_numpy().astype(np.int64)
        return self.treated.copies(keys.column("customer_id").combine_chunks(), snapshot, self.label_days)


@dataclass(frozen=True)
class Sample:
    """The rows of a table, by customer, that belong to a share of all customers: whole customers, or none of theirs.

    With `left_alone`, rows whose label a contact may have changed are none of them, and those of customers who were
    held back instead come as often as they stand for others.
    """

    path: Path
    share: float
    of_rows: int
    left_alone: LeftAlone | None = None

    def tables(self, columns: list[str]) -> Iterator[pa.Table]:
        """The rows of the draw, one table per row group, in the file's order; never more than a row group in memory."""
        with pq.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                if self._as_they_are:
                    yield self._read(file, group, columns)
                    continue
                copies = self._copies(file, group)
                if copies.any():
                    table = self._read(file, group, columns)
                    yield table.take(pa.array(np.repeat(np.arange(len(copies)), copies)))

    @property
    def _as_they_are(self) -> bool:
        return self.share == 1 and self.left_alone is None

    def _copies(self, file: pq.ParquetFile, group: int) -> Ints:
        keys = self._read(file, group, ["customer_id"] if self.left_alone is None else ["customer_id", "snapshot"])
        ids = keys.column("customer_id").combine_chunks()
        inside = np.ones(len(ids), bool) if self.share == 1 else drawn(ids, self.share)
        return inside.astype(np.int64) if self.left_alone is None else inside * self.left_alone.copies(keys)

    def treated(self) -> tuple[int, int]:
        """How many rows there are, and of how many a contact may have changed the label."""
        if self.left_alone is None:
            return self.of_rows, 0
        with pq.ParquetFile(self.path) as file:
            groups = (self._read(file, at, ["customer_id", "snapshot"]) for at in range(file.num_row_groups))
            return self.of_rows, sum(int((self.left_alone.copies(keys) == 0).sum()) for keys in groups)

    def _read(self, file: pq.ParquetFile, group: int, columns: list[str]) -> pa.Table:
        try:
            return file.read_row_group(group, columns)
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(self.path, error) from None

    def rows(self) -> int:
        """How many rows the draw holds; the keys alone are read."""
        if self._as_they_are:
            return self.of_rows
        with pq.ParquetFile(self.path) as file:
            return sum(int(self._copies(file, group).sum()) for group in range(file.num_row_groups))


def sample_of(path: Path, most: int, left_alone: LeftAlone | None = None) -> Sample:
    """The draw of a table's customers whose rows are about `most` or fewer, with the rows that `left_alone` leaves.

    Raises ArtifactError if the table is damaged.
    """
    try:
        rows = pq.read_metadata(path).num_rows
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing: run `make repro`.") from None
    except pa.ArrowInvalid as error:
        raise _damaged(path, error) from None
    return Sample(path, share_for(rows, most), rows, left_alone)


def sampled(share: float) -> list[str]:
    """What is said of a judgement of a draw: nothing where everybody is in it."""
    if share == 1:
        return []
    return [
        f"Learnt from, calibrated on and judged on {share:.1%} of all customers, drawn by id (model.max_rows); what is "
        "found among so many customers stands for all, and intervals are as wide as the draw makes them."
    ]


def _damaged(path: Path, error: Exception) -> ArtifactError:
    return ArtifactError(f"{path} cannot be read, so it was damaged ({error}): run `make repro`.")


def share_for(rows: int, most: int) -> float:
    """The share of customers whose rows are expected to be at most `most`: the largest of 1, .84, .71, .59, .5 ...

    In such steps, because with every other share a few customers come or go: within a step the draw is the same every
    week, and a lower step is a part of the one before.
    """
    return 1.0 if rows <= most else 2.0 ** (-math.ceil(STEPS * math.log2(rows / most)) / STEPS)


def drawn(customer_ids: pa.Array, share: float) -> Bools:
    """Whether each row's customer belongs to the draw, which depends on nothing but the id and the share.

    Rows of a customer lie together, so that an id is drawn once per run of equal ids.
    """
    if len(customer_ids) == 0:
        return np.zeros(0, bool)
    changes = np.flatnonzero(pc.not_equal(customer_ids[1:], customer_ids[:-1]).to_numpy(zero_copy_only=False)) + 1
    starts = np.append(0, changes)
    limit = int(share * 2**64)
    names = customer_ids.take(pa.array(starts)).to_pylist()
    digests = (hashlib.blake2b(name.encode(), digest_size=8, person=DRAW).digest() for name in names)
    inside = np.array([int.from_bytes(digest, "big") < limit for digest in digests], bool)
    return np.repeat(inside, np.diff(np.append(starts, len(customer_ids))))
