"""`python -m pipeline.suggest`: from a source to a params.yaml that ingest accepts, without touching anything else."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from workspace import REPOSITORY, Row, outputs, read_ingested, run_stage, source_bytes, write_file

from pipeline import suggest
from pipeline.errors import ConfigError, EbbError, EventError
from pipeline.settings import load_settings

PROPOSAL = "params.suggested.yaml"
DATASETS = {
    # file: (horizon, active within, every, activity, money)
    "cdnow.csv.gz": (91, 182, 14, ("purchase",), ("purchase",)),
    "grocery_btyd.csv": (91, 182, 28, ("purchase",), ()),
    "complete_journey_events.parquet": (14, 42, 14, ("purchase",), ("purchase",)),
    "online_retail_ii.parquet": (91, 182, 28, ("purchase",), ("purchase", "return")),
}


def buyers(customers: int = 150, days: int = 500, usual: int = 12) -> list[tuple[str, str, int]]:
    """Customers with leading zeros who buy every `usual` days or so and leave after a year on average."""
    random = np.random.default_rng(5)
    rows = []
    for number in range(customers):
        at, end = int(random.integers(0, 200)), int(random.exponential(365)) + 30
        until = min(days, at + end)
        while at < until:
            rows.append((f"{number:05}", str(date(2023, 1, 2) + timedelta(days=at)), int(random.integers(1, 40))))
            at += 1 + int(random.exponential(usual))
    return rows


def propose(folder: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run suggest in this process in the folder and read its proposal as plain YAML."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["suggest", *arguments])
    suggest.main()
    content: dict[str, Any] = YAML(typ="safe", pure=True).load((folder / PROPOSAL).read_text(encoding="utf-8"))
    return content


def source(folder: Path, rows: Sequence[Row], columns: Sequence[str], name: str = "x.csv") -> str:
    write_file(folder, source_bytes(name, rows, columns), name)
    return f"data/raw/{name}"


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "x.parquet", "x.jsonl"])
def test_an_unknown_file_becomes_settings_that_ingest_accepts(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = source(tmp_path, buyers(), ("Client", "ordered at", "total"), name)
    found = propose(tmp_path, path, monkeypatch=monkeypatch)
    assert found["events"]["source"] == path
    assert found["events"]["columns"] == {"customer_id": "Client", "event_time": "ordered at", "amount": "total"}
    assert found["events"]["constants"] == {"event_type": "purchase"}
    assert found["events"]["roles"]["activity"] == ["purchase"]
    assert found["events"]["money"] == ["purchase"]
    shutil.move(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    run_stage(tmp_path)
    result = read_ingested(tmp_path)
    assert result.report["kept_events"] == len(set(buyers()))
    assert result.events[0].customer_id == "00000"


def test_the_horizon_is_the_shortest_that_few_gaps_outlast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With exponential gaps of 12 days on average e^(-28/12) = 9.7% outlast 28 days and a sixth 21."""
    path = source(tmp_path, buyers(), ("client", "date", "total"))
    found = propose(tmp_path, path, monkeypatch=monkeypatch)
    assert found["churn"]["horizon_days"] == 28
    assert found["churn"]["active_within_days"] == 84
    assert found["snapshots"]["every_days"] == 28


def test_the_file_tells_what_each_horizon_would_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(tmp_path, source(tmp_path, buyers(), ("client", "date", "total")), monkeypatch=monkeypatch)
    text = (tmp_path / PROPOSAL).read_text(encoding="utf-8")
    for horizon in (7, 14, 21, 28, 42, 56, 91):
        assert re.search(rf"^  # +{horizon} +\d+ +\d+% +[\d,]+ +\d+% +\d+ +\d+ +\d+( <)?$", text, re.MULTILINE)
    assert "# The history is too short for 182." in text or re.search(r"^  # +182 ", text, re.MULTILINE)
    assert "28: the shortest that at most 10% of the gaps" in text


def test_it_is_a_whole_file_with_every_key_of_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """dvc.yaml names some of them, so a missing one would stop DVC."""
    found = propose(tmp_path, source(tmp_path, buyers(), ("client", "date", "total")), monkeypatch=monkeypatch)
    shipped = YAML(typ="safe", pure=True).load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    assert {name: set(section) for name, section in found.items()} == {
        name: set(section) for name, section in shipped.items()
    }
    assert load_settings(tmp_path / PROPOSAL).model.num_rounds == shipped["model"]["num_rounds"]


def test_nothing_but_the_proposal_is_written_and_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = source(tmp_path, buyers(), ("client", "date", "total"))
    (tmp_path / "params.yaml").write_text("mine: true\n", encoding="utf-8")
    propose(tmp_path, path, monkeypatch=monkeypatch)
    first = (tmp_path / PROPOSAL).read_bytes()
    propose(tmp_path, path, monkeypatch=monkeypatch)
    assert (tmp_path / PROPOSAL).read_bytes() == first
    assert (tmp_path / "params.yaml").read_text(encoding="utf-8") == "mine: true\n"
    assert outputs(tmp_path) == {}
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data", "params.suggested.yaml", "params.yaml"]


