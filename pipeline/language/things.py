"""Event types, attributes and states in the words of a language, in every form that sentences need.

The catalogue knows the common ones with their forms. Russian and Polish cannot inflect a name that they do not know, so
there an unknown event is called an event of that name: the word for "event" takes the forms, the name stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from fluent.runtime import FluentBundle
from fluent.runtime.resolver import Pattern

from features.sentences import Thing
from features.words import PLAIN, plural, slug, with_article
from pipeline.language.catalogue import Texts, bundle

# Forms of a thing: one, several, with "2 to 4" (Russian), of several, the last one. The first has no name of its own.
FORMS = ("many", "few", "of", "last")
ROLES = ("activity", "engagement", "friction", "cancellation")


class Things:
    """Words for things in one language; `report.names` of params.yaml come before the catalogue."""

    def __init__(self, texts: Texts) -> None:
        self.language = texts.language
        self.names = texts.names
        self._bundle = bundle(texts.language)

    def forms(self, thing: Thing) -> dict[str, str]:
        """The forms of a thing: `one`, `many`, `few`, `of`, `last`, and in English `a` with its article."""
        single = len(thing.types) == 1
        found = self._of_type(thing.types[0]) if single else self._known(f"role-{thing.role}")
        return {"a": with_article(found["one"]), **found}

    def name(self, name: str) -> str:
        """An attribute or a state by its name, not inflected."""
        given = self.names.get(name)
        if given is not None:
            return in_line(given)
        key = key_of(name)
        return self._text(key) if self._bundle.has_message(key) else in_line(name.translate(PLAIN))

    def _of_type(self, event_type: str) -> dict[str, str]:
        given = self.names.get(event_type)
        if given is None:
            key = key_of(event_type)
            return self._known(key) if self._bundle.has_message(key) else self._unknown(event_type.translate(PLAIN))
        known = self._keys_by_word.get(given.casefold())
        return self._known(known) if known else self._unknown(given)

    def _unknown(self, word: str) -> dict[str, str]:
        word = in_line(word)
        if self.language == "en":
            many = plural(word)
            return {"one": word, "many": many, "few": many, "of": many, "last": f"last {word}"}
        return self._known("event-named", {"name": word})

    def _known(self, key: str, values: Mapping[str, str] | None = None) -> dict[str, str]:
        forms = self._bundle.get_message(key).attributes
        named = {name: self._format(pattern, values) for name, pattern in forms.items()}
        return {"one": self._text(key, values), **named}

    def _text(self, key: str, values: Mapping[str, str] | None = None) -> str:
        return self._format(self._bundle.get_message(key).value, values)

    def _format(self, pattern: Pattern | None, values: Mapping[str, str] | None) -> str:
        if pattern is None:
            raise ValueError(f"a thing of the catalogue in {self.language} has forms, but no word of its own")
        text, errors = self._bundle.format_pattern(pattern, dict(values or {}))
        if errors:
            raise ValueError(f"a word of the catalogue in {self.language}: {errors[0]}")
        return str(text)

    @cached_property
    def _keys_by_word(self) -> dict[str, str]:
        """The catalogue's things by their word: who calls a purchase an order gets the forms of that word."""
        keys = sorted(key for key in thing_keys(self._bundle))
        return {self._text(key).casefold(): key for key in reversed(keys)}


def thing_keys(texts: FluentBundle) -> list[str]:
    """The keys of all things that a language has words for."""
    return sorted(key for key in texts._messages if key.startswith("thing-"))  # no public way to list them


def key_of(name: str) -> str:
    """The key under which the catalogue would have a thing.

    >>> key_of("Page View")
    'thing-page_view'
    """
    return f"thing-{slug(name).lower()}"


def in_line(text: str) -> str:
    r"""A name without line breaks and other control characters, which would tear a sentence apart.

    >>> in_line("page\nview ")
    'page view'
    """
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split()) or "?"
