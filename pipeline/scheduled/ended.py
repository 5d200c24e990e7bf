"""A run from its lock to its end: whatever happens on the way becomes a word, a sentence and a summary."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import WHOLE, ConfigError, EbbError, storage_error
from pipeline.exporting.today import OPTION, today_of
from pipeline.scheduled.commands import Commands
from pipeline.scheduled.ends import BusyError, StaleError, StepError
from pipeline.scheduled.notify import notify
from pipeline.scheduled.places import LOG, SUMMARY
from pipeline.scheduled.steps import Run
from pipeline.scheduled.told import Times, summary_of
from pipeline.sections.notifying import Notify
from pipeline.settings import load_settings
from pipeline.tables import write_json


class Attempt:
    """One weekly run that holds the lock; `go` returns its summary."""

    def __init__(self, commands: Commands, times: Times, commit: bool, today: str | None) -> None:
        self._commands, self._times = commands, times
        self._commit, self._asked_day = commit, today
        self._steps: list[dict[str, Any]] = []
        self._notify = Notify()

    def go(self) -> dict[str, Any]:
        """Run, write the summary, tell whom params.yaml names."""
        _write(summary_of(None, None, self._times, []))  # a killed run does not leave last week's "done"
        try:
            status, why = self._end()
        except BaseException:
            self._finish("failed", f"an error that nobody foresaw: {LOG} and stderr have it. Report it as a bug.")
            raise
        return self._finish(status, why)

    def _end(self) -> tuple[str, str | None]:
        try:
            self._work()
        except StaleError as error:
            return "stale", self._said(error)
        except StepError as error:
            return "failed", self._said(error)
        except ConfigError as error:  # it may repeat a value, which is for the log and not for the summary
            self._said(error)
            return "params", f"params.yaml or an argument cannot be followed: {LOG} says which."
        except (EbbError, OSError) as error:
            self._said(storage_error(error) or error)
            return "failed", f"{LOG} says what went wrong. {WHOLE}"
        except KeyboardInterrupt:
            return "failed", self._said(StepError(f"the run was stopped. {WHOLE}"))
        return "done", None

    def _work(self) -> None:
        settings = load_settings()
        self._notify = settings.notify
        self._times.today = today_of(
            [] if self._asked_day is None else [OPTION, self._asked_day], settings.events.timezone
        )
        run = Run(self._commands, self._times.today, self._commit, self._steps)
        run.go()

    def _said(self, error: Exception) -> str:
        self._commands.say(str(error))
        return str(error)

    def _finish(self, status: str, why: str | None) -> dict[str, Any]:
        self._times.finished = datetime.now(UTC)
        summary = summary_of(status, why, self._times, self._steps)
        _write(summary)
        failed = notify(summary, self._notify, self._commands.show)
        if failed:
            self._commands.say(failed)
            summary["warnings"].append(failed)
            _write(summary)
        return summary


def _write(summary: dict[str, Any]) -> None:
    """Write the summary; on a full disk the end is the end all the same, and whoever is to be told is told."""
    try:
        write_json(summary, SUMMARY)
    except OSError as error:
        sys.stderr.write(f"weekly: {SUMMARY} could not be written ({error.strerror}).\n")


def busy(error: BusyError, times: Times) -> dict[str, Any]:
    """The summary of a run that did not begin; the files in data/weekly belong to the one that is going on."""
    sys.stderr.write(f"weekly: {error}\n")
    times.finished = datetime.now(UTC)
    summary = summary_of("busy", str(error), times, [])
    try:
        section = load_settings().notify
    except ConfigError:
        return summary  # the other run says so
    failed = notify(summary, section, _show)
    if failed:
        sys.stderr.write(f"weekly: {failed}\n")
        summary["warnings"].append(failed)
    return summary


def _show(printed: bytes) -> None:
    sys.stderr.buffer.write(printed)
    sys.stderr.buffer.flush()
