"""Whom contacts keep, in sentences: what is missing, or what the evidence is, and how this list is ordered."""

from __future__ import annotations

from typing import Any

from pipeline.pages.telling import Telling

SAVED, RISK, MORE = "saved.money.at", "risk.money.at", "saved-risk.money.at"


def sentences(uplift: dict[str, Any], telling: Telling) -> list[str]:
    """What data/uplift/judged.json says, as a marketer asks: is it known whom contacts keep, and does the list use it.

    An amount is told with its interval, or not at all.
    """
    why_not = uplift["why_not"]
    if why_not == "too_few":
        said = [_too_few(uplift, telling)]
    elif why_not in ("split_broken", "no_money"):
        said = [telling.say(f"uplift-{why_not}")]
    else:
        said = _judged(uplift["decided"], why_not is None, telling)
    return [*said, telling.say(f"uplift-order-{_order(uplift)}")]


def _too_few(uplift: dict[str, Any], telling: Telling) -> str:
    history, needed = uplift["history"], uplift["needed"]
    return telling.say(
        "uplift-too_few",
        **{name: telling.count(number) for name, number in history.items()},
        **{name: telling.texts.number(number) for name, number in needed.items()},
    )


def _judged(decided: dict[str, Any], usable: bool, telling: Telling) -> list[str]:
    found = [decided["figures"].get(name) for name in (SAVED, RISK, MORE)]
    when = telling.say(
        "uplift-when",
        customers=telling.count(decided["customers"]), day=telling.day(decided["as_of"]),
    )  # fmt: skip
    if any(item is None or None in item.values() for item in found):
        return [telling.say("uplift-unknown"), when]
    saved, risk, more = found
    kind = "better" if usable else "worse" if more["high"] < 0 else "unclear"
    told = telling.say(
        f"uplift-{kind}",
        share=telling.percent(decided["judged_at"]),
        **{
            f"saved_{end}" if end != "value" else "saved": telling.money(saved[end]) for end in ("value", "low", "high")
        },
        risk=telling.money(risk["value"]),
        more=telling.money(-more["value"] if kind == "worse" else more["value"]),
        low=telling.money(-more["high"] if kind == "worse" else more["low"]),
        high=telling.money(-more["low"] if kind == "worse" else more["high"]),
    )
    return [told, when]


def _order(uplift: dict[str, Any]) -> str:
    """Which text tells the list's order."""
    if uplift["order"] == "saved_value":
        return "saved"
    if not uplift["usable"]:
        return "usual"
    return "no-amounts" if uplift["asked"] == "saved_value" else "could"
