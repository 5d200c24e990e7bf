"""The time of an event: both its clocks as SQL, and the errors where a whole column is written in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    if kind == "TIMESTAMPTZ_NS":  # as pandas writes instants; cut, never rounded
        instant = "make_timestamptz(epoch_ns(event_time) // 1000)"
        return _columns(instant, f"timezone({literal(events.timezone)}, {instant})", "false")
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


@dataclass(frozen=True)
class Times:
    """How many rows there are, how many have no time, and of each other form how many and the first by letters."""

    rows: int = 0
    failed: int = 0
    shapes: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def __add__(self, other: Times) -> Times:
        """The same of the rows of both."""
        shapes = dict(self.shapes)
        for name, (number, first) in other.shapes.items():
            mine, before = shapes.get(name, (0, first))
            shapes[name] = (mine + number, min(before, first, key=str.encode))
        return Times(self.rows + other.rows, self.failed + other.failed, shapes)


def count_times(connection: Connection, canonical: str, events: Events, always: bool = False) -> Times:
    """Of the rows in `checked`; forms are looked at where more than half have no time, or `always`, where any has."""
    query = f"SELECT count(*), count(*) FILTER (reason = {literal(NO_TIME[events.time_unit])}) FROM checked"
    rows, failed = connection.execute(query).fetchall()[0]
    if failed * 2 <= rows and not (always and failed):
        return Times(rows, failed)
    text = "trim(CAST(event_time AS VARCHAR))"
    shapes = {name: f"regexp_matches({text}, {literal(form)})" for name, form in _forms(events).items()}
    counted = ", ".join(f"count(*) FILTER ({test}), min({text}) FILTER ({test})" for test in shapes.values())
    row = connection.execute(f"SELECT {counted} FROM ({canonical})").fetchall()[0]
    found = {name: (row[2 * at], row[2 * at + 1]) for at, name in enumerate(shapes) if row[2 * at]}
    return Times(rows, failed, found)


def refuse_other_times(times: Times, events: Events) -> None:
    """Raise ConfigError if more than half of all rows have times of another form than the settings say."""
    if times.failed * 2 <= times.rows:
        return
    for name in _forms(events):
        number, first = times.shapes.get(name, (0, ""))
        if number * 2 > times.rows:
            raise ConfigError(f"{number:,} of {times.rows:,} rows have an event_time {_REMEDY[name](first)}")


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
