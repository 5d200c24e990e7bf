"""Sentences that stand on more than one sheet, or are put together from several figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.language.catalogue import Texts
from pipeline.language.words import word

DOUBLE_STOP = re.compile(r"(?<!\.)\.\.(?!\.)")
STRICT = ("holdout", "objected")


def day(texts: Texts, written: str | None) -> str:
    """A day of the briefing (year-month-day) in words; a dash where there is none."""
    return texts.date(date.fromisoformat(written)) if written else "–"


def say(texts: Texts, key: str, **given: object) -> str:
    """A text of the workbook; a date that ends with a stop ("2024 г.") does not get a second one."""
    return DOUBLE_STOP.sub(".", texts.say(f"workbook-{key}", **given))


def stale_banner(briefing: Mapping[str, Any], texts: Texts) -> str:
    """That the list is out of date and nobody may be contacted from it."""
    return say(texts, "stale", day=day(texts, briefing["as_of"]), until=day(texts, briefing["valid_until"]))


def filter_warning(texts: Texts) -> str:
    """On which column to filter, and why never on the band alone."""
    headings = {"column": texts.say("column-contact_this_week"), "band": texts.say("column-risk_band")}
    return say(texts, "filter", yes=word(texts, "answer", "yes"), **headings)


def money_unit(briefing: Mapping[str, Any]) -> str:
    """What amounts are called: margin where its share of revenue is known, otherwise revenue."""
    return "revenue" if briefing["money"]["margin"] is None else "margin"


def against(briefing: Mapping[str, Any], texts: Texts) -> str:
    """How many are not to be contacted for which reason, the strictest first: "Held back (30); Low priority (12)"."""
    return "; ".join(f"{word(texts, 'why_not', name)} ({texts.number(count)})" for name, count in reasons(briefing))


def reasons(briefing: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(reason, customers) of those not to be contacted; first the reasons that no zeal may override."""
    counts = briefing["contact"]["why_not"]
    strictest = [name for name in STRICT if name in counts]
    return [(name, counts[name]) for name in dict.fromkeys([*strictest, *counts]) if counts[name]]


def deadlines(briefing: Mapping[str, Any], texts: Texts) -> str:
    """The last day of each action, earliest first: "Personal call: 5 June 2024; Offer: 10 June 2024"."""
    actions = [(told["act_by"], name) for name, told in briefing["contact"]["by_action"].items()]
    return "; ".join(f"{word(texts, 'action', name)}: {day(texts, until)}" for until, name in sorted(actions))


def leaving(briefing: Mapping[str, Any], texts: Texts) -> str:
    """What counts as leaving, by when."""
    known = briefing["definition"] if briefing["definition"] in {"cancellation", "lapse"} else "inactivity"
    given: dict[str, object] = {"days": briefing["horizon_days"], "day": day(texts, briefing["horizon_end"])}
    if known == "inactivity":
        given["activity"] = ", ".join(texts.names.get(name, name.replace("_", " ")) for name in briefing["activity"])
    return say(texts, f"leave-{known}", **given)


def pays(briefing: Mapping[str, Any], texts: Texts) -> list[str]:
    """From which saving rate contacting pays, and what is assumed of it, called an assumption."""
    money, cut = briefing["money"], briefing["cut"]
    if not money["known"]:
        return [say(texts, "pays-unknown")]
    costs, even = cut["costs"], cut["break_even"]
    given = {name: texts.money(costs[name], money["currency"]) for name in ("contact", "offer")}
    if even is None:
        return [say(texts, "pays-never", **given)]
    if even["one_in"] is None:
        return [texts.say("cut-costs-nothing")]
    share = texts.percent(even["saving_rate"], 1)
    said = say(texts, "pays", one_in=texts.number(even["one_in"]), share=share, **given)
    enough = "yes" if costs["saving_rate"] >= even["saving_rate"] else "no"
    return [said, say(texts, "pays-assumed", share=texts.percent(costs["saving_rate"], 1), pays=enough)]


def remarks(briefing: Mapping[str, Any], texts: Texts) -> list[str]:
    """The warnings of the briefing; one that the catalogue does not know is named, not lost."""
    said = []
    for warning in briefing["warnings"]:
        key = warning["key"]
        plain = key.removeprefix("warning-").replace("-", " ").replace("_", " ")
        said.append(texts.say(key, **warning["values"]) if texts.knows(key) else plain)
    return said
