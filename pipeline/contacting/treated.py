"""Whose labels a contact has touched: training learns what customers do who are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.table import Bools, Ints
from pipeline.tables import read_table

TREATED = pa.schema([("customer_id", pa.string()), ("day", pa.date32())])


def treated_days(chosen: pa.Table, contacts: pa.Table | None, before: date, window_days: int) -> pa.Table:
    """One row per (customer, day) of a contact before a day, sorted: everybody asked for, and who else the log knows.

    Who was to be contacted counts on the list's day, reached or not: what the log says of them comes in over weeks, and
    each time other labels would be learnt from. Contacts within `window_days` of such a list are that list's.
    """
    asked = chosen.filter(pc.equal(chosen.column("arm"), "contact")).select(["customer_id", "as_of"])
    parts = [asked.rename_columns(TREATED.names)]
    if contacts is not None:
        made = contacts.select(["customer_id", "contact_day"]).rename_columns(TREATED.names)
        parts.append(made.filter(pa.array(~_asked_for(made, asked, window_days))))
    both = pa.concat_tables(parts)
    early = both.filter(pc.less(both.column("day"), pa.scalar(before)))
    return early.group_by(TREATED.names).aggregate([]).sort_by([(name, "ascending") for name in TREATED.names])


def _asked_for(made: pa.Table, asked: pa.Table, window_days: int) -> Bools:
    """Whether each contact lies in `[as_of, as_of + window_days)` of a list that asked for the customer."""
    names = [("customer_id", "ascending"), ("as_of", "ascending")]
    known = Treated.of(asked.sort_by(names).rename_columns(TREATED.names))
    day = made.column("day").cast(pa.int32()).to_numpy().astype(np.int64)
    # A list day in (contact - window, contact] is one in [contact - window + 1, contact + 1).
    return known.touches(made.column("customer_id").combine_chunks(), day - window_days + 1, window_days)


@dataclass(frozen=True)
class Treated:
    """Days of contact per customer, sorted, to be asked about rows of (customer, snapshot)."""

    ids: pa.Array  # distinct, sorted
    starts: Ints
    days: Ints

    @staticmethod
    def of(table: pa.Table) -> Treated:
        """From a table in the columns TREATED, sorted."""
        ids = table.column("customer_id").combine_chunks().dictionary_encode()
        codes = np.asarray(ids.indices.to_numpy(), np.int64)
        starts = np.searchsorted(codes, np.arange(len(ids.dictionary) + 1))
        return Treated(ids.dictionary, starts, table.column("day").cast(pa.int32()).to_numpy().astype(np.int64))

    @staticmethod
    def read(path: Path) -> Treated | None:
        """From the file of the stage `contacts`; None where nobody was contacted, or the stage never ran.

        DVC runs no stage that lists the file without it. Raises ArtifactError if it is damaged.
        """
        table = read_table(path) if path.exists() else TREATED.empty_table()
        return Treated.of(table) if len(table) else None

    def touches(self, customer_ids: pa.Array, snapshot: Ints, label_days: int) -> Bools:
        """Whether a contact of the customer lies in `[snapshot, snapshot + label_days)`, one entry per row.

        A contact before the snapshot is part of the history that features see; one in the window may have changed the
        outcome.
        """
        at = pc.index_in(customer_ids, value_set=self.ids)
        known = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
        touched = np.zeros(len(snapshot), bool)
        if not len(known):
            return touched
        who = at.take(pa.array(known)).to_numpy().astype(np.int64)
        # Days rise within a customer, so (customer, day) rises as one number and one search serves all.
        span = int(max(self.days.max(), snapshot.max() + label_days)) + 1
        keys = np.repeat(np.arange(len(self.ids)), np.diff(self.starts)) * span + self.days
        first = np.searchsorted(keys, who * span + snapshot[known])
        last = np.searchsorted(keys, who * span + snapshot[known] + label_days)
        touched[known] = last > first
        return touched
