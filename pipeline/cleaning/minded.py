"""What a rule settled and no row was left out for: counted, and said where it happens."""

from __future__ import annotations

from pipeline.cleaning.findings import Finding
from pipeline.engine import Connection

MINDED = {
    "empty_files": "{} files of the source have a header and no rows",
    "ids_trimmed": "{} rows have spaces around customer_id, which were cut off",
    "times_skipped_by_the_clock": "{} times without an offset lie in an hour that daylight saving skips; they count as "
    "so much later",
    "times_repeated_by_the_clock": "{} times without an offset lie in an hour that daylight saving repeats; they count "
    "as the second of the two",
}


def count_minded(connection: Connection, unread: int, empty_files: int) -> dict[str, int]:
    """Figures of what was settled by a rule and left no row out."""
    query = "SELECT sum(trimmed), sum(skipped), sum(repeated) FROM file_minded"
    trimmed, skipped, repeated = (int(number or 0) for number in connection.execute(query).fetchall()[0])
    return {
        "lines_without_a_row": unread,
        "empty_files": empty_files,
        "ids_trimmed": trimmed,
        "times_skipped_by_the_clock": skipped,
        "times_repeated_by_the_clock": repeated,
    }


def findings_of(minded: dict[str, int]) -> list[Finding]:
    """The same for the usability report."""
    found = []
    if minded["empty_files"]:
        what = MINDED["empty_files"].format(f"{minded['empty_files']:,}")
        found.append(Finding("empty files", "info", "", "source", what, "Nothing, if nothing happened then."))
    if minded["ids_trimmed"]:
        what = MINDED["ids_trimmed"].format(f"{minded['ids_trimmed']:,}")
        found.append(Finding("spaces around ids", "warning", "customer_id", "source", what, "Mend the export."))
    skipped, repeated = minded["times_skipped_by_the_clock"], minded["times_repeated_by_the_clock"]
    if skipped + repeated:
        what = (
            f"{skipped:,} stamps lie in an hour that clocks skip in spring, {repeated:,} in one they repeat in autumn"
        )
        advice = "At most an hour is in doubt. If there are many, are the stamps really in events.timezone?"
        found.append(Finding("clock changes", "info", "event_time", "events", what, advice))
    return found


def warnings_of(minded: dict[str, int]) -> list[str]:
    """One sentence for each figure that is not nought."""
    return [sentence.format(f"{minded[name]:,}") for name, sentence in MINDED.items() if minded[name]]
