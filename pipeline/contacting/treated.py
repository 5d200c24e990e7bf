"""Which labels contacts have touched, and who stands for those customers: training learns what comes of the left alone.

Whether somebody is contacted while a label looks hangs on what they do in that time: who falls silent comes onto a
list. To leave the contacted out would leave out those who were leaving (on a simulated shop levels fell by a quarter
within half a year). But for everybody who was chosen a draw decided who is contacted, so those held back stand for all
of them: inverse probability of censoring weights, Robins and Finkelstein, Biometrics 56 (2000), as copies of rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.table import Bools, Floats, Ints
from pipeline.tables import read_table

# `stands_for`: 0 for a contact, and for a choice that the draw held back 1 / share.
TREATED = pa.schema([("customer_id", pa.string()), ("day", pa.date32()), ("stands_for", pa.float64())])
ORDER = [(name, "ascending") for name in TREATED.names]
DRAW = b"ebb-stands-for"  # makes the draw of copies another than that of the holdout


def treated_days(chosen: pa.Table, contacts: pa.Table | None, before: date, window_days: int) -> pa.Table:
    """One row per (customer, day) of a contact or of being held back, before a day; columns TREATED, sorted.

    Who was to be contacted counts on the list's day, reached or not: what the log says of them comes in over weeks, and
    each time other labels would be learnt from. Contacts within `window_days` of such a list are that list's.
    """
    asked = _days(chosen.filter(pc.equal(chosen.column("arm"), "contact")), "as_of", None)
    held = chosen.filter(pc.equal(chosen.column("arm"), "holdout"))
    parts = [asked, _days(held, "as_of", pc.divide(1.0, held.column("holdout_share")))]
    if contacts is not None:
        made = _days(contacts, "contact_day", None)
        parts.append(made.filter(pa.array(~_asked_for(made, asked, window_days))))
    both = pa.concat_tables(parts)
    early = both.filter(pc.less(both.column("day"), pa.scalar(before)))
    return early.group_by(TREATED.names).aggregate([]).sort_by(ORDER).cast(TREATED)


def _days(table: pa.Table, day: str, stands_for: pa.ChunkedArray | None) -> pa.Table:
    weight = pa.array(np.zeros(len(table))) if stands_for is None else stands_for
    return pa.table([table.column("customer_id"), table.column(day), weight], schema=TREATED)


def _asked_for(made: pa.Table, asked: pa.Table, window_days: int) -> Bools:
    """Whether each contact lies in `[as_of, as_of + window_days)` of a list that asked for the customer."""
    day = made.column("day").cast(pa.int32()).to_numpy().astype(np.int64)
    # A list day in (contact - window, contact] is one in [contact - window + 1, contact + 1).
    found = Days.of(asked.sort_by(ORDER)).last(
        made.column("customer_id").combine_chunks(), day - window_days + 1, window_days
    )
    return found >= 0


@dataclass(frozen=True)
class Days:
    """Days per customer with a value each, sorted, to be asked about windows."""

    ids: pa.Array  # distinct, sorted
    starts: Ints
    days: Ints
    values: Floats

    @staticmethod
    def of(table: pa.Table) -> Days:
        """From a table in the columns TREATED, sorted."""
        ids = table.column("customer_id").combine_chunks().dictionary_encode()
        codes = np.asarray(ids.indices.to_numpy(), np.int64)
        starts = np.searchsorted(codes, np.arange(len(ids.dictionary) + 1))
        days = table.column("day").cast(pa.int32()).to_numpy().astype(np.int64)
        return Days(ids.dictionary, starts, days, table.column("stands_for").to_numpy())

    def last(self, customer_ids: pa.Array, day: Ints, length: int) -> Ints:
        """The place of the customer's last entry in `[day, day + length)`, one per row; -1 where there is none."""
        at = pc.index_in(customer_ids, value_set=self.ids)
        known = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
        found = np.full(len(day), -1, np.int64)
        if not len(known):
            return found
        who = at.take(pa.array(known)).to_numpy().astype(np.int64)
        # Days rise within a customer, so (customer, day) rises as one number and one search serves all.
        span = int(max(self.days.max(), day.max() + length)) + 1
        keys = np.repeat(np.arange(len(self.ids)), np.diff(self.starts)) * span + self.days
        first = np.searchsorted(keys, who * span + day[known])
        end = np.searchsorted(keys, who * span + day[known] + length)
        found[known] = np.where(end > first, end - 1, -1)
        return found


@dataclass(frozen=True)
class Treated:
    """Contacts, and who was held back instead of being contacted."""

    contacts: Days
    held: Days

    @staticmethod
    def of(table: pa.Table) -> Treated:
        """From a table in the columns TREATED, sorted."""
        contact = pc.equal(table.column("stands_for"), 0.0)
        return Treated(Days.of(table.filter(contact)), Days.of(table.filter(pc.invert(contact))))

    @staticmethod
    def read(path: Path) -> Treated | None:
        """From the file of the stage `contacts`; None where nobody was chosen, or the stage never ran.

        DVC runs no stage that lists the file without it. Raises ArtifactError if it is damaged.
        """
        table = read_table(path) if path.exists() else TREATED.empty_table()
        return Treated.of(table) if len(table) else None

    def copies(self, customer_ids: pa.Array, snapshot: Ints, label_days: int) -> Ints:
        """How often each row of (customer, snapshot) is to be learnt from.

        0 where a contact lies in `[snapshot, snapshot + label_days)`: it may have changed the label. As often as the
        customer stands for others where the draw held them back in that time (of several draws the last). Else once. A
        contact before the snapshot is part of the history that features see. What is no whole number is drawn by id, so
        that all together stand for as many as they should.
        """
        found = np.ones(len(snapshot), np.int64)
        held = self.held.last(customer_ids, snapshot, label_days)
        rows = np.flatnonzero(held >= 0)
        weight = self.held.values[held[rows]]
        draws = np.array([_draw(name) for name in customer_ids.take(pa.array(rows)).to_pylist()])
        found[rows] = np.floor(weight).astype(np.int64) + (draws < weight % 1)
        found[self.contacts.last(customer_ids, snapshot, label_days) >= 0] = 0
        return found


def _draw(name: str) -> float:
    """A number from 0 to 1 that depends on the id alone."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, person=DRAW).digest(), "big") / 2**64
