"""The token that opens the served lists: from the environment only, kept as a hash only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Sequence

from pipeline.errors import ConfigError

NAME = "EBB_SERVE_TOKEN"
SHORTEST = 32
SENDABLE = re.compile(r"[A-Za-z0-9._~+/=-]+")  # RFC 6750, b64token: what an Authorization header can carry


class Token:
    """The one token that is accepted. It cannot be read back from here, nor is it shown."""

    def __init__(self, text: str) -> None:
        self._digest = _digest(text.encode())

    def opens(self, authorization: Sequence[bytes]) -> bool:
        """Whether the values of a request's Authorization headers are one, and it carries the token.

        `Bearer <token>` for programs; `Basic` with any user and the token as password, so that a browser can ask.
        Both sides are hashed before they are compared, so that neither length nor content shows in the time.
        """
        offered = _offered(authorization[0]) if len(authorization) == 1 else None
        return hmac.compare_digest(_digest(offered or b""), self._digest)


def read_token() -> Token:
    """The token of the environment. Raises ConfigError where there is none that is long enough and can be sent."""
    text = os.environ.get(NAME, "")
    if not text:
        raise ConfigError(
            f"{NAME} is not set in the environment, and lists are not served without a token: set it to at least "
            f"{SHORTEST} characters. A new one: python -c 'import secrets; print(secrets.token_urlsafe(32))'."
        )
    if not SENDABLE.fullmatch(text):
        raise ConfigError(
            f"{NAME} holds a sign that a request cannot carry, such as a space, a line break or an accent: use "
            "letters, digits and -._~+/= only."
        )
    if len(text) < SHORTEST:
        raise ConfigError(f"{NAME} has {len(text)} characters, and one under {SHORTEST} can be guessed: use a longer.")
    return Token(text)


def _offered(value: bytes) -> bytes | None:
    """What a header offers as the token; None where it is of another kind or cannot be read."""
    kind, _, rest = value.strip().partition(b" ")
    rest = rest.strip()
    if kind.lower() == b"bearer":
        return rest
    if kind.lower() != b"basic":
        return None
    try:
        _, colon, password = base64.b64decode(rest, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return password if colon else None


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
