"""`python -m pipeline.suggest data/raw/x.csv`: looks at a source, says what it holds, and proposes a params.yaml."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cleaning.accounts import Counts, clean
from pipeline.cleaning.usable import rejected_by_reason
from pipeline.engine import Connection, connect
from pipeline.errors import ConfigError, run_stage
from pipeline.protection.protect import Protection
from pipeline.sections.events import Csv
from pipeline.sections.machine import Engine
from pipeline.sections.remote import checked_source, is_remote
from pipeline.settings import parse_settings
from pipeline.sources.files import find_files, open_source
from pipeline.sources.places import folder_of
from pipeline.sources.sink import Reading
from pipeline.suggesting.columns import look
from pipeline.suggesting.events_part import draft_events
from pipeline.suggesting.guess import guess
from pipeline.suggesting.horizons import candidates, choose
from pipeline.suggesting.kinds import kind_by_content
from pipeline.suggesting.profile import Profile, make_active, profile
from pipeline.suggesting.proposal import allow_rejected, complete, say_duplicates
from pipeline.suggesting.showing import gaps_in_words, show_candidates, show_profile, weekdays_in_words
from pipeline.suggesting.sniff import sniff
from pipeline.suggesting.writing import write_proposal
from pipeline.summary import StageSummary

OUTPUT = Path("params.suggested.yaml")
USAGE = (
    "python -m pipeline.suggest <file or folder> [customer_id=<column>] [event_time=<column>] [event_type=<column>] "
    "[amount=<column>]"
)


@dataclass(frozen=True)
class Asked:
    """What the command line says: the source, and columns that need no guess (ours: yours)."""

    source: str
    columns: dict[str, str]


def main() -> None:
    """Look at the source, print its profile, write params.suggested.yaml; nothing else is touched."""
    asked = read_arguments(sys.argv[1:])
    summary = StageSummary("suggest")
    with connect(Engine(), [folder_of(asked.source)]) as connection:
        _suggest(connection, asked, summary)


def read_arguments(arguments: Sequence[str]) -> Asked:
    """One path, and `ours=yours` for columns. Raises ConfigError with the usage."""
    paths = [item for item in arguments if "=" not in item or is_remote(item) or os.path.exists(item)]
    if len(paths) != 1 or paths[0].startswith("-"):
        raise ConfigError(f"one source is needed: {USAGE}.")
    pairs = [item.split("=", 1) for item in arguments if item not in paths]
    columns = {item[0]: item[1] for item in pairs}
    if is_remote(paths[0]):
        return Asked(_address(paths[0]), columns)
    path = Path(paths[0])
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return Asked(str(path), columns)


def _address(url: str) -> str:
    try:
        return checked_source(url)
    except ValueError as error:
        raise ConfigError(f"the source {error}.") from None


def _suggest(connection: Connection, asked: Asked, summary: StageSummary) -> None:
    files = find_files(asked.source)
    csv = sniff(files[0]) if files[0].name.endswith((".csv", ".csv.gz")) else Csv()
    source = open_source(connection, asked.source, Reading(csv))
    facts = look(connection, source)
    columns = kind_by_content(connection, facts, guess(facts, asked.columns))
    draft, roles = draft_events(connection, asked.source, csv, source, facts, columns)
    events = parse_settings({"events": draft.values, "churn": {"horizon_days": 1, "active_within_days": 1}}).events
    # Ids that are e-mail addresses are no reason to stop here: pseudonyms are proposed for them.
    counts = clean(connection, source, events, protection=Protection(pseudonymise=True))
    say_duplicates(draft, counts.duplicates)
    allow_rejected(draft, counts.rejected, counts.rows_in, rejected_by_reason(connection))
    make_active(connection, roles.named["activity"])
    seen = profile(connection)
    found = candidates(connection, seen, draft.values)
    chosen = choose(found)
    write_proposal(complete(connection, draft, seen, roles, found, chosen), draft, seen, OUTPUT)
    show_profile(seen)
    show_candidates(found, chosen[0])
    _say(summary, counts, seen)


def _say(summary: StageSummary, counts: Counts, seen: Profile) -> None:
    summary.line("rows", counts.source_rows)
    summary.line("  exact duplicates", counts.duplicates)
    summary.line("  rejected", f"{counts.rejected:,} ({counts.rejected / max(counts.rows_in, 1):.1%})")
    summary.line("events", seen.events)
    summary.line("customers", seen.customers)
    summary.line("  active on one day only", f"{seen.one_timers:.0%}")
    summary.line("from, to", f"{seen.first_day}, {seen.last_day}")
    summary.line("days of the week", weekdays_in_words(seen))
    summary.line("days between days of activity", gaps_in_words(seen))
    summary.line("written", str(OUTPUT))
    summary.warn(f"Nothing is applied: read {OUTPUT}, then cp {OUTPUT} params.yaml and make repro.")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
