"""Stage: who was chosen by past lists and who was really contacted, for training and for measuring."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.contacting.chosen import CHOSEN, Listed, chosen_of, joined, with_log
from pipeline.contacting.contradictions import contradictions
from pipeline.contacting.past_lists import Past, past_lists
from pipeline.contacting.rests import RESTS, rests_of
from pipeline.contacting.schema import LOG
from pipeline.contacting.treated import TREATED, treated_days
from pipeline.errors import run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import (
    CHOSEN_TABLE,
    CONTACTS,
    EVENTS_CLOSED,
    EVENTS_OPEN,
    REPORTS,
    RESTS_TABLE,
    TREATED_TABLE,
    read_json,
    write_json,
    write_table,
)

if TYPE_CHECKING:
    from pipeline.contacting.log import Log

# What a contradiction is called in a sentence on the screen.
SAID = {
    "before_first_list": "contacts before the first list",
    "holdout_contacted": "customers held back, and contacted all the same: what contacting brings is then told too low",
    "not_asked_for": "contacts of customers whom the list said not to contact",
    "objectors_contacted": "of these, customers who object to being contacted",
    "not_on_the_list": "contacts of customers who were on no list at the time",
    "other_action": "contacts with another action than the list asked for",
    "not_contacted": "customers to be contacted whom the log does not know",
    "drawn_otherwise": "customers who are not in the group that their draw gives them: a list was changed by hand",
}


def main() -> None:
    """Write data/contacts (log, chosen, rests, closed/treated, rejected) and data/reports/contacts.json."""
    summary = StageSummary("contacts")
    settings = load_settings()
    as_of = date.fromisoformat(read_json(EVENTS_OPEN / "as_of.json")["as_of"])
    log = _log(settings)
    contacts, after = _known(log, as_of)
    past = past_lists(before=as_of)
    lists, chosen = _chosen(past, contacts, settings)
    treated = treated_days(chosen, contacts, _closed_before(settings), settings.contacts.window_days)
    write_table([contacts if contacts is not None else LOG.empty_table()], LOG, CONTACTS / "log.parquet")
    write_table([chosen], CHOSEN, CHOSEN_TABLE)
    write_table([treated], TREATED, TREATED_TABLE)
    write_table([rests_of(chosen, contacts)], RESTS, RESTS_TABLE)
    rejected = log.rejected if log else pa.table({"file": pa.nulls(0, pa.string())})
    write_table([rejected], rejected.schema, CONTACTS / "rejected.parquet")
    report = {
        "lists": past.to_json(),
        "log": None if log is None else {**log.report, "after_as_of": after},
        "chosen": {arm: _count(chosen, arm) for arm in ("contact", "holdout")},
        "contradictions": contradictions(lists, chosen, contacts, settings.contacts.window_days),
    }
    write_json(report, REPORTS / "contacts.json")
    _say(summary, report)


def _log(settings: Settings) -> Log | None:
    """The log of contacts, cleaned; None where there is none."""
    if not settings.contacts.has_log:
        return None
    # DuckDB, which runs without a log do without
    from pipeline.contacting.log import read_log
    from pipeline.protection.protect import load_protection

    return read_log(settings, load_protection(settings.privacy))


def _known(log: Log | None, as_of: date) -> tuple[pa.Table | None, int]:
    """The contacts before the day of the run, and how many lie after it: the events do not reach so far yet."""
    if log is None:
        return None, 0
    days = log.contacts.column("contact_day").to_pylist()
    known = log.contacts.filter(pa.array([day < as_of for day in days], pa.bool_()))
    return known, len(log.contacts) - len(known)


def _chosen(past: Past, contacts: pa.Table | None, settings: Settings) -> tuple[list[Listed], pa.Table]:
    window = settings.contacts.window_days
    days = contacts.column("contact_day").to_pylist() if contacts is not None else []
    known = (min(days), max(days)) if days else None
    lists, parts = [], []
    for one in progress(past.lists, "past lists"):
        chosen, listed = chosen_of(one)
        lists.append(listed)
        parts.append(with_log(chosen, contacts, known, window))
    return lists, joined(parts)


def _closed_before(settings: Settings) -> date:
    """The first day that no closed label sees, as ingest split the events: so training sees no newer contact."""
    newest = date.fromisoformat(read_json(EVENTS_CLOSED / "slices.json")["slices"][-1])
    return newest + timedelta(days=settings.churn.lead_days + settings.churn.horizon_days)


def _count(chosen: pa.Table, arm: str) -> int:
    return chosen.column("arm").to_pylist().count(arm)


def _say(summary: StageSummary, report: dict[str, Any]) -> None:
    lists, log = report["lists"], report["log"]
    summary.line("past lists", lists["lists"])
    summary.line(
        "chosen by them: to contact, held back", f"{report['chosen']['contact']:,}, {report['chosen']['holdout']:,}"
    )
    if log is None:
        summary.line("log of contacts", "none (contacts.source): what a list asked for counts as done")
    else:
        summary.line(
            "contacts in the log", f"{log['contacts']:,} of {log['rows']:,} rows; rejected {log['rejected']:,}"
        )
    for reason, number in (log or {}).get("rejected_by_reason", {}).items():
        summary.warn(f"contacts: {number:,} rows rejected, {reason}")
    if log and log["offers_not_understood"]:
        summary.warn(
            f"contacts: of {log['offers_not_understood']:,} the column offer is neither yes nor no, so nobody knows: "
            "write yes, no, true, false, 1 or 0."
        )
    if log and log["after_as_of"]:
        summary.warn(f"contacts: {log['after_as_of']:,} are newer than the events, and wait for them")
    if lists["edited"]:
        summary.warn(
            f"Not what their manifests say, so not counted: {', '.join(lists['edited'])}. Somebody edited them."
        )
    if lists["older_version"]:
        summary.warn(f"Made by an earlier version, so not counted: {', '.join(lists['older_version'])}.")
    for one, two in lists["close"]:
        summary.warn(f"The lists of {one} and {two} are less than a week apart; a customer on both counts once.")
    for name, number in report["contradictions"].items():
        if number:
            summary.warn(f"{number:,} {SAID[name]}.")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
