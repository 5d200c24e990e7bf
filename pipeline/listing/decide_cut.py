"""What the cut did, in numbers: too many in high, edges that would leave fewer, and the saving rate that pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.bands import higher_edge
from models.campaign import BreakEven, break_even
from models.table import Bools
from pipeline.listing.decide_contacts import Contacts, Line, prices
from pipeline.settings import Settings

DUST = 1e-9
COST_NEEDS_AMOUNTS = "warning-cost-without-amounts"


@dataclass(frozen=True)
class Cut:
    """The cut of a list. `applied` differs from `asked` where amounts are withheld; `notes` are keys of texts then.

    `break_even` is over all who are contacted, `by_action` over those of each action; None where contacts cannot pay
    or amounts are withheld. `proposals` are other cuts, where high is too large for the team or for `most_high_share`.
    """

    asked: str
    applied: str
    notes: tuple[str, ...]
    high: int
    high_share: float
    too_many_high: bool
    proposals: tuple[dict[str, Any], ...]
    break_even: BreakEven | None
    by_action: dict[str, BreakEven | None]

    def to_json(self, settings: Settings) -> dict[str, Any]:
        """The part `cut` of the briefing."""
        risk = settings.risk
        return {
            "name": self.applied,
            "asked": self.asked,
            "notes": list(self.notes),
            "medium": risk.medium,
            "high": risk.high,
            "leave_by": risk.leave_by,
            "capacity": risk.capacity,
            "high_share": self.high_share,
            "too_many_high": self.too_many_high,
            "proposals": list(self.proposals),
            "costs": settings.costs.model_dump(),
            "break_even": _json(self.break_even),
            "break_even_by_action": {name: _json(item) for name, item in self.by_action.items()},
        }


def _json(item: BreakEven | None) -> dict[str, Any] | None:
    return None if item is None else {"saving_rate": item.saving_rate, "one_in": item.one_in}


def explain_cut(line: Line, contacts: Contacts, money_known: bool, settings: Settings) -> Cut:
    """The cut of a list, from its customers and who of them is contacted."""
    risk, n = settings.risk, len(line.probability)
    helpless = risk.cut == "cost" and not money_known
    high = int((line.band == "high").sum())
    too_many = any(high > limit for limit in _limits(settings, n))
    by_action = {
        name: _break_even(line, contacts, contacts.contact & (contacts.action == name), settings)
        for name in settings.campaign.actions
        if (contacts.contact & (contacts.action == name)).any()
    }
    return Cut(
        asked=risk.cut,
        applied="probability" if helpless else risk.cut,
        notes=(COST_NEEDS_AMOUNTS,) if helpless else (),
        high=high,
        high_share=high / n if n else 0.0,
        too_many_high=too_many,
        proposals=tuple(_proposals(line, high, settings)) if too_many else (),
        break_even=_break_even(line, contacts, contacts.contact, settings),
        by_action=by_action,
    )


def _limits(settings: Settings, n: int) -> list[int]:
    """How many high may hold: the share of customers, and the team's capacity where it is known."""
    share = int(n * settings.risk.most_high_share + DUST)
    return [share] if settings.risk.capacity is None else [share, settings.risk.capacity]


def _proposals(line: Line, high: int, settings: Settings) -> list[dict[str, Any]]:
    """Edges of high that hold the limits that are exceeded, and the cut by capacity where it is not the cut already."""
    found: list[dict[str, Any]] = []
    for limit in _limits(settings, len(line.probability)):
        edge = higher_edge(line.probability, settings.risk.high, limit) if high > limit else None
        if edge is not None:
            proposal = {"kind": "high", "value": edge[0], "customers": edge[1]}
            found += [] if proposal in found else [proposal]
    if settings.risk.cut != "capacity":
        found.append({"kind": "capacity", "value": settings.evaluation.capacity})
    return found


def _break_even(line: Line, contacts: Contacts, chosen: Bools, settings: Settings) -> BreakEven | None:
    at = np.flatnonzero(chosen)
    return break_even(line.probability[at], line.value[at], contacts.offer[at], prices(settings))
