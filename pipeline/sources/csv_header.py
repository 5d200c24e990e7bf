"""The header of a CSV file: read and checked by us, since a parser would take almost anything for one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import EventError
from pipeline.sections.events import Csv
from pipeline.sources.names import refuse_names

SIGNS = {",": '","', ";": '";"', "\t": '"\\t"', "|": '"|"'}


def read_header(path: Path, blocks: Iterator[bytes], how: Csv) -> tuple[list[str], bytes, int]:
    """Column names, the bytes of the first block after them, and how many lines of the file they took.

    Raises EventError if the file is empty, or the line is no header under the settings `events.csv`.
    """
    above = 0
    for block in blocks:
        first = len(block) - len(block.lstrip(b" \r\n"))
        if first < len(block):
            start, end = block.rfind(b"\n", 0, first) + 1, block.index(b"\n", first)
            above += block.count(b"\n", 0, end + 1)
            return _names(path, block[start:end].removesuffix(b"\r"), how), block[end + 1 :], above
        above += block.count(b"\n")
    raise EventError(f"{path} is empty: export it again.")


def _names(path: Path, line: bytes, how: Csv) -> list[str]:
    if b"\x00" in line:
        raise EventError(f"{path} is not {how.encoding}: set events.csv.encoding: utf-16, or export it as UTF-8.")
    if b"\r" in line:
        raise EventError(f"{path} has a lone CR as line end in line 1: export it with LF or CRLF.")
    try:
        names = next(csv.reader([line.decode()], delimiter=how.delimiter, strict=True))
    except UnicodeDecodeError:
        raise EventError(
            f"{path} has a header that is not valid {how.encoding}: set events.csv.encoding, or export it as UTF-8."
        ) from None
    except csv.Error as error:
        raise EventError(f"{path} has a header whose quotes are not in order ({error}): mend it.") from None
    if len(names) == 1:
        _refuse_other_delimiter(path, names[0], how.delimiter)
    refuse_names(path, names)
    return names


def _refuse_other_delimiter(path: Path, header: str, delimiter: str) -> None:
    counts = {sign: header.count(sign) for sign in SIGNS if sign != delimiter}
    likely = max(counts, key=lambda sign: counts[sign])
    if counts[likely]:
        raise EventError(
            f"{path} seems to separate columns by {SIGNS[likely]}, not by {SIGNS.get(delimiter, delimiter)}: "
            f"set events.csv.delimiter: {SIGNS[likely]}."
        )
