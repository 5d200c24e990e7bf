"""Access: all that is held and predicted on one person, as JSON on standard output and nowhere else."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from workspace import BOOKENDS, COLUMNS, ingest, outputs, run_stage

from pipeline import access
from pipeline.errors import ConfigError
from pipeline.listing.schema import SCHEMA
from pipeline.protection.forgotten import add_forgotten
from pipeline.protection.keys import pseudonyms, tombstones
from pipeline.published import publish_folder, refresh_latest
from pipeline.spreadsheets.csv_files import TOOLS, write_csv
from pipeline.spreadsheets.files import write_risk_list
from pipeline.tables import write_table

KEY = "correct horse battery staple, thirty-two and more"
DAY = date(2024, 2, 26)
ROWS = [
    ("12", "2024-01-10", "purchase", 5),
    ("12", "no date", "purchase", 6),
    ("123", "2024-01-11", "purchase", 7),
    *BOOKENDS,
]


@pytest.fixture(params=["ids as they came", "pseudonyms"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Events, a rejected row, scores and a list with 12 and 123 in them; once as they came, once as pseudonyms."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    hidden = request.param == "pseudonyms"
    changes = {"privacy.pseudonymise": hidden, "events.keep": ["store"]}
    ingest(tmp_path, [(*row, "York") for row in ROWS], changes, columns=(*COLUMNS, "store"))
    names = ["12", "123"]
    shown = pseudonyms(KEY.encode(), names) if hidden else names
    filled: dict[str, Any] = {"customer_id": shown, "as_of": [DAY] * 2, "churn_probability": [0.9, 0.1]}
    filled |= {"risk_band": ["high", "low"], "reason_1": ["No purchase for 47 days", None], "model_version": ["m1"] * 2}
    table = pa.table([filled.get(f.name, pa.nulls(2, f.type)) for f in SCHEMA], names=SCHEMA.names).cast(SCHEMA)
    for path in ("data/scores/scores.parquet", "data/features/facts.parquet"):
        write_table([table], SCHEMA, Path(path))
    publish_folder(DAY, lambda folder: write_files(folder, table), {"as_of": str(DAY), "grade": {"letter": "B"}})
    refresh_latest()
    Path("exports/2024-02-26").mkdir(parents=True)
    Path("exports/2024-02-26/contact_offer.csv").write_text('"customer_id","name"\r\n"12","Zoe"\r\n')
    return tmp_path


def write_files(folder: Path, table: pa.Table) -> None:
    """A list with its rows, their CSV, and a preset that names one of them."""
    write_table([table], table.schema, folder / "risk_list.parquet")
    write_risk_list(folder / "risk_list.csv", table, "pl")
    write_csv({"External ID": table.column("customer_id").slice(0, 1)}, folder / "preset_klaviyo.csv", TOOLS)


def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *names: str, arguments: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Run the command with ids on standard input, and read its answer."""
    typed = io.BytesIO("".join(f"{name}\n" for name in names).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=typed, isatty=lambda: False))
    monkeypatch.setattr("sys.argv", ["access", *arguments])
    capsys.readouterr()
    access.main()
    said = capsys.readouterr()
    assert said.err == ""
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def test_everything_on_one_person_and_nothing_of_another(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = outputs(shop)
    answer = ask(monkeypatch, capsys, "12")
    (event,) = answer["held"]["data/events/closed/events-2024-01-01.parquet"]
    assert (event["event_day"], event["event_type"], event["amount"]) == ("2024-01-10", "purchase", "5.000000")
    (score,) = answer["held"]["data/scores/scores.parquet"]
    assert score["churn_probability"] == 0.9
    (kept,) = answer["held"]["data/events/kept/events-2024-01-01.parquet"]
    assert (kept["event_day"], kept["store"]) == ("2024-01-10", "York")
    assert len(answer["held"]["data/features/facts.parquet"]) == 1
    assert answer["other_files"] == ["exports/2024-02-26/contact_offer.csv"]
    assert answer["predictions"][0]["files"] == ["preset_klaviyo.csv", "risk_list.csv", "risk_list.parquet"]
    assert [item["list"] for item in answer["predictions"]] == [f"data/lists/{DAY}", "data/lists/latest"]
    assert answer["predictions"][0]["told_with_it"] == {"as_of": "2024-02-26", "grade": {"letter": "B"}}
    row = answer["predictions"][0]["row"]
    assert (row["risk_band"], row["reason_1"], row["model_version"]) == ("high", "No purchase for 47 days", "m1")
    assert answer["rows_in_sources"] == {"data/raw/events.csv": 2}
    assert (answer["found"], answer["forgotten"]) == (True, False)
    assert "123" not in [value for rows in answer["held"].values() for row in rows for value in row.values()]
    assert outputs(shop) == before


def test_the_logic_is_said_in_words(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    about = ask(monkeypatch, capsys, "12")["about"]
    assert "active in the 14 days before a list will leave (definition: inactivity) in the 7 days" in about["predicted"]
    assert about["kept"] == "past lists for ever"
    assert all(about[name] for name in ("what_this_is", "logic", "purpose_and_recipients"))


def test_a_stranger_is_not_found(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(monkeypatch, capsys, "1")
    assert (answer["found"], answer["held"], answer["predictions"]) == (False, {}, [])


def test_a_pseudonym_is_an_answer_too(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list carries it, and marketing may ask by it; the id comes from the source."""
    (mark,) = pseudonyms(KEY.encode(), ["12"])
    answer = ask(monkeypatch, capsys, mark, arguments=("--pseudonym",))
    assert answer["ids"] == sorted(["12", mark])
    assert len(answer["predictions"]) == 2


def test_a_forgotten_person_is_known_to_be_forgotten(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_forgotten(KEY.encode(), tombstones(KEY.encode(), pseudonyms(KEY.encode(), ["12"])))
    run_stage(shop)
    answer = ask(monkeypatch, capsys, "12")
    assert answer["forgotten"]
    assert "data/events/closed/events-2024-01-01.parquet" not in answer["held"]


def test_one_person_at_a_time(shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigError, match="standard input holds 2 ids: ask about one person at a time"):
        ask(monkeypatch, capsys, "12", "123")


def test_pseudonyms_need_their_key(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without pseudonyms no key is needed to answer."""
    monkeypatch.delenv("EBB_PSEUDONYM_KEY")
    if Path("data/events/key.json").exists():
        with pytest.raises(ConfigError, match="customers have pseudonyms, but EBB_PSEUDONYM_KEY is not set"):
            ask(monkeypatch, capsys, "12")
    else:
        assert ask(monkeypatch, capsys, "12")["found"]
