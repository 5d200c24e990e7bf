"""The simulated shop's events and its log of contacts as tables, in the columns that ingest and contacts read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa

from pipeline.simulation.contacts import Contacts, Made, as_day, customer_id
from pipeline.simulation.world import Seen, World

EVENTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("event_time", pa.timestamp("us", "UTC")),
        ("event_type", pa.string()),
        ("amount", pa.decimal128(18, 2)),
    ]
)
LOG = pa.schema(
    [
        ("customer_id", pa.string()),
        ("contact_time", pa.timestamp("us", "UTC")),
        ("action", pa.string()),
        ("channel", pa.string()),
        ("offer", pa.bool_()),
        ("cost", pa.decimal128(18, 2)),
    ]
)
# In the order of their names, which is that of the rows of one customer and day.
TYPES = {
    "email_clicked": Seen.CLICKED,
    "email_opened": Seen.OPENED,
    "purchase": Seen.PURCHASE,
    "ticket": Seen.TICKET,
    "visit": Seen.VISIT,
}
MIDNIGHT_TO_NINE = np.timedelta64(9, "h")  # when contacts are made; a day's contact comes before its events


def event_table(world: World, start: int, stop: int) -> pa.Table:
    """One row per event of days in [start, stop), by customer, day and type; amount in money for purchases, else null.

    Times are midnights: the world knows days, and a shop with such times is scored on the day after its newest.
    """
    seen = np.stack(world.seen[start:stop])
    found = [np.nonzero((seen & flag).T) for flag in TYPES.values()]  # by customer, then day
    who, day = (np.concatenate([pair[axis] for pair in found]) for axis in (0, 1))
    kind = np.repeat(np.arange(len(TYPES)), [len(pair[0]) for pair in found])
    names = list(TYPES)
    order = np.lexsort((kind, day, who))
    cents = np.zeros(seen.shape, np.int64)
    cents[(seen & Seen.PURCHASE) > 0] = np.round(np.concatenate(world.paid[start:stop]) * 100).astype(np.int64)
    bought = kind[order] == names.index("purchase")
    amounts = [
        Decimal(int(cents[d, c])).scaleb(-2) if is_purchase else None
        for d, c, is_purchase in zip(day[order], who[order], bought, strict=True)
    ]
    columns = [
        pa.array([customer_id(int(c)) for c in who[order]], EVENTS.field("customer_id").type),
        _times(day[order] + start, world),
        pa.array([names[k] for k in kind[order]], EVENTS.field("event_type").type),
        pa.array(amounts, EVENTS.field("amount").type),
    ]
    return pa.table(columns, schema=EVENTS)


def contact_table(world: World, contacts: Contacts, made: Made, offers: frozenset[str], price: Decimal) -> pa.Table:
    """One row per contact made, by customer: `offer` whether the action is one of `offers`, `cost` that of a contact.

    What a redeemed offer costs is not in it: it is redeemed later, by whoever buys, also by who would have bought.
    """
    action = [contacts.action[at] for at in made.place]
    columns = [
        pa.array([customer_id(int(c)) for c in made.customer], LOG.field("customer_id").type),
        pa.array(_moments(made.day, world) + MIDNIGHT_TO_NINE, LOG.field("contact_time").type),
        pa.array(action, LOG.field("action").type),
        pa.array([contacts.channel[at] for at in made.place], LOG.field("channel").type),
        pa.array([name in offers for name in action], LOG.field("offer").type),
        pa.array([price] * len(action), LOG.field("cost").type),
    ]
    return pa.table(columns, schema=LOG)


def file_of(kind: str, monday: date) -> str:
    """The name of a week's file: events-2023-01-02.parquet."""
    return f"{kind}-{monday}.parquet"


def _times(days: np.typing.NDArray[np.int64], world: World) -> pa.Array:
    return pa.array(_moments(days, world), EVENTS.field("event_time").type)


def _moments(days: np.typing.NDArray[np.int64], world: World) -> np.typing.NDArray[np.datetime64]:
    moments = np.datetime64(as_day(0, world.setting), "us") + days.astype("timedelta64[D]")
    return moments.astype("datetime64[us]")
