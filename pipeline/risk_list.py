"""The list itself: one row per eligible customer, most urgent first, and the files that people and programs open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from models.holdout import in_holdout
from pipeline.settings import Settings
from pipeline.tables import atomic, write_table, write_text

VALID_DAYS = 7
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("churn_probability", pa.float64()),
        ("risk_band", pa.string()),
        ("priority", pa.int64()),
        ("expected_value", pa.float64()),
        ("value_at_risk", pa.float64()),
        ("value_tier", pa.string()),
        ("reason_1", pa.string()),
        ("reason_2", pa.string()),
        ("reason_3", pa.string()),
        ("uncertain", pa.string()),
        ("recommended_action", pa.string()),
        ("channel", pa.string()),
        ("group", pa.string()),
        ("previous_band", pa.string()),
        ("days_since_last_activity", pa.int64()),
        ("usual_gap_days", pa.float64()),
        ("horizon_end", pa.date32()),
        ("valid_until", pa.date32()),
        ("model_version", pa.string()),
    ]
)
INVISIBLE = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+")
MOST_ROWS = 1_048_575  # of a sheet, less its header
TRIGGERS = "=+-@＝＋－＠"  # what makes a spreadsheet read a text as a formula
WIDTHS = {"customer_id": 14, "reason_1": 60, "reason_2": 50, "reason_3": 50, "uncertain": 40, "model_version": 15}
BAND_FORMATS = {
    "high": {"bold": True, "bg_color": "#f4c7c3"},
    "medium": {"italic": True, "bg_color": "#fce8b2"},
    "low": {"bg_color": "#e6f0e6"},
}


def build_list(scores: pa.Table, previous: Mapping[str, str], settings: Settings) -> pa.Table:
    """One row per scored customer, by probability, then customer_id; columns that no stage fills yet are null."""
    order = pc.sort_indices(scores, [("churn_probability", "descending"), ("customer_id", "ascending")])
    rows = scores.take(order)
    n, churn = rows.num_rows, settings.churn
    as_of: date = rows.column("as_of")[0].as_py()
    ids = rows.column("customer_id").to_pylist()
    held = in_holdout(ids, settings.holdout.share, settings.holdout.programme)
    made: dict[str, Any] = {
        "priority": pa.array(range(1, n + 1), pa.int64()),
        "group": pa.array(["holdout" if out else "contact" for out in held]),
        "previous_band": pa.array([previous.get(name) for name in ids], pa.string()),
        "horizon_end": pa.array([as_of + timedelta(days=churn.lead_days + churn.horizon_days)] * n),
        "valid_until": pa.array([as_of + timedelta(days=VALID_DAYS)] * n),
        "usual_gap_days": pc.round(rows.column("usual_gap_days").cast(pa.float64()), 1),
    }
    nulls = {field.name: pa.nulls(n, field.type) for field in SCHEMA}
    columns = [made.get(f.name, rows.column(f.name) if f.name in rows.column_names else nulls[f.name]) for f in SCHEMA]
    return pa.table(columns, names=SCHEMA.names).cast(SCHEMA)


def with_columns(table: pa.Table, shown: pa.Table) -> pa.Table:
    """The list with more text columns at its end, one row per customer; a name that is taken gets a prefix."""
    for name, column in zip(shown.column_names, shown.columns, strict=True):
        table = table.append_column(f"customer_{name}" if name in table.column_names else name, column)
    return table


def write_list(table: pa.Table, folder: Path) -> None:
    """Write the list as Parquet (ids unaltered), CSV and workbook (texts that read as formulas made harmless)."""
    write_table([table], table.schema, folder / "risk_list.parquet")
    write_text(as_csv(table), folder / "risk_list.csv")
    write_workbook(table, folder / "risk_list.xlsx")


def harmless(text: str) -> str:
    """A text that no spreadsheet reads as a formula: an apostrophe before a trigger, control characters as spaces.

    >>> harmless("=1+1"), harmless("13085")
    ("'=1+1", '13085')
    """
    clean = "".join(" " if ord(letter) < 32 else letter for letter in text)
    start = INVISIBLE.sub("", clean)[:1]
    return f"'{clean}" if start and start in TRIGGERS else clean


def as_csv(table: pa.Table) -> str:
    """The list as CSV, every cell quoted, probabilities with six digits."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([harmless(name) for name in table.column_names])  # a column to show may have any name
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return harmless(value) if isinstance(value, str) else str(value)


def write_workbook(table: pa.Table, path: Path) -> None:
    """The list as a plain workbook: ids as text, frozen header, filters. Created on `as_of`, so bytes repeat."""
    as_of: date = table.column("as_of")[0].as_py()
    with atomic(path) as aside:
        # Links and formulas stay text whatever an id looks like; constant memory would lose the autofilter.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        try:
            with xlsxwriter.Workbook(str(aside), options) as book:
                book.set_properties({"title": "Ebb risk list", "created": datetime.combine(as_of, datetime.min.time())})
                _fill(book, book.add_worksheet("risk list"), table.slice(0, MOST_ROWS))
        except FileCreateError as error:
            raise error.args[0] from None  # the operating system's own error, which says what is wrong


def _fill(book: Any, sheet: Any, table: pa.Table) -> None:
    header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy-mm-dd"})
    bands = {name: book.add_format(look) for name, look in BAND_FORMATS.items()}
    for column, name in enumerate(table.column_names):
        sheet.write_string(0, column, name.replace("_", " "), header)
        sheet.set_column(column, column, WIDTHS.get(name, 12))
        for row, value in enumerate(table.column(name).to_pylist(), start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, harmless(value), bands.get(value) if "band" in name else None)
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            elif value is not None:
                sheet.write_number(row, column, value, percent if name == "churn_probability" else None)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
