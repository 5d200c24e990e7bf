"""How the workbook looks: one palette, number formats of the language, bands that differ in grey as well."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel.numbers import get_currency_symbol
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from pipeline.language.catalogue import Texts

FONT = "Calibri"
INK, QUIET, LINE, PAPER, ACCENT = "#1f2933", "#5f6b76", "#c9d1d9", "#eef2f6", "#1d4e79"
ALARM: dict[str, object] = {"bg_color": "#a61b1b", "font_color": "#ffffff", "bold": True}
CAUTION: dict[str, object] = {"bg_color": "#fff4d6", "font_color": "#5c3d00", "bold": True}
# Colour for the eye, sign and weight for a grey print: dark, light, none.
BANDS: dict[str, dict[str, Any]] = {
    "high": {"bold": True, "bg_color": "#f3b8b0"},
    "medium": {"italic": True, "bg_color": "#fbe6b0"},
    "low": {"bg_color": "#e3efe3"},
}
SIGNS = {"high": "▲", "medium": "●", "low": "▼"}  # as on the page, whose tables stand in the workbook too
# Never 100% or 0% of what is only likely.
PERCENT = '[>=0.995]">99%";[<0.005]"<1%";0%'
POINTS = "+0.0%;-0.0%;0.0%"
DATES = {"en": "[$-809]d mmm yyyy", "ru": "dd.mm.yyyy", "pl": "dd.mm.yyyy"}


class Styles:
    """The formats of one workbook, each made once, in the order of first use."""

    def __init__(self, book: Workbook, texts: Texts, currency: str | None) -> None:
        self._book = book
        self._texts = texts
        self._currency = currency
        self._made = cache(self._make)

    def get(self, look: str = "text", **properties: object) -> Format:
        """The format of a look with further properties of XlsxWriter's."""
        return self._made(look, tuple(sorted(properties.items())))

    def money(self) -> str:
        """Whole amounts with the sign of the currency where the language writes it; pennies below ten."""
        if self._currency is None:
            return "[<10]0.00;#,##0"
        sign = get_currency_symbol(self._currency, self._texts.locale).replace('"', "")
        if self._texts.language == "en":
            return f'[<10]"{sign}"0.00;"{sign}"#,##0'
        return f'[<10]0.00\u00a0"{sign}";#,##0\u00a0"{sign}"'

    def _make(self, look: str, properties: tuple[tuple[str, object], ...]) -> Format:
        numbers = {
            "id": "@",
            "percent": PERCENT,
            "points": POINTS,
            "money": self.money(),
            "whole": "#,##0",
            "number": "#,##0.0",
            "days": "#,##0",
            "date": DATES[self._texts.language],
        }
        base: dict[str, object] = {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "top"}
        if look in numbers:
            base["num_format"] = numbers[look]
        return self._book.add_format(base | dict(properties))
