"""What a customer of the simulated shop is for good, which states it passes through, and what each of them does.

The engagement world of tests/simulators.py, made into a shop: to its rates, hazards of waning and chattiness come how
a customer answers a contact, the size of its baskets, e-mails and tickets, and a state for those whom a contact kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from models.table import Floats
from pipeline.errors import ConfigError

ACTIVE, RETAINED, WANING, GONE = range(4)
NEXT = np.array([WANING, WANING, GONE, GONE])  # where a state leads when it ends
UNMOVED, PERSUADABLE, DISTURBED = range(3)

# Values and weights of what a customer is for good; drawn independently of each other.
RATES = ((0.03, 0.3), (0.05, 0.3), (0.09, 0.25), (0.18, 0.15))  # purchases a day
HAZARDS = ((1 / 1200, 0.35), (1 / 300, 0.4), (1 / 120, 0.25))  # of beginning to wane, a day
CHATTINESS = ((0.02, 0.3), (0.1, 0.3), (0.4, 0.4))  # visits a day
BASKETS = ((15.0, 0.4), (35.0, 0.4), (80.0, 0.2))  # mean amount of a purchase
SPREAD = 0.5  # of the logarithm of an amount
OPENING = (0.08, 0.3, 0.65)  # chance that an e-mail is opened, by chattiness
CLICKING = 0.3  # of an opened one, while active

# How a state changes what its customer does: active, retained, waning, gone.
BUYS = (1.0, 1.0, 0.1, 0.0)
VISITS, STRAY = (1.0, 1.0, 0.3, 0.0), 0.005  # a stray visit comes from anybody
OPENS, CLICKS = (1.0, 1.0, 0.5, 0.1), (1.0, 1.0, 0.4, 0.1)
TICKETS = (0.002, 0.002, 0.015, 0.0)  # a day
WEARS_OFF = 1 / 120  # chance a day that a customer whom a contact kept begins to wane again
LEAVES = 1 / 150  # chance a day that a waning customer is gone
DISTURBS = 0.3  # of the effect: what a contact does to those whom it annoys

# Shares (unmoved, persuadable, disturbed) by chattiness, lowest first.
Heterogeneity = Literal["engagement", "risk", "none"]
RESPONSES: dict[Heterogeneity, tuple[tuple[float, float, float], ...]] = {
    "engagement": ((0.8, 0.0, 0.2), (0.5, 0.4, 0.1), (0.05, 0.95, 0.0)),
    "risk": ((0.3, 0.7, 0.0),) * 3,
    "none": ((0.4, 0.5, 0.1),) * 3,
}
NEWSLETTER = 3  # day of the week, Monday 0


@dataclass(frozen=True)
class Setting:
    """A simulated shop: whole days since `start`, a Monday. Raises ConfigError for what cannot be simulated.

    `effect` is the chance that a contact brings a waning persuadable customer back; 0 is a world in which contacts do
    nothing. `heterogeneity` says who is persuadable: those who read what they are sent, whatever their risk
    (`engagement`), anybody alike (`none`), or anybody alike and also when gone already, so that those gain most who are
    most at risk (`risk`). `reached` is the share of contacts on the list that are made. Half of the customers come in
    the first quarter of the history, the others at any time until the last week's list.
    """

    seed: int = 7
    customers: int = 5000
    effect: float = 0.8
    heterogeneity: Heterogeneity = "engagement"
    reached: float = 0.9
    start: date = date(2021, 1, 4)
    history_days: int = 728
    weeks: int = 40
    horizon_days: int = 56
    delays: tuple[int, ...] = (0, 1, 2)  # days from the list to the contact, equally likely

    def __post_init__(self) -> None:
        for name in ("effect", "reached"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} is {getattr(self, name)}, and it is a chance: choose 0 to 1.")
        if self.start.weekday() != 0:
            raise ConfigError(f"start is {self.start}, no Monday, and files hold weeks from Monday on: choose one.")
        if not self.delays or not set(self.delays) <= set(range(7)):
            raise ConfigError(f"delays are {self.delays}: a list is acted on within its week, so choose of 0 to 6.")
        if min(self.seed, self.customers - 1, self.history_days - 1, self.weeks - 1, self.horizon_days - 1) < 0:
            raise ConfigError(f"{self}: the seed must not be negative, all other numbers must be 1 or more.")
        if self.heterogeneity not in RESPONSES:
            raise ConfigError(f"heterogeneity is {self.heterogeneity!r}; known are {', '.join(RESPONSES)}.")

    @property
    def days(self) -> int:
        """Days within which customers come: the history and the weeks of lists."""
        return self.history_days + 7 * self.weeks


@dataclass(frozen=True)
class Kinds:
    """All kinds of customers, one column each, rate by hazard by chattiness by response; states are rows.

    `prior` (kind,): how frequent it is. `ends` (state, kind): chance that a state ends in a night. `buys` (state,
    kind): purchases a day without the season. `visits`, `opens`, `clicks`, `tickets` (state, kind): chances, of a visit
    on a day, of opening an e-mail, of a click in an opened one, of a ticket on a day. `responses` kinds in a row differ
    in the response alone; 1 where the response does not show yet.
    """

    prior: Floats
    ends: Floats
    buys: Floats
    visits: Floats
    opens: Floats
    clicks: Floats
    tickets: Floats
    responses: int = len(RESPONSES["none"][0])

    def without_response(self) -> Kinds:
        """The kinds that can be told apart before anybody was contacted."""
        one = slice(None, None, self.responses)
        return Kinds(
            prior=self.prior.reshape(-1, self.responses).sum(axis=1),
            ends=self.ends[:, one],
            buys=self.buys[:, one],
            visits=self.visits[:, one],
            opens=self.opens[:, one],
            clicks=self.clicks[:, one],
            tickets=self.tickets[:, one],
            responses=1,
        )


def all_kinds(setting: Setting) -> Kinds:
    """Every combination of what a customer can be."""
    rates, hazards, chats = (np.array(values) for values in (RATES, HAZARDS, CHATTINESS))
    shape = (len(rates), len(hazards), len(chats), 3)
    rate, hazard, chat, response = (index.ravel() for index in np.indices(shape))
    every = np.ones(rate.size)
    shares = np.array(RESPONSES[setting.heterogeneity])
    return Kinds(
        prior=rates[rate, 1] * hazards[hazard, 1] * chats[chat, 1] * shares[chat, response],
        ends=np.array([hazards[hazard, 0], WEARS_OFF * every, LEAVES * every, 0 * every]),
        buys=np.outer(BUYS, rates[rate, 0]),
        visits=np.outer(VISITS, chats[chat, 0]) + STRAY,
        opens=np.outer(OPENS, np.array(OPENING)[chat]),
        clicks=np.outer(CLICKS, CLICKING * every),
        tickets=np.outer(TICKETS, every),
    )


def reaction(setting: Setting) -> Floats:
    """What a contact does, before anything else on its day: chances (state before, state after, response)."""
    moves = np.repeat(np.eye(4)[:, :, None], 3, axis=2)
    kept = (WANING, GONE) if setting.heterogeneity == "risk" else (WANING,)
    pushed = [(state, RETAINED, PERSUADABLE, setting.effect) for state in kept]
    pushed += [(state, WANING, DISTURBED, DISTURBS * setting.effect) for state in (ACTIVE, RETAINED)]
    for before, after, response, chance in pushed:
        moves[before, before, response] = 1 - chance
        moves[before, after, response] = chance
    return moves


def season(day: int) -> float:
    """Factor of all purchase rates on a day: mild, a year long."""
    return 1 + 0.15 * float(np.sin(2 * np.pi * day / 365.25))
