"""The files in real LibreOffice: the workbook renders, the CSV splits in its own country, ids keep their zeros."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from office import converted, needs_office
from samples import hostile_ids, sample

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.settings import load_settings
from pipeline.spreadsheets.files import write_risk_list
from pipeline.spreadsheets.harmless import harmless
from pipeline.spreadsheets.workbook import write_workbook

pytestmark = needs_office

TABLE, BRIEFING = sample(60, ids=[*hostile_ids(), "_x003D_1+1"])
IDS = [harmless(name) for name in TABLE.column("customer_id").to_pylist()]
# Field separator, quote, UTF-8, first line, column formats, language, quoted fields as text, detect numbers.
OPENED = {"en": "44,34,76,1,,2057,true,true", "ru": "59,34,76,1,,1049,true,true", "pl": "59,34,76,1,,1045,true,true"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_csv_splits_and_keeps_leading_zeros(language: str, tmp_path: Path) -> None:
    path = tmp_path / "risk_list.csv"
    write_risk_list(path, TABLE, language)
    made = converted(path, "xlsx", tmp_path, f"Text - txt - csv (StarCalc):{OPENED[language]}")
    header, *rows = openpyxl.load_workbook(made).active.iter_rows(values_only=True)
    assert list(header) == [name for name in TABLE.column_names if name != "activity"]
    at = {name: number for number, name in enumerate(header)}
    assert [row[at["customer_id"]] for row in rows] == IDS
    read = [row[at["churn_probability"]] for row in rows]
    assert read == pytest.approx(TABLE.column("churn_probability").to_pylist(), abs=5e-7)
    assert [row[at["act_by"]].date() for row in rows] == TABLE.column("act_by").to_pylist()
    cells = [cell for row in openpyxl.load_workbook(made).active.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_whole_and_prints(language: str, tmp_path: Path) -> None:
    path = tmp_path / "risk_list.xlsx"
    write_workbook(path, TABLE, BRIEFING, Texts(language), load_settings())
    book = openpyxl.load_workbook(converted(path, "xlsx", tmp_path))
    listed = book.worksheets[1]
    assert [cell.value for cell in listed["B"][2:]] == IDS
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    printed = converted(path, "pdf", tmp_path).read_bytes()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type/Page/") >= 4  # two of the summary, one of the list, one of definitions, or more
