"""Files for tools that write and call: one per action, only customers to contact, ids as they came."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import PublishError
from pipeline.sections.acting import NOTHING
from pipeline.spreadsheets.csv_files import TOOLS, write_csv

COLUMNS = ("customer_id", "action", "channel", "act_by", "risk_band", "value_tier", "reason_1")
RAW = frozenset({"customer_id"})  # a changed id matches nobody in a mail tool
FILE_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def to_contact(table: pa.Table) -> pa.Table:
    """The rows of the list to be contacted this week, in its order.

    Raises PublishError where one of them is held back, has a reason against it or no action: then the list
    contradicts itself, and nobody may be written to from it.
    """
    chosen = table.filter(pc.fill_null(pc.equal(table.column("contact_this_week"), "yes"), False))
    held = pc.fill_null(pc.not_equal(chosen.column("group"), "contact"), True)
    against = pc.is_valid(chosen.column("why_not"))
    idle = pc.fill_null(pc.equal(chosen.column("recommended_action"), NOTHING), True)
    for mask, what in ((held, "held back"), (against, "marked with a reason against it"), (idle, "without an action")):
        count = pc.sum(mask).as_py() or 0
        if count:
            raise PublishError(
                f"{count:,} customers are to be contacted and at the same time {what}: no contact file is written, "
                "nothing is published. The decisions contradict each other; run `dvc repro --force publish`, and if "
                "it stays, report it."
            )
    return chosen


def write_contact_files(folder: Path, table: pa.Table) -> list[Path]:
    """Write `contact_<action>.csv` for each action that somebody is to be contacted by, most urgent first.

    Columns: customer_id as it came, action, channel, act_by (year-month-day), risk_band, value_tier, reason_1. Words
    are those of the program, whatever the language. Returns the files, by action.
    """
    chosen = to_contact(table)
    written = []
    for action in sorted(pc.unique(chosen.column("recommended_action")).to_pylist()):
        if not FILE_NAME.fullmatch(action):
            raise PublishError(f"action {action!r} becomes a file's name: use small letters, digits and _.")
        rows = chosen.filter(pc.equal(chosen.column("recommended_action"), action))
        path = folder / f"contact_{action}.csv"
        columns = {name: rows.column("recommended_action" if name == "action" else name) for name in COLUMNS}
        write_csv(columns, path, TOOLS, RAW)
        written.append(path)
    return written
