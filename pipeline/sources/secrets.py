"""Secrets come from the environment when they are needed, and leave every message before it is shown."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from pipeline.errors import ConfigError
from pipeline.sections.database import PLACEHOLDER, Database

LONGEST_MESSAGE = 400


@dataclass(frozen=True)
class Address:
    """A database's address with its secrets filled in; it is shown without them only."""

    shown: str  # as params.yaml has it
    filled: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)

    def cleaned(self, text: str) -> str:
        """A message in one line, with ${NAME} where the value of NAME stood, quoted in whatever way."""
        written = {form: name for name, value in self.values.items() for form in _forms(value)}
        if written:
            longest_first = sorted(written, key=lambda form: (-len(form), form))
            pattern = "|".join(re.escape(form) for form in longest_first)
            text = re.sub(pattern, lambda found: f"${{{written[found[0]]}}}", text)
        text = re.sub(r"(://)[^\s@]*@", r"\1...@", text)
        return " ".join(text.split())[:LONGEST_MESSAGE].rstrip(".")


def _forms(value: str) -> tuple[str, ...]:
    """How a value may stand in a message: as it is, quoted for an address, or escaped as Python and JSON do."""
    return value, quote(value, safe=""), quote(value), quote_plus(value), repr(value)[1:-1], json.dumps(value)[1:-1]


def address_of(database: Database) -> Address:
    """The database's address. Raises ConfigError if there is none, or the environment lacks a part of it."""
    if database.url is None:
        raise ConfigError(
            "database.url is null, but events.source names data/pulled, where a database's rows go: set database.url "
            "and database.table (or query), or name a file or a folder in events.source."
        )
    return filled_address(database.url, os.environ)


def filled_address(url: str, environment: Mapping[str, str]) -> Address:
    """The URL with each ${NAME} replaced by NAME of the environment. Raises ConfigError that names what is missing."""
    names = list(dict.fromkeys(PLACEHOLDER.findall(url)))
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise ConfigError(
            f"database.url needs {' and '.join(missing)} from the environment, where "
            f"{'it is' if len(missing) == 1 else 'they are'} not set: set {'it' if len(missing) == 1 else 'them'} "
            "(export NAME=...) and run again."
        )
    values = {name: environment[name] for name in names}
    return Address(url, PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), url), values)
