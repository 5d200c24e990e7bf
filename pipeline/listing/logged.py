"""What the log of contacts changes about who rests: contacts that no list made, and contacts that were never made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.listing.decide_past import Dates
from pipeline.listing.previous import dates
from pipeline.tables import RESTS_TABLE, read_table


@dataclass(frozen=True)
class Logged:
    """One entry per customer, NaT where the log does not say; the columns of pipeline/contacting/rests.py."""

    overrules_to: Dates
    last_contact: Dates
    last_chosen: Dates

    def over(self, contact: Dates, chosen: Dates) -> tuple[Dates, Dates]:
        """(last contact, last time chosen) as lists say it, put right by the log."""
        return self._over(contact, self.last_contact), self._over(chosen, self.last_chosen)

    def _over(self, said: Dates, known: Dates) -> Dates:
        gone = said <= self.overrules_to  # False where either is NaT
        return np.fmax(np.where(gone, np.datetime64("NaT", "D"), said), known)


def read_logged(ids: pa.Array) -> Logged | None:
    """The entries of these customers; None where the stage `contacts` never ran. Raises ArtifactError if damaged."""
    if not RESTS_TABLE.exists():
        return None
    table = read_table(RESTS_TABLE)
    at = pc.index_in(ids, value_set=table.column("customer_id").combine_chunks())
    found = table.take(at)
    return Logged(*(dates(found.column(name)) for name in ("overrules_to", "last_contact", "last_chosen")))
