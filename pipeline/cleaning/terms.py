"""How long a renewal runs, where leaving is a lapse: read, checked, and rejected with the reason. SQL fragments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.engine import TERM, Connection, literal
from pipeline.sections.churn import Term

LONGEST_TERM = 3650
MOST_PLANS = 20  # that reasons name; a column of ids taken for plans would make as many reasons as it has values
LONGEST_PLAN = 40  # characters of a plan that a reason repeats
NAMED = "reason LIKE 'plan % is not in churn.term.days_by_plan'"
UNKNOWN_PLAN = "its plan is not in churn.term.days_by_plan"


def read_term(term: Term | None) -> str:
    """The columns `_raw_term` (as text) and `_days` (whole days where they can be read) behind others, or nothing."""
    if term is None:
        return ""
    if term.days is not None:
        return f", NULL::VARCHAR AS _raw_term, CAST({int(term.days)} AS INTEGER) AS _days"
    text = "trim(CAST(_term AS VARCHAR))"
    if term.column is not None:
        number = f"TRY_CAST({text} AS DOUBLE)"
        good = f"{number} = trunc({number}) AND {number} BETWEEN 1 AND {LONGEST_TERM}"
        return f", {text} AS _raw_term, CASE WHEN {good} THEN CAST({number} AS INTEGER) END AS _days"
    table = " ".join(f"WHEN {literal(plan.strip())} THEN {int(days)}" for plan, days in term.days_by_plan.items())
    return f", {text} AS _raw_term, CAST(CASE {text} {table} END AS INTEGER) AS _days"


def kept_term(term: Term | None, activity: tuple[str, ...]) -> str:
    """The column of the result behind others: other types than activity pay for nothing, so theirs is null."""
    return "" if term is None else f", CASE WHEN {_pays(activity)} THEN _days END AS {TERM}"


def _pays(activity: tuple[str, ...]) -> str:
    return f"event_type IN ({', '.join(literal(name) for name in activity)})"


def term_rules(term: Term | None, activity: tuple[str, ...]) -> list[tuple[str, str]]:
    """Tests and reasons of rows that cannot say how long they run; asked of activity events only."""
    if term is None or term.source is None:
        return []
    pays, missing = _pays(activity), "_raw_term IS NULL OR _raw_term = ''"
    if term.column is not None:
        rule = literal(f"the term in {term.column} is no whole number of days from 1 to {LONGEST_TERM}")
        return [(f"{pays} AND ({missing})", "'the term is missing'"), (f"{pays} AND _days IS NULL", rule)]
    named = f"'plan ' || left(_raw_term, {LONGEST_PLAN}) || ' is not in churn.term.days_by_plan'"
    return [(f"{pays} AND ({missing})", "'the plan is missing'"), (f"{pays} AND _days IS NULL", named)]


def unknown_plans(connection: Connection, term: Term | None) -> dict[str, int]:
    """Reasons of `checked` that name an unknown plan, and how many rows have each."""
    if term is None or term.plan_column is None:
        return {}
    query = f"SELECT reason, count(*) FROM checked WHERE {NAMED} GROUP BY reason"
    return dict(connection.execute(query).fetchall())


def most_unknown_plans(found: Mapping[str, int]) -> tuple[str, ...]:
    """The `MOST_PLANS` most frequent of these reasons."""
    return tuple(sorted(found, key=lambda reason: (-found[reason], reason.encode()))[:MOST_PLANS])


def shorten_plan_reasons(connection: Connection, term: Term | None, most: Sequence[str] | None) -> None:
    """Let reasons name these unknown plans only; None: all."""
    if term is None or term.plan_column is None or most is None:
        return
    told = f" AND reason NOT IN ({', '.join(map(literal, most))})" if most else ""
    connection.execute(f"UPDATE checked SET reason = {literal(UNKNOWN_PLAN)} WHERE {NAMED}{told}")
