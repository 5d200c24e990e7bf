"""The rows of an export with their contact data, made harmless for a spreadsheet but for what a tool must match."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.exporting.contacts import Contacts
from pipeline.spreadsheets.harmless import harmless

BEHIND = ("action", "channel", "act_by", "risk_band", "value_tier", "reason_1")
AS_THEY_CAME = {
    "email": re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*"),
    "phone": re.compile(r"\+?[0-9(][0-9 ()./-]*"),
}


def with_contacts(rows: pa.Table, real: Mapping[str, str], contacts: Contacts | None) -> pa.Table:
    """One row per row of the list, in its order: the real id, contact fields (null where unknown), then `BEHIND`."""
    ids = pa.array([real[name] for name in rows.column("customer_id").to_pylist()], pa.string())
    columns = {"customer_id": ids}
    if contacts is not None:
        place = pc.index_in(ids, value_set=contacts.table.column("customer_id").combine_chunks())
        columns |= {name: contacts.table.column(name).combine_chunks().take(place) for name in contacts.fields}
    columns |= {name: rows.column("recommended_action" if name == "action" else name) for name in BEHIND}
    return pa.table(columns)


def lines(table: pa.Table) -> list[list[str]]:
    """The header and the cells of an export. Ids stay as they came, so do addresses and numbers that are such."""
    columns = [[_cell(name, value) for value in table.column(name).to_pylist()] for name in table.column_names]
    return [table.column_names, *map(list, zip(*columns, strict=True))]


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if name == "customer_id" or (name in AS_THEY_CAME and AS_THEY_CAME[name].fullmatch(text)):
        return text
    return harmless(text)
