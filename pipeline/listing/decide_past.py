"""What the previous list still decides: when a customer was last contacted, how long they rest, since when at risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.table import Bools

Words = NDArray[Any]  # texts, None where there is none
Dates = NDArray[np.datetime64]  # whole days, NaT where there is none


@dataclass(frozen=True)
class Past:
    """What the previous list said, one entry per customer of `Rows` in its order; None or NaT for who was not on it.

    `steady`: whether bands may be left late, which asks for the same definition of leaving and the same edges as then.
    `why_not` and `last_chosen` let those held back rest as long as the contacted; None where no list has them.
    """

    as_of: date
    steady: bool
    risk_band: Words
    contact: Bools
    last_contact: Dates
    listed_since: Dates
    why_not: Words | None = None
    last_chosen: Dates | None = None


def last_times(past: Past | None, n: int) -> tuple[Dates, Dates]:
    """(last contact, last time chosen) per customer; a yes on the previous list counts as a contact on its date.

    Nobody knows yet who was reached, and who was chosen is what the holdout is compared with (intention to treat).
    Who was held back was chosen as well: otherwise they would stand on top of every list while the contacted rest, and
    would be like them no longer.
    """
    if past is None:
        return np.full(n, "NaT", "datetime64[D]"), np.full(n, "NaT", "datetime64[D]")
    day = np.datetime64(past.as_of, "D")
    contacted = np.where(past.contact, day, past.last_contact)
    chosen = past.contact if past.why_not is None else past.contact | (past.why_not == "holdout")
    return contacted, np.where(chosen, day, past.last_contact if past.last_chosen is None else past.last_chosen)


def rests(days: Dates, as_of: date, cool_down_days: int) -> Bools:
    """Whether each customer's day is fewer than `cool_down_days` before `as_of`; no day asks for no rest."""
    since = (np.datetime64(as_of, "D") - days) / np.timedelta64(1, "D")
    return np.where(np.isnat(days), np.inf, since) < cool_down_days


def listed_since(bands: Words, past: Past | None, as_of: date) -> Dates:
    """Since which list each customer has been in high or medium without a break; NaT in low."""
    listed, today = bands != "low", np.datetime64(as_of, "D")
    if past is None:
        return np.where(listed, today, np.datetime64("NaT", "D"))
    was = (past.risk_band == "high") | (past.risk_band == "medium")
    since = np.where(np.isnat(past.listed_since), np.datetime64(past.as_of, "D"), past.listed_since)
    return np.where(listed, np.where(was, since, today), np.datetime64("NaT", "D"))