def test_order_lines_are_merged_multiplied_and_returns_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = []
    for number, (client, when, price) in enumerate(buyers(60)):
        sign = -1 if number % 25 == 0 else 1
        lines += [(f"i{number}", client, when, sign * 2, price, n) for n in range(3)]
    path = source(tmp_path, lines, ("Invoice No", "Customer ID", "InvoiceDate", "Quantity", "UnitPrice", "line"))
    found = propose(tmp_path, path, monkeypatch=monkeypatch)
    assert found["events"]["collapse"] == "Invoice No"
    assert found["events"]["roles"]["friction"] == ["return"]
    shutil.move(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    run_stage(tmp_path)
    result = read_ingested(tmp_path)
    assert result.report["kept_events"] == len(lines) // 3
    assert set(result.report["events_by_type"]) == {"purchase", "return"}
    assert sum(event.amount or 0 for event in result.events) == sum(row[3] * row[4] for row in lines)


def test_a_month_without_events_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in buyers() if not row[1].startswith("2023-09")]
    assert len(rows) < len(buyers())
    propose(tmp_path, source(tmp_path, rows, ("client", "ordered_at", "total")), monkeypatch=monkeypatch)
    told = capsys.readouterr().out
    months = re.findall(r"^ (\d{4}-\d\d) +([\d,]+) *$", told, re.MULTILINE)
    assert dict(months)["2023-09"] == "0"
    first = date.fromisoformat(f"{months[0][0]}-01")
    assert [month for month, _ in months] == [
        f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02d}" for n in range(len(months))
    ]


