"""What every request passes first, and what every answer carries: limits, token, headers, log."""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serving.bearer import Token
from pipeline.serving.limits import FAILED, RateLimit, client_key

LOG = logging.getLogger("ebb.serve")
LIST = r"/lists/(latest|\d{4}-\d{2}-\d{2}(\.r[1-9]\d{0,3})?)"
# All paths that there are. Nothing else is decoded, looked up or written into a log.
PATHS = re.compile(rf"/|/health|/(report|summary)\.html|/lists|{LIST}(/(report|summary)\.html)?", re.ASCII)
METHODS = ("GET", "HEAD")
MOST_TARGET, MOST_HEADERS, MOST_HEADER_BYTES = 2048, 64, 8192
SECRETS = {"token", "access_token", "auth_token", "auth", "authorization", "bearer", "key", "api_key", "apikey"}
SECRETS |= {"password", "secret", "ebb_serve_token"}
HEADERS = {
    # Personal data stay out of every cache; a program that keeps its last copy itself may still send its ETag.
    "cache-control": "no-store, private",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-robots-tag": "noindex",
    "vary": "Accept, Authorization",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",  # a page brings its own
}
CLOSE = (("connection", "close"),)
ASK = 'Bearer realm="ebb"', 'Basic realm="ebb", charset="UTF-8"'  # the second makes a browser ask


@dataclass(frozen=True)
class Refusal:
    """A status and the sentence that says why, with further headers."""

    status: int
    why: str
    headers: tuple[tuple[str, str], ...] = ()

    def response(self) -> JSONResponse:
        """The same as an answer."""
        answer = JSONResponse({"error": self.why}, self.status)
        for name, value in self.headers:
            answer.headers.append(name, value)
        return answer


class Guard:
    """An ASGI application around another one: only requests with the token get through, and `/health`."""

    def __init__(self, app: ASGIApp, token: Token, limit: RateLimit) -> None:
        self._app = app
        self._token = token
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on; log method, path and status. Other protocols than HTTP are not answered."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        answer = _Answer(scope, send)
        refusal = self._refusal(scope)
        respond: ASGIApp = refusal.response() if refusal else self._app
        try:
            await respond(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001  (a message or a traceback may hold an id: neither is logged)
            LOG.error("%s in %s", type(error).__name__, _place(error))
        LOG.info("%s %s %s", _method(scope), _path(scope), answer.status)

    def _refusal(self, scope: Scope) -> Refusal | None:
        client = client_key(scope["client"][0] if scope.get("client") else None)
        seconds = self._limit.wait(client)
        if seconds > 0:
            after = str(math.ceil(seconds))
            return Refusal(429, f"too many requests: ask again in {after} s.", (("retry-after", after),))
        refusal = _malformed(scope)
        if refusal or _raw_path(scope) == "/health":
            return refusal
        if not self._token.opens(_values(scope, b"authorization")):
            self._limit.charge(client, FAILED - 1)
            why = "a token is needed: Authorization: Bearer <token>, or in a browser any user, the token as password."
            return Refusal(401, why, tuple(("www-authenticate", way) for way in ASK))
        return None if PATHS.fullmatch(_raw_path(scope)) else Refusal(404, "there is nothing here: see GET /lists.")


class _Answer:
    """Passes an answer on with the headers that all have, without a body to HEAD; knows the status that was sent."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status: int | None = None
        self._send = send
        self._head = scope["method"] == "HEAD"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)


def _malformed(scope: Scope) -> Refusal | None:
    """What is refused whoever asks: too long, with a body, another method, a token where logs would see it."""
    headers = scope["headers"]
    if len(_raw_path(scope)) + len(scope["query_string"]) > MOST_TARGET:
        return Refusal(414, f"the address has more than {MOST_TARGET} characters.", CLOSE)
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
        return Refusal(431, f"more than {MOST_HEADERS} headers or {MOST_HEADER_BYTES} bytes of them.", CLOSE)
    if scope["method"] not in METHODS:
        return Refusal(405, "lists are read only: GET or HEAD.", (("allow", ", ".join(METHODS)), *CLOSE))
    if _values(scope, b"transfer-encoding") or any(
        value.strip() != b"0" for value in _values(scope, b"content-length")
    ):
        return Refusal(400, "a request has no body here.", CLOSE)
    if any(name.lower() in SECRETS for name, _ in _parameters(scope)):
        return Refusal(
            400, "a token in the address ends up in logs: send it in the header, Authorization: Bearer <token>."
        )
    return None


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key.lower() == name]


def _parameters(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _raw_path(scope: Scope) -> str:
    """The path as it came, nothing decoded: an encoded sign makes it another path, and there are few."""
    return bytes(scope["raw_path"]).decode("latin-1")


def _path(scope: Scope) -> str:
    path = _raw_path(scope)
    return path if PATHS.fullmatch(path) else "(another path)"  # which may be a token or an id


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "(another method)"


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
