"""Whose rows lie in the source: asked with the rules of ingest, so that an id is what ingest would call it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.cleaning.canonical import canonical_query
from pipeline.cleaning.rules import create_checked
from pipeline.engine import DuckError, connect, identifier
from pipeline.errors import EbbError
from pipeline.exporting.contacts import read_contacts
from pipeline.sections.contacting import NO_LOG
from pipeline.sections.people import NO_CUSTOMERS
from pipeline.settings import Settings
from pipeline.sources.files import open_source
from pipeline.sources.places import folder_of, shown
from pipeline.sources.sink import ROW_BITS, ROW_KEY, Reading

FAULTS = (EbbError, DuckError, OSError)  # their messages may repeat a value: only their kind is passed on
Pick = Callable[[Sequence[str]], set[str]]


@dataclass(frozen=True)
class SourceRows:
    """Rows per file of the picked customers, their ids, and why a source could not be asked."""

    files: dict[str, int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


def rows_in_sources(settings: Settings, pick: Pick) -> SourceRows:
    """Count the rows of customers whom `pick` chooses in the events, the customers table and the contacts."""
    found = SourceRows()
    try:
        _events(settings, pick, found)
    except FAULTS as error:
        found.unread.append(f"{settings.events.source} cannot be read ({type(error).__name__})")
    for source, setting, owner, used in (
        (settings.customers.source, "customers.source", settings.customers.columns, NO_CUSTOMERS),
        (settings.contacts.source, "contacts.source", settings.contacts.columns, NO_LOG),
    ):
        try:
            if source != used:
                _table(settings, pick, found, source, setting, owner.get("customer_id", "customer_id"))
        except FAULTS as error:
            found.unread.append(f"{source} cannot be read ({type(error).__name__})")
    try:
        _contacts(settings, pick, found)
    except FAULTS as error:
        found.unread.append(f"{settings.export.contacts} cannot be read ({type(error).__name__})")
    return found


def _contacts(settings: Settings, pick: Pick, found: SourceRows) -> None:
    contacts = read_contacts(settings)
    if contacts is not None:
        picked = pick(contacts.table.column("customer_id").to_pylist())
        if picked:
            found.files[str(settings.export.contacts)] = len(picked)
            found.ids.update(picked)


def _events(settings: Settings, pick: Pick, found: SourceRows) -> None:
    with connect(settings.engine, [folder_of(settings.events.source)]) as connection:
        source = open_source(connection, settings.events.source, Reading.of(settings.events))
        connection.execute("CREATE VIEW raw AS SELECT * FROM numbered")
        create_checked(connection, canonical_query(connection, settings.events, source), settings.events)
        ids = connection.sql("SELECT DISTINCT customer_id FROM checked WHERE customer_id IS NOT NULL")
        picked = pick(ids.to_arrow_table().column(0).to_pylist())
        connection.register("picked", pa.table({"customer_id": pa.array(sorted(picked), pa.string())}))
        query = (
            f"SELECT {ROW_KEY} >> {ROW_BITS}, count(*) FROM checked JOIN picked USING (customer_id) "
            "GROUP BY 1 ORDER BY 1"
        )
        for number, rows in connection.execute(query).fetchall():
            found.files[shown(source.files[number], settings.events.source)] = rows
        found.ids.update(picked)


def _table(settings: Settings, pick: Pick, found: SourceRows, source: str, setting: str, owner: str) -> None:
    """Rows of a table beside the events: the customers, or the log of contacts."""
    with connect(settings.engine, [folder_of(source, setting)]) as connection:
        open_source(connection, source, Reading(settings.events.csv), setting, may_be_empty=True)
        query = f"SELECT CAST({identifier(owner)} AS VARCHAR), count(*) FROM numbered GROUP BY 1"
        rows = connection.execute(query).fetchall()
    picked = pick([name for name, _ in rows if name is not None])
    if picked:
        found.files[source] = sum(number for name, number in rows if name in picked)
        found.ids.update(picked)
