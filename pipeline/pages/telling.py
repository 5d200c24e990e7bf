"""How figures are told on a page: numbers in the language's form, and no small group where the page is mailed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar

from babel.lists import format_list

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.settings import Settings

MARKS = {"high": "▲", "medium": "●", "low": "▼"}
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
        return self.say("fewer-than" if group == FEWER else "not-shown")

    def amount(self, value: float | None, customers: int, hide: bool = False) -> str:
        """Money of so many customers; a dash where it is not known or the group is too small to be told."""
        if value is None or isinstance(self.group(customers, hide), str):
            return "–"
        return self.money(value)

    def money(self, value: float) -> str:
        """An amount in the currency of money_unit."""
        return self.texts.money(value, self.settings.money_unit.currency)

    def plain(self, value: Any) -> str:
        """Any value as a person reads it: dates in words, numbers in the language's form, the rest as text."""
        if isinstance(value, date):
            return self.day(value, "medium")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.about(value)
        return str(value)

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
        return "" if value is None else word(self.texts, prefix, value)

    def band(self, band: str) -> str:
        """The word for a band, with the mark by which it is told apart without colour."""
        return f"{MARKS[band]} {self.word('band', band)}"

    def column(self, name: str) -> str:
        """The heading of a column; of one that the user adds, its own name."""
        return self.word("column", name)

    def signed(self, share: float) -> str:
        """A change of a share in points, with its sign: 0.012 is +1.2."""
        points = round(100 * share, 1) + 0.0  # no minus before a zero
        return ("+" if points > 0 else "") + self.texts.number(points, 1)

    def change(self, share: float) -> str:
        """A change of a share with its unit: "+1.2 points"."""
        return self.say("signed-points", change=self.signed(share))

    def percent(self, share: float) -> str:
        """A share with one decimal, or none where it is whole: 7%, 41.7%."""
        return self.texts.percent(share, 0 if round(1000 * share) % 10 == 0 else 1)

    def thing(self, event_type: str) -> str:
        """The word for an event type: from report.names, else the catalogue's, else its own name."""
        return self.texts.names.get(event_type) or self.word("thing", event_type)
