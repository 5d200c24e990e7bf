"""The pages of a list's folder."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.language.catalogue import Texts
from pipeline.pages.report import report
from pipeline.pages.sentences import Briefing
from pipeline.pages.summary_page import summary
from pipeline.pages.telling import LEAST, Telling
from pipeline.settings import Settings

REPORT, SUMMARY = "report.html", "summary.html"


def write_pages(folder: Path, table: pa.Table, briefing: Briefing, settings: Settings) -> None:
    """Write report.html (personal data, internal) and summary.html (made to be mailed) into the folder of a list.

    `table` is the list in the order of its priority, `briefing` its figures; the language is report.language. The same
    list gives the same bytes. Raises KeyError for a briefing without a figure, or with a value that has no text.
    """
    texts = Texts(settings.report.language, settings.report.names)
    pages = {
        REPORT: report(table, briefing, Telling(texts, settings)),
        SUMMARY: summary(table, briefing, Telling(texts, settings, LEAST)),
    }
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
