"""Tell somebody how a run ended: their command, with the summary on its standard input. It never changes the end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable
from typing import Any

from pipeline.scheduled.commands import environment
from pipeline.sections.notifying import Notify

MOST_SECONDS = 60


def notify(
    summary: dict[str, Any], section: Notify, show: Callable[[bytes], None], seconds: float = MOST_SECONDS
) -> str | None:
    """Run the command if it is to be told of such an end; a sentence if that failed, otherwise None.

    `show` gets what the command printed.
    """
    if not section.argv or summary["status"] not in section.on:
        return None
    as_of = (summary["list"] or {}).get("as_of") or ""
    try:
        child = subprocess.Popen(
            section.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environment(), "EBB_STATUS": summary["status"], "EBB_AS_OF": as_of},
            start_new_session=True,
        )
    except OSError as error:
        return f"notify.command could not be run ({error.strerror}): nobody was told."
    try:
        printed, _ = child.communicate(json.dumps(summary, ensure_ascii=False).encode() + b"\n", timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):  # it ended at this very moment
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return f"notify.command had not ended after {seconds:g} seconds, so it was stopped."
    show(printed)
    return (
        f"notify.command ended with {child.returncode}: it may be that nobody was told." if child.returncode else None
    )
