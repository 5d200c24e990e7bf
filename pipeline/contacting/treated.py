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


def treated_days(chosen: pa.Table, contacts: pa.Table | None, before: date) -> pa.Table:
    """One row per (customer, day) of a contact before a day, sorted: as the log says, and where it is silent as asked.

    A customer of the contact arm of whom the log does not (yet) say anything counts as contacted on the list's day.
    """
    arm, said = chosen.column("arm"), chosen.column("contacted")
    assumed = chosen.filter(pc.and_(pc.equal(arm, "contact"), pc.is_null(said)))
    parts = [assumed.select(["customer_id", "as_of"]).rename_columns(TREATED.names)]
    if contacts is not None:
        parts.append(contacts.select(["customer_id", "contact_day"]).rename_columns(TREATED.names))
    both = pa.concat_tables(parts)
    early = both.filter(pc.less(both.column("day"), pa.scalar(before)))
    return early.group_by(TREATED.names).aggregate([]).sort_by([(name, "ascending") for name in TREATED.names])


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
