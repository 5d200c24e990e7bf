"""Who is left alone, so that the contacts can be measured: one keyed draw per customer, drawn anew at each rotation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from models.table import Bools

FIRST_MONDAY = date(1970, 1, 5)  # the grid of snapshots begins here too


def in_holdout(customer_ids: Iterable[str], share: float, programme: str) -> Bools:
    """Whether each customer is left alone: one keyed draw per id, stable as long as the programme is.

    The draw depends on nothing but the id and the programme, so it is the same in every band and every week.
    """
    key = hashlib.blake2b(programme.encode(), digest_size=32).digest()
    limit = int(share * 2**64)
    draws = (hashlib.blake2b(name.encode(), digest_size=8, key=key).digest() for name in customer_ids)
    return np.array([int.from_bytes(draw, "big") < limit for draw in draws], bool)


def programme_of(name: str, day: date, rotate_days: int | None) -> str:
    """The programme of a day, which is the key of its draw: the name and the rotation that the day lies in.

    Rotations tile all days from Monday 1970-01-05 on, so the draw of a day depends on no list before it. Null: one
    draw for ever, under the name alone.

    >>> programme_of("spring", date(1970, 1, 11), 7), programme_of("spring", date(1970, 1, 12), 7)
    ('spring.0', 'spring.1')
    """
    return name if rotate_days is None else f"{name}.{_rotation(day, rotate_days)}"


def next_draw(day: date, rotate_days: int | None) -> date | None:
    """The first day of the next rotation; None where the draw is for ever.

    >>> next_draw(date(1970, 1, 11), 7)
    datetime.date(1970, 1, 12)
    """
    if rotate_days is None:
        return None
    return FIRST_MONDAY + timedelta(days=(_rotation(day, rotate_days) + 1) * rotate_days)


def _rotation(day: date, rotate_days: int) -> int:
    return (day - FIRST_MONDAY).days // rotate_days
