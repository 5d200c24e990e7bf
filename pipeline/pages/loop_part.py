"""The part of both pages about the lists before: receipts, open lists, what contacting achieved."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pages import achieved, receipts
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
    return LoopPart(
        receipts.sheet(loop["receipts"], telling),
        receipts.about(loop["receipts"], telling),
        receipts.interim(loop["interim"], telling),
        table,
        said,
    )
