"""The paragraphs of a page: how the list chooses and when it pays, what is stale, what the words mean."""

from __future__ import annotations

from pipeline.pages.sentences import Briefing, leaving, unit
from pipeline.pages.telling import Telling


def stale(briefing: Briefing, telling: Telling) -> str:
    """Why this list is out of date; empty where it is not."""
    found = briefing["stale"]
    if not found:
        return ""
    failed = [telling.word("check", item["name"] if isinstance(item, dict) else item) for item in found["failed"]]
    return telling.say(
        "page-stale-text", since=telling.day(found["since"] or briefing["valid_until"]), failed=telling.listed(failed)
    )


def warnings(briefing: Briefing, telling: Telling) -> list[str]:
    """One sentence per warning of the list."""
    return [telling.say(item["key"], **item["values"]) for item in briefing["warnings"]]


def cut(briefing: Briefing, telling: Telling) -> list[str]:
    """How the list chooses, one sentence each: bands, cut, break-even, what is assumed, what a point is worth."""
    rule = briefing["cut"]
    chosen = rule["capacity"] or 0
    said = [
        telling.say("cut-bands", medium=telling.percent(rule["medium"]), high=telling.percent(rule["high"]),
                    points=telling.points(rule["leave_by"])),
        telling.say(f"cut-{rule['name']}", customers=chosen, capacity=chosen),
        *_pays(briefing, telling),
    ]  # fmt: skip
    point = briefing["money"]["one_point_of_retention"]
    if briefing["money"]["known"] and point is not None:
        end = telling.day(briefing["horizon_end"])
        said.append(telling.say("cut-point", amount=telling.money(point), end=end))
        said.append(telling.say("cut-once"))
    return said


def _pays(briefing: Briefing, telling: Telling) -> list[str]:
    """When contacting pays: the claim beside what is assumed. Nothing is claimed of a list with nobody to contact."""
    rule = briefing["cut"]
    if not briefing["money"]["known"]:
        return [telling.say("cut-pays-unknown")]
    costs = rule["costs"]
    money = {name: telling.money(costs[name]) for name in ("contact", "offer")}
    assumed = telling.say("cut-assumed", rate=telling.percent(costs["saving_rate"]), **money)
    if not briefing["contact"]["yes"]:
        return [assumed]
    even = rule["break_even"]
    if even is None:
        return [telling.say("cut-never-pays"), assumed]
    if even["one_in"] is None:
        return [telling.say("cut-costs-nothing"), assumed]
    one_in, rate = telling.texts.number(even["one_in"]), telling.percent(even["saving_rate"])
    return [telling.say("cut-pays", one_in=one_in, rate=rate), assumed]


def proposals(briefing: Briefing, telling: Telling) -> tuple[str, list[str]]:
    """Where too many are at high risk: that, and other cuts with their numbers; empty where not."""
    rule = briefing["cut"]
    if not rule["too_many_high"]:
        return "", []
    said = []
    for item in rule["proposals"]:
        edge = telling.percent(item["value"]) if item["kind"] == "high" else ""
        capacity = 0 if item["kind"] == "high" else item["value"]
        people = telling.group(item.get("customers", 0))
        said.append(telling.say(f"cut-propose-{item['kind']}", edge=edge, capacity=capacity, customers=people))
    return telling.say("cut-too-many", share=telling.texts.percent(rule["high_share"])), said


def holdout(briefing: Briefing, telling: Telling) -> str:
    """What the holdout is for, and when it is drawn anew."""
    found = briefing["holdout"]
    share, following = telling.texts.percent(found["share"]), found["next_draw"]
    if following is None:
        return telling.say("holdout-about-fixed", share=share)
    return telling.say("holdout-about", share=share, next=telling.day(following))


def words(briefing: Briefing, telling: Telling) -> list[tuple[str, str]]:
    """What the words of the page mean: one (word, meaning) each."""
    texts, known, end = telling.texts, briefing["money"]["known"], telling.day(briefing["horizon_end"])
    tiers = telling.settings.tiers
    shares = {"vip": texts.percent(tiers.vip_share), "small": texts.percent(tiers.small_share)}
    meaning = leaving(briefing, telling)
    value = telling.say(f"word-{unit(briefing)}-text", end=end)
    if not known:
        why = telling.say(f"withheld-{briefing['money']['why_not_known']}")
        value = telling.say("word-unknown-text", why=why)
    days, day = briefing["active_within_days"], telling.day(briefing["as_of"])
    active = telling.say(f"word-active-{briefing['definition']}", days=days, day=day)
    meanings = {
        "leaving": meaning[:1].upper() + meaning[1:] + ("" if meaning.endswith(".") else "."),
        "active": active,
        "chance": telling.say("word-chance-text"),
        "bands": cut(briefing, telling)[0],
        "tiers": telling.say("word-tiers-money" if known else "word-tiers-frequency", **shares),
        "value": value,
        "holdout": telling.say("word-holdout-text"),
        "promise": telling.say("word-promise-text"),
    }
    return [(telling.say(f"word-{name}"), text) for name, text in meanings.items()]
