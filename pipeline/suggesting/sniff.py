"""How a text file is written, seen from its first megabyte: encoding, separator, sign of decimals."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from pathlib import Path

from pipeline.errors import EventError
from pipeline.sections.events import Csv

HEAD_BYTES = 1_000_000
LINES = 200
SEPARATORS = (",", ";", "\t", "|")


def sniff(path: Path) -> Csv:
    """The settings `events.csv` for a file, from its head. Raises EventError if it is empty or damaged."""
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as handle:
            head = handle.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise EventError(f"{path} cannot be read: {error}. Export it again.") from None
    if not head.strip():
        raise EventError(f"{path} is empty: export it again.")
    return sniff_bytes(head)


def sniff_bytes(head: bytes) -> Csv:
    """The settings `events.csv` for the first bytes of a file."""
    encoding = _encoding(head)
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="ignore")
    lines = [line for line in text.splitlines() if line.strip()][:LINES]
    delimiter = _separator(lines)
    cells = [cell.strip() for row in csv.reader(lines[1:], delimiter=delimiter) for cell in row]
    commas = sum(bool(re.fullmatch(r"[+-]?\d+,\d+", cell)) for cell in cells)
    points = sum(bool(re.fullmatch(r"[+-]?\d+\.\d+", cell)) for cell in cells)
    return Csv(delimiter=delimiter, decimal="," if commas > points and delimiter != "," else ".", encoding=encoding)  # type: ignore[arg-type]


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The head may end inside a character, which is three bytes before its end at most.
        head[: head.rfind(b"\n") + 1 or len(head)].decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"  # what spreadsheets of Western Europe write; every byte but five has a meaning
    return "utf-8"


def _separator(lines: list[str]) -> str:
    """The sign that cuts most lines into as many cells as the header, at least two; a comma where none does."""
    best, found = (0.0, 0), ","
    for sign in SEPARATORS:
        counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
        same = sum(count == counts[0] for count in counts) / len(counts) if counts and counts[0] > 1 else 0.0
        if (round(same, 1), counts[0] if same else 0) > best:
            best, found = (round(same, 1), counts[0]), sign
    return found
