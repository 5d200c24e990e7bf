"""The first page: five questions, each answered in one sentence, every number from the briefing."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor
from typing import Any

from models.grade import ENOUGH_CUSTOMERS, ENOUGH_LEAVERS, SMALL_ERROR
from pipeline.language.catalogue import Texts
from pipeline.pages.telling import FEWER, Telling, too_small
from pipeline.pages.verdict import measured
from pipeline.settings import Settings

Briefing = dict[str, Any]
LEFT = ("holdout", "cool_down", "over_capacity", "objected", "value_below_cost")  # low risk needs no reason


def five(briefing: Briefing, texts: Texts, settings: Settings, least: int = 0) -> list[str]:
    """One sentence per question, in this order: data and losses, contacts, today's rule, the last promise, achieved.

    `least` is the smallest group of customers that may be told, 0: any; a page that is mailed passes telling.LEAST.
    Amounts are called margin where money_unit has one, revenue otherwise. Raises KeyError for a briefing without a
    figure, or with a kind of promise or of achievement that has no text.
    """
    telling = Telling(texts, settings, least)
    return [
        _data(briefing, telling),
        _contact(briefing, telling),
        _rule(briefing["against_rule"], telling),
        _said(briefing, telling),
        _achieved(briefing, telling),
    ]


def unit(briefing: Briefing) -> str:
    """What amounts are called: `revenue`, or `margin` where money_unit has one."""
    return "revenue" if briefing["money"]["margin"] is None else "margin"


def leaving(briefing: Briefing, telling: Telling) -> str:
    """What leaving means here, as a phrase: the definition, its days and the day on which they begin."""
    names = [telling.thing(name) for name in briefing["activity"]]
    start = date.fromisoformat(briefing["as_of"]) + timedelta(days=briefing["lead_days"])
    return telling.say(
        f"leaving-{briefing['definition']}",
        activity=telling.listed(names, "or"),
        days=briefing["horizon_days"],
        start=telling.day(start),
        grace=telling.settings.churn.grace_days,
    )


def usable_share(data: dict[str, Any]) -> float:
    """The share of the source's rows that were not rejected, in whole percent, rounded down; 0 without rows."""
    rows = data["source_rows"]
    return floor(100 * (rows - data["rejected"]) / rows) / 100 if rows else 0.0


def kept(promise: dict[str, Any]) -> bool:
    """Whether it held: what came of a list lies in its promise; of a test, the promise in the interval of what came."""
    if "kept" in promise:
        return bool(promise["kept"])
    return bool(promise["low"] <= promise["promised"] <= promise["high"])


def _data(briefing: Briefing, telling: Telling) -> str:
    promise = briefing["promise"]["all"]
    return telling.say(
        "five-data" if briefing["customers"] else "five-data-nobody",
        newest=telling.day(briefing["data"]["newest_event_day"]),
        usable=telling.texts.percent(usable_share(briefing["data"])),
        customers=telling.group(briefing["customers"]),
        leavers=telling.about(promise["expected_leavers"]),
        low=telling.about(promise["low"]),
        high=telling.about(promise["high"]),
        end=telling.day(briefing["horizon_end"]),
        leaving=leaving(briefing, telling),
    )


def _contact(briefing: Briefing, telling: Telling) -> str:
    contact = briefing["contact"]
    counts = {name: contact["why_not"].get(name, 0) for name in LEFT}
    hidden = too_small(counts, telling.least)
    days = telling.settings.campaign.cool_down_days
    left = [
        telling.say(f"left-{name}", customers=telling.group(count, hide=name in hidden), days=days)
        for name, count in counts.items()
        if count
    ]
    key = "five-contact" if left else "five-contact-all"
    if not contact["yes"]:
        key = "five-contact-nobody" if left else "five-contact-nobody-at-all"
    return telling.say(
        key,
        customers=telling.group(contact["yes"]),
        when=_when(contact, telling),
        stake=stake(briefing, telling),
        left=", ".join(left),
    )


