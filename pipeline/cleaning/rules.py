"""The rules that an event must meet, each with the reason that a rejected row carries."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cleaning.terms import kept_term, read_term, shorten_plan_reasons, term_rules
from pipeline.engine import Connection, literal
from pipeline.errors import ConfigError
from pipeline.sections.churn import Term
from pipeline.sections.events import Events
from pipeline.sources.sink import ROW_KEY, UNREAD

LONGEST_ID = 256
NO_ID = ("", "nan", "null", "none", "na", "n/a")  # how a missing id reads after an export through text
ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
OFFSET = r"[T ].*(Z|[+-]\d{2}(:?\d{2})?)$"
OLDEST = "1990-01-01"
NEVER = "2100-01-01"
FUTURE_SLACK_DAYS = 7


@dataclass(frozen=True)
class Typed:
    """The DuckDB types of the canonical columns as the source gave them."""

    customer_id: str
    event_time: str
    amount: str


def create_checked(connection: Connection, canonical: str, events: Events, term: Term | None = None) -> None:
    """Create the table `checked`: one row per row of the query, cast, with `reason` null where every rule is met.

    Columns: row key, customer_id, local_time (business time zone), event_time (UTC), event_type, amount, collapse
    value, reason, and `term_days` for a lapse. Raises ConfigError if a column's type cannot be what it is said to be.
    """
    kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {canonical}").fetchall()}
    typed = Typed(str(kinds["customer_id"]), str(kinds["event_time"]), str(kinds["amount"]))
    collapse = "CAST(_collapse AS VARCHAR)" if "_collapse" in kinds else "NULL::VARCHAR"
    connection.execute(f"""
        CREATE TEMP TABLE checked AS
        SELECT {ROW_KEY}, customer_id, event_time, local_time,
               event_type, amount, collapse_value, {_reasons(events, term)} AS reason
               {kept_term(term, events.roles.activity)}
        FROM (
            SELECT {ROW_KEY}, {_id(typed.customer_id)} AS customer_id,
                   {_times(typed.event_time, events.timezone)},
                   event_time IS NULL OR trim(CAST(event_time AS VARCHAR)) = '' AS no_time,
                   CAST(event_type AS VARCHAR) AS event_type,
                   {_amount(typed.amount)} AS amount,
                   amount IS NULL OR trim(CAST(amount AS VARCHAR)) = '' AS no_amount,
                   {collapse} AS collapse_value, _said{read_term(term)}
            FROM ({canonical})
        )
    """)
    _reject_future(connection, events)
    shorten_plan_reasons(connection, term)


def create_rejects(connection: Connection) -> None:
    """Create the view `rejects`: row key, reason, line. One row per rejected row, or line that makes no row."""
    connection.execute(
        f"CREATE TEMP VIEW rejects AS SELECT {ROW_KEY}, reason, NULL::VARCHAR AS line FROM checked "
        f"WHERE reason IS NOT NULL UNION ALL SELECT {ROW_KEY}, reason, line FROM {UNREAD}"
    )


def _id(kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):  # ids that went through a float column: 13085.0 is customer 13085
        whole = "isfinite(customer_id) AND customer_id = trunc(customer_id) AND abs(customer_id) < 9e15"
        return f"CASE WHEN {whole} THEN CAST(CAST(customer_id AS BIGINT) AS VARCHAR) END"
    return "CAST(customer_id AS VARCHAR)"


def _times(kind: str, zone: str) -> str:
    """Both times of an event: its instant in UTC and the wall clock of the business.

    An instant that came as one stays as it is; a wall clock that daylight saving skips or repeats is read as ICU does.
    """
    local, text = f"timezone({literal(zone)}, {{}})", "trim(event_time)"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"event_time AS event_time, {local.format('event_time')} AS local_time"
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        clock = "CAST(event_time AS TIMESTAMP)"
        return f"{local.format(clock)} AS event_time, {clock} AS local_time"
    if kind != "VARCHAR":
        raise ConfigError(
            f"event_time has the type {kind}, which is no time: turn it into one in events.query, "
            "for example make_timestamp(seconds * 1000000) for Unix seconds."
        )
    iso, shifted = f"regexp_matches({text}, {literal(ISO)})", f"regexp_matches({text}, {literal(OFFSET)})"
    clock, instant = f"TRY_CAST({text} AS TIMESTAMP)", f"TRY_CAST({text} AS TIMESTAMPTZ)"
    return (
        f"CASE WHEN NOT {iso} THEN NULL WHEN {shifted} THEN {instant} ELSE {local.format(clock)} END AS event_time, "
        f"CASE WHEN NOT {iso} THEN NULL WHEN {shifted} THEN {local.format(instant)} ELSE {clock} END AS local_time"
    )


def _amount(kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        return "CASE WHEN isfinite(amount) THEN TRY_CAST(amount AS DECIMAL(18, 6)) END"
    if kind == "VARCHAR":
        text = "trim(amount)"
        plain = literal(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
        return f"CASE WHEN regexp_matches({text}, {plain}) THEN TRY_CAST({text} AS DECIMAL(18, 6)) END"
    return "TRY_CAST(amount AS DECIMAL(18, 6))"


def _reasons(events: Events, term: Term | None) -> str:
    missing = ", ".join(literal(text) for text in NO_ID)
    rules = [
        ("_said IS NOT NULL AND _said <> ''", "_said"),
        (f"customer_id IS NULL OR lower(trim(customer_id)) IN ({missing})", "'customer_id is missing'"),
        (f"length(customer_id) > {LONGEST_ID}", f"'customer_id is longer than {LONGEST_ID} characters'"),
        (r"regexp_matches(customer_id, '[\x00-\x1f\x7f]')", "'customer_id holds a control character'"),
        ("no_time", "'event_time is missing'"),
        ("local_time IS NULL", "'event_time is no ISO date or time'"),
        (f"local_time < TIMESTAMP '{OLDEST}'", f"'event_time is before {OLDEST}'"),
        (f"local_time >= TIMESTAMP '{NEVER}'", f"'event_time is {NEVER} or later, which stands for never'"),
        ("event_type IS NULL OR trim(event_type) = ''", "'event_type is missing'"),
        ("amount IS NULL AND NOT no_amount", "'amount is no number below a million million'"),
    ]
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
        # Without a clock the future is what lies far beyond almost all other events.
        found = connection.execute(
            "SELECT quantile_disc(local_time, 0.9999) FROM checked WHERE reason IS NULL"
        ).fetchone()
        if found is None or found[0] is None:
            return
        limit = f"TIMESTAMP {literal(str(found[0]))} + INTERVAL {FUTURE_SLACK_DAYS} DAY"
        reason = f"event_time is more than {FUTURE_SLACK_DAYS} days after 99.99% of all events"
    connection.execute(
        f"UPDATE checked SET reason = {literal(reason)} WHERE reason IS NULL AND local_time "
        f"{'>=' if events.known_until else '>'} {limit}"
    )
