"""The gate's questions asked of what lies on the disk, and what happens where one is not passed."""

from __future__ import annotations

from datetime import date
from typing import Any, NoReturn

import pyarrow as pa

from pipeline.champions import checked
from pipeline.errors import ArtifactError, PublishError
from pipeline.event_files import objectors
from pipeline.listing.inputs import Inputs, no_contact_ids
from pipeline.listing.list_gate import (
    ListCheck,
    at_most,
    change_checks,
    row_checks,
    sum_check,
    suppression_check,
    time_checks,
)
from pipeline.listing.previous import rules_now
from pipeline.published import newest
from pipeline.settings import Settings
from pipeline.stale import mark_stale
from pipeline.tables import CHAMPION, CURRENT, CURRENT_SUMMARY, EVENTS_OPEN, REPORTS, SCORES, read_json, read_table

IN_PARAMS = ("freshness", "population", "bands")  # checks whose limit is a setting
LATEST_AS_OF = "latest"


def first_checks(settings: Settings) -> list[ListCheck]:
    """What must hold before a list is made at all: time, the champion, and one good probability per customer."""
    scoring, about = read_json(REPORTS / "scoring.json"), read_json(CURRENT_SUMMARY)
    scores = read_table(SCORES / "scores.parquet", ["customer_id", "churn_probability", "model_version"])
    eligible = read_table(CURRENT, ["customer_id"]).column("customer_id").combine_chunks()
    there = newest() if settings.snapshots.as_of == LATEST_AS_OF else None  # a past date that is named is meant
    as_of, newest_event = (date.fromisoformat(about[name]) for name in ("as_of", "newest_event_day"))
    newest_list = None if there is None else date.fromisoformat(there[1]["as_of"])
    return [
        *time_checks(as_of, newest_event, newest_list, settings.lists),
        *row_checks(scores, eligible, objectors(EVENTS_OPEN), scoring["blend"] == "rule"),
        _champion_check(scoring, scores),
    ]


def _champion_check(scoring: dict[str, Any], scores: pa.Table) -> ListCheck:
    """0 where the champion's folder is whole and every score is its own."""
    version = str(scoring["model_version"])
    foreign = set(scores.column("model_version").unique().to_pylist()) - {version}
    try:
        checked(CHAMPION / version)
    except ArtifactError:
        return at_most("manifest", 1, 0)
    return at_most("manifest", len(foreign), 0)


def last_checks(inputs: Inputs, table: pa.Table, briefing: dict[str, Any], settings: Settings) -> list[ListCheck]:
    """What must hold of the list that was made, beside the one before."""
    return [
        *change_checks(table, inputs.previous, rules_now(settings), settings.lists),
        suppression_check(table, no_contact_ids()),
        sum_check(table, briefing),
    ]


def refuse(failed: list[ListCheck], settings: Settings) -> NoReturn:
    """Mark the last good list stale and raise PublishError, which says what failed and where to look."""
    as_of = read_json(CURRENT_SUMMARY)["as_of"]
    kept = mark_stale(settings, as_of, [check.to_json() for check in failed])
    stays = f"data/lists/latest is {kept.name}, marked stale" if kept else "there is no list yet"
    limits = [check.name for check in failed if check.name in IN_PARAMS]
    force = f" If that is how things are, raise the limit of {', '.join(limits)} for one run." if limits else ""
    raise PublishError(
        f"the list of {as_of} is not published, {len(failed)} of its checks failed: "
        f"{'; '.join(check.sentence() for check in failed)}.{force} Until then {stays}."
    )
