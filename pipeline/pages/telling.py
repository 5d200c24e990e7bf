"""How figures are told on a page: numbers in the language's form, and no small group where the page is mailed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar

from babel.lists import format_list

from pipeline.language.catalogue import Texts
from pipeline.settings import Settings

LEAST = 10  # a page that is mailed tells no group of fewer customers
FEWER, SOME = "fewer", "some"  # variants of a text for such a group, and for one by which it could be worked out
WHOLE = 10  # from here on half a leaver is noise
Key = TypeVar("Key", bound=Hashable)


def too_small(counts: Mapping[Key, int], least: int) -> set[Key]:
    """One set of the groups not to be told: those of fewer than `least`, and enough others that none can be worked out.

    The groups divide a whole whose size is known, so what is hidden can be found as the rest: then the rest must be
    `least` or more, and more than one group. Empty groups are told, there is nobody in them. `least` 0 hides nothing.
    """
    people = {key: count for key, count in counts.items() if count > 0}
    hidden = {key for key, count in people.items() if count < least}
    by_size = sorted((count, at, key) for at, (key, count) in enumerate(people.items()) if key not in hidden)
    while hidden and by_size and (len(hidden) < 2 or sum(people[key] for key in hidden) < least):
        hidden.add(by_size.pop(0)[2])
    return hidden


class Telling:
    """The texts of one page; `least` is 0 for those who may see single customers, LEAST for a page that is mailed."""

    def __init__(self, texts: Texts, settings: Settings, least: int = 0) -> None:
        self.texts, self.settings, self.least = texts, settings, least

    def say(self, key: str, **values: Any) -> str:
        """A text of the catalogue."""
        return self.texts.say(key, least=self.least, **values)

    def group(self, count: int, hide: bool = False) -> int | str:
        """A number of customers as texts take it: itself, or the word that chooses "fewer than" or "some"."""
        if 0 < count < self.least:
            return FEWER
        return SOME if hide else count

    def count(self, count: int, hide: bool = False) -> str:
        """A number of customers alone, as a cell or a tile shows it; `hide`: a group that must not be told."""
        group = self.group(count, hide)
        if isinstance(group, int):
            return self.texts.number(group)
        return self.say("fewer-than" if group == FEWER else "hidden")

    def amount(self, value: float | None, customers: int, hide: bool = False) -> str:
        """Money of so many customers; a dash where it is not known or the group is too small to be told."""
        if value is None or isinstance(self.group(customers, hide), str):
            return "–"
        return self.texts.money(value, self.settings.money_unit.currency)

    def about(self, value: float) -> str:
        """An expected number: whole from ten on and where it is whole, else with one decimal."""
        rounded = round(value, 1)
        return self.texts.number(value, 0 if abs(value) >= WHOLE or rounded == int(rounded) else 1)

    @staticmethod
    def points(share: float) -> float | int:
        """A share as percentage points, to one decimal: 0.025 is 2.5, 0.09 is 9; a whole number takes its plural."""
        rounded = round(100 * share, 1)
        return int(rounded) if rounded == int(rounded) else rounded

    def day(self, day: str | date, form: str = "long") -> str:
        """A day of a briefing ("2024-06-03") or of a list, in words."""
        return self.texts.date(date.fromisoformat(day) if isinstance(day, str) else day, form)

    def listed(self, items: list[str], style: Literal["standard", "or"] = "standard") -> str:
        """One phrase of several: "a, b and c"; style `or`: "a, b or c"."""
        return str(format_list(items, style=style, locale=self.texts.locale))

    def word(self, prefix: str, value: str | None) -> str:
        """The word for a value of a closed set; a user's own name as it is, with spaces for _; "" for null."""
        if value is None:
            return ""
        key = f"{prefix}-{value}"
        return self.texts.say(key) if self.texts.knows(key) else value.replace("_", " ")

    def thing(self, event_type: str) -> str:
        """The word for an event type: from report.names, else the catalogue's, else its own name."""
        return self.texts.names.get(event_type) or self.word("thing", event_type)
