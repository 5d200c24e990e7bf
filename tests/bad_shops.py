"""Bad inputs: calendars, event types, terms and populations. A helper of test_bad_inputs.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bad_cases import DAY, WARN, Case, Check, Seen, accepted, accepts, ingested, notes, rejects, stops, table, warns
from workspace import BOOKENDS, COLUMNS, Row, ingest, run_ingest, source_bytes, write_file, write_params

from pipeline import featurize_current
from pipeline.errors import EbbError
from pipeline.tables import CURRENT, CURRENT_SUMMARY, read_json, read_table

START = date(2024, 1, 1)
NO_RETURNS = {"events.roles": {"activity": ["purchase"]}, "events.money": ["purchase"]}
MONTHS = ("2024-01-01", "2024-03-01", "2024-04-20", "2024-07-01")
LAPSE = {"churn": {"definition": "lapse", "horizon_days": 7, "active_within_days": 14}}
PLANS = {"plan_column": "plan", "days_by_plan": {"monthly": 31}}


def daily(days: int = 160, silent: tuple[int, int] = (0, 0), kind: str = "purchase", amount: int = 5) -> list[Row]:
    """Sixty customers, each of whom buys every other day, but for the days of a silence."""
    open_days = [day for day in range(days) if not silent[0] <= day < silent[1]]
    return [
        (f"c{customer:02}", str(START + timedelta(day)), kind, amount)
        for customer in range(60)
        for day in open_days
        if (day + customer) % 2
    ]


def said(rows: list[Row], changes: Mapping[str, Any] | None = None) -> Callable[[Path], Seen]:
    """Ingest these rows alone; every warning and finding of the report counts as said."""

    def run(folder: Path) -> Seen:
        try:
            found = notes(ingest(folder, rows, NO_RETURNS | dict(changes or {})).report)
        except EbbError as stopped:
            return Seen({"E": str(stopped)})
        return Seen({WARN: "\n".join(found.values())} if found else {"accept": "nothing said"})

    return run


def arriving(*weeks: list[Row]) -> Callable[[Path], Seen]:
    """Ingest a folder of files that came one after the other; every warning and finding counts as said."""

    def run(folder: Path) -> Seen:
        write_params(folder, {"events.source": "data/raw", **NO_RETURNS})
        for number, rows in enumerate(weeks):
            write_file(folder, source_bytes("x.csv", rows), f"week{number}.csv")
        return Seen({WARN: "\n".join(notes(run_ingest(folder).report).values())})

    return run


def months() -> list[list[Row]]:
    """Three files of 60, 50 and 50 days; a tenth of the last two is 30 days older."""
    rows = [[row for row in daily() if first <= row[1] < end] for first, end in pairwise(MONTHS)]
    return [
        [
            (name, str(date.fromisoformat(day) - timedelta(30 if number and name < "c06" else 0)), *rest)
            for name, day, *rest in part
        ]
        for number, part in enumerate(rows)
    ]


def featurized(rows: list[Row], changes: Mapping[str, Any], says: Callable[[], str]) -> Callable[[Path], Seen]:
    """Ingest, compute today's features, and say what is asked."""

    def run(folder: Path) -> Seen:
        try:
            ingest(folder, rows, changes)
            featurize_current.main()
            return accepted(says())
        except EbbError as stopped:
            return Seen({"E": str(stopped)})

    return run


def scored() -> str:
    """Who is scored today."""
    ids = sorted(read_table(CURRENT, ["customer_id"]).column(0).to_pylist())
    return f"scored: {', '.join(ids)}; eligible: {read_json(CURRENT_SUMMARY)['eligible']}"


def as_of(day: str, check: Check | None = None) -> Callable[[Path], Seen]:
    """Ingest good events as of this day."""
    return table([("anna", DAY, "purchase", 1)], {"snapshots.as_of": day}, check=check)


def timed(last: str) -> Callable[[Path], Seen]:
    """Ingest events whose newest day is still running."""

    def prepare(folder: Path) -> int:
        rows = [("first", "2024-01-01 09:00:00", "purchase", 1), ("last", last, "purchase", 1)]
        write_params(folder)
        write_file(folder, source_bytes("events.csv", rows))
        return len(rows)

    return ingested(prepare, lambda result: result.report["as_of"] == last[:10])


