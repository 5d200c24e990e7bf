"""Reasons as sentences of a language: the texts are in reasons.ftl, here come the values, with their units."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.catalog import Feature, Unit
from features.sentences import Sentence, Thing
from features.words import PLAIN, capital
from pipeline.language.catalogue import Texts
from pipeline.language.things import Things, in_line

Floats = NDArray[np.float64]
DIGITS: dict[Unit, int] = {"days": 0, "events": 0, "flag": 0, "share": 2, "money": 2}  # others have one
UNKNOWN = math.inf  # one value for everything that is not known: unlike nan it equals itself
CACHED = 200_000  # sentences; about 100 MB at the very most


def as_shown(values: Floats, unit: Unit) -> Floats:
    """Values rounded to what a sentence shows, so that equal sentences have equal values; UNKNOWN for null.

    A share is 0% or 100% only where it is exactly that: the texts say "none" then.
    """
    known = np.isfinite(values)
    shown = np.round(np.where(known, values, 0.0), DIGITS.get(unit, 1)) + 0.0  # adding 0 takes the sign off a zero
    if unit == "share":
        shown = np.where((values > 0) & (values < 1), np.clip(shown, 0.01, 0.99), shown)
    return np.where(known, shown, UNKNOWN)


class Reasons:
    """The sentences of every feature in one language, each made once per numbers.

    `currency` is that of all amounts (null: they are plain numbers). Raises KeyError for a feature it does not know.
    """

    def __init__(self, texts: Texts, features: Sequence[Feature], currency: str | None = None) -> None:
        self.texts = texts
        self.features = {feature.name: feature for feature in features}
        self.currency = currency
        self._things = Things(texts)
        self._unit_text = lru_cache(maxsize=20_000)(self._in_words)
        self._columns = {name: _columns(feature) for name, feature in self.features.items()}
        self._fixed = {name: [self._given(s) for s in feature.sentences] for name, feature in self.features.items()}
        self._cached = lru_cache(maxsize=CACHED)(self._said)

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns whose values a feature's sentences show, its own first."""
        return self._columns[name]

    def say(self, name: str, values: Mapping[str, float]) -> str:
        """The sentence of a feature for one customer: the first whose values are all known."""
        own = {column: np.array([values[column]], np.float64) for column in self.columns(name)}
        return self.say_all(name, own)[0]

    def say_all(self, name: str, values: Mapping[str, Floats]) -> list[str]:
        """The sentences of a feature for many customers, from whole columns of values."""
        shown = [as_shown(values[column], self.features[column].unit).tolist() for column in self.columns(name)]
        return [self._cached(name, numbers) for numbers in zip(*shown, strict=True)]

    def described(self, name: str) -> str:
        """A feature's first sentence with its columns in braces, for the data dictionary; else what null means."""
        feature = self.features[name]
        if not feature.sentences:
            return capital(feature.null)
        shown: dict[str, object] = {}
        for argument, column in feature.sentences[0].shows.items():
            shown |= dict.fromkeys(_forms(argument), f"{{{column}}}")
        return capital(self.texts.say(feature.sentences[0].key, **self._fixed[name][0], **shown))

    def _said(self, name: str, values: tuple[float, ...]) -> str:
        feature, known = self.features[name], dict(zip(self.columns(name), values, strict=True))
        for sentence, fixed in zip(feature.sentences, self._fixed[name], strict=True):
            if sentence.between is not None and not sentence.between[0] <= known[name] <= sentence.between[1]:
                continue
            shown = {argument: known[column] for argument, column in sentence.shows.items()}
            if UNKNOWN in shown.values():
                continue
            arguments: dict[str, object] = dict(fixed)
            for argument, column in sentence.shows.items():
                arguments |= self._value(argument, shown[argument], self.features[column].unit)
            return capital(self.texts.say(sentence.key, **arguments))
        raise ValueError(f"the feature {name} has no sentence for unknown values: its last one must show none")

    def _given(self, sentence: Sentence) -> dict[str, object]:
        """The arguments that are the same for all customers."""
        found: dict[str, object] = {
            argument: in_line(word.translate(PLAIN)) for argument, word in sentence.words.items()
        }
        found |= {argument: self._things.name(name) for argument, name in sentence.names.items()}
        for argument, thing in sentence.things.items():
            found |= self._thing(argument, thing)
        for argument, days in sentence.days.items():
            found[argument] = in_window(self.texts, days)
            found |= {} if days is None else self._value(f"{argument}_days", float(days), "days")
        return found

    def _thing(self, argument: str, thing: Thing) -> dict[str, object]:
        forms = self._things.forms(thing)
        return {argument if form == "one" else f"{argument}_{form}": word for form, word in forms.items()}

    def _value(self, argument: str, value: float, unit: Unit) -> dict[str, object]:
        """A value in all the forms that sentences use: see `_forms`."""
        number: float = int(value) if float(value).is_integer() else value
        way = "up" if value > 0 else "down" if value < 0 else "same"
        words = (self._unit_text(value, unit), self._unit_text(value, unit, True), self._unit_text(abs(value), unit))
        return dict(zip(_forms(argument), (*words, self._unit_text(value, "events"), number, way), strict=True))

    def _in_words(self, value: float, unit: Unit, genitive: bool = False) -> str:
        if unit == "days":
            return days_in_words(self.texts, value, genitive)
        if unit == "share":
            return self.texts.percent(value)
        if unit == "money":
            return self.texts.money(value, self.currency)
        return self.texts.number(value, 0 if float(value).is_integer() else 1)


def _forms(argument: str) -> tuple[str, ...]:
    """Names of an argument's forms: in words, in the genitive, without sign, without unit, as a number, its way."""
    return tuple(f"{argument}{form}" for form in ("", "_of", "_size", "_figure", "_number", "_way"))


def _columns(feature: Feature) -> tuple[str, ...]:
    shown = [column for sentence in feature.sentences for column in sentence.shows.values()]
    return tuple(dict.fromkeys([feature.name, *shown]))


def days_in_words(texts: Texts, days: float, genitive: bool = False) -> str:
    """A length of time: "74 days", "74 дня", "74 dni"."""
    return texts.say("unit-days-of" if genitive else "unit-days", days=texts.number(days), number=round(days))


def in_window(texts: Texts, days: int | None) -> str:
    """A window before the list's day: "in the last 28 days", or "so far"."""
    if days is None:
        return texts.say("unit-window-ever")
    return texts.say(
        "unit-window", days=days_in_words(texts, days), of_days=days_in_words(texts, days, True), number=days
    )


def uncertain_text(texts: Texts, key: str, days: float | None, low: float | None, high: float | None) -> str:
    """Why a single probability rests on little, from the key and the numbers that `models.uncertain` gives."""
    values: dict[str, object] = {}
    if days is not None:
        values |= {"days": days_in_words(texts, days), "days_of": days_in_words(texts, days, True)}
        values |= {"days_number": round(days)}
    if low is not None and high is not None:
        values |= {"low": texts.percent(low), "high": texts.percent(high)}
    return capital(texts.say(f"uncertain-{key}", **values))
