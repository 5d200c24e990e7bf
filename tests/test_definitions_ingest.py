"""What ingest and the settings make of cancellation and lapse: terms come in, or a row is rejected with its reason."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from workspace import (
    BOOKENDS,
    event_bytes,
    event_paths,
    ingest,
    params,
    read_ingested,
    run_stage,
    source_bytes,
    write_file,
    write_params,
)

from features.spec import FeatureSpec
from pipeline import featurize_current, featurize_training
from pipeline.errors import ArtifactError, ConfigError, EventError, SplitError
from pipeline.settings import parse_settings
from pipeline.streaming.events import stream_events

COLUMNS = ("customer_id", "event_time", "event_type", "amount", "plan")
LAPSE = {"churn.definition": "lapse", "churn.grace_days": 7}
PLANS = {**LAPSE, "churn.term": {"plan_column": "plan", "days_by_plan": {"monthly": 31, "gold 'n more": 365}}}
DAYS = {**LAPSE, "churn.term": {"column": "plan"}}


def told(rows: list[Any], plan: Any) -> list[Any]:
    """Rows with a plan, between two customers who have a good one."""
    return [*rows, *((*row, plan) for row in BOOKENDS)]


def terms(folder: Path) -> dict[tuple[str, str], int | None]:
    """Days of each event by customer and type, from both partitions."""
    found = {}
    for path in event_paths(folder):
        for row in pq.ParquetFile(path).read().to_pylist():
            found[row["customer_id"], row["event_type"]] = row["term_days"]
    return found


def test_plans_become_days_and_an_unknown_plan_is_rejected_by_name(tmp_path: Path) -> None:
    rows = [
        ("ann", "2024-01-10", "purchase", 5, "monthly"),
        ("bob", "2024-01-10", "purchase", 5, " gold 'n more "),
        ("bob", "2024-01-12", "return", 5, None),
        ("cleo", "2024-01-10", "purchase", 5, "Monthly"),
        ("dan", "2024-01-10", "purchase", 5, ""),
    ]
    found = ingest(tmp_path, told(rows, "monthly"), PLANS, columns=COLUMNS)
    assert found.ids() == ["ann", "bob"]
    assert {key: days for key, days in terms(tmp_path).items() if key[0] in ("ann", "bob")} == {
        ("ann", "purchase"): 31,
        ("bob", "purchase"): 365,
        ("bob", "return"): None,
    }
    assert found.reasons() == {4: "plan Monthly is not in churn.term.days_by_plan", 5: "the plan is missing"}
    assert found.counts("rows_in", "rejected", "kept_events") == (7, 2, 5)


def test_only_the_most_frequent_unknown_plans_are_named(tmp_path: Path) -> None:
    rows = [(f"c{n}", "2024-01-10", "purchase", 5, f"p{n:02}") for n in range(30)]
    rows += [("more", "2024-01-10", "purchase", 5, "x" * 200), ("more", "2024-01-11", "purchase", 5, "x" * 200)]
    report = ingest(tmp_path, told(rows, "monthly"), PLANS, columns=COLUMNS).report["rejected_by_reason"]
    assert len(report) == 21
    assert report["its plan is not in churn.term.days_by_plan"] == 11
    assert report[f"plan {'x' * 40} is not in churn.term.days_by_plan"] == 2


BAD = {"0": "no", "-30": "no", "30.5": "no", "3651": "no", "a month": "no", "nan": "no", "1e3": 1000, "30.0": 30}
RULE = "the term in plan is no whole number of days from 1 to 3650"


@pytest.mark.parametrize("kind", ["events.csv", "events.parquet"])
def test_a_column_of_days_is_read_and_what_is_no_term_is_rejected(tmp_path: Path, kind: str) -> None:
    rows = [(f"c{n}", "2024-01-10", "purchase", 5, text) for n, text in enumerate(BAD)]
    rows += [("dan", "2024-01-10", "purchase", 5, None), ("back", "2024-01-10", "return", 5, "-1")]
    found = ingest(tmp_path, told(rows, "31"), {**DAYS, "events.source": f"data/raw/{kind}"}, kind, COLUMNS)
    kept = {text: terms(tmp_path).get((f"c{n}", "purchase"), "no") for n, text in enumerate(BAD)}
    assert kept == BAD
    assert terms(tmp_path)["back", "return"] is None
    assert set(found.reasons().values()) == {RULE, "the term is missing"}


def test_numbers_of_a_typed_column_are_terms_too(tmp_path: Path) -> None:
    rows = [("ann", "2024-01-10", "purchase", 5, 30.0), ("bob", "2024-01-10", "purchase", 5, float("nan"))]
    found = ingest(tmp_path, told(rows, 31.0), DAYS, "events.parquet", COLUMNS)
    assert (terms(tmp_path)["ann", "purchase"], found.ids()) == (30, ["ann"])


def test_one_term_for_all(tmp_path: Path) -> None:
    ingest(tmp_path, [("ann", "2024-01-10", "return", 5), *BOOKENDS], {**LAPSE, "churn.term": {"days": 30}})
    assert terms(tmp_path) == {("ann", "return"): None, ("first", "purchase"): 30, ("last", "purchase"): 30}


def test_lines_of_one_invoice_run_as_long_as_the_longest(tmp_path: Path) -> None:
    rows = [("ann", "2024-01-10", "purchase", 5, 30), ("ann", "2024-01-10", "purchase", 7, 365)]
    changes = {**LAPSE, "churn.term": {"column": "plan"}, "events.collapse": "invoice"}
    rows = [(*row, "i1") for row in rows] + [(*row, 30, row[0]) for row in BOOKENDS]
    ingest(tmp_path, rows, changes, columns=(*COLUMNS, "invoice"))
    assert terms(tmp_path)["ann", "purchase"] == 365


def test_a_query_may_make_the_term(tmp_path: Path) -> None:
    query = "SELECT *, CASE plan WHEN 'y' THEN 12 ELSE 1 END * 30 AS days FROM raw"
    changes = {**LAPSE, "churn.term": {"column": "days"}, "events.query": query}
    ingest(tmp_path, told([("ann", "2024-01-10", "purchase", 5, "y")], "m"), changes, columns=COLUMNS)
    assert (terms(tmp_path)["ann", "purchase"], terms(tmp_path)["last", "purchase"]) == (360, 30)


@pytest.mark.parametrize(("term", "key"), [({"column": "plan_days"}, "column"), (None, "plan_column")])
def test_a_missing_column_is_named_with_the_nearest(tmp_path: Path, term: dict[str, Any] | None, key: str) -> None:
    changes = {**LAPSE, "churn.term": term or {"plan_column": "plans", "days_by_plan": {"m": 31}}}
    with pytest.raises(ConfigError, match=rf"churn\.term\.{key} names the column plan.*did you mean plan\?"):
        ingest(tmp_path, told([], "m"), changes, columns=COLUMNS)


def test_events_of_other_definitions_carry_no_term(tmp_path: Path) -> None:
    """Whatever `churn.term` says: files of inactivity keep their bytes."""
    for name in "ab":
        (tmp_path / name).mkdir()
    ingest(tmp_path / "a", BOOKENDS)
    ingest(tmp_path / "b", BOOKENDS, {"churn.term": {"days": 30}, "churn.grace_days": 3})
    assert event_bytes(tmp_path / "a") == event_bytes(tmp_path / "b")
    for one in event_paths(tmp_path / "a"):
        assert "term_days" not in pq.ParquetFile(one).schema_arrow.names


def test_events_of_another_definition_are_not_taken_for_a_lapse(tmp_path: Path) -> None:
    """As when a stage is run by hand after the definition was changed."""
    ingest(tmp_path, BOOKENDS)
    write_params(tmp_path, {**LAPSE, "churn.term": {"days": 30}})
    with contextlib.chdir(tmp_path), pytest.raises(ArtifactError, match="events without terms, so they were made for"):
        featurize_current.main()


def test_terms_stay_with_their_events_in_any_row_order(tmp_path: Path) -> None:
    """Ties in customer, time, type and amount are settled by the term, in the files and in the merge of both."""
    rows = [("ann", "2024-01-10", "purchase", amount, term) for amount in (None, 5, 7) for term in (60, 30, 45)]
    rows += [("ann", "2024-01-10", "return", 5, 99), ("zoe", "2024-02-28", "purchase", 5, 7)]
    for name, order in (("one", rows), ("two", rows[::-1])):
        (tmp_path / name).mkdir()
        ingest(tmp_path / name, told(order, 31), DAYS, columns=COLUMNS)
    files = [event_paths(tmp_path / name) for name in ("one", "two")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    ((ids, chunk),) = stream_events(files[0], ("purchase", "return"), with_term=True)
    ann = slice(*chunk.starts[:2])
    assert ids[0].as_py() == "ann"
    assert chunk.term is not None
    told_rows = list(
        zip(
            (chunk.amount[ann] // 10**6).tolist(), chunk.has_amount[ann].tolist(), chunk.term[ann].tolist(), strict=True
        )
    )
    assert told_rows[:9] == [(a, a > 0, t) for a in (5, 7, 0) for t in (30, 45, 60)]
    assert told_rows[9] == (5, True, 0)
    ((_, single),) = stream_events(files[0][:1], ("purchase", "return"), with_term=True)
    assert single.term is not None
    assert np.array_equal(single.term[:10], chunk.term[:10])


def test_cancellation_without_a_cancel_event_is_refused_before_anything_changes(tmp_path: Path) -> None:
    changes = {"churn.definition": "cancellation", "events.roles": {"activity": ["purchase"], "cancel": ["bye"]}}
    with pytest.raises(EventError, match=r"no cancel events: .*\['bye'\], and the types found are purchase \(2\)"):
        ingest(tmp_path, BOOKENDS, changes | {"events.money": []})
    assert not (tmp_path / "data/events").exists()


def test_cancellation_ingests_where_somebody_cancels(tmp_path: Path) -> None:
    changes = {"churn.definition": "cancellation", "events.roles": {"activity": ["purchase"], "cancel": ["bye"]}}
    write_params(tmp_path, changes | {"events.money": []})
    write_file(tmp_path, source_bytes("events.csv", [("ann", "2024-01-10", "bye", None), *BOOKENDS]))
    run_stage(tmp_path)
    report = read_ingested(tmp_path).report
    assert report["events_by_type"] == {"purchase": 2, "bye": 1}
    assert report["warnings"] == []


def test_a_cancel_at_the_very_time_of_a_payment_is_warned_of(tmp_path: Path) -> None:
    """Where only dates are known, nothing but the names of the types says which came last."""
    changes = {"churn.definition": "cancellation", "events.roles": {"activity": ["purchase"], "cancel": ["bye"]}}
    rows = [
        ("ann", "2024-01-10", "bye", None),
        ("ann", "2024-01-10", "purchase", 1),
        ("bob", "2024-01-10", "bye", None),
    ]
    rows += [("bob", "2024-01-10 10:00", "purchase", 1)]
    (warning,) = ingest(tmp_path, [*rows, *BOOKENDS], changes | {"events.money": []}).report["warnings"]
    assert warning.startswith("1 cancel events carry the very time of an activity event of their customer")


def test_nobody_left_to_ask_about_is_said_in_the_words_of_the_definition(tmp_path: Path) -> None:
    rows = [("ann", "2024-01-01", "purchase", 1), ("ann", "2024-03-01", "visit", None)]
    roles = {"activity": ["purchase"], "engagement": ["visit"], "cancel": ["bye"]}
    ran_out = {**LAPSE, "churn.term": {"days": 5}, "events.roles": roles, "events.money": []}
    ingest(tmp_path, rows, ran_out | {"snapshots.min_history_days": 21})
    with contextlib.chdir(tmp_path):
        with pytest.raises(EventError, match=r"the term and the grace of everybody have run out \(1 lapsed\)"):
            featurize_current.main()
        with pytest.raises(SplitError, match=r"have run out\. Check churn\.term and churn\.grace_days"):
            featurize_training.main()
    left = ran_out | {"churn.definition": "cancellation", "snapshots.min_history_days": 21}
    ingest(tmp_path, [*rows, ("ann", "2024-01-02", "bye", None)], left)
    with (
        contextlib.chdir(tmp_path),
        pytest.raises(EventError, match=r"everybody's last cancel event came after their last activity event"),
    ):
        featurize_current.main()


CANNOT = {
    "no cancel": (
        {"churn.definition": "cancellation"},
        r"params\.yaml: events\.roles\.cancel is empty, and churn\.definition cancellation needs the event type",
    ),
    "no term": ({"churn.definition": "lapse"}, r"term is missing: definition lapse needs to know"),
    "BG/NBD": (
        {**LAPSE, "churn.term": {"days": 30}, "blend.members": "all three"},
        r"blend\.members all three asks whether any activity comes, .*churn\.definition lapse asks: choose auto",
    ),
    "two ways": ({**LAPSE, "churn.term": {"days": 30, "column": "x"}}, r"exactly one of days, column, or plan_column"),
    "a term too long": ({**LAPSE, "churn.term": {"days": 3651}}, r"churn\.term\.days: .*less than or equal to 3650"),
}


@pytest.mark.parametrize(("changes", "says"), CANNOT.values(), ids=CANNOT)
def test_settings_that_cannot_be_answered_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse_settings(params(changes))


def test_the_features_know_the_definition() -> None:
    roles = {"events.roles": {"activity": ["purchase"], "cancel": ["bye"]}, "events.money": []}
    lapse = parse_settings(params({**roles, **LAPSE, "churn.term": {"days": 30}})).feature_spec()
    assert (lapse.definition, lapse.cancel, lapse.grace_days) == ("lapse", ("bye",), 7)
    silent = parse_settings(params({**roles, "churn.grace_days": 7})).feature_spec()
    assert silent == FeatureSpec(("purchase",), active_within_days=14)
