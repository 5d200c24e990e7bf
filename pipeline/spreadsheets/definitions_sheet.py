"""The last sheet: every word and every column of the list explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.sections.acting import BANDS, TIERS, Action
from pipeline.settings import Settings
from pipeline.spreadsheets.dictionary import WHY_NOT, meaning, when_empty
from pipeline.spreadsheets.paper import Head, Paper
from pipeline.spreadsheets.phrases import filter_warning, leaving, say
from pipeline.spreadsheets.shown import Shown
from pipeline.spreadsheets.styles import CAUTION, SIGNS, Styles

WIDTHS = (32, 26, 78, 36)


def write_definitions(
    sheet: Worksheet,
    styles: Styles,
    briefing: Mapping[str, Any],
    columns: Sequence[Shown],
    texts: Texts,
    settings: Settings,
) -> None:
    """What leaving means, how to read a chance, where bands begin, why somebody is left alone, and every column."""
    paper = Paper(sheet, styles, WIDTHS)
    paper.heading(say(texts, "words"))
    paper.pair(say(texts, "leave"), leaving(briefing, texts))
    until = say(texts, f"listed-{briefing['definition']}", days=briefing["active_within_days"])
    paper.pair(say(texts, "listed"), until)
    paper.pair(say(texts, "read"), say(texts, "read-meaning"))
    _bands(paper, briefing, texts)
    _tiers(paper, texts, settings)
    paper.heading(say(texts, "not-title"))
    for name in WHY_NOT:
        paper.pair(word(texts, "why_not", name), say(texts, f"why-{name}"))
    paper.text(filter_warning(texts), CAUTION)
    paper.heading(say(texts, "actions"))
    for name, action in settings.campaign.actions.items():
        paper.pair(word(texts, "action", name), _action(action, texts))
    paper.heading(say(texts, "columns"))
    names = ("column", "name-in-files", "meaning", "empty")
    heads = [Head(say(texts, f"{name}")) for name in names]
    paper.table(heads, [[one.heading, one.name, meaning(one, texts), when_empty(one, texts)] for one in columns])
    _print(sheet, texts)


def _bands(paper: Paper, briefing: Mapping[str, Any], texts: Texts) -> None:
    cut = briefing["cut"]
    edges = {name: texts.percent(cut[name], _digits(cut[name])) for name in ("medium", "high")}
    for band in BANDS:
        said = say(texts, f"band-{band}", **edges)
        if band != "low" and cut["leave_by"]:
            points = texts.number(100 * cut["leave_by"], _digits(cut["leave_by"]))
            said = f"{said} {texts.say('workbook-band-leave', points=points)}"
        paper.pair(f"{texts.say('column-risk_band')}: {SIGNS[band]} {word(texts, 'band', band)}", said)


def _digits(share: float) -> int:
    """As many digits of a percentage as the setting has."""
    return 0 if abs(100 * share - round(100 * share)) < 1e-9 else 1


def _tiers(paper: Paper, texts: Texts, settings: Settings) -> None:
    shares = {"vip": settings.tiers.vip_share, "small": settings.tiers.small_share}
    for tier in TIERS:
        given = {"share": texts.percent(shares[tier])} if tier in shares else {}
        named = f"{texts.say('column-value_tier')}: {word(texts, 'tier', tier)}"
        paper.pair(named, say(texts, f"tier-{tier}", **given))


def _action(action: Action, texts: Texts) -> str:
    parts = [
        say(texts, "action-channel", channel=word(texts, "channel", action.channel)),
        say(texts, "action-within", days=action.within_days),
    ]
    if action.capacity is not None:
        parts.append(say(texts, "action-capacity", customers=action.capacity))
    return " ".join(parts)


def _print(sheet: Worksheet, texts: Texts) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&R&8{texts.say('workbook-page', page='&P', pages='&N')}")
