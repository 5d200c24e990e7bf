"""Event types as a person would say them in English, and as parts of column names."""

from __future__ import annotations

import re

PLAIN = str.maketrans("_{}|", " ()/")  # what is no part of a word


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
    return with_article(thing(types, role))


def with_article(word: str) -> str:
    """A word with its article.

    >>> with_article("order")
    'an order'
    """
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
    return plural(thing(types, role))


def plural(word: str) -> str:
    """A word's plural by the rules of English; exceptions are in the catalogue of texts.

    >>> plural("query"), plural("press")
    ('queries', 'presses')
    """
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
