"""The weekly run as a scheduler starts it, with a DVC on the PATH that only pretends: streams, lock, kills, notify."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from workspace import BOOKENDS, REPOSITORY, outputs, source_bytes, write_file, write_params

from pipeline.published import publish_folder, refresh_latest
from pipeline.scheduled import commands
from pipeline.scheduled.ends import BusyError
from pipeline.scheduled.lock import only_run
from pipeline.scheduled.notify import notify
from pipeline.sections.notifying import Notify
from pipeline.tables import alive, write_json, write_text

DVC = """#!/bin/sh
case "$1" in
    config) ;;
    data) echo '{}' ;;
    repro) sh fake/repro ;;
esac
"""
TODAY = ("--today", "2024-06-05")
# Says that it has begun, then waits until somebody writes into the other pipe, or for ever.
WAITS = "echo $$ > fake/begun; cat fake/go"
TELLS = "sh fake/tell"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a list, settings, events, and programs that pretend."""
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_file(tmp_path, source_bytes("events.csv", BOOKENDS))
    content = {"as_of": "2024-06-03", "valid_until": "2024-06-10", "model_version": "abc", "bands": {}}
    publish_folder(date(2024, 6, 3), lambda aside: write_text("rows", aside / "risk_list.csv"), content)
    refresh_latest()
    (tmp_path / "fake/bin").mkdir(parents=True)
    dvc = tmp_path / "fake/bin/dvc"
    dvc.write_text(DVC)
    dvc.chmod(0o755)
    repro("echo Running stage; echo a warning >&2")
    for name in ("begun", "go"):
        os.mkfifo(tmp_path / "fake" / name)
    (tmp_path / "fake/tell").write_text(
        'cat > told.json; echo "$EBB_STATUS $EBB_AS_OF" > told.txt; exit "$(cat code)"\n'
    )
    (tmp_path / "code").write_text("0")
    return tmp_path


