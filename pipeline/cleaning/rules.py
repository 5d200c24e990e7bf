"""The rules that an event must meet, each with the reason that a rejected row carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.cleaning.ids import settle_same_ids
from pipeline.cleaning.kept import kept_columns, read_kept
from pipeline.cleaning.nothing import is_nothing
from pipeline.cleaning.terms import (
    kept_term,
    most_unknown_plans,
    read_term,
    shorten_plan_reasons,
    term_rules,
    unknown_plans,
)
from pipeline.cleaning.times import NO_TIME, count_times, refuse_other_times, times_sql
from pipeline.engine import Connection, literal
from pipeline.errors import ConfigError
from pipeline.sections.churn import Term
from pipeline.sections.events import Events
from pipeline.sources.sink import ROW_KEY

LONGEST_ID = 256
OLDEST = "1990-01-01"
NEVER = "2100-01-01"
FUTURE_SLACK_DAYS = 7
FUTURE_AT_MOST = 3  # stamps of the future, or one in 10,000 where that is more
ENOUGH_FOR_A_FUTURE = 1_000  # with fewer events a week of silence may be how they come
WHOLE_NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")
NEGATIVE = "amount is negative, and no return is declared (a friction type in events.money)"


@dataclass(frozen=True)
class Whole:
    """What only the whole source tells, where `checked` holds some of its rows: which unknown plans reasons name.

    None: all of them, as long as nobody knows.
    """

    plans: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Typed:
    """The DuckDB types of the canonical columns as the source gave them."""

    customer_id: str
    event_time: str
    amount: str


def create_checked(
    connection: Connection, canonical: str, events: Events, term: Term | None = None, silence_is_odd: bool = True
) -> None:
    """Create the table `checked` with every rule applied: `check_rows`, then `settle_rows`.

    Without `events.known_until`, a day far after nearly all others is one of the future, unless `silence_is_odd` is
    false.
    """
    check_rows(connection, canonical, events, term)
    settle_rows(connection, events, last_day_of_the_present(accepted_days(connection)) if silence_is_odd else None)


def check_rows(
    connection: Connection, canonical: str, events: Events, term: Term | None = None, whole: Whole | None = None
) -> None:
    """Create the table `checked`: one row per row of the query, cast, with `reason` null where its own rules are met.

    Columns: row key, customer_id (without spaces around it; `trimmed` where there were some), local_time (business time
    zone) and its event_day, event_time (UTC), `naive` where the source gave a wall clock, event_type, amount, collapse
    value, event_id, reason, `term_days` for a lapse, and a text per column of `events.keep`. Raises ConfigError if a
    column cannot be what it is said to be. `whole`: what is known of the whole source, where this is a part.
    """
    kinds = {name: str(kind) for name, kind, *_ in connection.execute(f"DESCRIBE {canonical}").fetchall()}
    typed = Typed(kinds["customer_id"], kinds["event_time"], kinds["amount"])
    plain = _plain_ids(connection, canonical, typed.customer_id)
    owner = ("customer_id", "false") if plain else ("trim(customer_id)", "customer_id <> trim(customer_id)")
    collapse = "CAST(_collapse AS VARCHAR)" if "_collapse" in kinds else "NULL::VARCHAR"
    event_id = "CAST(_event_id AS VARCHAR)" if "_event_id" in kinds else "NULL::VARCHAR"
    connection.execute(f"""
        CREATE TEMP TABLE checked AS
        SELECT {ROW_KEY}, {owner[0]} AS customer_id, {owner[1]} AS trimmed, event_time, local_time,
               CAST(local_time AS DATE) AS event_day, naive, event_type, amount, collapse_value, event_id,
               {_reasons(events, term, plain)} AS reason
               {kept_term(term, events.roles.activity)}{kept_columns(events.keep)}
        FROM (
            SELECT {ROW_KEY}, {_id(typed.customer_id)} AS customer_id,
                   {times_sql(typed.event_time, events)}, {_empty("event_time", typed.event_time)} AS no_time,
                   CAST(event_type AS VARCHAR) AS event_type,
                   {_amount(typed.amount, events.csv.decimal)} AS amount,
                   {_empty("amount", typed.amount)} AS no_amount,
                   {collapse} AS collapse_value, {event_id} AS event_id, _said{read_term(term)}
                   {read_kept(kinds, events.keep)}
            FROM ({canonical})
        )
    """)
    if whole is None:
        refuse_other_times(count_times(connection, canonical, events), events)
    shorten_plan_reasons(
        connection, term, whole.plans if whole else most_unknown_plans(unknown_plans(connection, term))
    )


def settle_rows(connection: Connection, events: Events, last_day: date | None) -> None:
    """Apply to `checked` what one row alone cannot know: which stamps are of the future, and whose id another has."""
    reject_future(connection, events, last_day)
    settle_same_ids(connection, events)


def _empty(name: str, kind: str) -> str:
    """SQL that asks whether nothing stands in a cell; only a text can be there and be empty."""
    return f"{name} IS NULL OR trim({name}) = ''" if kind == "VARCHAR" else f"{name} IS NULL"


def _plain_ids(connection: Connection, canonical: str, kind: str) -> bool:
    """Whether no id needs a rule but the one for null; there are far fewer ids than rows to ask."""
    if kind in WHOLE_NUMBERS:
        return True
    bad = " OR ".join(test for test, _ in _id_rules())
    ids = f"SELECT {_id(kind)} AS customer_id FROM (SELECT DISTINCT customer_id FROM ({canonical}))"
    query = (
        f"SELECT count(*) FROM ({ids}) WHERE customer_id IS NOT NULL AND ({bad} OR customer_id <> trim(customer_id))"
    )
    return connection.execute(query).fetchall()[0][0] == 0


def _id(kind: str) -> str:
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        raise ConfigError(f"customer_id has the type {kind}, which is no id: pick one part of it in events.query.")
    if kind in ("DOUBLE", "FLOAT"):  # ids that went through a float column: 13085.0 is customer 13085
        whole = "isfinite(customer_id) AND customer_id = trunc(customer_id) AND abs(customer_id) < 9e15"
        return f"CASE WHEN {whole} THEN CAST(CAST(customer_id AS BIGINT) AS VARCHAR) END"
    return "CAST(customer_id AS VARCHAR)"


def _amount(kind: str, decimal: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        return "CASE WHEN isfinite(amount) THEN TRY_CAST(amount AS DECIMAL(18, 6)) END"
    if kind == "VARCHAR":
        text, point = "trim(amount)", "," if decimal == "," else r"\."
        plain = literal(rf"^[+-]?(\d+({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$")
        number = f"replace({text}, ',', '.')"
        return f"CASE WHEN regexp_matches({text}, {plain}) THEN TRY_CAST({number} AS DECIMAL(18, 6)) END"
    return "TRY_CAST(amount AS DECIMAL(18, 6))"


def _id_rules() -> list[tuple[str, str]]:
    return [
        (is_nothing("customer_id"), "'customer_id is missing'"),
        (f"length(trim(customer_id)) > {LONGEST_ID}", f"'customer_id is longer than {LONGEST_ID} characters'"),
        (r"regexp_matches(customer_id, '[\x00-\x1f\x7f]')", "'customer_id holds a control character'"),
    ]


def _reasons(events: Events, term: Term | None, plain_ids: bool) -> str:
    rules = [
        ("_said IS NOT NULL AND _said <> ''", "_said"),
        *([("customer_id IS NULL", "'customer_id is missing'")] if plain_ids else _id_rules()),
        ("no_time", "'event_time is missing'"),
        ("local_time IS NULL", literal(NO_TIME[events.time_unit])),
        (f"local_time < TIMESTAMP '{OLDEST}'", f"'event_time is before {OLDEST}'"),
        (f"local_time >= TIMESTAMP '{NEVER}'", f"'event_time is {NEVER} or later, which stands for never'"),
        ("event_type IS NULL OR trim(event_type) = ''", "'event_type is missing'"),
        ("amount IS NULL AND NOT no_amount", "'amount is no number below a million million'"),
    ]
    paid = [name for name in events.roles.activity if name in events.money]
    if paid and not any(name in events.money for name in events.roles.friction):
        named = ", ".join(literal(name) for name in paid)
        rules.append((f"event_type IN ({named}) AND amount < 0", literal(NEGATIVE)))
    if events.unknown_types == "reject":
        known = ", ".join(literal(name) for name in events.roles.named())
        rules.append((f"event_type NOT IN ({known})", "'event_type has no role'"))
    rules += term_rules(term, events.roles.activity)
    return "CASE " + " ".join(f"WHEN {test} THEN {reason}" for test, reason in rules) + " END"


def reject_future(connection: Connection, events: Events, last_day: date | None) -> None:
    """Reject stamps after `events.known_until`, or after the last day of the present, where there is one."""
    if events.known_until:
        last_day = date.fromisoformat(events.known_until)
        reason = f"event_time is after events.known_until {events.known_until}"
    else:
        reason = f"event_time is more than {FUTURE_SLACK_DAYS} days after nearly all other events"
    if last_day is not None:
        connection.execute(
            f"UPDATE checked SET reason = {literal(reason)} WHERE reason IS NULL AND event_day > DATE '{last_day}'"
        )


def accepted_days(connection: Connection) -> list[tuple[date, int]]:
    """How many accepted rows `checked` has by local day."""
    query = "SELECT event_day, count(*) FROM checked WHERE reason IS NULL GROUP BY 1"
    return list(connection.execute(query).fetchall())


def last_day_of_the_present(days: Iterable[tuple[date, int]]) -> date | None:
    """The day up to which stamps are believed: a week after the day that all but a few rows lie up to.

    `days`: rows by day; a day may come several times. None where there are too few rows to know. Without a clock, the
    future is what lies far beyond nearly everything.
    """
    counted: Counter[date] = Counter()
    for day, rows in days:
        counted[day] += rows
    total = counted.total()
    few = max(FUTURE_AT_MOST, total // 10_000)
    if total < ENOUGH_FOR_A_FUTURE:
        return None
    for day in sorted(counted, reverse=True):
        few -= counted[day]
        if few < 0:
            return day + timedelta(days=FUTURE_SLACK_DAYS)
    return None
