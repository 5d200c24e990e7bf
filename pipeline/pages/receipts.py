"""Did it come true: a table of what lists said and what came, and how the open ones are coming on."""

from __future__ import annotations

from typing import Any

from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling, too_small

GROUPS = ("high", "medium", "low", "all")


def sheet(receipts: list[dict[str, Any]], telling: Telling) -> Sheet | None:
    """One row per list and band, the newest list first; None where nothing has come due."""
    if not receipts:
        return None
    rows = []
    for item in reversed(receipts):
        day = telling.day(item["as_of"], "medium")
        when = telling.say("receipts-replay", day=day) if item["kind"] == "replay" else day
        groups = {name: item["groups"][name] for name in GROUPS if name in item["groups"]}
        if item["left_alone"]:
            groups["alone"] = item["left_alone"]
        bands = {name: groups[name]["customers"] for name in groups if name in ("high", "medium", "low")}
        hidden = too_small(bands, telling.least)
        touched = bool(item["left_alone"])
        lines = [_row(name, group, name in hidden, touched, telling) for name, group in groups.items()]
        rows += [["" if at else when, *line] for at, line in enumerate(lines)]  # the date once, as a heading would
    names = ("list", "group", "said", "came", "between", "customers", "verdict")
    return Sheet(telling.say("receipts-title"), [telling.say(f"receipts-{name}") for name in names], rows, texts=2)


def _row(name: str, group: dict[str, Any], hide: bool, touched: bool, telling: Telling) -> list[str]:
    word = telling.say(f"receipts-{name}") if name in ("all", "alone") else telling.band(name)
    if hide or isinstance(telling.group(group["customers"]), str):
        return [word, *["–"] * 3, telling.count(group["customers"], hide), "–"]
    low, high = (telling.texts.percent(group[end]) for end in ("low", "high"))
    return [
        word,
        _promise(group, telling),
        telling.texts.percent(group["realised"]),
        telling.say("receipts-from-to", low=low, high=high),
        telling.count(group["customers"]),
        telling.say(f"receipts-{_verdict(group, touched and name != 'alone')}"),
    ]


def _verdict(group: dict[str, Any], touched: bool) -> str:
    """Kept or missed; neither where contacts touched the group and fewer left than promised: that was their purpose."""
    if group["kept"]:
        return "kept"
    return "fewer" if touched and group["left"] < group["promised_low"] else "missed"


def _promise(group: dict[str, Any], telling: Telling) -> str:
    """The share that was to leave, and what the promise allowed for: that is what it is judged by."""
    low, high = (telling.texts.percent(group[f"promised_{end}"] / group["customers"]) for end in ("low", "high"))
    return telling.say("receipts-promised", promised=telling.texts.percent(group["promised"]), low=low, high=high)


def about(receipts: list[dict[str, Any]], telling: Telling) -> list[str]:
    """How to read the table; and the newest receipt of High in one sentence."""
    if not receipts:
        return [telling.say("receipts-none")]
    said = []
    newest = receipts[-1]
    high = newest["groups"].get("high")
    if high is not None and isinstance(telling.group(high["customers"]), int):
        said.append(telling.say(
            f"receipt-{newest['kind']}", day=telling.day(newest["as_of"]), band=telling.word("band", "high"),
            promised=telling.texts.percent(high["promised"]), realised=telling.texts.percent(high["realised"]),
            low=telling.texts.percent(high["low"]), high=telling.texts.percent(high["high"]),
            customers=high["customers"],
        ))  # fmt: skip
    said.append(telling.say("receipts-about"))
    if any(item["kind"] == "replay" for item in receipts):
        said.append(telling.say("receipts-about-replay"))
    return said


def interim(lists: list[dict[str, Any]], telling: Telling) -> list[str]:
    """One sentence per open list: how many of High have come back so far, and how many were expected by now."""
    said = []
    for item in reversed(lists):
        high = item["groups"].get("high")
        if high is None or isinstance(telling.group(high["customers"]), str):
            continue
        words = {"day": telling.day(item["as_of"]), "band": telling.word("band", "high"), "weeks": item["weeks"],
                 "of": item["of_weeks"], "customers": high["customers"]}  # fmt: skip
        if item["silence"]:
            held = high["low"] <= high["back"] <= high["high"]
            key = "interim-back" if held else "interim-off"
            said.append(telling.say(key, **words, back=high["back"], low=high["low"], high=high["high"]))
        else:
            said.append(telling.say("interim-left", **words, left=high["left"]))
    return said
