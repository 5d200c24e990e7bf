"""The sheet with the customers: most urgent first, what matters in front, the rest grouped, ids as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.spreadsheets.harmless import harmless
from pipeline.spreadsheets.paper import ALIGNED
from pipeline.spreadsheets.phrases import filter_warning, say, stale_banner
from pipeline.spreadsheets.rows import Column, Patterns, Rows, row_bytes
from pipeline.spreadsheets.shown import Shown
from pipeline.spreadsheets.styles import ALARM, BANDS, CAUTION, LINE, PAPER, QUIET, SIGNS, Styles

MOST_ROWS = 1_048_574  # of a sheet, less the notice and the header
NOTICE, HEADER, FIRST = 0, 1, 2
FROZEN = 3  # place, customer, and whether to contact
MOST_WORDS = 200  # a column of more different words is written as free text
WIDEST = 46  # of a column of words, in letters
LOOK_WIDTHS = {"percent": 10, "money": 13, "date": 14, "number": 10, "days": 11, "points": 11}
TEXT_WIDTHS = {"reason_1": 44, "reason_2": 36, "reason_3": 36, "reason_lowers": 36, "uncertain": 36}
STATES = ("yes", "no")
NOTE = {"x_scale": 2.2, "y_scale": 1.6, "font_size": 9}


class ListSheet:
    """The sheet, laid out; its rows are filled in when XlsxWriter has written the rest."""

    def __init__(self, sheet: Worksheet, table: pa.Table, columns: list[Shown], styles: Styles, texts: Texts) -> None:
        self._sheet = sheet
        self._table = _plain(table.slice(0, MOST_ROWS))
        self._shown = columns
        self._styles = styles
        self._texts = texts
        self.all_rows = table.num_rows
        self.patterns = Patterns(sheet, FIRST)
        self._longest = {column.name: 0 for column in columns}  # letters of the longest word of each column
        self._columns = [self._column(column) for column in columns]

    @property
    def area(self) -> str:
        """The cells that the sheet will have."""
        return f"A1:{xl_col_to_name(len(self._shown) - 1)}{FIRST + self._table.num_rows}"

    def rows(self) -> Rows:
        """The rows, to be made from the pattern cells."""
        no = pc.not_equal(self._table.column("contact_this_week"), "yes")
        state = pc.fill_null(no, True).cast(pa.int32()).combine_chunks()
        size = self._table.nbytes * 2 + self._table.num_rows * len(self._columns) * 70
        return Rows(lambda cells: row_bytes(self._table, self._columns, state, cells, FIRST + 1), size)

    def lay_out(self, briefing: Mapping[str, Any]) -> None:
        """Notice, header with notes, widths, filters, and how it prints."""
        self._notice(briefing)
        self._header()
        last = max(FIRST + self._table.num_rows - 1, HEADER)
        self._sheet.autofilter(HEADER, 0, last, len(self._shown) - 1)
        self._sheet.freeze_panes(FIRST, FROZEN)
        at = next(at for at, column in enumerate(self._shown) if column.name == "customer_id")
        place = f"{xl_col_to_name(at)}{FIRST + 1}:{xl_col_to_name(at)}{last + 1}"
        self._sheet.ignore_errors({"number_stored_as_text": place})
        self._widths()
        self._print()

    def _notice(self, briefing: Mapping[str, Any]) -> None:
        """What nobody may miss, above the header where filters are set: out of date, and on what to filter."""
        texts, look = self._texts, CAUTION
        sentences = [filter_warning(texts)]
        if briefing["stale"]:
            sentences, look = [stale_banner(briefing, texts)], ALARM
        if self._table.num_rows < self.all_rows:
            rows, everything = texts.number(self._table.num_rows), texts.number(self.all_rows)
            sentences.append(say(texts, "most-urgent", rows=rows, all=everything))
        if not briefing["money"]["known"]:
            sentences.append(say(texts, "frequency"))
        if any(not column.front for column in self._shown):
            sentences.append(say(texts, "grouped"))
        style = self._styles.get("text", **look, valign="vcenter", text_wrap=True)
        self._sheet.set_row(NOTICE, 36)
        seen = sum(column.front for column in self._shown)
        self._sheet.merge_range(NOTICE, 0, NOTICE, seen - 1, " ".join(sentences), style)

    def _header(self) -> None:
        plain = {"bold": True, "bg_color": PAPER, "bottom": 2, "bottom_color": QUIET, "text_wrap": True}
        self._sheet.set_row(HEADER, 48)
        for at, column in enumerate(self._shown):
            style = self._styles.get("text", **plain, **_aligned(column.look))
            self._sheet.write_string(HEADER, at, column.heading, style)
            note = column.about or say(self._texts, "about-shown")
            if column.name == "risk_band":
                note = f"{filter_warning(self._texts)}\n\n{note}"
            self._sheet.write_comment(HEADER, at, note, NOTE)

    def _widths(self) -> None:
        grouped = False
        for at, column in enumerate(self._shown):
            grouped = grouped or not column.front
            options = {} if column.front else {"level": 1, "hidden": True}
            self._sheet.set_column(at, at, _width(column, self._longest[column.name]), None, options)
        if grouped:
            end = len(self._shown)
            self._sheet.set_column(end, end, 3, None, {"collapsed": True})

    def _print(self) -> None:
        texts = self._texts
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.repeat_rows(NOTICE, HEADER)
        self._sheet.fit_to_pages(1, 0)
        page = say(texts, "page", page="&P", pages="&N")
        self._sheet.set_footer(f"&L&8{texts.say('workbook-personal')}&R&8{page}")

    def _column(self, column: Shown) -> Column:
        """The patterns of a column, one per state of the row and, for words, one per word and state."""
        look = _look(column, self._table.schema.field(column.name))
        blank = tuple(self.patterns.blank(self._style(look, state)) for state in STATES)
        words = None
        if column.words is not None:
            distinct = pc.unique(self._table.column(column.name)).drop_null().to_pylist()
            if len(distinct) <= MOST_WORDS:
                words = {value: self._word(column, value) for value in sorted(distinct)}
        return Column(column.name, blank, column.front, words)

    def _word(self, column: Shown, value: str) -> tuple[int, ...]:
        said = harmless(word(self._texts, column.words or "", value))
        if column.look == "band":
            said = f"{SIGNS[value]} {said}" if value in SIGNS else said
        self._longest[column.name] = max(self._longest[column.name], len(said))
        return tuple(self.patterns.text(said, self._style("text", state, column, value)) for state in STATES)

    def _style(self, look: str, state: str, column: Shown | None = None, value: str = "") -> Format:
        """Rows not to be contacted are grey; the answer and the reason against it stand out."""
        properties: dict[str, object] = {"bottom": 4, "bottom_color": LINE, **_aligned(look)}
        if column is not None and column.look == "band":
            properties |= BANDS.get(value, {})
        if column is not None and column.name == "contact_this_week":
            properties["bold"] = True
            properties["bg_color"] = "#d5e8f7" if value == "yes" else "#ffffff"
        if state == "no":
            properties["font_color"] = QUIET
            if column is not None and (column.name == "contact_this_week" or value in {"holdout", "objected"}):
                properties |= {"font_color": "#a61b1b", "bold": True}
        return self._styles.get(look, **properties)


def _plain(table: pa.Table) -> pa.Table:
    """Texts, numbers and dates only, each column in one type that rows know."""
    for at, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            continue
        if pa.types.is_large_string(field.type) or pa.types.is_boolean(field.type) or pa.types.is_timestamp(field.type):
            table = table.set_column(at, field.name, table.column(field.name).cast(pa.string()))
    return table


def _look(column: Shown, field: pa.Field) -> str:
    if column.name == "customer_id":
        return "id"
    if column.look == "number" and pa.types.is_integer(field.type):
        return "whole"
    return column.look if column.look not in {"text", "word", "band", "yes_no", "hidden"} else "text"


def _aligned(look: str) -> dict[str, object]:
    return ALIGNED.get("whole" if look in {"days", "points"} else look, {"align": "left", "indent": 1})


def _width(column: Shown, longest: int) -> float:
    """As wide as the words of a column and of its heading need, free texts by what they mostly are."""
    heading = max(len(part) for part in column.heading.split()) + 3
    if column.look == "text":
        return max(TEXT_WIDTHS.get(column.name, 16), heading)
    return max(LOOK_WIDTHS.get(column.look, 10), heading, min(longest + 3, WIDEST))
