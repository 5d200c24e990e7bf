"""What a feature is: its column, unit, window, null meaning, the sentence a person reads and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from features.rows import Rows

Unit = Literal["days", "events", "money", "share", "ratio", "score", "level", "flag"]


@dataclass(frozen=True)
class Feature:
    """One column of the feature tables.

    `null` says what a missing value means. `sentences` are tried in order: the first whose columns are all known is
    shown, each column in braces replaced by the customer's own number with its unit.
    """

    name: str
    family: str
    unit: Unit
    window_days: int | None
    null: str
    sentences: tuple[str, ...]
    compute: Callable[[Rows], NDArray[Any]]

    def entry(self) -> dict[str, Any]:
        """The feature's line in the data dictionary."""
        return {
            "name": self.name,
            "family": self.family,
            "unit": self.unit,
            "window_days": self.window_days,
            "null": self.null,
            "sentence": self.sentences[0],
        }


ZERO = "never null: none is 0"


def as_float32(values: NDArray[Any]) -> NDArray[np.float32]:
    """What LightGBM trains on; infinities cannot occur, since every ratio states its zero rule."""
    return np.asarray(values).astype(np.float32)
