"""The figures on top of both pages, one tile each, from the briefing alone."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pages.sentences import Briefing, kept, unit
from pipeline.pages.telling import Telling, too_small
from pipeline.sections.acting import BANDS


@dataclass(frozen=True)
class Tile:
    """One figure on top of a page: what it is, the figure, a line below it, and the band or verdict it belongs to."""

    label: str
    value: str
    note: str
    kind: str = ""


def tiles(briefing: Briefing, telling: Telling) -> list[Tile]:
    """One tile per figure: customers, high, medium, low, value at risk, promised leavers, the last promise."""
    end = telling.day(briefing["horizon_end"], "medium")
    lapsed = telling.count(briefing["already_lapsed"])
    found = [
        Tile(
            telling.say("tile-customers"),
            telling.count(briefing["customers"]),
            telling.say(f"tile-customers-{briefing['definition']}", lapsed=lapsed),
        )
    ]
    hidden = _hidden_bands(briefing, telling)
    for band in BANDS:
        item = briefing["bands"][band]
        label = telling.say("tile-band", band=telling.band(band))
        contact = telling.say(
            "tile-band-note", contact=_part(item["contact"], item["customers"], band in hidden, telling)
        )
        found.append(Tile(label, telling.count(item["customers"], band in hidden), contact, band))
    return [
        *found,
        _value_tile(briefing, telling, end),
        _leavers_tile(briefing, telling, end),
        _promise_tile(briefing, telling),
    ]


def _hidden_bands(briefing: Briefing, telling: Telling) -> set[str]:
    return too_small({band: briefing["bands"][band]["customers"] for band in BANDS}, telling.least)


def _part(part: int, whole: int, hide: bool, telling: Telling) -> str:
    """A part of a group whose size is told: neither it nor the rest may be a small group."""
    return telling.count(part, hide or "part" in too_small({"part": part, "rest": whole - part}, telling.least))


def _value_tile(briefing: Briefing, telling: Telling, end: str) -> Tile:
    label = telling.say(f"tile-{unit(briefing)}")
    if not briefing["money"]["known"]:
        return Tile(
            label, telling.say("tile-value-none"), telling.say(f"withheld-{briefing['money']['why_not_known']}")
        )
    amount = telling.amount(briefing["money"]["value_at_risk"], briefing["customers"])
    return Tile(label, amount, telling.say("tile-value-note", end=end))


def _leavers_tile(briefing: Briefing, telling: Telling, end: str) -> Tile:
    promise = briefing["promise"]["all"]
    low, high = telling.about(promise["low"]), telling.about(promise["high"])
    value = telling.say("tile-leavers-value", leavers=telling.about(promise["expected_leavers"]))
    return Tile(telling.say("tile-leavers"), value, telling.say("tile-leavers-note", low=low, high=high, end=end))


def _promise_tile(briefing: Briefing, telling: Telling) -> Tile:
    last, label = briefing["last_promise"], telling.say("tile-promise")
    if last is None:
        return Tile(label, telling.say("tile-promise-none"), "", "pending")
    verdict = "kept" if kept(last) else "missed"
    said, came = (telling.texts.percent(last[name], 1) for name in ("promised", "realised"))
    note = telling.say("tile-promise-note", promised=said, realised=came)
    return Tile(label, telling.say(f"tile-promise-{verdict}"), note, verdict)
