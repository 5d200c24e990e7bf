"""Findings about time: outages, types and files that stop or start, stamps, a population that halves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from features.snapshots import as_date
from pipeline.cleaning.findings import Finding, Seen, Severity
from pipeline.cleaning.series import Run, silent_runs

SHORT_RUN = 5  # a public holiday with its weekend lasts four days (Easter)
LABEL_SHARE = 0.5  # of the newest label window: more silence than that, and its labels are about the outage
FEW_EVENTS = 50  # a type with fewer has no rhythm that could break
STOPPED_DAYS = 28  # at least so long silent, and
STOPPED_GAPS = 5  # so many times its longest pause before
STARTED_PART = 0.25  # of the whole span without the type
PART_AT_MIDNIGHT = 0.02  # between this share and its complement, dates and times are mixed
HALVED, DOUBLED, FEW_CUSTOMERS = 0.5, 2.0, 50
SHOWN = 3
# Rows of files by day, without stamps of the future: those are beyond the newest event.
PRESENT = "(SELECT * FROM file_days WHERE day <= (SELECT max(event_day) FROM event_days))"


def outages(seen: Seen) -> list[Finding]:
    """Days or weeks with nearly no events, of all types or of one; an error if a label rests on a silence of all."""
    counts: dict[str, dict[date, int]] = {}
    for name, day, number in seen.rows("SELECT event_type, event_day, events FROM event_days"):
        counts.setdefault(name, {})[day] = number
    total: dict[date, int] = {}
    for line in counts.values():
        for day, number in line.items():
            total[day] = total.get(day, 0) + number
    whole = silent_runs(total)
    found = _silence(seen, "events", whole, whole)
    activity = seen.settings.events.roles.activity
    for name in seen.settings.events.roles.named():
        runs = silent_runs(counts.get(name, {})) if len(counts) > 1 else []
        own = [run for run in runs if not run.within(whole)]
        found += _silence(seen, name, own, runs, labels=name in activity and len(activity) == 1)
    return found


def _silence(seen: Seen, what: str, runs: Sequence[Run], all_runs: Sequence[Run], labels: bool = True) -> list[Finding]:
    """One finding per kind of silence: across a label, long, yearly or short."""
    kinds: dict[str, list[Run]] = {"error": [], "warning": [], "yearly": [], "short": []}
    for run in runs:
        covers = labels and _covers_label(seen, run)
        kind = "short" if run.days < SHORT_RUN else "yearly" if run.yearly(all_runs) else "warning"
        kinds["error" if covers and kind == "warning" else kind].append(run)
    told: dict[str, tuple[Severity, str, str]] = {
        "error": (
            "error" if what == "events" else "warning",  # one type may end for good while the others go on
            "and that is half of the newest label window or more: silence would be taken for leaving",
            "Repair the export, or set snapshots.as_of to the first silent day.",
        ),
        "warning": ("warning", "", "If the export is broken there, repair it: customers look silent who were not."),
        "yearly": ("info", "as at the same time of other years", "Nothing, if the business rests then."),
        "short": ("info", "such as public holidays", "Nothing, if the business rested then."),
    }
    subject = "nearly no events" if what == "events" else f"nearly no {what} events"
    return [
        Finding(
            "outage", told[kind][0], "event_time", "events",
            f"{subject} in {len(found)} {'run' if len(found) == 1 else 'runs'} of days: {_longest(found)}"
            + (f", {told[kind][1]}" if told[kind][1] else ""),
            told[kind][2],
        )
        for kind, found in kinds.items()
        if found
    ]  # fmt: skip


def _covers_label(seen: Seen, run: Run) -> bool:
    if seen.calendar is None:
        return False
    start = as_date(seen.calendar.slices.days[-1] + seen.settings.churn.lead_days)
    horizon = seen.settings.churn.horizon_days
    return run.overlap(start, start + timedelta(days=horizon)) >= LABEL_SHARE * horizon


def _longest(runs: Sequence[Run]) -> str:
    longest = sorted(runs, key=lambda run: (-run.days, run.first))[:SHOWN]
    more = f" and {len(runs) - SHOWN} more" if len(runs) > SHOWN else ""
    return ", ".join(str(run) for run in sorted(longest, key=lambda run: run.first)) + more


def stops_and_starts(seen: Seen) -> list[Finding]:
    """Event types that end before the events do, and types that begin long after them."""
    first, last = seen.rows("SELECT min(event_day), max(event_day) FROM event_days")[0]
    if first is None:
        return []
    query = f"""
        SELECT event_type, min(event_day), max(event_day), max(gap), CAST(sum(events) AS BIGINT) FROM (
            SELECT *, event_day - lag(event_day) OVER (PARTITION BY event_type ORDER BY event_day) AS gap
            FROM event_days
        ) GROUP BY 1 HAVING sum(events) >= {FEW_EVENTS} ORDER BY 1
    """
    named, found = seen.settings.events.roles.named(), []
    for name, start, end, pause, number in seen.rows(query):
        role: Severity = "warning" if name in named else "info"
        if (last - end).days > max(STOPPED_DAYS, STOPPED_GAPS * (pause or 1)):
            found.append(Finding(
                "type stops", role, "event_type", "events",
                f"{name} ({number:,} events) ends on {end}, {(last - end).days} days before the newest event",
                "Is its export broken, or is it no longer recorded? Then take it out of events.roles.",
            ))  # fmt: skip
        if (start - first).days > STARTED_PART * (last - first).days and (start - first).days > STOPPED_DAYS:
            found.append(Finding(
                "type starts", role, "event_type", "events",
                f"{name} ({number:,} events) begins on {start}, {(start - first).days} days after the oldest event",
                "If it was not recorded before, its absence in older slices means nothing: leave it without a role "
                "until slices see enough of it.",
            ))  # fmt: skip
    return found


def files_that_stop(seen: Seen) -> list[Finding]:
    """Files that run alongside the others (half of the time or more) and end early: one shop, one system of several."""
    if seen.files < 2:
        return []
    query = f"""
        WITH files AS (SELECT min(day) AS a, max(day) AS z FROM {PRESENT} GROUP BY file)
        SELECT count(*), min(z) FROM files, (SELECT min(a) AS low, max(z) AS high FROM files)
        WHERE 2 * (z - a) > high - low AND high - z > {STOPPED_DAYS}
    """
    number, end = seen.rows(query)[0]
    if not number:
        return []
    return [Finding(
        "file stops", "warning", "event_time", "events",
        f"{number} of {seen.files} files cover half of the time or more and end {STOPPED_DAYS} days or more before the "
        f"newest event, the first on {end}",
        "Has that system stopped delivering? Its customers look silent.",
    )]  # fmt: skip


def late_events(seen: Seen) -> list[Finding]:
    """Events that came in a later file than their time, where files follow one another in time."""
    if seen.files < 3:
        return []
    query = f"""
        WITH running AS (
            SELECT file, day, sum(events) OVER (PARTITION BY file ORDER BY day) / sum(events) OVER (PARTITION BY file)
            AS share FROM (SELECT file, day, sum(events) AS events FROM {PRESENT} GROUP BY file, day)),
        files AS (SELECT file, min(day) FILTER (share >= 0.5) AS middle, min(day) FILTER (share >= 0.95) AS most
                  FROM running GROUP BY file),
        before AS (SELECT file, middle, lag(middle) OVER (ORDER BY file) AS earlier,
                          lag(most) OVER (ORDER BY file) AS most FROM files),
        behind AS (SELECT most - day AS days, sum(events) AS events, middle, earlier
                   FROM {PRESENT} AS p JOIN before AS b USING (file) WHERE most IS NOT NULL GROUP BY ALL),
        late AS (SELECT days, sum(sum(events)) OVER (ORDER BY days) / sum(sum(events)) OVER () AS share
                 FROM behind WHERE days > 0 GROUP BY days)
        SELECT (SELECT bool_and(middle > earlier) FROM before WHERE earlier IS NOT NULL),
               CAST(sum(events) FILTER (days > 0) AS BIGINT), CAST(sum(events) AS BIGINT),
               (SELECT min(days) FROM late WHERE share >= 0.95)
        FROM behind
    """
    in_order, late, number, days = seen.rows(query)[0]
    if not in_order or not late or late > number / 2 or days < 1:
        return []
    allowed = seen.settings.events.lateness_days
    return [Finding(
        "late events", "warning" if days > allowed else "info", "event_time", "events",
        f"{late:,} events ({late / number:.1%}) came in a later file than their time, 95% of them within {days} days",
        f"Set events.lateness_days to {days} (it is {allowed}), so that labels wait for them." if days > allowed
        else "Nothing: events.lateness_days allows for them.",
    )]  # fmt: skip


def mixed_stamps(seen: Seen) -> list[Finding]:
    """Types of which some events have a time of day and others are stamped midnight."""
    query = f"""
        SELECT event_type, share FROM (
            SELECT event_type, sum(midnights) / sum(events) AS share
            FROM {PRESENT} GROUP BY 1 HAVING sum(events) >= {FEW_EVENTS}
        ) WHERE share BETWEEN {PART_AT_MIDNIGHT} AND {1 - PART_AT_MIDNIGHT} ORDER BY 2 DESC, 1
    """
    found = seen.rows(query)
    if not found:
        return []
    names = ", ".join(f"{name} {share:.0%}" for name, share in found[:SHOWN])
    return [Finding(
        "dates among times", "warning", "event_time", "events",
        f"some events are stamped midnight and others have a time of day ({names} at midnight)",
        "Two systems may write this type; if dates were converted from another time zone, days may be off by one.",
    )]  # fmt: skip


def population(seen: Seen) -> list[Finding]:
    """Months in which half as many, or twice as many, customers are active as in the month before."""
    query = "SELECT month, customers FROM active_in_month ORDER BY month"
    months = seen.rows(query)[1:-1]  # the first and the last month may be parts
    moves = {}
    for (_, before), (month, now) in pairwise(months):
        if max(before, now) >= FEW_CUSTOMERS and (now <= HALVED * before or now >= DOUBLED * before):
            moves[month] = (before, now)
    yearly = {(month.month, now > before) for month, (before, now) in moves.items()}
    often = [key for key in yearly if sum((m.month, now > was) == key for m, (was, now) in moves.items()) > 1]
    return [
        Finding(
            "population", "info" if (month.month, now > before) in often else "warning", "customer_id", "events",
            f"{now:,} customers are active in {month:%Y-%m}, {before:,} in the month before",
            "A campaign, a migration, a lost source? A model learns the old population and scores the new one.",
        )
        for month, (before, now) in list(moves.items())[-SHOWN:]
    ]  # fmt: skip
