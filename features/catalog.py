"""What a feature is: its column, unit, window, null meaning, what it says to a person and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from features.leaning import NEITHER, Lean
from features.rows import Rows
from features.sentences import Sentence

Unit = Literal["days", "events", "money", "share", "ratio", "score", "level", "flag"]

# What a marketer would call one thing. Families are how features are computed, and several of them tell the same story:
# "No purchase for 74 days; usually every 21" is recency and rhythm at once. Reasons are added up by topic, and each
# topic speaks once. Its title is the text `family-<topic>` of the catalogue.
Topic = Literal[
    "silence",  # how long they have been away, and how long that is for them: recency and rhythm of activity
    "pace",  # how often they come: counts and active days in windows, and their newer half against the older
    "spend",  # how much they spend: amounts of everything that is no trouble
    "interest",  # how they engage beside that: visits, opens, clicks, of every window, and how long ago
    "trouble",  # what went wrong: returns, complaints and tickets, how many, how much and how long ago
    "history",  # what kind of customer they are: since when, their first weeks, earlier breaks
    "opinion",  # what they say: scores
    "standing",  # where they stand: balance, points, price of the plan
    "term",  # their contract: its age, when it runs out, how they renewed
    "profile",  # what is known of them beside events
]


@dataclass(frozen=True)
class Feature:
    """One column of the feature tables.

    `null` says what a missing value means. `sentences` are tried in order: the first whose columns are all known is
    shown, and the last one shows none, so that there always is one. `lean` is how a person reads the value.
    """

    name: str
    family: str
    topic: Topic
    unit: Unit
    window_days: int | None
    null: str
    sentences: tuple[Sentence, ...]
    compute: Callable[[Rows], NDArray[Any]]
    lean: Lean = NEITHER

    def entry(self) -> dict[str, Any]:
        """The feature's line in the data dictionary, but for its sentence, which the catalogue of texts has."""
        return {
            "name": self.name,
            "family": self.family,
            "topic": self.topic,
            "unit": self.unit,
            "window_days": self.window_days,
            "null": self.null,
        }

    def hollow(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Where the value says only that nothing happened: as a bad sign, silence says that already, and better."""
        if self.window_days is not None:
            return (values == 0) | ~np.isfinite(values)
        return (values == 0) & (self.unit in ("events", "money"))

    def clumsy(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Where the value is an amount of nothing: "0.00" is true, but a count says it better."""
        return (values == 0) & (self.unit == "money")


ZERO = "never null: none is 0"


def as_float32(values: NDArray[Any]) -> NDArray[np.float32]:
    """What LightGBM trains on; infinities cannot occur, since every ratio states its zero rule."""
    return np.asarray(values).astype(np.float32)
