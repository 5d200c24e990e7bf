"""Since when each customer rests, as the log of contacts tells it: contacts that no list made, and those never made."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# `overrules_to`: what lists say of the days up to it and of that day is replaced by the row; null: nothing is.
RESTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("overrules_to", pa.date32()),
        ("last_contact", pa.date32()),
        ("last_chosen", pa.date32()),
    ]
)


def rests_of(chosen: pa.Table, contacts: pa.Table | None) -> pa.Table:
    """One row per customer of whom the log says what lists do not, by id, columns RESTS; none without a log.

    `chosen` has the columns CHOSEN, `contacts` LOG. Who was to be contacted and, as a closed window of the log shows,
    was not, does not rest for that list. A contact in the log counts on its own day, whoever asked for it. Who was held
    back rests as before: nothing can say that they were not.
    """
    if contacts is None:
        return RESTS.empty_table()
    refuted = pc.fill_null(
        pc.and_(pc.equal(chosen.column("arm"), "contact"), pc.invert(chosen.column("contacted"))), False
    )
    stands = chosen.filter(pc.invert(refuted))
    parts = [
        _days(contacts, "contact_day", "last_contact"),
        _days(chosen.filter(refuted), "as_of", "overrules_to"),
        _days(stands.filter(pc.equal(stands.column("arm"), "contact")), "as_of", "last_contact"),
        _days(stands, "as_of", "last_chosen"),
    ]
    asked = pa.concat_tables(parts[:2]).column("customer_id").combine_chunks()
    newest = pa.concat_tables(parts).group_by("customer_id").aggregate([(name, "max") for name in RESTS.names[1:]])
    found = newest.rename_columns({f"{name}_max": name for name in RESTS.names[1:]}).select(RESTS.names)
    return found.filter(pc.is_in(found.column("customer_id"), value_set=asked)).sort_by("customer_id").cast(RESTS)


def _days(table: pa.Table, day: str, name: str) -> pa.Table:
    """The days of a table in one column of RESTS, the others null."""
    columns = {"customer_id": table.column("customer_id"), name: table.column(day)}
    return pa.table([columns.get(n, pa.nulls(len(table), RESTS.field(n).type)) for n in RESTS.names], schema=RESTS)
