"""The weekly run's steps with programs that only pretend: their order, how each end is told, and who is notified."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from workspace import write_params

from pipeline.errors import ConfigError
from pipeline.published import publish_folder, refresh_latest
from pipeline.scheduled import ended
from pipeline.scheduled.commands import Commands, Ended
from pipeline.scheduled.ended import Attempt
from pipeline.scheduled.steps import MESSAGE
from pipeline.scheduled.told import Times
from pipeline.settings import parse_settings
from pipeline.tables import CURRENT_SUMMARY, MEASURED, REPORTS, write_json, write_text

MONDAY, SUNDAY, TUESDAY_AFTER = "2024-06-03", "2024-06-10", "2024-06-11"
REMOTE, MISSING, STATUS = (
    "dvc config core.remote",
    "dvc data status --json",
    "git diff --cached --name-only -- dvc.lock",
)
WITH_REMOTE: dict[str, str] = {REMOTE: "store\n", MISSING: "{}"}
EMPTY_LOCK = "schema: '2.0'\nstages: {}\n"
Effect = Callable[[], None]


class Pretended(Commands):
    """Programs by their command line: what each prints, or the code and stage it ends with, or what it does."""

    def __init__(self, answers: dict[str, str | tuple[int, str | None] | Effect]) -> None:
        super().__init__(held=0, quiet=True)
        self.answers = answers
        self.ran: list[str] = []

    def run(self, *argv: str, keep: bool = False, locked: bool = True) -> Ended:
        """As the real ones, but nothing is run."""
        line = " ".join(argv)
        self.ran.append(line)
        answer = self.answers.get(line, "")
        if callable(answer):
            answer()
        if isinstance(answer, tuple):
            return Ended(answer[0], "", answer[1])
        return Ended(0, answer if isinstance(answer, str) else "", None)


def a_list(as_of: str = MONDAY, valid_until: str = SUNDAY) -> None:
    """What publish leaves."""
    content = {"as_of": as_of, "valid_until": valid_until, "model_version": "abc", "already_lapsed": 1}
    bands = {name: {"customers": number} for name, number in (("high", 3), ("medium", 2), ("low", 9))}
    write = lambda aside: write_text("rows", aside / "risk_list.csv")  # noqa: E731
    publish_folder(date.fromisoformat(as_of), write, {**content, "bands": bands})
    refresh_latest()


def marked(as_of: str) -> None:
    """What publish leaves where the list of a day does not pass its gate."""
    about = {"since": SUNDAY, "as_of": as_of, "failed": [{"name": "population", "value": 0.9, "limit": 0.5}]}
    refresh_latest(lambda _, aside: write_text("old rows", aside / "risk_list_STALE.csv"), about)
    write_json({"as_of": as_of}, CURRENT_SUMMARY)


@pytest.fixture
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)


def weekly(
    answers: dict[str, Any] | None = None, today: str | None = "2024-06-05", commit: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """One run: its summary, which is also what it wrote, and the programs that it ran."""
    with Pretended({"dvc repro": a_list, **(answers or {})}) as programs:
        summary = Attempt(programs, Times(datetime.now(UTC)), commit, today).go()
    assert json.loads(Path("data/weekly/summary.json").read_text()) == summary
    return summary, programs.ran


def results(summary: dict[str, Any]) -> dict[str, str]:
    return {step["step"]: step["result"] for step in summary["steps"]}


@pytest.mark.usefixtures("_shop")
def test_the_steps_run_in_their_order() -> None:
    answers = {**WITH_REMOTE, MISSING: '{"uncommitted": {"deleted": ["data/lists/", "data/champion/"]}}'}

    def repro() -> None:
        a_list()
        write_text("new", Path("dvc.lock"))

    summary, ran = weekly({**answers, "dvc repro": repro, STATUS: "dvc.lock\n"}, commit=True)
    assert ran == [
        REMOTE,
        MISSING,
        "dvc pull data/champion/ data/lists/",
        "python -m pipeline.check",
        "dvc repro",
        "dvc push",
        "git add -- dvc.lock",
        STATUS,
        f"git commit --quiet --message {MESSAGE} --only -- dvc.lock",
    ]
    assert (summary["status"], summary["exit_code"], summary["why"]) == ("done", 0, None)
    assert set(results(summary).values()) == {"ok"}
    assert summary["list"] == {
        "as_of": MONDAY,
        "valid_until": SUNDAY,
        "model_version": "abc",
        "customers": {"high": 3, "medium": 2, "low": 9},
        "stale": None,
    }


@pytest.mark.usefixtures("_shop")
def test_what_nothing_is_configured_for_is_skipped() -> None:
    summary, ran = weekly()
    assert ran == [REMOTE, "python -m pipeline.check", "dvc repro"]
    assert results(summary) == {
        "pull": "skipped", "check": "ok", "repro": "ok", "verify": "ok", "push": "skipped", "commit": "skipped"
    }  # fmt: skip


@pytest.mark.usefixtures("_shop")
def test_nothing_that_is_here_is_pulled_and_an_unchanged_lock_is_not_committed() -> None:
    write_text(EMPTY_LOCK, Path("dvc.lock"))
    summary, ran = weekly(dict(WITH_REMOTE), commit=True)
    assert not [line for line in ran if line.startswith(("dvc pull", "git commit"))]
    assert (results(summary)["pull"], results(summary)["push"], results(summary)["commit"]) == (
        "skipped",
        "ok",
        "skipped",
    )


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize("today", [MONDAY, SUNDAY])
def test_a_list_is_fresh_from_its_day_to_its_last_valid_day(today: str) -> None:
    assert weekly(today=today)[0]["exit_code"] == 0


@pytest.mark.usefixtures("_shop")
def test_a_list_that_has_run_out_is_stale_but_kept_in_the_remote() -> None:
    summary, ran = weekly(dict(WITH_REMOTE), today=TUESDAY_AFTER)
    assert (summary["status"], summary["exit_code"]) == ("stale", 3)
    assert summary["why"] == (
        f"the list of {MONDAY} was valid until {SUNDAY}, and today is {TUESDAY_AFTER}: no newer events have come. "
        "Bring the newest export and run it again."
    )
    assert ran[-1] == "dvc push"


@pytest.mark.usefixtures("_shop")
def test_a_clock_before_the_list_is_a_failure() -> None:
    summary, ran = weekly(dict(WITH_REMOTE), today="2024-06-02")
    assert (summary["exit_code"], results(summary)["verify"]) == (1, "failed")
    assert "is the machine's date right?" in summary["why"]
    assert "dvc push" not in ran


FAILS: dict[str, tuple[dict[str, Any], str, str]] = {
    "the remote cannot be asked": ({REMOTE: (255, None)}, "pull", "the step pull failed (exit code 255)"),
    "no pull": (
        {REMOTE: "r", MISSING: '{"uncommitted": {"deleted": ["data/lists/"]}}', "dvc pull data/lists/": (1, None)},
        "pull",
        "the step pull failed (exit code 1): data/weekly/log.txt has what it said. If the remote lacks what dvc.lock",
    ),
    "dvc says something else": ({REMOTE: "r", MISSING: "hello"}, "pull", "did not print JSON"),
    "no source": ({"python -m pipeline.check": (1, None)}, "check", "the step check failed (exit code 1)"),
    "a stage": ({"dvc repro": (255, "ingest")}, "repro", "failed at stage ingest (exit code 255)"),
    "publish, not by its gate": ({"dvc repro": (255, "publish")}, "repro", "failed at stage publish"),
    "no push": ({**WITH_REMOTE, "dvc push": (1, None)}, "push", "the step push failed (exit code 1)"),
}


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize(("answers", "step", "why"), FAILS.values(), ids=FAILS.keys())
def test_the_first_failure_ends_the_run_and_the_last_good_list_stays(
    answers: dict[str, Any], step: str, why: str
) -> None:
    a_list()
    write_text(EMPTY_LOCK, Path("dvc.lock"))
    summary, ran = weekly({STATUS: "dvc.lock\n", **answers}, commit=True)
    assert (summary["status"], summary["exit_code"]) == ("failed", 1)
    assert list(results(summary))[-1] == step
    assert results(summary)[step] == "failed"
    assert why in summary["why"]
    assert summary["list"]["as_of"] == MONDAY
    assert not [line for line in ran if line.startswith("git")]


@pytest.mark.usefixtures("_shop")
def test_a_list_that_its_gate_refused_is_stale_and_no_failure() -> None:
    a_list()
    marked("2024-06-10")
    summary, ran = weekly({**WITH_REMOTE, "dvc repro": (255, "publish")})
    assert (summary["status"], summary["exit_code"], results(summary)["repro"]) == ("stale", 3, "stale")
    assert "the list of 2024-06-10 did not pass its gate (population)" in summary["why"]
    assert summary["list"]["stale"] == {"since": SUNDAY, "as_of": "2024-06-10", "failed": ["population"]}
    assert ran[-1] == "dvc repro"


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize(("stage", "as_of"), [("ingest", "2024-06-10"), ("publish", "2024-06-17")])
def test_the_mark_of_an_earlier_week_does_not_hide_a_failure(stage: str, as_of: str) -> None:
    a_list()
    marked("2024-06-10")
    write_json({"as_of": as_of}, CURRENT_SUMMARY)
    assert weekly({"dvc repro": (255, stage)})[0]["exit_code"] == 1


@pytest.mark.usefixtures("_shop")
def test_a_list_still_marked_after_a_good_run_is_stale() -> None:
    a_list()
    marked("2024-06-10")
    assert weekly({"dvc repro": ""})[0]["exit_code"] == 3


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize("fault", ["missing", "edited"])
def test_a_list_that_is_not_whole_is_a_failure(fault: str) -> None:
    def repro() -> None:
        a_list()
        path = Path("data/lists/latest/risk_list.csv")
        if fault == "missing":
            path.unlink()
        else:
            path.write_text("other rows")

    summary, ran = weekly({**WITH_REMOTE, "dvc repro": repro})
    assert (summary["exit_code"], summary["list"]) == (1, None)
    assert "risk_list.csv is" in summary["why"]
    assert "dvc push" not in ran


@pytest.mark.usefixtures("_shop")
def test_no_list_at_all_is_a_failure() -> None:
    summary, _ = weekly({"dvc repro": ""})
    assert (summary["exit_code"], summary["list"]) == (1, None)
    assert "there is no list in data/lists/latest yet" in summary["why"]


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize("today", ["yesterday", ""])
def test_a_day_that_is_none_and_settings_that_cannot_be_followed_are_2(today: str) -> None:
    summary, ran = weekly(today=today)
    assert (summary["status"], summary["exit_code"], ran) == ("params", 2, [])
    write_params(Path(), {"events.sauce": "/home/anna/events.csv"})
    summary, ran = weekly()
    assert (summary["status"], summary["exit_code"], ran) == ("params", 2, [])
    assert "unknown key events.sauce; did you mean source" in Path("data/weekly/log.txt").read_text()
    assert "anna" not in json.dumps(summary)


@pytest.mark.usefixtures("_shop")
def test_the_summary_has_the_figures_of_the_loop_and_no_more() -> None:
    group = {"customers": 412, "promised": 0.62, "realised": 0.58, "low": 0.54, "high": 0.62, "kept": True, "of": 7}
    older = {"as_of": "2024-01-01", "kind": "replay", "groups": {}}
    newest = {"as_of": "2024-03-04", "kind": "list", "groups": {"high": group, "vip": group}, "list": "2024-03-04"}
    write_json({"receipts": [older, newest]}, MEASURED)
    write_json({"verdict": "recalibrate", "reason": "level", "twin": {"as_of": "2023-06-05"}}, REPORTS / "watch.json")
    write_json({"decision": "waiting", "why": "a sentence"}, REPORTS / "promotion.json")
    summary, _ = weekly()
    del group["of"]
    assert summary["receipt"] == {"as_of": "2024-03-04", "kind": "list", "bands": {"high": group}}
    assert (summary["advice"], summary["model"]) == ({"verdict": "recalibrate", "reason": "level"}, "waiting")
    write_json({"verdict": "recalibrate", "reason": "c0007 left"}, REPORTS / "watch.json")
    assert weekly()[0]["advice"] is None


@pytest.mark.usefixtures("_shop")
def test_damaged_reports_do_not_stop_a_summary() -> None:
    for path in (MEASURED, REPORTS / "watch.json", REPORTS / "promotion.json"):
        write_text("[1", path)
    summary, _ = weekly()
    assert (summary["exit_code"], summary["receipt"], summary["advice"], summary["model"]) == (0, None, None, None)


@pytest.mark.usefixtures("_shop")
def test_an_error_that_nobody_foresaw_is_told_too() -> None:
    def repro() -> None:
        raise ZeroDivisionError

    write_params(Path(), {"notify": {"command": "sh -c 'cat > told.json'"}})
    with pytest.raises(ZeroDivisionError):
        weekly({"dvc repro": repro})
    assert json.loads(Path("told.json").read_text())["status"] == "failed"


@pytest.mark.usefixtures("_shop")
def test_a_full_disk_is_told_too_though_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the summary nor a line of the log; whoever is to be told is told all the same."""

    class FullLog:
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            """As a file."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_params(Path(), {"notify": {"command": "sh -c 'cat > told.json; echo hello'"}})
    with Pretended({"dvc repro": (1, "score")}) as programs:
        programs._log.close()
        programs._log = FullLog()  # type: ignore[assignment]
        monkeypatch.setattr(ended, "write_json", full)
        summary = Attempt(programs, Times(datetime.now(UTC)), False, "2024-06-05").go()
    assert (summary["status"], summary["exit_code"]) == ("failed", 1)
    assert json.loads(Path("told.json").read_text()) == {**summary, "warnings": []}
    assert "summary.json could not be written (No space left on device)" in capsys.readouterr().err


@pytest.mark.usefixtures("_shop")
def test_a_stop_is_a_failure_that_is_told() -> None:
    def repro() -> None:
        raise KeyboardInterrupt

    summary, _ = weekly({"dvc repro": repro})
    assert summary["exit_code"] == 1
    assert summary["why"].startswith("the run was stopped.")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"command": ""}, "notify.command: is empty, so that nobody would be told"),
        ({"command": "  "}, "notify.command: is empty"),
        ({"command": "sh 'x"}, "notify.command: cannot be split into words"),
        ({"command": "sh x", "on": []}, "on is empty, so that it would never run"),
        ({"command": "sh x", "on": ["fialed"]}, "notify.on"),
        ({"when": ["failed"]}, "unknown key notify.when"),
    ],
)
def test_notify_settings_that_are_refused(section: dict[str, Any], message: str, tmp_path: Path) -> None:
    write_params(tmp_path, {"notify": section})
    with pytest.raises(ConfigError, match=message):
        parse_settings(json.loads((tmp_path / "params.yaml").read_text()))
