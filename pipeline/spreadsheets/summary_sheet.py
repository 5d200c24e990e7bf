"""The first sheet: whom first, whom not and why, until when, how much is at stake, is it up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.worksheet import Worksheet

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.pages.telling import Telling
from pipeline.spreadsheets import phrases
from pipeline.spreadsheets.paper import Head, Paper, Value
from pipeline.spreadsheets.phrases import day
from pipeline.spreadsheets.styles import ALARM, QUIET, Styles
from pipeline.spreadsheets.summary_loop import write_loop
from pipeline.spreadsheets.summary_tables import Figures, banded

WIDTHS = (30, 15, 15, 15, 15, 15, 16, 54)
FIRST = 5  # customers named on the sheet
NEXT = ("customer_id", "risk_band", "churn_probability", "value_at_risk", "recommended_action", "act_by", "reason_1")


class SummarySheet:
    """One page of figures from the briefing, and the first customers to contact from the list."""

    def __init__(
        self, sheet: Worksheet, styles: Styles, briefing: Mapping[str, Any], table: pa.Table, telling: Telling
    ) -> None:
        self._sheet = sheet
        self._paper = Paper(sheet, styles, WIDTHS)
        self._briefing = briefing
        self._table = table
        self._telling = telling
        self._texts: Texts = telling.texts
        self._known = bool(briefing["money"]["known"])
        self._stale = bool(briefing["stale"])

    def write(self, sentences: Sequence[str]) -> None:
        """All of it, in the order in which it is asked for; `sentences` are the five of the first page."""
        figures = Figures(self._paper, self._briefing, self._texts)
        self._top()
        self._answers()
        if not self._stale:
            self._first()
            figures.by_action()
        figures.not_to_contact()
        figures.holdout()
        figures.by_risk()
        figures.by_value()
        figures.pays()
        figures.moves()
        write_loop(self._paper, self._briefing, self._telling)
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
        spans = {"reason_1": 1 if self._known else 2, "recommended_action": 2}
        heads = [Head(self._texts.say(f"column-{name}"), looks.get(name, "text"), spans.get(name, 1)) for name in names]
        self._paper.heading(self._say("start-here"))
        if not chosen.num_rows:
            self._paper.text(self._say("nobody"))
            return
        self._paper.table(heads, [[self._shown(name, row[name]) for name in names] for row in chosen.to_pylist()])

    def _shown(self, name: str, value: Value) -> Value:
        if name == "risk_band" and isinstance(value, str):
            return banded(self._texts, value)
        if name == "recommended_action" and isinstance(value, str):
            return word(self._texts, "action", value)
        return value

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
