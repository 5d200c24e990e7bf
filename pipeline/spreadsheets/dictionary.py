"""The data dictionary: what each column of the list means, in which unit, and what an empty cell says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.language.catalogue import Texts
from pipeline.language.words import word
from pipeline.listing.schema import ACTIVITY
from pipeline.sections.acting import BANDS, NOTHING, STAGES, TIERS
from pipeline.settings import Settings
from pipeline.spreadsheets.csv_files import DIALECTS, write_csv
from pipeline.spreadsheets.phrases import say
from pipeline.spreadsheets.presets import TOOL_NAMES
from pipeline.spreadsheets.shown import Shown, shown_columns

UNITS = {
    "percent": "share",
    "points": "points",
    "number": "number",
    "days": "days",
    "date": "date",
    "band": "value",
    "word": "value",
    "yes_no": "value",
}
# Of the columns that can be empty, the text that says why; a column of one's own data is `shown`.
EMPTY = {
    "why_not": "why_not",
    "value_at_risk": "amount",
    "expected_value": "amount",
    "spend_12m": "amount",
    "channel": "nothing",
    "act_by": "nothing",
    "reason_1": "reason",
    "reason_2": "reason",
    "reason_3": "reason",
    "reason_lowers": "reason",
    "uncertain": "uncertain",
    "previous_band": "before",
    "movement": "first",
    "change": "before",
    "change_data": "part",
    "change_model": "part",
    "change_calibration": "part",
    "change_cut": "before",
    "listed_since": "listed_since",
    "last_contact": "last_contact",
    "last_chosen": "last_chosen",
    "usual_gap_days": "gap",
}
WHY_NOT = ("low", "over_capacity", "holdout", "objected", "cool_down", "value_below_cost")
MOVES = ("new", "up", "down", "same", "back")
LINES = ("column", "heading", "meaning", "unit", "empty", "values")


def write_dictionary(
    path: Path, table: pa.Table, briefing: Mapping[str, Any], texts: Texts, settings: Settings
) -> None:
    """Write `data_dictionary.csv`: one line per column of the list, then one per kind of file beside it."""
    lines = [_line(column, briefing, texts, settings) for column in shown_columns(table, texts, briefing)]
    if ACTIVITY in table.column_names:
        lines.append(
            (
                ACTIVITY,
                texts.say("column-activity"),
                texts.say("about-activity"),
                say(texts, "unit-weeks"),
                say(texts, "empty-never"),
                "",
            )
        )
    lines.extend(_files(texts))
    columns = {name: pa.chunked_array([[line[at] for line in lines]], pa.string()) for at, name in enumerate(LINES)}
    write_csv(columns, path, DIALECTS[texts.language])


def meaning(column: Shown, texts: Texts) -> str:
    """The sentence of the data dictionary about a column."""
    return column.about if column.about is not None else say(texts, "about-shown")


def when_empty(column: Shown, texts: Texts) -> str:
    """What an empty cell of a column means."""
    missing = "shown" if column.about is None else EMPTY.get(column.name, "never")
    return say(texts, f"empty-{missing}")


def unit(column: Shown, texts: Texts, currency: str | None) -> str:
    """The unit in which files hold a column; amounts in the currency of params.yaml."""
    if column.look == "money":
        return say(texts, "unit-amount-in", currency=currency) if currency else say(texts, "unit-amount")
    return say(texts, f"unit-{UNITS.get(column.look, 'text')}")


def values(column: Shown, texts: Texts, settings: Settings) -> list[tuple[str, str]]:
    """(value in files, word of the language) for each value that a column of a closed set can have."""
    if column.words is None:
        return []
    return [(value, word(texts, column.words, value)) for value in _sets(settings)[column.words]]


def _sets(settings: Settings) -> dict[str, Iterable[str]]:
    actions = settings.campaign.actions
    return {
        "answer": ("yes", "no"),
        "why_not": WHY_NOT,
        "band": BANDS,
        "tier": TIERS,
        "action": (*actions, NOTHING),
        "channel": tuple(dict.fromkeys(action.channel for action in actions.values())),
        "group": ("contact", "holdout"),
        "lifecycle": STAGES,
        "movement": MOVES,
    }


def _line(column: Shown, briefing: Mapping[str, Any], texts: Texts, settings: Settings) -> tuple[str, ...]:
    pairs = "; ".join(f"{value} ({said})" for value, said in values(column, texts, settings))
    currency = briefing["money"]["currency"]
    return (
        column.name,
        column.heading,
        meaning(column, texts),
        unit(column, texts, currency),
        when_empty(column, texts),
        pairs,
    )


def _files(texts: Texts) -> list[tuple[str, ...]]:
    presets = [(f"preset_{tool}.csv", say(texts, "file-preset", tool=name)) for tool, name in TOOL_NAMES.items()]
    about = [
        ("risk_list.csv", say(texts, "file-csv")),
        ("risk_list.parquet", say(texts, "file-parquet")),
        ("contact_<action>.csv", say(texts, "file-contact")),
        *presets,
    ]
    return [(name, "", sentence, "", "", "") for name, sentence in about]
