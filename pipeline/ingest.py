"""Stage: clean, reject with reasons, reconcile, resolve the calendar, write sorted events."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.cleaning.attributes import People, read_people
from pipeline.cleaning.canonical import canonical_query
from pipeline.cleaning.people_written import write_people
from pipeline.cleaning.rules import create_checked, create_rejects
from pipeline.cleaning.usable import (
    events_by_type,
    refuse_unusable,
    refuse_without_cancel,
    rejected_by_reason,
    without_role,
)
from pipeline.engine import SORT_KEY, TERM, Connection, DuckError, connect, identifier, literal
from pipeline.errors import ConfigError, EventError, run_stage, storage_error
from pipeline.horizon import Calendar, resolve_calendar
from pipeline.privacy.protect import Protection, load_protection, switched
from pipeline.sections.churn import Term
from pipeline.sections.events import Events
from pipeline.settings import Settings, load_settings
from pipeline.sources.files import Source, open_source
from pipeline.sources.sink import ROW_KEY, Reading
from pipeline.summary import StageSummary
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, REJECTED, REPORTS, ROW_GROUP, atomic, write_json, write_table


@dataclasses.dataclass(frozen=True)
class Counts:
    """Where every source row went; the two identities of DESIGN section 4 hold, or ingest stops."""

    source_rows: int
    duplicates: int
    left_out_by_query: int
    rows_in: int
    rejected: int
    collapsed_away: int
    kept_events: int
    forgotten: int = 0

    def check(self) -> None:
        """Raise EventError if a row is lost or made."""
        if self.source_rows != self.forgotten + self.duplicates + self.left_out_by_query + self.rows_in:
            raise EventError(f"rows do not add up before the checks: {dataclasses.asdict(self)}. Report this as a bug.")
        if self.rows_in != self.kept_events + self.rejected + self.collapsed_away:
            raise EventError(f"rows do not add up after the checks: {dataclasses.asdict(self)}. Report this as a bug.")


def main() -> None:
    """Read the source, write data/events, data/rejected and data/reports/ingest.json."""
    summary = StageSummary("ingest")
    settings = load_settings()
    protection = load_protection(settings.privacy)
    news = switched(settings.privacy, EVENTS_CLOSED.exists())
    people = protection.people(read_people(settings))
    with connect(settings.engine, [_folder(settings.events.source), Path("data")]) as connection:
        source = open_source(connection, settings.events.source, Reading.of(settings.events))
        term = settings.churn.lapse_term
        counts = clean(connection, source, settings.events, term, protection)
        refuse_unusable(connection, counts.rejected, counts.rows_in, settings.events)
        if settings.churn.definition == "cancellation":
            refuse_without_cancel(connection, settings.events)
        calendar = resolve_calendar(*_span(connection), settings)
        protection.remember()
        write_events(connection, calendar, term is not None)
        write_people(people, calendar.closed_before, settings.privacy.train_on_objectors)
        _write_rejected(connection, source, protection)
        report = _report(connection, counts, calendar, settings)
        if people is not None:
            _add_people(connection, report, people)
    write_json(report, REPORTS / "ingest.json")
    if news:
        summary.warn(news)
    _say(summary, counts, calendar, report)


def _folder(source: str) -> Path:
    path = Path(source)
    return path if path.is_dir() else path.parent


def clean(
    connection: Connection,
    source: Source,
    events: Events,
    term: Term | None = None,
    protection: Protection | None = None,
) -> Counts:
    """Create the table `events` from `numbered` and count where each row went. One row per event."""
    protection = protection or Protection()
    names = ", ".join(identifier(name) for name in source.columns)
    with _explained(f"{source.files[0] if len(source.files) == 1 else events.source} cannot be read to its end"):
        if events.duplicates == "drop":
            grouped = f"SELECT {names}, min({ROW_KEY}) AS {ROW_KEY} FROM numbered GROUP BY {names}"
            connection.execute(f"CREATE TEMP TABLE raw AS {grouped}")
        else:
            connection.execute("CREATE VIEW raw AS SELECT * FROM numbered")
        unique = _count(connection, "raw")
    with _explained("events.query or events.columns meets a value that it cannot handle (TRY_CAST can)"):
        create_checked(connection, canonical_query(connection, events, source, term), events, term)
    _refuse_made_rows(connection)
    forgotten = protection.drop_forgotten(connection, "checked")
    protection.rename(connection, "checked")
    create_rejects(connection)
    asked, rejected = _count(connection, "checked"), _count(connection, "rejects")
    rows_in = asked + source.unread  # a line that makes no row is rejected, whatever the query would have said of it
    with _explained("the amounts of one event add up to more than a million million"):
        _create_events(connection, events, term is not None)
    kept = _count(connection, "events")
    counts = Counts(
        source_rows=source.rows,
        duplicates=source.rows - source.unread - unique,
        left_out_by_query=unique - forgotten - asked,
        rows_in=rows_in,
        rejected=rejected,
        collapsed_away=rows_in - rejected - kept,
        kept_events=kept,
        forgotten=forgotten,
    )
    counts.check()
    return counts


def _refuse_made_rows(connection: Connection) -> None:
    """A function that gives several rows for one would let the sums of `Counts` add up by luck."""
    rows, keys = connection.execute(f"SELECT count(*), count(DISTINCT {ROW_KEY}) FROM checked").fetchall()[0]
    if rows != keys:
        raise ConfigError(
            f"events.query must be SELECT ... FROM raw [WHERE ...]: it makes {rows:,} rows of {keys:,}, so that they "
            "cannot be accounted for. Leave out functions that give several rows for one."
        )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """The engine's complaint about a value as one sentence with what it was about."""
    try:
        yield
    except DuckError as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        # The engine repeats the value, which may be somebody's: messages end up in logs.
        said = re.sub("'.*'", "'...'", lines[0].rstrip("."))
        raise storage_error(error) or EventError(f"{what}: {said}. Nothing was changed.") from None


