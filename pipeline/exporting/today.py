"""Today, asked for by an export and by the weekly run alone: lists are sent, and held to be valid, at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.errors import ConfigError

OPTION = "--today"


def today_of(arguments: Sequence[str], timezone: str) -> date:
    """The day given by `--today YYYY-MM-DD`, else the business's today. Raises ConfigError for anything else."""
    if not arguments:
        return datetime.now(ZoneInfo(timezone)).date()
    if len(arguments) != 2 or arguments[0] != OPTION:
        raise ConfigError(f"the only argument is {OPTION} YYYY-MM-DD, the day to ask about.")
    try:
        return date.fromisoformat(arguments[1])
    except ValueError:
        raise ConfigError(f"{OPTION} {arguments[1]} is no date: write it as 2026-11-23.") from None
