"""What usability checks say: a finding, and what every check may look at."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from pipeline.engine import Connection
from pipeline.horizon import Calendar
from pipeline.settings import Settings

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that a reader of the results should know of; it never names a customer or shows a row."""

    name: str
    severity: Severity
    column: str
    table: str
    what: str
    advice: str
    step: str = "ingest"

    def as_json(self) -> dict[str, Any]:
        """The finding as the report holds it."""
        names = ("name", "step", "severity", "column", "table", "what", "advice")
        return {name: getattr(self, name) for name in names}


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a check may look at: the tables `checked` and `events`, settings, counts; the calendar once it is known."""

    connection: Connection
    settings: Settings
    source_rows: int
    duplicates: int
    rows_in: int
    files: int
    calendar: Calendar | None = None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query over `checked` and `events`."""
        return list(self.connection.execute(query).fetchall())

    def value(self, query: str) -> Any:
        """The first value of a query."""
        return self.rows(query)[0][0]


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes, each in the order in which they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
