"""A sheet written from top to bottom: headings, sentences across all columns, small tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter.worksheet import Worksheet

from pipeline.spreadsheets.harmless import harmless
from pipeline.spreadsheets.styles import ACCENT, LINE, PAPER, Styles

LINE_HEIGHT = 15.5
RIGHT: dict[str, object] = {"align": "right", "indent": 1}
ALIGNED: dict[str, dict[str, object]] = {
    "whole": RIGHT,
    "number": RIGHT,
    "percent": RIGHT,
    "money": RIGHT,
    "date": {"align": "center"},
}


@dataclass(frozen=True)
class Told:
    """A text with a look of its own: properties of XlsxWriter's formats."""

    text: str
    look: tuple[tuple[str, object], ...] = ()


Value = str | float | int | date | Told | None


@dataclass(frozen=True)
class Head:
    """The head of a column of a small table: text, look of its values, how many columns of the sheet it spans."""

    text: str
    look: str = "text"
    span: int = 1


class Paper:
    """Where the next thing is written. `widths`: of the sheet's columns, in letters."""

    def __init__(self, sheet: Worksheet, styles: Styles, widths: Sequence[float]) -> None:
        self._sheet = sheet
        self._styles = styles
        self._widths = list(widths)
        self._row = 0
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)

    def gap(self, height: float = 8) -> None:
        """An empty row."""
        self._sheet.set_row(self._row, height)
        self._row += 1

    def text(self, text: str, look: Mapping[str, object] | None = None, size: int = 11) -> None:
        """A sentence over the whole width, as high as it needs."""
        properties = dict(look or {})
        style = self._styles.get("text", font_size=size, text_wrap=True, **properties)
        self._across(0, len(self._widths), text, style)
        wide = size / 11 * (1.15 if properties.get("bold") else 1)
        height = self._height([(text, 0, len(self._widths))], wide) * size / 11
        self._sheet.set_row(self._row, height + 3)
        self._row += 1

    def heading(self, text: str) -> None:
        """A heading with a line under it."""
        self.gap()
        style = self._styles.get("text", bold=True, font_size=13, font_color=ACCENT, bottom=2, bottom_color=ACCENT)
        for at in range(len(self._widths)):
            self._sheet.write_blank(self._row, at, None, style)
        self._sheet.write_string(self._row, 0, text, style)
        self._sheet.set_row(self._row, 20)
        self._row += 1

    def pair(self, term: str, meaning: str, **properties: object) -> None:
        """A word or question, and what is to be said of it beside it."""
        self._sheet.write_string(
            self._row, 0, term, self._styles.get("text", bold=True, text_wrap=True, bg_color=PAPER)
        )
        self._across(1, len(self._widths) - 1, meaning, self._styles.get("text", text_wrap=True, **properties))
        tallest = [(term, 0, 1), (meaning, 1, len(self._widths) - 1)]
        self._sheet.set_row(self._row, self._height(tallest) + 3)
        self._row += 1

    def table(self, heads: Sequence[Head], rows: Sequence[Sequence[Value]], total: bool = False) -> None:
        """A table with a header; with `total` the last row is one. None is an empty cell."""
        self._line(heads, [head.text for head in heads], header=True)
        for number, row in enumerate(rows):
            self._line(heads, row, bold=total and number == len(rows) - 1)

    def _line(self, heads: Sequence[Head], row: Sequence[Value], header: bool = False, bold: bool = False) -> None:
        at, texts = 0, []
        for number, (head, value) in enumerate(zip(heads, row, strict=True)):
            properties: dict[str, object] = {"bottom": 1, "bottom_color": LINE, "text_wrap": True}
            properties |= ALIGNED.get(head.look, {"align": "left", "indent": 1 if at else 0})
            if header:
                properties |= {"bold": True, "bg_color": PAPER, "valign": "vcenter"}
            if bold or (number == 0 and not header):
                properties["bold"] = True
            plain = value.text if isinstance(value, Told) else value
            properties |= dict(value.look) if isinstance(value, Told) else {}
            self._across(at, head.span, plain, self._styles.get("text" if header else head.look, **properties))
            if isinstance(plain, str):
                texts.append((plain, at, head.span))
            at += head.span
        self._sheet.set_row(self._row, self._height(texts) + 3)
        self._row += 1

    def _across(self, at: int, span: int, value: str | float | int | date | None, style: object) -> None:
        """A value over several columns of the present row."""
        if span > 1:
            self._sheet.merge_range(self._row, at, self._row, at + span - 1, "", style)
        if value is None:
            self._sheet.write_blank(self._row, at, None, style)
        elif isinstance(value, str):
            self._sheet.write_string(self._row, at, harmless(value), style)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, at, value, style)
        else:
            self._sheet.write_number(self._row, at, value, style)

    def _height(self, texts: Sequence[tuple[str, int, int]], wide: float = 1.0) -> float:
        """The height of a row of texts that wrap: spreadsheets do not find it for merged cells themselves."""
        lines = [
            sum(max(1, math.ceil(wide * len(part) / sum(self._widths[at : at + span]))) for part in text.split("\n"))
            for text, at, span in texts
        ]
        return max(lines, default=1) * LINE_HEIGHT
