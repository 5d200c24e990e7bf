"""The first sheet: whom first, whom not and why, until when, how much is at stake, is it up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.worksheet import Worksheet

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.sections.acting import BANDS, TIERS
from pipeline.spreadsheets import phrases
from pipeline.spreadsheets.paper import Head, Paper, Told, Value
from pipeline.spreadsheets.phrases import day
from pipeline.spreadsheets.styles import ALARM, CAUTION, QUIET, SIGNS, Styles
from pipeline.spreadsheets.styles import BANDS as BAND_LOOKS

WIDTHS = (30, 15, 15, 15, 15, 15, 16, 54)
FIRST = 5  # customers named on the sheet
NEXT = ("customer_id", "risk_band", "churn_probability", "value_at_risk", "recommended_action", "act_by", "reason_1")


class SummarySheet:
    """One page of figures from the briefing, and the first customers to contact from the list."""

    def __init__(
        self, sheet: Worksheet, styles: Styles, briefing: Mapping[str, Any], table: pa.Table, texts: Texts
    ) -> None:
        self._sheet = sheet
        self._paper = Paper(sheet, styles, WIDTHS)
        self._briefing = briefing
        self._table = table
        self._texts = texts
        self._known = bool(briefing["money"]["known"])
        self._stale = bool(briefing["stale"])

    def write(self, sentences: Sequence[str]) -> None:
        """All of it, in the order in which it is asked for; `sentences` are the five of the first page."""
        self._top()
        self._answers()
        if not self._stale:
            self._first()
            self._by_action()
        self._not_to_contact()
        self._holdout()
        self._by_risk()
        self._by_value()
        self._pays()
        self._moves()
        self._said("workbook-sentences", sentences)
        self._said("workbook-remarks", phrases.remarks(self._briefing, self._texts))
        self._print()

    def _say(self, key: str, **given: object) -> str:
        return phrases.say(self._texts, key, **given)

    def _top(self) -> None:
        if self._stale:
            self._paper.text(phrases.stale_banner(self._briefing, self._texts), ALARM, size=13)
        self._paper.text(self._say("title", day=day(self._texts, self._briefing["as_of"])), {"bold": True}, size=18)
        self._paper.text(self._say("personal"), {"font_color": QUIET, "italic": True})
        self._paper.gap(4)

    def _answers(self) -> None:
        texts, briefing = self._texts, self._briefing
        contact, until = briefing["contact"], day(texts, briefing["valid_until"])
        not_now = sum(contact["why_not"].values())
        where = {"column": texts.say("column-contact_this_week"), "sheet": self._say("sheet-list")}
        first = self._say("first", customers=contact["yes"], yes=word(texts, "answer", "yes"), **where)
        reasons = phrases.against(briefing, texts)
        left = self._say("not", customers=not_now, no=word(texts, "answer", "no"), reasons=reasons)
        fresh = self._say("fresh", day=day(texts, briefing["as_of"]), newest=self._newest(), until=until)
        self._paper.pair(self._say("ask-first"), self._say("first-stale") if self._stale else first, bold=True)
        self._paper.pair(self._say("ask-not"), left)
        self._paper.pair(self._say("ask-until"), self._deadline(until))
        self._paper.pair(self._say("ask-stake"), self._stake())
        self._paper.pair(self._say("ask-fresh"), self._say("fresh-stale", until=until) if self._stale else fresh)

    def _deadline(self, until: str) -> str:
        """The last days of the actions and of the list."""
        actions = phrases.deadlines(self._briefing, self._texts)
        if self._stale:
            return self._say("until-stale", until=until)
        return self._say("until", actions=actions, until=until) if actions else self._say("until-nothing", until=until)

    def _newest(self) -> str:
        return day(self._texts, self._briefing["data"]["newest_event_day"])

    def _stake(self) -> str:
        money = self._briefing["money"]
        if not self._known:
            return self._say("stake-unknown", why=money["why_not_known"] or "no_amounts")
        amounts = {"contact": self._briefing["contact"]["value_at_risk"], "all": money["value_at_risk"]}
        written = {name: self._texts.money(amount, money["currency"]) for name, amount in amounts.items()}
        return self._say("stake", unit=phrases.money_unit(self._briefing), **written)

    def _first(self) -> None:
        """The first customers to contact, as the list has them."""
        chosen = self._table.filter(pc.equal(self._table.column("contact_this_week"), "yes")).slice(0, FIRST)
        names = [name for name in NEXT if self._known or name != "value_at_risk"]
        looks = {"customer_id": "id", "churn_probability": "percent", "value_at_risk": "money", "act_by": "date"}
        spans = {"reason_1": 1 + (not self._known)}
        heads = [Head(self._texts.say(f"column-{name}"), looks.get(name, "text"), spans.get(name, 1)) for name in names]
        # The action takes two columns where its words are long: the reason has the widest column anyway.
        heads = [
            Head(head.text, head.look, 2 if name == "recommended_action" else head.span)
            for name, head in zip(names, heads, strict=True)
        ]
        self._paper.heading(self._say("start-here"))
        if not chosen.num_rows:
            self._paper.text(self._say("nobody"))
            return
        self._paper.table(heads, [[self._shown(name, row[name]) for name in names] for row in chosen.to_pylist()])

    def _shown(self, name: str, value: Value) -> Value:
        if name == "risk_band" and isinstance(value, str):
            return self._band(value)
        if name == "recommended_action" and isinstance(value, str):
            return word(self._texts, "action", value)
        return value

    def _band(self, band: str) -> Told:
        return Told(f"{SIGNS[band]} {word(self._texts, 'band', band)}", tuple(BAND_LOOKS[band].items()))

    def _by_action(self) -> None:
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

    def _not_to_contact(self) -> None:
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
        for name, figure in (("objected-to-profiling", "object_to_profiling"), ("already-left", "already_lapsed")):
            if briefing[figure]:
                said = f"{self._say('not-listed')}: {self._say(name)}"
                rows.append([said, briefing[figure], self._say(f"{name}-meaning")])
        self._paper.heading(self._say("not-title"))
        self._paper.table(heads, rows)

    def _holdout(self) -> None:
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
            [self._band(cell["band"]), word(texts, "tier", cell["tier"]), cell["contact"], cell["holdout"]]
            for cell in cells
        ]
        if rows:
            self._paper.table(heads, rows)

    def _by_risk(self) -> None:
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
            rows.append(
                [self._band(band), told["customers"], told["contact"], *_expected(promised), told["value_at_risk"]]
            )
        total = [self._say("all"), briefing["customers"], briefing["contact"]["yes"]]
        rows.append([*total, *_expected(briefing["promise"]["all"]), briefing["money"]["value_at_risk"]])
        self._paper.heading(self._say("risk"))
        self._with_amounts(heads, rows)
        until = day(texts, briefing["horizon_end"])
        self._paper.text(self._say("risk-note", low=low, high=high, day=until), {"font_color": QUIET})

    def _by_value(self) -> None:
        heads = [Head(self._texts.say("column-value_tier")), Head(self._say("customers"), "whole")]
        tiers = self._briefing["tiers"]
        rows: list[list[Value]] = [
            [word(self._texts, "tier", name), tiers[name]["customers"], tiers[name]["value_at_risk"]] for name in TIERS
        ]
        self._paper.heading(self._say("tiers"))
        self._with_amounts(heads, rows, total=False)

    def _pays(self) -> None:
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

    def _moves(self) -> None:
        moves = self._briefing["movements"]
        if not moves or not moves.get("previous"):
            self._paper.heading(self._say("moves-none"))
            return
        self._paper.heading(self._say("moves", day=day(self._texts, moves["previous"])))
        heads = [Head("", span=2), Head(self._say("customers"), "whole")]
        heads += [Head(self._say(f"moves-by-{name}"), "whole") for name in ("data", "model", "cut")]
        rows: list[list[Value]] = []
        for name in ("new", "left", "up", "down", "same", "contacted"):
            why = moves.get(f"banded_{name}")
            parts = [why["data"], why["model"] + why["calibration"], why["cut"]] if why else [None] * 3
            rows.append([self._say(f"moves-{name}"), moves[name], *parts])
        self._paper.table(heads, rows)

    def _said(self, key: str, sentences: Sequence[str]) -> None:
        if sentences:
            self._paper.heading(self._texts.say(key))
            for sentence in sentences:
                self._paper.text(sentence)

    def _print(self) -> None:
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        self._sheet.fit_to_pages(1, 0)
        page = self._say("page", page="&P", pages="&N")
        self._sheet.set_footer(f"&L&8{self._say('personal')}&R&8{page}")
        self._sheet.activate()


def _expected(promised: Mapping[str, Any]) -> list[Value]:
    """(expected, at least, at most) in whole customers, the range never narrower than promised."""
    return [round(promised["expected_leavers"]), int(promised["low"]), -int(-promised["high"] // 1)]
