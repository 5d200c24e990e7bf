"""What a rule settled and no row was left out for: counted, and said where it happens."""

from __future__ import annotations

from pipeline.cleaning.clock_changes import count_at_changes
from pipeline.engine import Connection
from pipeline.sections.events import Events
from pipeline.sources.files import Source

MINDED = {
    "empty_files": "{} files of the source have a header and no rows",
    "ids_trimmed": "{} rows have spaces around customer_id, which were cut off",
    "times_skipped_by_the_clock": "{} times without an offset lie in an hour that daylight saving skips; they count as "
    "so much later",
    "times_repeated_by_the_clock": "{} times without an offset lie in an hour that daylight saving repeats; they count "
    "as the second of the two",
}


def count_minded(connection: Connection, source: Source, events: Events) -> dict[str, int]:
    """Figures of what was settled by a rule and left no row out."""
    skipped, repeated = count_at_changes(connection, events)
    query = "SELECT count(*) FROM checked WHERE reason IS NULL AND trimmed"
    trimmed = int(connection.execute(query).fetchall()[0][0])
    return {
        "lines_without_a_row": source.unread,
        "empty_files": source.empty,
        "ids_trimmed": trimmed,
        "times_skipped_by_the_clock": skipped,
        "times_repeated_by_the_clock": repeated,
    }


def warnings_of(minded: dict[str, int]) -> list[str]:
    """One sentence for each figure that is not nought."""
    return [sentence.format(f"{minded[name]:,}") for name, sentence in MINDED.items() if minded[name]]
