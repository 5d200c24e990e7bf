"""The steps of a weekly run in their order. What nothing is configured for is skipped, and says why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.lock_file import LOCK as DVC_LOCK
from pipeline.lock_file import mend_lock
from pipeline.scheduled.commands import Commands, Ended
from pipeline.scheduled.ends import StaleError, StepError
from pipeline.scheduled.fresh import refuse_old, refused_today, whole_list
from pipeline.scheduled.places import LOG

NO_REMOTE = "DVC has no default remote"
NEVER_PUSHED = "If the remote lacks what dvc.lock names, run `make repro` and `dvc push` once where the lists are."
MESSAGE = "Weekly run"  # the same each week: what changed is in the file, and the list's day in its outputs


@dataclass
class Run:
    """A weekly run under way. `steps`: one mapping per step that was begun, for the summary."""

    commands: Commands
    today: date
    commit: bool
    steps: list[dict[str, Any]] = field(default_factory=list)
    remote: bool = False

    def go(self) -> None:
        """All steps. Raises StepError at the first that fails, StaleError if the list is none to act on today."""
        stale: StaleError | None = None
        for name, step in STEPS:
            try:
                self._timed(name, step)
            except StaleError as error:
                if name != "verify":
                    raise
                stale = error  # what was learnt and measured is kept all the same
        if stale is not None:
            raise stale

    def _timed(self, name: str, step: Callable[[Run], str | None]) -> None:
        about: dict[str, Any] = {"step": name, "result": "failed", "seconds": 0.0}
        self.steps.append(about)
        started = time.monotonic()
        try:
            skipped = step(self)
            about["result"] = "skipped" if skipped else "ok"
            self.commands.say(f"{name}: skipped, {skipped}" if skipped else f"{name}: ok")
        except StaleError:
            about["result"] = "stale"
            raise
        finally:
            about["seconds"] = round(time.monotonic() - started, 1)

    def must(self, name: str, *argv: str, locked: bool = True) -> None:
        """Run a program that a step stands or falls with. Raises StepError that names the stage, if DVC named one."""
        self.commands.say(f"{name}: {' '.join(argv[:3])} ...")
        _refuse(name, self.commands.run(*argv, locked=locked))

    def asks(self, name: str, *argv: str) -> str:
        """What a program prints. Raises StepError if it fails."""
        ended = self.commands.run(*argv, keep=True)
        _refuse(name, ended)
        return ended.stdout


def _refuse(name: str, ended: Ended) -> None:
    if ended.code:
        stage = f" at stage {ended.failed_stage}" if ended.failed_stage else ""
        raise StepError(f"the step {name} failed{stage} (exit code {ended.code}): {LOG} has what it said.")


def pull(run: Run) -> str | None:
    """Fetch what dvc.lock and .dvc files name and what is not here; what is here is never overwritten.

    A machine that keeps its folder has the newest list itself; in a fresh clone everything is missing.
    """
    mended = mend_lock()
    if mended:
        run.commands.say(mended)
    run.remote = bool(run.asks("pull", "dvc", "config", "core.remote").strip())
    if not run.remote:
        return NO_REMOTE
    missing = missing_of(run.asks("pull", "dvc", "data", "status", "--json"))
    if not missing:
        return "nothing is missing"
    try:
        run.must("pull", "dvc", "pull", *missing)
    except StepError as error:
        raise StepError(f"{error} {NEVER_PUSHED}") from None
    return None


def missing_of(status: str) -> list[str]:
    """The outputs that are not in the folder, from what `dvc data status --json` prints. Raises StepError."""
    try:
        return sorted(json.loads(status).get("uncommitted", {}).get("deleted", []))
    except (ValueError, AttributeError):
        raise StepError("the step pull failed: `dvc data status --json` did not print JSON.") from None


def check(run: Run) -> None:
    """As `make repro` begins: everything that would stop the run later."""
    run.must("check", "python", "-m", "pipeline.check")


def repro(run: Run) -> None:
    """Every stage that has something to do. Raises StaleError where only the list's gate said no."""
    run.commands.say("repro: dvc repro ...")
    ended = run.commands.run("dvc", "repro")
    refused = refused_today() if ended.code and ended.failed_stage == "publish" else None
    if refused:
        raise StaleError(refused)
    _refuse("repro", ended)


def verify(run: Run) -> None:
    """The list is whole, and one to act on today."""
    try:
        manifest = whole_list()
    except ArtifactError as error:
        raise StepError(f"the step verify failed: {error}") from None
    refuse_old(manifest, run.today)


def push(run: Run) -> str | None:
    """Keep what was made where the next run, on whatever machine, can fetch it."""
    if not run.remote:
        return NO_REMOTE
    run.must("push", "dvc", "push")
    return None


def commit(run: Run) -> str | None:
    """With --commit: dvc.lock and nothing else, after the push, so that no commit names data that nobody has."""
    if not run.commit:
        return "--commit is not given"
    name = str(DVC_LOCK)
    if not Path(name).exists():
        return f"there is no {name}"
    run.must("commit", "git", "add", "--", name, locked=False)
    if not run.asks("commit", "git", "diff", "--cached", "--name-only", "--", name).strip():
        return f"{name} is as it was committed"
    run.must("commit", "git", "commit", "--quiet", "--message", MESSAGE, "--only", "--", name, locked=False)
    return None


STEPS: tuple[tuple[str, Callable[[Run], str | None]], ...] = (
    ("pull", pull),
    ("check", check),
    ("repro", repro),
    ("verify", verify),
    ("push", push),
    ("commit", commit),
)
