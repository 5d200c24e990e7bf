"""The columns of a list as a person sees them: heading, explanation, look, and whether they are seen at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.language.catalogue import Texts
from pipeline.listing.schema import COLUMNS, Column, Look
from pipeline.spreadsheets.harmless import harmless

BY_NAME = {column.name: column for column in COLUMNS}
AMOUNTS = ("value_at_risk", "expected_value", "spend_12m")
# Of columns that not every list has; the others have the look of their type.
OWN_LOOK: dict[str, Look] = {"spend_12m": "money", "saved_value": "money", "saved_probability": "points"}


@dataclass(frozen=True)
class Shown:
    """One column of the workbook. `about` is None for a column of the customer's own data."""

    name: str
    heading: str
    about: str | None
    look: Look
    words: str | None
    front: bool


def shown_columns(table: pa.Table, texts: Texts, briefing: Mapping[str, Any]) -> list[Shown]:
    """The columns of the table in the order in which the workbook has them: those seen at once first.

    Lists of numbers (the activity of 52 weeks) are for the page and for programs: they are left out. Amounts that are
    not known go to the back. Headings are unique, for a filter has no use for two of one name.
    """
    known = bool(briefing["money"]["known"])
    found = [_shown(field, texts, known) for field in table.schema if not pa.types.is_list(field.type)]
    ordered = [*(one for one in found if one.front), *(one for one in found if not one.front)]
    return _unique(ordered)


def _shown(field: pa.Field, texts: Texts, amounts_known: bool) -> Shown:
    name, column = field.name, BY_NAME.get(field.name)
    heading = texts.say(f"column-{name}") if texts.knows(f"column-{name}") else texts.names.get(name, _plain(name))
    about = texts.say(f"about-{name}") if texts.knows(f"about-{name}") else None
    front = column is not None and column.front and (amounts_known or name not in AMOUNTS)
    return Shown(name, harmless(heading), about, _look(field, column), column.words if column else None, front)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _look(field: pa.Field, column: Column | None) -> Look:
    if column is not None:
        return column.look
    if pa.types.is_date(field.type):
        return "date"
    if pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type):
        return OWN_LOOK.get(field.name, "number")
    return "text"


def _unique(columns: list[Shown]) -> list[Shown]:
    taken: set[str] = set()
    result = []
    for column in columns:
        heading = column.heading if column.heading not in taken else f"{column.heading} ({column.name})"
        taken.add(heading)
        result.append(Shown(column.name, heading, column.about, column.look, column.words, column.front))
    return result
