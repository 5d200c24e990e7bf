"""The key of pseudonyms and tombstones: from the environment only, shown by its fingerprint only."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable

from pipeline.errors import ConfigError

NAME = "EBB_PSEUDONYM_KEY"
SHORTEST = 32
DIGITS = 32  # of a pseudonym: 128 bits, so that no two customers meet
FINGERPRINT_DIGITS = 12


def read_key(why: str) -> bytes:
    """The key as bytes. `why` says in the message what needs it. Raises ConfigError if it is missing or too short."""
    key = os.environ.get(NAME, "")
    if not key:
        raise ConfigError(
            f"{why}, but {NAME} is not set in the environment: set it to your key, at least {SHORTEST} characters, "
            "kept where you keep passwords. A new one: python -c 'import secrets; print(secrets.token_hex(32))'."
        )
    if len(key) < SHORTEST:
        raise ConfigError(
            f"{NAME} has {len(key)} characters, and a key under {SHORTEST} can be guessed: use a longer one."
        )
    return key.encode("utf-8", "surrogateescape")


def key_if_set() -> bytes | None:
    """The key where the environment has one; None where it does not. Raises ConfigError if it is too short."""
    return read_key("a key is named") if os.environ.get(NAME) else None


def fingerprint(key: bytes) -> str:
    """A short name of the key, from which it cannot be found."""
    return _digest(key, "ebb: fingerprint of the key")[:FINGERPRINT_DIGITS]


def pseudonyms(key: bytes, ids: Iterable[str]) -> list[str]:
    """The pseudonym of each id, in their order: HMAC-SHA256 of the id, the first 32 hex digits.

    >>> pseudonyms(b"a key that is long enough for it!", ["13085"])
    ['0f51db1d91ba8f19df244801b880991d']
    """
    return [_digest(key, name)[:DIGITS] for name in ids]


def tombstones(key: bytes, pseudonymous: Iterable[str]) -> list[str]:
    """What is kept of people who are forgotten, from their pseudonyms: it meets them again, and names nobody."""
    return [_digest(key, f"ebb: forgotten {name}")[:DIGITS] for name in pseudonymous]


def _digest(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()
