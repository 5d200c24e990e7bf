"""Where the log of contacts and the lists contradict each other: counted and told, never put right in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.contacting.chosen import Listed

KINDS = (
    "before_first_list",
    "holdout_contacted",
    "not_asked_for",
    "objectors_contacted",
    "not_on_the_list",
    "other_action",
    "not_contacted",
)


def contradictions(
    lists: Sequence[Listed], chosen: pa.Table, contacts: pa.Table | None, window_days: int
) -> dict[str, Any]:
    """How many contacts or customers contradict the lists, by kind; zero everywhere where there is no log.

    `before_first_list`, `not_on_the_list` (of the newest list before the contact), `not_asked_for` (listed, but not to
    be contacted), `objectors_contacted` (of these, who objected) and `other_action` count contacts; `holdout_contacted`
    and `not_contacted` count customers of a list within the window. `drawn_otherwise` counts customers who are not in
    the arm that the draw of their id gives them, which no honest list has.
    """
    found = dict.fromkeys(KINDS, 0)
    if contacts is not None:
        found |= _of_contacts(lists, contacts, window_days)
        contacted = pc.fill_null(chosen.column("contacted"), False)
        refused = pc.equal(chosen.column("contacted"), False)
        held = pc.equal(chosen.column("arm"), "holdout")
        found["holdout_contacted"] = _number(pc.and_(held, contacted))
        found["not_contacted"] = _number(pc.and_(pc.invert(held), refused))
    return {**found, "drawn_otherwise": sum(item.drawn_otherwise for item in lists)}


def _of_contacts(lists: Sequence[Listed], contacts: pa.Table, window_days: int) -> dict[str, int]:
    """Each contact is held against the newest list of its day or before, for `window_days`."""
    days = contacts.column("contact_day")
    first = lists[0].past.as_of if lists else None
    found = dict.fromkeys(KINDS, 0)
    found["before_first_list"] = len(contacts) if first is None else _number(pc.less(days, pa.scalar(first)))
    ends = [*(item.past.as_of for item in lists[1:]), date.max][: len(lists)]
    for item, next_list in zip(lists, ends, strict=True):
        begin = item.past.as_of
        end = min(next_list, begin + timedelta(days=window_days))
        here = contacts.filter(pc.and_(pc.greater_equal(days, pa.scalar(begin)), pc.less(days, pa.scalar(end))))
        for name, number in _of_list(item, here).items():
            found[name] += number
    return found


def _of_list(item: Listed, here: pa.Table) -> dict[str, int]:
    at = pc.index_in(here.column("customer_id"), value_set=item.customer_id)
    listed = pc.is_valid(at)
    why = item.why_not.take(at.combine_chunks()) if len(here) else item.why_not.slice(0, 0)
    asked = item.recommended_action.take(at.combine_chunks()) if len(here) else why
    refused = pc.and_(listed, pc.is_valid(why))
    other = pc.and_(pc.and_(listed, pc.is_null(why)), pc.not_equal(here.column("action"), asked))
    return {
        "not_on_the_list": _number(pc.invert(listed)),
        "not_asked_for": _number(refused),
        "objectors_contacted": _number(pc.equal(why, "objected")),
        "other_action": _number(pc.fill_null(other, False)),
    }


def _number(mask: Any) -> int:
    return int(pc.sum(mask).as_py() or 0)
