"""The usability report: what a reader of the list should know of the events. Checks in the order of the page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.cleaning import usability_settings, usability_time, usability_values
from pipeline.cleaning.findings import Finding, Seen, worst_first
from pipeline.errors import EbbError, EventError
from pipeline.tables import USABILITY, USABILITY_REFUSED, write_text

EVENT_CHECKS: tuple[Callable[[Seen], list[Finding]], ...] = (
    usability_values.rejects,
    usability_values.duplicates,
    usability_values.one_id,
    usability_values.untrimmed_ids,
    usability_values.mixed_units,
    usability_values.amounts,
    usability_values.once_only,
    usability_time.stops_and_starts,
    usability_time.files_that_stop,
    usability_time.late_events,
    usability_time.mixed_stamps,
    usability_time.clock_changes,
    usability_time.population,
    usability_settings.types_and_roles,
)
CALENDAR_CHECKS: tuple[Callable[[Seen], list[Finding]], ...] = (
    usability_time.outages,
    usability_settings.lookbacks,
)


def look_at_events(seen: Seen) -> list[Finding]:
    """Every finding that needs no calendar."""
    return [finding for check in EVENT_CHECKS for finding in check(seen)]


def look_at_calendar(seen: Seen) -> list[Finding]:
    """Every finding that needs the labelled slices."""
    return [finding for check in CALENDAR_CHECKS for finding in check(seen)]


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise EventError on the first finding that forbids to go on."""
    for finding in findings:
        if finding.severity == "error":
            raise EventError(f"{finding.what}. {finding.advice} Nothing was changed.")


@contextlib.contextmanager
def page_if_refused(findings: list[Finding]) -> Iterator[None]:
    """Whatever ingest refuses inside is also told on a page of its own, beside what was found until then."""
    try:
        yield
    except EbbError as error:
        refused = Finding("refused", "error", "", "source", str(error), "The last list and everything else stay.")
        others = [finding for finding in findings if finding.severity != "error"]
        # Where the page cannot be written the refusal itself is still the message.
        with contextlib.suppress(OSError):
            _write({}, [refused, *others], USABILITY_REFUSED)
        raise


def write_page(report: dict[str, Any], findings: Sequence[Finding]) -> None:
    """Write data/reports/usability.html for a run that went through; the page of a refused one has done its work."""
    _write(report, findings, USABILITY)
    USABILITY_REFUSED.unlink(missing_ok=True)


def in_words(findings: Sequence[Finding]) -> str:
    """How many findings there are, by severity."""
    names = {"error": "errors", "warning": "warnings", "info": "notes"}
    counts = {word: sum(finding.severity == kind for finding in findings) for kind, word in names.items()}
    told = [f"{number} {word if number > 1 else word[:-1]}" for word, number in counts.items() if number]
    return ", ".join(told) or "nothing to say"


def worth_saying(findings: Sequence[Finding]) -> list[str]:
    """The warnings that the screen shows too; the report's own list of warnings has those about roles already."""
    told = [item for item in findings if item.severity == "warning" and item.name != "role without events"]
    return [f"{item.what}. {item.advice}" for item in told]


def _write(report: dict[str, Any], findings: Sequence[Finding], path: Path) -> None:
    environment = Environment(
        loader=PackageLoader("pipeline"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("usability.html").render(
        report=report, findings=worst_first(findings), summary=in_words(findings)
    )
    write_text(page + "\n", path)