def plan(name: str | None) -> Callable[[Path], Seen]:
    """Ingest a renewal of this plan."""
    rows = [("anna", DAY, "purchase", 1, name), *((*row, "monthly") for row in BOOKENDS)]
    content = source_bytes("events.csv", rows, (*COLUMNS, "plan"))

    def prepare(folder: Path) -> int:
        write_params(folder, {**LAPSE, "churn.term": PLANS})
        write_file(folder, content)
        return 3

    return ingested(prepare)


BRACES = "{amount} '\"; --"
SPELT = [(f"c{n}", f"2024-0{n % 2 + 1}-1{n % 9}", f"type {n}", 1) for n in range(10_000)]
LATER = [("new", "2024-02-20", "purchase", 1), ("anna", "2024-02-08", "purchase", 1), *BOOKENDS]

CASES: tuple[Case, ...] = (
    warns("42", "a single event type", said(daily()), "(?i)single|only (one|purchase)|one event type"),
    warns("43", "a week without any event", said(daily(silent=(60, 67))), "nearly no events.*2024-03-01 to 2024-03-07"),
    stops(
        "43a",
        "the same inside the newest label window",
        said(daily(silent=(146, 153))),
        "nearly no events.*2024-05-26 to 2024-06-01.*snapshots.as_of",
    ),
    accepts(
        "44",
        "a newest day that is still running: the list stands at its midnight",
        timed("2024-03-01 10:00:00"),
        "2 events",
    ),
    warns(
        "45",
        "events that come in a later file than their time",
        arriving(*months()),
        "(?i)late.*(lateness_days|came)",
    ),
    warns(
        "149",
        "amounts that jump from euros to cents",
        said([*daily(80), *[(r[0], str(START + timedelta(80 + n % 80)), r[2], 500) for n, r in enumerate(daily(80))]]),
        "(?i)amount|unit",
    ),
    stops(
        "46",
        "a horizon longer than the data",
        table([], {"churn.horizon_days": 90}),
        "churn.horizon_days 90 is too long: the events reach from 2024-01-01 to 2024-03-01",
    ),
    stops(
        "46a",
        "a lead and a horizon longer than the data",
        table([], {"churn.lead_days": 60}),
        "too long.*2024-01-01 to 2024-03-01",
    ),
    warns("47", "a lookback longer than the history", said(daily(), {"features.lookback_days": [7, 364]}), "364"),
    stops(
        "47a",
        "a history too short to judge on",
        table([], {"churn.horizon_days": 28, "snapshots.every_days": 28}),
        "judged out of time|too long",
    ),
    accepts(
        "50",
        "a customer who comes after as_of: not scored",
        featurized(LATER, {"snapshots.as_of": "2024-02-10", "churn.active_within_days": 60}, scored),
        "scored: anna, first; eligible: 2",
    ),
    accepts("135", "as_of before the newest event", as_of("2024-02-20"), "3 events"),
    warns(
        "135a",
        "as_of three days after the newest event",
        as_of("2024-03-04"),
        "3 days after the newest event.*export missing",
    ),
    stops(
        "135b",
        "as_of a month after the newest event",
        as_of("2024-04-01"),
        "31 days after the newest event.*silence would read as churn",
    ),
    stops("135c", "as_of before the first event", as_of("2023-12-01"), "is not after the first event"),
    stops("136", "a single event", said([BOOKENDS[0]]), "too long|judged"),
    accepts(
        "137",
        "an event type with braces, quotes and SQL",
        featurized(
            [("anna", "2024-02-20", BRACES, 1), *BOOKENDS],
            {
                "events.roles": {"activity": ["purchase"], "engagement": [BRACES]},
                "events.money": [],
                "churn.active_within_days": 70,
            },
            scored,
        ),
        "scored: first, last",
    ),
    accepts(
        "137a",
        "an event type named like a column",
        featurized(
            [("anna", "2024-02-20", "amount", 1), *BOOKENDS],
            {
                "events.roles": {"activity": ["purchase"], "engagement": ["amount"]},
                "events.money": [],
                "churn.active_within_days": 70,
            },
            scored,
        ),
        "scored: first, last",
    ),
    warns("138", "10,000 event types without a role", table(SPELT), "no role"),
    rejects("139", "a plan without a term", plan("weekly"), "weekly"),
    rejects("139a", "a renewal without a plan", plan(None), "(?i)plan|term"),
)
