"""The tables of the first sheet: by action, whom not to contact, by risk and value, what has moved, when it pays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.sections.acting import BANDS, TIERS
from pipeline.spreadsheets import phrases
from pipeline.spreadsheets.paper import Head, Paper, Told, Value
from pipeline.spreadsheets.phrases import day
from pipeline.spreadsheets.styles import BANDS as BAND_LOOKS
from pipeline.spreadsheets.styles import CAUTION, QUIET, SIGNS


def banded(texts: Texts, band: str) -> Told:
    """A band's word with its sign and its colour."""
    return Told(f"{SIGNS[band]} {word(texts, 'band', band)}", tuple(BAND_LOOKS[band].items()))


class Figures:
    """The figures of the briefing as small tables, each under its heading."""

    def __init__(self, paper: Paper, briefing: Mapping[str, Any], texts: Texts) -> None:
        self._paper = paper
        self._briefing = briefing
        self._texts = texts
        self._known = bool(briefing["money"]["known"])
        self._stale = bool(briefing["stale"])

    def _say(self, key: str, **given: object) -> str:
        return phrases.say(self._texts, key, **given)

    def by_action(self) -> None:
        """How many to contact by which action, until when, and what they are worth."""
        texts, contact = self._texts, self._briefing["contact"]
        heads = [
            Head(texts.say("column-recommended_action")),
            Head(self._say("customers"), "whole"),
            Head(texts.say("column-act_by"), "date"),
            Head(self._say("expected"), "whole"),
        ]
        rows: list[list[Value]] = [
            [
                word(texts, "action", name),
                told["customers"],
                date.fromisoformat(told["act_by"]),
                told["expected_leavers"],
                told["value_at_risk"],
            ]
            for name, told in sorted(contact["by_action"].items(), key=lambda item: (item[1]["act_by"], item[0]))
        ]
        leavers = sum(told["expected_leavers"] for told in contact["by_action"].values())
        rows.append([self._say("total"), contact["yes"], None, leavers, contact["value_at_risk"]])
        self._paper.heading(self._say("contact"))
        self._with_amounts(heads, rows)

    def _with_amounts(self, heads: list[Head], rows: list[list[Value]], total: bool = True) -> None:
        """A table whose last column is the value at risk; without that column where amounts are not known."""
        if self._known:
            heads = [*heads, Head(self._texts.say("column-value_at_risk"), "money")]
        self._paper.table(heads, rows if self._known else [row[:-1] for row in rows], total)

    def not_to_contact(self) -> None:
        """How many are not to be contacted for which reason, and who is not on the list at all."""
        briefing = self._briefing
        heads = [
            Head(self._say("reason"), span=2),
            Head(self._say("customers"), "whole"),
            Head(self._say("meaning"), span=5),
        ]
        rows: list[list[Value]] = [
            [word(self._texts, "why_not", name), count, self._say(f"why-{name}")]
            for name, count in phrases.reasons(briefing)
        ]
        gone = f"already-left-{briefing['definition']}"
        for name, figure, meaning in (
            ("objected-to-profiling", "object_to_profiling", "objected-to-profiling-meaning"),
            ("already-left", "already_lapsed", gone),
        ):
            if briefing[figure]:
                said = f"{self._say('not-listed')}: {self._say(name)}"
                rows.append([said, briefing[figure], self._say(meaning)])
        self._paper.heading(self._say("not-title"))
        self._paper.table(heads, rows)

    def holdout(self) -> None:
        """Whom to leave alone, how to filter, and how many there are by band and tier."""
        texts, holdout = self._texts, self._briefing["holdout"]
        share = texts.percent(holdout["share"])
        self._paper.heading(self._say("holdout-title"))
        if not self._stale:
            self._paper.text(phrases.filter_warning(texts), CAUTION)
        said = self._say("holdout", customers=holdout["held_back"], share=share)
        if holdout["next_draw"]:
            said = f"{said} {self._say('holdout-until', day=day(texts, holdout['next_draw']))}"
        self._paper.text(said)
        cells = [cell for cell in holdout["by_band_and_tier"] if cell["holdout"] or cell["contact"]]
        heads = [
            Head(texts.say("column-risk_band")),
            Head(texts.say("column-value_tier")),
            Head(self._say("to-contact"), "whole"),
            Head(self._say("held-back"), "whole"),
        ]
        rows = [
            [banded(self._texts, cell["band"]), word(texts, "tier", cell["tier"]), cell["contact"], cell["holdout"]]
            for cell in cells
        ]
        if rows:
            self._paper.table(heads, rows)

    def by_risk(self) -> None:
        """What is promised per band: customers, expected leavers with their range, value at risk."""
        texts, briefing = self._texts, self._briefing
        low, high = self._say("at-least"), self._say("at-most")
        heads = [
            Head(texts.say("column-risk_band")),
            Head(self._say("customers"), "whole"),
            Head(self._say("to-contact"), "whole"),
            Head(self._say("expected"), "whole"),
            Head(low, "whole"),
            Head(high, "whole"),
        ]
        rows: list[list[Value]] = []
        for band in BANDS:
            told, promised = briefing["bands"][band], briefing["promise"][band]
            counts = [told["customers"], told["contact"], *_expected(promised)]
            rows.append([banded(texts, band), *counts, told["value_at_risk"]])
        total = [self._say("all"), briefing["customers"], briefing["contact"]["yes"]]
        rows.append([*total, *_expected(briefing["promise"]["all"]), briefing["money"]["value_at_risk"]])
        self._paper.heading(self._say("risk"))
        self._with_amounts(heads, rows)
        until = day(texts, briefing["horizon_end"])
        self._paper.text(self._say("risk-note", low=low, high=high, day=until), {"font_color": QUIET})

    def by_value(self) -> None:
        """Customers and value at risk per tier."""
        heads = [Head(self._texts.say("column-value_tier")), Head(self._say("customers"), "whole")]
        tiers = self._briefing["tiers"]
        rows: list[list[Value]] = [
            [word(self._texts, "tier", name), tiers[name]["customers"], tiers[name]["value_at_risk"]] for name in TIERS
        ]
        self._paper.heading(self._say("tiers"))
        self._with_amounts(heads, rows, total=False)

    def pays(self) -> None:
        """From which saving rate contacting pays, and what one point of retention is worth."""
        texts, money = self._texts, self._briefing["money"]
        self._paper.heading(self._say("pays-title"))
        for sentence in phrases.pays(self._briefing, texts):
            self._paper.text(sentence)
        if self._known and money["one_point_of_retention"] is not None:
            amount = texts.money(money["one_point_of_retention"], money["currency"])
            given = {"unit": phrases.money_unit(self._briefing), "day": day(texts, self._briefing["horizon_end"])}
            self._paper.text(self._say("point", amount=amount, **given))
        if self._known:
            self._paper.text(self._say("overlap"), {"font_color": QUIET})

    def moves(self) -> None:
        """What has changed since the previous list, and why."""
        moves = self._briefing["movements"]
        if not moves or not moves.get("previous"):
            self._paper.heading(self._say("moves-none"))
            return
        self._paper.heading(self._say("moves", day=day(self._texts, moves["previous"])))
        ways = {name: moves.get(f"banded_{name}") or {} for name in ("up", "down")}
        causes = {"data": ("data",), "model": ("model", "calibration"), "cut": ("cut",)}
        if any(way.get("unknown") for way in ways.values()):
            causes["unknown"] = ("unknown",)
        heads = [Head("", span=2), Head(self._say("customers"), "whole")]
        heads += [Head(self._say(f"moves-by-{name}"), "whole") for name in causes]
        rows: list[list[Value]] = []
        for name in ("new", "back", "left", "up", "down", "same", "contacted"):
            if name in moves:
                way = ways.get(name)
                parts = [sum(way.get(one, 0) for one in many) if way else None for many in causes.values()]
                rows.append([self._say(f"moves-{name}"), moves[name], *parts])
        self._paper.table(heads, rows)


def _expected(promised: Mapping[str, Any]) -> list[Value]:
    """(expected, at least, at most) in whole customers, the range never narrower than promised."""
    return [round(promised["expected_leavers"]), int(promised["low"]), -int(-promised["high"] // 1)]
