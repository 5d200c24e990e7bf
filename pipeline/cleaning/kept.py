"""Columns kept beside the events to be shown, never features: read as text, merged with their events, written apart.

They lie in data/events/kept, in blocks of their own, so that no change of them touches what training reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.cleaning.ids import EMAIL
from pipeline.cleaning.nothing import is_nothing
from pipeline.engine import Connection, identifier, literal
from pipeline.errors import ConfigError
from pipeline.store.blocks import Kind

LONGEST_VALUE = 256
FEW_VALUES = 20
MOST_PER_CUSTOMER = 0.5  # as many values for each customer name people rather than kinds


def source_column(place: int) -> str:
    """The name of the kept column at a place while rows are checked, as the source gave it."""
    return f"_kept_{place}"


def column(place: int) -> str:
    """The name of the kept column at a place, as text."""
    return f"kept_{place}"


def read_kept(kinds: dict[str, str], keep: Sequence[str]) -> str:
    """The kept columns as text behind others: outer spaces gone, null where nothing stands there.

    One character more than `LONGEST_VALUE` is read, so that what is cut can be counted. Raises ConfigError for a type
    that is no single value.
    """
    return "".join(
        f", {_text(source_column(place), kinds[source_column(place)], name)} AS {column(place)}"
        for place, name in enumerate(keep)
    )


def _text(cell: str, kind: str, name: str) -> str:
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        raise ConfigError(f"events.keep: {name} has the type {kind}, which is no text: pick one part in events.query.")
    text = f"trim(CAST({cell} AS VARCHAR))"
    if kind in ("DOUBLE", "FLOAT"):  # numbers that went through a float column: store 7.0 is store 7
        whole = f"isfinite({cell}) AND {cell} = trunc({cell}) AND abs({cell}) < 9e15"
        text = f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE {text} END"
    return f"CASE WHEN NOT {is_nothing(text)} THEN left({text}, {LONGEST_VALUE + 1}) END"


def kept_columns(keep: Sequence[str]) -> str:
    """The kept columns behind others, as they are."""
    return "".join(f", {column(place)}" for place in range(len(keep)))


def merged_columns(keep: Sequence[str]) -> str:
    """The kept columns of rows that become one event: the value of the earliest row that has one, ties the smallest."""
    return "".join(
        f", (min(struct_pack(t := event_time, v := {name})) FILTER (WHERE {name} IS NOT NULL)).v AS {name}"
        for name in map(column, range(len(keep)))
    )


def kept_kind(keep: Sequence[str]) -> Kind:
    """What the blocks of kept columns hold: the key of the event, and each column under the name it came with."""
    theirs = ", ".join(map(identifier, keep))
    columns = f"customer_id, event_time, event_day, event_type, {theirs}"
    return Kind(columns, f"customer_id, event_time, event_type, {theirs}")


def kept_rows(keep: Sequence[str]) -> str:
    """The rows of kept columns as SQL over `events`. One row per event with a value."""
    names = [f"e.{column(place)}" for place in range(len(keep))]  # a kept column may be named like one of ours
    cut = f"CASE WHEN length({{0}}) > {LONGEST_VALUE} THEN left({{0}}, {LONGEST_VALUE - 1}) || '…' ELSE {{0}} END"
    shown = ", ".join(f"{cut.format(name)} AS {identifier(yours)}" for name, yours in zip(names, keep, strict=True))
    some = " OR ".join(f"{name} IS NOT NULL" for name in names)
    return f"(SELECT customer_id, event_time, event_day, event_type, {shown} FROM events AS e WHERE {some})"


def kept_report(connection: Connection, keep: Sequence[str], rows: str) -> dict[str, dict[str, int]]:
    """Per kept column: events that have a value, different values, values cut, and those that look like e-mail.

    `rows` are those of all blocks, as SQL.
    """
    found = {}
    for name in keep:
        cell = f"k.{identifier(name)}"
        query = (
            f"SELECT count({cell}), count(DISTINCT {cell}), "
            f"count(*) FILTER (length({cell}) = {LONGEST_VALUE} AND ends_with({cell}, '…')), "
            f"count(*) FILTER (contains({cell}, '@') AND regexp_matches({cell}, {literal(EMAIL)})), "
            f"count(DISTINCT customer_id) FILTER ({cell} IS NOT NULL) FROM {rows} AS k"
        )
        figures = connection.execute(query).fetchall()[0]
        keys = ("events_with_a_value", "values", "cut", "like_email", "customers")
        found[name] = dict(zip(keys, map(int, figures), strict=True))
    return found


def warnings_of_kept(report: dict[str, dict[str, Any]]) -> list[str]:
    """What is odd about kept columns, in sentences without any value of theirs."""
    told = []
    for name, about in report.items():
        if not about["events_with_a_value"]:
            told.append(f"events.keep: {name} is empty in every event")
        if about["cut"]:
            told.append(f"events.keep: {about['cut']:,} values of {name} are cut to {LONGEST_VALUE} characters")
        if about["like_email"]:
            told.append(
                f"events.keep: {about['like_email']:,} values of {name} look like e-mail addresses, and they would "
                "stand in data/events and on the list: leave the column out"
            )
        elif about["values"] > FEW_VALUES and about["values"] >= MOST_PER_CUSTOMER * about["customers"]:
            told.append(
                f"events.keep: {name} has {about['values']:,} values for {about['customers']:,} customers: a column "
                "that names people rather than kinds has no place on the list"
            )
    return told
