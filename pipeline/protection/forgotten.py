"""data/forgotten.csv: a keyed tombstone per person who must never come in again. No list of people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import ArtifactError, ConfigError
from pipeline.protection.keys import fingerprint
from pipeline.tables import DATA, write_text

FORGOTTEN = DATA / "forgotten.csv"
HEADER = ["key_fingerprint", "tombstone"]


def read_forgotten(path: Path = FORGOTTEN) -> list[tuple[str, str]]:
    """(fingerprint of the key, tombstone) of each forgotten person; none where there is no file.

    Raises ArtifactError if the file is not what `write` made: a damaged one would bring people back.
    """
    if not path.exists():
        return []
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    if not rows or rows[0] != HEADER or any(len(row) != len(HEADER) or not all(row) for row in rows[1:]):
        raise ArtifactError(
            f"{path} must have the columns {', '.join(HEADER)} and no gaps; it was damaged, and forgotten people would "
            f"come back: restore it with `git checkout -- {path}`."
        )
    return [(row[0], row[1]) for row in rows[1:]]


def tombstones_of(rows: Iterable[tuple[str, str]], key: bytes) -> frozenset[str]:
    """The tombstones, if all were made with this key. Raises ConfigError otherwise: they would meet nobody."""
    mine = fingerprint(key)
    others = sorted({theirs for theirs, _ in rows if theirs != mine})
    if others:
        raise ConfigError(
            f"{FORGOTTEN} was made with the key {others[0]}, and EBB_PSEUDONYM_KEY is the key {mine} (fingerprints): "
            "forgotten people would come back. Set the key that made it. Nothing was changed."
        )
    return frozenset(tombstone for _, tombstone in rows)


def add_forgotten(key: bytes, new: Iterable[str], path: Path = FORGOTTEN) -> int:
    """Add tombstones and return how many were not there yet. Sorted, so that nothing tells who left when."""
    rows = read_forgotten(path)
    known = tombstones_of(rows, key)
    added = set(new) - known
    if added or not path.exists():
        lines = sorted([*rows, *((fingerprint(key), tombstone) for tombstone in added)])
        write_text("".join(f"{','.join(line)}\n" for line in [tuple(HEADER), *lines]), path)
    return len(added)
