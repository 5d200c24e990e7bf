"""How a weekly run can end: a word and an exit code for each, and the errors that lead there."""

from __future__ import annotations

from pipeline.errors import EbbError

CODES = {"done": 0, "failed": 1, "params": 2, "stale": 3, "busy": 4}


class StepError(EbbError):
    """A step failed; the last good list stays."""


class StaleError(EbbError):
    """Every step did its work, but the list is not one to act on today."""


class BusyError(EbbError):
    """Another run is going on here."""
