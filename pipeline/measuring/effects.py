"""What contacting achieved: contact arm against holdout, over all lists of a question, each customer once a draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.snapshots import as_date
from models.compliance import compliance
from models.effect import counts_of, described, differences_by, effect, weeks_to_claim
from models.pooling import Choices, Pooled, pool
from models.returns import Ledger, Prices, returns
from models.split import check_split
from models.table import Bools, Floats, Ints
from pipeline.measuring.choices import choices_of
from pipeline.measuring.outcomes import Closed
from pipeline.settings import Settings

AIM = 0.05  # the effect for which the weeks still needed are told, as a share kept more
WEEK = 7


def effects(chosen: pa.Table, closed: Sequence[Closed], settings: Settings) -> dict[str, Any] | None:
    """The effect on all chosen customers whose horizon has closed, by group, in money and in the present draw.

    `chosen` are the rows of data/contacts/chosen.parquet of lists that asked the present question, with the present
    horizon. None where nobody was chosen by a closed list.
    """
    if not len(chosen) or not closed:
        return None
    choices, names, programmes = choices_of(chosen, {one.past.name: one.table for one in closed})
    pooled = pool(choices, settings.churn.horizon_days)
    if not len(pooled):
        return None
    rows, first = pooled.rows, chosen.take(pa.array(pooled.source))
    split = check_split(rows.contact, rows.share)
    whole = effect(counts_of(rows.contact, rows.left, rows.share), split)
    newcomers = [len(np.unique(rows.customer[rows.contact == arm])) for arm in (True, False)]
    weeks = max((int(rows.day.max()) - int(rows.day.min())) / WEEK, 1.0)
    days = chosen.column("as_of").to_pylist()
    return {
        **pooled.to_json(),
        "first_list": str(min(days)),
        "newest_closed": str(max(one.past.as_of for one in closed)),
        "programmes": len(programmes),
        "split": split.to_json(),
        **whole.to_json(),
        "weeks_for_5_points": weeks_to_claim(whole.difference, AIM, newcomers[0] / weeks, newcomers[1] / weeks),
        "by": {} if split.broken else _by_group(rows, names),
        "by_programme": _by_programme(rows, programmes, split.broken),
        "money": None if split.broken else _money(choices, pooled, chosen, settings),
        "compliance": None if split.broken else _compliance(rows, first),
    }


def _by_group(rows: Choices, names: dict[str, dict[int, str]]) -> dict[str, Any]:
    """The difference in each band, tier and action: described, never claimed."""
    return {
        kind: described(differences_by(codes, rows.contact, rows.left, rows.share), names[kind])
        for kind, codes in rows.groups.items()
    }


def _by_programme(rows: Choices, programmes: list[str], broken: bool) -> list[dict[str, Any]]:
    """One entry per draw, oldest first: what was chosen, and the difference."""
    found = []
    for code in sorted(np.unique(rows.programme), key=lambda code: int(rows.day[rows.programme == code].min())):
        here = rows.take(rows.programme == code)
        split = check_split(here.contact, here.share)
        entry = {
            "programme": programmes[int(code)],
            "first_list": str(as_date(int(here.day.min()))),
            "last_list": str(as_date(int(here.day.max()))),
            "split": split.to_json(),
        }
        if not (broken or split.broken):
            entry |= effect(counts_of(here.contact, here.left, here.share), split).to_json()
        found.append(entry)
    return found


def _money(choices: Choices, pooled: Pooled, chosen: pa.Table, settings: Settings) -> dict[str, Any] | None:
    """What the contacts brought and cost; None where no amounts are known, or the arms are too small."""
    if not settings.events.money:
        return None
    rows, costs, first = pooled.rows, settings.costs, chosen.take(pa.array(pooled.source))
    offer = first.column("offer").to_numpy().astype(bool)
    ledger = Ledger(
        contact=rows.contact,
        share=rows.share,
        left=rows.left,
        spend=rows.spend,
        times=pooled.times,
        offer=offer,
        cost=_logged(choices, pooled, chosen, settings),
        redeemed=_redeemed(first, rows, offer),
    )
    found = returns(ledger, Prices(costs.contact, costs.offer, settings.money_unit.margin))
    return None if found is None else found.to_json()


def _logged(choices: Choices, pooled: Pooled, chosen: pa.Table, settings: Settings) -> Floats | None:
    """What the contacts of each customer within the horizon cost; None where the log names no cost.

    Nothing for who the log says was not contacted. Where it does not reach, or names no cost, the price is that of
    params.yaml, and where the next choice came within the window of this one: its contacts would be paid for twice.
    """
    cost, said = chosen.column("logged_cost"), chosen.column("contacted")
    if cost.null_count == len(cost):
        return None
    _, person = np.unique(np.column_stack([choices.programme, choices.customer]), axis=0, return_inverse=True)
    person = person.reshape(-1)
    order = np.lexsort((choices.day, person))
    shared = np.zeros(len(person), bool)
    shared[order[:-1]] = (np.diff(person[order]) == 0) & (np.diff(choices.day[order]) < settings.contacts.window_days)
    refused = pc.fill_null(pc.invert(said), False)
    known = pc.if_else(pa.array(shared), None, cost.combine_chunks())
    price = pc.if_else(refused, 0.0, pc.fill_null(known, settings.costs.contact)).to_numpy()
    first = np.full(int(person.max()) + 1, choices.day.max() + 1, np.int64)  # who is not pooled has no price
    first[person[pooled.source]] = pooled.rows.day
    since = choices.day - first[person]
    here = (since >= 0) & (since < settings.churn.horizon_days)
    paid = np.bincount(person[here], weights=price[here], minlength=len(first)).astype(np.float64)
    return paid[person[pooled.source]]


def _redeemed(first: pa.Table, rows: Choices, offer: Bools) -> Ints | None:
    """Offers taken as redeemed: those that the log says were made, to who stayed; None where it says of none.

    Of whom it does not say the action tells, and who was not contacted got none.
    """
    said = first.column("logged_offer")
    if said.null_count == len(said):
        return None
    reached = pc.fill_null(first.column("contacted"), True).to_numpy().astype(bool)
    made = np.where(said.is_valid().to_numpy(), pc.fill_null(said, False).to_numpy(), offer & reached)
    return (made.astype(bool) & ~rows.left).astype(np.int64)


def _compliance(rows: Choices, first: pa.Table) -> dict[str, Any] | None:
    """Who was really contacted, over the customers of whom the log says so; None without a log."""
    said = first.column("contacted")
    known = said.is_valid().to_numpy(zero_copy_only=False)
    if not known.any():
        return None
    here = rows.take(known)
    reached = pc.fill_null(said, False).to_numpy().astype(bool)[known]
    return {"customers": int(known.sum()), **compliance(here.contact, reached, here.left, here.share).to_json()}
