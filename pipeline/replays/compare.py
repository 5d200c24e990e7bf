"""A replayed list beside the original: the same bytes, or which rows and columns differ, and what changed behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.folders import MANIFEST
from pipeline.made_from import KEY, without
from pipeline.tables import read_json, read_table

LIST = "risk_list.parquet"
AMENDED = "amended"  # key of a manifest whose list lost people since: forgotten, or past their keeping
# What hangs on everybody of the list, and so may move when people are taken out of the events too: places, shares of
# customers, and how a customer's figures compare with those of all.
RANKED = (
    "priority",
    "value_tier",
    "recommended_action",
    "channel",
    "act_by",
    "contact_this_week",
    "why_not",
    *(f"reason_{number}" for number in (1, 2, 3)),
    "reason_lowers",
)


@dataclass(frozen=True)
class Outcome:
    """Whether a replay gave the list, which files differ, in what, and why that may be."""

    same: bool
    files: list[str]
    rows: str
    reasons: list[str]
    removed: int = 0


def compare(original: Path, replayed: Path) -> Outcome:
    """Hold a replayed folder against the original, whose files have been checked against its manifest."""
    was, now = read_json(original / MANIFEST), read_json(replayed / MANIFEST)
    reasons = why(was[KEY], now[KEY])
    if was.get(AMENDED):
        return _amended(original, replayed, reasons)
    names = sorted(was["files"].keys() | now["files"].keys())
    files = [name for name in names if was["files"].get(name) != now["files"].get(name)]
    if not files and without(was) != without(now):
        changed = [key for key in without(was) if was[key] != now.get(key)]
        return Outcome(False, [MANIFEST], f"the manifest's {', '.join(changed)}", reasons)
    rows = differing_rows(read_table(original / LIST), read_table(replayed / LIST)) if LIST in files else ""
    return Outcome(not files, files, rows, reasons)


def _amended(original: Path, replayed: Path, reasons: list[str]) -> Outcome:
    """People were taken out of the original: the replay less those people must say the same of everybody else."""
    was, now = _own(read_table(original / LIST)), _own(read_table(replayed / LIST))
    kept = now.filter(pc.is_in(now["customer_id"], value_set=was["customer_id"].combine_chunks()))
    rows = differing_rows(was, kept)
    return Outcome(not rows, [LIST] if rows else [], rows, reasons, now.num_rows - kept.num_rows)


def _own(table: pa.Table) -> pa.Table:
    """What a list says of each customer whoever else is on it."""
    return table.drop_columns([name for name in RANKED if name in table.column_names])


def differing_rows(was: pa.Table, now: pa.Table) -> str:
    """How many customers are in one list only, and how many rows differ in which columns; empty where none does."""
    one, other = was.sort_by("customer_id"), now.sort_by("customer_id")
    gone = pc.invert(pc.is_in(one["customer_id"], value_set=other["customer_id"].combine_chunks()))
    new = pc.invert(pc.is_in(other["customer_id"], value_set=one["customer_id"].combine_chunks()))
    parts = []
    if pc.any(gone).as_py() or pc.any(new).as_py():
        parts.append(f"{pc.sum(gone).as_py():,} customers are missing and {pc.sum(new).as_py():,} are new")
    one, other = one.filter(pc.invert(gone)), other.filter(pc.invert(new))
    rows: set[int] = set()
    columns = []
    for name in one.column_names:
        pairs = zip(one[name].to_pylist(), other[name].to_pylist(), strict=True)
        unequal = [number for number, (left, right) in enumerate(pairs) if left != right]
        rows.update(unequal)
        columns += [name] if unequal else []
    if rows:
        parts.append(f"{len(rows):,} of {one.num_rows:,} rows differ in {', '.join(columns)}")
    return "; ".join(parts)


def why(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What has changed since the list was made: events, code, libraries; each in a sentence, none if nothing has."""
    found = []
    as_of = was["calendar"]["as_of"]
    if was["events"]["sha256"] != now["events"]["sha256"]:
        counts = _changed_counts(was["events"]["by_type"], now["events"]["by_type"])
        what = counts or "as many as then, with other customers, days or amounts"
        found.append(f"the events before {as_of} are not those of then ({what}): late arrivals or corrections")
    before, after = was.get("beside_events", {}), now.get("beside_events", {})
    if was.get("facts") != now.get("facts") and was["events"]["sha256"] == now["events"]["sha256"]:
        found.append("the columns kept beside the events are not those of then")
    other = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    if other:
        found.append(f"the customers table has changed ({', '.join(other)})")
    if was["code"] != now["code"]:
        found.append("the program has changed")
    old = {name: version for name, version in was["libraries"].items() if now["libraries"].get(name) != version}
    if old:
        found.append("made with " + ", ".join(f"{name} {version}" for name, version in old.items()))
    return found


def _changed_counts(was: dict[str, int], now: dict[str, int]) -> str:
    kinds = sorted(was.keys() | now.keys())
    changed = [kind for kind in kinds if was.get(kind, 0) != now.get(kind, 0)]
    return ", ".join(f"{kind}: {was.get(kind, 0):,} then, {now.get(kind, 0):,} now" for kind in changed)
