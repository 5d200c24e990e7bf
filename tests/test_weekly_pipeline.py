"""The weekly run on a little shop with DVC, a remote and git: a fresh clone, a bad export, a refusal, a kill."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cut import Checkout
from little_shop import day, shop, until
from weekly_shop import RECOGNISED, bring, shop_checkout, told
from workspace import source_bytes, write_file

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]

ROWS = shop()
FIRST, NEXT = "2024-10-13", "2024-10-20"  # the days of the lists
AFTER_FIRST, AFTER_NEXT = "2024-10-15", "2024-10-22"
PRINTED: list[str] = []


def weekly(checkout: Checkout, today: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """One run: its exit code and summary. What it printed is kept, to be searched."""
    done = checkout.run("python", "-m", "pipeline.weekly", "--today", today, "--json", *arguments, check=False)
    log = (checkout.root / "data/weekly/log.txt").read_text(encoding="utf-8")
    PRINTED.extend([done.stdout, done.stderr, log, (checkout.root / "data/weekly/summary.json").read_text()])
    summary = told(checkout)
    assert summary["exit_code"] == done.returncode, done.stderr
    return done.returncode, summary


def data(checkout: Checkout) -> dict[str, bytes]:
    """Every file below data/ and dvc.lock, but the run's own record."""
    paths = [*(checkout.root / "data").rglob("*"), checkout.root / "dvc.lock"]
    found = {str(path.relative_to(checkout.root)): path.read_bytes() for path in paths if path.is_file()}
    return {name: content for name, content in found.items() if not name.startswith("data/weekly/")}


def lists(checkout: Checkout) -> dict[str, bytes]:
    return {name: content for name, content in data(checkout).items() if name.startswith("data/lists/")}


def test_weeks_of_a_scheduler(tmp_path: Path) -> None:
    """One story in order, each step on the one before."""
    checkout = shop_checkout(_made(tmp_path / "shop"), until(ROWS, day(285)))
    checkout.run("dvc", "remote", "add", "--default", "store", str(_made(tmp_path / "store")))
    checkout.commit()
    history_that_the_remote_lacks_is_no_beginning(checkout)
    the_first_week(checkout, tmp_path / "store")
    a_second_run_changes_no_byte(checkout)
    clone = a_fresh_clone_has_everything(checkout, tmp_path / "clone")
    killed_and_run_again(clone)
    a_bad_export_leaves_the_list(checkout)
    a_refused_list(checkout)
    no_customer_was_printed(checkout)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def history_that_the_remote_lacks_is_no_beginning(checkout: Checkout) -> None:
    """The dvc.lock of the demo names lists that are nowhere: without them nobody knows who was contacted."""
    code, summary = weekly(checkout, AFTER_FIRST, "--commit")
    assert (code, summary["list"]) == (1, None)
    assert "If the remote lacks what dvc.lock names" in summary["why"]
    assert [step["step"] for step in summary["steps"]] == ["pull"]
    (checkout.root / "dvc.lock").unlink()
    checkout.commit()


def the_first_week(checkout: Checkout, store: Path) -> None:
    (checkout.root / "notes.txt").write_text("mine")
    code, summary = weekly(checkout, AFTER_FIRST, "--commit")
    assert (code, summary["status"], summary["list"]["as_of"]) == (0, "done", FIRST)
    results = {step["step"]: step["result"] for step in summary["steps"]}
    assert (results.pop("pull"), set(results.values())) == ("skipped", {"ok"}), summary
    assert sum(summary["list"]["customers"].values()) > 50
    assert any(path.is_file() for path in store.rglob("*"))
    shown = checkout.run("git", "show", "--name-only", "--format=%s", "HEAD").stdout
    assert shown == "Weekly run\n\ndvc.lock\n"


def a_second_run_changes_no_byte(checkout: Checkout) -> None:
    before, head = data(checkout), checkout.run("git", "rev-parse", "HEAD").stdout
    assert weekly(checkout, AFTER_FIRST, "--commit")[0] == 0
    assert data(checkout) == before
    assert checkout.run("git", "rev-parse", "HEAD").stdout == head


