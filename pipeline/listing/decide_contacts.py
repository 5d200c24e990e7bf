"""What is done for each customer, or why nothing is: playbook, objections, rest, costs, places, holdout, channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.campaign import BELOW_COST, CHOSEN, FULL, HELD, Filled, Places, Prices, fill, fill_at_most, gain
from models.table import Bools, Floats, Ints
from pipeline.listing.decide_past import Words
from pipeline.sections.acting import BANDS, NOTHING, STAGES, TIERS, Action, Campaign
from pipeline.settings import Settings

# The first that is true says why somebody is not contacted.
WHY_NOT = ("objected", "low", "cool_down", "value_below_cost", "over_capacity", "holdout")
# Written and digital channels, among which a customer's own preference is followed. A call stays a call, and a word
# that is none of these (`web`, the name of a shop) says where somebody buys, not how to write to them.
WRITTEN = {name: name for name in ("email", "sms", "push", "letter", "app", "whatsapp")} | {"e-mail": "email"}


@dataclass(frozen=True)
class Line:
    """One entry per customer: what decides about the contact. `held` is who the draw leaves alone."""

    probability: Floats
    value: Floats
    band: Words
    tier: Words
    stage: Words
    preferred: Words
    held: Bools


@dataclass(frozen=True)
class Contacts:
    """One entry per customer: whether to contact, why not (None where to contact), the action, its channel and days.

    `within_days` is NaT where nobody is contacted; `offer` is whether the action is one that may be redeemed.
    """

    contact: Bools
    why_not: Words
    action: Words
    channel: Words
    within_days: NDArray[np.timedelta64]
    offer: Bools


def choose(
    line: Line, objected: Bools, rests: Bools, best_first: Ints, money_known: bool, settings: Settings
) -> Contacts:
    """Who is contacted, how, and why the others are not; `best_first` is the order in which places are given.

    The first of these that is true is why somebody is not contacted: objected (nothing else matters then), low (the
    playbook plans nothing), cool_down, value_below_cost, and then, in the line for places, over_capacity or holdout.
    Objectors and the resting stand in no line, so they take no place.
    """
    actions = list(settings.campaign.actions.values())
    wanted = _wanted(line, settings.campaign)
    asked = np.where(objected | rests, -1, wanted)[best_first]
    filled = _fill(asked, line, best_first, money_known, settings)
    outcome, action = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
    outcome[best_first] = filled.outcome
    action[best_first] = np.where(asked >= 0, filled.action, wanted[best_first])
    first = [objected, wanted < 0, rests, outcome == BELOW_COST, outcome == FULL, outcome == HELD]
    contact = outcome == CHOSEN
    days = np.array([*(item.within_days for item in actions), 0], "timedelta64[D]")[action]  # -1, nothing, is the last
    return Contacts(
        contact=contact,
        why_not=_words([*WHY_NOT, None])[np.select(first, range(len(WHY_NOT)), len(WHY_NOT))],
        action=_words([*settings.campaign.actions, NOTHING])[action],
        channel=_channels(action, line.preferred, actions),
        within_days=np.where(contact, days, np.timedelta64("NaT", "D")),
        offer=np.array([*(item.offer for item in actions), False])[action],
    )


def _words(names: Sequence[str | None]) -> Words:
    return np.array(names, object)


def _wanted(line: Line, campaign: Campaign) -> Ints:
    """The number of each customer's action; -1 where the playbook plans nothing."""
    numbers = {name: number for number, name in enumerate(campaign.actions)} | {NOTHING: -1}
    table = np.array([numbers[campaign.action_of(*key)] for key in product(BANDS, TIERS, STAGES)], np.int64)
    codes = [_code(line.band, BANDS), _code(line.tier, TIERS), _code(line.stage, STAGES)]
    return table.reshape(len(BANDS), len(TIERS), len(STAGES))[codes[0], codes[1], codes[2]]


def _code(values: Words, names: tuple[str, ...]) -> Ints:
    return np.select([values == name for name in names], range(len(names)), len(names))  # past the end: no name


def _fill(asked: Ints, line: Line, best_first: Ints, money_known: bool, settings: Settings) -> Filled:
    """The line for places, best first, under the cut."""
    campaign, risk = settings.campaign, settings.risk
    held, names = line.held[best_first], list(campaign.actions)
    places = [
        Places(item.capacity, None if item.otherwise is None else names.index(item.otherwise))
        for item in campaign.actions.values()
    ]
    pays = np.full((len(asked), len(places)), True)
    if risk.cut == "cost" and money_known:
        p, value = line.probability[best_first], line.value[best_first]
        for number, item in enumerate(campaign.actions.values()):
            pays[:, number] = gain(p, value, item.offer, prices(settings), settings.costs.saving_rate) > 0
    if risk.cut == "capacity" and risk.capacity is not None:
        counted = (line.band != "low")[best_first]
        return fill_at_most(asked, held, pays, places, counted, risk.capacity)
    return fill(asked, held, pays, places)


def prices(settings: Settings) -> Prices:
    """What contacts cost."""
    return Prices(settings.costs.contact, settings.costs.offer)


def _channels(action: Ints, preferred: Words, every: list[Action]) -> Words:
    """The action's channel, or the customer's own where both are written ones; None where nothing is done."""
    usual = _words([*(item.channel for item in every), None])[action]
    written = np.array([*(item.channel.lower() in WRITTEN for item in every), False])[action]
    kinds = pa.array(preferred, pa.string()).dictionary_encode()
    own = _words([*(WRITTEN.get(name.strip().lower()) for name in kinds.dictionary.to_pylist()), None])
    own = own[kinds.indices.fill_null(-1).to_numpy()]
    return np.where(written & (own != None), own, usual)  # noqa: E711 - entry by entry
