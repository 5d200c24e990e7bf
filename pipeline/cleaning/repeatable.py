"""What events.query may call: the same rows must give the same events, from the table `raw` and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.engine import Connection
from pipeline.errors import ConfigError

# Names that SQL reads as functions without brackets, unless a column is called so.
NILADIC = {
    *("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "user"),
    *("session_user", "current_role", "current_catalog", "current_schema", "current_database"),
}
# The engine calls these repeatable, or does not say: they read the clock, the session, or the machine.
MORE = NILADIC | {
    *("current_localtime", "current_localtimestamp", "ago", "get_block_size", "getenv", "version", "query"),
    *("get_current_time", "get_current_timestamp", "setseed", "sleep_ms", "write_log", "pragma_version"),
}
PREFIXES = ("pg_", "inet_", "has_", "duckdb_", "pragma_", "current_", "txid_", "json_execute")
BY_ORDER = {
    *("first", "last", "any_value", "arbitrary", "list", "array_agg", "string_agg", "group_concat", "listagg"),
    *("mode", "max_by", "min_by", "argmin", "argmax", "reservoir_quantile"),
}
CLOCK_WITH_ONE_ARGUMENT = {"age"}  # since today


def refuse_unrepeatable(connection: Connection, tree: Any, columns: Iterable[str]) -> None:
    """Raise ConfigError if a parsed query reads a clock, chance, the session, or any table but `raw`."""
    query = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
    unstable = {name for (name,) in connection.execute(query).fetchall()} - {"error"} | MORE
    theirs = {name.lower() for name in columns}
    for node in _nodes(tree):
        name = _called(node, theirs)
        if name in unstable or name.startswith(PREFIXES) or _since_today(node, name):
            raise ConfigError(
                f"events.query calls {name}, whose answer changes from run to run or from machine to machine: "
                "leave it out, so that the same source gives the same events."
            )
        if _other_table(node):
            raise ConfigError(
                "events.query must be SELECT ... FROM raw [WHERE ...]: it reads another table or a file. "
                "Put the data into the source, or bring it as customers.source."
            )
        if _by_order(node, name):
            raise ConfigError(
                "events.query must be SELECT ... FROM raw [WHERE ...]: by OVER, LIMIT, a sample or the first of many "
                "it asks for an order of rows, which is not settled. Use events.collapse to merge lines into events, "
                "events.event_id for repeated ones."
            )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a parsed query, however deep."""
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _called(node: dict[str, Any], columns: set[str]) -> str:
    """The function that a node calls, in small letters; empty for other nodes."""
    if "function_name" in node:
        return str(node["function_name"]).lower()
    names = node.get("column_names") or []
    if node.get("class") == "COLUMN_REF" and len(names) == 1 and str(names[0]).lower() not in columns:
        name = str(names[0]).lower()
        return name if name in NILADIC else ""
    return ""


def _since_today(node: dict[str, Any], name: str) -> bool:
    return name in CLOCK_WITH_ONE_ARGUMENT and len(node.get("arguments") or node.get("children") or []) == 1


def _by_order(node: dict[str, Any], name: str) -> bool:
    sampled = node.get("class") == "WINDOW" or "LIMIT" in str(node.get("type")) or bool(node.get("sample"))
    return sampled or name in BY_ORDER or name.startswith(("approx_", "arg_m"))


def _other_table(node: dict[str, Any]) -> bool:
    if node.get("type") == "TABLE_FUNCTION":
        return True
    named = node.get("type") == "BASE_TABLE" and (node.get("table_name") != "raw" or node.get("schema_name"))
    return bool(named)