def a_fresh_clone_has_everything(checkout: Checkout, folder: Path) -> Checkout:
    """As a hosted runner begins each week: lists, champion and outcomes come from the remote, and nothing runs."""
    checkout.run("git", "clone", "-q", str(checkout.root), str(folder))
    clone = Checkout(folder)
    clone.run("git", "config", "user.name", "tester")
    clone.run("git", "config", "user.email", "tester@example.invalid")
    assert not lists(clone)
    code, summary = weekly(clone, AFTER_FIRST)
    assert (code, summary["steps"][0]["step"], summary["steps"][0]["result"]) == (0, "pull", "ok")
    assert lists(clone) == lists(checkout)
    assert "Running stage" not in (folder / "data/weekly/log.txt").read_text()
    return clone


def killed_and_run_again(clone: Checkout) -> None:
    """Killed while a stage works: the list of last week is whole, and the next run makes that of this week."""
    before = lists(clone)
    bring(clone, until(ROWS, day(292)))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline.weekly", "--today", AFTER_NEXT],
        cwd=clone.root,
        env=environment,
        stderr=subprocess.PIPE,
    )
    assert child.stderr is not None
    for line in child.stderr:
        if b"featurize_current" in line:
            break
    child.kill()
    child.stderr.close()
    child.wait()
    assert lists(clone) == before
    with (clone.root / "data/weekly/lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the DVC that was left alone ends at its next word
    code, summary = weekly(clone, AFTER_NEXT)
    assert (code, summary["list"]["as_of"]) == (0, NEXT)
    assert {name: content for name, content in lists(clone).items() if f"/{FIRST}/" in name} == {
        name: content for name, content in before.items() if f"/{FIRST}/" in name
    }


def a_bad_export_leaves_the_list(checkout: Checkout) -> None:
    """Rows that nobody can read, and then a file that is cut off in a field."""
    before = lists(checkout)
    for content in (
        source_bytes("events.csv", [(f"{RECOGNISED}{number}", "no day", "purchase", 1) for number in range(50)]),
        f'customer_id,event_time,event_type,amount\n{RECOGNISED}1,2024-01-01,"purchase,5\n'.encode(),
    ):
        write_file(checkout.root, content)
        code, summary = weekly(checkout, AFTER_FIRST)
        assert (code, summary["status"], summary["list"]["as_of"]) == (1, "failed", FIRST)
        assert "the step repro failed at stage ingest" in summary["why"]
        assert lists(checkout) == before


def a_refused_list(checkout: Checkout) -> None:
    dated = {name: content for name, content in lists(checkout).items() if "/latest/" not in name}
    bring(checkout, until(ROWS, day(292)))
    checkout.set_params(lists={"most_population_change": 0.0001})
    for _ in range(2):
        code, summary = weekly(checkout, AFTER_NEXT)
        assert (code, summary["status"]) == (3, "stale")
        assert f"the list of {NEXT} did not pass its gate (population)" in summary["why"]
        assert summary["list"]["stale"]["failed"] == ["population"]
    assert {name: content for name, content in lists(checkout).items() if "/latest/" not in name} == dated
    checkout.set_params(lists={"most_population_change": 0.5})
    code, summary = weekly(checkout, AFTER_NEXT)
    assert (code, summary["list"]["as_of"], summary["list"]["stale"]) == (0, NEXT, None)


def no_customer_was_printed(checkout: Checkout) -> None:
    """Of nobody in the events is there a word in what was printed, logged and told; the lists do hold them."""
    assert RECOGNISED in (checkout.root / "data/lists/latest/risk_list.csv").read_text(encoding="utf-8-sig")
    assert len(PRINTED) > 20
    for text in PRINTED:
        assert RECOGNISED not in text
        assert str(Path.home()) not in text or str(Path.home()) == "/"
    assert str(checkout.root) not in (checkout.root / "data/weekly/summary.json").read_text()


def test_ctrl_c_is_what_a_stop_is(tmp_path: Path) -> None:
    """A real DVC that is stopped while a stage works leaves nothing behind that blocks the next run."""
    checkout = shop_checkout(_made(tmp_path / "shop"), until(ROWS, day(285)))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline.weekly", "--today", AFTER_FIRST],
        cwd=checkout.root,
        env=environment,
        stderr=subprocess.PIPE,
    )
    assert child.stderr is not None
    for line in child.stderr:
        if b"pipeline.ingest" in line:
            break
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    assert (child.returncode, told(checkout)["status"]) == (1, "failed")
    checkout.run("dvc", "repro", "ingest")
