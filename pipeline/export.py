"""Export: `python -m pipeline.export`, this week's contact lists with names and addresses, for those who send.

No stage: it acts at this moment, so it asks which day it is, and reads objections again. What it writes lies in
exports/ only, outside of git and DVC, for its owner's eyes, and is deleted after `export.keep_days`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning.attributes import read_people
from pipeline.errors import EventError, run_stage
from pipeline.exporting.contacts import Contacts, read_contacts
from pipeline.exporting.folder import DAY, clear_parts, expire_exports, write_export
from pipeline.exporting.people import Stopped, key_holder, real_ids, stopped
from pipeline.exporting.ready import Ready, ready_list
from pipeline.exporting.sheet import lines, with_contacts
from pipeline.exporting.today import today_of
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary


def main() -> None:
    """Write exports/<as_of>/contact_<action>.csv. Raises an EbbError where the list must not be sent from today."""
    summary = StageSummary("export")
    settings = load_settings()
    today = today_of(sys.argv[1:], settings.events.timezone)
    clear_parts()
    expired = expire_exports(today, settings.export.keep_days)
    ready = ready_list(today)
    protection = key_holder(settings)
    contacts = read_contacts(settings)
    people = read_people(settings)
    listed = ready.rows.column("customer_id").to_pylist()
    out = stopped(listed, people, protection)
    rows = _without(ready.rows, out.objected | out.no_contact | out.forgotten)
    known = [*(_ids(contacts.table) if contacts else []), *(_ids(people.ids) if people else [])]
    real = real_ids(_ids(rows), known, settings, protection)
    nameless = frozenset(_ids(rows)) - real.keys()
    sheet = with_contacts(_without(rows, nameless), real, contacts)
    _refuse_strangers(sheet, contacts, settings)
    folder = _write(sheet, ready, today)
    _say(summary, ready, out, sheet, folder)
    if people is None:
        summary.warn("customers.source is empty, so that there are no objections to read: the list's own hold.")
    _say_contacts(summary, sheet, contacts, settings)
    if nameless:
        summary.warn(
            f"{len(nameless):,} customers of the list are in no source any more, so that no id stands behind their "
            "pseudonym: they are not in the export."
        )
    if expired:
        summary.warn(f"Deleted, made more than {settings.export.keep_days} days ago: {', '.join(expired)}.")
    summary.show()


def _ids(table: pa.Table) -> list[str]:
    found: list[str] = table.column("customer_id").to_pylist()
    return found


def _without(rows: pa.Table, ids: frozenset[str]) -> pa.Table:
    out = pc.is_in(rows.column("customer_id"), value_set=pa.array(sorted(ids), pa.string()))
    return rows.filter(pc.invert(out))


def _known(sheet: pa.Table, contacts: Contacts) -> int:
    known = pc.is_in(sheet.column("customer_id"), value_set=contacts.table.column("customer_id").combine_chunks())
    return int(pc.sum(known).as_py() or 0)


def _refuse_strangers(sheet: pa.Table, contacts: Contacts | None, settings: Settings) -> None:
    if contacts is not None and sheet.num_rows and not _known(sheet, contacts):
        raise EventError(
            f"{settings.export.contacts} knows none of the {sheet.num_rows:,} customers to contact: are its ids "
            "written as in the events (export.columns.customer_id)? Nothing is exported."
        )


def _write(sheet: pa.Table, ready: Ready, today: date) -> Path:
    """One file per action that somebody is to be contacted by, in the order of the list."""
    actions = sorted(pc.unique(sheet.column("action")).to_pylist())
    files = {f"contact_{name}.csv": lines(sheet.filter(pc.equal(sheet.column("action"), name))) for name in actions}
    content = {"as_of": ready.as_of, "valid_until": ready.valid_until, DAY: str(today), "customers": sheet.num_rows}
    return write_export(ready.as_of, files, content)


def _say(summary: StageSummary, ready: Ready, out: Stopped, sheet: pa.Table, folder: Path) -> None:
    summary.line("list of, valid until", f"{ready.as_of}, {ready.valid_until}")
    summary.line("to contact on the list", ready.rows.num_rows)
    for label, ids in _reasons(out):
        summary.line(f"  {label}, dropped", len(ids))
    for name in sorted(pc.unique(sheet.column("action")).to_pylist()):
        number = int(pc.sum(pc.equal(sheet.column("action"), name)).as_py() or 0)
        summary.line(str(folder / f"contact_{name}.csv"), number)
    if not sheet.num_rows:
        summary.warn("Nobody is to be contacted, so there is no file.")


def _reasons(out: Stopped) -> Sequence[tuple[str, frozenset[str]]]:
    """Every customer under the first reason only, so that the figures add up."""
    return (
        ("object to profiling by now", out.objected),
        ("want no contact by now", out.no_contact - out.objected),
        ("forgotten by now", out.forgotten - out.no_contact - out.objected),
    )


def _say_contacts(summary: StageSummary, sheet: pa.Table, contacts: Contacts | None, settings: Settings) -> None:
    """What is missing in the contact data; figures only, no name and no id."""
    if contacts is None:
        summary.warn("export.contacts names no table, so that the files hold ids only.")
        return
    unknown = sheet.num_rows - _known(sheet, contacts)
    if unknown:
        summary.warn(f"{unknown:,} of them are not in {settings.export.contacts}: their contact fields are empty.")
    for field in ("email", "phone"):
        number = _unreachable(sheet, field) if field in contacts.fields else 0
        if number:
            summary.warn(f"{number:,} are to be contacted by {field} and have none there.")
    useless = contacts.unread + contacts.without_use
    if useless:
        summary.warn(f"{useless:,} lines of {settings.export.contacts} cannot be read or have no id.")


def _unreachable(sheet: pa.Table, channel: str) -> int:
    """Whom the list wants contacted by a channel for which there is no address."""
    wanted = pc.fill_null(pc.equal(sheet.column("channel"), channel), False)
    return int(pc.sum(pc.and_(wanted, pc.is_null(sheet.column(channel)))).as_py() or 0)


if __name__ == "__main__":
    run_stage(main)
