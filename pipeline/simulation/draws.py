"""Draws that belong to a customer, a day and a purpose, so that two histories of one customer share their luck."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from models.table import Floats, Ints


class Purpose(IntEnum):
    """What a draw decides. The number is part of the generator's key: a new purpose takes a new number."""

    RATE = 1
    HAZARD = 2
    CHATTINESS = 3
    RESPONSE = 4
    BASKET = 5
    ENTRY = 6
    EARLY = 7
    FADES = 8
    BUYS = 9
    AMOUNT = 10
    VISITS = 11
    OPENS = 12
    CLICKS = 13
    TICKET = 14
    REACTS = 15
    REACHED = 16
    DELAY = 17


def uniform(seed: int, purpose: Purpose, day: int, customers: int) -> Floats:
    """One draw per customer from [0, 1): entry i is customer i's, however many customers there are.

    The generator is Philox (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): a
    function of a key, here the seed with day and purpose, and of a counter, here the customer. Nothing is carried on
    from draw to draw, so a draw is the same whatever else was drawn before it.
    """
    key = np.array([seed, day << 8 | purpose], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).random(customers)


def chosen(draws: Floats, weights: Floats) -> Ints:
    """Per draw the index of a value, by weights that add up to 1: (value,), or (draw, value) where they differ."""
    edges = np.cumsum(weights, axis=-1)
    edges[..., -1] = 1.0  # a rounding below 1 would leave a draw without a value
    picked: Ints = (draws[:, None] >= edges).sum(axis=1)
    return picked
