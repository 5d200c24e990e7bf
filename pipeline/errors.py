"""What can go wrong, in few words: every message says what, which value, which rule and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable

MOST_NAMES = 30


def shortened(names: list[str]) -> str:
    """Names for a message that is read to its end: the first of them, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


class EbbError(ValueError):
    """Something the reader can put right; shown as one sentence without a traceback."""


class ConfigError(EbbError):
    """params.yaml says something that cannot be followed."""


class EventError(EbbError):
    """The events cannot be used as they are."""


class SplitError(EbbError):
    """The calendar leaves nothing to learn from or to judge on."""


class ArtifactError(EbbError):
    """A stored folder is missing, damaged or not what its manifest says."""


class PublishError(EbbError):
    """A list cannot be published; the last good one stays."""


def run_stage(main: Callable[[], None]) -> None:
    """Run one stage; an EbbError becomes one sentence on stderr and exit code 1."""
    try:
        main()
    except EbbError as error:
        sys.stderr.write(f"\nebb: {error}\n")
        raise SystemExit(1) from None
