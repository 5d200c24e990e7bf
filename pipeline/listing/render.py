"""The files of a list's folder: rows and figures, and everything that is rendered from these two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.listing.schema import FIGURES, ROWS
from pipeline.pages.files import write_pages
from pipeline.settings import Settings
from pipeline.spreadsheets.files import write_spreadsheets
from pipeline.tables import write_json, write_table


def render(folder: Path, table: pa.Table, briefing: dict[str, Any], settings: Settings) -> None:
    """Write all files of a list but its manifest: a function of rows, briefing and settings, to the byte.

    Where `briefing["stale"]` says why, pages, workbook and file names say that the list is old.
    """
    write_table([table], table.schema, folder / ROWS)
    write_json(briefing, folder / FIGURES)
    write_spreadsheets(folder, table, briefing, settings)
    write_pages(folder, table, briefing, settings)
