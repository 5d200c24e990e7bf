"""The profile on the screen: what came in, when, and how long customers stay silent."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from pipeline.suggesting.horizons import Candidate
from pipeline.suggesting.profile import Profile

MOST_COLUMNS, MOST_MONTHS = 8, 36


def show_profile(profile: Profile) -> None:
    """Print events per type and month."""
    types = list(profile.by_type)[:MOST_COLUMNS]
    shown = list(profile.months.items())[-MOST_MONTHS:]
    table = _table("month", types)
    for month, counts in shown:
        table.add_row(month, *[f"{counts.get(name, 0):,}" for name in types])
    table.add_row("all", *[f"{profile.by_type[name]:,}" for name in types], style="bold")
    left_out = len(profile.by_type) - len(types)
    title = "events by month" + (f" ({left_out} rarer types not shown)" if left_out else "")
    _print(f"[bold]{title}[/bold]", table)


def show_candidates(found: Sequence[Candidate], chosen: Candidate) -> None:
    """Print what each horizon would mean."""
    table = _table("horizon", ["active within", "leave", "eligible", "gaps longer", "every", "slices", "judged", ""])
    for item in found:
        if item.why_not:
            table.add_row(str(item.horizon_days), *[""] * 7, "the history is too short")
            continue
        row = [f"{item.active_within_days}", f"{item.base_rate:.0%}", f"{item.eligible:,}", f"{item.outlasted:.0%}"]
        row += [f"{item.every_days}", f"{item.slices}", f"{item.judged}", "proposed" if item is chosen else ""]
        table.add_row(str(item.horizon_days), *row, style="bold" if item is chosen else "")
    _print("[bold]what each horizon would mean[/bold] (days; shares of the eligible)", table)


def gaps_in_words(profile: Profile) -> str:
    """Quantiles of the days between days of activity."""
    if not profile.gaps:
        return "nobody is active on two days"
    return ", ".join(f"{share:.0%} at most {days:.0f}" for share, days in profile.gaps.items())


def weekdays_in_words(profile: Profile) -> str:
    """Share of events by day of the week."""
    return ", ".join(f"{name} {number / profile.events:.0%}" for name, number in profile.weekdays.items())


def _table(first: str, rest: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 1), header_style="")
    table.add_column(first)
    for name in rest:
        table.add_column(name, justify="right" if name else "left", overflow="ellipsis", max_width=18)
    return table


def _print(title: str, table: Table) -> None:
    console = Console(file=sys.stdout, width=110, highlight=False)
    console.print(title)
    console.print(table)
    console.print()
