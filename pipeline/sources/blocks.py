"""The bytes of a text file as blocks of whole lines in UTF-8, so that memory is bounded by the block, not the file."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import EventError
from pipeline.summary import progress

BLOCK = 1 << 23  # bytes that are read at once
LONGEST_LINE = 1 << 23  # no honest row is longer; what has no line ends at all must not fill the memory
UTF8_MARK, UTF16_MARKS = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What is invalid stays invalid in UTF-8, so that the line is found and rejected instead of the whole file.
KEPT = {"utf-16": "surrogatepass", "latin-1": "strict", "windows-1252": "surrogateescape"}


def whole_lines(path: Path, encoding: str = "utf-8") -> Iterator[bytes]:
    """Blocks of whole lines, each line with its newline (the last one gets one); without a byte order mark.

    Raises EventError if the marks at the start of the file say another encoding, or a line is endless.
    """
    rest = b""
    for piece in _utf8(path, encoding):
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield rest + piece[:cut]
            rest = piece[cut:]
        else:
            rest += piece
        if len(rest) > LONGEST_LINE:
            raise EventError(
                f"{path} has a line of more than {LONGEST_LINE >> 20} MB, which is no row of a table: lines must end "
                "in LF or CRLF. Export it again."
            )
    if rest:
        yield rest + b"\n"


def _utf8(path: Path, encoding: str) -> Iterator[bytes]:
    pieces = _pieces(path)
    first = next(pieces, b"")
    _refuse_other_encoding(path, first, encoding)
    if encoding == "utf-8":
        yield first.removeprefix(UTF8_MARK)
        yield from pieces
        return
    kept = KEPT[encoding]
    decoder = codecs.getincrementaldecoder(encoding)(kept)
    yield decoder.decode(first).encode("utf-8", kept)
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", kept)
    yield decoder.decode(b"", final=True).encode("utf-8", kept)


def _pieces(path: Path) -> Iterator[bytes]:
    packed = path.name.endswith(".gz")
    total = None if packed else path.stat().st_size // BLOCK + 1
    with gzip.open(path, "rb") if packed else path.open("rb") as handle:
        yield from progress(iter(lambda: handle.read(BLOCK), b""), f"reading {path.name}", total)


def _refuse_other_encoding(path: Path, first: bytes, encoding: str) -> None:
    if encoding != "utf-16" and first.startswith(UTF16_MARKS):
        raise EventError(f"{path} is UTF-16, not {encoding}: set events.csv.encoding: utf-16, or export it as UTF-8.")
    if encoding != "utf-8" and first.startswith(UTF8_MARK):
        raise EventError(f"{path} is UTF-8, not {encoding}: set events.csv.encoding: utf-8.")
