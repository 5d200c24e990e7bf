"""Other programs, run one after the other: what they print goes to the log, whole, and to stderr as it comes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from pipeline.scheduled.ends import StepError
from pipeline.scheduled.places import LOG

FAILED_STAGE = re.compile(rb"failed to reproduce '([^']+)'")  # as DVC says it
PATIENCE_SECONDS = 10  # for a program that was asked to stop
# As the Makefile sets them; what the environment says wins. Unbuffered, so that lines come in their order.
NEEDED = {
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code, what it printed if that was asked for, the stage that DVC names as failed."""

    code: int
    stdout: str
    failed_stage: str | None


class Commands:
    """Runs programs for a weekly run. `held`: descriptor of its lock; `quiet`: their lines go to the log alone."""

    def __init__(self, held: int, quiet: bool) -> None:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        self._log: BinaryIO = LOG.open("wb", buffering=0)
        self._held, self._quiet = held, quiet
        self._environment = environment()

    def say(self, sentence: str) -> None:
        """A line of our own, to be read by whoever watches."""
        line = f"weekly: {sentence}\n"
        self._keep(line.encode())
        sys.stderr.write(line)
        sys.stderr.flush()

    def run(self, *argv: str, keep: bool = False, locked: bool = True) -> Ended:
        """Run a program to its end. `keep`: its stdout is returned instead of shown; `locked`: it holds the lock too.

        Raises StepError where there is no such program. Interrupted, it stops the program and all that it started.
        """
        try:
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._log if keep else subprocess.STDOUT,
                env=self._environment,
                pass_fds=(self._held,) if locked else (),
                start_new_session=True,
            )
        except FileNotFoundError:
            raise StepError(f"{argv[0]} is not installed, or not on the PATH: run `make setup`.") from None
        try:
            return self._follow(child, keep)
        except BaseException:
            _stop(child)
            raise

    def _follow(self, child: subprocess.Popen[bytes], keep: bool) -> Ended:
        assert child.stdout is not None  # noqa: S101 (it was asked for)
        kept: list[bytes] = []
        stage = None
        for line in child.stdout:
            if keep:
                kept.append(line)
            else:
                self.show(line)
                found = FAILED_STAGE.search(line)
                stage = found[1].decode(errors="replace") if found else stage
        return Ended(child.wait(), b"".join(kept).decode(errors="replace"), stage)

    def show(self, printed: bytes) -> None:
        """What a program printed."""
        self._keep(printed)
        if not self._quiet:
            sys.stderr.buffer.write(printed)
            sys.stderr.buffer.flush()

    def _keep(self, printed: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk ends the stage that fills it, and its sentence is on stderr
            self._log.write(printed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()


def environment() -> dict[str, str]:
    """The environment for DVC and its stages, where `python` is the one that runs this."""
    found = {**NEEDED, **os.environ}
    here, first = Path(sys.executable).parent, shutil.which("python")
    if first is None or Path(first).parent != here:
        found["PATH"] = f"{here}{os.pathsep}{found.get('PATH', os.defpath)}"
    return found


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Stop a program and what it started, as Ctrl+C would, then by force what is left of them."""
    with contextlib.suppress(ProcessLookupError):  # all of them have ended
        os.killpg(child.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_SECONDS)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