def _when(contact: dict[str, Any], telling: Telling) -> str:
    days = [item["act_by"] for item in contact["by_action"].values()] + [contact["act_by"]]
    known = sorted(day for day in days if day is not None)
    if not known:
        return ""
    first, last = telling.day(known[0]), telling.day(known[-1])
    return telling.say("when-one" if first == last else "when-two", first=first, last=last)


def stake(briefing: Briefing, telling: Telling) -> str:
    """What is at stake with those to be contacted, or why no amount is told and what stands in."""
    money, contact = briefing["money"], briefing["contact"]
    if not money["known"]:
        return telling.say("stake-unknown", why=telling.say(f"withheld-{money['why_not_known']}"))
    if telling.group(contact["yes"]) == FEWER:
        return telling.say("stake-hidden")
    amount = telling.amount(contact["value_at_risk"], contact["yes"])
    return telling.say(f"stake-{unit(briefing)}", amount=amount)


def _rule(against: dict[str, Any] | None, telling: Telling) -> str:
    if not against or not against["origins"] or None in (against["more"] or {"value": None}).values():
        return telling.say("five-rule-unknown")
    more = against["more"]
    key, ends = "same", (more["low"], more["high"])
    if more["low"] > 0:
        key = "more"
    elif more["high"] < 0:
        key, ends = "fewer", (-more["high"], -more["low"])
    found, other = against["model"], against["rule"]
    adds_up = round(found) - round(other) == round(more["value"])  # else a reader would count 27 where 26 is told
    tenths = [round(found, 1), round(other, 1), abs(round(found, 1) - round(other, 1))]
    figures = (found, other, abs(more["value"]))
    said = [telling.about(x) for x in figures] if adds_up else [telling.texts.number(x, 1) for x in tenths]
    return telling.say(
        f"five-rule-{key}",
        capacity=against["capacity"],
        days=against["rule_days"],
        origins=against["origins"],
        model=said[0],
        rule=said[1],
        more=said[2],
        low=telling.about(ends[0]),
        high=telling.about(ends[1]),
    )


def _said(briefing: Briefing, telling: Telling) -> str:
    last, grade = briefing["last_promise"], briefing["grade"]
    if grade is None:
        return telling.say("five-said-no-grade")
    why = grade_reason(grade, telling)
    if last is None:
        return telling.say("five-said-nothing", letter=grade["letter"], why=why)
    return telling.say(
        f"five-said-{last['kind']}-{'kept' if kept(last) else 'missed'}",
        day=telling.day(last["as_of"]),
        customers=telling.group(last["customers"]),
        **{name: telling.texts.percent(last[name], 1) for name in ("promised", "realised", "low", "high")},
        letter=grade["letter"],
        why=why,
    )


def grade_reason(grade: dict[str, Any], telling: Telling) -> str:
    """Why the grade is what it is, as one phrase: against the best simple rule, the percentages, how many were seen."""
    best = telling.say(f"best-{grade['baseline']}", days=grade["rule_days"])
    verdict = next((name for name in ("beats", "level", "worse") if grade[name]), "unknown")
    error = grade["calibration_error"]
    held = "near" if error <= SMALL_ERROR else "close" if error <= grade["noise_floor"] else "off"
    few = grade["customers"] < ENOUGH_CUSTOMERS or grade["leavers"] < ENOUGH_LEAVERS
    return telling.say(
        "grade-why-few" if few else "grade-why",
        against=telling.say(f"grade-{verdict}", best=best),
        held=telling.say(f"grade-{held}", points=telling.points(error)),
    )


def _achieved(briefing: Briefing, telling: Telling) -> str:
    power, kind = briefing["power"], briefing["achieved"]["kind"]
    if kind != "not_proven":
        return measured(briefing["achieved"], telling)
    counts = {name: telling.count(power[name]) for name in ("contact", "holdout")}
    if power["smallest_effect"] is None or not power["holdout"] or not power["contact"]:
        return telling.say("five-achieved-no_holdout", **counts)
    weeks = power["weeks_for_half"]
    return telling.say(
        f"five-achieved-{kind}" + ("-never" if weeks is None else ""),
        **counts,
        rate=telling.texts.percent(power["expected_rate"]),
        points=telling.points(power["smallest_effect"]),
        weeks=weeks or 0,
    )
