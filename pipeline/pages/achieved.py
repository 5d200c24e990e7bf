"""What contacting achieved, in sentences and a table: contacted against held back, and what it cost."""

from __future__ import annotations

from typing import Any

from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling, too_small

KINDS = ("band", "tier", "action")
FEW = 10  # a group with fewer on one side shows chance, and nothing else


def sheet(effect: dict[str, Any], telling: Telling) -> Sheet | None:
    """One row for all and one per band, tier and action; None where the split is broken or nobody was held back.

    Groups are described, not claimed, and small ones not even that.
    """
    if effect["split"]["broken"] or effect["kept"] is None:
        return None
    rows = [_row(telling.say("achieved-all"), effect, effect["always"] or effect["kept"], telling, False)]
    for kind in KINDS:
        groups = effect["by"].get(kind, {})
        enough = {name: item for name, item in groups.items() if min(item["contacted"], item["held_back"]) >= FEW}
        hidden = too_small({name: item["held_back"] for name, item in enough.items()}, telling.least)
        for name in _in_order(kind, enough):
            shown = telling.band(name) if kind == "band" else telling.word(kind, name)
            rows.append(_row(shown, enough[name], enough[name]["kept"], telling, name in hidden))
    head = [telling.say(f"achieved-{name}") for name in ("group", "contacted", "left", "held", "left-held", "more")]
    return Sheet(telling.say("achieved-title"), head, rows)


def _in_order(kind: str, groups: dict[str, Any]) -> list[str]:
    order = {"band": ("high", "medium", "low"), "tier": ("vip", "regular", "small")}.get(kind, ())
    return sorted(groups, key=lambda name: (order.index(name) if name in order else len(order), name))


def _row(name: str, item: dict[str, Any], more: dict[str, float] | None, telling: Telling, hide: bool) -> list[str]:
    if hide:
        return [name, *["–"] * 5]
    between = "–"
    if more is not None:
        ends = {end: telling.signed(more[end]) for end in ("low", "high")}
        between = telling.say("achieved-between", value=telling.signed(more["value"]), **ends)
    return [
        name,
        telling.count(item["contacted"]),
        _percent(item["leaving_contacted"], telling),
        telling.count(item["held_back"]),
        _percent(item["leaving_held_back"], telling),
        between,
    ]


def _percent(share: float | None, telling: Telling) -> str:
    return "–" if share is None else telling.percent(share)


def sentences(effect: dict[str, Any], telling: Telling) -> list[str]:
    """What it means and what it cost; amounts only where the effect itself is shown."""
    if effect["split"]["broken"]:
        return []
    said = [telling.say("achieved-about", since=telling.day(effect["first_list"]))]
    money = effect["money"]
    if money is not None and effect["claimed"] in ("kept", "lost"):
        said.append(_money(money, telling))
    elif money is not None and money["cost"]:
        said.append(telling.say("achieved-cost-only", cost=telling.money(money["cost"])))
    if money is not None and money["offers_redeemed_anyway"] is not None and money["offers_redeemed"]:
        anyway = money["offers_redeemed_anyway"]
        said.append(telling.say(
            "achieved-anyway", offers=telling.texts.number(money["offers_redeemed"]),
            anyway=telling.about(anyway["value"]),
        ))  # fmt: skip
    compliance = effect["compliance"]
    if compliance is not None and compliance["contacted"] is not None:
        said.append(telling.say(
            "achieved-reached", reached=telling.percent(compliance["contacted"]["value"]),
            held=telling.percent((compliance["contaminated"] or {"value": 0.0})["value"]),
        ))  # fmt: skip
    return said


def _money(money: dict[str, Any], telling: Telling) -> str:
    value, net = money["saved_value_always"], money["return"]
    margin = "margin" if telling.settings.money_unit.margin else "revenue"
    return telling.say(
        f"achieved-{margin}",
        value=telling.money(value["value"]), low=telling.money(value["low"]), high=telling.money(value["high"]),
        cost=telling.money(money["cost"]), net=telling.money(net["value"]),
    )  # fmt: skip
