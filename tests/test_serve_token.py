"""Who gets in: the token of the environment, how it is sent, and that nothing else opens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web import SECRET

from pipeline.errors import ConfigError
from pipeline.serving import bearer
from pipeline.serving.bearer import NAME, Token, read_token

TOKEN = Token(SECRET)


def basic(text: str) -> bytes:
    """What a browser sends for `user:password`."""
    return b"Basic " + base64.b64encode(text.encode())


@pytest.mark.parametrize(
    "value",
    [
        f"Bearer {SECRET}".encode(),
        f"bearer {SECRET}".encode(),
        f"  BEARER   {SECRET} ".encode(),
        basic(f"anna:{SECRET}"),
        basic(f":{SECRET}"),
        basic(f"zażółć:{SECRET}"),
    ],
)
def test_the_token_opens(value: bytes) -> None:
    """As a bearer token, or as the password of any user, so that a browser can ask for it."""
    assert TOKEN.opens([value])


@pytest.mark.parametrize(
    "values",
    [
        [],
        [b""],
        [b"Bearer"],
        [b"Bearer "],
        [SECRET.encode()],
        [f"Bearer {SECRET[:-1]}".encode()],
        [f"Bearer {SECRET}x".encode()],
        [f"Bearer {SECRET.upper()}".encode()],
        [f"Bearer {SECRET} {SECRET}".encode()],
        [f"Digest {SECRET}".encode()],
        [f"Bearer\u00a0{SECRET}".encode()],
        [b"Bearer \xff\xfe\x00"],
        ["Bearer żółć".encode()],
        [basic(SECRET)],
        [basic(f"{SECRET}:")],
        [basic(f"anna:{SECRET} ")],
        [b"Basic %%%"],
        [b"Basic \xff"],
        [b"Basic " + base64.b64encode(f"a:{SECRET}".encode())[:-3]],
        [f"Bearer {SECRET}".encode(), f"Bearer {SECRET}".encode()],
        [f"Bearer {SECRET}, Bearer {SECRET}".encode()],
    ],
)
def test_nothing_else_opens(values: list[bytes]) -> None:
    """Half a token, another case, another scheme, bytes that are no text, and two headers at once."""
    assert not TOKEN.opens(values)


def test_a_token_that_is_base64_itself_is_no_basic_answer() -> None:
    """`Basic <token>` is no user with a password, even where it can be decoded."""
    text = base64.b64encode(b"no colon in here, but 32 long and more").decode()
    assert Token(text).opens([f"Bearer {text}".encode()])
    assert not Token(text).opens([f"Basic {text}".encode()])


@given(st.binary(max_size=80))
def test_no_other_bytes_open(offered: bytes) -> None:
    """Whatever is sent as a bearer token or as a password: true for the token alone, and never an error."""
    same = offered.strip() == SECRET.encode()
    assert TOKEN.opens([b"Bearer " + offered]) == same
    assert TOKEN.opens([b"Basic " + base64.b64encode(b"anna:" + offered)]) == (offered == SECRET.encode())


@pytest.mark.parametrize("offered", [b"", b"x", SECRET.encode()[:-1] + b"!", b"x" * 5000])
def test_tokens_are_compared_as_hashes_in_constant_time(offered: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two digests of equal length go into hmac.compare_digest, whatever came: no length shows, nor a first letter."""
    seen: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        seen.append((one, other))
        return one == other

    monkeypatch.setattr(bearer.hmac, "compare_digest", compare)
    assert not TOKEN.opens([b"Bearer " + offered])
    assert seen == [(hashlib.sha256(offered).digest(), hashlib.sha256(SECRET.encode()).digest())]
    assert bearer.hmac is hmac


def test_the_token_cannot_be_read_back() -> None:
    """Neither by its repr nor by what it holds."""
    held: dict[str, Any] = vars(TOKEN)
    assert SECRET not in f"{TOKEN!r} {TOKEN} {held}"
    assert SECRET.encode() not in held.values()


REFUSED = {
    None: "EBB_SERVE_TOKEN is not set in the environment",
    "": "EBB_SERVE_TOKEN is not set in the environment",
    "x" * 31: "has 31 characters, and one under 32 can be guessed",
    f"{SECRET}\n": "a sign that a request cannot carry",
    f"{SECRET} ": "a sign that a request cannot carry",
    "ż" * 40: "a sign that a request cannot carry",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_no_start_without_a_proper_token(text: str | None, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, too short, or not to be sent: one sentence, and it does not show what was set."""
    monkeypatch.delenv(NAME, raising=False)
    if text is not None:
        monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError, match=message) as caught:
        read_token()
    assert not text or text.strip() not in str(caught.value)


def test_the_shortest_token_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """32 characters are enough."""
    monkeypatch.setenv(NAME, "x" * 32)
    assert read_token().opens([b"Bearer " + b"x" * 32])
