"""One run at a time: a lock that the operating system gives back when its holders are dead."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from pipeline.errors import ArtifactError
from pipeline.privacy.cache import refuse_running
from pipeline.scheduled.ends import BusyError
from pipeline.scheduled.places import LOCK
from pipeline.tables import alive


@contextmanager
def only_run() -> Iterator[int]:
    """Hold the lock and give its file descriptor, for the children to hold it too.

    A killed run may leave a DVC behind that still works; since DVC holds the lock as well, the next run does not
    start beside it. The number in the file is there to be read: what counts is the lock, so a dead run never blocks.

    Raises BusyError while another weekly run, or a DVC that somebody started by hand, is going on.
    """
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(_who(LOCK)) from None
        try:
            refuse_running()
        except ArtifactError as error:
            raise BusyError(str(error)) from None
        _write(file, str(os.getpid()))
        try:
            yield file.fileno()
        finally:
            _write(file, "")


def _write(file: TextIO, text: str) -> None:
    with suppress(OSError):  # a full disk; the number is there to be read, and the lock is held without it
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), text.encode())


def _who(lock: Path) -> str:
    pid = lock.read_text(encoding="ascii", errors="replace").strip()
    if pid.isdecimal() and not alive(int(pid)):
        return f"a weekly run was killed (PID {pid}), and the DVC that it started still works: wait until that is over."
    return f"another weekly run is going on (PID {pid or 'unknown'}): wait until it is over. Nothing was changed."
