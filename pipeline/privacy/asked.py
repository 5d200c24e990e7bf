"""Who is asked about: ids on standard input, so that no shell history, process list or log ever holds one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import ConfigError
from pipeline.privacy.holds import Person
from pipeline.privacy.source_rows import SourceRows, rows_in_sources
from pipeline.protection.keys import pseudonyms
from pipeline.settings import Settings

OPTION = "--pseudonym"


@dataclass(frozen=True)
class Asked:
    """The people asked about: all their ids, their pseudonyms, and what the sources hold of them."""

    person: Person
    pseudonyms: tuple[str, ...]
    source: SourceRows


def read_ids() -> list[str]:
    """One id per line of standard input, as it stands there. Raises ConfigError if there is none."""
    if sys.stdin.isatty():
        sys.stderr.write("one id per line, then Ctrl-D:\n")
    text = sys.stdin.buffer.read().decode("utf-8-sig", "surrogateescape")
    ids = [line.removesuffix("\r") for line in text.split("\n")]
    ids = list(dict.fromkeys(name for name in ids if name.strip()))
    if not ids:
        raise ConfigError("standard input holds no id: give one per line, for example by typing it after the command.")
    return ids


def as_pseudonyms(arguments: Sequence[str]) -> bool:
    """Whether the ids are pseudonyms. Raises ConfigError for any other argument, without repeating it."""
    if set(arguments) - {OPTION}:
        raise ConfigError(
            f"the only argument is {OPTION}; an id comes on standard input, since an argument stays in the shell's "
            "history: clear it there."
        )
    return OPTION in arguments


def find_asked(settings: Settings, names: Sequence[str], key: bytes | None, pseudonymous: bool) -> Asked:
    """Complete the ids: pseudonyms from ids, and ids from pseudonyms where a source still holds them."""
    if key is None:
        wanted = frozenset(names)
        return Asked(Person(wanted), (), rows_in_sources(settings, lambda ids: set(wanted.intersection(ids))))
    marks = frozenset(names if pseudonymous else pseudonyms(key, names))

    def pick(ids: Sequence[str]) -> set[str]:
        return {name for name, mark in zip(ids, pseudonyms(key, ids), strict=True) if mark in marks}

    source = rows_in_sources(settings, pick)
    return Asked(Person(frozenset({*names, *marks, *source.ids})), tuple(sorted(marks)), source)
