"""The workbook: a summary, the list, definitions. Equal input gives equal bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
from xlsxwriter import Workbook

from pipeline.language.catalogue import Texts
from pipeline.pages.telling import Telling
from pipeline.settings import Settings
from pipeline.spreadsheets.definitions_sheet import write_definitions
from pipeline.spreadsheets.list_sheet import ListSheet
from pipeline.spreadsheets.phrases import say
from pipeline.spreadsheets.rows import fill
from pipeline.spreadsheets.shown import shown_columns
from pipeline.spreadsheets.styles import Styles
from pipeline.spreadsheets.summary_sheet import SummarySheet
from pipeline.tables import atomic

# Links, formulas and numbers stay text, whatever an id looks like.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LIST = "xl/worksheets/sheet2.xml"


def write_workbook(
    path: Path,
    table: pa.Table,
    briefing: Mapping[str, Any],
    texts: Texts,
    settings: Settings,
    sentences: Sequence[str] = (),
) -> None:
    """Write the workbook of a list: one row per customer, as many as a sheet holds, the most urgent first.

    Texts that a spreadsheet could take for a formula are made harmless: saved as CSV they would be read again.
    `sentences` are the five of the first page. The date of the list stands where a file has its time of creation.
    """
    laid_out = BytesIO()
    with Workbook(laid_out, OPTIONS) as book:
        as_of = date.fromisoformat(briefing["as_of"])
        title = say(texts, "title", day=texts.date(as_of))
        book.set_properties({"title": title, "created": datetime.combine(as_of, datetime.min.time())})
        styles = Styles(book, texts, briefing["money"]["currency"])
        sheets = [book.add_worksheet(say(texts, f"sheet-{name}")) for name in ("summary", "list", "definitions")]
        columns = shown_columns(table, texts, briefing)
        SummarySheet(sheets[0], styles, briefing, table, Telling(texts, settings)).write(sentences)
        listed = ListSheet(sheets[1], table, columns, styles, texts)
        listed.lay_out(briefing)
        write_definitions(sheets[2], styles, briefing, columns, texts, settings)
    with atomic(path) as aside:
        fill(laid_out, LIST, listed.patterns, listed.rows(), listed.area, aside)
