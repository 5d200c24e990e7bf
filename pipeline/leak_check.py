"""`make leak-check`: proof that no feature looks past its snapshot, and that the proof can fail.

For every labelled snapshot, and for `as_of`, the events at and after it are edited, deleted and added to, and the
stages make their tables again: every bit must stay. What training sees must be what scoring would have seen on that
day. An event the day before must change something, and leaks that are planted must be found by name.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from features.snapshots import as_date, day_number
from pipeline.errors import EventError, LeakError, run_stage
from pipeline.leaks.copies import FUTURES, World, deleted, load_events, the_day_before
from pipeline.leaks.planted import LEAKS, planted
from pipeline.leaks.rebuild import Build, Workshop, differing
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, REPORTS, read_json, write_json

REPORT = REPORTS / "leak_check.json"
AS_ON_THE_DAY = "as on the day"


@dataclass(frozen=True)
class Finding:
    """One column that another future changed at one snapshot, and in how many rows."""

    column: str
    snapshot: str
    by: str
    rows: int

    def __str__(self) -> str:
        """As the screen shows it."""
        return f"{self.column} at {self.snapshot} by {self.by} ({self.rows:,} rows)"


@dataclass(frozen=True)
class Dates:
    """The labelled snapshots and `as_of`, as day numbers."""

    labelled: list[int]
    as_of: int

    @property
    def few(self) -> list[int]:
        """The oldest, the middle and the newest labelled snapshot: planted leaks need not be found everywhere."""
        days = self.labelled
        return sorted({days[0], days[len(days) // 2], days[-1]})


def main() -> None:
    """Write data/reports/leak_check.json. Raises LeakError that names every feature that looks past its snapshot."""
    summary = StageSummary("leak check")
    world, dates = _world(load_settings()), _dates()
    with tempfile.TemporaryDirectory(prefix="ebb-leaks-") as folder:
        workshop = Workshop.set_up(Path(folder))
        found = honest_findings(workshop, world, dates)
        seen = {str(as_date(day)): _control(workshop, world, day) for day in progress(dates.labelled, "controls")}
        caught = planted_findings(workshop, world, dates.few)
        names = workshop.features()
    missed = sorted(set(LEAKS) - {finding.column for finding in caught})
    _report(summary, world, dates, found, seen, caught)
    judge(found, seen, missed)
    features = len(names) - len(LEAKS)
    summary.line("snapshots, as_of included", len(dates.labelled) + 1)
    summary.line("futures at each", f"{', '.join(FUTURES)}; and {AS_ON_THE_DAY}")
    summary.line("features", f"{features}, every bit as it was")
    summary.line("planted leaks", f"{len(LEAKS)}, all named")
    summary.show()


def judge(found: list[Finding], seen: dict[str, int], missed: list[str]) -> None:
    """Raise LeakError if a feature leaks, or if the check could not have told."""
    if found:
        first = {finding.column: finding for finding in reversed(found)}
        named = "; ".join(str(finding) for finding in list(first.values())[:5])
        raise LeakError(
            f"{len(first)} features change with events at or after their snapshot: {named}. A feature may only see "
            f"what lies before its snapshot: mend it in features/. {REPORT} has every case."
        )
    blind = [day for day, columns in seen.items() if not columns]
    if blind or missed:
        what = f"an event the day before {blind[0]} changes no feature" if blind else f"{missed[0]} was not caught"
        raise LeakError(f"the check is blind ({what}), so that it proves nothing. Report this as a bug.")


def honest_findings(workshop: Workshop, world: World, dates: Dates) -> list[Finding]:
    """What another future changes at every labelled snapshot and at `as_of`, and where training is not scoring."""
    found = _findings(workshop.training, world, progress(dates.labelled, "snapshots"))
    found += _findings(workshop.current, world, [dates.as_of])
    for day in progress(dates.labelled, AS_ON_THE_DAY):
        columns = differing(workshop.training(world.events, day), workshop.current(deleted(world, day), day))
        found += [Finding(name, str(as_date(day)), AS_ON_THE_DAY, rows) for name, rows in columns.items()]
    return found


def planted_findings(workshop: Workshop, world: World, days: list[int]) -> list[Finding]:
    """What is found where leaks are planted: each leak, and nothing else that was not there without them."""
    with planted():
        return _findings(workshop.training, world, progress(days, "planted leaks"))


def _findings(build: Build, world: World, days: Iterable[int]) -> list[Finding]:
    found = []
    for day in days:
        honest = build(world.events, day)
        for by, future in FUTURES.items():
            columns = differing(honest, build(future(world, day), day))
            found += [Finding(name, str(as_date(day)), by, rows) for name, rows in columns.items()]
    return found


def _control(workshop: Workshop, world: World, day: int) -> int:
    """How many features an event the day before changes."""
    return len(differing(workshop.training(world.events, day), workshop.training(the_day_before(world, day), day)))


def _world(settings: Settings) -> World:
    files = [EVENTS_CLOSED / "events.parquet", EVENTS_OPEN / "events.parquet"]
    if not all(path.exists() for path in files):
        raise EventError(f"there are no events in {EVENTS_CLOSED.parent} yet: run `make repro` first.")
    events, customers = load_events(files)
    spec = settings.feature_spec()
    return World(events, spec.types(), settings.events.timezone, settings.churn.horizon_days, customers)


def _dates() -> Dates:
    slices, current = read_json(EVENTS_CLOSED / "slices.json"), read_json(EVENTS_OPEN / "as_of.json")
    labelled = [day_number(date.fromisoformat(day)) for day in slices["slices"]]
    return Dates(labelled, day_number(date.fromisoformat(current["as_of"])))


def _report(
    summary: StageSummary,
    world: World,
    dates: Dates,
    found: list[Finding],
    seen: dict[str, int],
    caught: list[Finding],
) -> None:
    """Print the table of snapshots and futures and what was caught; write both."""
    days = [str(as_date(day)) for day in [*dates.labelled, dates.as_of]]
    console = Console(file=sys.stdout, width=110, highlight=False)
    ways = [*FUTURES, AS_ON_THE_DAY]
    table = Table("snapshot", *ways, "day before: features that change", box=None, padding=(0, 2, 0, 2))
    for day in days:
        leaks = [sum(item.snapshot == day and item.by == way for item in found) for way in ways]
        cells = ["same" if not number else f"{number} LEAK" for number in leaks]
        cells[-1] = "" if day not in seen else cells[-1]
        table.add_row(day, *cells, str(seen.get(day, "")))
    console.print(table)
    firsts = {item.column: item for item in reversed(caught)}
    for item in sorted(firsts.values(), key=lambda item: item.column):
        console.print(f"  caught: {item}")
    if world.sampled_of is not None:
        kept = len(set(world.events["customer_id"].to_pylist()))
        summary.warn(f"Checked on {kept:,} of {world.sampled_of:,} customers, a fixed sample of their ids.")
    content = {
        "snapshots": days,
        "futures": ways,
        "leaks": [asdict(item) for item in found],
        "features_changed_by_the_day_before": seen,
        "planted_and_caught": [asdict(item) for item in caught],
    }
    write_json(content, REPORT)


if __name__ == "__main__":
    run_stage(main)
