"""report.html: the page of those who act on the list, with customers. Personal data, internal."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.pages import explained, rows, sheets
from pipeline.pages.both import common
from pipeline.pages.document import as_json, rendered
from pipeline.pages.sentences import Briefing
from pipeline.pages.telling import Telling
from pipeline.sections.acting import BANDS, TIERS

TOP = 4000  # customers on the page: more would not open at once, and nobody reads on
MOST_BYTES = 4_500_000  # what a mail server still takes as an attachment
SORTS = ("priority", "customer_id", "churn_probability", "value_at_risk", "act_by")
SAID = ("list-any", "list-download", "list-download-about", "list-details", "list-act", "list-why",
        "list-activity", "list-ago", "list-now", "list-stale-download")  # fmt: skip


def report(table: pa.Table, briefing: Briefing, telling: Telling) -> str:
    """The whole page; the most urgent customers that fit, and a sentence that says so."""
    shared = common(table, briefing, telling)
    count = min(TOP, len(table))
    while True:
        page = _page(table.slice(0, count), briefing, telling, shared)
        if len(page.encode()) <= MOST_BYTES or count <= 1:
            return page
        count //= 2


def _page(top: pa.Table, briefing: Briefing, telling: Telling, shared: dict[str, Any]) -> str:
    everybody, money = briefing["customers"], briefing["money"]["known"]
    first = top.slice(0, rows.FIRST)
    data = rows.data(top, telling) | {
        "texts": {name.removeprefix("list-").replace("-", "_"): telling.say(name, yes="{yes}") for name in SAID}
        | {
            "empty": telling.say("list-empty" if len(top) == everybody else "list-empty-here"),
            "found": telling.say("list-found", found="{found}", yes="{yes}", no="{no}"),
            "warning": telling.say("list-warning", no="{no}", holdout="{holdout}"),
            "warning_others": telling.say("list-warning-others", no="{no}"),
            "sum": telling.say("list-activity-sum", events="{events}", active="{active}"),
            "lowers": telling.column("reason_lowers"),
            "yes": telling.word("answer", "yes"),
            "no": telling.word("answer", "no"),
            "by": telling.column("act_by"),
        },
        "as_of": briefing["as_of"],
        "money": money,
        "stale": bool(briefing["stale"]),
    }
    shown = telling.texts.number(len(top))
    top_key = "list-top" if len(top) < everybody else "list-all" if everybody else "list-no-customers"
    return rendered("report.html", ("expiry.js", "row.js", "list.js"), shared | {
        "rows": rows.static_rows(first, telling),
        "data": as_json(data),
        "money": money,
        "column": telling.column,
        "list_about": telling.say(top_key, shown=shown, customers=everybody),
        "first": telling.say("list-nojs", customers=len(first)),
        "bands": [(band, telling.band(band)) for band in BANDS],
        "tiers": [(tier, telling.word("tier", tier)) for tier in TIERS],
        "sorts": [(name, telling.column(name)) for name in SORTS if money or name != "value_at_risk"],
        "holdout": sheets.holdout(briefing, telling),
        "holdout_about": explained.holdout(briefing, telling),
    })  # fmt: skip
