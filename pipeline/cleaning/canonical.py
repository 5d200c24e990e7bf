"""From the donor's columns to canonical ones: the user's query or column map, with each row's identity kept."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from pipeline.cleaning.kept import source_column
from pipeline.cleaning.repeatable import refuse_unrepeatable
from pipeline.engine import Connection, DuckError, identifier, literal
from pipeline.errors import ConfigError, shortened
from pipeline.sections.churn import Term
from pipeline.sections.events import Events
from pipeline.sources.files import Source, columns_in_words
from pipeline.sources.names import HIDDEN
from pipeline.sources.sink import ROW_KEY

CANONICAL = ("customer_id", "event_time", "event_type", "amount")
OUT_KEY = f"{HIDDEN}key"
MERGES = "group_expressions", "group_sets", "having", "qualify", "sample"


def canonical_query(connection: Connection, events: Events, source: Source, term: Term | None = None) -> str:
    """SQL that gives one row per row of `raw` that the user wants, canonical columns and the row key.

    Raises ConfigError if the query is not a plain SELECT over `raw`, or a column that is needed does not exist.
    """
    plain = f"SELECT *, {ROW_KEY} AS {OUT_KEY} FROM raw"
    inner = _with_row_key(connection, events.query, source) if events.query else plain
    try:
        names = [row[0] for row in connection.execute(f"DESCRIBE {inner}").fetchall()]
    except DuckError as error:
        first = str(error).strip().splitlines()[0]
        raise ConfigError(
            f"events.query cannot run: {first}. The source has the columns {columns_in_words(source)}."
        ) from None
    picked = [_pick(name, events, names) for name in CANONICAL]
    extra = [f"{OUT_KEY} AS {ROW_KEY}"]
    for key, name, ours in _extras(events, term):
        if name not in names or name.startswith(HIDDEN):
            raise ConfigError(_missing(key, name, names))
        extra.append(f"{identifier(name)} AS {ours}")
    extra.append("CAST(reject_reason AS VARCHAR) AS _said" if "reject_reason" in names else "NULL::VARCHAR AS _said")
    return f"SELECT {', '.join(picked + extra)} FROM ({inner})"


def _extras(events: Events, term: Term | None) -> list[tuple[str, str, str]]:
    """(key of params.yaml, column that it names, our name of it) beside the canonical columns."""
    wanted: list[tuple[str, str | None, str]] = [("events.collapse", events.collapse, "_collapse")]
    if term is not None:
        wanted.append((term.source_key, term.source, "_term"))
    wanted.append(("events.event_id", events.event_id, "_event_id"))
    wanted += [("events.keep", name, source_column(place)) for place, name in enumerate(events.keep)]
    return [(key, name, ours) for key, name, ours in wanted if name]


def _pick(name: str, events: Events, names: list[str]) -> str:
    if name in events.constants:
        value = events.constants[name]
        return f"{literal(value) if isinstance(value, str) else repr(value)} AS {name}"
    yours = events.columns.get(name, name)  # type: ignore[call-overload]
    if yours in names:
        return f"{identifier(yours)} AS {name}"
    if name == "amount" and yours == "amount":
        return "NULL::DECIMAL(18, 6) AS amount"
    raise ConfigError(_missing(f"events.columns.{name}", yours, names))


def _missing(key: str, wanted: str, names: list[str]) -> str:
    visible = [name for name in names if not name.startswith(HIDDEN)]
    if any(re.match(r"\d{4}-\d\d-\d\d", name) for name in visible):  # never repeat a customer's row in a message
        return f"{key} names the column {wanted}, and the first line of the events holds data: put a header above it."
    taken = set(CANONICAL) - {wanted} if wanted in CANONICAL else set()  # each is what its name says
    folded = {name.lower().strip(): name for name in visible if name not in taken}
    close = [folded[name] for name in difflib.get_close_matches(wanted.lower(), folded, n=1, cutoff=0.6)]
    hint = (
        f"did you mean {close[0]}?"
        if close
        else "leave it out, or give it in events.query."
        if key == "events.keep"
        else "map it in events.columns, or give it in events.constants or events.query."
    )
    return f"{key} names the column {wanted}, which the events do not have; they have {shortened(visible)}; {hint}"


def _with_row_key(connection: Connection, query: str, source: Source) -> str:
    """The query with the row key added to its columns, so that each row keeps its identity.

    A query that groups, joins or limits has no such row: it is refused, since what it left out could not be counted.
    """
    if HIDDEN in query.lower():
        raise ConfigError(f"events.query mentions {ROW_KEY} or another {HIDDEN} name; these are ours: leave them out.")
    parsed = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
    tree: dict[str, Any] = json.loads(parsed[0][0])
    if tree.get("error"):
        raise ConfigError(f"events.query is not one SELECT that can be parsed: {tree.get('error_message')}.")
    statements = tree["statements"]
    if len(statements) != 1:
        raise ConfigError(f"events.query must be one SELECT, got {len(statements)} statements.")
    node = statements[0]["node"]
    if not _row_by_row(connection, node):
        raise ConfigError(
            "events.query must be SELECT ... FROM raw [WHERE ...]: without GROUP BY, DISTINCT, aggregates, joins, "
            "LIMIT or WITH, so that every row can be accounted for. Use events.collapse to merge lines into events."
        )
    refuse_unrepeatable(connection, node, source.columns)
    node["select_list"].append(
        {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": OUT_KEY, "query_location": 0, "column_names": [ROW_KEY]}
    )
    rebuilt = connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(tree)]).fetchall()
    return str(rebuilt[0][0])


def _row_by_row(connection: Connection, node: dict[str, Any]) -> bool:
    """Whether a SELECT gives at most one row for each row of `raw`, whatever the other rows are."""
    table = node.get("from_table") or {}
    if node["type"] != "SELECT_NODE" or table.get("type") != "BASE_TABLE" or table.get("table_name") != "raw":
        return False
    merges = any(node.get(key) for key in MERGES) or node.get("modifiers") or (node.get("cte_map") or {}).get("map")
    grouped = node.get("aggregate_handling", "STANDARD_HANDLING") != "STANDARD_HANDLING"
    return not (merges or grouped or table.get("sample") or _many_rows(connection, node))


def _many_rows(connection: Connection, node: dict[str, Any]) -> bool:
    names = connection.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'"
    )
    known = {row[0] for row in names.fetchall()} | {"unnest"}
    return any(found in known for found in _functions(node["select_list"]))


def _functions(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        own = [tree["function_name"]] if "function_name" in tree else []
        return own + [name for value in tree.values() for name in _functions(value)]
    return [name for item in tree for name in _functions(item)] if isinstance(tree, list) else []
