"""The files of a list's folder: rows and figures, and everything that is rendered from these two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.listing.schema import ACTIVITY
from pipeline.risk_list import as_csv, write_workbook
from pipeline.settings import Settings
from pipeline.tables import write_json, write_table, write_text

ROWS, FIGURES = "risk_list.parquet", "briefing.json"


def render(folder: Path, table: pa.Table, briefing: dict[str, Any], settings: Settings) -> None:
    """Write all files of a list but its manifest: a function of rows, briefing and settings, to the byte.

    Where `briefing["stale"]` says why, pages, workbook and file names say that the list is old.
    """
    write_table([table], table.schema, folder / ROWS)
    write_json(briefing, folder / FIGURES)
    shown = table.drop_columns([ACTIVITY]) if ACTIVITY in table.column_names else table
    write_text(as_csv(shown), folder / "risk_list.csv")
    if len(table):
        write_workbook(shown, folder / "risk_list.xlsx")
