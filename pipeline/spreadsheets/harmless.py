"""Texts that no spreadsheet obeys: formulas, control characters and marks of direction made harmless and visible."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

TRIGGERS = "=+-@＝＋－＠"  # what makes a spreadsheet read a text as a formula
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # the last two no XML may hold
DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# RE2's spelling of everything that `harmless` could change: those classes, or a first sign that is no letter or digit.
SUSPECT = (
    r"^[^\p{L}\p{N}]|[\x00-\x1f\x{7f}-\x{9f}\x{2028}\x{2029}\x{fffe}\x{ffff}]"
    r"|[\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
)


def harmless(text: str) -> str:
    r"""A text that no spreadsheet reads as a formula, and that shows what it holds.

    An apostrophe before a trigger, full-width signs included, also after spaces and invisible signs. Control
    characters and line breaks become spaces. Marks that turn the direction of writing are written out, not dropped:
    two different ids never look the same.

    >>> harmless("=1+1"), harmless("13085"), harmless("\u202egnp.exe")
    ("'=1+1", '13085', '[U+202E]gnp.exe')
    """
    clean = DIRECTION.sub(lambda mark: f"[U+{ord(mark.group()):04X}]", BREAKS.sub(" ", text))
    seen = next((letter for letter in clean if not _invisible(letter)), "")
    return f"'{clean}" if seen and seen in TRIGGERS else clean


def harmless_column(values: pa.Array) -> pa.Array:
    """The texts of a column made harmless, nulls as they are; only the suspicious are looked at one by one."""
    suspect = pc.fill_null(pc.match_substring_regex(values, SUSPECT), False)
    if not pc.any(suspect).as_py():
        return values
    mended = [harmless(text) for text in values.filter(suspect).to_pylist()]
    return pc.replace_with_mask(values, suspect, pa.array(mended, values.type))


def _invisible(letter: str) -> bool:
    """Whether a spreadsheet may skip it at the start of a cell: spaces of every kind, marks without a shape."""
    return letter.isspace() or unicodedata.category(letter) in {"Cf", "Zs"}
