"""A simulated shop for the loop: it lives a week at a time with the contacts of a list, and knows the exact truth.

shop = Shop(Setting(seed=7, customers=5000, effect=0.8), Path("data/raw/shop"), Path("data/raw/contacts"))
monday = shop.first_list
shop.history_until(monday)
shop.run_week(monday, contacts_of(risk_list, monday))
shop.truth(monday, ids).kept_assigned.mean()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np

from models.table import Bools
from pipeline.errors import EventError
from pipeline.simulation.belief import Belief
from pipeline.simulation.contacts import Contacts, Made, as_day, day_number, indexes, make
from pipeline.simulation.events import EVENTS, LOG, contact_table, event_table, file_of
from pipeline.simulation.kinds import Setting
from pipeline.simulation.truth import Truth, truth_given_history, truth_given_state
from pipeline.simulation.world import World
from pipeline.tables import write_table

WEEK = 7


@dataclass(frozen=True)
class Week:
    """What a week was: how many contacts the list asked for, how many were made, how many events there were."""

    as_of: date
    asked: int
    made: int
    events: int


class Shop:
    """The same setting and contacts give the same files, byte for byte, however the weeks are cut into calls.

    `events` and `contacts` are folders that get one file per week, named by its Monday; None writes nothing. `offers`
    are the actions that carry an offer, `price` what a contact costs.
    """

    def __init__(
        self,
        setting: Setting,
        events: Path | None = None,
        contacts: Path | None = None,
        offers: frozenset[str] = frozenset({"offer"}),
        price: Decimal = Decimal("0.50"),
    ) -> None:
        self.setting, self.world = setting, World(setting)
        self._events, self._contacts = events, contacts
        self._offers, self._price = offers, price
        self._belief = Belief(self.world)

    @property
    def today(self) -> date:
        """The first day that was not lived yet."""
        return as_day(self.world.day, self.setting)

    @property
    def first_list(self) -> date:
        """The day of the first list: the Monday on which the history ends."""
        weeks = -(-self.setting.history_days // WEEK)
        return self.setting.start + timedelta(days=WEEK * weeks)

    def history_until(self, day: date) -> int:
        """Live up to a Monday, without any contact, and return how many events there were.

        Raises EventError for a day that is no Monday of the shop's future.
        """
        if day.weekday() != 0 or day <= self.today:
            raise EventError(f"{day} is no Monday after {self.today}, up to which the shop has lived: choose one.")
        events = 0
        while self.today < day:
            events += self._live_week(None, None)
        return events

    def run_week(self, as_of: date, contacts: Contacts | None = None) -> Week:
        """Live the seven days from `as_of` on, in which the contacts that a list asks for are made as far as they are.

        Raises EventError for another week than the next one, and for contacts of another list or of unknown customers.
        """
        if as_of != self.today:
            raise EventError(f"The week from {as_of} on was asked for, but the shop's next day is {self.today}.")
        if contacts is not None and contacts.as_of != as_of:
            raise EventError(f"The contacts are those of {contacts.as_of}, not of {as_of}: read that week's list.")
        made = None if contacts is None else make(contacts, self.setting)
        events = self._live_week(contacts, made)
        asked = 0 if contacts is None else len(contacts.customer_id)
        return Week(as_of, asked, 0 if made is None else len(made.place), events)

    def truth(self, as_of: date, ids: Sequence[str], given: Literal["history", "state"] = "history") -> Truth:
        """One entry per id: the truth about a list of the morning of `as_of`, lived already or the next day.

        `given` history: the best that any model could know. `given` state: what the simulator knows; its means over
        many customers are the same. Ask in the order of time: an earlier day than the last makes the filter start anew.
        """
        day, rows = day_number(as_of, self.setting), indexes(ids, self.setting)
        if given == "state":
            whole = truth_given_state(self.world, day)
        else:
            if day < self._belief.day:
                self._belief = Belief(self.world)
            whole = truth_given_history(self.world, self._belief, day)
        return Truth(*(getattr(whole, field.name)[rows] for field in fields(Truth)))

    def left(self, as_of: date, ids: Sequence[str]) -> Bools:
        """Per id, whether nothing was bought in the horizon from `as_of` on. Raises ValueError while it is open."""
        return self.world.left(day_number(as_of, self.setting))[indexes(ids, self.setting)]

    def _live_week(self, contacts: Contacts | None, made: Made | None) -> int:
        monday, start = self.today, self.world.day
        for day in range(start, start + WEEK):
            contacted = mailed = None
            if made is not None:
                contacted, mailed = np.zeros((2, self.setting.customers), bool)
                contacted[made.customer[made.day == day]] = True
                mailed[made.customer[(made.day == day) & made.by_email]] = True
            self.world.live(contacted, mailed)
        table = event_table(self.world, start, self.world.day)
        if self._events is not None:
            write_table([table], EVENTS, self._events / file_of("events", monday))
        if self._contacts is not None:
            log = LOG.empty_table()
            if contacts is not None and made is not None:
                log = contact_table(self.world, contacts, made, self._offers, self._price)
            if len(log) or monday == self.setting.start:  # one empty file, so that there is a log before any contact
                write_table([log], LOG, self._contacts / file_of("contacts", monday))
        return len(table)
