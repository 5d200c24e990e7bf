"""When each customer's relation opens and ends: the one rule behind eligibility, labels and churn in figures.

A customer *leaves on* the day at whose end the relation is over:

- cancellation: the day of the cancel event that ends an open relation, unless an activity event follows it on that very
  day, as when a plan is changed. Any activity event opens the relation, or opens it again.
- lapse: the last day of grace. Each activity event pays for `term` days, so that the expiry is the latest of
  (event day + term) so far: a short top-up does not shorten a year that is paid. A renewal is in time on any day
  before expiry + grace; the day before that edge is the last, and the day on which those leave who let it pass. An
  event on the edge or later opens a new relation. A cancel event does not end what is paid for.
- inactivity: the last day on which the customer may still be asked about, `active_within_days` after the last event.

So what happens on a day is known when the day is over, as with every event: at a snapshot, who has left on a day before
it is gone, everybody else with an opening is there, and a day on which somebody leaves lies in exactly one of two
adjacent windows. Openings and leavings take turns, so that open at the start + opened - left = open at the end.
"""

from __future__ import annotations

import numpy as np

from features.rows import Rows
from features.spec import FeatureSpec
from features.timeline import Bools, EventChunk, Ints

OPENED, LEFT = "opened", "left"
NEVER = 1 << 62  # fits int64 only: a Python int beside int32 would wrap


def relation_rows(rows: Rows, spec: FeatureSpec) -> Rows:
    """The same spine rows over openings and leavings: `count((LEFT,), 28)` is how often the customer left lately."""
    return rows.derived(spec, lambda chunk: relations(chunk, spec))


def is_open(rows: Rows, spec: FeatureSpec) -> Bools:
    """Whether each row's customer has an open relation at the snapshot, by what lies before it."""
    relation = relation_rows(rows, spec)
    return relation.count((OPENED,), None) > relation.count((LEFT,), None)


def relations(chunk: EventChunk, spec: FeatureSpec) -> EventChunk:
    """One event per opening and per leaving of each customer, in turns and so by day.

    A leaving is known from events up to its own day; those of a lapse may lie after the last event. Raises ValueError
    for a lapse where the events carry no term.
    """
    index = activity_index(chunk, spec)
    day, customer = chunk.day[index].astype(np.int64), chunk.customer_of_event()[index]
    over = _over(chunk, index, spec)
    last = np.append(customer[1:] != customer[:-1], True)[: len(index)]
    left = (over < NEVER) & (last | (np.append(day[1:], NEVER)[: len(index)] > over))
    first = np.append(True, last[:-1])[: len(index)]
    opened = first | np.append(True, left[:-1])[: len(index)]
    happened = np.stack([opened, left], axis=1).ravel()
    days = np.stack([day, over], axis=1).ravel()[happened]
    size = np.bincount(np.repeat(customer, 2)[happened], minlength=chunk.customers)
    return EventChunk(
        starts=np.append(0, np.cumsum(size)),
        day=days.astype(np.int32),
        kind=np.tile(np.array([0, 1], np.int16), len(index))[happened],
        amount=np.zeros(len(days), np.int64),
        has_amount=np.zeros(len(days), bool),
        types=(OPENED, LEFT),
    )


def activity_index(chunk: EventChunk, spec: FeatureSpec) -> Ints:
    """Positions of the activity events in the chunk, in order."""
    return _index(chunk, spec.activity)


def _index(chunk: EventChunk, types: tuple[str, ...]) -> Ints:
    wanted = np.array([name in types for name in chunk.types] + [False])  # last cell: kind -1
    return np.flatnonzero(wanted[chunk.kind])


def _over(chunk: EventChunk, index: Ints, spec: FeatureSpec) -> Ints:
    """Per activity event, the day at whose end the relation is over if no activity event comes before that."""
    if spec.definition == "lapse":
        return expiry_days(chunk, index) + spec.grace_days - 1
    if spec.definition == "inactivity":
        return chunk.day[index].astype(np.int64) + spec.active_within_days
    cancels, customer = _index(chunk, spec.cancel), chunk.customer_of_event()
    if len(cancels) == 0:
        return np.full(len(index), NEVER)
    place = np.searchsorted(cancels, index)
    found = cancels.take(place, mode="clip")
    before_next = found < np.append(index[1:], len(customer))[: len(index)]
    ends = (place < len(cancels)) & (customer[found] == customer[index]) & before_next
    return np.where(ends, chunk.day[found].astype(np.int64), NEVER)


def expiry_days(chunk: EventChunk, index: Ints) -> Ints:
    """Per activity event, the first day that is not paid for: the latest of (day + term) of the customer so far."""
    if chunk.term is None:
        raise ValueError("a lapse needs the term of each activity event, and these events carry none")
    # Customers rise, so adding a huge multiple of the customer restarts the running maximum at each of them.
    lift = chunk.customer_of_event()[index] << 32
    return np.maximum.accumulate(chunk.day[index] + chunk.term[index].astype(np.int64) + lift) - lift