def _create_events(connection: Connection, events: Events, with_term: bool) -> None:
    """One row per event: accepted rows as they are, or merged by the collapse column.

    Merged: the earliest time, amounts added, the longest term.
    """
    columns = "customer_id, event_time, CAST(local_time AS DATE) AS event_day, event_type, amount"
    columns += f", {TERM}" if with_term else ""
    kept = "FROM checked WHERE reason IS NULL"
    if not events.collapse:
        connection.execute(f"CREATE TEMP VIEW events AS SELECT {columns} {kept}")
        return
    merged = (
        "customer_id, min(event_time) AS event_time, CAST(arg_min(local_time, event_time) AS DATE) AS event_day, "
        "event_type, CAST(sum(amount) AS DECIMAL(18, 6)) AS amount"
    )
    merged += f", max({TERM}) AS {TERM}" if with_term else ""
    key = f"customer_id, event_type, coalesce('v' || collapse_value, 'r' || CAST({ROW_KEY} AS VARCHAR))"
    connection.execute(f"CREATE TEMP TABLE events AS SELECT {merged} {kept} GROUP BY {key}")


def _count(connection: Connection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def _span(connection: Connection) -> tuple[Any, Any, bool]:
    query = (
        "SELECT min(event_day), max(event_day), "
        "(SELECT bool_and(local_time = date_trunc('day', local_time)) FROM checked WHERE reason IS NULL) FROM events"
    )
    found = connection.execute(query).fetchone()
    if found is None or found[0] is None:
        raise EventError("no event is left after the checks: see data/rejected of the last run, or mend events.query.")
    return found[0], found[1], bool(found[2])


def write_events(connection: Connection, calendar: Calendar, with_term: bool = False) -> None:
    """Write both partitions, sorted by customer and time: what closed labels can see, and the rest."""
    boundary = f"DATE '{calendar.closed_before}'"
    columns, order = "customer_id, event_time, event_day, event_type, amount", SORT_KEY
    if with_term:
        columns, order = f"{columns}, {TERM}", f"{order}, {TERM}"
    for folder, test in ((EVENTS_CLOSED, f"event_day < {boundary}"), (EVENTS_OPEN, f"event_day >= {boundary}")):
        with atomic(folder / "events.parquet") as aside:
            connection.execute(
                f"COPY (SELECT {columns} FROM events WHERE {test} ORDER BY {order}) TO {literal(str(aside))} "
                f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})"
            )
    write_json(calendar.labelled(), EVENTS_CLOSED / "slices.json")
    write_json(calendar.current(), EVENTS_OPEN / "as_of.json")


def _write_rejected(connection: Connection, source: Source, protection: Protection) -> None:
    """Every rejected row as it came, in the order of the source; of a line that makes no row, its text."""
    ours = {name: f"source_{name}" for name in ("file", "row", "reason", "line")}
    names = ", ".join(f"n.{identifier(name)} AS {identifier(ours.get(name, name))}" for name in source.columns)
    query = (
        f"SELECT r.{ROW_KEY}, r.reason, r.line, {names} FROM rejects r LEFT JOIN numbered n USING ({ROW_KEY}) "
        f"ORDER BY r.{ROW_KEY}"
    )
    table = connection.sql(query).to_arrow_table()
    places = [source.where(key) for key in table.column(ROW_KEY).to_pylist()]
    table = table.remove_column(0)
    table = table.add_column(0, "row", pa.array([row for _, row in places], pa.int64()))
    table = table.add_column(0, "file", pa.array([file for file, _ in places], pa.string()))
    table = protection.rejected(table)
    write_table([table], table.schema, REJECTED / "rejected.parquet")


def _report(connection: Connection, counts: Counts, calendar: Calendar, settings: Settings) -> dict[str, Any]:
    named, types = settings.events.roles.named(), events_by_type(connection)
    warnings = list(calendar.warnings)
    warnings += [f"{name} has a role but no event" for name in named if name not in types]
    warnings += without_role(types, named)
    customers = connection.execute("SELECT count(DISTINCT customer_id) FROM events").fetchone()
    return {
        **dataclasses.asdict(counts),
        "rejected_share": counts.rejected / counts.rows_in,
        "rejected_by_reason": rejected_by_reason(connection),
        "events_by_type": types,
        "customers": customers[0] if customers else 0,
        **calendar.current(),
        "slices_asked": calendar.slices.asked,
        "slices": len(calendar.slices.days),
        "warnings": warnings,
    }


def _add_people(connection: Connection, report: dict[str, Any], people: People) -> None:
    """Say what the customers table held, and how well it meets the events."""
    connection.register("known_people", people.ids)
    query = "SELECT count(*) FROM (SELECT customer_id FROM events INTERSECT SELECT customer_id FROM known_people)"
    met = connection.execute(query).fetchall()[0][0]
    report["customers_table"] = {**people.report, "customers_with_events": met}
    report["warnings"] += people.warnings
    if not met:
        report["warnings"].append("customers: none of its ids has an event: are they written as in the events?")


def _say(summary: StageSummary, counts: Counts, calendar: Calendar, report: dict[str, Any]) -> None:
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
    summary.show()


if __name__ == "__main__":
    run_stage(main)
