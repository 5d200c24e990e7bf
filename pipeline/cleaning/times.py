"""The time of an event: both its clocks as SQL, and the errors where a whole column is written in another way."""

from __future__ import annotations

from pipeline.engine import Connection, literal
from pipeline.errors import ConfigError
from pipeline.sections.events import Events

ZONE = r"(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)"  # no zone of the world is farther than 15 hours away
ISO = rf"^\d{{4}}-\d{{2}}-\d{{2}}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?( ?{ZONE})?)?$"
OFFSET = rf"[T ].*{ZONE}$"
NUMBER = r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$"
SLASHED = r"^\d{1,4}[/.]\d{1,2}[/.]\d{1,4}"
MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}
FARTHEST = 8_000_000_000_000_000  # microseconds, beyond which no calendar of the engine needs to reach: the year 2223
NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "DOUBLE", "FLOAT", "DECIMAL")
NO_TIME = {
    "iso": "event_time is no ISO date or time",
    **{unit: f"event_time is no number of {unit} since 1970" for unit in MICROSECONDS},
}


def times_sql(kind: str, events: Events) -> str:
    """Three columns: the instant in UTC, the wall clock of the business, and whether the source gave a wall clock.

    An instant that came as one stays as it is; a wall clock that daylight saving skips or repeats is read as ICU does.
    Raises ConfigError if the type of the column is no time.
    """
    local, text = f"timezone({literal(events.timezone)}, {{}})", "trim(event_time)"
    if events.timezone == "UTC" and kind == "TIMESTAMP WITH TIME ZONE":  # the same, at a tenth of the cost
        local = "CASE WHEN isfinite({0}) THEN make_timestamp(epoch_us({0})) END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _columns("event_time", local.format("event_time"), "false")
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        clock = "TRY_CAST(event_time AS TIMESTAMP)"
        if kind == "TIMESTAMP_NS":  # cut as text is, never rounded into the next day
            clock = "CASE WHEN isfinite(event_time) THEN make_timestamp(epoch_ns(event_time) // 1000) END"
        return _columns(local.format(clock), clock, "true")
    if events.time_unit != "iso":
        return _columns(_instant(kind, events.time_unit), local.format(_instant(kind, events.time_unit)), "false")
    _refuse_kind(kind)
    iso, shifted = f"regexp_matches({text}, {literal(ISO)})", f"regexp_matches({text}, {literal(OFFSET)})"
    clock, instant = f"TRY_CAST({text} AS TIMESTAMP)", f"TRY_CAST({text} AS TIMESTAMPTZ)"
    return _columns(
        f"CASE WHEN NOT {iso} THEN NULL WHEN {shifted} THEN {instant} ELSE {local.format(clock)} END",
        f"CASE WHEN NOT {iso} THEN NULL WHEN {shifted} THEN {local.format(instant)} ELSE {clock} END",
        f"coalesce({iso} AND NOT {shifted}, false)",
    )


def _columns(instant: str, clock: str, naive: str) -> str:
    return f"{instant} AS event_time, {clock} AS local_time, {naive} AS naive"


def _instant(kind: str, unit: str) -> str:
    """A number since 1970, also as text, as an instant; null where it is none or out of all reach."""
    if kind == "VARCHAR":
        text = "trim(event_time)"
        number = f"CASE WHEN regexp_matches({text}, {literal(NUMBER)}) THEN TRY_CAST({text} AS DECIMAL(38, 9)) END"
    elif kind.startswith(NUMBERS):
        number = "TRY_CAST(event_time AS DECIMAL(38, 9))"
    else:
        raise ConfigError(f"event_time has the type {kind}, which is no number of {unit}: mend events.time_unit.")
    factor = MICROSECONDS[unit]
    within = f"CASE WHEN abs({number}) <= {FARTHEST // factor} THEN {number} END"
    return f"make_timestamptz(CAST(round(({within})::DECIMAL(38, 9) * {factor}) AS BIGINT))"


def _refuse_kind(kind: str) -> None:
    if kind.startswith(NUMBERS):
        raise ConfigError(
            f"event_time has the type {kind}, and numbers are no ISO times: set events.time_unit to seconds, "
            "milliseconds or microseconds since 1970."
        )
    if kind != "VARCHAR":
        raise ConfigError(f"event_time has the type {kind}, which is no time: turn it into one in events.query.")


def refuse_other_times(connection: Connection, canonical: str, events: Events) -> None:
    """Raise ConfigError if more than half of all rows have times of another form than the settings say."""
    failed = f"count(*) FILTER (reason = {literal(NO_TIME[events.time_unit])})"
    found = connection.execute(f"SELECT {failed}, count(*) FROM checked").fetchall()[0]
    if found[0] * 2 <= found[1]:
        return
    text = "trim(CAST(event_time AS VARCHAR))"
    shapes = {name: f"regexp_matches({text}, {literal(form)})" for name, form in _forms(events).items()}
    counted = ", ".join(f"count(*) FILTER ({test}), min({text}) FILTER ({test})" for test in shapes.values())
    row = connection.execute(f"SELECT {counted} FROM ({canonical})").fetchall()[0]
    for at, name in enumerate(shapes):
        if row[2 * at] * 2 > found[1]:
            raise ConfigError(
                f"{row[2 * at]:,} of {found[1]:,} rows have an event_time {_REMEDY[name](row[2 * at + 1])}"
            )


def _forms(events: Events) -> dict[str, str]:
    forms = {"slashed": SLASHED, "number": NUMBER}
    return forms if events.time_unit == "iso" else {"out of reach": NUMBER, "iso": ISO}


_REMEDY = {
    "slashed": lambda seen: (
        f"like {seen}, of which nobody can tell whether day or month comes first: write it in events.query, "
        "for example strptime(event_time, '%d/%m/%Y') AS event_time."
    ),
    "number": lambda seen: (
        f"that is a number, like {seen}: set events.time_unit to seconds, milliseconds or microseconds since 1970."
    ),
    "out of reach": lambda seen: f"beyond the year 2200, like {seen}: mend events.time_unit.",
    "iso": lambda seen: f"that is an ISO time, like {seen}: set events.time_unit: iso.",
}
