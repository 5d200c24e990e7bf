"""The part of both pages about the lists before: receipts, open lists, what contacting achieved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.pages import achieved, kpi_part, receipts, uplift_part, watch_part
from pipeline.pages.kpi_heatmap import heatmap
from pipeline.pages.sentences import Briefing
from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling


@dataclass(frozen=True)
class LoopPart:
    """What the template shows; a table is None where there is nothing to put into it, and a sentence says why."""

    receipts: Sheet | None
    receipts_about: list[str]
    interim: list[str]
    achieved: Sheet | None
    achieved_about: list[str]
    advice: str
    watched: Sheet | None
    kpis: list[Sheet]
    kpis_about: list[str]
    kpis_words: list[tuple[str, str]]
    cohorts: Markup


def made(briefing: Briefing, telling: Telling) -> LoopPart | None:
    """The part; None for a list of a version that measured nothing."""
    loop = briefing.get("loop")
    if loop is None:
        return None
    effect = loop["effect"]
    if effect is None:
        table, said = None, [telling.say("achieved-none")]
    elif effect["split"]["broken"]:
        table, said = None, [telling.say("achieved-broken")]
    else:
        table, said = achieved.sheet(effect, telling), achieved.sentences(effect, telling)
    uplift = loop.get("uplift")
    if uplift is not None:
        said = [*said, *uplift_part.sentences(uplift, telling)]
    return LoopPart(
        receipts.sheet(loop["receipts"], telling),
        receipts.about(loop["receipts"], telling),
        receipts.interim(loop["interim"], telling),
        table,
        said,
        **_beside(loop, telling, (briefing["grade"] or {}).get("letter") != "D"),
    )


def _beside(loop: dict[str, Any], telling: Telling, trusted: bool) -> dict[str, Any]:
    """What is watched and the retention figures; empty where their stages did not run."""
    watch, kpis = loop.get("watch"), loop.get("kpis")
    return {
        "advice": "" if watch is None else watch_part.advice_line(watch, telling, trusted),
        "watched": None if watch is None else watch_part.sheet(watch, telling),
        "kpis": [] if kpis is None else kpi_part.sheets(kpis, telling),
        "kpis_about": [] if kpis is None else kpi_part.sentences(kpis, telling),
        "kpis_words": [] if kpis is None else kpi_part.words(kpis, telling),
        "cohorts": Markup("") if kpis is None else heatmap(kpis, telling),
    }
