"""The names of a source's columns, which SQL must tell apart and a person must be able to read."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import EventError

HIDDEN = "_ebb_"
MOST_COLUMNS = 2_000


def refuse_names(path: Path, names: Sequence[str]) -> None:
    """Raise EventError if a name is empty, ours, or there twice as SQL reads it."""
    if len(names) > MOST_COLUMNS:
        raise EventError(f"{path} has {len(names):,} columns, more than {MOST_COLUMNS:,}: this is no table of events.")
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise EventError(f"{path} has no name for column {number:,}: name it, or export without it.")
        if any(ord(sign) < 32 for sign in name):
            raise EventError(f"{path} has a control character in the name of column {number:,}: rename it.")
        if name.lower().startswith(HIDDEN):
            raise EventError(f"{path} has the column {name}; names that start with {HIDDEN} are ours: rename it.")
    folded = [name.lower() for name in names]  # as SQL reads them
    twice = sorted({name for name in names if folded.count(name.lower()) > 1}) if len(set(folded)) < len(names) else []
    if twice:
        raise EventError(f"{path} has the column {twice[0]} twice: export it again with one of each.")


def refuse_other_names(path: Path, names: Sequence[str], other: Path, expected: Sequence[str]) -> None:
    """Raise EventError if a file has other columns than the first; their order may differ."""
    if set(names) == set(expected):
        return
    missing, more = sorted(set(expected) - set(names)), sorted(set(names) - set(expected))
    detail = f"lacks {', '.join(missing)}" if missing else f"adds {', '.join(more)}"
    folded = {name.strip().lower(): name for name in more}
    close = difflib.get_close_matches(missing[0].strip().lower(), folded, n=1) if missing else []
    hint = f" (is {folded[close[0]]!r} meant?)" if close else ""
    raise EventError(f"{path} {detail}{hint}, unlike {other}: give every file the same columns.")
