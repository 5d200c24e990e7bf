"""The customers table: attributes count from the day they are known, and objections are heard."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from said import said
from workspace import BOOKENDS, Ingested, event_paths, ingest, run_ingest, source_bytes, write_file

from features.spec import FeatureSpec
from pipeline import featurize_current, featurize_training
from pipeline.errors import ConfigError, EventError

BUYERS = [(name, day, "purchase", 1) for name in ("anna", "bert", "cleo") for day in ("2024-01-03", "2024-02-26")]
HEAD = ("customer_id", "since", "age", "plan", "vip", "objects", "consent", "city")
PEOPLE = [
    ("anna", "2024-01-01", 30, "basic", "", "", "yes", "Bath"),
    ("anna", "2024-02-01", 31, "gold", "", "no", "yes", "York"),
    ("bert", "2024-01-01", 40, "gold", "", "yes", "yes", "Ely"),
    ("zoe", "2024-01-01", 50, "silver", "", "no", "", "Ely"),
]


def ingest_with(
    folder: Path, customers: dict[str, Any], people: list[tuple[Any, ...]] | None = None, **changes: Any
) -> Ingested:
    """Ingest the buyers beside a customers table."""
    write_file(folder, source_bytes("people.csv", PEOPLE if people is None else people, HEAD), "people.csv")
    section = {"source": "data/raw/people.csv", **customers}
    calendar = {"churn.active_within_days": 90, "snapshots.train": 8}
    return ingest(folder, [*BUYERS, *BOOKENDS], {"customers": section, **calendar, **changes})


FEATURES = {"columns": {"known_since": "since"}, "numeric": ["age"], "categorical": {"plan": ["basic", "gold"]}}


def featurized(folder: Path) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, dict[str, Any]]]:
    """Training rows by (customer, snapshot) and current rows by customer."""
    with contextlib.chdir(folder):
        featurize_training.main()
        featurize_current.main()
    training = pq.read_table(folder / "data/features/training.parquet").to_pylist()
    current = pq.read_table(folder / "data/features/current.parquet").to_pylist()
    return (
        {(row["customer_id"], str(row["snapshot"])): row for row in training},
        {row["customer_id"]: row for row in current},
    )


def test_an_attribute_counts_from_the_day_after_it_is_known(tmp_path: Path) -> None:
    """Anna turned gold on 1 February: no snapshot up to that day knows, every later one does."""
    ingest_with(tmp_path, FEATURES)
    training, current = featurized(tmp_path)
    anna = {day: (row["attribute_age"], row["is_plan_gold"]) for (who, day), row in training.items() if who == "anna"}
    assert min(anna) <= "2024-02-01" < max(anna)
    for day, known in anna.items():
        assert known == ((31, 1) if day > "2024-02-01" else (30, 0)), day
    assert (current["anna"]["attribute_age"], current["anna"]["is_plan_basic"]) == (31, 0)


def test_who_is_not_in_the_table_has_unknown_attributes(tmp_path: Path) -> None:
    ingest_with(tmp_path, FEATURES)
    _, current = featurized(tmp_path)
    assert (current["cleo"]["attribute_age"], current["cleo"]["is_plan_gold"]) == (None, None)


def test_todays_attributes_leave_the_past_as_it_was(tmp_path: Path) -> None:
    """A row known since after the last closed label changes no byte of what training reads."""
    ingest_with(tmp_path, FEATURES)
    before = (tmp_path / "data/events/closed/attributes.parquet").read_bytes()
    ingest_with(tmp_path, FEATURES, [*PEOPLE, ("cleo", "2024-03-01", 20, "gold", "", "", "", "")])
    assert (tmp_path / "data/events/closed/attributes.parquet").read_bytes() == before
    newest = pq.read_table(tmp_path / "data/events/open/attributes.parquet").to_pylist()
    assert {(row["customer_id"], row["event_type"]) for row in newest} == {
        ("cleo", "customer:age"),
        ("cleo", "customer:plan"),
    }


@pytest.mark.parametrize("section", [{"numeric": ["age"]}, {"categorical": {"plan": ["gold"]}}], ids=str)
def test_an_attribute_without_a_day_is_refused_as_a_feature(tmp_path: Path, section: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"is a feature, but customers\.columns\.known_since does not say since when"):
        ingest_with(tmp_path, section)


def test_a_column_to_show_needs_no_day(tmp_path: Path) -> None:
    people = [("anna", "", 1, "", "", "", "", "Bath"), ("bert", "", 1, "", "", "", "", "Ely")]
    ingest_with(tmp_path, {"display": ["city"]}, people)
    shown = pq.read_table(tmp_path / "data/events/open/display.parquet").to_pylist()
    assert shown == [{"customer_id": "anna", "city": "Bath"}, {"customer_id": "bert", "city": "Ely"}]
    _, current = featurized(tmp_path)
    assert not [name for name in current["anna"] if "city" in name]


def test_who_objects_is_not_scored_and_is_counted(tmp_path: Path) -> None:
    """Bert objects. He stays in training: his past is part of how customers leave."""
    result = ingest_with(tmp_path, {"columns": {"known_since": "since", "objection": "objects"}})
    training, current = featurized(tmp_path)
    assert sorted(current) == ["anna", "cleo", "first", "last"]
    about = json.loads((tmp_path / "data/features/current.json").read_text())
    assert (about["eligible"], about["objected"]) == (4, 1)
    assert "bert" in {who for who, _ in training}
    assert result.report["customers_table"]["objectors"] == 1


def test_who_objects_can_leave_training_too(tmp_path: Path) -> None:
    columns = {"known_since": "since", "objection": "objects"}
    ingest_with(tmp_path, {"columns": columns}, **{"privacy.train_on_objectors": False})
    training, _ = featurized(tmp_path)
    assert {"anna", "cleo"} <= {who for who, _ in training}
    assert "bert" not in {who for who, _ in training}


@pytest.mark.parametrize(
    ("word", "objects"), [("", False), ("No", False), ("0", False), ("yes", True), ("TRUE", True), ("maybe", True)]
)
def test_an_objection_that_is_not_understood_is_one(tmp_path: Path, word: str, objects: bool) -> None:
    people = [("anna", "2024-01-01", 1, "", "", word, "", "")]
    ingest_with(tmp_path, {"columns": {"objection": "objects"}}, people)
    assert pq.read_table(tmp_path / "data/events/open/objectors.parquet").num_rows == int(objects)


def test_an_objection_without_a_day_is_heard_all_the_same(tmp_path: Path) -> None:
    people = [("anna", "", 1, "", "", "yes", "", ""), ("anna", "2024-01-01", 1, "", "", "no", "", "")]
    ingest_with(tmp_path, {"columns": {"known_since": "since", "objection": "objects"}}, people)
    assert pq.read_table(tmp_path / "data/events/open/objectors.parquet").num_rows == 1


def test_a_withdrawn_objection_no_longer_counts(tmp_path: Path) -> None:
    people = [("anna", day, 1, "", "", word, "", "") for day, word in (("2024-01-01", "yes"), ("2024-02-01", "no"))]
    ingest_with(tmp_path, {"columns": {"known_since": "since", "objection": "objects"}}, people)
    assert pq.read_table(tmp_path / "data/events/open/objectors.parquet").num_rows == 0


@pytest.mark.parametrize(("rule", "left_out"), [("refuse", ["bert", "zoe"]), ("allow", ["bert"])])
def test_consent_must_be_given_unless_silence_is_allowed(tmp_path: Path, rule: str, left_out: list[str]) -> None:
    people = [(*row[:6], {"bert": "no"}.get(row[0], row[6]), row[7]) for row in PEOPLE]
    ingest_with(tmp_path, {"columns": {"known_since": "since", "consent": "consent"}, "missing_consent": rule}, people)
    found = pq.read_table(tmp_path / "data/events/open/objectors.parquet").column("customer_id").to_pylist()
    assert found == left_out


def no_contact(folder: Path) -> list[str]:
    """Who is scored but not to be contacted."""
    found = pq.read_table(folder / "data/events/open/no_contact.parquet").column("customer_id").to_pylist()
    return [str(name) for name in found]


def test_who_is_not_to_be_contacted_is_scored_all_the_same(tmp_path: Path) -> None:
    """Bert opted out of marketing: he has features, and his name is in the file; nobody objects."""
    result = ingest_with(tmp_path, {"columns": {"known_since": "since", "no_contact": "objects"}})
    _, current = featurized(tmp_path)
    assert "bert" in current
    assert no_contact(tmp_path) == ["bert"]
    assert pq.read_table(tmp_path / "data/events/open/objectors.parquet").num_rows == 0
    assert not (tmp_path / "data/events/closed/no_contact.parquet").exists()
    table = result.report["customers_table"]
    assert (table["objectors"], table["no_contact"]) == (0, 1)
    page = (tmp_path / "data/reports/usability.html").read_text(encoding="utf-8")
    assert '<td>scored, but not to be contacted</td><td class="number">1</td>' in page


@pytest.mark.parametrize(
    ("word", "left_alone"), [("", False), ("No", False), ("0", False), ("yes", True), ("1", True), ("ask mum", True)]
)
def test_an_opt_out_that_is_not_understood_is_one(tmp_path: Path, word: str, left_alone: bool) -> None:
    ingest_with(tmp_path, {"columns": {"no_contact": "objects"}}, [("anna", "2024-01-01", 1, "", "", word, "", "")])
    assert no_contact(tmp_path) == (["anna"] if left_alone else [])


def test_the_newest_row_decides_who_is_contacted(tmp_path: Path) -> None:
    people = [("anna", day, 1, "", "", word, "", "") for day, word in (("2024-01-01", "yes"), ("2024-02-01", "no"))]
    ingest_with(tmp_path, {"columns": {"known_since": "since", "no_contact": "objects"}}, people)
    assert no_contact(tmp_path) == []


def test_without_the_column_there_is_no_such_file_and_it_is_not_counted(tmp_path: Path) -> None:
    ingest_with(tmp_path, {"columns": {"no_contact": "objects"}}, [("anna", "2024-01-01", 1, "", "", "", "", "")])
    result = ingest_with(tmp_path, {"columns": {"known_since": "since"}})
    assert not (tmp_path / "data/events/open/no_contact.parquet").exists()
    assert "no_contact" not in result.report["customers_table"]
    page = (tmp_path / "data/reports/usability.html").read_text(encoding="utf-8")
    assert "not to be contacted" not in page


def test_who_is_not_to_be_contacted_has_a_pseudonym_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", "correct horse battery staple, thirty-two and more")
    columns = {"known_since": "since", "no_contact": "objects"}
    result = ingest_with(tmp_path, {"columns": columns}, **{"privacy.pseudonymise": True})
    (name,) = no_contact(tmp_path)
    assert name in {event.customer_id for event in result.events}
    assert name != "bert"


def test_values_that_are_not_understood_are_counted_and_unknown(tmp_path: Path) -> None:
    people = [("anna", "2024-01-01", "old", "platinum", "", "", "", "")]
    result = ingest_with(tmp_path, FEATURES, people)
    assert result.report["customers_table"]["values_not_understood"] == {"age": 1, "plan": 1}
    assert any("1 values of age are not understood" in warning for warning in result.report["warnings"])
    _, current = featurized(tmp_path)
    assert (current["anna"]["attribute_age"], current["anna"]["is_plan_gold"]) == (None, 0)


def test_a_row_without_its_day_is_no_feature_and_is_counted(tmp_path: Path) -> None:
    people = [("anna", "", 30, "gold", "", "", "", ""), ("", "2024-01-01", 30, "gold", "", "", "", "")]
    result = ingest_with(tmp_path, FEATURES, people)
    reasons = result.report["customers_table"]["rows_without_use"]
    assert reasons == {"customer_id is missing": 1, "known_since is missing": 1}
    _, current = featurized(tmp_path)
    assert current["anna"]["attribute_age"] is None


def test_two_truths_of_one_day_are_an_error(tmp_path: Path) -> None:
    people = [("anna", "2024-01-01", age, "gold", "", "", "", "") for age in (30, 31)]
    with pytest.raises(EventError, match="1 customers with several rows and the same known_since: which row is true"):
        ingest_with(tmp_path, FEATURES, people)


def test_the_same_row_twice_is_one(tmp_path: Path) -> None:
    ingest_with(tmp_path, {**FEATURES, "display": ["city"]}, [PEOPLE[0], PEOPLE[0]])
    assert pq.read_table(tmp_path / "data/events/open/display.parquet").num_rows == 1


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"display": ["town"]}, r"customers\.display \(town\) names the column town, which .* does not have; it has"),
        ({"columns": {"objection": "no_ads"}}, r"customers\.columns\.objection names the column no_ads"),
        ({"source": "data/raw/nobody.csv", "display": ["city"]}, r"nobody\.csv does not exist"),
    ],
)
def test_a_table_that_lacks_what_is_named(tmp_path: Path, section: dict[str, Any], message: str) -> None:
    with pytest.raises((ConfigError, EventError), match=message):
        ingest_with(tmp_path, section)


def test_a_line_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """An objection could stand in it."""
    ingest_with(tmp_path, FEATURES)
    with (tmp_path / "data/raw/people.csv").open("a", encoding="utf-8") as handle:
        handle.write("bert,2024-01-01\n")
    with pytest.raises(EventError, match=r"people\.csv has 1 lines that cannot be read, and an objection could"):
        run_ingest(tmp_path)


def test_attributes_of_the_empty_table_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"customers names age, but customers\.source is the empty table"):
        ingest(tmp_path, [*BUYERS, *BOOKENDS], {"customers": {"numeric": ["age"], "columns": {"known_since": "since"}}})


def test_without_the_table_its_files_go(tmp_path: Path) -> None:
    """What a run leaves behind would otherwise enter the next."""
    ingest_with(tmp_path, {**FEATURES, "display": ["city"]})
    ingest(tmp_path, [*BUYERS, *BOOKENDS])
    left = {path.name for path in (tmp_path / "data/events").rglob("*.parquet")}
    assert left == {path.name for path in event_paths(tmp_path)}


def test_an_attribute_is_a_sentence_whatever_its_value() -> None:
    """A flag that is not set says so, rather than the opposite of the truth."""
    spec = FeatureSpec(("purchase",), numeric=("house_hold",), categorical=(("plan", ("gold",)),))
    told = {
        (name, value): said(spec, name, {name: value})
        for name, value in (("is_plan_gold", 1.0), ("is_plan_gold", 0.0), ("attribute_house_hold", 3.0))
    }
    assert told == {
        ("is_plan_gold", 1.0): "Plan is gold",
        ("is_plan_gold", 0.0): "Plan is not gold",
        ("attribute_house_hold", 3.0): "House hold is 3",
    }
    assert said(spec, "is_plan_gold", {}) == "Plan is not known"
