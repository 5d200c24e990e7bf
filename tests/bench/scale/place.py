"""Where the bench works: a scratch folder with the events it has invented so far, each kind once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench.scale.job import DAYS, HORIZON_DAYS
from tests.bench.scale.measuring import Used, run

GRID_DAYS, GRID_START = 28, 4  # params.yaml: snapshots.every_days, from Monday 1970-01-05
ONE_FILE_MOST = 10_000_000  # events that are sorted into one file, too


@dataclass(frozen=True)
class Place:
    """`root` is removed at the end."""

    root: Path

    @property
    def cache(self) -> Path:
        """Where compiled modules are kept."""
        return self.root / "pycache"

    def python(self, *command: str, folder: Path | None = None) -> Used:
        """Run a module of ours."""
        return run(["-m", *command], folder or self.root, self.cache)

    def events(self, number: int, history_days: int = DAYS, week_days: int = 0) -> Path:
        """The folder of so many invented events, made if it is not there."""
        folder = self.root / f"events-{number}-{history_days}-{week_days}"
        if not folder.exists():
            options = ["--history-days", str(history_days), "--week-days", str(week_days)]
            one = ["--one-file"] if number <= ONE_FILE_MOST and week_days == 0 else []
            self.python("tests.bench.scale.made_events", str(number), str(folder), *options, *one)
        return folder

    def fresh(self, name: str) -> Path:
        """An empty folder of this name, not yet made."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def history_days(first_day: int) -> int:
    """Days of history after which a week more matures no slice: the newest closes a week after the one before did.

    The run that has them sees the midnight of its newest day, and a slice is closed when its label lies before that.
    """
    for days in range(DAYS - 7, DAYS - 7 - GRID_DAYS, -1):
        if (first_day + days - 1 - HORIZON_DAYS - GRID_START) % GRID_DAYS == 7:
            return days
    raise AssertionError("one of 28 days in a row has every remainder")
