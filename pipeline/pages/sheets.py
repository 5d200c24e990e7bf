"""The tables of both pages as texts, from the briefing alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.pages.sentences import Briefing, unit
from pipeline.pages.telling import Telling, too_small

CAUSES = ("data", "model", "calibration", "cut")
MOVES = ("new", "back", "left", "up", "down", "same", "contacted")


@dataclass(frozen=True)
class Sheet:
    """One table of texts: caption, headings, rows; the first `texts` columns are read as words, the others as numbers.

    `bars`: by row, a share from 0 to 1 per column that is drawn behind its number, by the column's place.
    """

    caption: str
    head: list[str]
    rows: list[list[str]]
    texts: int = 1
    bars: list[dict[int, float]] = field(default_factory=list)


def actions(briefing: Briefing, telling: Telling) -> Sheet:
    """One row per action with somebody to contact, in the order of the params, and one of all."""
    contact = briefing["contact"]
    order = list(telling.settings.campaign.actions)
    names = sorted(contact["by_action"], key=lambda name: (order.index(name) if name in order else len(order), name))
    hidden = too_small({name: contact["by_action"][name]["customers"] for name in names}, telling.least)
    pays = {name: _one_in((briefing["cut"].get("break_even_by_action") or {}).get(name), telling) for name in names}
    rows = [
        [*_action_row(telling.word("action", name), contact["by_action"][name], name in hidden, telling), pays[name]]
        for name in names
    ]
    everybody = {"customers": contact["yes"], "act_by": None, "value_at_risk": contact["value_at_risk"]}
    everybody["expected_leavers"] = sum(contact["by_action"][name]["expected_leavers"] for name in names)
    all_row = _action_row(telling.say("contact-all"), everybody, False, telling)
    rows.append([*all_row, _one_in(briefing["cut"]["break_even"], telling)])
    head = [telling.say("contact-action"), telling.say("contact-by"), telling.say("plot-customers")]
    head += [telling.say("contact-expected"), telling.say(f"contact-{unit(briefing)}"), telling.say("contact-pays")]
    return _without_money(Sheet(telling.say("contact-title"), head, rows, texts=2), briefing, 4, 5)


def _one_in(even: dict[str, Any] | None, telling: Telling) -> str:
    """From which saving rate on an action pays, as "1 in 14"; a dash where none would do or there is no cost."""
    if even is None or even["one_in"] is None:
        return "–"
    return telling.say("contact-one-in", one_in=telling.texts.number(even["one_in"]))


def _action_row(name: str, item: dict[str, Any], hide: bool, telling: Telling) -> list[str]:
    told = isinstance(telling.group(item["customers"], hide), int)
    return [
        name,
        telling.day(item["act_by"], "medium") if item["act_by"] else "",
        telling.count(item["customers"], hide),
        telling.about(item["expected_leavers"]) if told else "–",
        telling.amount(item["value_at_risk"], item["customers"], hide),
    ]


def _without_money(sheet: Sheet, briefing: Briefing, *columns: int) -> Sheet:
    """The table without its columns of money where amounts are not known."""
    if briefing["money"]["known"]:
        return sheet
    keep = [at for at in range(len(sheet.head)) if at not in columns]
    bars = [{keep.index(at): share for at, share in row.items() if at in keep} for row in sheet.bars]
    return Sheet(
        sheet.caption,
        [sheet.head[at] for at in keep],
        [[row[at] for at in keep] for row in sheet.rows],
        sheet.texts,
        bars,
    )


def left_alone(briefing: Briefing, telling: Telling) -> Sheet:
    """One row per reason not to contact customers, with how many; reasons of nobody are left out."""
    counts = {name: count for name, count in briefing["contact"]["why_not"].items() if count}
    hidden = too_small(counts, telling.least)
    rows = [[telling.word("why_not", name), telling.count(count, name in hidden)] for name, count in counts.items()]
    return Sheet(telling.say("left-title"), [telling.say("left-why"), telling.say("left-customers")], rows)


def reasons(briefing: Briefing, telling: Telling) -> Sheet:
    """One row per kind of main reason: its share of High customers and of the value at risk."""
    families = briefing["reasons"]
    hidden = too_small({item["family"]: item["customers"] for item in families}, telling.least)
    rows, bars = [], []
    for item in families:
        hide = item["family"] in hidden
        share = {name: _share(None if hide else item[name], telling) for name in ("share_of_high", "share_of_value")}
        rows.append([
            telling.word("family", item["family"]), telling.count(item["customers"], hide), share["share_of_high"],
            telling.amount(item["value_at_risk"], item["customers"], hide), share["share_of_value"],
        ])  # fmt: skip
        bars.append({} if hide else {2: item["share_of_high"] or 0, 4: item["share_of_value"] or 0})
    head = [telling.say(f"why-{name}") for name in ("reason", "high", unit(briefing), "value")]
    head.insert(1, telling.say("plot-customers"))
    return _without_money(Sheet(telling.say("why-title"), head, rows, bars=bars), briefing, 3, 4)


def _share(share: float | None, telling: Telling) -> str:
    return "–" if share is None else telling.texts.percent(share)


def moves(briefing: Briefing, telling: Telling) -> list[Sheet]:
    """Two tables: what happened to how many customers since the previous list, and why bands changed."""
    found = briefing["movements"]
    if not found or not found["previous"]:
        return []
    counts = {name: found[name] for name in MOVES if found.get(name) is not None}
    hidden = too_small(
        {name: counts[name] for name in counts if name in ("new", "back", "up", "down", "same")}, telling.least
    )
    rows = [[telling.say(f"moves-{name}"), telling.count(count, name in hidden)] for name, count in counts.items()]
    happened = Sheet(telling.say("moves-what"), [telling.say("moves-what"), telling.say("plot-customers")], rows)
    up, down = found["banded_up"], found["banded_down"]
    small = (too_small(up, telling.least), too_small(down, telling.least))
    causes = [
        [
            telling.say(f"cause-{name}"),
            telling.count(up[name], name in small[0]),
            telling.count(down[name], name in small[1]),
        ]
        for name in CAUSES
    ]
    head = [telling.say("moves-cause"), telling.say("moves-banded-up"), telling.say("moves-banded-down")]
    return [happened, Sheet(telling.say("moves-causes"), head, causes)]


def moves_mean(briefing: Briefing, telling: Telling) -> str:
    """How the mean chance of leaving changed, with the parts that add up to it where they are known."""
    found = briefing["movements"]
    if not found or not found["previous"] or found["mean_change"] is None:
        return ""
    parts = {name: found[f"mean_{name}"] for name in ("change", "data", "model", "calibration")}
    if None in parts.values():
        return telling.say("moves-mean-only", change=telling.signed(parts["change"]))
    return telling.say("moves-mean", **{name: telling.signed(value) for name, value in parts.items()})


def holdout(briefing: Briefing, telling: Telling) -> Sheet:
    """One row per band and tier: how many are held back and how many are contacted."""
    found = briefing["holdout"]["by_band_and_tier"]
    rows = [
        [telling.band(item["band"]), telling.word("tier", item["tier"]),
         telling.count(item["holdout"]), telling.count(item["contact"])]
        for item in found
    ]  # fmt: skip
    head = [telling.say("left-band"), telling.column("value_tier"), telling.say("holdout-held")]
    return Sheet(telling.say("holdout-title"), [*head, telling.say("holdout-contact")], rows, texts=2)
