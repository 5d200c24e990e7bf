"""The customers table as files beside the events; attributes are split at the same day as events."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning.attributes import People
from pipeline.event_files import ATTRIBUTES, DISPLAYED, NO_CONTACT, OBJECTORS
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, write_table


def write_people(people: People | None, closed_before: date, train_on_objectors: bool) -> None:
    """Write what the customers table says; without one, files of an earlier run go."""
    files: dict[str, pa.Table] = {}
    if people is not None:
        day = people.attributes.column("event_day")
        closed = pc.less(day, pa.scalar(closed_before, day.type))
        files[f"{EVENTS_CLOSED / ATTRIBUTES}"] = people.attributes.filter(closed)
        files[f"{EVENTS_OPEN / ATTRIBUTES}"] = people.attributes.filter(pc.invert(closed))
        files[f"{EVENTS_OPEN / OBJECTORS}"] = people.objectors
        files[f"{EVENTS_OPEN / DISPLAYED}"] = people.display
        if people.no_contact is not None:
            files[f"{EVENTS_OPEN / NO_CONTACT}"] = people.no_contact
        if not train_on_objectors:
            files[f"{EVENTS_CLOSED / OBJECTORS}"] = people.objectors
    for folder in (EVENTS_CLOSED, EVENTS_OPEN):
        for name in (ATTRIBUTES, OBJECTORS, NO_CONTACT, DISPLAYED):
            table = files.get(f"{folder / name}")
            if table is None:
                (folder / name).unlink(missing_ok=True)
            else:
                write_table([table], table.schema, folder / name)
