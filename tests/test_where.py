"""The last lines of `make repro`: whom to contact, what is in the list, and that a stale list says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from samples import sample

from pipeline import where
from pipeline.errors import ArtifactError
from pipeline.published import publish_folder, refresh_latest
from pipeline.summary import whom
from pipeline.tables import REPORTS, write_json, write_text

MONDAY = date(2024, 6, 3)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_json({"decision": "promoted", "why": "..."}, REPORTS / "promotion.json")


def publish(figures: bool = True) -> None:
    """A list of three customers; without figures as an earlier version wrote it."""
    told = sample(3)[1]

    def write(folder: Path) -> None:
        write_text("x", folder / "risk_list.xlsx")
        if figures:
            write_json(told, folder / "briefing.json")

    bands = {name: {"customers": 1} for name in ("high", "medium", "low")}
    content = {"as_of": "2024-06-03", "bands": bands, "already_lapsed": 1204, "rolled_back_from": None}
    publish_folder(MONDAY, write, content)
    refresh_latest()


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    where.main()
    return capsys.readouterr().out.strip().splitlines()


def test_whom_to_contact() -> None:
    """By action, and why others with an action are not; reasons that hold nobody are not told."""
    actions = {"offer": {"customers": 382}, "personal_call": {"customers": 30}}
    why_not = {"low": 9000, "over_capacity": 6, "holdout": 45, "objected": 0, "cool_down": 1200, "value_below_cost": 0}
    contact = {"yes": 412, "by_action": actions, "why_not": why_not}
    expected = (
        "412 to contact (offer 382, personal_call 30), 45 held back, 6 over capacity, "
        "1,200 contacted or held back lately"
    )
    assert whom(contact) == expected
    assert whom({"yes": 0, "by_action": {}, "why_not": dict.fromkeys(why_not, 0)}) == "0 to contact"


def test_the_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    publish()
    lines = said(capsys)
    assert lines[0] == "List of 2024-06-03: 1 high, 1 medium, 1 low; 1,204 have lapsed already."
    assert "to contact" in lines[1]
    assert lines[-1] == "data/lists/latest/risk_list.xlsx"


def test_a_list_of_an_earlier_version_says_what_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    publish(figures=False)
    assert said(capsys)[1:] == ["data/lists/latest/risk_list.xlsx"]


def test_a_stale_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    publish()
    about = {"since": "2024-06-10", "as_of": "2024-06-17", "failed": [{"name": "freshness"}, {"name": "bands"}]}
    refresh_latest(lambda _, aside: write_text("x", aside / "risk_list.xlsx"), about)
    stale = "STALE: it held until 2024-06-10; the list of 2024-06-17 did not pass its gate (freshness, bands)."
    assert stale in said(capsys)


def test_a_refused_challenger_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    publish()
    write_json({"decision": "refused", "why": "Not promoted: log loss."}, REPORTS / "promotion.json")
    assert "Not promoted: log loss." in said(capsys)


def test_no_list_and_a_damaged_one() -> None:
    with pytest.raises(ArtifactError, match="there is no list in data/lists/latest yet"):
        where.main()
    publish()
    Path("data/lists/latest/risk_list.xlsx").write_text("edited")
    with pytest.raises(ArtifactError, match="sha256 differs"):
        where.main()
