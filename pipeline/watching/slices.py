"""Single slices of the training table: who was there, and the rows themselves, without reading the others' features."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.snapshots import as_date, day_number
from models.table import TrainingTable
from pipeline.champions import Champion
from pipeline.errors import ArtifactError
from pipeline.sample import sample_of
from pipeline.settings import Settings
from pipeline.tables import TRAINING
from pipeline.training_data import KEYS, days, matrix, training_sample

YEAR = 364  # 52 weeks: the same day of the week a year ago


@dataclass(frozen=True)
class Census:
    """Customers and leavers of every labelled slice, of everybody, by day number, oldest first."""

    customers: dict[int, int]
    leavers: dict[int, int]

    def days(self) -> list[int]:
        """The labelled slices."""
        return list(self.customers)

    def share(self, day: int) -> float:
        """Who left, as a share."""
        return self.leavers[day] / self.customers[day]


def census() -> Census:
    """Count the training table. Raises ArtifactError if it is missing or damaged, or has no rows."""
    customers: dict[int, int] = {}
    leavers: dict[int, int] = {}
    try:
        with pq.ParquetFile(TRAINING) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, ["snapshot", "churned"])
                left = table.column("churned").to_numpy()
                for day, here in _by_day(days(table, "snapshot")):
                    customers[day] = customers.get(day, 0) + int(here.sum())
                    leavers[day] = leavers.get(day, 0) + int(left[here].sum())
    except FileNotFoundError:
        raise ArtifactError(f"{TRAINING} is missing: run `make repro`.") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise ArtifactError(f"{TRAINING} cannot be read, so it was damaged ({error}): run `make repro`.") from None
    if not customers:
        raise ArtifactError(f"{TRAINING} has no rows, so there is nothing to compare with: run `make repro`.")
    return Census(dict(sorted(customers.items())), dict(sorted(leavers.items())))


def _by_day(snapshot: np.ndarray) -> list[tuple[int, np.ndarray]]:
    return [(int(day), snapshot == day) for day in np.unique(snapshot)]


def load_slices(settings: Settings, names: tuple[str, ...], wanted: set[int], left_alone: bool) -> TrainingTable:
    """The rows of some slices, of a long table those of the draw (`model.max_rows`), in the file's order.

    `left_alone`: without rows whose label a contact may have changed, as training leaves them out; who is compared
    with today's customers is everybody. Raises ArtifactError if a feature of `names` is no column of the table.
    """
    known = pq.read_schema(TRAINING).names
    lacking = [name for name in names if name not in known]
    if lacking:
        raise ArtifactError(f"{TRAINING} lacks the feature {lacking[0]} that the champion needs: run `make repro`.")
    sample = training_sample(TRAINING, settings) if left_alone else sample_of(TRAINING, settings.model.max_rows)
    dates = pa.array([as_date(day) for day in sorted(wanted)], pa.date32())
    parts = [
        table.filter(pc.is_in(table.column("snapshot"), value_set=dates)) for table in sample.tables([*KEYS, *names])
    ]
    table = pa.concat_tables(parts)
    return TrainingTable(
        customer=np.arange(table.num_rows),
        snapshot=days(table, "snapshot"),
        churned=table.column("churned").to_numpy(),
        values=matrix(table, names),
        names=names,
        label_days=settings.churn.lead_days + settings.churn.horizon_days,
        share=sample.share,
    )


def learnt_newest(champion: Champion, known: Census) -> int:
    """The newest slice that the champion learnt from and that is still in the table; failing that, the oldest one."""
    newest = day_number(date.fromisoformat(champion.manifest["shipped_slices"][-1]))
    return max([day for day in known.days() if day <= newest], default=known.days()[0])


def season_twin(as_of: str, every_days: int, known: Census) -> int | None:
    """The slice nearest to a year before `as_of`, at most half a step of the grid away; None where there is none."""
    wanted = day_number(date.fromisoformat(as_of)) - YEAR
    nearest = min(known.days(), key=lambda day: (abs(day - wanted), day))
    return nearest if 2 * abs(nearest - wanted) <= every_days else None
