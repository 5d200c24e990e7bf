"""The log of contacts: cleaned by the rules of events, every row accounted for, the bad ones kept with their reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.cleaning.rejected import create_rejects, rejected_rows
from pipeline.cleaning.rules import create_checked
from pipeline.contacting.schema import LOG
from pipeline.engine import Connection, connect, identifier, literal
from pipeline.errors import ConfigError, EventError
from pipeline.protection.protect import Protection
from pipeline.sections.events import Events
from pipeline.settings import Settings
from pipeline.sources.files import Source, columns_in_words, open_source
from pipeline.sources.places import folder_of
from pipeline.sources.sink import ROW_KEY, Reading

SETTING = "contacts.source"
NEEDED = ("customer_id", "contact_time")
OPTIONAL = ("action", "channel", "offer", "cost")
YES, NO = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")  # 1.0: a column with gaps
WRITTEN = "Write the log's ids as text or whole numbers, and its times as {times}."
TIMES = {"iso": "2024-06-03 or 2024-06-03T10:00:00"}


@dataclass(frozen=True)
class Log:
    """What the log says.

    `contacts`: one row per contact, columns LOG, by customer and time; null where the log does not say. `rejected`: one
    row per row that is none, as it came, with file, row and reason. `report`: figures that add up,
    rows = duplicates + rejected + forgotten + contacts, and of how many contacts the word for an offer is neither yes
    nor no.
    """

    contacts: pa.Table
    rejected: pa.Table
    report: dict[str, Any]


def read_log(settings: Settings, protection: Protection) -> Log | None:
    """Read the log; None where there is none.

    Raises ConfigError for a column that is not there, EventError for a log that cannot be read or of which more than
    `contacts.max_rejected_share` is no contact.
    """
    section = settings.contacts
    if not section.has_log:
        return None
    with connect(settings.engine, [folder_of(section.source, SETTING)]) as connection:
        source = open_source(connection, section.source, Reading(settings.events.csv), SETTING, may_be_empty=True)
        columns = _columns(source, settings)
        copies = _drop_copies(connection, source)
        _check(connection, columns, settings.events)
        create_rejects(connection)
        rejected = rejected_rows(connection, source, protection)
        _refuse_too_many(len(rejected), source.rows - copies, settings)
        contacts = connection.sql(_contacts_query(columns)).to_arrow_table().cast(LOG)
        unread = _offers_unread(connection, columns)
    here = protection.table(contacts)
    report = {
        "rows": source.rows,
        "duplicates": copies,
        "rejected": len(rejected),
        "rejected_by_reason": _counts(rejected),
        "forgotten": len(contacts) - len(here),
        "contacts": len(here),
        "offers_not_understood": unread,
        "columns": sorted(columns),
    }
    return Log(here.sort_by([(name, "ascending") for name in LOG.names[:2]]), rejected, report)


def _columns(source: Source, settings: Settings) -> dict[str, str]:
    """Ours: theirs. What is named must be there; what is not named is used where it bears our name."""
    named, found = settings.contacts.columns, {}
    for ours in (*NEEDED, *OPTIONAL):
        theirs = named.get(ours, ours)  # type: ignore[call-overload]
        if theirs in source.columns:
            found[ours] = theirs
        elif ours in named or ours in NEEDED:
            raise ConfigError(
                f"contacts.columns.{ours} names the column {theirs}, which {settings.contacts.source} does not have; "
                f"it has {columns_in_words(source)}."
            )
    return found


def _drop_copies(connection: Connection, source: Source) -> int:
    """Keep the first of rows that are equal in every column of the source; how many others there were."""
    names = ", ".join(map(identifier, source.columns))
    connection.execute(
        f"CREATE TEMP TABLE once AS SELECT min({ROW_KEY}) AS {ROW_KEY}, {names} FROM numbered GROUP BY {names}"
    )
    found = connection.execute("SELECT (SELECT count(*) FROM numbered) - (SELECT count(*) FROM once)").fetchall()
    return int(found[0][0])


def _check(connection: Connection, columns: dict[str, str], events: Events) -> None:
    """Create the table `checked`: id, time and cost by the rules of events, with the reason where one is not met."""
    cost = identifier(columns["cost"]) if "cost" in columns else "NULL::DECIMAL(18, 6)"
    canonical = (
        f"SELECT {identifier(columns['customer_id'])} AS customer_id, {identifier(columns['contact_time'])} AS "
        f"event_time, 'contact' AS event_type, {cost} AS amount, {ROW_KEY}, NULL::VARCHAR AS _said FROM once"
    )
    plain = Events(
        source=events.source, timezone=events.timezone, roles=events.roles, csv=events.csv, time_unit=events.time_unit
    )
    try:
        create_checked(connection, canonical, plain, silence_is_odd=False)  # campaigns come in bursts
    except ConfigError as error:  # its remedy is one for events
        what = (
            str(error).split(": ")[0].replace("an event_time", "a contact_time").replace("event_time", "contact_time")
        )
        times = TIMES.get(events.time_unit, f"numbers of {events.time_unit} since 1970, as those of events.source")
        raise ConfigError(f"{SETTING}: {what}. {WRITTEN.format(times=times)}") from None
    # A number by now, whatever its decimal separator.
    connection.execute("UPDATE checked SET reason = 'cost is negative' WHERE reason IS NULL AND amount < 0")
    for reason, ours in (("event_time", "contact_time"), ("amount", "cost")):
        connection.execute(f"UPDATE checked SET reason = replace(reason, {literal(reason)}, {literal(ours)})")


def _refuse_too_many(bad: int, rows: int, settings: Settings) -> None:
    most = settings.contacts.max_rejected_share
    if rows and bad > most * rows:
        raise EventError(
            f"{settings.contacts.source}: {bad:,} of {rows:,} rows are no contacts, more than "
            f"contacts.max_rejected_share ({most:.0%}) allows. Mend "
            "the log, or raise the share."
        )


def _text(name: str, columns: dict[str, str]) -> str:
    if name not in columns:
        return "NULL::VARCHAR"
    return f"nullif(trim(CAST(n.{identifier(columns[name])} AS VARCHAR)), '')"


def _contacts_query(columns: dict[str, str]) -> str:
    offer = f"lower({_text('offer', columns)})"
    return (
        "SELECT c.customer_id, c.event_time AS contact_time, c.event_day AS contact_day, "
        f"{_text('action', columns)} AS action, {_text('channel', columns)} AS channel, "
        f"CASE WHEN {offer} IN ({_list(YES)}) THEN true WHEN {offer} IN ({_list(NO)}) THEN false END AS offer, "
        f"c.amount AS cost FROM checked c JOIN once n ON c.{ROW_KEY} = n.{ROW_KEY} WHERE c.reason IS NULL "
        f"ORDER BY c.customer_id, c.event_time, c.{ROW_KEY}"
    )


def _offers_unread(connection: Connection, columns: dict[str, str]) -> int:
    """Of how many contacts the log says something of an offer that is neither yes nor no."""
    query = (
        f"SELECT count(*) FROM checked c JOIN once n ON c.{ROW_KEY} = n.{ROW_KEY} WHERE c.reason IS NULL "
        f"AND lower({_text('offer', columns)}) NOT IN ({_list((*YES, *NO))})"
    )
    return int(connection.execute(query).fetchall()[0][0])


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))


def _counts(rejected: pa.Table) -> dict[str, int]:
    counted = rejected.column("reason").value_counts().to_pylist() if len(rejected) else []
    return dict(sorted((item["values"], int(item["counts"])) for item in counted))
