"""Everything of a list that opens in a spreadsheet or goes into another tool."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.language.catalogue import Texts
from pipeline.pages.sentences import five
from pipeline.settings import Settings
from pipeline.spreadsheets.contact_files import write_contact_files
from pipeline.spreadsheets.csv_files import DIALECTS, write_csv
from pipeline.spreadsheets.dictionary import write_dictionary
from pipeline.spreadsheets.presets import write_presets
from pipeline.spreadsheets.workbook import write_workbook
from pipeline.tables import atomic


def write_spreadsheets(folder: Path, table: pa.Table, briefing: dict[str, Any], settings: Settings) -> None:
    """Write workbook, CSV, data dictionary, contact files and presets of a list into its folder.

    `table` has one row per customer, most urgent first; `briefing` is the JSON with the figures of the first page. A
    stale list has no contact files and no presets, its CSV and the copy of its workbook say STALE in their names, and
    its workbook in the first row: nobody shall be written to from it. Raises PublishError if the list contradicts
    itself on whom to contact.
    """
    texts = Texts(settings.report.language, settings.report.names)
    stale, as_of = bool(briefing["stale"]), briefing["as_of"]
    if not stale:
        write_contact_files(folder, table)
        write_presets(folder, table)
    write_risk_list(folder / (f"risk_list_STALE_{as_of}.csv" if stale else "risk_list.csv"), table, texts.language)
    write_dictionary(folder / "data_dictionary.csv", table, briefing, texts, settings)
    workbook = folder / "risk_list.xlsx"
    write_workbook(workbook, table, briefing, texts, settings, five(briefing, texts, settings))
    named = folder / (f"risk_list_STALE_{as_of}.xlsx" if stale else f"risk_list_{as_of}.xlsx")
    with atomic(named) as aside:
        shutil.copyfile(workbook, aside)


def write_risk_list(path: Path, table: pa.Table, language: str) -> None:
    """Write the list as CSV for spreadsheets: one line per customer, headings by the names of the columns.

    Separator and decimal sign are those of the language, texts harmless, probabilities shares from 0 to 1. Lists of
    numbers (the activity of 52 weeks) are in the Parquet file only.
    """
    plain = {field.name: table.column(field.name) for field in table.schema if not pa.types.is_list(field.type)}
    write_csv(plain, path, DIALECTS[language])
