"""What a request asks of a list: filters, part, form. Unknown names and values are refused, and the known are named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sections.acting import BANDS, TIERS

COLUMN_OF = {
    "band": "risk_band",
    "tier": "value_tier",
    "contact": "contact_this_week",
    "action": "recommended_action",
}
VALUES: dict[str, tuple[str, ...]] = {
    "band": BANDS,
    "tier": TIERS,
    "contact": ("yes", "no"),
    "format": ("json", "csv"),
    "ids": ("safe", "raw"),
}
KNOWN = (*COLUMN_OF, "limit", "offset", "format", "ids")
MOST_DIGITS = 9
SHOWN = 60  # characters of what was asked, in the answer


class QueryError(ValueError):
    """The request asks for what there is not; the message names it and what there is."""


@dataclass(frozen=True)
class Query:
    """Which rows, in which form. `wanted` holds filter and value; `limit` None: to the end."""

    form: str = "json"
    raw_ids: bool = False
    wanted: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    offset: int = 0

    def canonical(self) -> str:
        """Equal for two requests with the same answer, whatever the order of their parameters."""
        return f"{self.form} {self.raw_ids} {self.wanted} {self.limit} {self.offset}"

    def asks(self, name: str) -> str | None:
        """The value that a filter asks for; None where it is not asked."""
        return dict(self.wanted).get(name)


def parse(pairs: Sequence[tuple[str, str]], accept: str = "") -> Query:
    """The query of a request's parameters and its Accept header. Raises QueryError."""
    given = _once(pairs, KNOWN)
    for name, value in given.items():
        if name in VALUES and value not in VALUES[name]:
            raise QueryError(f"{name} cannot be {shown(value)}: known are {', '.join(VALUES[name])}.")
    form = given.get("format") or ("csv" if _prefers_csv(accept) else "json")
    if "ids" in given and form != "csv":
        raise QueryError("ids is for CSV only: in JSON all ids are as they came. Add format=csv, or leave ids out.")
    return Query(
        form,
        given.get("ids") == "raw",
        tuple((name, given[name]) for name in COLUMN_OF if name in given),
        _whole("limit", given["limit"]) if "limit" in given else None,
        _whole("offset", given.get("offset", "0")),
    )


def parse_nothing(pairs: Sequence[tuple[str, str]]) -> None:
    """For what takes no parameters. Raises QueryError where there are some."""
    _once(pairs, ())


def _once(pairs: Sequence[tuple[str, str]], known: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise QueryError(f"there is no parameter {shown(name)}: known are {', '.join(known) or 'none here'}.")
        if name in given:
            raise QueryError(f"{name} is given twice: give it once.")
        given[name] = value
    return given


def shown(text: str) -> str:
    """What was asked, short enough to be read, in quotes."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise QueryError(f"{name} cannot be {shown(text)}: it is a whole number of at most {MOST_DIGITS} digits.")
    return int(text)


def _prefers_csv(accept: str) -> bool:
    """Whether an Accept header names text/csv and does not like JSON as much."""
    liked = {"text/csv": 0.0, "application/json": 0.0}
    for part in accept.split(","):
        kind, *settings = [piece.strip().lower() for piece in part.split(";")]
        if kind in liked:
            liked[kind] = next((_quality(item[2:]) for item in settings if item.startswith("q=")), 1.0)
    return liked["text/csv"] > liked["application/json"]


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def refuse_unknown_action(query: Query, manifest: dict[str, Any], table: pa.Table) -> None:
    """Raise QueryError for an action that neither the list's playbook nor its rows know.

    The playbook counts too: an action that nobody gets this week is an empty answer, no error.
    """
    action, column = query.asks("action"), COLUMN_OF["action"]
    if action is None or column not in table.column_names:
        return
    known = set(pc.unique(table.column(column)).to_pylist()) - {None} | set(_playbook(manifest))
    if action not in known:
        raise QueryError(f"action cannot be {shown(action)}: this list knows {', '.join(sorted(known)) or 'none'}.")


def _playbook(manifest: dict[str, Any]) -> Collection[str]:
    found: Any = manifest
    for name in ("made_from", "settings", "campaign", "actions"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else ()


def keep(table: pa.Table, query: Query) -> np.ndarray:
    """One bool per row of the list: whether it meets all filters. Raises QueryError where a list has no such column."""
    kept = np.ones(table.num_rows, bool)
    for name, value in query.wanted:
        if COLUMN_OF[name] not in table.column_names:
            raise QueryError(f"{name} cannot be asked of this list: it is older than its column {COLUMN_OF[name]}.")
        equal = pc.fill_null(pc.equal(table.column(COLUMN_OF[name]), value), False)
        kept &= equal.to_numpy()
    return kept


def part(kept: np.ndarray, query: Query) -> np.ndarray:
    """Row numbers of those kept, from `offset` on, at most `limit`."""
    end = None if query.limit is None else query.offset + query.limit
    return np.flatnonzero(kept)[query.offset : end]
