"""The rules that an event must meet, each with the reason that a rejected row carries."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cleaning.ids import settle_same_ids
from pipeline.cleaning.kept import kept_columns, read_kept
from pipeline.cleaning.nothing import is_nothing
from pipeline.cleaning.terms import kept_term, read_term, shorten_plan_reasons, term_rules
from pipeline.cleaning.times import NO_TIME, refuse_other_times, times_sql
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
NEGATIVE = "amount is negative, and no return is declared (a friction type in events.money)"


@dataclass(frozen=True)
class Typed:
    """The DuckDB types of the canonical columns as the source gave them."""

    customer_id: str
    event_time: str
    amount: str


def create_checked(
    connection: Connection, canonical: str, events: Events, term: Term | None = None, silence_is_odd: bool = True
) -> None:
    """Create the table `checked`: one row per row of the query, cast, with `reason` null where every rule is met.

    Columns: row key, customer_id (without spaces around it; `trimmed` where there were some), local_time (business time
    zone), event_time (UTC), `naive` where the source gave a wall clock, event_type, amount, collapse value, event_id,
    reason, `term_days` for a lapse, and a text per column of `events.keep`. Without `events.known_until`, a stamp far
    after nearly all others is one of the future, unless `silence_is_odd` is false. Raises ConfigError if a column
    cannot be what it is said to be.
    """
    kinds = {name: str(kind) for name, kind, *_ in connection.execute(f"DESCRIBE {canonical}").fetchall()}
    typed = Typed(kinds["customer_id"], kinds["event_time"], kinds["amount"])
    collapse = "CAST(_collapse AS VARCHAR)" if "_collapse" in kinds else "NULL::VARCHAR"
    event_id = "CAST(_event_id AS VARCHAR)" if "_event_id" in kinds else "NULL::VARCHAR"
    connection.execute(f"""
        CREATE TEMP TABLE checked AS
        SELECT {ROW_KEY}, trim(customer_id) AS customer_id, customer_id <> trim(customer_id) AS trimmed, event_time,
               local_time, naive, event_type, amount, collapse_value, event_id, {_reasons(events, term)} AS reason
               {kept_term(term, events.roles.activity)}{kept_columns(events.keep)}
        FROM (
            SELECT {ROW_KEY}, {_id(typed.customer_id)} AS customer_id,
                   {times_sql(typed.event_time, events)},
                   event_time IS NULL OR trim(CAST(event_time AS VARCHAR)) = '' AS no_time,
                   CAST(event_type AS VARCHAR) AS event_type,
                   {_amount(typed.amount, events.csv.decimal)} AS amount,
                   amount IS NULL OR trim(CAST(amount AS VARCHAR)) = '' AS no_amount,
                   {collapse} AS collapse_value, {event_id} AS event_id, _said{read_term(term)}
                   {read_kept(kinds, events.keep)}
            FROM ({canonical})
        )
    """)
    refuse_other_times(connection, canonical, events)
    if events.known_until or silence_is_odd:
        _reject_future(connection, events)
    shorten_plan_reasons(connection, term)
    settle_same_ids(connection, events)


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


def _reasons(events: Events, term: Term | None) -> str:
    rules = [
        ("_said IS NOT NULL AND _said <> ''", "_said"),
        (is_nothing("customer_id"), "'customer_id is missing'"),
        (f"length(trim(customer_id)) > {LONGEST_ID}", f"'customer_id is longer than {LONGEST_ID} characters'"),
        (r"regexp_matches(customer_id, '[\x00-\x1f\x7f]')", "'customer_id holds a control character'"),
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


def _reject_future(connection: Connection, events: Events) -> None:
    if events.known_until:
        limit = f"DATE {literal(events.known_until)} + INTERVAL 1 DAY"
        reason = f"event_time is after events.known_until {events.known_until}"
    else:
        newest = _newest_of_the_present(connection)
        if newest is None:
            return
        limit = f"TIMESTAMP {literal(newest)} + INTERVAL {FUTURE_SLACK_DAYS} DAY"
        reason = f"event_time is more than {FUTURE_SLACK_DAYS} days after nearly all other events"
    connection.execute(
        f"UPDATE checked SET reason = {literal(reason)} WHERE reason IS NULL AND local_time "
        f"{'>=' if events.known_until else '>'} {limit}"
    )


def _newest_of_the_present(connection: Connection) -> str | None:
    """The stamp that all but a few lie up to; without a clock, the future is what lies far beyond it."""
    rows = connection.execute("SELECT count(*) FROM checked WHERE reason IS NULL").fetchall()[0][0]
    few = max(FUTURE_AT_MOST, rows // 10_000)
    if rows < ENOUGH_FOR_A_FUTURE:
        return None
    rank = (rows - few - 0.5) / rows  # so that rounding never takes the next one
    found = connection.execute(f"SELECT quantile_disc(local_time, {rank!r}) FROM checked WHERE reason IS NULL")
    return str(found.fetchall()[0][0])
