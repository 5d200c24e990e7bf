"""Event types and numbers as a marketer would say them."""

from __future__ import annotations

import math
import re

from features.catalog import Unit


def thing(types: tuple[str, ...], role: str = "activity") -> str:
    """The word for one event of the types: the type's own name, or the role's where there are several.

    >>> thing(("purchase",)), thing(("visit", "click"), "engagement")
    ('purchase', 'engagement')
    """
    return types[0].replace("_", " ").replace("{", "(").replace("}", ")") if len(types) == 1 else role


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


def number_in_words(value: float, unit: Unit) -> str | None:
    """A value with its unit; None where it is not known.

    >>> number_in_words(1.0, "days"), number_in_words(0.354, "share"), number_in_words(1204.5, "money")
    ('1 day', '35%', '1,204.50')
    """
    if not math.isfinite(value):
        return None
    if unit == "days":
        whole = f"{value:,.0f}"
        return f"{whole} day" if whole == "1" else f"{whole} days"
    if unit == "share":
        return f"{value:.0%}"
    if unit == "money":
        return f"{value:,.2f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
