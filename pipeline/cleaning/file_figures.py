"""What each file of the source holds, by the rules that one row alone can meet or break: figures that add up.

They depend on the file and, because of copies, on those before it: so a file that was read once need not be read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.cleaning.clock_changes import at_changes
from pipeline.engine import Connection
from pipeline.sections.events import Events
from pipeline.sources.sink import ROW_BITS, ROW_KEY

ENOUGH_AMOUNTS = 30  # a median of fewer moves by luck
DAYS, MEDIANS, MINDED = "file_days", "file_medians", "file_minded"
TABLES = (DAYS, MEDIANS, MINDED)
ORDER = {DAYS: "file, event_type, day", MEDIANS: "file, event_type", MINDED: "file"}


def create_file_figures(connection: Connection, events: Events, but: Sequence[int] = ()) -> None:
    """Create the tables of figures by file, each file known by its number, without the files in `but`.

    `file_days`: one row per file, type and local day with its rows, and how many of them have an amount, a negative
    one, and a stamp at midnight. `file_medians`: one row per file and type with enough amounts that are not nought.
    `file_minded`: one row per file with the rows of which a rule settled something.
    """
    file, accepted = f"{ROW_KEY} >> {ROW_BITS} AS file", "FROM checked WHERE reason IS NULL"
    if but:
        accepted += f" AND {ROW_KEY} >> {ROW_BITS} NOT IN ({', '.join(map(str, but))})"
    midnight = "count(*) FILTER (local_time = date_trunc('day', local_time))"
    connection.execute(
        f"CREATE TEMP TABLE {DAYS} AS SELECT {file}, event_type, event_day AS day, count(*) AS events, "
        f"count(amount) AS with_amount, count(*) FILTER (amount < 0) AS negative, {midnight} AS midnights "
        f"{accepted} GROUP BY ALL"
    )
    connection.execute(
        f"CREATE TEMP TABLE {MEDIANS} AS SELECT {file}, event_type, CAST(median(abs(amount)) AS DOUBLE) AS amount "
        f"{accepted} AND amount <> 0 GROUP BY ALL HAVING count(*) >= {ENOUGH_AMOUNTS}"
    )
    skipped, repeated = at_changes(connection, events)
    connection.execute(
        f"CREATE TEMP TABLE {MINDED} AS SELECT {file}, count(*) FILTER (trimmed) AS trimmed, "
        f"count(*) FILTER ({skipped}) AS skipped, count(*) FILTER ({repeated}) AS repeated {accepted} GROUP BY ALL"
    )


def days_of_files(connection: Connection) -> list[tuple[date, int]]:
    """Accepted rows by local day, over all files."""
    query = f"SELECT day, CAST(sum(events) AS BIGINT) FROM {DAYS} GROUP BY day"
    return list(connection.execute(query).fetchall())
