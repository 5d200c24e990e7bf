"""The part of the first sheet about past lists: receipts, open lists, what contacting achieved; as on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.pages import loop_part
from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling
from pipeline.spreadsheets.paper import Head, Paper
from pipeline.spreadsheets.styles import QUIET


def write_loop(paper: Paper, briefing: Mapping[str, Any], telling: Telling) -> None:
    """Sentences and tables under their headings; nothing for a list of a version that measured nothing."""
    part = loop_part.made(dict(briefing), telling)
    if part is None:
        return
    paper.heading(telling.say("receipts-title"))
    for sentence in part.receipts_about:
        paper.text(sentence, {"font_color": QUIET} if sentence != part.receipts_about[0] else None)
    _table(paper, part.receipts)
    for sentence in part.interim:
        paper.text(sentence)
    paper.heading(telling.say("achieved-title"))
    for sentence in part.achieved_about:
        paper.text(sentence)
    _table(paper, part.achieved)


def _table(paper: Paper, sheet: Sheet | None) -> None:
    """The page's table, cell by cell: its numbers are texts in the language's own form."""
    if sheet is None:
        return
    heads = [Head(name, "text") for name in sheet.head]
    paper.table(heads, [list(row) for row in sheet.rows])
