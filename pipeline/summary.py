"""What a stage says: progress while it works and one screen at its end. Nothing of it enters an output."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

T = TypeVar("T")


class StageSummary:
    """Collects a stage's figures and prints them once, with the seconds it took."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self._started = time.monotonic()
        self._lines: list[tuple[str, str]] = []
        self._notes: list[str] = []

    def line(self, label: str, value: object) -> None:
        """Add a figure; whole numbers get thousands separators."""
        shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
        self._lines.append((label, shown))

    def warn(self, sentence: str) -> None:
        """Add a sentence that the reader must not miss."""
        self._notes.append(sentence)

    def show(self) -> None:
        """Print the screen."""
        console = Console(file=sys.stdout, width=110, highlight=False)
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 2))
        for label, value in self._lines:
            table.add_row(Text(label), Text(value))
        console.print(f"[bold]{self.stage}[/bold]  {time.monotonic() - self._started:.1f} s")
        console.print(table)
        for note in self._notes:
            console.print(Text.assemble("  ", ("note", "bold yellow"), "  ", note))


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Pass items on, showing how far it is; silent where nobody watches."""
    return iter(tqdm(items, desc=f"  {what}", total=total, unit="", leave=False, disable=not sys.stderr.isatty()))


def promised(item: Mapping[str, float]) -> str:
    """What a list says of a band: its customers, how many of them we expect to leave, and how sure we are."""
    low, high = item["low"], item["high"]
    expected = f"we expect {item['expected_leavers']:,.0f} to leave (95% interval {low:,.0f} to {high:,.0f})"
    return f"{item['customers']:,} customers, {expected}"


# Why somebody with an action is not contacted, in words; who is at low risk is no news.
LEFT = {
    "holdout": "held back",
    "over_capacity": "over capacity",
    "cool_down": "contacted or held back lately",
    "objected": "who do not want it",
    "value_below_cost": "where it would cost more than it brings",
}


def whom(contact: Mapping[str, Any]) -> str:
    """How many to contact, by action, and who is not, from the briefing: "412 to contact (offer 412), 45 held back"."""
    actions = ", ".join(f"{name} {item['customers']:,}" for name, item in contact["by_action"].items())
    left = [f"{contact['why_not'][name]:,} {words}" for name, words in LEFT.items() if contact["why_not"][name]]
    return ", ".join([f"{contact['yes']:,} to contact{f' ({actions})' if actions else ''}", *left])
