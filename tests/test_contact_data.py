"""Names and addresses stay in the contact table and in exports/: nothing else of a run ever holds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from exported import configure, contacts, exported, people, publish, run_export, sample, to_contact
from little_shop import CHANGES, WEEKLY, bring, run, shop, stage, until
from searcher import find
from stages import STAGES

from pipeline import evaluate, promote
from pipeline.published import dated_folders

NAME, ADDRESS, PHONE = "Zoé Wisłocka-Ó'Neil", "zoe.w@sentinel.example", "+48 600 123 987"
DAY = date(2024, 6, 3)  # of the samples: the day after the newest event below
APART = ("contacts", "exports")


def run_recorded(folder: Path) -> None:
    """Every stage; those that talk to MLflow in processes of their own, where its warnings are no errors."""
    for module in STAGES:
        if module in (evaluate, promote):
            done = stage(folder, module.__name__.rpartition(".")[2])
            assert done.returncode == 0, done.stderr
        else:
            run(folder, [module])


@pytest.mark.pipeline
def test_contact_data_reach_nothing_but_the_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run with MLflow on, an export, and another week; then every file is opened and searched."""
    changes = {name.replace(".", "__"): value for name, value in CHANGES.items()}
    changes["mlflow__tracking_uri"] = "sqlite:///mlflow.db"
    configure(tmp_path, **changes)
    people(tmp_path, {})
    bring(tmp_path, until(shop(), "2024-06-02"))
    run_recorded(tmp_path)
    customers = [f"c{number:04}" for number in range(260)]
    table = sample(260, ids=customers)
    publish(tmp_path, table)  # a revision of the day's list, by which somebody is certainly to be contacted
    chosen = to_contact(table)
    contacts(tmp_path, [(name, NAME, ADDRESS, PHONE, "Ola") for name in chosen])
    run_export(tmp_path, monkeypatch, "--today", str(DAY))
    assert {(row["name"], row["email"], row["phone"]) for row in exported(tmp_path)} == {(NAME, ADDRESS, PHONE)}
    bring(tmp_path, until(shop(), "2024-06-09"))
    run(tmp_path, WEEKLY)
    monkeypatch.chdir(tmp_path)
    assert len(dated_folders()) == 3
    assert (tmp_path / "mlflow.db").exists()
    assert list((tmp_path / "mlruns").rglob("model_card.md")) or list((tmp_path / "mlruns").rglob("*.png"))
    assert find(tmp_path, ADDRESS, skip=("exports",)) == ["contacts/all.csv"]
    for sentinel in (NAME, ADDRESS, PHONE, "sentinel.example"):
        assert find(tmp_path, sentinel, skip=APART) == [], sentinel
