"""What everybody who makes features is asked: one file, `job.json`, that our subject and every rival read.

Only the standard library is imported here: rivals run in environments of their own.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

LOOKBACKS = (7, 14, 28, 56, 91, 182, 364)
TWO_LOOKBACKS = (28, 364)
FIRST_DAY = (date(2022, 1, 3) - date(1970, 1, 1)).days  # of the invented events, which span so many days
DAYS = 730
HORIZON_DAYS = 91
ACTIVE_WITHIN_DAYS = 182
EVERY_DAYS = 7
MATRIX = "features.parquet"


@dataclass(frozen=True)
class Job:
    """Features of `purchase` (activity, money) and `visit` (engagement), and whether the customer leaves.

    One row per (customer, snapshot) with a purchase in the last `active_within_days`; days are days since 1970.
    """

    files: tuple[str, ...]
    snapshots: tuple[int, ...]
    lookbacks: tuple[int, ...]
    first_day: int = FIRST_DAY
    active_within_days: int = ACTIVE_WITHIN_DAYS
    horizon_days: int = HORIZON_DAYS

    @property
    def offsets(self) -> tuple[int, ...]:
        """Every window that a feature or the rule of eligibility needs, in days: lookbacks and twice as long ones."""
        return tuple(sorted({*self.lookbacks, *(2 * days for days in self.lookbacks), self.active_within_days}))


def job(files: list[Path], snapshots: int, lookbacks: tuple[int, ...]) -> Job:
    """So many weekly snapshots, the newest where the last label closes with the data."""
    newest = FIRST_DAY + DAYS - HORIZON_DAYS
    days = sorted(newest - EVERY_DAYS * step for step in range(snapshots))
    return Job(tuple(str(path) for path in files), tuple(days), lookbacks)


def write_job(folder: Path, asked: Job) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(json.dumps(asdict(asked)), encoding="utf-8")


def read_job(folder: Path) -> Job:
    found: dict[str, Any] = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    lists = {key: tuple(found.pop(key)) for key in ("files", "snapshots", "lookbacks")}
    return Job(**lists, **found)