def repro(script: str) -> None:
    Path("fake/repro").write_text(f"{script}\n")


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a weekly run."""
    path = os.pathsep.join((str(Path("fake/bin").absolute()), str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.weekly", *TODAY, *arguments],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(*arguments: str) -> tuple[int, str, str]:
    """One weekly run to its end: exit code, stdout, stderr."""
    child = start(*arguments)
    out, err = child.communicate(timeout=120)
    return child.returncode, out, err


def begun() -> int:
    """Wait until the pretended repro works; its PID."""
    return int(Path("fake/begun").read_text())


def ends(process: int) -> bool:
    """Whether a process that was just killed is gone; the system may take a moment."""
    for _ in range(200):
        if not alive(process):
            return True
        time.sleep(0.05)
    return False


def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("data/weekly/summary.json").read_text())
    return found


@pytest.mark.usefixtures("shop")
def test_stdout_is_one_line_of_json_and_the_log_has_everything() -> None:
    code, out, err = run("--json")
    assert (code, out.count("\n"), json.loads(out)) == (0, 1, told())
    log = Path("data/weekly/log.txt").read_text()
    assert log == err
    assert "Running stage\na warning\n" in log
    assert {step["step"]: step["result"] for step in told()["steps"]}["repro"] == "ok"
    code, out, err = run("--quiet")
    assert (code, out) == (0, "")
    assert "Running stage" not in err
    assert "weekly: repro: ok" in err
    assert "Running stage\na warning\n" in Path("data/weekly/log.txt").read_text()


@pytest.mark.usefixtures("shop")
def test_a_second_run_changes_nothing_but_its_own_record() -> None:
    def others() -> dict[str, bytes]:
        return {name: held for name, held in outputs(Path()).items() if not name.startswith("data/weekly/")}

    assert run()[0] == 0
    before = others()
    assert run()[0] == 0
    assert others() == before


def test_one_run_at_a_time_and_a_killed_one_does_not_block_for_ever(shop: Path) -> None:
    write_params(shop, {"notify": {"command": TELLS, "on": ["busy"]}})
    repro(WAITS)
    first = start()
    orphan = begun()
    summary, log = (Path(f"data/weekly/{name}").read_bytes() for name in ("summary.json", "log.txt"))
    assert json.loads(summary)["status"] is None
    code, out, err = run("--json")
    assert (code, json.loads(out)["status"]) == (4, "busy")
    assert f"another weekly run is going on (PID {first.pid})" in err
    assert Path("told.txt").read_text() == "busy 2024-06-03\n"
    assert (Path("data/weekly/summary.json").read_bytes(), Path("data/weekly/log.txt").read_bytes()) == (summary, log)

    os.kill(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    code, _, err = run()
    assert code == 4
    assert f"a weekly run was killed (PID {first.pid}), and the DVC that it started still works" in err

    os.killpg(os.getpgid(orphan), signal.SIGKILL)
    repro("true")
    code, _, err = run()
    assert code == 0, err


@pytest.mark.usefixtures("shop")
def test_the_lock_of_the_dead_is_taken_over_and_dvc_of_the_living_is_respected() -> None:
    write_text("999999999", Path("data/weekly/lock"))
    rwlock = Path(".dvc/tmp/rwlock")
    write_json({"data/lists": {"write": {"pid": 999_999_999, "cmd": "dvc repro"}}}, rwlock)
    assert run()[0] == 0
    write_json({"data/lists": {"write": {"pid": os.getpid(), "cmd": "dvc repro"}}}, rwlock)
    code, _, err = run()
    assert code == 4
    assert f"a run of DVC is going on (PID {os.getpid()})" in err


@pytest.mark.usefixtures("shop")
def test_a_lock_whose_number_cannot_be_written_is_held_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk: the number is there to be read, what counts is the lock."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with only_run(), pytest.raises(BusyError, match="another weekly run is going on"), only_run():
        pass


@pytest.mark.usefixtures("shop")
def test_the_lock_is_free_again_after_a_run() -> None:
    for _ in range(2):
        with only_run():
            assert Path("data/weekly/lock").read_text() == str(os.getpid())
        assert Path("data/weekly/lock").read_text() == ""


@pytest.mark.usefixtures("shop")
def test_a_scheduler_that_stops_the_run_stops_dvc_and_its_stages_too() -> None:
    repro(WAITS)
    child = start("--json")
    stage = begun()
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, json.loads(out)["status"]) == (1, "failed"), err
    assert "the run was stopped" in told()["why"]
    assert ends(stage)


@pytest.mark.parametrize("code", ["0", "5"])
def test_notify_is_told_of_a_failure_and_never_changes_its_exit_code(shop: Path, code: str) -> None:
    write_params(shop, {"notify": {"command": TELLS}})
    (shop / "code").write_text(code)
    repro("echo \"ERROR: failed to reproduce 'train': failed to run\" >&2; exit 255")
    ended, _, err = run()
    assert ended == 1
    assert Path("told.txt").read_text() == "failed 2024-06-03\n"
    heard = json.loads(Path("told.json").read_text())
    assert heard["why"] == "the step repro failed at stage train (exit code 255): data/weekly/log.txt has what it said."
    said = [] if code == "0" else ["notify.command ended with 5: it may be that nobody was told."]
    assert told() == {**heard, "warnings": said}
    assert all(sentence in err for sentence in said)


def test_notify_is_silent_unless_it_is_asked_for(shop: Path) -> None:
    write_params(shop, {"notify": {"command": TELLS}})
    assert run()[0] == 0
    assert not Path("told.txt").exists()
    write_params(shop, {"notify": {"command": TELLS, "on": ["done"]}})
    assert run()[0] == 0
    assert Path("told.txt").read_text() == "done 2024-06-03\n"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("sh -c 'cat fake/go'", "notify.command had not ended after 0.2 seconds, so it was stopped."),
        ("no-such-program", "notify.command could not be run (No such file or directory): nobody was told."),
        ("cat", None),
    ],
)
@pytest.mark.usefixtures("shop")
def test_notify_that_hangs_or_is_not_there(command: str, sentence: str | None) -> None:
    printed: list[bytes] = []
    summary: dict[str, Any] = {"status": "stale", "list": None}
    assert notify(summary, Notify(command=command), printed.append, seconds=0.2 if sentence else 60) == sentence
    assert [json.loads(text) for text in printed] == ([] if sentence else [summary])


@pytest.mark.usefixtures("shop")
def test_commit_takes_the_lock_file_and_nothing_else() -> None:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    git("init", "-q", "-b", "main")
    git("config", "user.name", "tester")
    git("config", "user.email", "tester@example.invalid")
    Path("notes.txt").write_text("mine, staged by hand")
    git("add", "notes.txt", "params.yaml")
    git("commit", "-qm", "start")
    Path("notes.txt").write_text("changed, staged by hand")
    git("add", "notes.txt")
    repro("printf \"schema: '2.0'\\nstages: {}\\n\" > dvc.lock")
    assert run("--commit")[0] == 0
    assert git("show", "--name-only", "--format=%s", "HEAD").split("\n\n") == ["Weekly run", "dvc.lock\n"]
    assert git("diff", "--cached", "--name-only") == "notes.txt\n"
    assert run("--commit")[0] == 0
    assert git("rev-list", "--count", "HEAD").strip() == "2"


@pytest.mark.usefixtures("shop")
def test_usage() -> None:
    code, out, err = run("--comit")
    assert (code, out) == (2, "")
    assert "unrecognized arguments: --comit" in err


def test_python_is_the_one_that_runs_this(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler's PATH knows another python, or none; dvc.yaml says `python`."""
    here = str(Path(sys.executable).parent)
    other = tmp_path / "other"
    other.mkdir()
    (other / "python").touch(mode=0o755)
    for path in (str(other), ""):
        monkeypatch.setenv("PATH", path)
        assert commands.environment()["PATH"].split(os.pathsep)[0] == here
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{here}")
    assert commands.environment()["PATH"] == f"{tmp_path}{os.pathsep}{here}"
    assert shutil.which("python", path=commands.environment()["PATH"]) == str(Path(here) / "python")
