"""The customers of the page, most urgent first: as data that the page's own script reads, and as rows without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from pipeline.listing.schema import ACTIVITY, COLUMNS, SCHEMA
from pipeline.pages.telling import Telling

FIRST = 50  # rows that stand in the page itself, for readers without JavaScript
LOOKS = {column.name: column for column in COLUMNS}
DETAILS = ("uncertain", "expected_value", "lifecycle_stage", "days_since_last_activity", "usual_gap_days",
           "last_contact", "listed_since", "previous_band", "movement", "change", "change_data", "change_model",
           "change_calibration")  # fmt: skip
MONEY = ("spend_12m",)  # amounts among what lists.show adds
# Control characters and marks of direction do nothing on the page: they are written out.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def shown(text: str) -> str:
    r"""A text of somebody else's as it can be seen: characters that act instead of being read are named.

    >>> shown("a\u202eb"), shown("two\nlines"), shown("0012")
    ('a[U+202E]b', 'two[U+000A]lines', '0012')
    """
    return UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def extras(table: pa.Table) -> list[str]:
    """The columns behind those of the schema: what lists.show and customers.display add."""
    return [name for name in table.column_names if name not in SCHEMA.names and name != ACTIVITY]


def static_rows(table: pa.Table, telling: Telling) -> list[dict[str, Any]]:
    """One row per customer of the table, every cell a text."""
    found = []
    for row in table.to_pylist():
        reasons = [shown(row[name]) for name in ("reason_2", "reason_3", "reason_lowers") if row[name]]
        found.append({
            "priority": telling.texts.number(row["priority"]),
            "customer": shown(row["customer_id"]),
            "yes": row["contact_this_week"] == "yes",
            "contact": telling.word("answer", row["contact_this_week"]),
            "why_not": telling.word("why_not", row["why_not"]),
            "band": row["risk_band"],
            "band_word": telling.band(row["risk_band"]),
            "chance": telling.texts.percent(row["churn_probability"]),
            "tier": telling.word("tier", row["value_tier"]),
            "value": _text("value_at_risk", row["value_at_risk"], telling),
            "action": shown(telling.word("action", row["recommended_action"])),
            "channel": shown(telling.word("channel", row["channel"])),
            "by": _text("act_by", row["act_by"], telling),
            "reason": shown(row["reason_1"] or ""),
            "reasons": reasons,
        })  # fmt: skip
    return found


def data(table: pa.Table, telling: Telling) -> dict[str, Any]:
    """The customers by column, one entry per customer in every list; dates as ISO text, null where nothing is known.

    `id` is as it came, for the download and the search; `seen` holds, by place, ids that must be shown otherwise.
    `facts` are pairs of a label's place in `labels` and a text.
    """
    columns = {name: table[name].to_pylist() for name in SCHEMA.names}
    ids = columns["customer_id"]
    labels = [*DETAILS, *extras(table)]
    told = {name: [_text(name, value, telling) for value in table[name].to_pylist()] for name in labels}
    reasons = zip(columns["reason_1"], columns["reason_2"], columns["reason_3"], strict=True)
    activity = table[ACTIVITY].to_pylist() if ACTIVITY in table.column_names else [None] * len(ids)
    return {
        "id": ids,
        "seen": {at: shown(name) for at, name in enumerate(ids) if shown(name) != name},
        "priority": columns["priority"],
        "yes": [int(answer == "yes") for answer in columns["contact_this_week"]],
        "why": columns["why_not"],
        "band": columns["risk_band"],
        "chance": [round(chance, 4) for chance in columns["churn_probability"]],
        "chance_text": [telling.texts.percent(chance) for chance in columns["churn_probability"]],
        "tier": columns["value_tier"],
        "value": columns["value_at_risk"],
        "value_text": [_text("value_at_risk", value, telling) for value in columns["value_at_risk"]],
        "action": columns["recommended_action"],
        "channel": columns["channel"],
        "by": [None if day is None else day.isoformat() for day in columns["act_by"]],
        "by_text": [_text("act_by", day, telling) for day in columns["act_by"]],
        "reasons": [[shown(reason) for reason in some if reason] for some in reasons],
        "lowers": [shown(reason or "") for reason in columns["reason_lowers"]],
        "labels": [telling.column(name) for name in labels],
        "facts": [
            [[place, told[name][at]] for place, name in enumerate(labels) if told[name][at]] for at in range(len(ids))
        ],
        "weeks": activity,
        "words": _words(columns, telling),
    }


def _words(columns: dict[str, list[Any]], telling: Telling) -> dict[str, dict[str, str]]:
    """The word of every value that occurs, by column."""
    sources = {"band": "risk_band", "tier": "value_tier", "action": "recommended_action", "channel": "channel"}
    found = {}
    for prefix, column in (sources | {"why_not": "why_not"}).items():
        values = sorted({value for value in columns[column] if value is not None})
        word = telling.band if prefix == "band" else lambda value, prefix=prefix: telling.word(prefix, value)
        found[prefix] = {value: shown(word(value)) for value in values}
    return found


def _text(name: str, value: Any, telling: Telling) -> str:
    """A cell as a person reads it; "" for null."""
    if value is None:
        return ""
    column = LOOKS.get(name)
    if column and column.words and column.look != "band":
        return telling.word(column.words, value)
    look = column.look if column else "money" if name in MONEY else "plain"
    written: dict[str, Callable[[Any], str]] = {
        "money": telling.money, "points": telling.change, "band": telling.band, "percent": telling.texts.percent,
    }  # fmt: skip
    return shown(written.get(look, telling.plain)(value))
