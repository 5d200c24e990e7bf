"""One word of a closed set as a person reads it: a band, a tier, an action, a channel."""

from __future__ import annotations

from pipeline.language.catalogue import Texts


def word(texts: Texts, prefix: str, value: str) -> str:
    """The text for a value of a column's words; one that the catalogue does not know goes by its own name.

    Actions of one's own are such values, and channels that come from the data: `report.names` in params.yaml may say
    how they read, otherwise underscores become spaces.

    >>> texts = Texts("en", {"kiosk": "Kiosk in town"})
    >>> word(texts, "band", "high"), word(texts, "action", "win_back_letter"), word(texts, "channel", "kiosk")
    ('High', 'win back letter', 'Kiosk in town')
    """
    key = f"{prefix}-{value}"
    if texts.knows(key):
        return texts.say(key)
    return texts.names.get(value, value.replace("_", " "))