def test_dates_with_the_day_first_are_read_so_where_the_data_proves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(who, "{2}/{1}/{0}".format(*when.split("-")), worth) for who, when, worth in buyers()]
    propose(tmp_path, source(tmp_path, rows, ("client", "date", "total")), monkeypatch=monkeypatch)
    assert "The first figure of date exceeds 12 and the other never does, so it is the day." in (
        tmp_path / PROPOSAL
    ).read_text(encoding="utf-8")
    shutil.move(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    run_stage(tmp_path)
    days = {event.event_day for event in read_ingested(tmp_path).events}
    assert days == {when for _, when, _ in buyers()}


def test_columns_that_the_list_could_show_are_said_and_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel and a store are kinds; a note that is different in every row, and one that never changes, are not."""
    rows = [(*row, f"web{at % 3}", f"s{at % 40}", f"note {at}", "x") for at, row in enumerate(buyers())]
    columns = ("client", "date", "total", "sales_channel", "StoreId", "channel note", "shop")
    found = propose(tmp_path, source(tmp_path, rows, columns), monkeypatch=monkeypatch)
    assert (found["events"]["keep"], found["campaign"]["channel_from"]) == ([], None)
    text = " ".join((tmp_path / PROPOSAL).read_text(encoding="utf-8").replace("#", "").split())
    assert "could show the usual value of sales_channel, StoreId: name them here. Never features." in text
    assert "campaign.channel_from: sales_channel takes each customer's own channel from it" in text
    plain = propose(tmp_path, source(tmp_path, buyers(), ("client", "date", "total")), monkeypatch=monkeypatch)
    assert plain["events"]["keep"] == []
    assert "could show" not in (tmp_path / PROPOSAL).read_text(encoding="utf-8")


def test_a_subscription_gets_its_other_definitions_as_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(who, when, "renewal", worth) for who, when, worth in buyers()]
    rows += [(f"{number:05}", "2024-05-01", "cancelled", None) for number in range(20)]
    rows += [(f"{number:05}", "2024-04-01", "email_sent", None) for number in range(20)]
    path = source(tmp_path, rows, ("user_id", "timestamp", "event", "amount"), "x.parquet")
    found = propose(tmp_path, path, monkeypatch=monkeypatch)
    assert found["churn"]["definition"] == "inactivity"
    assert found["events"]["roles"]["cancel"] == ["cancelled"]
    text = (tmp_path / PROPOSAL).read_text(encoding="utf-8")
    assert "definition: cancellation" in text
    assert re.search(r"definition: lapse, term: \{days: \d+\}", text)
    assert "Without a role: email_sent (20 rows), something that the company does, not the customer." in text


def test_rows_without_a_customer_raise_the_allowed_share_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("" if n % 5 == 0 else who, when, worth) for n, (who, when, worth) in enumerate(buyers())]
    found = propose(tmp_path, source(tmp_path, rows, ("client", "date", "total")), monkeypatch=monkeypatch)
    assert found["events"]["max_rejected_share"] == 0.25
    assert "% of the rows are rejected (customer_id is missing" in (tmp_path / PROPOSAL).read_text(encoding="utf-8")


def test_a_german_export_of_forty_files_needs_no_word_of_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Semicolons, decimal commas, Windows' encoding, days first, types in a column whose name says nothing."""
    rows = buyers()
    for part in range(40):
        lines = ["Kundennummer;Datum;Buchung;Betrag;Gruß"]
        for number, (who, when, amount) in enumerate(rows[part::40]):
            year, month, day = when.split("-")
            kind = "Retoure" if number % 20 == 19 else "Kauf"
            lines.append(f"{who};{day}.{month}.{year};{kind};{amount},50;schön")
        write_file(tmp_path, "\r\n".join(lines).encode("windows-1252"), f"umsatz/{part:02}.csv")
    settings = propose(tmp_path, "data/raw/umsatz", monkeypatch=monkeypatch)["events"]
    assert settings["csv"] == {
        "delimiter": ";", "decimal": ",", "encoding": "windows-1252", "line_breaks": False,
    }  # fmt: skip
    assert (settings["roles"]["activity"], settings["roles"]["friction"]) == (["Kauf"], ["Retoure"])
    shutil.copyfile(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    run_stage(tmp_path)
    result = read_ingested(tmp_path)
    assert result.counts("source_rows", "rejected") == (len(rows), 0)
    assert result.events[0].customer_id.startswith("000")
    assert str(result.events[0].amount).endswith(".500000")


def test_ids_that_are_e_mail_addresses_get_pseudonyms_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run asks for the key; with it the proposal works as it is, and no address leaves ingest."""
    rows = [(f"c{who}@example.org", when, amount) for who, when, amount in buyers()]
    path = source(tmp_path, rows, ("email", "date", "amount"))
    settings = propose(tmp_path, path, "customer_id=email", monkeypatch=monkeypatch)
    assert settings["privacy"]["pseudonymise"] is True
    shutil.copyfile(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    monkeypatch.delenv("EBB_PSEUDONYM_KEY", raising=False)
    with pytest.raises(ConfigError, match="EBB_PSEUDONYM_KEY is not set"):
        run_stage(tmp_path)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", "k" * 32)
    run_stage(tmp_path)
    assert not [event for event in read_ingested(tmp_path).events if "@" in event.customer_id]


def test_a_name_cannot_end_a_comment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A type that holds a line break would add a key of its own to the file."""
    rows = [(who, when, "purchase", worth) for who, when, worth in buyers()]
    rows.append(("00001", "2024-03-01", "odd\nprivacy: {pseudonymise: true}", None))
    path = source(tmp_path, rows, ("client", "date", "type", "total"), "x.parquet")
    found = propose(tmp_path, path, monkeypatch=monkeypatch)
    assert found["privacy"]["pseudonymise"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one source is needed"),
        (["a.csv", "b.csv"], "one source is needed"),
        (["--help"], "one source is needed"),
        (["data/raw/none.csv"], r"data/raw/none\.csv does not exist"),
        (["data/raw/x.csv", "customer_id=nobody"], "customer_id=nobody cannot be followed"),
    ],
)
def test_a_wrong_command_is_one_sentence(
    tmp_path: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path, buyers(5), ("client", "date", "total"))
    with pytest.raises((ConfigError, EventError), match=message):
        propose(tmp_path, *arguments, monkeypatch=monkeypatch)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("anna", "2024-01-01", 1), ("bert", "2024-01-20", 1)], "the history is too short for every horizon"),
        (
            [("n/a", "2024-01-01", 1), ("none", "2024-01-20", 1)],
            r"no event is left after the checks \(customer_id is missing: 2\)",
        ),
    ],
    ids=["three weeks", "no customer"],
)
def test_a_source_that_nothing_can_be_proposed_for_is_one_sentence(
    tmp_path: Path, rows: list[Row], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = source(tmp_path, rows, ("client", "date", "total"))
    with pytest.raises(EbbError, match=message):
        propose(tmp_path, path, monkeypatch=monkeypatch)
    assert not (tmp_path / PROPOSAL).exists()


@pytest.mark.slow
@pytest.mark.datasets
@pytest.mark.skipif("EBB_DATASETS" not in os.environ, reason="EBB_DATASETS names no folder")
@pytest.mark.parametrize("name", DATASETS)
def test_real_sources_get_settings_that_fit_them(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = propose(tmp_path, str(Path(os.environ["EBB_DATASETS"]) / name), monkeypatch=monkeypatch)
    horizon, active, every, activity, money = DATASETS[name]
    assert (found["churn"]["horizon_days"], found["churn"]["active_within_days"]) == (horizon, active)
    assert found["snapshots"]["every_days"] == every
    assert (tuple(found["events"]["roles"]["activity"]), tuple(found["events"]["money"])) == (activity, money)
    shutil.move(tmp_path / PROPOSAL, tmp_path / "params.yaml")
    run_stage(tmp_path)
    assert read_ingested(tmp_path).report["slices"] >= 10
