"""Figures of a list's rows: counts, amounts, promises. Every page and file takes them from the briefing, none anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.bands import BANDS
from models.calibration import logit
from models.power import Group, smallest_effect, weeks_needed
from models.promise import Spread, promise
from models.table import Bools, Floats
from pipeline.listing.assemble import Told
from pipeline.sections.acting import TIERS

CENTS = 100
DAYS_OF_A_WEEK = 7
WHY_NOT = ("low", "over_capacity", "holdout", "objected", "cool_down", "value_below_cost")
AT_RISK = ("high", "medium")


@dataclass(frozen=True)
class Listed:
    """The columns of a list that figures are made of, one entry per customer, in the list's order.

    `at_risk` and `expected` are whole cents: sums of floats would depend on the order of rows. None: withheld.
    """

    probability: Floats
    band: NDArray[Any]
    tier: NDArray[Any]
    action: NDArray[Any]
    why_not: NDArray[Any]
    contact: Bools
    at_risk: NDArray[np.int64] | None
    expected: NDArray[np.int64] | None
    act_by: NDArray[Any]
    last_chosen: NDArray[Any]

    @staticmethod
    def of(table: pa.Table) -> Listed:
        """The columns of a list's table."""

        def column(name: str) -> NDArray[Any]:
            return table.column(name).combine_chunks().to_numpy(zero_copy_only=False)

        return Listed(
            probability=column("churn_probability"),
            band=column("risk_band"),
            tier=column("value_tier"),
            action=column("recommended_action"),
            why_not=column("why_not"),
            contact=column("contact_this_week") == "yes",
            at_risk=_cents(table.column("value_at_risk")),
            expected=_cents(table.column("expected_value")),
            act_by=column("act_by").astype("datetime64[D]"),
            last_chosen=column("last_chosen").astype("datetime64[D]"),
        )

    def __len__(self) -> int:
        return len(self.probability)

    def stake(self, chosen: Bools) -> float | None:
        """Value at risk of some customers; None where amounts are withheld."""
        return None if self.at_risk is None else int(self.at_risk[chosen].sum()) / CENTS


def _cents(column: pa.ChunkedArray) -> NDArray[np.int64] | None:
    if column.null_count:
        return None
    return np.rint(column.to_numpy() * CENTS).astype(np.int64)


def promises(listed: Listed, spread: Spread) -> dict[str, dict[str, float | int]]:
    """Expected leavers of all and of every band as it is published, with the 95% interval."""
    groups = {"all": np.ones(len(listed), bool)} | {name: listed.band == name for name in BANDS}
    odds = logit(listed.probability)
    return {name: promise(odds[rows], spread).to_json() for name, rows in groups.items()}


def bands(listed: Listed) -> dict[str, dict[str, Any]]:
    """Customers, how many of them to contact, and what is at stake, per band."""
    return {name: _group(listed, listed.band == name, contact=True) for name in BANDS}


def tiers(listed: Listed) -> dict[str, dict[str, Any]]:
    """Customers and what is at stake, per value tier."""
    return {name: _group(listed, listed.tier == name) for name in TIERS}


def _group(listed: Listed, rows: Bools, contact: bool = False) -> dict[str, Any]:
    to_contact = {"contact": int((rows & listed.contact).sum())} if contact else {}
    return {"customers": int(rows.sum()), **to_contact, "value_at_risk": listed.stake(rows)}


def contact(listed: Listed) -> dict[str, Any]:
    """Whom to contact: how many, by when, what is at stake, by action; and why the others are not contacted."""
    names = sorted(set(listed.action[listed.contact].tolist()))
    by_action = {name: _action(listed, listed.contact & (listed.action == name)) for name in names}
    why_not = Counter(listed.why_not[~listed.contact].tolist())
    return {
        "yes": int(listed.contact.sum()),
        "value_at_risk": listed.stake(listed.contact),
        "act_by": str(listed.act_by[listed.contact].min()) if names else None,
        "by_action": by_action,
        "why_not": {name: why_not[name] for name in WHY_NOT},
    }


def _action(listed: Listed, rows: Bools) -> dict[str, Any]:
    return {
        "customers": int(rows.sum()),
        "act_by": str(listed.act_by[rows].max()),
        "value_at_risk": listed.stake(rows),
        "expected_leavers": round(float(np.sort(listed.probability[rows]).sum()), 1),
    }


def held_back(listed: Listed) -> list[dict[str, Any]]:
    """One entry per band and value tier in which somebody is contacted or held back: how many of each."""
    held = listed.why_not == "holdout"
    found = []
    for band in BANDS:
        for tier in TIERS:
            here = (listed.band == band) & (listed.tier == tier)
            counts = {"holdout": int((here & held).sum()), "contact": int((here & listed.contact).sum())}
            found += [{"band": band, "tier": tier, **counts}] if any(counts.values()) else []
    return found


def power(listed: Listed, draw_began: np.datetime64 | None, first_of_draw: bool, turnover_days: int) -> dict[str, Any]:
    """What this list can show of its contacts; new to a group is who was not chosen before since the draw began.

    On the first list of a draw everybody is new to it, which says nothing of the weeks to come: a group is then taken
    to renew itself once in `turnover_days`, the days after which whoever did nothing is no customer any more.
    Null: the smallest effect is larger than the leaving rate, or there is nobody in a group.
    """
    held = listed.why_not == "holdout"
    both = listed.contact | held
    before = ~np.isnat(listed.last_chosen)
    if draw_began is not None:
        before &= listed.last_chosen >= draw_began
    sizes = [(int(rows.sum()), int((rows & ~before).sum())) for rows in (listed.contact, held)]
    weeks = max(turnover_days / DAYS_OF_A_WEEK, 1)
    groups = [Group(now, round(now / weeks) if first_of_draw else new) for now, new in sizes]
    rate = float(np.sort(listed.probability[both]).mean()) if both.any() else 0.0
    effect = smallest_effect(rate, groups[0].now, groups[1].now)
    return {
        "contact": groups[0].now,
        "holdout": groups[1].now,
        "new_contact": groups[0].newcomers,
        "new_holdout": groups[1].newcomers,
        "expected_rate": round(rate, 6),
        "smallest_effect": effect,
        "weeks_for_half": None if effect is None else weeks_needed(effect / 2, rate, *groups),
    }


def reasons(told: Told, band: NDArray[Any], at_risk: Floats | None) -> list[dict[str, Any]]:
    """One entry per family, the most frequent first: customers in high whose first reason it is, and what is at stake.

    Shares are of the customers in high who have a reason: those to be contacted, held back, or on top of the list.
    `band` and `at_risk` have an entry per row that `told` counts.
    """
    first = np.array(told.families, object)
    known = (band[told.rows] == "high") & np.array([name is not None for name in told.families], bool)
    cents = None if at_risk is None else np.rint(at_risk[told.rows[known]] * CENTS).astype(np.int64)
    names, counts = np.unique(first[known].astype(str), return_counts=True)
    stakes: Mapping[str, int | None] = {
        name: None if cents is None else int(cents[first[known] == name].sum()) for name in names.tolist()
    }
    whole = 0 if cents is None else int(cents.sum())
    found = [
        {
            "family": name,
            "customers": int(count),
            "share_of_high": round(int(count) / int(known.sum()), 6),
            "value_at_risk": None if (stake := stakes[name]) is None else stake / CENTS,
            "share_of_value": round(stake / whole, 6) if stake is not None and whole else None,
        }
        for name, count in zip(names.tolist(), counts, strict=True)
    ]
    return sorted(found, key=lambda item: (-item["customers"], item["family"]))
