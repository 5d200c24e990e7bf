"""The list as it may be sent from: whole, not stale, not run out, and without contradictions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ArtifactError, PublishError
from pipeline.folders import verify
from pipeline.published import LATEST
from pipeline.tables import read_json, read_table

NEEDED = ("customer_id", "contact_this_week", "why_not", "group", "recommended_action", "channel", "act_by",
          "risk_band", "value_tier", "reason_1")  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A list that may be sent from. `rows`: one row per customer to contact, most urgent first, columns `NEEDED`."""

    as_of: str
    valid_until: str
    rows: pa.Table


def ready_list(today: date) -> Ready:
    """The rows of `data/lists/latest` that say yes.

    Raises ArtifactError where the list is missing, damaged or of an earlier version, PublishError where it is stale,
    not valid on the day, or says yes and no of one customer.
    """
    if not LATEST.is_dir():
        raise ArtifactError(f"there is no list in {LATEST} yet: run `make repro`.")
    manifest = verify(LATEST)
    as_of, valid_until = str(manifest["as_of"]), str(manifest["valid_until"])
    _refuse_old(manifest, as_of, valid_until, today)
    table = read_table(LATEST / "risk_list.parquet")
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        raise ArtifactError(
            f"the list of {as_of} was made by an earlier version and does not say whom to contact (no {missing[0]}): "
            "run `make repro`."
        )
    rows = table.select(list(NEEDED)).filter(_equal(table, "contact_this_week", "yes"))
    _refuse_contradiction(rows, as_of)
    return Ready(as_of, valid_until, rows)


def _refuse_old(manifest: dict[str, Any], as_of: str, valid_until: str, today: date) -> None:
    figures = LATEST / "briefing.json"
    if manifest.get("stale") or (figures.exists() and read_json(figures).get("stale")):
        raise PublishError(
            f"the list of {as_of} is marked stale, since a newer one did not pass its checks: nothing is exported. "
            "Run `make repro`, which says what to look at."
        )
    if today > date.fromisoformat(valid_until):
        raise PublishError(
            f"the list of {as_of} was valid until {valid_until}, and today is {today}: nothing is exported. Bring the "
            "newest events and run `make repro`; for a past day: python -m pipeline.export --today YYYY-MM-DD."
        )
    if today < date.fromisoformat(as_of):
        raise PublishError(f"today is {today}, before the day of the list ({as_of}): is the machine's date right?")


def _refuse_contradiction(rows: pa.Table, as_of: str) -> None:
    against = pc.or_(pc.is_valid(rows.column("why_not")), pc.invert(_equal(rows, "group", "contact")))
    number = int(pc.sum(against).as_py() or 0)
    if number:
        raise PublishError(
            f"the list of {as_of} says yes to {number:,} customers whom it leaves alone or names a reason against: "
            "nothing is exported. Report this as a bug."
        )


def _equal(table: pa.Table, name: str, value: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(table.column(name), value), False)
