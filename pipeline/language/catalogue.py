"""Every text that marketing reads, in one catalogue: a folder per language, a file per topic, plural forms included.

The texts are Fluent files; Babel gives numbers, dates and money the language's own form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from fluent.runtime import FluentBundle, FluentResource

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en", "ru", "pl")
LOCALES = {"en": "en_GB", "ru": "ru_RU", "pl": "pl_PL"}
LARGE = 1000  # from here on pennies are noise


class Texts:
    """The texts of one language; `names` are words for event types and attributes, given in params.yaml."""

    def __init__(self, language: str, names: Mapping[str, str] | None = None) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES[language])
        self.names = dict(names or {})
        self._bundle = bundle(language)

    def say(self, key: str, **values: object) -> str:
        """A text by its key; numbers among the values are written as the language does, and choose plural forms.

        Raises KeyError for an unknown key, ValueError for a value that the text needs and did not get.
        """
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        text, errors = self._bundle.format_pattern(message.value, values)
        if errors:
            raise ValueError(f"text {key} in {self.language}: {errors[0]}")
        return str(text)

    def knows(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return bool(self._bundle.has_message(key))

    def number(self, value: float, digits: int = 0) -> str:
        """A number with grouped thousands and so many decimals."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share as a percentage: 0.354 is 35%."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return str(format_percent(share, format=pattern, locale=self.locale))

    def money(self, value: float, currency: str | None) -> str:
        """An amount with its currency; without pennies from 1,000 on."""
        digits = 0 if abs(value) >= LARGE else 2
        if currency is None:
            return self.number(value, digits)
        rounded = round(value, digits)
        pattern = self._money(digits, get_currency_symbol(currency, locale=self.locale))
        text = format_currency(rounded, currency, locale=self.locale, currency_digits=False, format=pattern)
        return str(text)

    def _money(self, digits: int, symbol: str) -> str:
        decimals, gap = ".00" if digits else "", "\u00a0" if symbol[-1:].isalpha() else ""  # PLN 12, but £12
        return f"¤{gap}#,##0{decimals}" if self.language == "en" else f"#,##0{decimals}\u00a0¤"

    def date(self, day: date, form: str = "long") -> str:
        """A day with its month in words ("9 December 2011"); form `short` for tables."""
        return str(format_date(day, format=form, locale=self.locale))


@lru_cache(maxsize=8)
def bundle(language: str) -> FluentBundle:
    """All texts of a language, read once."""
    found = FluentBundle([LOCALES[language].replace("_", "-")], use_isolating=False)
    for path in sorted((FOLDER / language).glob("*.ftl")):
        found.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return found
