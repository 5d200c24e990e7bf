"""Event types and numbers as a marketer would say them."""

from __future__ import annotations

import math
import re

from features.catalog import Unit

DIGITS = {"days": 0, "share": 2, "money": 2}
PLAIN = str.maketrans("_{}|", " ()/")  # what sentences use for themselves


def thing(types: tuple[str, ...], role: str = "activity") -> str:
    """The word for one event of the types: the type's own name, or the role's where there are several.

    >>> thing(("purchase",)), thing(("visit", "click"), "engagement")
    ('purchase', 'engagement')
    """
    return types[0].translate(PLAIN) if len(types) == 1 else role


def a_thing(types: tuple[str, ...], role: str = "activity") -> str:
    """The word for one event with its article.

    >>> a_thing(("purchase",)), a_thing(("order",))
    ('a purchase', 'an order')
    """
    word = thing(types, role)
    return f"{'an' if word[:1].lower() in 'aeio' else 'a'} {word}"


def capital(text: str) -> str:
    """The text with its first letter large; unlike str.capitalize it leaves names as they are.

    >>> capital("a VIP visit")
    'A VIP visit'
    """
    return text[:1].upper() + text[1:]


def slug(event_type: str) -> str:
    """An event type as part of a column name: LightGBM refuses JSON's special characters in names.

    >>> slug("Page View"), slug("e-mail: open")
    ('Page_View', 'e_mail_open')
    """
    return re.sub(r"\W+", "_", event_type).strip("_") or "type"


def things(types: tuple[str, ...], role: str = "activity") -> str:
    """The word for several events of the types.

    >>> things(("purchase",)), things(("visit", "buy")), things(("press",))
    ('purchases', 'activities', 'presses')
    """
    word = thing(types, role)
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def counted(types: tuple[str, ...], role: str = "activity") -> str:
    """How a count of these events is written behind a column's name in a sentence: singular and plural.

    >>> counted(("purchase",))
    'purchase|purchases'
    """
    return f"{thing(types, role)}|{things(types, role)}"


class Shown:
    """A value as a sentence shows it: `{column}` with its unit, `{column:purchase|purchases}` as a count of things.

    A flag shows the first words where it is set, the others where it is not.

    >>> f"{Shown(1, 'events'):purchase|purchases}, {Shown(0, 'events'):purchase|purchases}, {Shown(74, 'days')}"
    '1 purchase, no purchases, 74 days'
    """

    def __init__(self, value: float, unit: Unit) -> None:
        self.value = value
        self.unit = unit
        self.text = number_in_words(value, unit)

    def __format__(self, words: str) -> str:
        if not words:
            return str(self.text)
        one, _, many = words.partition("|")
        if self.unit == "flag":
            return one if self.value else many
        return f"no {many}" if self.value == 0 else f"{self.text} {one if self.value == 1 else many}"


def number_in_words(value: float, unit: Unit) -> str | None:
    """A value with its unit; None where it is not known.

    >>> number_in_words(1.0, "days"), number_in_words(0.354, "share"), number_in_words(1204.5, "money")
    ('1 day', '35%', '1,204.50')
    """
    if not math.isfinite(value):
        return None
    value = round(value, DIGITS.get(unit, 1)) + 0.0  # adding 0 takes the sign off a zero
    if unit == "days":
        whole = f"{value:,.0f}"
        return f"{whole} day" if whole == "1" else f"{whole} days"
    if unit == "share":
        return f"{value:.0%}"
    if unit == "money":
        return f"{value:,.2f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
