"""Whom a list asks to contact, and which of these contacts the simulated marketing team really makes, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from models.table import Bools, Ints
from pipeline.errors import EventError
from pipeline.simulation.draws import Purpose, chosen, uniform
from pipeline.simulation.kinds import Setting

EMAIL = "email"


@dataclass(frozen=True)
class Contacts:
    """One entry per customer to be contacted in the week from `as_of` on: id, action and channel."""

    as_of: date
    customer_id: Sequence[str]
    action: Sequence[str]
    channel: Sequence[str]


@dataclass(frozen=True)
class Made:
    """One entry per contact that is made: its place in the `Contacts` it came from, its customer's index, its day."""

    place: Ints
    customer: Ints
    day: Ints
    by_email: Bools


def contacts_of(risk_list: pa.Table, as_of: date) -> Contacts:
    """The rows of a list (columns of pipeline/listing/schema.py) that are to be contacted this week.

    Raises EventError for a list of another day: its contacts would be made in the wrong week.
    """
    days = set(risk_list.column("as_of").to_pylist())
    if days - {as_of}:
        other = min(day for day in days if day != as_of)
        raise EventError(f"The list is of {other}, but the week from {as_of} on is simulated: read that week's list.")
    rows = risk_list.filter(pa.compute.equal(risk_list.column("contact_this_week"), "yes"))
    ids, action, channel = (rows.column(name).to_pylist() for name in ("customer_id", "recommended_action", "channel"))
    return Contacts(as_of, ids, action, channel)


def make(contacts: Contacts, setting: Setting) -> Made:
    """Who is reached, and on which day: drawn for each customer and list, whoever else is on it; by customer.

    Raises EventError for an id that is none of the shop's, and for a customer who is to be contacted twice.
    """
    number = day_number(contacts.as_of, setting)
    index = indexes(contacts.customer_id, setting)
    twice = np.flatnonzero(np.bincount(index, minlength=1) > 1)
    if len(twice):
        raise EventError(
            f"{customer_id(int(twice[0]))} is to be contacted twice in the week of {contacts.as_of}: a list has one "
            "row per customer."
        )
    reached = uniform(setting.seed, Purpose.REACHED, number, setting.customers) < setting.reached
    equal = np.full(len(setting.delays), 1 / len(setting.delays))
    delays = np.array(setting.delays)[chosen(uniform(setting.seed, Purpose.DELAY, number, setting.customers), equal)]
    order = np.argsort(index)
    place = order[reached[index[order]]]
    by_email = np.array([contacts.channel[at] == EMAIL for at in place], bool)
    return Made(place, index[place], number + delays[index[place]], by_email)


def customer_id(index: int) -> str:
    """The id of a customer: c and five digits or more, so that ids sort as customers do."""
    return f"c{index:06d}"


def indexes(ids: Sequence[str], setting: Setting) -> Ints:
    """The customer that each id names. Raises EventError for one that names none."""
    found = np.empty(len(ids), np.int64)
    for place, name in enumerate(ids):
        number = int(name[1:]) if name[1:].isdecimal() else -1
        if not 0 <= number < setting.customers or name != customer_id(number):
            raise EventError(f"{name!r} is no customer of the simulated shop, which has {setting.customers:,}.")
        found[place] = number
    return found


def day_number(day: date, setting: Setting) -> int:
    """Days since the shop's first. Raises EventError for a day before it."""
    number = (day - setting.start).days
    if number < 0:
        raise EventError(f"{day} is before {setting.start}, the simulated shop's first day: choose a later one.")
    return number


def as_day(number: int, setting: Setting) -> date:
    """The date of a day number."""
    return setting.start + timedelta(days=number)
