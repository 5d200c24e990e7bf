"""What a feature says to a person, as data: a text of the catalogue, and what is to be put into it.

The texts themselves are in pipeline/language/<language>/reasons.ftl, since a sentence is another one in each language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Thing:
    """An event as a person calls it: by its type where there is one, by `role` where several types are meant.

    Roles are `activity`, `engagement`, `friction` and `cancellation`.
    """

    types: tuple[str, ...]
    role: str = "activity"


@dataclass(frozen=True)
class Sentence:
    """One text with its arguments.

    `things` are events, `names` attributes and states by their own name, `shows` columns whose value is shown with its
    unit, `days` constant lengths of time (None: all the time so far), `words` values of attributes as they are.
    `between`: told only where the feature itself lies between these values.
    """

    key: str
    things: Mapping[str, Thing] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    shows: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, int | None] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    between: tuple[float, float] | None = None


def about(thing: Thing, key: str, window: int | None = 0, **shows: str) -> Sentence:
    """A sentence about one thing; `window` in days where it has one (None: so far), `shows` columns by argument.

    >>> about(Thing(("purchase",)), "reason-last", days="days_since_last_activity").shows
    {'days': 'days_since_last_activity'}
    """
    windows: dict[str, int | None] = {} if window == 0 else {"window": window}
    return Sentence(key, things={"thing": thing}, shows=shows, days=windows)


def never(thing: Thing) -> Sentence:
    """That there has been none: the last sentence of whatever may be unknown."""
    return about(thing, "reason-never")
