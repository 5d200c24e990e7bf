"""Customers chosen by several lists, each counted once in a draw: what an effect may be computed from.

A customer keeps the arm as long as the draw lasts, so that the second list that chooses the same customer brings no
second experiment: the first choice counts, with the outcome of its horizon, and later ones are further contacts of it.
In the next draw the arms are drawn anew, and the customer counts again: given the customers, the two arms are
independent, which is all that the comparison of arms rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from models.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Choices:
    """One entry per (list, customer chosen by it), in any order.

    `customer` and `programme` (the draw): codes. `day`: the list's. `contact`: in the contact arm, else held back.
    `share`: held back by the list's rule, 0 to 1. `closed`: the horizon is over; `left` and `spend` (of the horizon)
    mean nothing where it is not. `groups`: codes per kind, such as band, tier and action, as they were on that list.
    """

    customer: Ints
    programme: Ints
    day: Ints
    contact: Bools
    share: Floats
    closed: Bools
    left: Bools
    spend: Floats
    groups: Mapping[str, Ints]

    def __post_init__(self) -> None:
        """Every column has an entry for every row."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "groups"}
        lengths = {name: len(column) for name, column in {**columns, **self.groups}.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of {lengths} rows: all must have as many")

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, rows: Ints | Bools) -> Choices:
        """The entries of an index or a mask."""
        first = (self.customer[rows], self.programme[rows], self.day[rows], self.contact[rows], self.share[rows])
        groups = {kind: codes[rows] for kind, codes in self.groups.items()}
        return Choices(*first, self.closed[rows], self.left[rows], self.spend[rows], groups)


@dataclass(frozen=True)
class Pooled:
    """One row per (programme, customer) whose first choice is closed, by programme, then customer.

    `rows` are the first choices; `source`: their places in the choices given; `times`: choices of the customer within
    the horizon of the first, it included. Counted are: `again`, later choices left out; `waiting`, choices of customers
    whose first is still open; `contradicted`, customers with both arms in one draw, who count by their first. Rows,
    again and waiting add up to the choices.
    """

    rows: Choices
    source: Ints
    times: Ints
    again: int
    waiting: int
    contradicted: int

    def __len__(self) -> int:
        return len(self.rows)

    def to_json(self) -> dict[str, int]:
        """The counts, as a report holds them."""
        counts = {"again": self.again, "waiting": self.waiting, "contradicted": self.contradicted}
        return {"customers": len(self.rows), **counts}


def pool(choices: Choices, horizon_days: int) -> Pooled:
    """One row per (programme, customer): the first choice, if closed.

    Choices whose horizon is open belong here too: they are contacts whose price is paid, and a later choice may be open
    when the first is closed. Raises ValueError if a customer stands twice on one day of a draw, or if a first choice is
    open while a later one is closed.
    """
    order = np.lexsort((choices.day, choices.customer, choices.programme))
    programme, customer, day = choices.programme[order], choices.customer[order], choices.day[order]
    if len(order) == 0:
        return Pooled(choices, order, np.zeros(0, np.int64), 0, 0, 0)
    new = np.r_[True, (programme[1:] != programme[:-1]) | (customer[1:] != customer[:-1])]
    starts = np.flatnonzero(new)
    person = np.cumsum(new) - 1
    _refuse_twice(day, new, customer)
    closed, contact = choices.closed[order], choices.contact[order]
    first_closed = closed[starts][person]
    if (closed & ~first_closed).any():
        raise ValueError(
            "a later choice is closed while the first is open: closed is day + horizon over, for all lists"
        )
    times = np.add.reduceat((day - day[starts][person] < horizon_days).astype(np.int64), starts)
    of_contact, of_all = np.add.reduceat(contact.astype(np.int64), starts), np.diff(np.r_[starts, len(order)])
    kept = closed[starts]
    source = order[starts[kept]]
    waiting = int(of_all[~kept].sum())
    contradicted = int(((of_contact > 0) & (of_contact < of_all)).sum())
    again = len(choices) - len(source) - waiting
    return Pooled(choices.take(source), source, times[kept], again, waiting, contradicted)


def _refuse_twice(day: Ints, new: Bools, customer: Ints) -> None:
    twice = ~new[1:] & (day[1:] == day[:-1])
    if twice.any():
        at = int(np.argmax(twice)) + 1
        said = f"customer {customer[at]} is chosen twice on day {day[at]} in one draw"
        raise ValueError(f"{said}: of lists of the same day give the one that was acted on")
