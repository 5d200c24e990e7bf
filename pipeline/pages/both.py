"""What report.html and summary.html share."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.pages import explained, loop_part, sheets, spread
from pipeline.pages.sentences import Briefing, five
from pipeline.pages.telling import Telling
from pipeline.pages.tiles import tiles

QUESTIONS = ("data", "contact", "rule", "said", "achieved")


def common(table: pa.Table, briefing: Briefing, telling: Telling) -> dict[str, Any]:
    """What both pages say: head, tiles, sentences, plots, reasons, movements, who is contacted, what words mean."""
    day, texts = telling.day(briefing["as_of"]), telling.texts
    risk_plot, risk_numbers = spread.risk(table, briefing, telling)
    value_plot, value_numbers = spread.value(table, briefing, telling)
    answers = zip(QUESTIONS, five(briefing, texts, telling.settings, telling.least), strict=True)
    previous = (briefing["movements"] or {}).get("previous")
    return {
        "say": telling.say,
        "language": texts.language,
        "briefing": briefing,
        "title": telling.say("page-title", day=day),
        "valid": telling.say(
            "page-valid", until=telling.day(briefing["valid_until"]), end=telling.day(briefing["horizon_end"])
        ),
        "expired": telling.say("page-expired-text", until=telling.day(briefing["valid_until"])),
        "stale": explained.stale(briefing, telling),
        "warnings": explained.warnings(briefing, telling),
        "tiles": tiles(briefing, telling),
        "answers": [(telling.say(f"question-{name}"), sentence) for name, sentence in answers],
        "plots": [(risk_plot, risk_numbers, telling.say("plot-risk-about")), (value_plot, value_numbers, "")],
        "contact": sheets.actions(briefing, telling),
        "left": sheets.left_alone(briefing, telling),
        "reasons": sheets.reasons(briefing, telling),
        "moves": sheets.moves(briefing, telling),
        "moves_title": telling.say("moves-title", day=telling.day(previous))
        if previous
        else telling.say("moves-none-title"),
        "moves_mean": sheets.moves_mean(briefing, telling),
        "loop_part": loop_part.made(briefing, telling),
        "words": explained.words(briefing, telling),
        "cut": explained.cut(briefing, telling),
        "proposals": explained.proposals(briefing, telling),
        "footer": telling.say(
            "page-footer", version=briefing["model_version"], newest=telling.day(briefing["data"]["newest_event_day"])
        ),
    }
