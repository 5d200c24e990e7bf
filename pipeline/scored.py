"""Customers through the champion, a block at a time: rows of the scores, and the sums that the report is made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.bands import BANDS, band
from models.chosen import Chosen
from models.promise import Tally, tallies
from models.table import unlabelled
from models.uncertain import uncertain
from pipeline.errors import ArtifactError
from pipeline.settings import Settings
from pipeline.tables import ROW_GROUP
from pipeline.training_data import days, matrix
from pipeline.valued import Valued

T = TypeVar("T")

STAGES = ("active", "reactivated", "new")
SHOWN = ("days_since_last_activity", "usual_gap_days")
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("churn_probability", pa.float64()),
        ("raw_band", pa.string()),  # by the probability alone; what is published may stay a while in its band
        ("uncertain", pa.string()),  # a key of models.uncertain, and its numbers
        *((f"uncertain_{name}", pa.float64()) for name in ("days", "low", "high")),
        ("expected_value", pa.float64()),  # null where amounts are withheld: scoring.json says why
        ("frequency", pa.float64()),  # active days in the longest look-back, which stand in
        ("lifecycle_stage", pa.string()),
        *((name, pa.float32()) for name in SHOWN),
        ("model_version", pa.string()),
    ]
)


@dataclass(frozen=True)
class Sums:
    """What the report says of customers; `expected_value` is what they spend if they all stay."""

    customers: int = 0
    probability: float = 0.0
    uncertain: int = 0
    expected_value: float = 0.0
    bands: dict[str, Tally] = field(default_factory=lambda: dict.fromkeys(BANDS, Tally()))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.customers + other.customers,
            self.probability + other.probability,
            self.uncertain + other.uncertain,
            self.expected_value + other.expected_value,
            {name: self.bands[name] + other.bands[name] for name in BANDS},
        )


@dataclass(frozen=True)
class Scorer:
    """The champion's models and what they need of the settings."""

    model: Chosen
    valued: Valued
    version: str
    settings: Settings

    def columns(self, known: Collection[str]) -> list[str]:
        """The columns to read of the `known` ones, each once; which features the champion needs has been checked."""
        more = ("active_days_lifetime", "tenure_days", self._frequency, "is_new", "is_reactivated", "spell_days")
        valued = self.valued.model.names if self.valued.model else ()
        wanted = ("customer_id", "snapshot", *self.model.members.names, *valued, *more, *SHOWN)
        return [name for name in dict.fromkeys(wanted) if name in known]

    @property
    def _frequency(self) -> str:
        return f"active_days_{self.settings.features.lookback_days[-1]}d"

    def rows(self, table: pa.Table) -> tuple[pa.Table, Sums]:
        """One row per customer of a block, as SCHEMA says, and their sums."""
        names = tuple(name for name in table.column_names if name not in ("customer_id", "snapshot"))
        features = unlabelled(matrix(table, names), names, days(table, "snapshot"))
        said, risk = self.model.all_said(features), self.settings.risk
        history = (features.column("active_days_lifetime"), features.column("tenure_days"))
        unsure = uncertain(*history, said.low, said.high, self.settings.churn.horizon_days)
        expected = self.valued.expected(features)
        columns = [
            table.column("customer_id"),
            table.column("snapshot"),
            pa.array(said.probability),
            pa.array(band(said.probability, risk.medium, risk.high)),
            pa.array(unsure.key, pa.string()),
            *(pa.array(getattr(unsure, name), from_pandas=True) for name in ("days", "low", "high")),
            pa.nulls(table.num_rows, pa.float64()) if expected is None else pa.array(expected),
            table.column(self._frequency).cast(pa.float64()),
            pa.array(lifecycle_stages(table, self.settings)),
            *(table.column(name) for name in SHOWN),
            pa.repeat(pa.scalar(self.version), table.num_rows),
        ]
        sums = Sums(
            len(features),
            float(said.probability.sum()),
            sum(reason is not None for reason in unsure.key),
            0.0 if expected is None else float(expected.sum()),
            tallies(said.odds, self.model.spread, (risk.medium, risk.high)),
        )
        return pa.Table.from_arrays(columns, schema=SCHEMA), sums


def blocks(path: Path, columns: list[str]) -> Iterator[pa.Table]:
    """The rows of a table in blocks of one size, whatever its row groups, so that no sum depends on how it was written.

    Raises ArtifactError if the file is damaged.
    """
    held: list[pa.Table] = []
    try:
        with pq.ParquetFile(path) as file:  # its iter_batches keeps a tenth of what it has read
            for group in range(file.num_row_groups):
                held.append(file.read_row_group(group, columns))
                while sum(table.num_rows for table in held) >= ROW_GROUP:
                    whole = pa.concat_tables(held)
                    held = [whole.slice(ROW_GROUP)]
                    yield whole.slice(0, ROW_GROUP)
    except (pa.ArrowInvalid, OSError) as error:
        raise ArtifactError(f"{path} cannot be read, so it was damaged ({error}): run `make repro`.") from None
    rest = pa.concat_tables(held)
    if rest.num_rows:
        yield rest


def side_by_side(work: Callable[[pa.Table], T], tables: Iterable[pa.Table], workers: int = 2) -> Iterator[T]:
    """The work on each table, in their order; so many at a time, and no more of them in memory."""
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for table in tables:
            waiting.append(pool.submit(work, table))
            if len(waiting) == workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def lifecycle_stages(table: pa.Table, settings: Settings) -> np.ndarray:
    """New, reactivated or active, one per row.

    New: the first activity is at most `active_within_days` old. Reactivated: not new, and back for at most as long
    after a longer break; the feature is_reactivated alone would say so for ever.
    """
    flags = [table.column(name).to_numpy() > 0 for name in ("is_new", "is_reactivated")]
    back = flags[1] & (table.column("spell_days").to_numpy() <= settings.churn.active_within_days)
    return np.array(STAGES)[np.where(flags[0], 2, back.astype(np.int64))]
