"""Low, medium or high: where a probability falls, and who is left alone to measure the contacts by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from models.table import Bools, Floats

BANDS = ("high", "medium", "low")


def band(probability: Floats, medium: float, high: float) -> np.ndarray:
    """The risk band of each probability; a probability on a cut belongs to the higher band."""
    return np.where(probability >= high, "high", np.where(probability >= medium, "medium", "low"))


def in_holdout(customer_ids: Iterable[str], share: float, programme: str) -> Bools:
    """Whether each customer is left alone: one keyed draw per id, stable as long as the programme is.

    The draw depends on nothing but the id and the programme, so it is the same in every band and every week.
    """
    key = hashlib.blake2b(programme.encode(), digest_size=32).digest()
    limit = int(share * 2**64)
    draws = (hashlib.blake2b(name.encode(), digest_size=8, key=key).digest() for name in customer_ids)
    return np.array([int.from_bytes(draw, "big") < limit for draw in draws], bool)
