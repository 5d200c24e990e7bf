"""Stage: clean, reject with reasons, reconcile, resolve the calendar, write sorted events."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from pipeline.cleaning.accounts import Counts
from pipeline.cleaning.attributes import People, read_people
from pipeline.cleaning.event_figures import span
from pipeline.cleaning.findings import Finding, Seen, worst_first
from pipeline.cleaning.ids import REPLACED
from pipeline.cleaning.kept import kept_report, warnings_of_kept
from pipeline.cleaning.minded import count_minded, findings_of, warnings_of
from pipeline.cleaning.people_written import write_people
from pipeline.cleaning.usability import (
    in_words,
    look_at_calendar,
    look_at_events,
    page_if_refused,
    refuse_errors,
    worth_saying,
    write_page,
)
from pipeline.cleaning.usable import (
    events_by_type,
    refuse_unusable,
    refuse_without_cancel,
    rejected_by_reason,
    told_of_cancels_at_once,
    without_role,
)
from pipeline.engine import Connection
from pipeline.errors import run_stage
from pipeline.horizon import Calendar, resolve_calendar
from pipeline.protection.protect import load_protection, switched
from pipeline.settings import Settings, load_settings
from pipeline.sources.places import folder_of
from pipeline.store.gather import gather
from pipeline.store.gathered import Gathered, Keeper
from pipeline.store.state import forget_state
from pipeline.summary import StageSummary
from pipeline.tables import EVENTS_CLOSED, REPORTS, USABILITY, write_json


def main() -> None:
    """Read the source, write data/events, data/rejected and data/reports/ingest.json with the usability page."""
    summary = StageSummary("ingest")
    settings = load_settings()
    findings: list[Finding] = []
    with page_if_refused(findings):
        protection = load_protection(settings.privacy)
        news = switched(settings.privacy, EVENTS_CLOSED.exists())
        people = protection.people(read_people(settings))
        with gather(settings, protection, [folder_of(settings.events.source), Path("data")]) as gathered:
            found, keeper, how = gathered
            calendar = _look(found, settings, findings)
            report = _report(found, keeper, calendar, settings)
            forget_state()
            protection.remember()
            keeper.write_events(calendar)
            write_people(people, calendar.closed_before, settings.privacy.train_on_objectors)
            keeper.write_rejected()
            _add_kept(found, report, keeper, settings.events.keep)
            if people is not None:
                _add_people(found.connection, report, people)
            keeper.remember()
    report["findings"] = [finding.as_json() for finding in worst_first(findings)]
    write_json(report, REPORTS / "ingest.json")
    write_page(report, findings)
    if news:
        summary.warn(news)  # not in the report: the next run of the same data would differ
    summary.line("read", how)
    _say(summary, found.counts, calendar, report, findings)


def _look(found: Gathered, settings: Settings, findings: list[Finding]) -> Calendar:
    """Gather the findings and resolve the calendar. Raises EventError where the events cannot be used."""
    connection, counts = found.connection, found.counts
    seen = Seen(
        connection=connection,
        settings=settings,
        source_rows=counts.source_rows,
        duplicates=counts.duplicates,
        rows_in=counts.rows_in,
        files=len(found.files),
    )
    minded = count_minded(connection, found.unread, found.empty_files)
    findings += [*look_at_events(seen), *findings_of(minded)]
    # A row that a later one replaces is no bad row: it is listed, and does not stop the run.
    bad = counts.rejected - rejected_by_reason(connection).get(REPLACED, 0)
    refuse_unusable(connection, bad, counts.rows_in, settings.events)
    if settings.churn.definition == "cancellation":
        refuse_without_cancel(connection, settings.events)
    calendar = resolve_calendar(*span(connection), settings)
    findings += look_at_calendar(dataclasses.replace(seen, calendar=calendar))
    refuse_errors(findings)
    return calendar


def _report(found: Gathered, keeper: Keeper, calendar: Calendar, settings: Settings) -> dict[str, Any]:
    connection, counts = found.connection, found.counts
    named, types = settings.events.roles.named(), events_by_type(connection)
    minded = count_minded(connection, found.unread, found.empty_files)
    warnings = list(calendar.warnings)
    warnings += [f"{name} has a role but no event" for name in named if name not in types]
    warnings += without_role(types, named)
    if settings.churn.definition == "cancellation":
        warnings += told_of_cancels_at_once(keeper.cancels_at_once())
    warnings += warnings_of(minded)
    customers = connection.execute("SELECT count(*) FROM customer_figures").fetchone()
    return {
        **dataclasses.asdict(counts),
        "rejected_share": counts.rejected / counts.rows_in,
        "rejected_by_reason": rejected_by_reason(connection),
        **minded,
        "events_by_type": types,
        "customers": customers[0] if customers else 0,
        **calendar.current(),
        "slices_asked": calendar.slices.asked,
        "slices": len(calendar.slices.days),
        "warnings": warnings,
    }


def _add_kept(found: Gathered, report: dict[str, Any], keeper: Keeper, keep: tuple[str, ...]) -> None:
    """Say what the kept columns hold, where there are any."""
    if keep:
        report["kept_columns"] = kept_report(found.connection, keep, keeper.kept_rows())
        report["warnings"] += warnings_of_kept(report["kept_columns"])


def _add_people(connection: Connection, report: dict[str, Any], people: People) -> None:
    """Say what the customers table held, and how well it meets the events."""
    connection.register("known_people", people.ids)
    query = "SELECT count(*) FROM customer_figures WHERE customer_id IN (SELECT customer_id FROM known_people)"
    met = connection.execute(query).fetchall()[0][0]
    report["customers_table"] = {**people.report, "customers_with_events": met}
    report["warnings"] += people.warnings
    if not met:
        report["warnings"].append("customers: none of its ids has an event: are they written as in the events?")


def _say(
    summary: StageSummary, counts: Counts, calendar: Calendar, report: dict[str, Any], findings: list[Finding]
) -> None:
    summary.line("rows in the source", counts.source_rows)
    summary.line("  exact duplicates, dropped", counts.duplicates)
    summary.line("  left out by the query", counts.left_out_by_query)
    if counts.forgotten:
        summary.line("  of forgotten people, dropped", counts.forgotten)
    for reason, number in report["rejected_by_reason"].items():
        summary.line(f"  rejected: {reason}", number)
    summary.line("  merged into another row's event", counts.collapsed_away)
    summary.line("events kept", counts.kept_events)
    summary.line("as of", calendar.as_of)
    summary.line("labelled slices", f"{len(calendar.slices.days)} of {calendar.slices.asked} asked for")
    for sentence in report["warnings"]:
        summary.warn(sentence)
    summary.line("usability", f"{in_words(findings)}: {USABILITY}")
    for sentence in worth_saying(findings):
        summary.warn(sentence)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
