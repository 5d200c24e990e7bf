"""The lists before this one, as far as they can be read: what an earlier version did not write is unknown, no error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, sha256
from pipeline.listing.schema import SCHEMA
from pipeline.made_from import KEY
from pipeline.published import dated_folders, whole_lists
from pipeline.settings import Settings
from pipeline.tables import read_json, read_table

LIST = "risk_list.parquet"
LOOK_BACK_DAYS = 364  # who was on a list of the last year comes back; whoever was on none is new
READ = (
    "customer_id",
    "churn_probability",
    "risk_band",
    "contact_this_week",
    "why_not",
    "last_contact",
    "last_chosen",
    "listed_since",
    "programme",
)


@dataclass(frozen=True)
class Rules:
    """The bands' edges of a list, and what leaving meant on it."""

    medium: float
    high: float
    leave_by: float
    leaving: dict[str, Any]

    def same_edges(self, other: Rules) -> bool:
        """Whether bands of both lists mean the same, so that one may be left late for the other."""
        return (self.medium, self.high, self.leaving) == (other.medium, other.high, other.leaving)


def rules_of(settings: dict[str, Any]) -> Rules:
    """The rules in settings as a manifest holds them; a version that knew no `leave_by` left bands at once."""
    risk, roles = settings["risk"], settings["events"]["roles"]
    leaving = {**settings["churn"], "activity": list(roles["activity"]), "cancel": list(roles["cancel"])}
    return Rules(risk["medium"], risk["high"], risk.get("leave_by", 0.0), leaving)


def rules_now(settings: Settings) -> Rules:
    """The rules of params.yaml."""
    return rules_of(settings.model_dump(mode="json"))


@dataclass(frozen=True)
class Previous:
    """One row per customer of the list before, columns `READ`, null where that list did not say."""

    folder: Path
    manifest: dict[str, Any]
    table: pa.Table

    @property
    def as_of(self) -> date:
        """The day of the list."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def rules(self) -> Rules | None:
        """Its rules; None where its manifest does not say them."""
        try:
            return rules_of(self.manifest[KEY]["settings"])
        except (KeyError, TypeError):
            return None

    def of(self, ids: pa.Array) -> pa.Table:
        """One row per id, in their order: what the list before said, null for who was not on it."""
        known = self.table.column("customer_id").combine_chunks()
        return self.table.take(pc.index_in(ids, value_set=known))

    def left(self, ids: pa.Array) -> int:
        """How many were on the list before and are not among these."""
        return len(self.table) - int(pc.sum(pc.is_in(self.table.column("customer_id"), value_set=ids)).as_py() or 0)


def read_previous(as_of: date) -> Previous | None:
    """The newest whole list before a date; None if there is none whose rows can be read."""
    for folder, manifest in whole_lists(as_of):
        try:
            return Previous(folder, manifest, _read(folder / LIST))
        except ArtifactError:
            continue  # whole by its own account, and yet no list that can be read: the one before it
    return None


def _read(path: Path) -> pa.Table:
    """The columns that are needed; null where the file lacks one, or has it in another type."""
    if not path.exists():
        raise ArtifactError(f"{path} is missing.")
    there = pq.read_schema(path)
    if not {"customer_id", "churn_probability", "risk_band"} <= set(there.names):
        raise ArtifactError(f"{path} is no list.")
    wanted = [name for name in READ if name in there.names]
    table = read_table(path, wanted)
    columns = []
    for name in READ:
        kind = SCHEMA.field(name).type if name in SCHEMA.names else pa.date32()
        known = name in wanted and table.column(name).type == kind
        columns.append(table.column(name).combine_chunks() if known else pa.nulls(len(table), kind))
    return pa.table(columns, names=list(READ))


@dataclass(frozen=True)
class Earlier:
    """One entry per customer: whether they were on a list at all, and when last contacted or chosen (NaT: never)."""

    found: NDArray[np.bool_]
    last_contact: NDArray[np.datetime64]
    last_chosen: NDArray[np.datetime64]


def seen_before(ids: pa.Array, day: date) -> Earlier:
    """What the newest list of the year before `day` says of each customer, that day's own list left out.

    So that nobody who was off the list for a week is contacted again before the cool-down is over. Of several lists of
    a day the newest revision that is whole counts.
    """
    n, read = len(ids), set()
    never = np.full(n, "NaT", "datetime64[D]")
    found, contact, chosen = np.zeros(n, bool), never.copy(), never.copy()
    for other, _, folder in reversed(dated_folders()):
        if not day - timedelta(days=LOOK_BACK_DAYS) <= other < day or other in read or found.all():
            continue
        table = _rows(folder)
        if table is None:
            continue
        read.add(other)
        then = Previous(folder, {"as_of": str(other)}, table)
        rows = then.of(ids)
        here = ~found & rows.column("customer_id").is_valid().to_numpy()
        contact[here], chosen[here] = (times[here] for times in last_times(rows, other))
        found |= here
    return Earlier(found, contact, chosen)


def last_times(rows: pa.Table, day: date) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """(last contact, last time chosen) per row of the list of a day, that list included; NaT where never.

    A yes counts as a contact on the list's date, and who was held back was chosen as well (intention to treat).
    """
    yes, held = (
        pc.fill_null(pc.equal(rows.column(name), value), False).to_numpy(zero_copy_only=False)
        for name, value in (("contact_this_week", "yes"), ("why_not", "holdout"))
    )
    contact, chosen = dates(rows.column("last_contact")), dates(rows.column("last_chosen"))
    today = np.datetime64(day, "D")
    return np.where(yes, today, contact), np.where(yes | held, today, chosen)


def dates(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    """A column of days; NaT for null."""
    return column.combine_chunks().to_numpy(zero_copy_only=False).astype("datetime64[D]")


def _rows(folder: Path) -> pa.Table | None:
    """The rows of a list if they are what its manifest says; None where they are not."""
    try:
        if read_json(folder / MANIFEST)["files"][LIST] == sha256(folder / LIST):
            return _read(folder / LIST)
    except (ArtifactError, OSError, KeyError, TypeError):
        return None
    return None
