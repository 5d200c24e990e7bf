"""Cancellation and lapse in small stories: who may be asked about, and who leaves; every label typed out.

The snapshot is 4 March 2024. The label window is 4 to 31 March, with a lead of a week 11 March to 7 April.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from said import said
from story import as_chunk, number

from features.build import build_features, catalog, eligible_rows
from features.labels import label_edges, left_within
from features.relations import LEFT, OPENED, relations
from features.snapshots import as_date
from features.spec import FeatureSpec
from features.timeline import MICRO, EventChunk

Told = tuple[str, str] | tuple[str, str, int]  # day, type, and for a lapse the term in days

SNAPSHOT, HORIZON = "2024-03-04", 28
CANCELLATION = FeatureSpec(("buy", "start"), ("visit",), definition="cancellation", cancel=("cancel",))
LAPSE = FeatureSpec(("pay",), ("visit",), definition="lapse", cancel=("cancel",), grace_days=7)


def chunk_of(events: Sequence[Told], spec: FeatureSpec, who: str = "ann") -> EventChunk:
    """One customer's events; a term is told as an amount, and moved to where the engine puts it."""
    return with_terms(as_chunk([(who, day, kind, *(term or [None])) for day, kind, *term in events], spec.types())[1])


def with_terms(chunk: EventChunk) -> EventChunk:
    """The same events, their amounts read as terms."""
    nothing = np.zeros(len(chunk.day), np.int64)
    return replace(
        chunk, term=(chunk.amount // MICRO).astype(np.int32), amount=nothing, has_amount=nothing.astype(bool)
    )


def label(events: Sequence[Told], spec: FeatureSpec, lead: int = 0) -> bool | None:
    """Whether the customer leaves in the window; None if there is nobody to ask about."""
    edges = label_edges(lead, HORIZON)
    rows = eligible_rows(chunk_of(events, spec), [number(SNAPSHOT)], spec, number("2023-01-01"), edges).rows
    return bool(left_within(rows, spec, lead, HORIZON)[0]) if len(rows) else None


def features(events: Sequence[Told], spec: FeatureSpec) -> dict[str, float | None]:
    """The columns of the family contract at the snapshot."""
    rows = eligible_rows(chunk_of(events, spec), [number(SNAPSHOT)], spec, number("2023-01-01")).rows
    named = [feature.name for feature in catalog(spec) if feature.family == "contract"]
    values = {name: float(column[0]) for name, column in build_features(rows, spec).items() if name in named}
    return {name: None if np.isnan(value) else round(value, 4) for name, value in values.items()}


def shown(events: Sequence[Told], spec: FeatureSpec, name: str) -> str:
    """What a person reads of a feature."""
    return said(spec, name, features(events, spec))


def days_left(events: Sequence[Told], spec: FeatureSpec) -> list[str]:
    """The days on which the customer leaves."""
    found = relations(chunk_of(events, spec), spec)
    return [str(as_date(int(day))) for day in found.day[found.kind == found.types.index(LEFT)]]


START = ("2024-01-10", "start")
CANCELLED: dict[str, tuple[list[Told], bool | None]] = {
    "stays": ([START], False),
    "silent for a year": ([("2023-01-10", "start")], False),
    "cancels on the day of the snapshot": ([START, ("2024-03-04", "cancel")], True),
    "cancelled the day before": ([START, ("2024-03-03", "cancel")], None),
    "cancels on the last day of the window": ([START, ("2024-03-31", "cancel")], True),
    "cancels a day later": ([START, ("2024-04-01", "cancel")], False),
    "starts on the day of the snapshot": ([("2024-03-04", "start")], None),
    "started the day before": ([("2024-03-03", "start")], False),
    "cancels and starts again on one day": ([START, ("2024-03-10", "cancel"), ("2024-03-10", "start")], False),
    "cancels and starts again the next day": ([START, ("2024-03-10", "cancel"), ("2024-03-11", "start")], True),
    "buys and cancels on one day": ([START, ("2024-03-10", "buy"), ("2024-03-10", "cancel")], True),
    "cancels, comes back and cancels on one day": (
        [("2024-02-01", "buy"), ("2024-03-10", "buy"), ("2024-03-10", "cancel"), ("2024-03-10", "cancel")],
        True,
    ),
    "cancels what never started": ([("2024-01-10", "cancel")], None),
    "cancels a second time": ([START, ("2024-02-01", "cancel"), ("2024-03-10", "cancel")], None),
    "only visits after the cancel": ([START, ("2024-02-01", "cancel"), ("2024-02-10", "visit")], None),
    "came back": ([START, ("2024-02-01", "cancel"), ("2024-02-20", "buy")], False),
    "came back and cancels again": (
        [START, ("2024-02-01", "cancel"), ("2024-02-20", "buy"), ("2024-03-20", "cancel")],
        True,
    ),
}
CANCELLED_LATER: dict[str, tuple[list[Told], bool | None]] = {
    "cancels within the lead": ([START, ("2024-03-05", "cancel")], False),
    "cancels on the last day of the lead": ([START, ("2024-03-10", "cancel")], False),
    "cancels on the first day of the window": ([START, ("2024-03-11", "cancel")], True),
    "cancels on the last day of the window": ([START, ("2024-04-07", "cancel")], True),
    "cancels a day later": ([START, ("2024-04-08", "cancel")], False),
    "within the lead, is back, and again": (
        [START, ("2024-03-05", "cancel"), ("2024-03-07", "buy"), ("2024-03-20", "cancel")],
        True,
    ),
}
PAID = ("2024-02-01", "pay", 30)  # paid until 1 March, grace from 2 to 8 March
YEAR = ("2023-06-01", "pay", 365)
LAPSED: dict[str, tuple[list[Told], bool | None]] = {
    "does not renew": ([PAID], True),
    "renews on the last day of grace": ([PAID, ("2024-03-08", "pay", 30)], False),
    "returns the day after": ([PAID, ("2024-03-09", "pay", 30)], True),
    "grace was over yesterday": ([("2024-01-27", "pay", 30)], None),
    "grace is over tonight": ([("2024-01-28", "pay", 30)], True),
    "renews today, the last day": ([("2024-01-28", "pay", 30), ("2024-03-04", "pay", 30)], False),
    "grace ends on the last day of the window": ([("2024-02-24", "pay", 30)], True),
    "grace ends a day later": ([("2024-02-25", "pay", 30)], False),
    "renewed early, and the term runs from then": ([PAID, ("2024-02-10", "pay", 30)], True),
    "renewed early in the window": ([PAID, ("2024-03-04", "pay", 30)], False),
    "a top-up of a month does not shorten a year": ([YEAR, ("2024-01-28", "pay", 30)], False),
    "from a year to months": ([("2023-02-20", "pay", 365), ("2024-02-20", "pay", 30)], True),
    "from months to a year": ([PAID, ("2024-03-01", "pay", 365)], False),
    "cancelled, but the year is paid": ([YEAR, ("2024-01-10", "cancel")], False),
    "cancelled, and the month runs out": ([PAID, ("2024-02-10", "cancel")], True),
    "visits do not renew": ([PAID, ("2024-03-05", "visit")], True),
    "only ever visited": ([("2024-03-01", "visit")], None),
    "starts on the day of the snapshot": ([("2024-03-04", "pay", 30)], None),
    "started yesterday": ([("2024-03-03", "pay", 30)], False),
    "lapsed and came back": ([("2023-10-01", "pay", 30), ("2024-03-03", "pay", 30)], False),
    "two short terms in one window": ([("2024-03-03", "pay", 5), ("2024-03-14", "pay", 5)], True),
    "a term of one day": ([("2024-03-03", "pay", 1)], True),
}
LAPSED_LATER: dict[str, tuple[list[Told], bool | None]] = {
    "grace ends within the lead": ([PAID], False),
    "grace ends on the last day of the lead": ([("2024-02-03", "pay", 30)], False),
    "grace ends on the first day of the window": ([("2024-02-04", "pay", 30)], True),
    "within the lead, is back, and again": ([PAID, ("2024-03-09", "pay", 5)], True),
}


@pytest.mark.parametrize(("events", "expected"), CANCELLED.values(), ids=CANCELLED)
def test_cancellation(events: list[Told], expected: bool | None) -> None:
    assert label(events, CANCELLATION) is expected


@pytest.mark.parametrize(("events", "expected"), CANCELLED_LATER.values(), ids=CANCELLED_LATER)
def test_cancellation_with_a_lead(events: list[Told], expected: bool | None) -> None:
    assert label(events, CANCELLATION, lead=7) is expected


@pytest.mark.parametrize(("events", "expected"), LAPSED.values(), ids=LAPSED)
def test_lapse(events: list[Told], expected: bool | None) -> None:
    assert label(events, LAPSE) is expected


@pytest.mark.parametrize(("events", "expected"), LAPSED_LATER.values(), ids=LAPSED_LATER)
def test_lapse_with_a_lead(events: list[Told], expected: bool | None) -> None:
    assert label(events, LAPSE, lead=7) is expected


def test_without_grace_the_last_paid_day_is_the_last_to_renew() -> None:
    spec = replace(LAPSE, grace_days=0)
    assert days_left([PAID], spec) == ["2024-03-01"]
    assert days_left([PAID, ("2024-03-01", "pay", 30)], spec) == ["2024-03-30"]
    assert days_left([PAID, ("2024-03-02", "pay", 30)], spec) == ["2024-03-01", "2024-03-31"]


def test_leavings_that_lie_after_the_last_event_are_known_by_day() -> None:
    assert days_left([YEAR], LAPSE) == ["2024-06-06"]  # paid until 30 May, 7 days of grace
    assert days_left([START], CANCELLATION) == []
    assert days_left([], LAPSE) == []


def test_openings_and_leavings_take_turns() -> None:
    events = [
        START,
        ("2024-02-01", "cancel"),
        ("2024-02-02", "cancel"),
        ("2024-02-20", "buy"),
        ("2024-02-20", "cancel"),
    ]
    found = relations(chunk_of(events, CANCELLATION), CANCELLATION)
    told = [(str(as_date(int(day))), found.types[kind]) for day, kind in zip(found.day, found.kind, strict=True)]
    assert told == [("2024-01-10", OPENED), ("2024-02-01", LEFT), ("2024-02-20", OPENED), ("2024-02-20", LEFT)]


def test_a_lapse_without_terms_is_refused() -> None:
    with pytest.raises(ValueError, match="a lapse needs the term of each activity event"):
        relations(replace(chunk_of([PAID], LAPSE), term=None), LAPSE)


def test_no_feature_of_the_family_where_leaving_is_inactivity() -> None:
    families = [feature.family for feature in catalog(FeatureSpec(("pay",), grace_days=7))]
    assert "contract" not in families


def test_features_of_a_cancellation() -> None:
    events = [("2023-12-01", "start"), ("2024-01-10", "cancel"), ("2024-02-03", "buy"), ("2024-03-04", "cancel")]
    assert features(events, CANCELLATION) == {
        "relation_days": 30,
        "count_departures": 1,
        "days_since_last_cancel": 54,
    }
    assert features([START], CANCELLATION) == {
        "relation_days": 54,
        "count_departures": 0,
        "days_since_last_cancel": None,
    }


def test_features_of_a_lapse() -> None:
    """Paid on 1 December for 30 days; renewed 2 days late, then 5 days early; 10 days of the term are left."""
    events = [("2023-12-01", "pay", 30), ("2024-01-02", "pay", 28), ("2024-01-25", "pay", 49), ("2024-02-01", "cancel")]
    assert features(events, LAPSE) == {
        "relation_days": 94,
        "count_departures": 0,
        "days_since_last_cancel": 32,
        "is_cancelled": 1,
        "days_to_leave": 17,
        "days_of_term_left": 10,
        "days_since_expiry": None,
        "term_days": 49,
        "count_renewals": 2,
        "share_renewed_late": 0.5,
        "days_late_mean": 1,
    }


def test_features_within_the_grace_and_after_a_return() -> None:
    """The first relation lapsed on 5 October: its return is no renewal, and not late."""
    events = [("2023-09-01", "pay", 28), ("2024-01-31", "pay", 30)]
    assert features(events, LAPSE) == {
        "relation_days": 33,
        "count_departures": 1,
        "days_since_last_cancel": None,
        "is_cancelled": 0,
        "days_to_leave": 4,
        "days_of_term_left": None,
        "days_since_expiry": 3,
        "term_days": 30,
        "count_renewals": 0,
        "share_renewed_late": None,
        "days_late_mean": None,
    }


def test_a_marketer_reads_when_it_runs_out() -> None:
    soon, over = [("2024-02-15", "pay", 30)], [("2024-01-31", "pay", 30)]
    assert shown(soon, LAPSE, "days_to_leave") == "Runs out in 12 days"
    assert shown(over, LAPSE, "days_to_leave") == "Ran out 3 days ago and is not renewed; 4 days of grace left"
    assert shown(over, LAPSE, "days_of_term_left") == "Ran out 3 days ago and is not renewed"
    assert shown(soon, LAPSE, "days_since_expiry") == "Runs out in 12 days"
    assert shown(soon, LAPSE, "share_renewed_late") == "Not renewed yet"
    assert shown(soon, LAPSE, "term_days") == "The last payment was for 30 days"
    cancelled = [*soon, ("2024-03-01", "cancel")]
    assert shown(cancelled, LAPSE, "is_cancelled") == "Last cancellation 3 days ago, paid until the term runs out"
    assert shown([START], CANCELLATION, "days_since_last_cancel") == "No cancellation on record"
    assert shown([START], CANCELLATION, "count_departures") == "Has never left before"


def test_all_features_of_both_definitions_have_a_sentence_for_every_customer() -> None:
    for spec, events in ((LAPSE, [PAID]), (CANCELLATION, [START])):
        for feature in catalog(spec):
            if feature.family == "contract":
                assert "{" not in shown(events, spec, feature.name)
